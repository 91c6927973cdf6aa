import '#server-only'
import { z } from 'zod'
import { instantOf, lenient, MaybeInteger, MaybeText, parsedBody, readAs, versionOf } from '../../store-facts/read.ts'
import type { Ask, Delivery, StoreApi, StoreReader } from '../../store-facts/reader.ts'
import type { Fact, Instant, LineState, StoreBuyer } from '../../store-facts/schema.ts'
import { distrustOf, type Signed, standardSigned } from '../../store-facts/signatures.ts'

// Creem's webhooks (docs.creem.io/code/webhooks). Its guide shows things its own parser refuses, so everything but ids may be missing.

/** An object, or its id where the store does not write it out. */
const expanded = <Shape extends z.ZodRawShape>(shape: Shape) =>
  lenient(
    z.preprocess(
      (value) => (typeof value === 'string' ? { id: value } : value),
      z.object({ id: z.string(), ...shape }),
    ),
  )

/** Milliseconds since 1970, or ISO text. */
const MaybeTime = z.preprocess((value) => (typeof value === 'number' ? instantOf(value / 1_000) : value), MaybeText)

const Customer = expanded({ email: MaybeText, name: MaybeText, updated_at: MaybeTime })
const Product = expanded({ name: MaybeText })

const Order = z.object({
  id: z.string(),
  type: MaybeText,
  status: MaybeText,
  product: MaybeText,
  transaction: MaybeText,
  amount_paid: MaybeInteger,
  amount: MaybeInteger,
  currency: MaybeText,
  created_at: MaybeTime,
  updated_at: MaybeTime,
})

const Checkout = z.object({
  id: z.string(),
  order: lenient(Order),
  subscription: expanded({}),
  product: Product,
  units: MaybeInteger,
  customer: Customer,
})

const Subscription = z.object({
  id: z.string(),
  status: MaybeText,
  product: Product,
  customer: Customer,
  items: lenient(
    z.array(z.object({ id: z.string(), product_id: MaybeText, price_id: MaybeText, units: MaybeInteger })),
  ),
  last_transaction_id: MaybeText,
  last_transaction_date: MaybeTime,
  current_period_start_date: MaybeTime,
  current_period_end_date: MaybeTime,
  canceled_at: MaybeTime,
  created_at: MaybeTime,
  updated_at: MaybeTime,
})

const Transaction = z.object({
  id: z.string(),
  amount: MaybeInteger,
  amount_paid: MaybeInteger,
  refunded_amount: MaybeInteger,
  currency: MaybeText,
  order: MaybeText,
  subscription: MaybeText,
  status: MaybeText,
  created_at: MaybeTime,
  period_end: MaybeTime,
})

const About = {
  transaction: expanded(Transaction.omit({ id: true }).shape),
  order: lenient(Order),
  subscription: expanded({}),
}

const Refund = z.object({
  id: z.string(),
  status: MaybeText,
  refund_amount: MaybeInteger,
  created_at: MaybeTime,
  ...About,
})

const Dispute = z.object({ id: z.string(), created_at: MaybeTime, ...About })

/** The event around an object: in milliseconds, and as a moment. */
type Event = { type: string; at: Instant }

const atOf = ({ updated_at, created_at }: { updated_at?: string | null; created_at: string | null }, event: Event) => {
  const text = updated_at ?? created_at ?? event.at
  return { version: versionOf(text, event.at), occurredAt: instantOf(text) ?? event.at }
}

const buyerOf = (customer: z.infer<typeof Customer>): StoreBuyer => ({
  ref: customer?.id ?? null,
  email: customer?.email ?? null,
  name: customer?.name ?? null,
})

/** What a checkout says of a one-time order; a subscription tells of itself, and only its first money and the person are new. */
function checkoutFacts(checkout: z.infer<typeof Checkout>, event: Event): Fact[] {
  const { order, customer, product, units } = checkout
  if (order?.type !== 'onetime') {
    const facts: Fact[] = order ? orderPayment(order, checkout.subscription?.id ?? null, event) : []
    if (!customer?.email) return facts
    const at = atOf({ updated_at: customer.updated_at, created_at: null }, event)
    return [...facts, { kind: 'customer', ...at, customer: customer.id, email: customer.email, name: customer.name }]
  }
  const at = atOf(order, event)
  const productId = product?.id ?? order.product
  const state = order.status === 'paid' ? 'live' : order.status === 'pending' ? 'pending' : null
  return [
    {
      ...{ kind: 'line', ...at, ref: `order:${order.id}`, line: '', type: 'one_time' },
      ...(state && { state }),
      productIds: productId ? [productId] : [],
      ...(product?.name && { productName: product.name }),
      quantity: Math.max(1, units ?? 1),
      buyer: buyerOf(customer),
      purchasedAt: instantOf(order.created_at) ?? at.occurredAt,
    },
    ...orderPayment(order, null, event),
  ]
}

