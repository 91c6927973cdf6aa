-- Finds a key by what people make of it. Needs the master secret, so keys that are there are filled in the background.
ALTER TABLE "license_keys" ADD COLUMN "folded_hash" BYTEA;
ALTER TABLE "old_key_strings" ADD COLUMN "folded_hash" BYTEA;

-- A handful of rows.
CREATE INDEX "old_key_strings_folded_hash_idx" ON "old_key_strings"("folded_hash");
