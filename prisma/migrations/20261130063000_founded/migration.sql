-- Who made an organization, and when: it counts after the organization is gone, so that nobody makes and deletes without end.
CREATE TABLE "founded_organizations" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "founded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "founded_organizations_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "founded_organizations_user_id_founded_at_idx" ON "founded_organizations"("user_id", "founded_at");
ALTER TABLE "founded_organizations" ADD CONSTRAINT "founded_organizations_user_id_fkey"
    FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
