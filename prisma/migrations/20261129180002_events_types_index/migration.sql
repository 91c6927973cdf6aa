-- The history of one kind of thing. What license calls write is not in it: there is so much of that that it is found by its time.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "events_types_idx" ON "events"("organization_id", "type", "at" DESC, "id" DESC) WHERE "type" NOT IN ('activation.created', 'activation.deactivated');
