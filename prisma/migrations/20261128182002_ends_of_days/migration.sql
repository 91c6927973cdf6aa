-- Where the days of an organization begin and end.
ALTER TABLE "organizations" ADD COLUMN "time_zone" TEXT NOT NULL DEFAULT 'UTC';
-- Configurations there are keep what they have: their keys expire at the minute they were issued.
ALTER TABLE "key_configurations" ADD COLUMN "ends_with_day" BOOLEAN NOT NULL DEFAULT false;
-- The day of the month an extended key began with, which shorter months may have cut.
ALTER TABLE "license_keys" ADD COLUMN "expiry_day" SMALLINT;
