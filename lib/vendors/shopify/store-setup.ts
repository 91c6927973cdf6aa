import type { StoreSetup } from '../../store-facts/setup.ts'

/** Shopify: Settings → Notifications → Webhooks. */
export const shopifySetup: StoreSetup = {
  label: 'Shopify',
  steps: [
    'Open Settings → Notifications → Webhooks and choose Create webhook, once for each event below.',
    'Choose the event, leave Format at JSON, paste {address} as URL, and choose the newest API version that is not unstable.',
    'Copy the text behind “Your webhooks will be signed with” on that page and paste it here. An app of your own signs with its client secret instead.',
  ],
  events: ['Order payment', 'Order update', 'Order cancellation', 'Refund create'],
  secret: {
    label: 'Signing secret',
    hint: 'The text that Shopify shows below the list of webhooks.',
    madeBy: 'store',
  },
  credential: {
    label: 'Shop address with access token',
    hint: 'The Admin API access token of an app of your own with the scope read_orders. Write token and address as one: https://shpat_…@shop.myshopify.com.',
    wrong: (text) => {
      const url = URL.canParse(text) ? new URL(text) : null
      return url?.protocol === 'https:' &&
        /^shp[a-z]{2,3}_/.test(url.username) &&
        /\.myshopify\.com$/.test(url.hostname)
        ? null
        : 'It has to look like https://shpat_…@shop.myshopify.com.'
    },
  },
  mode: 'said_in_each_event',
  notes: [
    'Subscriptions of Shopify apps renew as new orders: each renewal is a purchase with keys of its own here.',
    'Shopify removes a webhook that keeps failing. With an access token, orders of the last 60 days are read again every night.',
    'Buyers who left only a telephone number have no address to send a key to.',
  ],
}
