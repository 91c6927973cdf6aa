-- How far support may go by itself, and how far it has put off the end of each key.
CREATE TABLE "support_settings" (
    "organization_id" UUID NOT NULL,
    "extend_days" INTEGER NOT NULL DEFAULT 31,
    "more_devices" INTEGER NOT NULL DEFAULT 2,
    "sees_keys" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "support_settings_pkey" PRIMARY KEY ("organization_id")
);
ALTER TABLE "support_settings" ADD CONSTRAINT "support_settings_organization_id_fkey"
    FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "support_extensions" (
    "license_key_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "counts_from" TIMESTAMPTZ(3) NOT NULL,
    "reached" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "support_extensions_pkey" PRIMARY KEY ("license_key_id")
);
ALTER TABLE "support_extensions" ADD CONSTRAINT "support_extensions_license_key_id_fkey"
    FOREIGN KEY ("license_key_id") REFERENCES "license_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Who asked for it was in support: the bounds hold for each key, and support may take it back.
ALTER TABLE "bulk_changes" ADD COLUMN "as_support" BOOLEAN NOT NULL DEFAULT false;
