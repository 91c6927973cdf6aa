-- How far positions run ahead of the transaction ids of this cluster: raised when a database is restored into one that has counted less far.
CREATE TABLE "event_clock" (
    "id" SMALLINT NOT NULL,
    "ahead" BIGINT NOT NULL,

    CONSTRAINT "event_clock_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "event_clock_one_row" CHECK ("id" = 1)
);
INSERT INTO "event_clock" ("id", "ahead") VALUES (1, 0);

CREATE FUNCTION "event_position"() RETURNS BIGINT LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN pg_current_xact_id()::text::bigint + (SELECT "ahead" FROM "event_clock" WHERE "id" = 1);
END
$$;

-- A default that is the same for all of a statement is not written into the rows there are: this takes no time with millions of them.
-- They share one position, and their ids keep them in order.
ALTER TABLE "events" ADD COLUMN "position" BIGINT NOT NULL DEFAULT "event_position"();

CREATE INDEX "events_organization_id_position_id_idx" ON "events"("organization_id", "position", "id");
