import type { StoreSetup } from '../../store-facts/setup.ts'

/** Polar: organization settings → Webhooks. */
export const polarSetup: StoreSetup = {
  label: 'Polar',
  steps: [
    'Open Settings → Webhooks of your organization and choose Add Endpoint.',
    'Paste {address} as the URL and choose the format Raw.',
    'Tick the events below and create the endpoint.',
    'Copy the secret that Polar shows and paste it here.',
  ],
  events: [
    ...['order.created', 'order.paid', 'order.updated', 'order.refunded', 'refund.created', 'refund.updated'],
    ...['subscription.created', 'subscription.active', 'subscription.updated', 'subscription.canceled'],
    ...['subscription.uncanceled', 'subscription.past_due', 'subscription.paused', 'subscription.resumed'],
    ...['subscription.revoked', 'customer.updated'],
  ],
  secret: {
    label: 'Webhook secret',
    hint: 'The whole text that Polar shows, with whsec_ where it has that.',
    madeBy: 'store',
  },
  credential: {
    label: 'Organization access token',
    hint: 'Settings → Developers → New Token, with the scopes orders:read, subscriptions:read, refunds:read and disputes:read. It begins with polar_oat_.',
    wrong: (text) => (text.startsWith('polar_oat_') ? null : 'An organization access token begins with polar_oat_.'),
  },
  mode: 'one_per_connection',
  notes: [
    'Take the benefit “License Keys” off the product in Polar, or buyers get two keys.',
    'A lost dispute of a one-time order has no event of its own: with an access token it is found by the nightly check.',
  ],
}
