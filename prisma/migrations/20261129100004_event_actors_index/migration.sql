-- Who there is in the history, told apart without reading all of it. Alone in its file: it must not run in a transaction, and holds up no call
-- while it reads a large table. What software does, which is most, is not in it: license calls write no entry here.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "events_actors_idx" ON "events"("organization_id", "actor_label") WHERE "actor_kind" <> 'software';
