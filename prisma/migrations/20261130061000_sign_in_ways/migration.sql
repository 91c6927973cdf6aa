-- Which ways of signing in open an organization to its members; none named: all do.
ALTER TABLE "organizations" ADD COLUMN "sign_in_ways" TEXT[] NOT NULL DEFAULT '{}';
-- A link that the console printed opens every organization: it is for emergencies.
ALTER TABLE "verification_tokens" ADD COLUMN "from_console" BOOLEAN NOT NULL DEFAULT false;
