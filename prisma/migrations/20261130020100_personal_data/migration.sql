-- Customers whose personal data was deleted, and what is still searched for.
ALTER TABLE "customers" ADD COLUMN "erased_at" TIMESTAMPTZ(3);
CREATE TABLE "customer_erasures" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "sought" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "customer_erasures_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "customer_erasures_organization_id_idx" ON "customer_erasures"("organization_id");
ALTER TABLE "customer_erasures" ADD CONSTRAINT "customer_erasures_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
