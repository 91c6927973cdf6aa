-- Alone in its file: it must not run in a transaction. Found by number, whoever sold it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "purchases_organization_id_reference_idx" ON "purchases" ("organization_id", "reference");
