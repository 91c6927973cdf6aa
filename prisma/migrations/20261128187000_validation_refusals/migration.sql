-- How many of a key's valid validations named no device: what is told before it is stopped.
ALTER TABLE "validation_days" ADD COLUMN "deviceless" INTEGER NOT NULL DEFAULT 0;

-- Why validations of a key were refused, by day and code.
CREATE TABLE "validation_refusals" (
    "license_key_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "code" TEXT NOT NULL,
    "organization_id" UUID NOT NULL,
    "count" INTEGER NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "validation_refusals_pkey" PRIMARY KEY ("license_key_id","day","code")
);
-- Refused devices among millions of other events.
CREATE INDEX "events_refused_idx" ON "events"("organization_id", "at") WHERE "type" = 'activation.refused';
CREATE INDEX "validation_refusals_organization_id_last_at_idx" ON "validation_refusals"("organization_id", "last_at");
