import type { StoreSetup } from '../../store-facts/setup.ts'

/** Lemon Squeezy: Settings → Webhooks. */
export const lemonSqueezySetup: StoreSetup = {
  label: 'Lemon Squeezy',
  steps: [
    'Open Settings → Webhooks of your store, in test mode or not, and choose the plus sign.',
    'Paste {address} as the Callback URL.',
    'Invent a Signing secret, and type it there and here.',
    'Tick the events below and save the webhook.',
  ],
  events: [
    ...['order_created', 'order_refunded', 'subscription_created', 'subscription_updated', 'subscription_cancelled'],
    ...['subscription_resumed', 'subscription_expired', 'subscription_paused', 'subscription_unpaused'],
    ...['subscription_payment_success', 'subscription_payment_failed', 'subscription_payment_recovered'],
    ...['subscription_payment_refunded', 'customer_updated'],
  ],
  secret: {
    label: 'Signing secret',
    hint: 'A text of your own, of 6 to 40 characters.',
    wrong: (text) =>
      text.length >= 6 && text.length <= 40 ? null : 'Lemon Squeezy takes a signing secret of 6 to 40 characters.',
    madeBy: 'merchant',
  },
  credential: {
    label: 'API key',
    hint: 'Settings → API, the plus sign. A key made in test mode reads test purchases only.',
  },
  mode: 'one_per_connection',
  notes: [
    'Switch Generate license keys off at the variants of your products in Lemon Squeezy, or buyers get two keys.',
    'An order does not tell whether it began a subscription. With an API key we ask; without one, the keys of a one-time purchase are issued three minutes later.',
    'Lemon Squeezy tries only for about three minutes: with an API key, what was missed is found by the nightly check.',
    'Only the first product of an order is named by its event; the others are found with an API key.',
  ],
}
