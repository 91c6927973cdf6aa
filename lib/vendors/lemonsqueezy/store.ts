import '#server-only'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  instantOf,
  lenient,
  MaybeFlag,
  MaybeInteger,
  MaybeText,
  parsedBody,
  readAs,
  requiredText,
  versionOf,
} from '../../store-facts/read.ts'
import type { StoreApi, StoreReader } from '../../store-facts/reader.ts'
import type { Fact, Instant, LineFact, LineState } from '../../store-facts/schema.ts'
import { distrustOf } from '../../store-facts/signatures.ts'

// Lemon Squeezy's webhooks (docs.lemonsqueezy.com/help/webhooks), read by the status of the object. Two of its ways shape this file:
// - A subscription comes with an order, in any order, and the order does not tell. Either we ask, or the line waits a few minutes.
// - The first payment of a subscription is both that order and an invoice, which names the subscription only. The order is the payment,
//   and `initial:<subscription>` its other name.

/** Numbers in some places, text in others. */
const Resource = z.object({
  type: z.string(),
  id: z.union([z.string().min(1), z.number()]).transform(String),
  attributes: z.unknown(),
  relationships: z.unknown().optional(),
})
const Times = { created_at: MaybeText, updated_at: MaybeText }
const Buyer = { customer_id: MaybeText, user_name: MaybeText, user_email: MaybeText }

const item = {
  product_id: MaybeText,
  variant_id: MaybeText,
  product_name: MaybeText,
  variant_name: MaybeText,
  quantity: MaybeInteger,
}
const Item = z.object(item)

const Order = z.object({
  ...{ ...Times, ...Buyer, status: MaybeText, order_number: MaybeText, currency: MaybeText },
  ...{ total: MaybeInteger, refunded_amount: MaybeInteger },
  first_order_item: lenient(z.object({ ...item, id: MaybeText })),
})

const Subscription = z.object({
  ...{ ...Times, ...Buyer, ...item, order_id: MaybeText, order_item_id: MaybeText, status: MaybeText },
  pause: lenient(z.object({ mode: MaybeText })),
  ...{ trial_ends_at: MaybeText, renews_at: MaybeText, ends_at: MaybeText },
  first_subscription_item: lenient(z.object({ quantity: MaybeInteger })),
})

const Invoice = z.object({
  ...{ ...Times, subscription_id: MaybeText, billing_reason: MaybeText, status: MaybeText, currency: MaybeText },
  ...{ total: MaybeInteger, refunded_amount: MaybeInteger },
})

const Customer = z.object({ ...Times, email: MaybeText, name: MaybeText })

/** When a body was written, for objects that do not say when they changed. */
type Read = Instant

const stamp = (time: string | null, read: Read) => ({
  version: versionOf(time, read),
  occurredAt: instantOf(time) ?? read,
})
const changed = ({ created_at, updated_at }: { created_at: string | null; updated_at: string | null }, read: Read) =>
  stamp(updated_at ?? created_at, read)

const buyerOf = (object: { customer_id: string | null; user_name: string | null; user_email: string | null }) => ({
  buyer: { ref: object.customer_id, email: object.user_email, name: object.user_name },
})

const bought = (object: z.infer<typeof Item>) => {
  const name = [object.product_name, object.variant_name].filter((each) => each && each !== 'Default').join(' – ')
  return {
    productIds: [object.variant_id, object.product_id].filter((id) => id !== null),
    ...(name && { productName: name }),
  }
}

type Money = { status: string | null; total: number | null; refunded_amount: number | null; currency: string | null }

// Told "in cents". Whether that means hundredths also of a currency without cents, such as JPY, is not known: no body we have is of one.
// They are taken as the smallest unit there is, as other stores tell them.
const price = ({ total, currency }: Money) => ({
  ...(total !== null && { amount: total }),
  ...(currency && { currency }),
})

