/** What a message is about: the record that is its `data`. */
export type WebhookSubject = 'license_key' | 'activation' | 'purchase' | 'customer' | 'store_delivery'

type Described = { about: WebhookSubject; says: string }

/** Every type of message there is. */
export const webhookTypes = {
  'license_key.issued': { about: 'license_key', says: 'A key was issued.' },
  'license_key.updated': {
    about: 'license_key',
    says: 'Limits, expiry or notes of a key changed, or its reasons did.',
  },
  'license_key.disabled': { about: 'license_key', says: 'A key was switched off by hand.' },
  'license_key.enabled': { about: 'license_key', says: 'A key was switched on again.' },
  'license_key.revoked': { about: 'license_key', says: 'A key was revoked.' },
  'license_key.restored': { about: 'license_key', says: 'A key is no longer revoked.' },
  'license_key.rotated': { about: 'license_key', says: 'A key has another string now.' },
  'license_key.transferred': { about: 'license_key', says: 'A key belongs to another customer now.' },
  'license_key.expiring': {
    about: 'license_key',
    says: 'A key ends soon: `event.data.endsAt` says when, `event.data.days` which of the days before it this is.',
  },
  'license_key.expired': {
    about: 'license_key',
    says: 'A key has come to its end. In its grace period it still works: until `event.data.worksUntil`.',
  },
  'license_key.suspected': {
    about: 'license_key',
    says: 'A key looks as if more people used it than it was sold to: `event.data.score` from 0 to 100, `event.data.level` is `look` or `act`, `event.data.signals` says by what. It is a suspicion, and nothing became of the key.',
  },
  'activation.created': { about: 'activation', says: 'A device was activated.' },
  'activation.replaced': { about: 'activation', says: 'A device was activated in place of another.' },
  'activation.updated': { about: 'activation', says: 'A device was renamed.' },
  'activation.deactivated': { about: 'activation', says: 'A device was deactivated.' },
  'activation.refused': {
    about: 'license_key',
    says: 'A device could not be activated: `event.data.code` says why. There is no activation, so `data` is the key.',
  },
  'validation.refused': {
    about: 'license_key',
    says: 'A validation was refused, for the first time within an hour for that reason: `event.data.code` says which, `event.data.times` how many there were since the last one.',
  },
  'usage.nearly_reached': { about: 'license_key', says: 'A key has spent 80 % of its uses.' },
  'usage.limit_reached': { about: 'license_key', says: 'A key has spent all its uses.' },
  'purchase.created': { about: 'purchase', says: 'Something was bought.' },
  'purchase.updated': { about: 'purchase', says: 'What is known of a purchase changed.' },
  'purchase.renewed': { about: 'purchase', says: 'A subscription was paid for another period.' },
  'purchase.past_due': { about: 'purchase', says: 'A payment failed, and is tried again.' },
  'purchase.paused': { about: 'purchase', says: 'A subscription was paused.' },
  'purchase.resumed': { about: 'purchase', says: 'A purchase is in order again.' },
  'purchase.ending': { about: 'purchase', says: 'A subscription will not be renewed.' },
  'purchase.ended': { about: 'purchase', says: 'A subscription is over.' },
  'purchase.lapsed': { about: 'purchase', says: 'A subscription was not paid again.' },
  'purchase.refunded': { about: 'purchase', says: 'A purchase was refunded.' },
  'purchase.disputed': { about: 'purchase', says: 'A payment is disputed.' },
  'purchase.canceled': { about: 'purchase', says: 'A purchase was canceled.' },
  'customer.created': { about: 'customer', says: 'A customer was added.' },
  'customer.updated': { about: 'customer', says: 'Name, address or ids of a customer changed.' },
  'customer.merged': {
    about: 'customer',
    says: 'Two customers became one: `data` is who stays, `event.data.customer_id` who is gone.',
  },
  'store.delivery_failed': {
    about: 'store_delivery',
    says: 'What a store sent could not be handled, and is not tried again by itself.',
  },
} as const satisfies Record<string, Described>

export type WebhookType = keyof typeof webhookTypes
export const webhookTypeNames = Object.keys(webhookTypes) as [WebhookType, ...WebhookType[]]

/** What a message says that only tries whether it arrives. */
export const PING = 'ping'

/** Why nothing is sent to an endpoint any more. */
export const disabledReasons = {
  by_hand: 'Switched off',
  gone: 'Its receiver answered 410 Gone',
  failing: 'Nothing could be delivered for five days',
} as const
export type DisabledReason = keyof typeof disabledReasons

/** How many endpoints an organization may have. */
export const ENDPOINTS_MAX = 20

/** A replaced secret signs for so long beside the new one. */
export const SECRET_OVERLAP_HOURS = 24
