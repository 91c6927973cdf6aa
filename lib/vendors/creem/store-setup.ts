import type { StoreSetup } from '../../store-facts/setup.ts'

/** Creem: Developers → Webhooks. */
export const creemSetup: StoreSetup = {
  label: 'Creem',
  steps: [
    'Switch the dashboard to the mode you want to connect, then open Developers → Webhooks and choose Add Webhook.',
    'Paste {address} as the URL.',
    'Tick the events below, or all of them, and save.',
    'Open the webhook, copy its signing secret and paste it here.',
  ],
  events: [
    ...['checkout.completed', 'refund.created', 'dispute.created'],
    ...['subscription.active', 'subscription.paid', 'subscription.trialing', 'subscription.update'],
    ...['subscription.scheduled_cancel', 'subscription.past_due', 'subscription.expired'],
    ...['subscription.paused', 'subscription.canceled'],
  ],
  secret: {
    label: 'Signing secret',
    hint: 'The whole text that Creem shows, with whsec_ where it has that.',
    madeBy: 'store',
  },
  credential: {
    label: 'API key',
    hint: 'Settings → API Keys, in the same mode. Creem says how much a renewal was only when asked, so refunds of renewals need it.',
    wrong: (text) => (text.startsWith('creem_') ? null : 'An API key of Creem begins with creem_.'),
  },
  mode: 'one_per_connection',
  notes: [
    'Switch the license keys off in the product’s features in Creem, or buyers get two keys.',
    'Creem does not tell how a dispute ends: lift it by hand when you have won it.',
    'A refund that is pending when it is made is not told again: with an API key it is found by the nightly check.',
  ],
}
