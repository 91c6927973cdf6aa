-- What is still to be filled; empty soon after, and for good. Alone in its file: it must not run in a transaction.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "customers_not_folded_idx" ON "customers"("id") WHERE "folded" IS NULL;
