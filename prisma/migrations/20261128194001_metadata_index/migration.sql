-- Alone in its file: it must not run in a transaction, and holds up no call while it reads a large table. Rows without metadata take no room.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "license_keys_metadata_idx" ON "license_keys" USING gin ("metadata" jsonb_path_ops) WHERE "metadata" <> '{}';
