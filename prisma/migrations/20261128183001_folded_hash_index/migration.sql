-- Alone in its file: it must not run in a transaction, and holds up no call while it reads a large table.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "license_keys_folded_hash_idx" ON "license_keys"("folded_hash");
