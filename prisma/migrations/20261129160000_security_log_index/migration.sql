-- Alone in its file: it must not run in a transaction. What the security log shows (securityTypes of lib/events/schema.ts), with stores and
-- webhook endpoints: few rows among very many.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "events_security_log_idx" ON "events"("organization_id", "at" DESC, "id" DESC) WHERE "type" IN (
  'session.started', 'session.refused', 'session.slowed', 'session.ended',
  'member.invited', 'member.invitation_withdrawn', 'member.joined', 'member.role_changed', 'member.removed', 'member.password_changed',
  'organization.updated', 'api_key.created', 'api_key.revoked', 'license_key.revealed', 'license_key.exported',
  'store.connected', 'store.updated', 'store.removed',
  'webhook_endpoint.created', 'webhook_endpoint.updated', 'webhook_endpoint.enabled', 'webhook_endpoint.disabled', 'webhook_endpoint.removed'
);
