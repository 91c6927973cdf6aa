-- Slugs that organizations had before: addresses with them lead on, and nobody else gets them.
CREATE TABLE "former_slugs" (
    "slug" TEXT NOT NULL,
    "organization_id" UUID NOT NULL,
    "left_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "former_slugs_pkey" PRIMARY KEY ("slug")
);
CREATE INDEX "former_slugs_organization_id_idx" ON "former_slugs"("organization_id");
ALTER TABLE "former_slugs" ADD CONSTRAINT "former_slugs_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
