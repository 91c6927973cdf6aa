import type { EventType } from './schema.ts'

/** Names that Latchkey itself acts under; any other of a system is that of a store. */
export const ownNames = ['Latchkey', 'Setup', 'Set-up', 'Console', 'npm run import'] as const

/** The groups of the history page's type filter. */
export const eventGroups = {
  keys: 'License keys',
  activations: 'Activations',
  catalogue: 'Products and configurations',
  customers: 'Customers and purchases',
  security: 'Members, stores and API keys',
} as const

export type EventGroup = keyof typeof eventGroups

/** Who can have done something, as the filter names them. */
export const actors = {
  merchant: 'Your team',
  api_key: 'API keys',
  customer: 'Customers',
  software: 'Software',
  store: 'Stores',
  system: 'Latchkey',
} as const
export type ActorKind = keyof typeof actors

/** The groups of the security log's filter, with the types of each. The index events_security_log_idx holds exactly these. */
export const securityGroups = {
  sessions: {
    label: 'Sign-in',
    types: ['session.started', 'session.refused', 'session.slowed', 'session.confirmed', 'session.ended'],
  },
  accounts: {
    label: 'Accounts',
    types: [
      ...(['member.password_changed', 'member.address_asked', 'member.address_changed'] as const),
      ...(['member.two_step_on', 'member.two_step_off', 'member.recovery_codes_made'] as const),
      ...(['member.passkey_added', 'member.passkey_removed'] as const),
      ...(['member.sign_in_linked', 'member.sign_in_unlinked'] as const),
    ],
  },
  members: {
    label: 'Members',
    types: [
      ...(['member.invited', 'member.invitation_withdrawn', 'member.joined', 'member.role_changed'] as const),
      'member.removed',
    ],
  },
  keys: { label: 'Keys revealed or exported', types: ['license_key.revealed', 'license_key.exported'] },
  api: { label: 'API keys', types: ['api_key.created', 'api_key.revoked'] },
  settings: {
    label: 'Settings',
    types: [
      ...(['organization.updated', 'organization.deletion_asked'] as const),
      'organization.deletion_stopped',
      'organization.exported',
    ],
  },
  connections: {
    label: 'Stores and webhooks',
    types: [
      ...(['store.connected', 'store.updated', 'store.removed', 'webhook_endpoint.created'] as const),
      ...(['webhook_endpoint.updated', 'webhook_endpoint.enabled', 'webhook_endpoint.disabled'] as const),
      'webhook_endpoint.removed',
    ],
  },
} as const satisfies Record<string, { label: string; types: readonly EventType[] }>

export type SecurityGroup = keyof typeof securityGroups
