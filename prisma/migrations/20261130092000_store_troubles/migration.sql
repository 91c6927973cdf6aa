-- Since when nothing but what is refused has come from a store.
ALTER TABLE "store_connections" ADD COLUMN "refused_since" TIMESTAMPTZ(3);
UPDATE "store_connections" SET "refused_since" = "last_refused_at"
 WHERE "last_refused_at" IS NOT NULL AND ("last_delivery_at" IS NULL OR "last_delivery_at" < "last_refused_at");

-- What the owners were told of a store that does not work.
CREATE TABLE "store_troubles" (
  "connection_id" UUID NOT NULL,
  "trouble" TEXT NOT NULL,
  "told_at" TIMESTAMPTZ(3) NOT NULL,
  "told" INTEGER NOT NULL DEFAULT 1,
  "over_at" TIMESTAMPTZ(3),
  CONSTRAINT "store_troubles_pkey" PRIMARY KEY ("connection_id", "trouble"),
  CONSTRAINT "store_troubles_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "store_connections"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
