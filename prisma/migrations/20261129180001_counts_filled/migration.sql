-- What was there before the triggers. Of rows and of counts one moment is seen, so that whatever is written meanwhile is counted once, and
-- nobody waits for a lock. The same statements are in lib/license-keys/counts.ts, where they mend what should be wrong.
INSERT INTO key_counts (organization_id, key_configuration_id, status, grace_days, ends_on, count)
SELECT organization_id, key_configuration_id, status, grace_days, ends_on, sum(n) FROM (
  SELECT organization_id, key_configuration_id, status, grace_days_override AS grace_days, (expires_at AT TIME ZONE 'UTC')::date AS ends_on, count(*) AS n
  FROM license_keys GROUP BY 1, 2, 3, 4, 5
  UNION ALL
  SELECT organization_id, key_configuration_id, status, grace_days, ends_on, -sum(count) FROM key_counts GROUP BY 1, 2, 3, 4, 5) difference
GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;

INSERT INTO device_counts (organization_id, count)
SELECT organization_id, sum(n) FROM (
  SELECT organization_id, count(*) AS n FROM activations WHERE deactivated_at IS NULL GROUP BY 1
  UNION ALL
  SELECT organization_id, -sum(count) FROM device_counts GROUP BY 1) difference
GROUP BY 1 HAVING sum(n) <> 0;
