-- Customers in the order of their names.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "customers_name_idx" ON "customers"("organization_id", lower(COALESCE("name", "email")), "id");
