-- Alone in its file: it must not run in a transaction. Replaced by the two before.
DROP INDEX CONCURRENTLY IF EXISTS "purchases_organization_id_reference_key";
