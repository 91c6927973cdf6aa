import type { CustomMessage } from './messages.ts'

// What the messages of a shop of the merchant's own say, in words for whoever writes the shop: docs/stores.md and the page in the product
// show it. contract.test.ts holds it against messages.ts, which checks what comes.

/** A field of `data`; several names: exactly one of them. */
export type ContractField = { names: readonly string[]; optional: boolean; kind: string; what: string }

export type ContractMessage = {
  type: CustomMessage['type']
  /** A whole sentence. */
  says: string
  fields: readonly ContractField[]
  examples: readonly { title: string; message: object }[]
}

const needed = (names: string | string[], kind: string, what = ''): ContractField => ({
  ...{ names: [names].flat(), optional: false, kind, what },
})
const maybe = (name: string, kind: string, what = ''): ContractField => ({ names: [name], optional: true, kind, what })

/** What every message has around its `data`. */
export const customEnvelope: readonly ContractField[] = [
  needed('type', 'one of the below', 'what the message is about'),
  needed(
    'timestamp',
    'moment',
    'when things were as `data` says. Of two messages about one thing the later one counts, whichever arrives first: so send what is, with the time of the change',
  ),
  maybe('test', 'boolean', 'a trial of the shop’s test mode; left out: false'),
  needed('data', 'object', 'as follows'),
]

/** How the fields are written. */
export const customKinds =
  'Moments are text in ISO 8601 with a zone and up to six decimals: `2026-09-01T10:00:05.120Z`, `2026-09-01T12:00:05+02:00`. Amounts are whole numbers in the currency’s smallest unit, tax included: 4900 is 49.00 EUR. Ids are text of at most 200 characters, of the shop’s own making. A field with a question mark may be left out, and stays as the shop said it before; null, where it is allowed, is an answer. A field that is not listed is refused.'

/** How a request is signed, in a sentence. */
export const customSignature =
  'The signature is the HMAC-SHA-256 of `id.timestamp.body`, the three joined by dots, in base 64 and after `v1,`; its key is what the secret has in base 64 after `whsec_`. The id names the message, the timestamp is the seconds since 1970, at most five minutes from now.'

/** The same as a program for Node. */
export const customSender = `import { createHmac } from 'node:crypto'

/** Tells Latchkey a message; again with the same id until it answers 200. */
export async function tell(id, message) {
  const { SHOP_SECRET, SHOP_ADDRESS } = process.env
  const body = JSON.stringify(message)
  const timestamp = String(Math.floor(Date.now() / 1000))
  const key = Buffer.from(SHOP_SECRET.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key).update(\`\${id}.\${timestamp}.\${body}\`).digest('base64')
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': \`v1,\${signature}\`,
  }
  const answer = await fetch(SHOP_ADDRESS, { method: 'POST', headers, body })
  if (answer.status !== 200) throw new Error(await answer.text())
}
`

