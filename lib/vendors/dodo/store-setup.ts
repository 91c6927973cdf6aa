import type { StoreSetup } from '../../store-facts/setup.ts'

/** Dodo Payments: Developer → Webhooks. */
export const dodoSetup: StoreSetup = {
  label: 'Dodo Payments',
  steps: [
    'Open Developer → Webhooks in the mode you want to connect, live or test, and choose Add Endpoint.',
    'Paste {address} as the endpoint URL.',
    'Tick the events below and create the endpoint.',
    'Open the endpoint, copy its signing secret and paste it here.',
  ],
  events: [
    ...['payment.succeeded', 'refund.succeeded', 'refund.failed'],
    ...['dispute.opened', 'dispute.challenged', 'dispute.won', 'dispute.lost', 'dispute.accepted'],
    ...['dispute.cancelled', 'dispute.expired'],
    ...['subscription.active', 'subscription.renewed', 'subscription.updated', 'subscription.plan_changed'],
    ...['subscription.past_due', 'subscription.on_hold', 'subscription.paused', 'subscription.unpaused'],
    ...['subscription.cancelled', 'subscription.expired', 'subscription.failed'],
  ],
  secret: {
    label: 'Signing secret',
    hint: 'The whole text that Dodo shows; it begins with whsec_.',
    wrong: (text) =>
      /^whsec_[A-Za-z0-9+/]{16,}={0,2}$/.test(text) ? null : 'A signing secret of Dodo begins with whsec_.',
    madeBy: 'store',
  },
  credential: {
    label: 'API key',
    hint: 'Developer → API Keys → Add API Key, in the same mode as the endpoint. One that may only read is enough.',
  },
  mode: 'one_per_connection',
  notes: [
    'Take the license key entitlement off the product in Dodo, or buyers get two keys.',
    'Examples that Dodo sends from the Testing tab are not sent again when they fail.',
  ],
}
