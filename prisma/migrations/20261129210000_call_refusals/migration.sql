-- Refused calls with the values of that moment, the troubles they add up to, and which of those somebody put aside. New and empty, so
-- nothing that is there is locked.
CREATE TABLE "call_refusals" (
  "organization_id" UUID NOT NULL,
  "subject" TEXT NOT NULL,
  "hour" TIMESTAMPTZ(3) NOT NULL,
  "code" TEXT NOT NULL,
  "verb" TEXT NOT NULL,
  "device" TEXT NOT NULL,
  "license_key_id" UUID,
  "label" TEXT,
  "address" TEXT,
  "looked_at" JSONB NOT NULL,
  "count" INTEGER NOT NULL,
  "first_at" TIMESTAMPTZ(3) NOT NULL,
  "last_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "call_refusals_pkey" PRIMARY KEY ("organization_id", "subject", "hour", "code", "verb", "device")
);
CREATE INDEX "call_refusals_hour_idx" ON "call_refusals"("hour");

CREATE TABLE "troubles" (
  "organization_id" UUID NOT NULL,
  "subject" TEXT NOT NULL,
  "code" TEXT NOT NULL,
  "device" TEXT NOT NULL,
  "license_key_id" UUID,
  "verb" TEXT NOT NULL,
  "label" TEXT,
  "address" TEXT,
  "looked_at" JSONB NOT NULL,
  "count" INTEGER NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  "last_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "troubles_pkey" PRIMARY KEY ("organization_id", "subject", "code", "device")
);
CREATE INDEX "troubles_organization_id_last_at_idx" ON "troubles"("organization_id", "last_at");
CREATE INDEX "troubles_last_at_idx" ON "troubles"("last_at");

CREATE TABLE "trouble_snoozes" (
  "organization_id" UUID NOT NULL,
  "subject" TEXT NOT NULL,
  "code" TEXT NOT NULL,
  "until" TIMESTAMPTZ(3),
  "devices" INTEGER NOT NULL,
  "count" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "by" TEXT NOT NULL,
  CONSTRAINT "trouble_snoozes_pkey" PRIMARY KEY ("organization_id", "subject", "code")
);
