-- Where purchases come from.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "purchases_organization_id_store_source_idx" ON "purchases"("organization_id", "store", "source");