/** A one-time order is its own payment, and its transaction another name of it; that of a subscription goes by the transaction. */
function orderPayment(order: z.infer<typeof Order>, subscription: string | null, event: Event): Fact[] {
  const isOneTime = order.type === 'onetime'
  const payment = isOneTime ? order.id : order.transaction
  const amount = order.amount_paid ?? order.amount
  if (order.status !== 'paid' || !payment) return []
  return [
    {
      ...{ kind: 'payment', ...atOf(order, event), occurredAt: instantOf(order.created_at) ?? event.at, payment },
      ref: isOneTime ? `order:${order.id}` : subscription && `subscription:${subscription}`,
      ...(isOneTime && order.transaction && { aliases: [order.transaction] }),
      ...(amount !== null && { amount }),
      ...(order.currency && { currency: order.currency }),
    },
  ]
}

const states: Record<string, LineState> = {
  incomplete: 'pending',
  active: 'live',
  trialing: 'live',
  scheduled_cancel: 'live',
  past_due: 'grace',
  unpaid: 'grace',
  paused: 'paused',
  canceled: 'ended',
}

function subscriptionFacts(subscription: z.infer<typeof Subscription>, event: Event): Fact[] {
  const { status, product, items } = subscription
  const at = atOf(subscription, event)
  const periodEnd = instantOf(subscription.current_period_end_date)
  const told = states[status ?? '']
  // A period that was not paid in time; charges are tried again, and the object may go on saying that it is active.
  const isUnpaid = event.type === 'subscription.expired' && periodEnd !== null && periodEnd <= event.at
  const state = isUnpaid && told === 'live' ? 'grace' : told
  const canceled = instantOf(subscription.canceled_at)
  const ended = canceled && canceled < at.occurredAt ? canceled : at.occurredAt
  // After a change of plan the items are right, and the product beside them may be the old one.
  const lines = items?.length ? items : product ? [{ id: '', product_id: product.id, price_id: null, units: null }] : []
  const facts = lines.map(
    ({ id, product_id, price_id, units }): Fact => ({
      ...{
        kind: 'line',
        ...at,
        ref: `subscription:${subscription.id}`,
        line: id,
        allLines: lines.map((line) => line.id),
      },
      type: 'subscription',
      ...(state && { state }),
      productIds: [price_id, product_id].filter((each) => each !== null),
      ...(product?.name && product.id === product_id && { productName: product.name }),
      quantity: Math.max(1, units ?? 1),
      ...(subscription.customer && { buyer: buyerOf(subscription.customer) }),
      endsAt: state === 'ended' ? ended : status === 'scheduled_cancel' ? periodEnd : null,
      trialEndsAt: status === 'trialing' ? periodEnd : null,
      ...(state === 'live' && { paidThrough: periodEnd }),
      ...(subscription.created_at && { purchasedAt: instantOf(subscription.created_at) ?? at.occurredAt }),
    }),
  )
  const payment = subscription.last_transaction_id
  if (!payment) return facts
  const paidAt = instantOf(subscription.last_transaction_date) ?? at.occurredAt
  return [...facts, { kind: 'payment', ...at, occurredAt: paidAt, ref: `subscription:${subscription.id}`, payment }]
}

/** A subscription names its last charge; how much it was and for which period has to be asked. */
function subscriptionAsks({ id, last_transaction_id }: z.infer<typeof Subscription>, event: Event): Ask[] {
  if (!last_transaction_id) return []
  const read = (answer: unknown) => transactionFacts({ ...readAs(Transaction, answer), subscription: id }, event)
  return [{ path: `/v1/transactions?transaction_id=${encodeURIComponent(last_transaction_id)}`, read, otherwise: [] }]
}

/** What the money of a refund or a dispute was: its name, and what is known of it. */
function paymentOf(
  { transaction, order, subscription }: z.infer<typeof Refund> | z.infer<typeof Dispute>,
  event: Event,
) {
  if (order?.type === 'onetime') return { payment: order.id, facts: orderPayment(order, null, event) }
  const of = transaction && { ...transaction, subscription: subscription?.id ?? transaction.subscription }
  return { payment: of?.id ?? order?.transaction ?? null, facts: of ? transactionFacts(of, event) : [] }
}

/** A charge of a subscription. */
function transactionFacts(transaction: z.infer<typeof Transaction>, event: Event): Fact[] {
  const { id, subscription, currency } = transaction
  const amount = transaction.amount_paid ?? transaction.amount
  const paidThrough = instantOf(transaction.period_end)
  return [
    {
      ...{ kind: 'payment', ...atOf(transaction, event), ref: subscription && `subscription:${subscription}` },
      payment: id,
      ...(amount !== null && { amount }),
      ...(currency && { currency }),
      ...(paidThrough && { paidThrough }),
    },
  ]
}

const refundStates: Record<string, 'succeeded' | 'failed' | 'pending'> = {
  succeeded: 'succeeded',
  pending: 'pending',
  requiresAction: 'pending',
  failed: 'failed',
  canceled: 'failed',
}

