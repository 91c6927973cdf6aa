-- Customers as their list opens, newest first.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "customers_organization_id_created_at_idx" ON "customers"("organization_id", "created_at");
