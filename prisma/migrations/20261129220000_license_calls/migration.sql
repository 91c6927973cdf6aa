-- What license calls were answered lately: every no, a sample of the yeses, kept for a week.
CREATE TABLE "license_calls" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "written_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "at" TIMESTAMPTZ(3) NOT NULL,
    "verb" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "stands_for" INTEGER NOT NULL DEFAULT 1,
    "license_key_id" UUID,
    "activation_id" UUID,
    "device" TEXT,
    "fingerprint" TEXT,
    "address" TEXT,
    "dialect" TEXT NOT NULL,
    "app" TEXT,
    "duration_us" INTEGER NOT NULL,

    CONSTRAINT "license_calls_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "license_calls_organization_id_written_at_id_idx" ON "license_calls"("organization_id", "written_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "license_calls_license_key_id_written_at_id_idx" ON "license_calls"("license_key_id", "written_at" DESC, "id" DESC);
