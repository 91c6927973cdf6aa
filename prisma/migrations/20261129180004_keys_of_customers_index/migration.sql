-- Customers by how many keys they have: counted from the index alone. No statement of a license call changes what is in it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "license_keys_organization_id_customer_id_idx" ON "license_keys"("organization_id", "customer_id");
