-- What was sent about one purchase. Alone in its file: it must not run in a transaction.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "mails_purchase_id_idx" ON "mails"("purchase_id");
