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
  UnreadableDelivery,
  versionOf,
} from '../../store-facts/read.ts'
import type { StoreApi, StoreReader } from '../../store-facts/reader.ts'
import type { Fact, Instant, LineState, StoreBuyer } from '../../store-facts/schema.ts'
import { distrustOf, standardSigned } from '../../store-facts/signatures.ts'

// Dodo's webhooks (docs.dodopayments.com/developer-resources/webhooks). A body is written anew at each attempt: it has the state of now
// under the type of then. So the time of the attempt is its version, and the type decides nothing.

const Person = lenient(z.object({ customer_id: MaybeText, email: MaybeText, name: MaybeText }))

const Refund = z.object({
  refund_id: z.string(),
  payment_id: z.string(),
  status: MaybeText,
  is_partial: MaybeFlag,
  amount: MaybeInteger,
  created_at: MaybeText,
})

const Dispute = z.object({
  dispute_id: z.string(),
  payment_id: z.string(),
  dispute_status: MaybeText,
  is_resolved_by_rdr: MaybeFlag,
})

const Payment = z.object({
  payment_id: z.string(),
  status: MaybeText,
  total_amount: MaybeInteger,
  currency: MaybeText,
  created_at: MaybeText,
  customer: Person,
  product_cart: lenient(z.array(z.object({ product_id: z.string(), quantity: MaybeInteger }))),
  subscription_id: MaybeText,
  subscription_ids: lenient(z.array(z.string())),
  is_update_payment_method: MaybeFlag,
  refunds: lenient(z.array(z.unknown())),
  disputes: lenient(z.array(z.unknown())),
})

const Subscription = z.object({
  subscription_id: z.string(),
  status: MaybeText,
  product_id: MaybeText,
  product_name: MaybeText,
  quantity: MaybeInteger,
  customer: Person,
  created_at: MaybeText,
  next_billing_date: MaybeText,
  expires_at: MaybeText,
  cancel_at_next_billing_date: MaybeFlag,
  cancelled_at: MaybeText,
  past_due_ends_at: MaybeText,
  trial_period_days: MaybeInteger,
})

/** When the body was written: its version and, where the object has no time of its own, when it happened. */
type At = { version: string; occurredAt: Instant }

const buyerOf = (customer: z.infer<typeof Person>): StoreBuyer => ({
  ref: customer?.customer_id ?? null,
  email: customer?.email ?? null,
  name: customer?.name ?? null,
})

const refundStates: Record<string, 'succeeded' | 'failed' | 'pending'> = {
  succeeded: 'succeeded',
  failed: 'failed',
  pending: 'pending',
  review: 'pending',
}

function refundFacts(refund: z.infer<typeof Refund>, { version, occurredAt }: At): Fact[] {
  const state = refundStates[refund.status ?? '']
  const amount = refund.is_partial === false ? 'all' : refund.amount
  return [
    {
      ...{ kind: 'refund', version, occurredAt: instantOf(refund.created_at) ?? occurredAt },
      ...{ payment: refund.payment_id, refund: refund.refund_id, mode: 'one' },
      ...(state && { state }),
      ...(amount !== null && { amount }),
    },
  ]
}

const disputeStates: Record<string, 'open' | 'won' | 'lost'> = {
  dispute_opened: 'open',
  dispute_challenged: 'open',
  dispute_won: 'won',
  dispute_cancelled: 'won',
  dispute_expired: 'won',
  dispute_lost: 'lost',
  dispute_accepted: 'lost',
}

function disputeFacts(dispute: z.infer<typeof Dispute>, at: At): Fact[] {
  // Resolved by the card network's rules: the money went back without asking.
  const state = dispute.is_resolved_by_rdr ? 'lost' : disputeStates[dispute.dispute_status ?? '']
  return state ? [{ kind: 'dispute', ...at, payment: dispute.payment_id, dispute: dispute.dispute_id, state }] : []
}

const paymentStates: Record<string, LineState> = {
  succeeded: 'live',
  failed: 'ended',
  cancelled: 'ended',
  processing: 'pending',
  requires_customer_action: 'pending',
  requires_merchant_action: 'pending',
  requires_payment_method: 'pending',
  requires_confirmation: 'pending',
  requires_capture: 'pending',
}

