-- Alone in its file: it must not run in a transaction. Those that time will change, for the sweep.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "purchases_changes_at_idx" ON "purchases" ("changes_at") WHERE "changes_at" IS NOT NULL;
