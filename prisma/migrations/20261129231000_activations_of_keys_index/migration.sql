-- How many devices each key of an organization has, without reading the devices.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "activations_live_of_keys_idx" ON "activations"("organization_id", "license_key_id") WHERE "deactivated_at" IS NULL;
