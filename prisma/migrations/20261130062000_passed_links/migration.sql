-- An account whose password was set with a link that somebody may have passed on: until its mailbox is proved, it may be anybody's who invited.
ALTER TABLE "users" ADD COLUMN "by_passed_link" BOOLEAN NOT NULL DEFAULT false;
-- The link went to the mailbox and nowhere else: whoever uses it reads that mailbox.
ALTER TABLE "invitations" ADD COLUMN "only_mailed" BOOLEAN NOT NULL DEFAULT false;
-- Of those that exist: whoever joined by an invitation that was not mailed before, as far as the mails of today tell.
UPDATE "users" u SET "by_passed_link" = true
 WHERE u."password_hash" IS NOT NULL AND u."email_verified_at" IS NULL
   AND EXISTS (SELECT 1 FROM "events" e JOIN "memberships" m ON m."organization_id" = e."organization_id" AND m."user_id" = u."id"
     WHERE e."type" = 'member.joined' AND e."actor_id" = u."id"::text AND e."at" - u."created_at" < interval '1 minute')
   AND NOT EXISTS (SELECT 1 FROM "mails" w WHERE w."template" = 'invitation' AND w."to" = u."email" AND w."status" = 'sent'
     AND w."sent_at" < u."created_at");
