-- Everything of an organization as one file: asked for, written in the background, kept for some days.
CREATE TYPE "archive_status" AS ENUM ('waiting', 'running', 'ready', 'failed');
CREATE TABLE "archives" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "status" "archive_status" NOT NULL DEFAULT 'waiting',
    "has_key_strings" BOOLEAN NOT NULL,
    "asked_by" UUID NOT NULL,
    "asked_by_label" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "rows_done" BIGINT NOT NULL DEFAULT 0,
    "rows_total" BIGINT,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "sha256" TEXT,
    "failure" TEXT,
    "runner" UUID,
    "heartbeat_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "taken_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "archives_pkey" PRIMARY KEY ("id")
);
-- One at a time, also for two owners who ask at the same moment.
CREATE UNIQUE INDEX "archives_one_at_work" ON "archives"("organization_id") WHERE "status" IN ('waiting', 'running');
CREATE INDEX "archives_organization_id_created_at_idx" ON "archives"("organization_id", "created_at");
ALTER TABLE "archives" ADD CONSTRAINT "archives_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE TABLE "archive_parts" (
    "archive_id" UUID NOT NULL,
    "part" INTEGER NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "archive_parts_pkey" PRIMARY KEY ("archive_id", "part")
);
-- Compressed and sealed already.
ALTER TABLE "archive_parts" ALTER COLUMN "content" SET STORAGE EXTERNAL;
ALTER TABLE "archive_parts" ADD CONSTRAINT "archive_parts_archive_id_fkey" FOREIGN KEY ("archive_id") REFERENCES "archives"("id") ON DELETE CASCADE ON UPDATE CASCADE;
