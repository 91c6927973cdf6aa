import '#server-only'
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
import type { Fact, LineState, StoreBuyer } from '../../store-facts/schema.ts'
import { distrustOf, standardSigned } from '../../store-facts/signatures.ts'

// Polar's webhooks (docs.polar.sh/integrate/webhooks), read by what an object says and not by the event's name: `subscription.canceled`
// is usually only scheduled, and a period moves before it is paid.

const Person = lenient(
  z.object({ id: MaybeText, email: MaybeText, name: MaybeText, created_at: MaybeText, modified_at: MaybeText }),
)
const Product = lenient(z.object({ name: MaybeText }))

const Order = z.object({
  id: z.string(),
  status: MaybeText,
  created_at: MaybeText,
  modified_at: MaybeText,
  billing_reason: MaybeText,
  subscription_id: MaybeText,
  product_id: MaybeText,
  product: Product,
  customer_id: MaybeText,
  customer: Person,
  seats: MaybeInteger,
  units: MaybeInteger,
  net_amount: MaybeInteger,
  refunded_amount: MaybeInteger,
  currency: MaybeText,
  invoice_number: MaybeText,
  subscription: lenient(z.object({ current_period_end: MaybeText })),
})

const Subscription = z.object({
  id: z.string(),
  status: MaybeText,
  created_at: MaybeText,
  modified_at: MaybeText,
  started_at: MaybeText,
  current_period_start: MaybeText,
  current_period_end: MaybeText,
  trial_end: MaybeText,
  cancel_at_period_end: MaybeFlag,
  ends_at: MaybeText,
  ended_at: MaybeText,
  product_id: MaybeText,
  price_id: MaybeText,
  product: Product,
  customer_id: MaybeText,
  customer: Person,
  seats: MaybeInteger,
  units: MaybeInteger,
})

const Refund = z.object({
  id: z.string(),
  order_id: z.string(),
  status: MaybeText,
  created_at: MaybeText,
  modified_at: MaybeText,
  amount: MaybeInteger,
  revoke_benefits: MaybeFlag,
})

const Dispute = z.object({
  id: z.string(),
  order_id: z.string(),
  status: MaybeText,
  created_at: MaybeText,
  modified_at: MaybeText,
})

const Customer = z.object({
  id: z.string(),
  email: MaybeText,
  name: MaybeText,
  created_at: MaybeText,
  modified_at: MaybeText,
})

type Changed = { created_at: string | null; modified_at: string | null }

/** Version and time of an object: when it last changed, or else when the event was written. */
const changed = ({ created_at, modified_at }: Changed, timestamp: string) => {
  const text = modified_at ?? created_at ?? timestamp
  return { version: versionOf(text, timestamp), occurredAt: instantOf(text) ?? timestamp }
}

const buyerOf = ({
  customer,
  customer_id,
}: {
  customer: z.infer<typeof Person>
  customer_id: string | null
}): StoreBuyer => ({
  ref: customer?.id ?? customer_id,
  email: customer?.email ?? null,
  name: customer?.name ?? null,
})

const named = (product: z.infer<typeof Product>) => (product?.name ? { productName: product.name } : {})

function orderFacts(order: z.infer<typeof Order>, timestamp: string): Fact[] {
  const at = changed(order, timestamp)
  const ref = order.subscription_id ? `subscription:${order.subscription_id}` : `order:${order.id}`
  const isPaid = ['paid', 'refunded', 'partially_refunded'].includes(order.status ?? '')
  const facts: Fact[] = []
  if (!order.subscription_id) {
    facts.push({
      ...{ kind: 'line', ...at, ref, line: '', type: 'one_time', state: isPaid ? 'live' : 'pending' },
      productIds: [order.product_id].filter((id) => id !== null),
      ...named(order.product),
      quantity: order.seats ?? order.units ?? 1,
      buyer: buyerOf(order),
      ...(order.invoice_number && { orderNumber: order.invoice_number }),
      purchasedAt: instantOf(order.created_at) ?? at.occurredAt,
    })
  }
  if (isPaid) {
    facts.push({
      ...{ kind: 'payment', ...at, ref, payment: order.id },
      ...(order.net_amount !== null && { amount: order.net_amount }),
      ...(order.currency && { currency: order.currency }),
      // What changes or measures a plan pays for no period.
      ...(order.subscription?.current_period_end &&
        ['subscription_create', 'subscription_cycle'].includes(order.billing_reason ?? '') && {
          paidThrough: instantOf(order.subscription.current_period_end),
        }),
    })
  }
  if (isPaid && order.refunded_amount !== null) {
    facts.push({
      ...{ kind: 'refund', ...at, payment: order.id, refund: `total:${order.id}`, mode: 'total' },
      // What went back may not arrive, and then nothing did.
      state: order.refunded_amount > 0 ? 'succeeded' : 'failed',
      amount: order.refunded_amount,
    })
  }
  return [...facts, ...personFacts(order.customer, timestamp)]
}

/** The buyer within an object, as of their own last change. */
const personFacts = (person: z.infer<typeof Person>, timestamp: string): Fact[] =>
  person?.id && (person.modified_at ?? person.created_at) ? customerFacts({ ...person, id: person.id }, timestamp) : []

const states: Record<string, LineState> = {
  incomplete: 'pending',
  trialing: 'live',
  active: 'live',
  past_due: 'grace',
  paused: 'paused',
  canceled: 'ended',
  unpaid: 'ended',
  incomplete_expired: 'ended',
}

