-- What failed is counted on the page of its endpoint and sent again together; of everything that was sent it is little.
CREATE INDEX CONCURRENTLY "webhook_messages_failed_idx" ON "webhook_messages" ("endpoint_id", "created_at") WHERE "state" IN ('failed', 'gone');
