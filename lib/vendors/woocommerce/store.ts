import '#server-only'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  instantOf,
  lenient,
  MaybeInteger,
  MaybeText,
  moneyOf,
  nameOf,
  parsedBody,
  readAs,
  versionOf,
} from '../../store-facts/read.ts'
import { type Ask, type StoreApi, StoreApiRefusal, type StoreReader } from '../../store-facts/reader.ts'
import type { Fact, Instant, LineState, StoreBuyer } from '../../store-facts/schema.ts'
import { distrustOf } from '../../store-facts/signatures.ts'

// WooCommerce's webhooks (woocommerce.github.io/woocommerce-rest-api-docs), with its extension Subscriptions where the shop has that.
// A body is the thing as it is at delivery. Moments are those of `_gmt`, which lack their zone; the others are the shop's own time.

const Id = z.union([z.number().int(), z.string().min(1)]).transform(String)

const Item = z.object({
  id: Id,
  name: MaybeText,
  product_id: MaybeInteger,
  variation_id: MaybeInteger,
  quantity: MaybeInteger,
})

const Thing = z.object({
  id: Id,
  parent_id: MaybeInteger,
  number: MaybeText,
  status: MaybeText,
  currency: MaybeText,
  total: MaybeText,
  customer_id: MaybeInteger,
  billing: lenient(z.object({ first_name: MaybeText, last_name: MaybeText, email: MaybeText })),
  line_items: z.array(Item),
  date_created_gmt: MaybeText,
  date_modified_gmt: MaybeText,
  date_paid_gmt: MaybeText,
  date_completed_gmt: MaybeText,
})

const Order = Thing.extend({
  meta_data: lenient(z.array(z.object({ key: MaybeText, value: MaybeText }))),
  refunds: lenient(z.array(z.object({ total: MaybeText }))),
})

const Subscription = Thing.extend({
  start_date_gmt: MaybeText,
  trial_end_date_gmt: MaybeText,
  next_payment_date_gmt: MaybeText,
  cancelled_date_gmt: MaybeText,
  end_date_gmt: MaybeText,
  payment_retry_date_gmt: MaybeText,
})

const Refunds = z.array(
  z.object({
    amount: MaybeText,
    line_items: lenient(
      z.array(
        z.object({
          quantity: MaybeInteger,
          meta_data: lenient(z.array(z.object({ key: MaybeText, value: MaybeText }))),
        }),
      ),
    ),
  }),
)

const Products = z.array(z.object({ id: Id, type: MaybeText }))

type Order = z.infer<typeof Order>

/** When a body was taken, and by that its version: two changes of one second are told apart by which came later. */
type At = { version: string; occurredAt: Instant }

const atOf = ({ date_modified_gmt, date_created_gmt }: z.infer<typeof Thing>, taken: Instant): At => {
  const changed = date_modified_gmt ?? date_created_gmt
  return { version: `${versionOf(changed, taken)}/${taken}`, occurredAt: instantOf(changed) ?? taken }
}

const buyerOf = ({ customer_id, billing }: z.infer<typeof Thing>): StoreBuyer => ({
  // All guests have the number 0.
  ref: customer_id ? String(customer_id) : null,
  email: billing?.email ?? null,
  name: nameOf(billing?.first_name, billing?.last_name),
})

const ofItem = ({ id, name, product_id, variation_id, quantity }: z.infer<typeof Item>) => ({
  line: id,
  productIds: [variation_id, product_id].flatMap((each) => (each ? [String(each)] : [])),
  ...(name && { productName: name }),
  quantity: Math.max(1, quantity ?? 1),
})

// ---------------------------------------------------------------- orders

const paidAtOf = ({ status, date_paid_gmt, date_completed_gmt }: z.infer<typeof Thing>) =>
  instantOf(date_paid_gmt ?? (status === 'completed' ? date_completed_gmt : null))

/** Shops have statuses of their own, and an order can fail after it was paid: neither says anything of what was bought. */
function orderState(order: Order): LineState | null {
  const isPaid = paidAtOf(order) !== null
  switch (order.status) {
    case 'pending':
    case 'on-hold':
    case 'checkout-draft':
      return 'pending'
    // Cash on delivery is worked on before it is paid.
    case 'processing':
      return isPaid || Number(order.total) === 0 ? 'live' : 'pending'
    case 'completed':
      return 'live'
    case 'refunded':
    case 'cancelled':
      return 'ended'
    case 'failed':
      return isPaid ? null : 'ended'
    default:
      return null
  }
}

