-- How many of them an event has told of, and when the last one did.
ALTER TABLE "validation_refusals" ADD COLUMN "told" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "told_at" TIMESTAMPTZ(3);

-- A delivery that could not be handled is told of once.
ALTER TABLE "store_deliveries" ADD COLUMN "failure_told_at" TIMESTAMPTZ(3);

-- How far the usage of keys has come, written with the usage itself.
CREATE TABLE "usage_marks" (
    "license_key_id" UUID NOT NULL,
    "percent" SMALLINT NOT NULL,
    "period_start" TIMESTAMPTZ(3),
    "usage" INTEGER NOT NULL,
    "usage_limit" INTEGER NOT NULL,
    "reached_at" TIMESTAMPTZ(3) NOT NULL,
    "is_told" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "usage_marks_pkey" PRIMARY KEY ("license_key_id","percent")
);
CREATE INDEX "usage_marks_untold_idx" ON "usage_marks"("reached_at") WHERE NOT "is_told";
ALTER TABLE "usage_marks" ADD CONSTRAINT "usage_marks_license_key_id_fkey" FOREIGN KEY ("license_key_id") REFERENCES "license_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;
