-- CreateEnum
CREATE TYPE "role" AS ENUM ('owner', 'admin', 'support', 'viewer');

-- CreateEnum
CREATE TYPE "key_format" AS ENUM ('uuid', 'short');

-- CreateEnum
CREATE TYPE "expiry_kind" AS ENUM ('never', 'fixed_date', 'duration');

-- CreateEnum
CREATE TYPE "duration_unit" AS ENUM ('day', 'month', 'year');

-- CreateEnum
CREATE TYPE "expiry_start" AS ENUM ('issue', 'first_activation');

-- CreateEnum
CREATE TYPE "activations_mode" AS ENUM ('off', 'unlimited', 'limited');

-- CreateEnum
CREATE TYPE "usage_reset" AS ENUM ('never', 'day', 'month', 'year');

-- CreateEnum
CREATE TYPE "purchase_kind" AS ENUM ('one_time', 'subscription');

-- CreateEnum
CREATE TYPE "purchase_source" AS ENUM ('manual', 'api', 'store');

-- CreateEnum
CREATE TYPE "purchase_status" AS ENUM ('active', 'refunded', 'canceled');

-- CreateEnum
CREATE TYPE "license_key_status" AS ENUM ('granted', 'disabled', 'revoked');

-- CreateEnum
CREATE TYPE "mail_status" AS ENUM ('waiting', 'sent', 'failed');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "password_hash" TEXT,
    "email_verified_at" TIMESTAMPTZ(3),
    "session_epoch" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification_tokens" (
    "identifier" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expires" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verification_tokens_pkey" PRIMARY KEY ("identifier","token")
);

-- CreateTable
CREATE TABLE "rate_limits" (
    "key" VARCHAR(255) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "organizations" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "support_email" TEXT,
    "website_url" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateTable
CREATE TABLE "products" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "archived_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "products_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product_key_configurations" (
    "product_id" UUID NOT NULL,
    "key_configuration_id" UUID NOT NULL,

    CONSTRAINT "product_key_configurations_pkey" PRIMARY KEY ("product_id","key_configuration_id")
);

