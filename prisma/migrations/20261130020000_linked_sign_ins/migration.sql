-- Accounts at other providers that sign people in here.
CREATE TABLE "linked_sign_ins" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "linked_sign_ins_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "linked_sign_ins_issuer_subject_key" ON "linked_sign_ins"("issuer", "subject");
CREATE INDEX "linked_sign_ins_user_id_idx" ON "linked_sign_ins"("user_id");
ALTER TABLE "linked_sign_ins" ADD CONSTRAINT "linked_sign_ins_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
