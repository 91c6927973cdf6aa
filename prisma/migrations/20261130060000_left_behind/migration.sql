-- Who made an API key, and who invites: when they leave, what they leave behind is found. No foreign key: the id outlives its account.
ALTER TABLE "api_keys" ADD COLUMN "created_by_id" UUID;
ALTER TABLE "invitations" ADD COLUMN "invited_by_id" UUID;
-- Of those that exist, the history knows it as far as it goes back: both were written in the transaction of the event, at its moment.
UPDATE "api_keys" k SET "created_by_id" = e."actor_id"::uuid
  FROM "events" e
 WHERE e."organization_id" = k."organization_id" AND e."type" = 'api_key.created' AND e."at" = k."created_at"
   AND e."data"->>'name' = k."name" AND e."actor_kind" = 'merchant' AND e."actor_id" ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$';
UPDATE "invitations" i SET "invited_by_id" = e."actor_id"::uuid
  FROM "events" e
 WHERE e."organization_id" = i."organization_id" AND e."type" = 'member.invited' AND e."at" = i."created_at"
   AND e."data"->>'email' = i."email" AND e."actor_kind" = 'merchant' AND e."actor_id" ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$';
