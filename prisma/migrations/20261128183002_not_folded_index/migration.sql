-- What is still to be filled; empty soon after, and for good.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "license_keys_not_folded_idx" ON "license_keys"("id") WHERE "folded_hash" IS NULL;