function subscriptionFacts(subscription: z.infer<typeof Subscription>, timestamp: string): Fact[] {
  const at = changed(subscription, timestamp)
  const state = states[subscription.status ?? '']
  const endsAt =
    state === 'ended'
      ? (instantOf(subscription.ended_at ?? subscription.ends_at) ?? at.occurredAt)
      : instantOf(subscription.ends_at ?? (subscription.cancel_at_period_end ? subscription.current_period_end : null))
  // The period moves to the next one before that is paid, and the first one begins before.
  const paidThrough = state === 'grace' ? subscription.current_period_start : subscription.current_period_end
  return [
    {
      ...{ kind: 'line', ...at, ref: `subscription:${subscription.id}`, line: '', type: 'subscription' },
      ...(state && { state }),
      productIds: [subscription.price_id, subscription.product_id].filter((id) => id !== null),
      ...named(subscription.product),
      quantity: subscription.seats ?? subscription.units ?? 1,
      buyer: buyerOf(subscription),
      endsAt,
      trialEndsAt: subscription.status === 'trialing' ? instantOf(subscription.trial_end) : null,
      ...(state !== 'pending' && { paidThrough: instantOf(paidThrough) }),
      purchasedAt: instantOf(subscription.started_at ?? subscription.created_at) ?? at.occurredAt,
    },
    ...personFacts(subscription.customer, timestamp),
  ]
}

const refundFacts = (refund: z.infer<typeof Refund>, timestamp: string): Fact[] => [
  {
    ...{ kind: 'refund', ...changed(refund, timestamp), payment: refund.order_id, refund: refund.id, mode: 'one' },
    state: refund.status === 'succeeded' ? 'succeeded' : refund.status === 'pending' ? 'pending' : 'failed',
    ...(refund.amount !== null && { amount: refund.amount }),
    revoke: refund.revoke_benefits,
  },
]

// `prevented` ones were refunded before the bank decided; early warnings moved no money.
const disputeStates = {
  lost: 'lost',
  won: 'won',
  prevented: 'won',
  needs_response: 'open',
  under_review: 'open',
} as const

function disputeFacts(dispute: z.infer<typeof Dispute>, timestamp: string): Fact[] {
  const state = disputeStates[dispute.status as keyof typeof disputeStates]
  return state
    ? [{ kind: 'dispute', ...changed(dispute, timestamp), payment: dispute.order_id, dispute: dispute.id, state }]
    : []
}

const customerFacts = (customer: z.infer<typeof Customer>, timestamp: string): Fact[] =>
  customer.email
    ? [
        {
          kind: 'customer',
          ...changed(customer, timestamp),
          customer: customer.id,
          email: customer.email,
          name: customer.name,
        },
      ]
    : []

const readers: Record<string, (data: unknown, timestamp: string) => Fact[]> = {
  order: (data, timestamp) => orderFacts(readAs(Order, data), timestamp),
  subscription: (data, timestamp) => subscriptionFacts(readAs(Subscription, data), timestamp),
  refund: (data, timestamp) => refundFacts(readAs(Refund, data), timestamp),
  customer: (data, timestamp) => customerFacts(readAs(Customer, data), timestamp),
}

const Envelope = z.object({ type: z.string(), timestamp: MaybeText, data: z.unknown() })

const Page = z.object({ items: z.array(z.unknown()), pagination: z.object({ max_page: z.number() }) })

async function* pages(api: StoreApi, path: string): AsyncIterable<unknown[]> {
  for (let page = 1; ; page++) {
    const { items, pagination } = readAs(
      Page,
      await api(`${path}${path.includes('?') ? '&' : '?'}page=${page}&limit=100`),
    )
    yield items
    if (page >= pagination.max_page) return
  }
}

export const polarStore: StoreReader = {
  name: 'polar',
  // The key is the secret's text as it is shown, `whsec_` and all.
  distrust: (delivery, secrets, now) =>
    distrustOf(
      standardSigned(delivery, (secret) => secret),
      secrets,
      now,
    ),
  read: (delivery) => {
    const { type, timestamp, data } = parsedBody(Envelope, delivery)
    const at = instantOf(timestamp) ?? delivery.receivedAt.toISOString()
    const read = readers[type.split('.')[0] ?? '']
    return [
      {
        key: requiredText(delivery.header('webhook-id'), 'the header webhook-id'),
        type,
        // Its sandbox is another host with secrets of its own.
        isTest: null,
        occurredAt: at,
        facts: read ? read(data, at) : [],
        ...(!read && { ignored: 'Events of this type do not concern license keys.' }),
      },
    ]
  },
  api: {
    origin: (mode) => (mode === 'test' ? 'https://sandbox-api.polar.sh' : 'https://api.polar.sh'),
    headers: (credential) => ({ authorization: `Bearer ${credential}` }),
    // There is no filter by time of change: orders and refunds are read newest first until older than asked, subscriptions all.
    changedSince: async function* (api, since, now) {
      const read = now.toISOString()
      const orders = `/v1/orders/?created_after=${encodeURIComponent(since.toISOString())}&sorting=created_at`
      for await (const items of pages(api, orders)) yield items.flatMap((item) => orderFacts(readAs(Order, item), read))
      for await (const items of pages(api, '/v1/subscriptions/'))
        yield items.flatMap((item) => subscriptionFacts(readAs(Subscription, item), read))
      for await (const items of pages(api, '/v1/refunds/'))
        yield items.flatMap((item) => refundFacts(readAs(Refund, item), read))
      for await (const items of pages(api, '/v1/disputes/'))
        yield items.flatMap((item) => disputeFacts(readAs(Dispute, item), read))
    },
  },
}
