-- CreateEnum
CREATE TYPE "reconciliation_state" AS ENUM ('waiting', 'running', 'done', 'failed');

-- AlterTable
ALTER TABLE "store_connections" DROP COLUMN "mended",
DROP COLUMN "reconcile_error";

-- CreateTable
CREATE TABLE "store_reconciliations" (
    "id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "state" "reconciliation_state" NOT NULL DEFAULT 'waiting',
    "asked_by" TEXT,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "read" INTEGER NOT NULL DEFAULT 0,
    "mended" INTEGER NOT NULL DEFAULT 0,
    "waiting" INTEGER NOT NULL DEFAULT 0,
    "report" JSONB NOT NULL DEFAULT '[]',
    "problem" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "heard_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "store_reconciliations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "store_reconciliations_connection_id_created_at_idx" ON "store_reconciliations"("connection_id", "created_at");

-- AddForeignKey
ALTER TABLE "store_reconciliations" ADD CONSTRAINT "store_reconciliations_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "store_connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "purchase_units" ADD COLUMN "is_surplus" BOOLEAN NOT NULL DEFAULT false;

-- What a purchase that goes on has ended before.
UPDATE "purchase_units" u SET "is_surplus" = true FROM "license_keys" k, "purchases" p
WHERE k."id" = u."license_key_id" AND p."id" = u."purchase_id"
  AND 'ended' = ANY(k."revoked_for") AND NOT 'ended' = ANY(p."reasons");
