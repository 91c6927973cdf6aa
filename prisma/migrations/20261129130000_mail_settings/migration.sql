-- How an organization's mail looks and what it says, and whom it must not remind any more. No row is written here: without one, everything is
-- as it was.
ALTER TYPE "mail_status" ADD VALUE 'dropped';

ALTER TABLE "mails"
  -- What its row is found by at the purchase's page.
  ADD COLUMN "purchase_id" UUID,
  -- What the mail server answered last, such as 550.
  ADD COLUMN "smtp_code" SMALLINT,
  -- What must be told to one address once only.
  ADD COLUMN "about" TEXT;

ALTER TABLE "key_configurations" ADD COLUMN "expiry_reminder_days" INTEGER[] NOT NULL DEFAULT '{}';

CREATE TABLE "mail_settings" (
  "organization_id" UUID NOT NULL,
  "name" TEXT,
  "color" TEXT,
  "reply_to" TEXT,
  "support" TEXT,
  "logo" TEXT,
  "logo_type" TEXT,
  "logo_width" INTEGER,
  "logo_height" INTEGER,
  "switches" JSONB NOT NULL DEFAULT '{}',
  CONSTRAINT "mail_settings_pkey" PRIMARY KEY ("organization_id"),
  CONSTRAINT "mail_settings_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "mail_texts" (
  "organization_id" UUID NOT NULL,
  "mail" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "intro" TEXT NOT NULL,
  CONSTRAINT "mail_texts_pkey" PRIMARY KEY ("organization_id", "mail"),
  CONSTRAINT "mail_texts_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "mail_stops" (
  "organization_id" UUID NOT NULL,
  "email" TEXT NOT NULL,
  "stopped_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "mail_stops_pkey" PRIMARY KEY ("organization_id", "email"),
  CONSTRAINT "mail_stops_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
