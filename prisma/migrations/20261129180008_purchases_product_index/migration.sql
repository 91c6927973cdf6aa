-- Purchases of a product, and which products were bought at all.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "purchases_product_id_idx" ON "purchases"("product_id");
