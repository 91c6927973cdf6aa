-- Alone in its file, as above. Rows without tags take no room.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "license_keys_tags_idx" ON "license_keys" USING gin ("tags") WHERE "tags" <> '{}';
