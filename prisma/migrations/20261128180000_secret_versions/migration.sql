-- CreateEnum
CREATE TYPE "secret_state" AS ENUM ('current', 'next', 'leaving');

-- CreateTable
CREATE TABLE "secret_versions" (
    "version" INTEGER NOT NULL,
    "state" "secret_state" NOT NULL,
    "check_hash" BYTEA NOT NULL,
    "check_sealed" BYTEA NOT NULL,
    "kept" BYTEA,
    "progress" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "secret_versions_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "secret_holders" (
    "id" UUID NOT NULL,
    "about" TEXT NOT NULL,
    "knows" INTEGER NOT NULL,
    "writes" INTEGER NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "secret_holders_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "secret_versions_state_key" ON "secret_versions"("state");
