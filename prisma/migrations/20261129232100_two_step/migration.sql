-- Signing in by two steps: an authenticator app, and recovery codes for whoever lost it.
ALTER TABLE "users" ADD COLUMN "two_step_at" TIMESTAMPTZ(3);
ALTER TABLE "sessions" ADD COLUMN "how" TEXT;
ALTER TABLE "sessions" ADD COLUMN "second_step_at" TIMESTAMPTZ(3);
ALTER TABLE "sessions" ADD COLUMN "confirmed_at" TIMESTAMPTZ(3);
ALTER TABLE "organizations" ADD COLUMN "require_two_step" BOOLEAN NOT NULL DEFAULT false;
CREATE TABLE "authenticators" (
    "user_id" UUID NOT NULL,
    "secret" BYTEA NOT NULL,
    "last_step" INTEGER,
    "confirmed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "authenticators_pkey" PRIMARY KEY ("user_id")
);
CREATE TABLE "recovery_codes" (
    "user_id" UUID NOT NULL,
    "code_hash" TEXT NOT NULL,

    CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("user_id", "code_hash")
);
ALTER TABLE "authenticators" ADD CONSTRAINT "authenticators_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