/** The products of a cart, each once. */
function cartOf({ product_cart }: z.infer<typeof Payment>): Map<string, number> {
  const cart = new Map<string, number>()
  for (const { product_id, quantity } of product_cart ?? [])
    cart.set(product_id, (cart.get(product_id) ?? 0) + (quantity ?? 1))
  return cart
}

function paymentFacts(payment: z.infer<typeof Payment>, { version, occurredAt }: At): Fact[] {
  // Asks for a card and nothing else: no sale.
  if (payment.is_update_payment_method) return []
  const at = { version, occurredAt: instantOf(payment.created_at) ?? occurredAt }
  const { payment_id, subscription_id } = payment
  const subscriptions = payment.subscription_ids?.length ? payment.subscription_ids : [subscription_id ?? []].flat()
  const state = paymentStates[payment.status ?? '']
  const facts: Fact[] = []
  if (subscriptions.length === 0) {
    const cart = cartOf(payment)
    for (const [product, quantity] of cart) {
      facts.push({
        ...{ kind: 'line', version, occurredAt, ref: `order:${payment_id}`, line: product, allLines: [...cart.keys()] },
        ...{ type: 'one_time', productIds: [product], quantity, buyer: buyerOf(payment.customer) },
        ...(state && { state }),
        purchasedAt: at.occurredAt,
      })
    }
  }
  if (state === 'live') {
    const money = {
      ...(payment.total_amount !== null && { amount: payment.total_amount }),
      ...(payment.currency && { currency: payment.currency }),
    }
    const [only, ...more] = subscriptions
    if (more.length === 0) {
      const ref = only === undefined ? `order:${payment_id}` : `subscription:${only}`
      facts.push({ kind: 'payment', ...at, ref, payment: payment_id, ...money })
    }
    // One charge may pay for several subscriptions; refunds name the charge.
    else
      for (const each of subscriptions) {
        const names = { payment: `${payment_id}:${each}`, aliases: [payment_id] }
        facts.push({ kind: 'payment', ...at, ref: `subscription:${each}`, ...names, ...money })
      }
  }
  const back = (payment.refunds ?? []).map((refund) => readAs(Refund, refund))
  const disputed = (payment.disputes ?? []).map((dispute) => readAs(Dispute, dispute))
  return [
    ...facts,
    ...back.flatMap((refund) => refundFacts(refund, { version, occurredAt })),
    ...disputed.flatMap((dispute) => disputeFacts(dispute, { version, occurredAt })),
  ]
}

const subscriptionStates: Record<string, LineState> = {
  pending: 'pending',
  active: 'live',
  past_due: 'grace',
  on_hold: 'paused',
  paused: 'paused',
  cancelled: 'ended',
  expired: 'ended',
  failed: 'ended',
}

const DAY_MS = 86_400_000

function subscriptionFacts(subscription: z.infer<typeof Subscription>, at: At): Fact[] {
  const { status, cancelled_at, next_billing_date } = subscription
  const state = subscriptionStates[status ?? '']
  const began = instantOf(subscription.created_at)
  const paidThrough = instantOf(next_billing_date)
  // `expires_at` is the end of the whole term, years away; only one that has passed is an end.
  const over =
    status === 'failed' ? began : status === 'expired' ? instantOf(subscription.expires_at) : instantOf(cancelled_at)
  const trialDays = subscription.trial_period_days ?? 0
  const inTrial = began !== null && Date.parse(began) + trialDays * DAY_MS > Date.parse(at.occurredAt)
  const graceUntil = instantOf(subscription.past_due_ends_at)
  return [
    {
      ...{ kind: 'line', ...at, ref: `subscription:${subscription.subscription_id}`, line: '', type: 'subscription' },
      ...(state && { state }),
      productIds: [subscription.product_id].filter((id) => id !== null),
      ...(subscription.product_name && { productName: subscription.product_name }),
      quantity: Math.max(1, subscription.quantity ?? 1),
      buyer: buyerOf(subscription.customer),
      // Where it does not say when it ended, that was when it first said so.
      endsAt:
        state === 'ended'
          ? over && over < at.occurredAt
            ? over
            : null
          : subscription.cancel_at_next_billing_date
            ? paidThrough
            : null,
      // Lists leave it out.
      ...((state !== 'grace' || graceUntil) && { graceUntil: state === 'grace' ? graceUntil : null }),
      trialEndsAt: inTrial && state === 'live' ? paidThrough : null,
      // What was not paid for is not said to be.
      ...(state === 'live' && { paidThrough }),
      ...(began && { purchasedAt: began }),
    },
  ]
}

