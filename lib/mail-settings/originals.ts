import type { CustomerMail } from '../mail/plain.ts'

/** Every variable there is, what it stands for, and what a preview shows in its place. */
export const variables = {
  'customer.name': { means: 'The customer’s name', sample: 'Ada Example' },
  'customer.email': { means: 'Their address', sample: 'ada@example.com' },
  'product.name': { means: 'The product', sample: '' },
  'organization.name': { means: 'Your name', sample: '' },
  'key.last': { means: 'The end of the key', sample: '7Q4XZ9' },
  'key.ends': { means: 'When the key ends', sample: '' },
  'key.works': { means: 'Whether it works on, as a sentence', sample: 'It works on until 28 December 2026.' },
  'keys.count': { means: 'How many keys there are', sample: '25' },
  'key.days': { means: 'How many days are left', sample: '7' },
  'device.name': { means: 'The device', sample: 'Studio iMac' },
  'device.time': { means: 'When it was activated', sample: '' },
  'order.number': { means: 'The order number', sample: 'A-1042' },
  'store.name': { means: 'The store', sample: 'Stripe' },
  'paid.until': { means: 'Until when it is paid', sample: '' },
  'works.until': { means: 'Until when the keys work', sample: '' },
} as const satisfies Record<string, { means: string; sample: string }>

export type Variable = keyof typeof variables

type Original = {
  label: string
  /** When it goes out. */
  when: string
  variables: readonly Variable[]
  subject: string
  intro: string
}

const everywhere = ['customer.name', 'customer.email', 'product.name', 'organization.name'] as const
const ofKey = [...everywhere, 'key.last', 'key.ends'] as const
const ofPurchase = [...everywhere, 'order.number', 'store.name'] as const

/** What every mail says unless a merchant writes something else, in the syntax that they write in. */
export const originals = {
  'key-issued': {
    label: 'Key issued',
    when: 'With the key, once it is bought. Keys that you mail by hand or through the API go out even when this is off.',
    variables: ofKey,
    subject: 'Your license key for {{product.name}}',
    intro: 'Thank you. This is your license key:',
  },
  'keys-issued': {
    label: 'Several keys issued',
    when: 'With all keys of a purchase that brings more than one, in one mail; more than ten come as a file.',
    variables: [...everywhere, 'keys.count', 'order.number'],
    subject: 'Your {{keys.count}} license keys for {{product.name}}',
    intro: 'Thank you. These are your license keys:',
  },
  'key-again': {
    label: 'Key sent again',
    when: 'When you or the customer ask for it.',
    variables: ofKey,
    subject: 'Your license key for {{product.name}}',
    intro: 'Here is your license key again:',
  },
  'key-replaced': {
    label: 'Key replaced',
    when: 'With the new key, when you rotate one and choose to mail it.',
    variables: ofKey,
    subject: 'Your new license key for {{product.name}}',
    intro: 'Your license key was replaced. This is the new one:',
  },
  'key-expiring': {
    label: 'Expires soon',
    when: 'On the days that the key configuration names; a new one names none. Customers can stop these reminders.',
    variables: [...ofKey, 'key.days'],
    subject: 'Your license for {{product.name}} ends on {{key.ends}}',
    intro:
      'Your license key for {{product.name}} works until {{key.ends}}.\n\nTo use it after that, renew it before then.',
  },
  'key-expired': {
    label: 'Expired',
    when: 'When the key expires. One that has a grace period says until when it works on.',
    variables: [...ofKey, 'key.works'],
    subject: 'Your license for {{product.name}} has expired',
    intro:
      'Your license key for {{product.name}} was valid until {{key.ends}}. {{key.works}}\n\nTo go on using it, renew it.',
  },
  'key-revoked': {
    label: 'Revoked',
    when: 'Five minutes after you revoke a key by hand, unless you restore it before then.',
    variables: [...everywhere, 'key.last'],
    subject: 'Your license key for {{product.name}} no longer works',
    intro: '{{organization.name}} withdrew your license key for {{product.name}}. It no longer works.',
  },
  'device-activated': {
    label: 'New device activated',
    when: 'Every time a device is activated with a key.',
    variables: [...ofKey, 'device.name', 'device.time'],
    subject: 'A new device uses your license for {{product.name}}',
    intro:
      '{{device.name|A device}} was activated with your license key for {{product.name}} on {{device.time}}.\n\nWas it not you? Remove it under “Your purchases”, and tell us.',
  },
  renewed: {
    label: 'Subscription renewed',
    when: 'When a payment arrives, at stores that mail it.',
    variables: [...ofPurchase, 'paid.until'],
    subject: '{{product.name}} is renewed',
    intro:
      'Your subscription to {{product.name}} is paid until {{paid.until|its next payment}}. It goes on working, and there is nothing to do.',
  },
  payment_failed: {
    label: 'Payment failed',
    when: 'When a payment fails, at stores that mail it.',
    variables: [...ofPurchase, 'works.until'],
    subject: 'The payment for {{product.name}} failed',
    intro:
      'The payment for your subscription did not go through. {{product.name}} works until {{works.until|a few days from now}}.\n\nPlease check your payment details at {{store.name}}; nothing else changes once the payment has arrived.',
  },
  ended: {
    label: 'Subscription ended',
    when: 'When a subscription ends, at stores that mail it; when you end one, if you choose to tell the customer.',
    variables: ofPurchase,
    subject: '{{product.name}} has ended',
    intro:
      'Your subscription has ended, and your license for {{product.name}} no longer works. Should you subscribe again, ask {{organization.name}} whether the same key can go on.',
  },
  canceled: {
    label: 'Order canceled',
    when: 'When you cancel an order, if you choose to tell the customer: five minutes later, unless you resume it before then.',
    variables: ofPurchase,
    subject: '{{product.name}} was canceled',
    intro: 'Your order {{order.number}} was canceled, and your license for {{product.name}} no longer works.',
  },
  refunded: {
    label: 'Refunded',
    when: 'When an order is refunded, at stores that mail it; when you refund one, if you choose to tell the customer.',
    variables: ofPurchase,
    subject: '{{product.name}} was refunded',
    intro: 'Your order {{order.number}} was refunded, and your license for {{product.name}} no longer works.',
  },
} as const satisfies Record<CustomerMail, Original>
