-- When an organization is to be deleted.
ALTER TABLE "organizations" ADD COLUMN "deletion_due_at" TIMESTAMPTZ(3);
