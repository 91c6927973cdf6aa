-- Which ends of keys were told of already. None of the columns is in a statement of a license call.
ALTER TABLE "license_keys" ADD COLUMN "ended_for" TIMESTAMPTZ(3),
ADD COLUMN "reminded_for" TIMESTAMPTZ(3),
ADD COLUMN "reminded_days" SMALLINT;

-- Keys that had ended before anybody told of that are not told of all at once.
CREATE TABLE "key_ends_clock" (
    "id" SMALLINT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "key_ends_clock_pkey" PRIMARY KEY ("id")
);
INSERT INTO "key_ends_clock" ("id", "since") VALUES (1, now());
