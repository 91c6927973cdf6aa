-- What was sent to one customer. Alone in its file: it must not run in a transaction.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "mails_organization_id_to_created_at_idx" ON "mails"("organization_id", "to", "created_at");
