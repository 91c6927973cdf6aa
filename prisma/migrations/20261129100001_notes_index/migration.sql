-- Alone in its file: it must not run in a transaction, and holds up no call while it reads a large table. Keys without a note take no room.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "license_keys_notes_idx" ON "license_keys"("organization_id") WHERE "note" <> '';
