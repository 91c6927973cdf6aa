-- Whoever bought fifty keys on one day is reminded of them by one mail. Alone in its file: it must not run in a transaction.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "mails_about_idx" ON "mails"("organization_id", "to", "about") WHERE "about" IS NOT NULL;
