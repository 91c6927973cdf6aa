-- Alone in its file: it must not run in a transaction, and holds up nobody while it reads a large table. What happened to a purchase; most
-- events are about none.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "events_purchase_id_at_idx" ON "events" ("purchase_id", "at" DESC) WHERE "purchase_id" IS NOT NULL;
