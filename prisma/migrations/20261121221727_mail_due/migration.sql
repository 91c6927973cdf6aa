-- DropIndex
DROP INDEX "mails_status_created_at_idx";

-- AlterTable
ALTER TABLE "mails" ADD COLUMN     "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateIndex
CREATE INDEX "mails_status_due_at_idx" ON "mails"("status", "due_at");
