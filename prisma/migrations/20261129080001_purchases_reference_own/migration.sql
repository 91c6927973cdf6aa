-- Alone in its file: it must not run in a transaction. An order number names one purchase among those that come from no store; two stores may both have 1001.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "purchases_own_reference_key" ON "purchases" ("organization_id", "reference") WHERE "store" IS NULL;
