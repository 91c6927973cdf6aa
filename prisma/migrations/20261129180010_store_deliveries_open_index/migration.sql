-- What a connection was sent and has not been handled.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "store_deliveries_open_idx" ON "store_deliveries"("connection_id", "state") WHERE "state" IN ('new', 'failed');
