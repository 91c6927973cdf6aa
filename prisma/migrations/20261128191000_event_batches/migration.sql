-- What was done to many keys at once shares the id of its first event.
ALTER TABLE "events" ADD COLUMN "batch_id" UUID;
