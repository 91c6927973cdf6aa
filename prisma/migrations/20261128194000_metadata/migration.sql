-- What merchants keep of their own beside their rows. Constant defaults: no row is written.
ALTER TABLE "license_keys" ADD COLUMN "metadata" JSONB NOT NULL DEFAULT '{}', ADD COLUMN "tags" TEXT[] DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "customers" ADD COLUMN "metadata" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "purchases" ADD COLUMN "metadata" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "products" ADD COLUMN "metadata" JSONB NOT NULL DEFAULT '{}';
