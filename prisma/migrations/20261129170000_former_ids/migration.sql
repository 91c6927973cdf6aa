-- What a key went on from, so that software that asks for it by that still finds it good. Columns with a constant default are added at once.
ALTER TABLE "license_keys" ADD COLUMN "former_ids" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "passed_keys" ADD COLUMN "former_ids" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "usage" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "usage_period_start" TIMESTAMPTZ(3);
