-- Strings that were rotated away are kept: software that still sends one learns that it was replaced, and staff find the key by it.
ALTER TABLE "old_key_strings" ADD COLUMN "key_cipher" BYTEA;
ALTER TABLE "old_key_strings" ADD COLUMN "last_characters" TEXT NOT NULL DEFAULT '';
DROP INDEX "old_key_strings_valid_until_idx";
