import { z } from 'zod'

/** Every kind of fact there is. A new one is added here, and the compiler asks for its sentence in rules.ts. */
export const eventTypes = [
  'organization.created',
  'organization.updated',
  'session.started',
  'session.refused',
  'session.slowed',
  'session.ended',
  'member.invited',
  'member.invitation_withdrawn',
  'member.joined',
  'member.role_changed',
  'member.removed',
  'member.password_changed',
  'api_key.created',
  'api_key.revoked',
  'product.created',
  'product.updated',
  'product.archived',
  'product.restored',
  'key_configuration.created',
  'key_configuration.updated',
  'key_configuration.archived',
  'key_configuration.restored',
  'customer.created',
  'customer.updated',
  'customer.merged',
  'purchase.created',
  'purchase.updated',
  'purchase.refunded',
  'purchase.canceled',
  'license_key.issued',
  'license_key.mailed',
  'license_key.mail_failed',
  'license_key.revealed',
  'license_key.updated',
  'license_key.disabled',
  'license_key.enabled',
  'license_key.revoked',
  'license_key.restored',
  'license_key.held',
  'license_key.released',
  'license_key.rotated',
  'license_key.transferred',
  'license_key.imported',
  'license_key.exported',
  'activation.created',
  'activation.updated',
  'activation.renamed',
  'activation.refused',
  'activation.deactivated',
  'activation.imported',
  'import.started',
  'import.finished',
] as const

export const EventType = z.enum(eventTypes)
export type EventType = z.infer<typeof EventType>

/** Small JSON facts about the event: names and numbers at that moment, never secrets. */
export type EventData = Record<string, string | number | boolean | null | string[]>

/** One event as pages read it. */
export type HistoryEvent = {
  id: string
  type: EventType
  at: Date
  actorKind: string
  actorLabel: string
  licenseKeyId: string | null
  activationId: string | null
  customerId: string | null
  productId: string | null
  keyConfigurationId: string | null
  purchaseId: string | null
  data: EventData
  /** What was done to many keys at once shares the id of its first event. */
  batchId: string | null
}

/** Names that Latchkey itself acts under; any other of a system is that of a store. */
export const ownNames = ['Latchkey', 'Setup', 'Set-up', 'Console', 'npm run import'] as const

/** The groups of the history page's type filter. */
export const eventGroups = {
  keys: 'License keys',
  activations: 'Activations',
  catalogue: 'Products and configurations',
  customers: 'Customers and purchases',
  security: 'Members and API keys',
} as const
export type EventGroup = keyof typeof eventGroups

const groupOfNoun: Record<string, EventGroup> = {
  license_key: 'keys',
  import: 'keys',
  activation: 'activations',
  product: 'catalogue',
  key_configuration: 'catalogue',
  organization: 'security',
  member: 'security',
  session: 'security',
  api_key: 'security',
  customer: 'customers',
  purchase: 'customers',
}

/** What happens at the door: shown to owners in the security log, and nowhere else. */
export const sessionTypes = eventTypes.filter((type) => type.startsWith('session.'))

/** The event types a group of the history stands for. */
export const typesOfGroup = (group: EventGroup): EventType[] =>
  eventTypes.filter((type) => groupOfNoun[type.split('.')[0] ?? ''] === group && !sessionTypes.includes(type))

/** The groups of the security log's filter, with the types of each. The index events_security_idx holds exactly these. */
export const securityGroups = {
  sessions: {
    label: 'Sign-in',
    types: ['session.started', 'session.refused', 'session.slowed', 'session.ended', 'member.password_changed'],
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
  settings: { label: 'Settings', types: ['organization.updated'] },
} as const satisfies Record<string, { label: string; types: readonly EventType[] }>
export type SecurityGroup = keyof typeof securityGroups

/** Every type of the security log. */
export const securityTypes: readonly EventType[] = Object.values(securityGroups).flatMap(({ types }) => [...types])
