-- Alone in its file: it must not run in a transaction.
DROP INDEX CONCURRENTLY IF EXISTS "events_security_idx";
