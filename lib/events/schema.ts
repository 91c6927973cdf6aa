import { z } from 'zod'
import type { WebhookType } from '../webhooks/plain.ts'
import { type EventGroup, securityGroups } from './plain.ts'

/** As what a fact is sent to webhook endpoints; null: they do not hear of it. */
type Sent = WebhookType | null | ((data: EventData) => WebhookType | null)

/** Every kind of fact there is, and as what endpoints hear of it. The compiler asks for the sentence of a new one in rules.ts. */
const events = {
  'organization.created': null,
  'organization.updated': null,
  'organization.exported': null,
  'organization.deletion_asked': null,
  'organization.deletion_stopped': null,
  'session.started': null,
  'session.refused': null,
  'session.slowed': null,
  'session.confirmed': null,
  'session.ended': null,
  'member.invited': null,
  'member.invitation_withdrawn': null,
  'member.joined': null,
  'member.role_changed': null,
  'member.removed': null,
  'member.password_changed': null,
  'member.address_asked': null,
  'member.address_changed': null,
  'member.two_step_on': null,
  'member.two_step_off': null,
  'member.recovery_codes_made': null,
  'member.passkey_added': null,
  'member.passkey_removed': null,
  'member.sign_in_linked': null,
  'member.sign_in_unlinked': null,
  'api_key.created': null,
  'api_key.revoked': null,
  'product.created': null,
  'product.updated': null,
  'product.archived': null,
  'product.restored': null,
  'key_configuration.created': null,
  'key_configuration.updated': null,
  'key_configuration.archived': null,
  'key_configuration.restored': null,
  // What comes with an import is known already where it came from.
  'customer.created': ({ imported }) => (imported === true ? null : 'customer.created'),
  'customer.updated': 'customer.updated',
  'customer.merged': 'customer.merged',
  'customer.erased': null,
  // A member looked at their page as they see it; once an hour.
  'customer.previewed': null,
  // Without the text: it would outlive the note, in histories and at endpoints.
  'customer.note_added': null,
  'customer.note_changed': null,
  'customer.note_deleted': null,
  // Of mails that are about no key; those about one are the key's.
  'customer.mailed': null,
  'customer.mail_failed': null,
  // They ask for another address; once both mailboxes said yes they are changed or merged.
  'customer.address_asked': null,
  'customer.address_confirmed': null,
  'customer.address_stopped': null,
  'purchase.created': ({ imported }) => (imported === true ? null : 'purchase.created'),
  'purchase.updated': 'purchase.updated',
  'purchase.renewed': 'purchase.renewed',
  'purchase.past_due': 'purchase.past_due',
  'purchase.paused': 'purchase.paused',
  'purchase.resumed': 'purchase.resumed',
  'purchase.ending': 'purchase.ending',
  'purchase.ended': 'purchase.ended',
  'purchase.lapsed': 'purchase.lapsed',
  'purchase.refunded': 'purchase.refunded',
  'purchase.disputed': 'purchase.disputed',
  'purchase.canceled': 'purchase.canceled',
  'license_key.issued': 'license_key.issued',
  // What people and mail did about a key, and nothing became of the key.
  'license_key.mailed': null,
  'license_key.mail_failed': null,
  'license_key.revealed': null,
  'license_key.updated': 'license_key.updated',
  'license_key.disabled': 'license_key.disabled',
  'license_key.enabled': 'license_key.enabled',
  // One reason more changes nothing about its being revoked.
  'license_key.revoked': ({ already }) => (already === true ? 'license_key.updated' : 'license_key.revoked'),
  'license_key.restored': 'license_key.restored',
  'license_key.held': 'license_key.updated',
  'license_key.released': 'license_key.updated',
  'license_key.rotated': 'license_key.rotated',
  // Its customer asks somebody else to take it; until they do, nothing becomes of the key.
  'license_key.offered': null,
  'license_key.offer_ended': null,
  'license_key.transferred': 'license_key.transferred',
  'license_key.imported': null,
  'license_key.exported': null,
  'license_key.expiring': 'license_key.expiring',
  'license_key.expired': 'license_key.expired',
  'license_key.suspected': 'license_key.suspected',
  // What people said about that, and who was asked.
  'license_key.excused': null,
  'license_key.owner_asked': null,
  'license_key.owner_answered': null,
  'validation.refused': 'validation.refused',
  'usage.nearly_reached': 'usage.nearly_reached',
  'usage.limit_reached': 'usage.limit_reached',
  'activation.created': ({ replaced }) => (replaced ? 'activation.replaced' : 'activation.created'),
  // Software activates a device it knows at every start.
  'activation.updated': null,
  'activation.renamed': 'activation.updated',
  'activation.refused': 'activation.refused',
  'activation.deactivated': 'activation.deactivated',
  'activation.imported': null,
  'view.saved': null,
  'view.changed': null,
  'view.removed': null,
  'import.started': null,
  'import.finished': null,
  'store.connected': null,
  'store.updated': null,
  'store.removed': null,
  'store.delivery_failed': 'store.delivery_failed',
  'webhook_endpoint.created': null,
  'webhook_endpoint.updated': null,
  'webhook_endpoint.enabled': null,
  'webhook_endpoint.disabled': null,
  'webhook_endpoint.removed': null,
} as const satisfies Record<string, Sent>

export type EventType = keyof typeof events
export const eventTypes = Object.keys(events) as [EventType, ...EventType[]]

export const EventType = z.enum(eventTypes)

/** Small JSON facts about the event: names and numbers at that moment, never secrets. */
export type EventData = Record<string, string | number | boolean | null | string[]>

/** As what a fact is sent; null when it is not. */
export function webhookTypeOf({ type, data = {} }: { type: EventType; data?: EventData }): WebhookType | null {
  const sent: Sent = events[type]
  return typeof sent === 'function' ? sent(data) : sent
}

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

/** An event and the names of what it is about, as they are today; null for what it is not about or what is gone. */
export type ListedEvent = HistoryEvent & {
  licenseKey: { id: string; masked: string } | null
  customer: { id: string; email: string; name: string | null } | null
  /** How many keys it stands for; one for all but the first event of what was done to many at once. */
  keys: number
}

const groupOfNoun: Record<string, EventGroup> = {
  license_key: 'keys',
  validation: 'keys',
  usage: 'keys',
  view: 'keys',
  import: 'keys',
  activation: 'activations',
  product: 'catalogue',
  key_configuration: 'catalogue',
  organization: 'security',
  member: 'security',
  session: 'security',
  api_key: 'security',
  store: 'security',
  webhook_endpoint: 'security',
  customer: 'customers',
  purchase: 'customers',
}

/** What happens at the door: shown to owners in the security log, and nowhere else. */
export const sessionTypes = eventTypes.filter((type) => type.startsWith('session.'))

/** The event types a group of the history stands for. */
export const typesOfGroup = (group: EventGroup): EventType[] =>
  eventTypes.filter((type) => groupOfNoun[type.split('.')[0] ?? ''] === group && !sessionTypes.includes(type))

/** Every type of the security log. */
export const securityTypes: readonly EventType[] = Object.values(securityGroups).flatMap(({ types }) => [...types])
