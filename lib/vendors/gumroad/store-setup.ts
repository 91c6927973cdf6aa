import type { StoreSetup } from '../../store-facts/setup.ts'

/** Gumroad: Settings → Advanced. */
export const gumroadSetup: StoreSetup = {
  label: 'Gumroad',
  steps: [
    'Open Settings → Advanced and paste {address} as the Ping endpoint; keep the address to yourself, as Gumroad signs nothing.',
    'Choose Update settings, and Send test ping to try it.',
    'Under Applications of the same page choose Create application, with any name and redirect URI, then Generate access token, and paste the token here.',
    'With the token, Gumroad is told by itself to send the events below: within a minute, and once a day whether it still does.',
  ],
  events: [
    ...['sale', 'refund', 'dispute', 'dispute_won', 'cancellation', 'subscription_updated', 'subscription_ended'],
    'subscription_restarted',
  ],
  secret: null,
  credential: {
    label: 'Access token',
    hint: 'With the scope view_sales. Each sale is then read from Gumroad before it counts.',
  },
  mode: 'said_in_each_event',
  notes: [
    'Switch “Generate a unique license key per sale” off at your products in Gumroad, or buyers get two keys.',
    'The Ping tells sales only. Refunds, disputes and memberships that end are told by resource subscriptions, or found by the nightly check with an access token.',
    'Gumroad signs nothing: without an access token, whoever knows the address can claim a sale.',
    'A bundle is told as one sale and one for each product in it: connect either the bundle or its parts with products here, not both.',
    'How much of a sale was refunded is not told: a partial refund is noted, and changes nothing.',
  ],
}
