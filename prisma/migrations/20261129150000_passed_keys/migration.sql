ALTER TABLE "products" ADD COLUMN "takes_over" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[];

CREATE TABLE "passed_keys" (
    "license_key_id" UUID NOT NULL,
    "from_id" UUID NOT NULL,
    "to_id" UUID NOT NULL,
    "slot" SMALLINT,
    "unit" INTEGER,
    "product_id" UUID,
    "key_configuration_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "expiry_overridden" BOOLEAN NOT NULL,
    "expiry_day" SMALLINT,
    "passed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "passed_keys_pkey" PRIMARY KEY ("license_key_id","from_id")
);

CREATE INDEX "passed_keys_from_id_idx" ON "passed_keys"("from_id");
CREATE INDEX "passed_keys_to_id_idx" ON "passed_keys"("to_id");

ALTER TABLE "passed_keys" ADD CONSTRAINT "passed_keys_license_key_id_fkey" FOREIGN KEY ("license_key_id") REFERENCES "license_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "passed_keys" ADD CONSTRAINT "passed_keys_from_id_fkey" FOREIGN KEY ("from_id") REFERENCES "purchases"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "passed_keys" ADD CONSTRAINT "passed_keys_to_id_fkey" FOREIGN KEY ("to_id") REFERENCES "purchases"("id") ON DELETE CASCADE ON UPDATE CASCADE;
