// The demo's stores: what they sent is signed, believed and handled as any store's deliveries are, and then dated back.
import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { Member } from '#lib/base/actor.ts'
import { prisma } from '#lib/database/client.ts'
import { unseal } from '#lib/secrets/secrets.ts'
import type { StoreName } from '#lib/store-facts/schema.ts'
import { connectStore, makeStoreSecret, placeProduct, setStoreSecret } from '#lib/stores/commands.ts'
import { handleDelivery } from '#lib/stores/handle.ts'
import { answerStore, STORES_ROOT } from '#lib/stores/intake.ts'
import { ConnectionSecrets } from '#lib/stores/schema.ts'
import { offices, type Person, writers } from './people.ts'

const DAY = 86_400_000
const system = { kind: 'system', name: 'Latchkey' } as const

/** What a store posted, so many days ago. */
type Posted = { days: number; id: string; body: object; headers?: Record<string, string> }

type Store = {
  store: StoreName
  mode: 'live' | 'test'
  name: string
  addedDays: number
  /** Null: one is made here. */
  secret: string | null
  sign: (secret: string, id: string, body: string, now: Date) => Record<string, string>
  /** What its products are here, by their ids there. */
  placed: Record<string, string>
  posted: (ago: (days: number) => string) => Posted[]
}

const someone = (of: Person[], at: number): Person => {
  const person = of[at]
  if (!person) throw new Error('The demo has too few people.')
  return person
}

/** As Standard Webhooks are signed; `key` is what the secret's bytes are written as. */
const standard =
  (key: (secret: string) => string) =>
  (secret: string, id: string, body: string, now: Date): Record<string, string> => ({
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(key(secret)).sign(id, now, body),
  })

const website: Store = {
  ...{ store: 'custom', mode: 'live', name: 'inkwell.example', addedDays: 70, secret: null },
  sign: standard((secret) => secret),
  placed: { 'inkwell-editor': 'Inkwell Editor', 'inkwell-api': 'Inkwell API' },
  posted: (ago) => {
    const item = (product: string, quantity = 1) => ({
      ...{ product_id: product, product_name: product === 'inkwell-api' ? 'Inkwell API' : 'Inkwell Editor', quantity },
    })
    const buyer = ({ email, name }: Person) => ({ email, name })
    const purchase = (days: number, id: string, data: object): Posted => ({
      ...{ days, id, body: { type: 'purchase.updated', timestamp: ago(days), data } },
    })
    const payment = (days: number, id: string, data: object): Posted => ({
      ...{ days, id, body: { type: 'payment.received', timestamp: ago(days), data: { currency: 'EUR', ...data } } },
    })
    const [lucia, sam, hana, oskar, ceiba] = [
      ...[2, 3, 4, 5].map((at) => someone(writers, at)),
      someone(offices, 4),
    ] as [Person, Person, Person, Person, Person]
    return [
      purchase(64, 'msg_w1', {
        ...{ order_id: 'W-4107', order_number: 'W-4107', status: 'active' },
        ...{ items: [item('inkwell-editor')], customer: buyer(lucia) },
      }),
      payment(64, 'msg_w2', { id: 'pay_4107', order_id: 'W-4107', amount: 4_900 }),
      purchase(41, 'msg_w3', {
        ...{ subscription_id: 'S-318', order_number: 'S-318', status: 'active' },
        ...{ items: [item('inkwell-api')], customer: buyer(sam) },
      }),
      payment(41, 'msg_w4', { id: 'pay_318_1', subscription_id: 'S-318', amount: 1_900, paid_through: ago(11) }),
      purchase(33, 'msg_w5', {
        ...{ order_id: 'W-4188', order_number: 'W-4188', status: 'active' },
        ...{ items: [item('inkwell-editor', 3)], customer: buyer(ceiba) },
      }),
      payment(33, 'msg_w6', { id: 'pay_4188', order_id: 'W-4188', amount: 14_700 }),
      payment(11, 'msg_w7', { id: 'pay_318_2', subscription_id: 'S-318', amount: 1_900, paid_through: ago(-19) }),
      purchase(9, 'msg_w8', {
        ...{ order_id: 'W-4260', order_number: 'W-4260', status: 'active' },
        ...{ items: [item('inkwell-editor')], customer: buyer(hana) },
      }),
      payment(9, 'msg_w9', { id: 'pay_4260', order_id: 'W-4260', amount: 4_900 }),
      {
        ...{ days: 6, id: 'msg_w10' },
        body: {
          ...{ type: 'refund.updated', timestamp: ago(6) },
          data: { id: 're_4260', payment_id: 'pay_4260', status: 'succeeded', amount: 'all' },
        },
      },
      // What the shop's developer got wrong.
      {
        ...{ days: 3, id: 'msg_w12' },
        body: { type: 'purchase.updated', timestamp: ago(3), data: { order_id: 4311, status: 'paid' } },
      },
      purchase(2, 'msg_w11', {
        ...{ order_id: 'W-4311', order_number: 'W-4311', status: 'pending' },
        ...{ items: [item('inkwell-editor')], customer: buyer(oskar) },
      }),
    ]
  },
}

