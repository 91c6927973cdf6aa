-- The link of a mail with a key signs its reader in, once.
ALTER TABLE "mails" ADD COLUMN "link_used_at" TIMESTAMPTZ(3);