function refundFacts(refund: z.infer<typeof Refund>, event: Event): Fact[] {
  const { payment, facts } = paymentOf(refund, event)
  if (payment === null) return []
  const state = refundStates[refund.status ?? '']
  return [
    ...facts,
    {
      // It has no time of change: of two tellings the later event is right.
      ...{
        kind: 'refund',
        version: versionOf(event.at, event.at),
        occurredAt: instantOf(refund.created_at) ?? event.at,
      },
      ...{ payment, refund: refund.id, mode: 'one' },
      ...(state && { state }),
      ...(refund.refund_amount !== null && { amount: refund.refund_amount }),
    },
  ]
}

/** Creem tells only that a dispute began. */
function disputeFacts(dispute: z.infer<typeof Dispute>, event: Event): Fact[] {
  const { payment, facts } = paymentOf(dispute, event)
  const at = { version: versionOf(event.at, event.at), occurredAt: instantOf(dispute.created_at) ?? event.at }
  return payment === null ? [] : [...facts, { kind: 'dispute', ...at, payment, dispute: dispute.id, state: 'open' }]
}

const readers: Record<string, (object: unknown, event: Event) => Fact[]> = {
  checkout: (object, event) => checkoutFacts(readAs(Checkout, object), event),
  subscription: (object, event) => subscriptionFacts(readAs(Subscription, object), event),
  refund: (object, event) => refundFacts(readAs(Refund, object), event),
  dispute: (object, event) => disputeFacts(readAs(Dispute, object), event),
}

const Envelope = z.object({
  id: z.string(),
  eventType: z.string(),
  created_at: lenient(z.number()),
  object: z.looseObject({ object: MaybeText, mode: MaybeText }),
})

/** Hex over the body, or the newer one of Standard Webhooks. */
function signed(delivery: Delivery): Signed {
  const plain = delivery.header('creem-signature') ?? delivery.header('x-creem-signature')
  if (plain === null) return standardSigned(delivery)
  return { given: [plain.trim().replace(/^sha256=/i, '')], content: delivery.body, encoding: 'hex' }
}

const isTest = (mode: string | null) =>
  mode === 'prod' ? false : ['test', 'sandbox', 'local'].includes(mode ?? '') ? true : null

const Page = z.object({
  items: z.array(z.unknown()),
  pagination: z.object({ next_page: lenient(z.number()) }),
})

async function* pages(api: StoreApi, path: string): AsyncIterable<unknown[]> {
  for (let page: number | null = 1; page !== null; ) {
    const read: z.infer<typeof Page> = readAs(Page, await api(`${path}?page_number=${page}&page_size=100`))
    yield read.items
    page = read.pagination.next_page !== null && read.pagination.next_page > page ? read.pagination.next_page : null
  }
}

/** A charge of a list, with what went back of it so far; lists tell no refunds. */
function listedFacts(transaction: z.infer<typeof Transaction>, event: Event): Fact[] {
  const { id, order, subscription, refunded_amount } = transaction
  const payment = subscription ? id : (order ?? id)
  const at = { version: versionOf(event.at, event.at), occurredAt: event.at }
  const back: Fact[] = refunded_amount
    ? [
        {
          ...{ kind: 'refund', ...at, payment, refund: `total:${id}`, mode: 'total' },
          ...{ state: 'succeeded', amount: refunded_amount },
        },
      ]
    : []
  return [...(subscription ? transactionFacts(transaction, event) : []), ...back]
}

export const creemStore: StoreReader = {
  name: 'creem',
  distrust: (delivery, secrets, now) => distrustOf(signed(delivery), secrets, now),
  read: (delivery) => {
    const { id, eventType, created_at, object } = parsedBody(Envelope, delivery)
    const at =
      created_at === null
        ? delivery.receivedAt.toISOString()
        : (instantOf(created_at / 1_000) ?? delivery.receivedAt.toISOString())
    const kind = object.object ?? eventType.split('.')[0] ?? ''
    const read = readers[kind]
    const event = { type: eventType, at }
    const asks = kind === 'subscription' ? subscriptionAsks(readAs(Subscription, object), event) : []
    return [
      {
        key: id,
        type: eventType,
        isTest: isTest(object.mode),
        occurredAt: at,
        facts: read ? read(object, event) : [],
        ...(asks.length > 0 && { asks }),
        ...(!read && { ignored: 'Events of this type do not concern license keys.' }),
      },
    ]
  },
  api: {
    origin: (mode) => (mode === 'test' ? 'https://test-api.creem.io' : 'https://api.creem.io'),
    headers: (credential) => ({ 'x-api-key': credential }),
    // No list can be asked by time, and one-time orders are told by no list: subscriptions and what went back are read all.
    changedSince: async function* (api, _since, now) {
      const event = { type: '', at: now.toISOString() }
      for await (const items of pages(api, '/v1/subscriptions/search'))
        yield items.flatMap((item) => subscriptionFacts(readAs(Subscription, item), event))
      for await (const items of pages(api, '/v1/transactions/search'))
        yield items.flatMap((item) => listedFacts(readAs(Transaction, item), event))
    },
  },
}