const polar: Store = {
  ...{ store: 'polar', mode: 'live', name: 'Polar', addedDays: 58, secret: 'whsec_polarOfTheDemo0123456789' },
  sign: standard((secret) => Buffer.from(secret).toString('base64')),
  placed: { 'polar-editor-yearly': 'Inkwell Editor' },
  posted: (ago) => {
    const customer = ({ email, name }: Person) => ({ id: `cus_${email}`, email, name })
    const subscription = (days: number, id: string, type: string, who: Person, data: object): Posted => ({
      ...{ days, id },
      body: {
        ...{ type, timestamp: ago(days) },
        data: {
          ...{ modified_at: ago(days), customer: customer(who), seats: null },
          ...{ product_id: 'polar-editor-yearly', product: { name: 'Inkwell Editor, yearly' } },
          ...data,
        },
      },
    })
    const order = (days: number, id: string, who: Person, invoice: string): Posted => ({
      ...{ days, id },
      body: {
        ...{ type: 'order.paid', timestamp: ago(days) },
        data: {
          ...{ id: `ord_${invoice}`, status: 'paid', created_at: ago(days), modified_at: ago(days) },
          ...{ product_id: 'polar-sync', product: { name: 'Inkwell Sync' }, customer: customer(who) },
          ...{ net_amount: 2_900, currency: 'eur', billing_reason: 'purchase', invoice_number: invoice },
        },
      },
    })
    const [amelie, kofi, ingrid, rafael, zofia] = [6, 7, 8, 9, 10].map((at) => someone(writers, at)) as [
      ...[Person, Person, Person, Person, Person],
    ]
    const first = { id: 'sub_2207', status: 'active', created_at: ago(52), started_at: ago(52) }
    const second = { id: 'sub_2291', status: 'active', created_at: ago(38), started_at: ago(38) }
    const third = { id: 'sub_2302', status: 'active', created_at: ago(35), started_at: ago(35) }
    return [
      subscription(52, 'evt_p1', 'subscription.active', amelie, { ...first, current_period_end: ago(-313) }),
      subscription(38, 'evt_p2', 'subscription.active', kofi, { ...second, current_period_end: ago(8) }),
      subscription(35, 'evt_p3', 'subscription.active', ingrid, { ...third, current_period_end: ago(-330) }),
      subscription(20, 'evt_p4', 'subscription.canceled', amelie, {
        ...{ ...first, cancel_at_period_end: true, current_period_end: ago(-313), ends_at: ago(-313) },
      }),
      subscription(8, 'evt_p5', 'subscription.past_due', kofi, {
        ...{ ...second, status: 'past_due', current_period_start: ago(8), current_period_end: ago(-22) },
      }),
      order(3, 'evt_p6', rafael, 'INK-0093'),
      order(1, 'evt_p7', zofia, 'INK-0094'),
      {
        ...{ days: 1, id: 'evt_p8' },
        body: { type: 'checkout.updated', timestamp: ago(1), data: { id: 'co_1' } },
      },
    ]
  },
}

