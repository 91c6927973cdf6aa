-- What customers may do for themselves, and the places of devices they gave up.
CREATE TABLE "customer_settings" (
    "organization_id" UUID NOT NULL,
    "may_rotate" BOOLEAN NOT NULL DEFAULT false,
    "cooldown_hours" INTEGER NOT NULL DEFAULT 0,
    "releases_a_year" INTEGER,

    CONSTRAINT "customer_settings_pkey" PRIMARY KEY ("organization_id")
);
ALTER TABLE "customer_settings" ADD CONSTRAINT "customer_settings_organization_id_fkey"
    FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "device_releases" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "license_key_id" UUID NOT NULL,
    "activation_id" UUID NOT NULL,
    "released_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "device_releases_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "device_releases_license_key_id_released_at_idx" ON "device_releases"("license_key_id", "released_at");
ALTER TABLE "device_releases" ADD CONSTRAINT "device_releases_license_key_id_fkey"
    FOREIGN KEY ("license_key_id") REFERENCES "license_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A device that its owner made room for, until its software has asked again.
ALTER TABLE "activations" ADD COLUMN "awaited_until" TIMESTAMPTZ(3);
