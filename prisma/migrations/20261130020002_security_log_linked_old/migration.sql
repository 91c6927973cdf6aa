DROP INDEX IF EXISTS "events_security_log_idx";
ALTER INDEX "events_security_log_linked_idx" RENAME TO "events_security_log_idx";
