-- Connected stores: what they said, as registers, and the purchases and keys that follow from it.
-- CreateEnum
CREATE TYPE "store_mode" AS ENUM ('live', 'test');

-- CreateEnum
CREATE TYPE "delivery_state" AS ENUM ('new', 'done', 'waiting', 'ignored', 'failed');

-- CreateEnum
CREATE TYPE "quantity_meaning" AS ENUM ('keys', 'devices');

-- AlterTable
ALTER TABLE "purchases" ADD COLUMN     "changes_at" TIMESTAMPTZ(3),
ADD COLUMN     "ended_by_hand" "purchase_status",
ADD COLUMN     "ends_at" TIMESTAMPTZ(3),
ADD COLUMN     "grace_until" TIMESTAMPTZ(3),
ADD COLUMN     "is_test" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "paid_through" TIMESTAMPTZ(3),
ADD COLUMN     "reasons" "revoke_reason"[] DEFAULT ARRAY[]::"revoke_reason"[],
ADD COLUMN     "state" TEXT,
ADD COLUMN     "store" TEXT;

UPDATE "purchases" SET "reasons" = '{refunded}' WHERE "status" = 'refunded';
UPDATE "purchases" SET "reasons" = '{ended}' WHERE "status" = 'canceled';
UPDATE "purchases" SET "ended_by_hand" = "status" WHERE "status" <> 'active';

-- What a person switched off stays so when a purchase is paused and goes on.
ALTER TABLE "license_keys" ADD COLUMN "switched_off" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "purchase_units" (
    "purchase_id" UUID NOT NULL,
    "slot" SMALLINT NOT NULL,
    "unit" INTEGER NOT NULL,
    "license_key_id" UUID NOT NULL,
    "activation_limit" INTEGER,

    CONSTRAINT "purchase_units_pkey" PRIMARY KEY ("purchase_id","slot","unit")
);

-- CreateTable
CREATE TABLE "store_connections" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "store" TEXT NOT NULL,
    "mode" "store_mode" NOT NULL DEFAULT 'live',
    "name" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "token" BYTEA NOT NULL,
    "secrets" BYTEA,
    "credential" BYTEA,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "off_at" TIMESTAMPTZ(3),
    "refusals" INTEGER NOT NULL DEFAULT 0,
    "last_refusal" TEXT,
    "last_refused_at" TIMESTAMPTZ(3),
    "first_delivery_at" TIMESTAMPTZ(3),
    "last_delivery_at" TIMESTAMPTZ(3),
    "reconciled_at" TIMESTAMPTZ(3),
    "reconcile_due_at" TIMESTAMPTZ(3),
    "mended" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "reconcile_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "store_connections_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "store_deliveries" (
    "id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "state" "delivery_state" NOT NULL DEFAULT 'new',
    "content" BYTEA NOT NULL,
    "outcome" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "occurred_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "handled_at" TIMESTAMPTZ(3),

    CONSTRAINT "store_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "store_products" (
    "connection_id" UUID NOT NULL,
    "ref" TEXT NOT NULL,
    "name" TEXT,
    "product_id" UUID,
    "is_ignored" BOOLEAN NOT NULL DEFAULT false,
    "quantity_is" "quantity_meaning" NOT NULL DEFAULT 'keys',
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "store_products_pkey" PRIMARY KEY ("connection_id","ref")
);

-- CreateTable
CREATE TABLE "store_lines" (
    "connection_id" UUID NOT NULL,
    "ref" TEXT NOT NULL,
    "line" TEXT NOT NULL,
    "register" JSONB NOT NULL,
    "waits_for" TEXT,
    "purchase_id" UUID,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "store_lines_pkey" PRIMARY KEY ("connection_id","ref","line")
);

-- CreateTable
CREATE TABLE "store_payments" (
    "connection_id" UUID NOT NULL,
    "payment" TEXT NOT NULL,
    "ref" TEXT,
    "names" TEXT[],
    "register" JSONB NOT NULL,

    CONSTRAINT "store_payments_pkey" PRIMARY KEY ("connection_id","payment")
);

-- CreateTable
CREATE TABLE "store_refunds" (
    "connection_id" UUID NOT NULL,
    "refund" TEXT NOT NULL,
    "payment" TEXT NOT NULL,
    "register" JSONB NOT NULL,

    CONSTRAINT "store_refunds_pkey" PRIMARY KEY ("connection_id","refund")
);