const shopify: Store = {
  ...{ store: 'shopify', mode: 'test', name: 'Shopify, tests', addedDays: 16, secret: 'shpss_of-the-demo' },
  sign: (secret, _id, body) => ({
    'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
  }),
  placed: { '9400000000001': 'Inkwell Editor' },
  posted: (ago) => [
    {
      ...{ days: 15, id: 'evt_s1' },
      headers: { 'x-shopify-topic': 'orders/paid', 'x-shopify-event-id': 'evt_s1', 'x-shopify-triggered-at': ago(15) },
      body: {
        ...{ id: 6100000000001, name: '#1001', test: true, currency: 'EUR', financial_status: 'paid' },
        ...{ total_price: '98.00', contact_email: 'mara@inkwell.example', customer: { id: 1, first_name: 'Mara' } },
        ...{ created_at: ago(15), processed_at: ago(15), updated_at: ago(15), refunds: [] },
        line_items: [
          {
            ...{ id: 8300000000001, product_id: 9400000000001, variant_id: 9500000000001 },
            ...{ name: 'Inkwell Editor', quantity: 2, current_quantity: 2 },
          },
        ],
      },
    },
  ],
}

/** Connects three stores and handles what they sent. */
export async function addStores(owner: Member, now: Date): Promise<void> {
  for (const store of [website, polar, shopify]) await addStore(owner, store, now)
  // They were read long ago.
  await prisma.$executeRaw`UPDATE mails SET status = 'sent', sent_at = created_at
    WHERE organization_id = ${owner.organizationId}::uuid AND (template IN ('purchase-news', 'license-keys') OR license_key_id IN (
      SELECT u.license_key_id FROM purchase_units u JOIN store_lines l ON l.purchase_id = u.purchase_id))`
}

async function addStore(owner: Member, made: Store, now: Date): Promise<void> {
  const { store, mode, name, addedDays, placed } = made
  const at = (days: number) => new Date(now.getTime() - days * DAY)
  const ago = (days: number) => at(days).toISOString()
  const { organizationId } = owner
  const { connectionId, token } = await connectStore(owner, { store, mode, name }, at(addedDays))
  let { secret } = made
  if (secret === null) ({ secret } = await makeStoreSecret(owner, { connectionId }, at(addedDays)))
  else await setStoreSecret(owner, { connectionId, secret }, at(addedDays))
  for (const [ref, product] of Object.entries(placed)) {
    const { id: productId } = await prisma.product.findFirstOrThrow({ where: { organizationId, name: product } })
    const said = { connectionId, ref, as: { kind: 'product', productId }, quantityIs: 'keys' } as const
    await placeProduct(owner, said, at(addedDays))
  }
  for (const { days, id, body, headers } of made.posted(ago)) {
    const text = JSON.stringify(body)
    const all: Record<string, string> = { ...headers, ...made.sign(secret, id, text, new Date()) }
    const answer = await answerStore({
      ...{ method: 'POST', path: `/${store}/${token}`, query: '', address: null },
      header: (header) => all[header] ?? null,
      body: async () => Buffer.from(text),
    })
    // One of them is wrong on purpose: its sender was told, and nothing of it is kept.
    if (answer.status === 400) {
      await prisma.storeConnection.update({ where: { id: connectionId }, data: { lastRefusedAt: at(days) } })
      continue
    }
    if (answer.status !== 200) throw new Error(`The demo's ${name} was not believed: ${answer.body}`)
    const { id: deliveryId } = await prisma.storeDelivery.findFirstOrThrow({ where: { connectionId, state: 'new' } })
    await handleDelivery(system, deliveryId, at(days))
    const receivedAt = at(days)
    await prisma.storeDelivery.update({
      where: { id: deliveryId },
      data: { receivedAt, dueAt: receivedAt, handledAt: receivedAt },
    })
    await prisma.$executeRaw`UPDATE store_connections SET last_delivery_at = ${receivedAt},
      first_delivery_at = (SELECT min(received_at) FROM store_deliveries WHERE connection_id = ${connectionId}::uuid)
      WHERE id = ${connectionId}::uuid`
  }
}

/** Where the demo's own shop sends its messages, and what it signs them with. */
export async function websiteOf(organizationId: string, url: string): Promise<{ address: string; secret: string }> {
  const { token, secrets } = await prisma.storeConnection.findFirstOrThrow({
    where: { organizationId, store: 'custom' },
    orderBy: { createdAt: 'asc' },
  })
  const [current] = secrets ? ConnectionSecrets.parse(JSON.parse(unseal('store', secrets))) : []
  if (!current) throw new Error('The secret of the demo’s shop is gone. Start over with: npm run demo -- --reset')
  return {
    address: new URL(`${STORES_ROOT}/custom/${unseal('store', token)}`, url).href,
    secret: current.secret,
  }
}
