-- Alone in its file: it must not run in a transaction, and holds up no call while it reads a large table. Keys that were made here take no room.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "license_keys_external_id_idx" ON "license_keys" ("organization_id", "external_id") WHERE "external_id" IS NOT NULL;
