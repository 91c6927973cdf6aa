-- CreateEnum
CREATE TYPE "webhook_state" AS ENUM ('waiting', 'sent', 'failed', 'gone');

-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "types" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "format" TEXT NOT NULL DEFAULT 'latchkey',
    "version" TEXT NOT NULL,
    "has_key_strings" BOOLEAN NOT NULL DEFAULT false,
    "secrets" BYTEA NOT NULL,
    "headers" BYTEA,
    "disabled_at" TIMESTAMPTZ(3),
    "disabled_reason" TEXT,
    "failing_since" TIMESTAMPTZ(3),
    "paused_until" TIMESTAMPTZ(3),
    "last_sent_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_messages" (
    "id" UUID NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "organization_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "event_id" UUID,
    "type" TEXT NOT NULL,
    "license_key_id" UUID,
    "state" "webhook_state" NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "lease" UUID,
    "last_status" INTEGER,
    "last_error" TEXT,
    "body" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_attempts" (
    "message_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "status" INTEGER,
    "error" TEXT,
    "answer" TEXT,

    CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("message_id","number")
);

-- CreateIndex
CREATE INDEX "webhook_endpoints_organization_id_idx" ON "webhook_endpoints"("organization_id");

-- CreateIndex
CREATE INDEX "webhook_messages_organization_id_created_at_id_idx" ON "webhook_messages"("organization_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "webhook_messages_endpoint_id_created_at_id_idx" ON "webhook_messages"("endpoint_id", "created_at", "id");

-- AddForeignKey
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "webhook_messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is due, in the order in which it became so.
CREATE INDEX "webhook_messages_due_idx" ON "webhook_messages" ("endpoint_id", "due_at", "number") WHERE "state" = 'waiting';

-- What has to go before, of the same key.
CREATE INDEX "webhook_messages_key_idx" ON "webhook_messages" ("endpoint_id", "license_key_id", "number") WHERE "state" = 'waiting';

-- A message is written, taken and settled within seconds: with room on its page, that needs no new entries in the indexes of lists.
ALTER TABLE "webhook_messages" SET (fillfactor = 70);
