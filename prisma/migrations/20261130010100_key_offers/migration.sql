-- Customers hand keys on, where their seller allows it.
ALTER TABLE "customer_settings" ADD COLUMN "may_hand_on" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "key_offers" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "license_key_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "to" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "is_taken" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "key_offers_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "key_offers_token_hash_key" ON "key_offers"("token_hash");
CREATE UNIQUE INDEX "key_offers_open_key" ON "key_offers"("license_key_id") WHERE "ended_at" IS NULL;
CREATE INDEX "key_offers_license_key_id_created_at_idx" ON "key_offers"("license_key_id", "created_at");
CREATE INDEX "key_offers_customer_id_idx" ON "key_offers"("customer_id");
CREATE INDEX "key_offers_created_at_idx" ON "key_offers"("created_at");
ALTER TABLE "key_offers" ADD CONSTRAINT "key_offers_license_key_id_fkey"
    FOREIGN KEY ("license_key_id") REFERENCES "license_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "key_offers" ADD CONSTRAINT "key_offers_customer_id_fkey"
    FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The language somebody reads, for mails to them.
ALTER TABLE "users" ADD COLUMN "language" TEXT;
