-- Keys of which the end is still to be told, by when that is. Alone in its file: it must not run in a transaction, and holds up no call
-- meanwhile. None of its columns changes when a key is validated.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "license_keys_untold_ends_idx" ON "license_keys"("expires_at") WHERE "status" = 'granted' AND "ended_for" IS DISTINCT FROM "expires_at";
