-- Alone in its file: it must not run in a transaction, and holds up nobody while it reads a large table. What failed for good: few, and
-- counted often.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "webhook_messages_failed_of_idx" ON "webhook_messages" ("organization_id", "created_at") WHERE "state" = 'failed';
