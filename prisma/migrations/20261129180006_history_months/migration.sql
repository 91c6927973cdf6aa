-- How long an organization keeps its history; null: for ever, as before.
ALTER TABLE "organizations" ADD COLUMN "history_months" INTEGER;
