-- The history by who did it; what software does is found by its time.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "events_actor_kinds_idx" ON "events"("organization_id", "actor_kind", "at" DESC, "id" DESC) WHERE "actor_kind" <> 'software';
