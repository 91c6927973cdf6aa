CREATE TABLE "sightings" (
    "license_key_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "device" TEXT NOT NULL,
    "network" TEXT NOT NULL,
    "organization_id" UUID NOT NULL,
    "area" TEXT NOT NULL,
    "prefix" TEXT,
    "kind" TEXT,
    "country" TEXT,
    "owner" TEXT,
    "hours" INTEGER NOT NULL,
    "yes" INTEGER NOT NULL DEFAULT 0,
    "no" INTEGER NOT NULL DEFAULT 0,
    "full" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "sightings_pkey" PRIMARY KEY ("license_key_id","day","device","network")
);
CREATE INDEX "sightings_network_license_key_id_idx" ON "sightings"("network", "license_key_id");
CREATE INDEX "sightings_device_license_key_id_idx" ON "sightings"("device", "license_key_id");
CREATE INDEX "sightings_day_organization_id_idx" ON "sightings"("day", "organization_id");

CREATE TABLE "key_risks" (
    "license_key_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "score" SMALLINT NOT NULL DEFAULT 0,
    "level" TEXT NOT NULL DEFAULT 'none',
    "evidence" JSONB NOT NULL DEFAULT '[]',
    "excused" JSONB NOT NULL DEFAULT '{}',
    "excused_by" TEXT,
    "excused_at" TIMESTAMPTZ(3),
    "uncounted" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "assessed_at" TIMESTAMPTZ(3),
    "since" TIMESTAMPTZ(3),

    CONSTRAINT "key_risks_pkey" PRIMARY KEY ("license_key_id")
);
CREATE INDEX "key_risks_due_at_idx" ON "key_risks"("due_at") WHERE "due_at" IS NOT NULL;
CREATE INDEX "key_risks_organization_id_score_idx" ON "key_risks"("organization_id", "score" DESC, "license_key_id") WHERE "score" > 0;

CREATE TABLE "misuse_settings" (
    "organization_id" UUID NOT NULL,
    "address_days" INTEGER NOT NULL DEFAULT 30,
    "fine" INTEGER NOT NULL DEFAULT 0,
    "acted" INTEGER NOT NULL DEFAULT 0,
    "asks_alone" BOOLEAN NOT NULL DEFAULT false,
    "blocks_alone" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "misuse_settings_pkey" PRIMARY KEY ("organization_id")
);
ALTER TABLE "misuse_settings" ADD CONSTRAINT "misuse_settings_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "misuse_policies" (
    "key_configuration_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "audience" TEXT NOT NULL,
    "seats" INTEGER,

    CONSTRAINT "misuse_policies_pkey" PRIMARY KEY ("key_configuration_id")
);
ALTER TABLE "misuse_policies" ADD CONSTRAINT "misuse_policies_key_configuration_id_fkey" FOREIGN KEY ("key_configuration_id") REFERENCES "key_configurations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "misuse_policies_organization_id_idx" ON "misuse_policies"("organization_id");

CREATE TABLE "device_answers" (
    "activation_id" UUID NOT NULL,
    "license_key_id" UUID NOT NULL,
    "answer" TEXT NOT NULL,
    "answered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "device_answers_pkey" PRIMARY KEY ("activation_id")
);
ALTER TABLE "device_answers" ADD CONSTRAINT "device_answers_activation_id_fkey" FOREIGN KEY ("activation_id") REFERENCES "activations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "device_answers_license_key_id_idx" ON "device_answers"("license_key_id");

CREATE TABLE "device_questions" (
    "id" UUID NOT NULL,
    "license_key_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "device_questions_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "device_questions" ADD CONSTRAINT "device_questions_license_key_id_fkey" FOREIGN KEY ("license_key_id") REFERENCES "license_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "device_questions_license_key_id_asked_at_idx" ON "device_questions"("license_key_id", "asked_at");
