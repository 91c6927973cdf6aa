import { z } from 'zod'

/** Every kind of fact there is. A new one is added here, and the compiler asks for its sentence in rules.ts. */
export const eventTypes = [
  'organization.created',
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
  'purchase.created',
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
}

/** The groups of the history page's type filter. */
export const eventGroups = {
  keys: 'License keys',
  activations: 'Activations',
  catalogue: 'Products and configurations',
  customers: 'Customers and purchases',
} as const
export type EventGroup = keyof typeof eventGroups

const groupOfNoun: Record<string, EventGroup> = {
  license_key: 'keys',
  import: 'keys',
  activation: 'activations',
  product: 'catalogue',
  key_configuration: 'catalogue',
  organization: 'catalogue',
  api_key: 'catalogue',
  customer: 'customers',
  purchase: 'customers',
}

/** The event types a group stands for. */
export const typesOfGroup = (group: EventGroup): EventType[] =>
  eventTypes.filter((type) => groupOfNoun[type.split('.')[0] ?? ''] === group)
