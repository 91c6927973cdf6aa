-- When a store's API was last asked with the access it was given, and why it did not answer. Rows of before have not been tried.
ALTER TABLE "store_connections" ADD COLUMN "access_tried_at" TIMESTAMPTZ(3), ADD COLUMN "access_problem" TEXT;