/** What went back of an order or invoice. Its flag `refunded` is also set for a part, and older bodies have no amount. */
function refundFacts(payment: string, of: Money, at: ReturnType<typeof stamp>): Fact[] {
  const isWhole = of.status === 'refunded' || (of.total && of.refunded_amount ? of.refunded_amount >= of.total : false)
  if (!isWhole && !of.refunded_amount && !/^partial_refund(ed)?$/.test(of.status ?? '')) return []
  const amount = isWhole ? 'all' : of.refunded_amount
  return [
    {
      ...{ kind: 'refund', ...at, payment, refund: `total:${payment}`, mode: 'total', state: 'succeeded' },
      ...(amount && { amount }),
    },
  ]
}

const orderStates: Record<string, LineState> = {
  pending: 'pending',
  paid: 'live',
  // What went back is a fact of its own.
  refunded: 'live',
  partial_refund: 'live',
  failed: 'ended',
  fraudulent: 'ended',
}

/** An item of an order, and whether it began a subscription, where that is known. */
type OrderItem = z.infer<typeof Item> & { line: string; isSubscription: boolean | undefined }

/** How long a subscription may take to follow its order. */
const WAIT_MS = 180_000

function orderFacts(id: string, order: z.infer<typeof Order>, items: OrderItem[], read: Read): Fact[] {
  const state = orderStates[order.status ?? '']
  // That it was bought is as old as the order, and an order that changes later says it anew: what a subscription says of it stands.
  const made = stamp(order.created_at, read)
  const at = state === 'ended' ? changed(order, read) : made
  const ref = `order:${id}`
  const lines = items
    .filter(({ isSubscription }) => !isSubscription)
    .map(
      ({ line, isSubscription, ...item }): LineFact => ({
        ...{ kind: 'line', ...at, ref, line, type: 'one_time' },
        ...(state && { state }),
        ...(state === 'ended' && { endsAt: at.occurredAt }),
        ...bought(item),
        ...(item.quantity !== null && { quantity: Math.max(item.quantity, 1) }),
        ...buyerOf(order),
        ...(isSubscription === undefined && {
          issueAfter: new Date(Date.parse(made.occurredAt) + WAIT_MS).toISOString(),
        }),
        ...(order.order_number && { orderNumber: order.order_number }),
        purchasedAt: made.occurredAt,
      }),
    )
  if (state !== 'live') return lines
  // Which subscription it paid for is said by the subscription.
  return [...lines, { kind: 'payment', ...made, ref: lines.length > 0 ? ref : null, payment: ref, ...price(order) }]
}

const firstItem = ({ first_order_item: first }: z.infer<typeof Order>): OrderItem[] =>
  first ? [{ ...first, line: first.id ?? '', isSubscription: undefined }] : []

const Items = z.object({ data: z.array(Resource), included: lenient(z.array(Resource)) })

/** The items of an order as the API lists them with their variants. */
function listedItems(answer: unknown): OrderItem[] {
  const { data, included } = readAs(Items, answer)
  const isSubscription = new Map(
    (included ?? [])
      .filter(({ type }) => type === 'variants')
      .map(({ id, attributes }) => [id, readAs(z.object({ is_subscription: MaybeFlag }), attributes).is_subscription]),
  )
  return data.map(({ id, attributes }) => {
    const item = readAs(Item, attributes)
    return { ...item, line: id, isSubscription: isSubscription.get(item.variant_id ?? '') ?? undefined }
  })
}

const states: Record<string, LineState> = {
  on_trial: 'live',
  active: 'live',
  // Only planned: it stays until `ends_at`.
  cancelled: 'live',
  past_due: 'grace',
  unpaid: 'grace',
  paused: 'paused',
  expired: 'ended',
}