const metaOf = (of: { meta_data: { key: string | null; value: string | null }[] | null }, key: string) =>
  of.meta_data?.find((meta) => meta.key === key)?.value ?? null

/** The subscription that an order renews or changes. The first order of one does not name it. */
const subscriptionOf = (order: Order) => metaOf(order, '_subscription_renewal') ?? metaOf(order, '_subscription_switch')

/** What an order says of itself; what is a subscription's is told by that. */
function orderFacts(order: Order, at: At, isSubscription: (productId: string) => boolean): Fact[] {
  const renewed = subscriptionOf(order)
  const items = renewed === null ? order.line_items.filter((item) => !isSubscription(String(item.product_id))) : []
  const state = orderState(order)
  const orderNumber = order.number ?? order.id
  const facts: Fact[] = items.map((item) => ({
    ...{ kind: 'line', ...at, ref: `order:${order.id}`, type: 'one_time', ...ofItem(item) },
    allLines: items.map(({ id }) => id),
    ...(state && { state }),
    buyer: buyerOf(order),
    orderNumber,
    ...(order.date_created_gmt && { purchasedAt: instantOf(order.date_created_gmt) ?? at.occurredAt }),
  }))
  const paidAt = paidAtOf(order)
  if (paidAt && (renewed !== null || items.length > 0)) {
    facts.push({
      ...{ kind: 'payment', version: at.version, occurredAt: paidAt, payment: order.id },
      ref: renewed === null ? `order:${order.id}` : `subscription:${renewed}`,
      ...moneyOf(order.total, order.currency),
    })
  }
  return facts
}

/** What went back of an order so far. Refunds can be deleted, so their sum is told and none by itself: also when none is left. */
function refundFacts(order: Order, at: At, amounts: (string | null)[], lines?: Map<string, number>): Fact[] {
  const { currency } = order
  const state = amounts.length > 0 ? 'succeeded' : 'failed'
  const total = amounts.reduce((sum, each) => sum + Math.abs(moneyOf(each, currency).amount ?? 0), 0)
  return [
    {
      ...{ kind: 'refund', ...at, payment: order.id, refund: `total:${order.id}`, mode: 'total', state },
      amount: total,
      ...(lines && { lines: lines.size > 0 ? [...lines].map(([line, quantity]) => ({ line, quantity })) : null }),
    },
  ]
}

function refundLines(refunds: z.infer<typeof Refunds>): Map<string, number> {
  const lines = new Map<string, number>()
  for (const item of refunds.flatMap(({ line_items }) => line_items ?? [])) {
    const line = metaOf(item, '_refunded_item_id')
    // Money of a line without one of its units has the quantity 0.
    if (line && item.quantity) lines.set(line, (lines.get(line) ?? 0) + Math.abs(item.quantity))
  }
  return lines
}

const subscriptionProducts = (answer: unknown) => {
  const ids = readAs(Products, answer).flatMap(({ id, type }) => (type?.includes('subscription') ? [id] : []))
  return (productId: string) => ids.includes(productId)
}

const productsPath = (ids: number[]) => `/wp-json/wc/v3/products?include=${ids.join(',')}&per_page=100&_fields=id,type`
const productIdsOf = (orders: Order[]) =>
  [...new Set(orders.flatMap((order) => order.line_items.flatMap(({ product_id }) => product_id || [])))].slice(0, 100)

const refundsPath = (order: Order) => `/wp-json/wc/v3/orders/${order.id}/refunds?per_page=100`
const askedRefunds = (order: Order, at: At) => (answer: unknown) => {
  const refunds = readAs(Refunds, answer)
  return refundFacts(
    order,
    at,
    refunds.map(({ amount }) => amount),
    refundLines(refunds),
  )
}

/** None of a paid order went back, or what did was a mistake and is deleted. */
const noRefunds = (order: Order, at: At): Fact[] =>
  order.refunds?.length === 0 && paidAtOf(order) !== null ? refundFacts(order, at, [], new Map()) : []

/** A line that a subscription tells of itself: whatever was said of it before, nothing is to be had for it. */
const lineElsewhere = (order: Order, item: Order['line_items'][number], at: At): Fact => ({
  ...{ kind: 'line', ...at, ref: `order:${order.id}`, type: 'one_time', ...ofItem(item), state: 'ended' },
  ...{ allLines: order.line_items.map(({ id }) => id), buyer: buyerOf(order), orderNumber: order.number ?? order.id },
})

