-- Why a key is revoked: a set, each reason lifted alone. `held`: somebody chose to keep the key although its purchase ends.
CREATE TYPE "revoke_reason" AS ENUM ('pending', 'paused', 'ended', 'lapsed', 'refunded', 'dispute', 'by_hand');
ALTER TABLE "license_keys" ADD COLUMN "revoked_for" "revoke_reason"[] NOT NULL DEFAULT ARRAY[]::"revoke_reason"[];
ALTER TABLE "license_keys" ADD COLUMN "held" BOOLEAN NOT NULL DEFAULT false;

-- Revoked with its purchase, or by somebody.
UPDATE "license_keys" k SET "revoked_for" = ARRAY[CASE p."status" WHEN 'refunded' THEN 'refunded'::"revoke_reason" ELSE 'ended' END]
  FROM "purchases" p WHERE p."id" = k."purchase_id" AND k."status" = 'revoked' AND p."status" <> 'active';
UPDATE "license_keys" SET "revoked_for" = '{by_hand}' WHERE "status" = 'revoked' AND cardinality("revoked_for") = 0;

-- A key that works although its purchase has ended goes on working: an upgrade stops nobody. From now on that is shown.
UPDATE "license_keys" k SET "held" = true FROM "purchases" p
  WHERE p."id" = k."purchase_id" AND k."status" <> 'revoked' AND p."status" <> 'active';

ALTER TABLE "license_keys" ADD CONSTRAINT "license_keys_revoked_for_reasons"
  CHECK (("status" = 'revoked') = (cardinality("revoked_for") > 0)) NOT VALID;
ALTER TABLE "license_keys" VALIDATE CONSTRAINT "license_keys_revoked_for_reasons";
