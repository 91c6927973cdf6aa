-- Key strings need a scope of their own. API keys that may change license keys could come by any string before (they rotate, and make
-- sessions of customers), and shops hang on them: they keep it. Those that may only read were never meant to hand out working keys.
UPDATE "api_keys" SET "scopes" = array_append("scopes", 'license_keys:reveal')
WHERE 'license_keys:write' = ANY("scopes") AND NOT 'license_keys:reveal' = ANY("scopes");