export const customContract: readonly ContractMessage[] = [
  {
    type: 'purchase.updated',
    says: 'How an order or a subscription stands. Issues keys, and takes them back.',
    fields: [
      needed(['order_id', 'subscription_id'], 'id, exactly one', 'a purchase for good, or one that renews'),
      needed(
        'status',
        'word',
        '`pending`: not paid; no keys yet. `active`: keys work, also when it ends at `ends_at`. `past_due`: a renewal was not paid; keys work for the time of grace. `paused`: keys do not work until it is `active` again. `ended`: over. `past_due` is for subscriptions',
      ),
      needed('items', '1 to 100 objects', 'what was bought; one that was sent before and is not among them is gone'),
      maybe(
        'items[].id',
        'id',
        'names the item within the purchase; needed where there are several. An item keeps its id when its product or quantity changes: its keys go along',
      ),
      needed(
        'items[].product_id',
        'id',
        'what the shop calls it; which product that is here is said once in the settings of the connection',
      ),
      maybe('items[].product_name', 'text', 'for the people who say so'),
      maybe('items[].quantity', 'whole number from 1', 'how many; left out the first time: 1'),
      maybe('customer', 'object', 'who gets the keys; needed before there are any; taken as a whole'),
      maybe('customer.id', 'id', 'names the person in the shop; without one the address does'),
      maybe('customer.email', 'address', 'id, address or both are needed'),
      maybe('customer.name', 'text or null'),
      maybe('order_number', 'text', 'what people call it'),
      maybe('purchased_at', 'moment', 'left out the first time: `timestamp`'),
      maybe('ends_at', 'moment or null', 'when it ends or ended; null: it renews, or never ends'),
      maybe(
        'paid_through',
        'moment or null',
        'subscriptions: until when it is paid, where no `payment.received` says it',
      ),
      maybe('grace_until', 'moment or null', 'subscriptions: until when the shop waits for a payment that failed'),
      maybe('trial_ends_at', 'moment or null', 'subscriptions: null: it is in no trial'),
    ],
    examples: [
      {
        title: 'An order that is paid',
        message: {
          type: 'purchase.updated',
          timestamp: '2026-09-01T10:00:05Z',
          data: {
            order_id: 'W-4107',
            status: 'active',
            items: [{ product_id: 'editor', product_name: 'Editor', quantity: 1 }],
            customer: { email: 'lena@customer.example', name: 'Lena Ortiz' },
          },
        },
      },
      {
        title: 'A subscription that begins with a trial',
        message: {
          type: 'purchase.updated',
          timestamp: '2026-09-01T10:00:05Z',
          data: {
            subscription_id: 'S-7',
            status: 'active',
            items: [{ product_id: 'editor-yearly', product_name: 'Editor, yearly' }],
            customer: { id: '31', email: 'lena@customer.example', name: 'Lena Ortiz' },
            trial_ends_at: '2026-09-15T10:00:00Z',
          },
        },
      },
      {
        title: 'A renewal was not paid',
        message: {
          type: 'purchase.updated',
          timestamp: '2027-09-15T10:05:00Z',
          data: {
            subscription_id: 'S-7',
            status: 'past_due',
            items: [{ product_id: 'editor-yearly' }],
            grace_until: '2027-09-29T10:05:00Z',
          },
        },
      },
      {
        title: 'Canceled, at the end of the period',
        message: {
          type: 'purchase.updated',
          timestamp: '2027-02-02T09:00:00Z',
          data: {
            subscription_id: 'S-7',
            status: 'active',
            items: [{ product_id: 'editor-yearly' }],
            ends_at: '2027-09-15T10:00:00Z',
          },
        },
      },
      {
        title: 'Ended',
        message: {
          type: 'purchase.updated',
          timestamp: '2027-09-15T10:00:10Z',
          data: {
            subscription_id: 'S-7',
            status: 'ended',
            items: [{ product_id: 'editor-yearly' }],
            ends_at: '2027-09-15T10:00:00Z',
          },
        },
      },
    ],
  },
  {
    type: 'payment.received',
    says: 'Money came. Needed for refunds to be understood, and for subscriptions to go on.',
    fields: [
      needed('id', 'id', 'names the payment'),
      needed(['order_id', 'subscription_id'], 'id, exactly one', 'what it is for'),
      maybe('item_id', 'id or null', 'the one item that it is for; null or left out: all'),
      needed('amount', 'whole number from 0'),
      needed('currency', 'three letters', '`EUR`'),
      maybe('paid_at', 'moment', 'left out: `timestamp`'),
      maybe('paid_through', 'moment or null', 'subscriptions: the end of the period that it pays for'),
    ],
    examples: [
      {
        title: 'An order was paid',
        message: {
          type: 'payment.received',
          timestamp: '2026-09-01T10:00:06Z',
          data: { id: 'pay_1', order_id: 'W-4107', amount: 4900, currency: 'EUR' },
        },
      },
      {
        title: 'A renewal: the payment of a subscription, and until when it pays',
        message: {
          type: 'payment.received',
          timestamp: '2026-09-15T10:00:20Z',
          data: {
            id: 'pay_2',
            subscription_id: 'S-7',
            amount: 2900,
            currency: 'EUR',
            paid_through: '2027-09-15T10:00:00Z',
          },
        },
      },
    ],
  },
  {
    type: 'refund.updated',
    says: 'Money went back, or will.',
    fields: [
      needed('id', 'id', 'names the refund'),
      needed('payment_id', 'id'),
      needed('status', 'word', '`pending`, `succeeded` or `failed`; only `succeeded` changes anything'),
      needed('amount', 'whole number, `all`', 'of this refund alone'),
      maybe(
        'items',
        'objects or null',
        'of an order: which items went back; their keys end. Without it a refund of less than the payment takes no keys back',
      ),
      maybe('items[].id', 'id', 'as in the purchase; left out where the item has none there'),
      needed('items[].quantity', 'whole number from 1', 'how many of it'),
      maybe(
        'revoke',
        'boolean or null',
        'of an order: true takes the keys back whatever the amount, false leaves them, null lets the amount decide',
      ),
    ],
    examples: [
      {
        title: 'All of a payment went back',
        message: {
          type: 'refund.updated',
          timestamp: '2026-09-05T12:00:00Z',
          data: { id: 'ref_1', payment_id: 'pay_1', status: 'succeeded', amount: 'all' },
        },
      },
      {
        title: 'A part went back, and the keys stay',
        message: {
          type: 'refund.updated',
          timestamp: '2026-09-05T12:00:00Z',
          data: { id: 'ref_2', payment_id: 'pay_1', status: 'succeeded', amount: 400 },
        },
      },
    ],
  },
  {
    type: 'dispute.updated',
    says: 'The buyer’s bank took the money back, or wants to.',
    fields: [
      needed('id', 'id', 'names the dispute'),
      needed('payment_id', 'id'),
      needed(
        'status',
        'word',
        '`open`: keys stop, unless the settings say otherwise. `won`: they come back. `lost`: they end',
      ),
    ],
    examples: [
      {
        title: 'The buyer’s bank wants the money back',
        message: {
          type: 'dispute.updated',
          timestamp: '2026-09-20T12:00:00Z',
          data: { id: 'dis_1', payment_id: 'pay_1', status: 'open' },
        },
      },
    ],
  },
  {
    type: 'customer.updated',
    says: 'A person’s address or name changed.',
    fields: [
      needed('id', 'id', 'as in `customer.id` of purchases'),
      needed('email', 'address'),
      maybe('name', 'text or null', 'left out or null: none'),
    ],
    examples: [
      {
        title: 'A new address',
        message: {
          type: 'customer.updated',
          timestamp: '2026-10-10T12:00:00Z',
          data: { id: '31', email: 'lena.ortiz@customer.example', name: 'Lena Ortiz' },
        },
      },
    ],
  },
]
