-- CreateEnum
CREATE TYPE "import_status" AS ENUM ('uploading', 'draft', 'checking', 'checked', 'running', 'done', 'stopped', 'failed');

-- AlterTable
ALTER TABLE "license_keys" ADD COLUMN     "import_id" UUID;

-- CreateTable
CREATE TABLE "imports" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "status" "import_status" NOT NULL,
    "files" JSONB NOT NULL,
    "settings" BYTEA,
    "position" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER,
    "counts" JSONB NOT NULL DEFAULT '{}',
    "failure" TEXT,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor_label" TEXT NOT NULL,
    "runner" UUID,
    "heartbeat_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "imports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_parts" (
    "import_id" UUID NOT NULL,
    "file" INTEGER NOT NULL,
    "part" INTEGER NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "import_parts_pkey" PRIMARY KEY ("import_id","file","part")
);

-- CreateTable
CREATE TABLE "import_problems" (
    "import_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "file" INTEGER NOT NULL,
    "line" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "message" TEXT NOT NULL,

    CONSTRAINT "import_problems_pkey" PRIMARY KEY ("import_id","number")
);

-- CreateIndex
CREATE INDEX "imports_organization_id_created_at_idx" ON "imports"("organization_id", "created_at");

-- CreateIndex
CREATE INDEX "license_keys_import_id_idx" ON "license_keys"("import_id");

-- AddForeignKey
ALTER TABLE "imports" ADD CONSTRAINT "imports_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_parts" ADD CONSTRAINT "import_parts_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "imports"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_problems" ADD CONSTRAINT "import_problems_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "imports"("id") ON DELETE CASCADE ON UPDATE CASCADE;