function orderReading(order: Order, at: At): { facts: Fact[]; asks: Ask[] } {
  const asks: Ask[] = []
  const products = productIdsOf([order])
  const knows = subscriptionOf(order) !== null || products.length === 0
  const plain = orderFacts(order, at, () => false)
  // Whether a product is a subscription's is not in the order, and the subscription tells of itself.
  if (!knows) {
    const read = (answer: unknown) => orderFacts(order, at, subscriptionProducts(answer))
    // A subscription names its first order, and is told before that is paid: its line gives the key, and the order's none.
    const facts = (isTold: (productId: string) => boolean) => [
      ...orderFacts(order, at, isTold),
      ...order.line_items
        .filter((item) => isTold(String(item.product_id)))
        .map((item) => lineElsewhere(order, item, at)),
    ]
    const knowing = { ref: `order:${order.id}`, payment: order.id, facts }
    asks.push({ path: productsPath(products), read, otherwise: plain, knowing })
  }
  // Nor which line went back.
  if (order.refunds?.length) {
    const otherwise = refundFacts(
      order,
      at,
      order.refunds.map(({ total }) => total),
    )
    asks.push({ path: refundsPath(order), read: askedRefunds(order, at), otherwise })
  }
  return { facts: [...(knows ? plain : []), ...noRefunds(order, at)], asks }
}

// ---------------------------------------------------------------- subscriptions

function subscriptionState({ status, payment_retry_date_gmt }: z.infer<typeof Subscription>): LineState | null {
  switch (status) {
    case 'pending':
      return 'pending'
    case 'active':
    case 'pending-cancel':
      return 'live'
    // Also while a renewal is tried again.
    case 'on-hold':
      return payment_retry_date_gmt ? 'grace' : 'paused'
    case 'cancelled':
    case 'expired':
    case 'switched':
      return 'ended'
    default:
      return null
  }
}

function subscriptionFacts(subscription: z.infer<typeof Subscription>, at: At): Fact[] {
  const { status, line_items } = subscription
  const state = subscriptionState(subscription)
  const end = instantOf(subscription.end_date_gmt)
  const over = end ?? instantOf(subscription.cancelled_date_gmt)
  const trialEnd = instantOf(subscription.trial_end_date_gmt)
  const paidThrough = instantOf(subscription.next_payment_date_gmt)
  const began = instantOf(subscription.start_date_gmt ?? subscription.date_created_gmt)
  return line_items.map((item) => ({
    ...{ kind: 'line', ...at, ref: `subscription:${subscription.id}`, type: 'subscription', ...ofItem(item) },
    allLines: line_items.map(({ id }) => id),
    ...(state && { state }),
    buyer: buyerOf(subscription),
    endsAt: state === 'ended' ? (over && over < at.occurredAt ? over : at.occurredAt) : end,
    trialEndsAt: state === 'live' && trialEnd && trialEnd > at.occurredAt ? trialEnd : null,
    // On hold, the next payment is the one that is missing.
    ...(status === 'active' && paidThrough && { paidThrough }),
    orderNumber: subscription.number ?? subscription.id,
    ...(began && { purchasedAt: began }),
  }))
}

/** The money of the order that a subscription began with: refunds name that order. */
function firstPayment(subscription: z.infer<typeof Subscription>, at: At): Ask[] {
  const { id, parent_id } = subscription
  if (!parent_id) return []
  // The order may have other products, too, and is their payment under its own name.
  const names = { payment: `${parent_id}/${id}`, aliases: [String(parent_id)], ref: `subscription:${id}` }
  const read = (answer: unknown): Fact[] => {
    const order = readAs(Order, answer)
    const paidAt = paidAtOf(order)
    const money = paidAt ? moneyOf(order.total, order.currency) : {}
    return [{ kind: 'payment', version: at.version, occurredAt: paidAt ?? at.occurredAt, ...names, ...money }]
  }
  return [{ path: `/wp-json/wc/v3/orders/${parent_id}`, read, otherwise: [{ kind: 'payment', ...at, ...names }] }]
}

// ---------------------------------------------------------------- deliveries

const Delivered = z.looseObject({ id: Id, billing_period: z.unknown().optional(), line_items: z.unknown().optional() })

/** What the form for a webhook sends when it is saved: it wants to be answered, and is not signed. */
const PING = /^webhook_id=\d{1,20}$/