function subscriptionFacts(id: string, subscription: z.infer<typeof Subscription>, read: Read): Fact[] {
  const at = changed(subscription, read)
  const ref = `subscription:${id}`
  const { status, order_id } = subscription
  // A pause may leave the service as it is.
  const state = status === 'paused' && subscription.pause?.mode === 'free' ? 'live' : states[status ?? '']
  // While a payment is due, and in a pause, it is the next attempt.
  const isPaid = status === 'active' || status === 'on_trial'
  const quantity = subscription.first_subscription_item?.quantity ?? subscription.quantity
  const facts: Fact[] = [
    {
      ...{ kind: 'line', ...at, ref, line: '', type: 'subscription' },
      ...(state && { state }),
      ...bought(subscription),
      // Those that are billed by usage have none.
      ...(quantity !== null && { quantity: Math.max(quantity, 1) }),
      ...buyerOf(subscription),
      endsAt: instantOf(subscription.ends_at) ?? (state === 'ended' ? at.occurredAt : null),
      trialEndsAt: status === 'on_trial' ? instantOf(subscription.trial_ends_at) : null,
      ...(isPaid && { paidThrough: instantOf(subscription.renews_at) }),
      purchasedAt: instantOf(subscription.created_at) ?? at.occurredAt,
    },
  ]
  if (order_id) {
    facts.push(
      {
        ...{ kind: 'line', ...at, ref: `order:${order_id}`, line: subscription.order_item_id ?? '', type: 'one_time' },
        ...{ state: 'ended', partOf: ref },
      },
      { kind: 'payment', ...at, ref, payment: `order:${order_id}`, aliases: [`initial:${id}`] },
    )
  }
  return facts
}

function invoiceFacts(id: string, invoice: z.infer<typeof Invoice>, read: Read): Fact[] {
  const { subscription_id, billing_reason, status } = invoice
  const isFirst = billing_reason === 'initial'
  const payment = isFirst ? `initial:${subscription_id}` : `invoice:${id}`
  const isPaid = status === 'paid' || status === 'refunded' || /^partial_refund(ed)?$/.test(status ?? '')
  if (!subscription_id || !isPaid) return []
  const refunds = refundFacts(payment, invoice, changed(invoice, read))
  if (isFirst) return refunds
  const at = stamp(invoice.created_at, read)
  return [{ kind: 'payment', ...at, ref: `subscription:${subscription_id}`, payment, ...price(invoice) }, ...refunds]
}

function customerFacts(id: string, customer: z.infer<typeof Customer>, read: Read): Fact[] {
  const { email, name } = customer
  return email ? [{ kind: 'customer', ...changed(customer, read), customer: id, email, name }] : []
}

/** What a resource says by itself, order items apart. */
const readers: Record<string, (id: string, attributes: unknown, read: Read) => Fact[]> = {
  subscriptions: (id, attributes, read) => subscriptionFacts(id, readAs(Subscription, attributes), read),
  'subscription-invoices': (id, attributes, read) => invoiceFacts(id, readAs(Invoice, attributes), read),
  customers: (id, attributes, read) => customerFacts(id, readAs(Customer, attributes), read),
}

const Event = z.object({
  meta: z.object({ event_name: MaybeText, test_mode: MaybeFlag }),
  data: Resource,
})

const Page = z.object({
  data: z.array(Resource),
  included: lenient(z.array(Resource)),
  links: lenient(z.object({ next: MaybeText })),
})

/** Page by page, the newest first, until all of a page is older than asked. */
async function* pages(api: StoreApi, path: string, since: Date | null): AsyncIterable<z.infer<typeof Page>> {
  for (let next: string | null = path; next; ) {
    const page: z.infer<typeof Page> = readAs(Page, await api(next))
    yield page
    const times = page.data.map(({ attributes }) => instantOf(readAs(z.object(Times), attributes).created_at))
    const isOld = since !== null && times.every((time) => time !== null && time < since.toISOString())
    next = isOld ? null : (page.links?.next ?? null)
  }
}

