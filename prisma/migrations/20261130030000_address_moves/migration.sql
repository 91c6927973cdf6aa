-- A customer changes their own address: both mailboxes say yes, then everything that was bought follows.
CREATE TABLE "address_moves" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "from_token_hash" TEXT NOT NULL,
    "to_token_hash" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "from_confirmed_at" TIMESTAMPTZ(3),
    "to_confirmed_at" TIMESTAMPTZ(3),
    "done_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "address_moves_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "address_moves_from_token_hash_key" ON "address_moves"("from_token_hash");
CREATE UNIQUE INDEX "address_moves_to_token_hash_key" ON "address_moves"("to_token_hash");
CREATE UNIQUE INDEX "address_moves_open_key" ON "address_moves"("user_id") WHERE "done_at" IS NULL AND "ended_at" IS NULL;
CREATE INDEX "address_moves_user_id_idx" ON "address_moves"("user_id");
CREATE INDEX "address_moves_expires_at_idx" ON "address_moves"("expires_at");
ALTER TABLE "address_moves" ADD CONSTRAINT "address_moves_user_id_fkey"
    FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