-- CreateTable
CREATE TABLE "key_configurations" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT,
    "format" "key_format" NOT NULL DEFAULT 'uuid',
    "expiry_kind" "expiry_kind" NOT NULL DEFAULT 'never',
    "expires_on" TIMESTAMPTZ(3),
    "duration_count" INTEGER,
    "duration_unit" "duration_unit",
    "expiry_start" "expiry_start" NOT NULL DEFAULT 'issue',
    "grace_days" INTEGER NOT NULL DEFAULT 0,
    "activations_mode" "activations_mode" NOT NULL DEFAULT 'unlimited',
    "activation_limit" INTEGER,
    "activation_required" BOOLEAN NOT NULL DEFAULT false,
    "usage_limit" INTEGER,
    "usage_reset" "usage_reset" NOT NULL DEFAULT 'never',
    "instructions" TEXT NOT NULL DEFAULT '',
    "customer_may_deactivate" BOOLEAN NOT NULL DEFAULT true,
    "customer_may_rename" BOOLEAN NOT NULL DEFAULT true,
    "customer_may_replace" BOOLEAN NOT NULL DEFAULT true,
    "version" TEXT,
    "entitlements" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "archived_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "key_configurations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customers" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "purchases" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "kind" "purchase_kind" NOT NULL DEFAULT 'one_time',
    "source" "purchase_source" NOT NULL DEFAULT 'manual',
    "status" "purchase_status" NOT NULL DEFAULT 'active',
    "reference" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL DEFAULT 1,
    "purchased_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "purchases_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "license_keys" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "key_configuration_id" UUID NOT NULL,
    "product_id" UUID,
    "customer_id" UUID NOT NULL,
    "purchase_id" UUID,
    "key_hash" BYTEA NOT NULL,
    "key_cipher" BYTEA NOT NULL,
    "prefix" TEXT,
    "last_characters" TEXT NOT NULL,
    "status" "license_key_status" NOT NULL DEFAULT 'granted',
    "expires_at" TIMESTAMPTZ(3),
    "expiry_overridden" BOOLEAN NOT NULL DEFAULT false,
    "grace_days_override" INTEGER,
    "activations_mode_override" "activations_mode",
    "activation_limit_override" INTEGER,
    "new_devices_blocked" BOOLEAN NOT NULL DEFAULT false,
    "usage_overridden" BOOLEAN NOT NULL DEFAULT false,
    "usage_limit_override" INTEGER,
    "usage" INTEGER NOT NULL DEFAULT 0,
    "usage_period_start" TIMESTAMPTZ(3),
    "validations" BIGINT NOT NULL DEFAULT 0,
    "last_validated_at" TIMESTAMPTZ(3),
    "first_activated_at" TIMESTAMPTZ(3),
    "note" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "license_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "activations" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "license_key_id" UUID NOT NULL,
    "label" TEXT NOT NULL,
    "fingerprint" TEXT,
    "conditions" JSONB NOT NULL DEFAULT '{}',
    "meta" JSONB NOT NULL DEFAULT '{}',
    "validations" BIGINT NOT NULL DEFAULT 0,
    "last_validated_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "modified_at" TIMESTAMPTZ(3),
    "deactivated_at" TIMESTAMPTZ(3),

    CONSTRAINT "activations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "events" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor_label" TEXT NOT NULL,
    "license_key_id" UUID,
    "activation_id" UUID,
    "customer_id" UUID,
    "product_id" UUID,
    "key_configuration_id" UUID,
    "purchase_id" UUID,
    "data" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mails" (
    "id" UUID NOT NULL,
    "organization_id" UUID,
    "license_key_id" UUID,
    "template" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "payload" BYTEA NOT NULL,
    "status" "mail_status" NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "mails_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "validation_hours" (
    "organization_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "code" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "validation_hours_pkey" PRIMARY KEY ("organization_id","hour","code")
);

