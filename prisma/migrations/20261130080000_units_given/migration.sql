-- What a purchase gave each of its keys, beside the device limit. So far facts of a store overwrote what people chose: what a key has now counts
-- as given.
ALTER TABLE "purchase_units" ADD COLUMN "key_configuration_id" UUID,
ADD COLUMN "product_id" UUID,
ADD COLUMN "expires_at" TIMESTAMPTZ(3);

UPDATE "purchase_units" u SET "key_configuration_id" = k."key_configuration_id", "product_id" = k."product_id", "expires_at" = k."expires_at"
FROM "license_keys" k WHERE k."id" = u."license_key_id";
