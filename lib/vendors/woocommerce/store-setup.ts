import type { StoreSetup } from '../../store-facts/setup.ts'

/** WooCommerce: Settings → Advanced → Webhooks. */
export const woocommerceSetup: StoreSetup = {
  label: 'WooCommerce',
  steps: [
    'Open WooCommerce → Settings → Advanced → Webhooks and choose Add webhook, once for each event below.',
    'Set Status to Active, choose the event as Topic, and paste {address} as Delivery URL.',
    'Invent a long secret, type the same one as Secret of each webhook and here.',
    'Leave API Version at WP REST API Integration v3 and choose Save webhook.',
  ],
  events: [
    ...['Order created', 'Order updated', 'Order restored'],
    ...['Subscription created', 'Subscription updated', 'Subscription switched'],
  ],
  secret: {
    label: 'Secret',
    hint: 'Your own text, the same in all webhooks of this shop. At least 16 characters.',
    wrong: (text) => (text.length >= 16 ? null : 'A secret of fewer than 16 characters can be guessed.'),
    madeBy: 'merchant',
  },
  credential: {
    label: 'Shop address with REST API key',
    hint: 'WooCommerce → Settings → Advanced → REST API → Add key, with the permission Read. Write address, consumer key and consumer secret as one: https://ck_…:cs_…@shop.example.',
    wrong: (text) => {
      const { protocol = '', username = '', password = '' } = URL.canParse(text) ? new URL(text) : {}
      // Over http only in networks that this server allows by name, which is checked where it is asked.
      return /^https?:$/.test(protocol) && username.startsWith('ck_') && password.startsWith('cs_')
        ? null
        : 'It has to look like https://ck_…:cs_…@shop.example.'
    },
    needed: {
      label: 'Needed with Subscriptions',
      why: 'A shop with the extension Subscriptions needs it: without it a first order that is told before its subscription gives two keys. In every shop it finds the sales that WooCommerce did not deliver.',
    },
  },
  mode: 'one_per_connection',
  notes: [
    'WooCommerce does not repeat a delivery that failed, and switches a webhook off after more than five in a row: add the REST API key, so that sales are also read every few minutes.',
    'An order does not say which of its products are subscriptions, nor which line was refunded: both are asked with the REST API key. Without it, a first order gives a second key where it is told before its subscription.',
    'A gateway in its test mode looks like a sale. Connect a staging shop as a test connection.',
  ],
}