-- CreateTable
CREATE TABLE "validation_days" (
    "license_key_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "valid" INTEGER NOT NULL DEFAULT 0,
    "refused" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "validation_days_pkey" PRIMARY KEY ("license_key_id","day")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "verification_tokens_expires_idx" ON "verification_tokens"("expires");

-- CreateIndex
CREATE UNIQUE INDEX "organizations_slug_key" ON "organizations"("slug");

-- CreateIndex
CREATE INDEX "memberships_user_id_idx" ON "memberships"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "products_organization_id_name_key" ON "products"("organization_id", "name");

-- CreateIndex
CREATE INDEX "product_key_configurations_key_configuration_id_idx" ON "product_key_configurations"("key_configuration_id");

-- CreateIndex
CREATE UNIQUE INDEX "key_configurations_organization_id_name_key" ON "key_configurations"("organization_id", "name");

-- CreateIndex
CREATE INDEX "customers_email_idx" ON "customers"("email");

-- CreateIndex
CREATE UNIQUE INDEX "customers_organization_id_email_key" ON "customers"("organization_id", "email");

-- CreateIndex
CREATE INDEX "purchases_customer_id_idx" ON "purchases"("customer_id");

-- CreateIndex
CREATE INDEX "purchases_organization_id_purchased_at_idx" ON "purchases"("organization_id", "purchased_at");

-- CreateIndex
CREATE UNIQUE INDEX "purchases_organization_id_reference_key" ON "purchases"("organization_id", "reference");

-- CreateIndex
CREATE UNIQUE INDEX "license_keys_key_hash_key" ON "license_keys"("key_hash");

-- CreateIndex
CREATE INDEX "license_keys_organization_id_created_at_idx" ON "license_keys"("organization_id", "created_at");

-- CreateIndex
CREATE INDEX "license_keys_organization_id_last_characters_idx" ON "license_keys"("organization_id", "last_characters");

-- CreateIndex
CREATE INDEX "license_keys_organization_id_expires_at_idx" ON "license_keys"("organization_id", "expires_at");

-- CreateIndex
CREATE INDEX "license_keys_key_configuration_id_idx" ON "license_keys"("key_configuration_id");

-- CreateIndex
CREATE INDEX "license_keys_product_id_idx" ON "license_keys"("product_id");

-- CreateIndex
CREATE INDEX "license_keys_customer_id_idx" ON "license_keys"("customer_id");

-- CreateIndex
CREATE INDEX "license_keys_purchase_id_idx" ON "license_keys"("purchase_id");

-- CreateIndex
CREATE INDEX "activations_license_key_id_idx" ON "activations"("license_key_id");

-- CreateIndex
CREATE INDEX "activations_organization_id_created_at_idx" ON "activations"("organization_id", "created_at");

-- CreateIndex
CREATE INDEX "events_organization_id_at_id_idx" ON "events"("organization_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "events_license_key_id_at_idx" ON "events"("license_key_id", "at" DESC);

-- CreateIndex
CREATE INDEX "events_customer_id_at_idx" ON "events"("customer_id", "at" DESC);

-- CreateIndex
CREATE INDEX "mails_status_created_at_idx" ON "mails"("status", "created_at");

-- CreateIndex
CREATE INDEX "mails_organization_id_created_at_idx" ON "mails"("organization_id", "created_at");

-- CreateIndex
CREATE INDEX "mails_license_key_id_idx" ON "mails"("license_key_id");

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "products" ADD CONSTRAINT "products_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_key_configurations" ADD CONSTRAINT "product_key_configurations_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_key_configurations" ADD CONSTRAINT "product_key_configurations_key_configuration_id_fkey" FOREIGN KEY ("key_configuration_id") REFERENCES "key_configurations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "key_configurations" ADD CONSTRAINT "key_configurations_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customers" ADD CONSTRAINT "customers_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "purchases" ADD CONSTRAINT "purchases_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "purchases" ADD CONSTRAINT "purchases_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "purchases" ADD CONSTRAINT "purchases_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "license_keys" ADD CONSTRAINT "license_keys_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "license_keys" ADD CONSTRAINT "license_keys_key_configuration_id_fkey" FOREIGN KEY ("key_configuration_id") REFERENCES "key_configurations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "license_keys" ADD CONSTRAINT "license_keys_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "license_keys" ADD CONSTRAINT "license_keys_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "license_keys" ADD CONSTRAINT "license_keys_purchase_id_fkey" FOREIGN KEY ("purchase_id") REFERENCES "purchases"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activations" ADD CONSTRAINT "activations_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activations" ADD CONSTRAINT "activations_license_key_id_fkey" FOREIGN KEY ("license_key_id") REFERENCES "license_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "events" ADD CONSTRAINT "events_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mails" ADD CONSTRAINT "mails_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's schema language cannot say. Later diffs leave these alone.

-- At most one live activation per key and fingerprint.
CREATE UNIQUE INDEX activations_live_fingerprint ON activations (license_key_id, fingerprint) WHERE deactivated_at IS NULL AND fingerprint IS NOT NULL;

-- Counting the slots in use.
CREATE INDEX activations_live ON activations (license_key_id) WHERE deactivated_at IS NULL;

-- Every validation updates its key: room on the page keeps those updates off the indexes (HOT).
ALTER TABLE license_keys SET (fillfactor = 85);

ALTER TABLE license_keys
  ADD CONSTRAINT license_keys_usage_check CHECK (usage >= 0),
  ADD CONSTRAINT license_keys_validations_check CHECK (validations >= 0);

ALTER TABLE key_configurations
  ADD CONSTRAINT key_configurations_activation_limit_check CHECK (activation_limit > 0),
  ADD CONSTRAINT key_configurations_usage_limit_check CHECK (usage_limit > 0),
  ADD CONSTRAINT key_configurations_grace_days_check CHECK (grace_days >= 0);

ALTER TABLE customers ADD CONSTRAINT customers_email_check CHECK (email = lower(email));

ALTER TABLE users ADD CONSTRAINT users_email_check CHECK (email = lower(email));
