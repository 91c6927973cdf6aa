-- Alone in its file: it must not run in a transaction. The security log shows linked sign-ins and what becomes of the whole organization.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "events_security_log_linked_idx" ON "events"("organization_id", "at" DESC, "id" DESC) WHERE "type" IN (
  'session.started', 'session.refused', 'session.slowed', 'session.confirmed', 'session.ended',
  'member.invited', 'member.invitation_withdrawn', 'member.joined', 'member.role_changed', 'member.removed', 'member.password_changed',
  'member.address_asked', 'member.address_changed', 'member.two_step_on', 'member.two_step_off', 'member.recovery_codes_made',
  'member.passkey_added', 'member.passkey_removed', 'member.sign_in_linked', 'member.sign_in_unlinked',
  'organization.updated', 'organization.exported', 'organization.deletion_asked', 'organization.deletion_stopped',
  'api_key.created', 'api_key.revoked', 'license_key.revealed', 'license_key.exported',
  'store.connected', 'store.updated', 'store.removed',
  'webhook_endpoint.created', 'webhook_endpoint.updated', 'webhook_endpoint.enabled', 'webhook_endpoint.disabled', 'webhook_endpoint.removed'
);
