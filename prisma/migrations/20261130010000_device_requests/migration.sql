-- Software that asks for a place of whichever key somebody approves in a browser.
CREATE TYPE "device_request_state" AS ENUM ('open', 'approved', 'denied');

CREATE TABLE "device_requests" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "product_id" UUID,
    "key_configuration_id" UUID,
    "device_code_hash" TEXT NOT NULL,
    "user_code_hash" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "fingerprint" TEXT,
    "conditions" JSONB,
    "meta" JSONB,
    "address" TEXT,
    "program" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "interval_s" INTEGER NOT NULL DEFAULT 5,
    "polled_at" TIMESTAMPTZ(3),
    "state" "device_request_state" NOT NULL DEFAULT 'open',
    "decided_at" TIMESTAMPTZ(3),
    "user_id" UUID,
    "activation_id" UUID,
    "collected_at" TIMESTAMPTZ(3),

    CONSTRAINT "device_requests_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "device_requests_device_code_hash_key" ON "device_requests"("device_code_hash");
CREATE UNIQUE INDEX "device_requests_user_code_hash_key" ON "device_requests"("user_code_hash");
CREATE INDEX "device_requests_created_at_idx" ON "device_requests"("created_at");
ALTER TABLE "device_requests" ADD CONSTRAINT "device_requests_organization_id_fkey"
    FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