function readingOf(body: z.infer<typeof Delivered>, taken: Instant): { facts: Fact[]; asks: Ask[] } | null {
  if (body.line_items === undefined) return null
  if (body.billing_period === undefined) {
    const order = readAs(Order, body)
    return orderReading(order, atOf(order, taken))
  }
  const subscription = readAs(Subscription, body)
  const at = atOf(subscription, taken)
  return { facts: subscriptionFacts(subscription, at), asks: firstPayment(subscription, at) }
}

/** A list by its pages; the last one is not full. */
async function* pages(api: StoreApi, path: string): AsyncIterable<unknown[]> {
  for (let page = 1; ; page++) {
    const items = readAs(z.array(z.unknown()).nullable(), await api(`${path}&page=${page}`)) ?? []
    yield items
    if (items.length < PAGE) return
  }
}

const PAGE = 100

/** An answer, or null where there is nothing under this address. */
async function unlessGone(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof StoreApiRefusal && error.status === 404) return null
    throw error
  }
}

/** Address, key and secret as one text: `https://ck_…:cs_…@shop.example`. */
const addressOf = (credential: string) => new URL(credential)

export const woocommerceStore: StoreReader = {
  name: 'woocommerce',
  distrust: (delivery, secrets, now) => {
    if (PING.test(delivery.body.toString())) return null
    const signature = delivery.header('x-wc-webhook-signature')
    const given = signature === null ? [] : [signature]
    return distrustOf({ given, content: delivery.body, encoding: 'base64' }, secrets, now)
  },
  read: (delivery) => {
    const text = delivery.body.toString()
    if (PING.test(text)) {
      const ignored = 'WooCommerce asked whether anybody is here, as it does when a webhook is saved.'
      return [{ key: text, type: 'ping', isTest: null, occurredAt: null, facts: [], ignored }]
    }
    const body = parsedBody(Delivered, delivery)
    const taken = delivery.receivedAt.toISOString()
    const reading = readingOf(body, taken)
    // Deliveries of one second share their id.
    const hash = createHash('sha256').update(delivery.body).digest('hex').slice(0, 32)
    const changed = readAs(z.object({ date_modified_gmt: MaybeText }), body).date_modified_gmt
    return [
      {
        key: `${delivery.header('x-wc-webhook-delivery-id') ?? ''}/${hash}`,
        type: delivery.header('x-wc-webhook-topic') ?? 'unknown',
        isTest: null,
        occurredAt: instantOf(changed) ?? taken,
        facts: reading?.facts ?? [],
        ...(reading && reading.asks.length > 0 && { asks: reading.asks }),
        ...(!reading && {
          ignored: 'It concerns no license keys: shops delete old orders to tidy up, and that takes nothing back.',
        }),
      },
    ]
  },
  api: {
    // It repeats no delivery that failed.
    everyMinutes: 15,
    origin: (_mode, credential) => {
      const { origin, pathname } = addressOf(credential)
      // A shop may live in a folder.
      return `${origin}${pathname.replace(/\/+$/, '')}`
    },
    headers: (credential) => {
      const { username, password } = addressOf(credential)
      const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
      return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
    },
    changedSince: async function* (api, since, now) {
      const taken = now.toISOString()
      const query = `modified_after=${since.toISOString().slice(0, 19)}&dates_are_gmt=true&orderby=modified&order=asc&status=any&per_page=${PAGE}`
      for await (const items of pages(api, `/wp-json/wc/v3/orders?${query}`)) {
        const orders = items.map((item) => readAs(Order, item))
        const ids = [...new Set(orders.flatMap((order) => productIdsOf([order])))]
        const subscribed = new Set<string>()
        for (let from = 0; from < ids.length; from += 100) {
          const part = ids.slice(from, from + 100)
          const isSubscription = subscriptionProducts(await api(productsPath(part)))
          for (const id of part) if (isSubscription(String(id))) subscribed.add(String(id))
        }
        for (const order of orders) {
          const at = atOf(order, taken)
          yield [...orderFacts(order, at, (id) => subscribed.has(id)), ...noRefunds(order, at)]
          if (order.refunds?.length) yield askedRefunds(order, at)(await api(refundsPath(order)))
        }
      }
      // Not there where the shop has no such extension.
      const found: StoreApi = (path) => unlessGone(api(path))
      for await (const items of pages(found, `/wp-json/wc/v3/subscriptions?${query}`))
        for (const item of items) {
          const subscription = readAs(Subscription, item)
          const at = atOf(subscription, taken)
          yield subscriptionFacts(subscription, at)
          for (const { path, read, otherwise } of firstPayment(subscription, at)) {
            const order = await found(path)
            yield order === null ? otherwise : read(order)
          }
        }
    },
  },
}
