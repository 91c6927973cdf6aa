-- Alone in its file: it must not run in a transaction, and holds up no call while it reads a large table. Empty at first.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "events_batch_idx" ON "events"("organization_id", "batch_id", "id") WHERE "batch_id" IS NOT NULL;
