-- A sign-in mail also has a code, to be typed where it was asked for. Whichever of the two is used first uses up the row.
ALTER TABLE "verification_tokens" ADD COLUMN "request" TEXT, ADD COLUMN "code_hash" TEXT;
CREATE UNIQUE INDEX "verification_tokens_request_key" ON "verification_tokens"("request");