-- CreateTable
CREATE TABLE "store_disputes" (
    "connection_id" UUID NOT NULL,
    "dispute" TEXT NOT NULL,
    "payment" TEXT NOT NULL,
    "register" JSONB NOT NULL,

    CONSTRAINT "store_disputes_pkey" PRIMARY KEY ("connection_id","dispute")
);

-- CreateTable
CREATE TABLE "store_customers" (
    "connection_id" UUID NOT NULL,
    "customer" TEXT NOT NULL,
    "register" JSONB NOT NULL,
    "customer_id" UUID,
    "applied_email" TEXT,

    CONSTRAINT "store_customers_pkey" PRIMARY KEY ("connection_id","customer")
);

-- CreateIndex
CREATE UNIQUE INDEX "purchase_units_license_key_id_key" ON "purchase_units"("license_key_id");

-- CreateIndex
CREATE UNIQUE INDEX "store_connections_token_hash_key" ON "store_connections"("token_hash");

-- CreateIndex
CREATE INDEX "store_connections_organization_id_idx" ON "store_connections"("organization_id");

-- CreateIndex
CREATE INDEX "store_deliveries_connection_id_received_at_idx" ON "store_deliveries"("connection_id", "received_at");

-- CreateIndex
CREATE INDEX "store_deliveries_state_due_at_idx" ON "store_deliveries"("state", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "store_deliveries_connection_id_key_key" ON "store_deliveries"("connection_id", "key");

-- CreateIndex
CREATE INDEX "store_products_product_id_idx" ON "store_products"("product_id");

-- CreateIndex
CREATE UNIQUE INDEX "store_lines_purchase_id_key" ON "store_lines"("purchase_id");

-- CreateIndex
CREATE INDEX "store_lines_connection_id_waits_for_idx" ON "store_lines"("connection_id", "waits_for");

-- CreateIndex
CREATE INDEX "store_payments_connection_id_ref_idx" ON "store_payments"("connection_id", "ref");

-- CreateIndex
CREATE INDEX "store_payments_names_idx" ON "store_payments" USING GIN ("names");

-- CreateIndex
CREATE INDEX "store_refunds_connection_id_payment_idx" ON "store_refunds"("connection_id", "payment");

-- CreateIndex
CREATE INDEX "store_disputes_connection_id_payment_idx" ON "store_disputes"("connection_id", "payment");

-- CreateIndex
CREATE INDEX "store_customers_customer_id_idx" ON "store_customers"("customer_id");

-- AddForeignKey
ALTER TABLE "purchase_units" ADD CONSTRAINT "purchase_units_purchase_id_fkey" FOREIGN KEY ("purchase_id") REFERENCES "purchases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "purchase_units" ADD CONSTRAINT "purchase_units_license_key_id_fkey" FOREIGN KEY ("license_key_id") REFERENCES "license_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store_connections" ADD CONSTRAINT "store_connections_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store_deliveries" ADD CONSTRAINT "store_deliveries_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "store_connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store_products" ADD CONSTRAINT "store_products_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "store_connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store_products" ADD CONSTRAINT "store_products_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store_lines" ADD CONSTRAINT "store_lines_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "store_connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store_lines" ADD CONSTRAINT "store_lines_purchase_id_fkey" FOREIGN KEY ("purchase_id") REFERENCES "purchases"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store_payments" ADD CONSTRAINT "store_payments_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "store_connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store_refunds" ADD CONSTRAINT "store_refunds_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "store_connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store_disputes" ADD CONSTRAINT "store_disputes_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "store_connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store_customers" ADD CONSTRAINT "store_customers_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "store_connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store_customers" ADD CONSTRAINT "store_customers_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- One word and its reasons never contradict each other.
ALTER TABLE "purchases" ADD CONSTRAINT "purchases_reasons_check" CHECK ("status" = 'active' OR cardinality("reasons") > 0);

-- Orders that turned out to be the first payment of a subscription, by that subscription.
CREATE INDEX "store_lines_part_of_idx" ON "store_lines" ("connection_id", ("register" #>> '{fields,partOf,value}')) WHERE "register" #>> '{fields,partOf,value}' IS NOT NULL;