const readers: Record<string, (data: unknown, at: At) => Fact[]> = {
  Payment: (data, at) => paymentFacts(readAs(Payment, data), at),
  Subscription: (data, at) => subscriptionFacts(readAs(Subscription, data), at),
  Refund: (data, at) => refundFacts(readAs(Refund, data), at),
  Dispute: (data, at) => disputeFacts(readAs(Dispute, data), at),
}

const Envelope = z.object({
  type: z.string(),
  timestamp: MaybeText,
  data: z.looseObject({ payload_type: MaybeText, is_update_payment_method: MaybeFlag }),
})

const Page = z.object({ items: z.array(z.unknown()) })

/** A list by its pages, which are counted from 0 and end with an empty one. */
async function* pages(api: StoreApi, path: string): AsyncIterable<unknown[]> {
  for (let page = 0; ; page++) {
    const { items } = readAs(Page, await api(`${path}page_size=100&page_number=${page}`))
    if (items.length === 0) return
    yield items
  }
}

const Id = z.object({ payment_id: z.string(), is_update_payment_method: MaybeFlag })

/** How long a refund or a dispute may change after it began; lists know only when that was. */
const SETTLING_DAYS = 120

export const dodoStore: StoreReader = {
  name: 'dodo',
  distrust: (delivery, secrets, now) => distrustOf(standardSigned(delivery), secrets, now),
  read: (delivery) => {
    const { type, timestamp, data } = parsedBody(Envelope, delivery)
    const seconds = requiredText(delivery.header('webhook-timestamp'), 'the header webhook-timestamp')
    if (!/^\d{1,12}$/.test(seconds)) throw new UnreadableDelivery('The header webhook-timestamp is no time.')
    const written = new Date(Number(seconds) * 1_000).toISOString()
    const read = readers[data.payload_type ?? '']
    const ignored = !read
      ? 'Events of this type do not concern license keys.'
      : data.is_update_payment_method
        ? 'Only another payment method was stored.'
        : undefined
    return [
      {
        key: requiredText(delivery.header('webhook-id'), 'the header webhook-id'),
        type,
        // Its test mode is another host with secrets of its own.
        isTest: null,
        occurredAt: instantOf(timestamp) ?? written,
        facts: read ? read(data, { version: versionOf(written, written), occurredAt: written }) : [],
        ...(ignored && { ignored }),
      },
    ]
  },
  api: {
    origin: (mode) => (mode === 'test' ? 'https://test.dodopayments.com' : 'https://live.dodopayments.com'),
    headers: (credential) => ({ authorization: `Bearer ${credential}` }),
    // Lists filter by when something began only: subscriptions are read all, refunds and disputes from long before.
    changedSince: async function* (api, since, now) {
      const at = { version: versionOf(now.toISOString(), now.toISOString()), occurredAt: now.toISOString() }
      const from = (date: Date) => encodeURIComponent(date.toISOString())
      const settling = from(new Date(since.getTime() - SETTLING_DAYS * DAY_MS))
      for await (const items of pages(api, `/payments?created_at_gte=${from(since)}&status=succeeded&`))
        for (const item of items) {
          // A list has no carts.
          const { payment_id } = readAs(Id, item)
          yield paymentFacts(readAs(Payment, await api(`/payments/${encodeURIComponent(payment_id)}`)), at)
        }
      for await (const items of pages(api, '/subscriptions?'))
        yield items.flatMap((item) => subscriptionFacts(readAs(Subscription, item), at))
      for await (const items of pages(api, `/refunds?created_at_gte=${settling}&`))
        yield items.flatMap((item) => refundFacts(readAs(Refund, item), at))
      for await (const items of pages(api, `/disputes?created_at_gte=${settling}&`))
        yield items.flatMap((item) => disputeFacts(readAs(Dispute, item), at))
    },
  },
}
