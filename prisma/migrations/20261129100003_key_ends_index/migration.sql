-- Finds keys by how they end, in any spelling. Alone in its file: it must not run in a transaction, and holds up no call meanwhile. None of its
-- columns changes when a key is validated.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "license_keys_ends_idx" ON "license_keys"("organization_id", lower(reverse("last_characters")) text_pattern_ops);
