-- How many keys and devices there are, kept as they are written: rows that are added up. Whoever changes something adds a row and waits for
-- nobody; a job puts rows together. A plain validation writes none: the triggers name columns that its statements do not.
CREATE TABLE "key_counts" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" UUID NOT NULL,
    "key_configuration_id" UUID NOT NULL,
    "status" "license_key_status" NOT NULL,
    "grace_days" INTEGER,
    "ends_on" DATE,
    "count" INTEGER NOT NULL,

    CONSTRAINT "key_counts_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "key_counts_organization_id_idx" ON "key_counts"("organization_id");

-- Few rows at any time, and written by every activation: no index but its key.
CREATE TABLE "device_counts" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" UUID NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "device_counts_pkey" PRIMARY KEY ("id")
);

CREATE FUNCTION count_keys() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO key_counts (organization_id, key_configuration_id, status, grace_days, ends_on, count)
  SELECT organization_id, key_configuration_id, status, grace_days_override, (expires_at AT TIME ZONE 'UTC')::date,
    CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END
  FROM changed GROUP BY 1, 2, 3, 4, 5;
  RETURN NULL;
END $$;
CREATE TRIGGER "license_keys_count_added" AFTER INSERT ON "license_keys"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_keys();
CREATE TRIGGER "license_keys_count_removed" AFTER DELETE ON "license_keys"
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_keys();

CREATE FUNCTION recount_key() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO key_counts (organization_id, key_configuration_id, status, grace_days, ends_on, count) VALUES
    (OLD.organization_id, OLD.key_configuration_id, OLD.status, OLD.grace_days_override, (OLD.expires_at AT TIME ZONE 'UTC')::date, -1),
    (NEW.organization_id, NEW.key_configuration_id, NEW.status, NEW.grace_days_override, (NEW.expires_at AT TIME ZONE 'UTC')::date, 1);
  RETURN NULL;
END $$;
CREATE TRIGGER "license_keys_count_changed"
  AFTER UPDATE OF "organization_id", "key_configuration_id", "status", "grace_days_override", "expires_at" ON "license_keys"
  FOR EACH ROW WHEN ((OLD."organization_id", OLD."key_configuration_id", OLD."status", OLD."grace_days_override", OLD."expires_at")
    IS DISTINCT FROM (NEW."organization_id", NEW."key_configuration_id", NEW."status", NEW."grace_days_override", NEW."expires_at"))
  EXECUTE FUNCTION recount_key();

CREATE FUNCTION count_devices() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO device_counts (organization_id, count)
  SELECT organization_id, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END
  FROM changed WHERE deactivated_at IS NULL GROUP BY 1;
  RETURN NULL;
END $$;
CREATE TRIGGER "activations_count_added" AFTER INSERT ON "activations"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_devices();
CREATE TRIGGER "activations_count_removed" AFTER DELETE ON "activations"
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_devices();

CREATE FUNCTION recount_device() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO device_counts (organization_id, count) VALUES (NEW.organization_id, CASE WHEN NEW.deactivated_at IS NULL THEN 1 ELSE -1 END);
  RETURN NULL;
END $$;
CREATE TRIGGER "activations_count_changed" AFTER UPDATE OF "deactivated_at" ON "activations"
  FOR EACH ROW WHEN ((OLD."deactivated_at" IS NULL) <> (NEW."deactivated_at" IS NULL)) EXECUTE FUNCTION recount_device();
