-- What is still to be filled; empty soon after, and for good. Alone in its file: it must not run in a transaction.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "license_keys_note_not_folded_idx" ON "license_keys"("id") WHERE "note" <> '' AND "note_folded" IS NULL;
