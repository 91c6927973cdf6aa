-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "address" TEXT,
    "device" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");
CREATE INDEX "sessions_last_seen_at_idx" ON "sessions"("last_seen_at");
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Counters of the last minutes; nothing is lost with them.
DELETE FROM "rate_limits";
ALTER TABLE "rate_limits" DROP COLUMN "points", DROP COLUMN "expire",
  ADD COLUMN "count" DOUBLE PRECISION NOT NULL, ADD COLUMN "last_at" TIMESTAMPTZ(3) NOT NULL;
CREATE INDEX "rate_limits_last_at_idx" ON "rate_limits"("last_at");

-- CreateTable
CREATE TABLE "invitations" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" "role" NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "invited_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "invitations_token_hash_key" ON "invitations"("token_hash");
CREATE UNIQUE INDEX "invitations_organization_id_email_key" ON "invitations"("organization_id", "email");
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Sessions of programs end with the API key that made them.
ALTER TABLE "customer_sessions" ADD COLUMN "api_key_id" UUID;
CREATE INDEX "customer_sessions_api_key_id_idx" ON "customer_sessions"("api_key_id");
ALTER TABLE "customer_sessions" ADD CONSTRAINT "customer_sessions_api_key_id_fkey" FOREIGN KEY ("api_key_id") REFERENCES "api_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The security log. Columns without a default are added at once, however many rows there are.
ALTER TABLE "organizations" ADD COLUMN "security_log_months" INTEGER NOT NULL DEFAULT 12;
ALTER TABLE "events" ADD COLUMN "address" TEXT, ADD COLUMN "device" TEXT;

-- What the security log shows (securityTypes of lib/history/schema.ts): few rows among very many.
CREATE INDEX "events_security_idx" ON "events"("organization_id", "at" DESC, "id" DESC) WHERE "type" IN (
  'session.started', 'session.refused', 'session.slowed', 'session.ended',
  'member.invited', 'member.invitation_withdrawn', 'member.joined', 'member.role_changed', 'member.removed', 'member.password_changed',
  'organization.updated', 'api_key.created', 'api_key.revoked', 'license_key.revealed', 'license_key.exported'
);
