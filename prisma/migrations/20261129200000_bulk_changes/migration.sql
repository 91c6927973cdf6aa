-- CreateEnum
CREATE TYPE "bulk_status" AS ENUM ('running', 'done', 'stopped', 'failed', 'undoing', 'undone');

-- CreateEnum
CREATE TYPE "bulk_outcome" AS ENUM ('waiting', 'changed', 'unchanged', 'refused', 'undone', 'left');

-- CreateTable
CREATE TABLE "bulk_changes" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "origin" TEXT NOT NULL,
    "action" JSONB NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "status" "bulk_status" NOT NULL DEFAULT 'running',
    "total" INTEGER NOT NULL,
    "counts" JSONB NOT NULL DEFAULT '{}',
    "failure" TEXT,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor_label" TEXT NOT NULL,
    "undo_id" UUID,
    "undone_by" JSONB,
    "undone_at" TIMESTAMPTZ(3),
    "runner" UUID,
    "heartbeat_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bulk_change_keys" (
    "bulk_change_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "license_key_id" UUID NOT NULL,
    "outcome" "bulk_outcome" NOT NULL DEFAULT 'waiting',
    "was" JSONB,
    "became" JSONB,
    "changed_at" TIMESTAMPTZ(3),
    "note" TEXT,

    CONSTRAINT "bulk_change_keys_pkey" PRIMARY KEY ("bulk_change_id","position")
);

-- CreateIndex
CREATE INDEX "bulk_changes_organization_id_created_at_idx" ON "bulk_changes"("organization_id", "created_at");

-- CreateIndex
CREATE INDEX "bulk_changes_status_idx" ON "bulk_changes"("status");

-- CreateIndex
CREATE INDEX "bulk_change_keys_bulk_change_id_outcome_position_idx" ON "bulk_change_keys"("bulk_change_id", "outcome", "position");

-- CreateIndex
CREATE INDEX "bulk_change_keys_license_key_id_idx" ON "bulk_change_keys"("license_key_id");

-- AddForeignKey
ALTER TABLE "bulk_changes" ADD CONSTRAINT "bulk_changes_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bulk_change_keys" ADD CONSTRAINT "bulk_change_keys_bulk_change_id_fkey" FOREIGN KEY ("bulk_change_id") REFERENCES "bulk_changes"("id") ON DELETE CASCADE ON UPDATE CASCADE;
