-- CreateIndex
CREATE INDEX "events_product_id_at_idx" ON "events"("product_id", "at" DESC);

-- CreateIndex
CREATE INDEX "events_key_configuration_id_at_idx" ON "events"("key_configuration_id", "at" DESC);

-- A limited mode without its limit would count as unlimited.
ALTER TABLE "key_configurations" ADD CONSTRAINT "key_configurations_limited_check"
  CHECK ("activations_mode" <> 'limited' OR "activation_limit" IS NOT NULL);
ALTER TABLE "license_keys" ADD CONSTRAINT "license_keys_limited_check"
  CHECK ("activations_mode_override" IS DISTINCT FROM 'limited' OR "activation_limit_override" IS NOT NULL);
