/*
  Warnings:

  - A unique constraint covering the columns `[number]` on the table `activations` will be added. If there are existing duplicate values, this will fail.
  - A unique constraint covering the columns `[number]` on the table `customers` will be added. If there are existing duplicate values, this will fail.
  - A unique constraint covering the columns `[number]` on the table `key_configurations` will be added. If there are existing duplicate values, this will fail.
  - A unique constraint covering the columns `[number]` on the table `license_keys` will be added. If there are existing duplicate values, this will fail.
  - A unique constraint covering the columns `[number]` on the table `organizations` will be added. If there are existing duplicate values, this will fail.
  - A unique constraint covering the columns `[number]` on the table `products` will be added. If there are existing duplicate values, this will fail.
  - A unique constraint covering the columns `[number]` on the table `purchases` will be added. If there are existing duplicate values, this will fail.

*/
-- AlterTable
ALTER TABLE "activations" ADD COLUMN     "external_id" TEXT,
ADD COLUMN     "number" SERIAL NOT NULL;

-- AlterTable
ALTER TABLE "customers" ADD COLUMN     "external_id" TEXT,
ADD COLUMN     "number" SERIAL NOT NULL;

-- AlterTable
ALTER TABLE "key_configurations" ADD COLUMN     "external_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "number" SERIAL NOT NULL;

-- AlterTable
ALTER TABLE "license_keys" ADD COLUMN     "external_id" TEXT,
ADD COLUMN     "number" SERIAL NOT NULL;

-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "external_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "number" SERIAL NOT NULL;

-- AlterTable
ALTER TABLE "products" ADD COLUMN     "external_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "number" SERIAL NOT NULL;

-- AlterTable
ALTER TABLE "purchases" ADD COLUMN     "number" SERIAL NOT NULL;

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "last_characters" TEXT NOT NULL,
    "scopes" TEXT[],
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "old_key_strings" (
    "key_hash" BYTEA NOT NULL,
    "license_key_id" UUID NOT NULL,
    "rotated_at" TIMESTAMPTZ(3) NOT NULL,
    "valid_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "old_key_strings_pkey" PRIMARY KEY ("key_hash")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_token_hash_key" ON "api_keys"("token_hash");

-- CreateIndex
CREATE INDEX "api_keys_organization_id_created_at_idx" ON "api_keys"("organization_id", "created_at");

-- CreateIndex
CREATE INDEX "old_key_strings_license_key_id_idx" ON "old_key_strings"("license_key_id");

-- CreateIndex
CREATE INDEX "old_key_strings_valid_until_idx" ON "old_key_strings"("valid_until");

-- CreateIndex
CREATE UNIQUE INDEX "activations_number_key" ON "activations"("number");

-- CreateIndex
CREATE UNIQUE INDEX "customers_number_key" ON "customers"("number");

-- CreateIndex
CREATE UNIQUE INDEX "key_configurations_number_key" ON "key_configurations"("number");

-- CreateIndex
CREATE UNIQUE INDEX "license_keys_number_key" ON "license_keys"("number");

-- CreateIndex
CREATE UNIQUE INDEX "organizations_number_key" ON "organizations"("number");

-- CreateIndex
CREATE UNIQUE INDEX "products_number_key" ON "products"("number");

-- CreateIndex
CREATE UNIQUE INDEX "purchases_number_key" ON "purchases"("number");

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "old_key_strings" ADD CONSTRAINT "old_key_strings_license_key_id_fkey" FOREIGN KEY ("license_key_id") REFERENCES "license_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;
