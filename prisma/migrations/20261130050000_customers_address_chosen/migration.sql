-- When a customer took the present address themselves, by both mailboxes: whoever changes it then has to say so.
ALTER TABLE "customers" ADD COLUMN "address_chosen_at" TIMESTAMPTZ(3);
