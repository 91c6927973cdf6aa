-- A key that is its own normal form need not be opened to be shown to whoever sent it. Of keys made before this nothing is known.
ALTER TABLE "license_keys" ADD COLUMN "key_is_normal" BOOLEAN NOT NULL DEFAULT false;
