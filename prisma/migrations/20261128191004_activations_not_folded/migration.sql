-- What is still to be filled; empty soon after, and for good. Alone in its file: it must not run in a transaction.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "activations_not_folded_idx" ON "activations"("id") WHERE "folded" IS NULL;
