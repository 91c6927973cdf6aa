-- Alone in its file: it must not run in a transaction. Customers without such an id take no room.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "customers_external_id_idx" ON "customers" ("organization_id", "external_id") WHERE "external_id" IS NOT NULL;