/** An order of a list, with what was listed with it. */
function listedOrder(
  { id, attributes, relationships }: z.infer<typeof Resource>,
  included: z.infer<typeof Resource>[],
) {
  const order = readAs(Order, attributes)
  const Related = z.object({ subscriptions: lenient(z.object({ data: z.array(z.unknown()) })) })
  const began = lenient(Related).parse(relationships)?.subscriptions?.data
  const items = included.flatMap(({ type, id: line, attributes }): OrderItem[] => {
    if (type !== 'order-items' || readAs(z.object({ order_id: MaybeText }), attributes).order_id !== id) return []
    return [{ ...readAs(Item, attributes), line, isSubscription: began && began.length > 0 }]
  })
  return { order, items: items.length > 0 ? items : firstItem(order) }
}

/** How long after a payment its refund is still found, when events were missed: there is no list of what changed. */
const LATE_MS = 60 * 86_400_000

export const lemonSqueezyStore: StoreReader = {
  name: 'lemonsqueezy',
  distrust: (delivery, secrets, now) => {
    const signature = delivery.header('x-signature')
    return distrustOf({ given: signature ? [signature] : [], content: delivery.body, encoding: 'hex' }, secrets, now)
  },
  read: (delivery) => {
    const { meta, data } = parsedBody(Event, delivery)
    const type = requiredText(meta.event_name ?? delivery.header('x-event-name'), 'the name of the event')
    const read = delivery.receivedAt.toISOString()
    const about = readAs(z.object({ ...Times, test_mode: MaybeFlag }), data.attributes)
    const reading = {
      // Nothing names a delivery; the same event has the same body.
      key: createHash('sha256').update(`${type}\n`).update(delivery.body).digest('hex'),
      type,
      isTest: meta.test_mode ?? about.test_mode,
      occurredAt: instantOf(about.updated_at),
    }
    if (data.type === 'orders') {
      const order = readAs(Order, data.attributes)
      const ask = {
        path: `/v1/order-items?filter[order_id]=${encodeURIComponent(data.id)}&include=variant&page[size]=100`,
        read: (answer: unknown) => orderFacts(data.id, order, listedItems(answer), read),
        otherwise: orderFacts(data.id, order, firstItem(order), read),
      }
      return [{ ...reading, facts: refundFacts(`order:${data.id}`, order, changed(order, read)), asks: [ask] }]
    }
    const facts = readers[data.type]?.(data.id, data.attributes, read)
    if (!facts) return [{ ...reading, facts: [], ignored: 'Events of this type do not concern license keys.' }]
    return [
      { ...reading, facts, ...(facts.length === 0 && { ignored: 'The subscription, or its order, says the same.' }) },
    ]
  },
  api: {
    origin: () => 'https://api.lemonsqueezy.com',
    headers: (credential) => ({ authorization: `Bearer ${credential}`, accept: 'application/vnd.api+json' }),
    changedSince: async function* (api, since, now) {
      const read = now.toISOString()
      const from = new Date(since.getTime() - LATE_MS)
      const own = ({ type, id, attributes }: z.infer<typeof Resource>) => readers[type]?.(id, attributes, read) ?? []
      // First, as they say which orders are theirs.
      for await (const { data } of pages(api, '/v1/subscriptions?page[size]=100', null)) yield data.flatMap(own)
      const orders = '/v1/orders?page[size]=100&sort=-createdAt&include=order-items,subscriptions'
      for await (const { data, included } of pages(api, orders, from)) {
        yield data.flatMap((resource) => {
          const { order, items } = listedOrder(resource, included ?? [])
          const refunds = refundFacts(`order:${resource.id}`, order, changed(order, read))
          return [...orderFacts(resource.id, order, items, read), ...refunds]
        })
      }
      const invoices = '/v1/subscription-invoices?page[size]=100'
      for await (const { data } of pages(api, `${invoices}&sort=-createdAt`, from)) yield data.flatMap(own)
      for await (const { data } of pages(api, `${invoices}&filter[refunded]=true`, null)) yield data.flatMap(own)
    },
  },
}
