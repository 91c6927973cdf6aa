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
import type { Ask, Delivery, StoreApi, StoreReader } from '../../store-facts/reader.ts'
import type { Fact, Instant, LineFact, LineState, RefundState } from '../../store-facts/schema.ts'
import { distrustOf, type Signed } from '../../store-facts/signatures.ts'

// Paddle Billing's notifications (developer.paddle.com/webhooks), read by what an object is: its id begins with its kind. No address of a
// buyer is in any but those of customers. Items of a subscription have no ids, so their price is their line; lines of a transaction have.

const Times = { created_at: MaybeText, updated_at: MaybeText }
const Price = lenient(
  z.object({ id: MaybeText, product_id: MaybeText, name: MaybeText, billing_cycle: lenient(z.object({})) }),
)
const Product = lenient(z.object({ name: MaybeText }))
const Period = lenient(z.object({ starts_at: MaybeText, ends_at: MaybeText }))

const Transaction = z.object({
  ...{ ...Times, id: z.string(), status: MaybeText, origin: MaybeText, customer_id: MaybeText },
  ...{ subscription_id: MaybeText, invoice_number: MaybeText, currency_code: MaybeText, billed_at: MaybeText },
  billing_period: Period,
  items: z.array(z.object({ price: Price, quantity: MaybeInteger, proration: lenient(z.object({})) })),
  details: lenient(
    z.object({
      totals: lenient(z.object({ grand_total: MaybeInteger })),
      line_items: lenient(z.array(z.object({ id: MaybeText, price_id: MaybeText, product: Product }))),
    }),
  ),
  customer: z.unknown().optional(),
})

const Subscription = z.object({
  ...{ ...Times, id: z.string(), status: MaybeText, customer_id: MaybeText, transaction_id: MaybeText },
  ...{ started_at: MaybeText, canceled_at: MaybeText, current_billing_period: Period },
  collection_mode: MaybeText,
  scheduled_change: lenient(z.object({ action: MaybeText, effective_at: MaybeText })),
  items: z.array(
    z.object({
      price: Price,
      product: Product,
      quantity: MaybeInteger,
      recurring: MaybeFlag,
      trial_dates: Period,
    }),
  ),
})

const Adjustment = z.object({
  ...{ ...Times, id: z.string(), action: MaybeText, type: MaybeText, status: MaybeText, transaction_id: z.string() },
  items: lenient(z.array(z.object({ item_id: MaybeText, type: MaybeText }))),
  totals: lenient(z.object({ total: MaybeInteger })),
})

const Customer = z.object({ ...Times, id: z.string(), email: MaybeText, name: MaybeText })

/** When what carries an object was written, for objects that do not say when they changed. */
type Read = Instant
/** What an object says; what has to be asked besides; why nothing follows. */
type Said = { facts: Fact[]; asks?: Ask[]; ignored?: string }

const changed = (object: { created_at: string | null; updated_at: string | null }, read: Read) => {
  const text = object.updated_at ?? object.created_at ?? read
  return { version: versionOf(text, read), occurredAt: instantOf(text) ?? read }
}

const bought = (price: z.infer<typeof Price>, product: z.infer<typeof Product>) => {
  const name = product?.name ?? price?.name
  return {
    productIds: [price?.id, price?.product_id].filter((id) => typeof id === 'string'),
    ...(name && { productName: name }),
  }
}

const buyerOf = (ref: string | null) => ({ buyer: { ref, email: null, name: null } })

/** Who the customer is, for when their own event is not ticked or comes late. */
const asksForCustomer = (customer: string | null, read: Read): { asks?: Ask[] } =>
  customer === null
    ? {}
    : {
        asks: [
          {
            path: `/customers/${encodeURIComponent(customer)}`,
            read: (answer) => customerSays(readAs(z.object({ data: z.unknown() }), answer).data, read).facts,
            otherwise: [],
          },
        ],
      }

function transactionSays(data: unknown, read: Read): Said {
  const transaction = readAs(Transaction, data)
  const { id, status, origin, items, subscription_id, customer_id } = transaction
  if (status !== 'completed' && status !== 'paid')
    return { facts: [], ignored: 'Nothing has been paid: what follows is said by the subscription, if it is for one.' }
  if (origin === 'subscription_payment_method_change')
    return { facts: [], ignored: 'It only changes how a subscription is paid.' }
  const at = changed(transaction, read)
  const isRecurring = items.some(({ price }) => price?.billing_cycle)
  if (isRecurring && !subscription_id)
    return { facts: [], ignored: 'Paddle has not made its subscription yet, and says more when that is done.' }
  const ref = isRecurring ? `subscription:${subscription_id}` : `order:${id}`
  const lines = transaction.details?.line_items ?? []
  const facts: Fact[] = items.flatMap(({ price, quantity }, index): LineFact[] => {
    // What renews is issued under the subscription, which says it too.
    if (price?.billing_cycle) return []
    const line = lines.find((each) => each.price_id === price?.id)
    return [
      {
        // By the line, as refunds name it.
        ...{ kind: 'line', ...at, ref, line: line?.id ?? price?.id ?? String(index), type: 'one_time', state: 'live' },
        ...bought(price, line?.product ?? null),
        quantity: Math.max(quantity ?? 1, 1),
        ...buyerOf(customer_id),
        ...(transaction.invoice_number && { orderNumber: transaction.invoice_number }),
        purchasedAt: instantOf(transaction.billed_at ?? transaction.created_at) ?? at.occurredAt,
      },
    ]
  })
  const total = transaction.details?.totals?.grand_total ?? null
  const paysPeriod = items.some(({ price, proration }) => price?.billing_cycle && !proration)
  facts.push({
    ...{ kind: 'payment', ...at, ref, payment: id },
    ...(total !== null && { amount: total }),
    ...(transaction.currency_code && { currency: transaction.currency_code }),
    ...(paysPeriod && transaction.billing_period && { paidThrough: instantOf(transaction.billing_period.ends_at) }),
  })
  if (transaction.customer) facts.push(...customerSays(transaction.customer, read).facts)
  else if (origin !== 'subscription_recurring') return { facts, ...asksForCustomer(customer_id, read) }
  return { facts }
}

const states: Record<string, LineState> = {
  active: 'live',
  trialing: 'live',
  past_due: 'grace',
  paused: 'paused',
  canceled: 'ended',
}

function subscriptionSays(data: unknown, read: Read): Said {
  const subscription = readAs(Subscription, data)
  const at = changed(subscription, read)
  const { status, scheduled_change, current_billing_period: period, customer_id } = subscription
  const state = states[status ?? '']
  const items = subscription.items.filter(({ recurring, price }) => recurring !== false && price?.id)
  // Periods move before they are paid, and transactions say which are. Only the first is paid before there is a subscription.
  const isPaid =
    state === 'live' && subscription.collection_mode !== 'manual' && period?.starts_at === subscription.started_at
  const facts = items.map(
    ({ price, product, quantity, trial_dates }): LineFact => ({
      ...{ kind: 'line', ...at, ref: `subscription:${subscription.id}`, line: price?.id ?? '', type: 'subscription' },
      allLines: items.flatMap((item) => item.price?.id ?? []),
      ...(state && { state }),
      ...bought(price, product),
      quantity: Math.max(quantity ?? 1, 1),
      ...buyerOf(customer_id),
      endsAt:
        state === 'ended'
          ? (instantOf(subscription.canceled_at) ?? at.occurredAt)
          : scheduled_change?.action === 'cancel'
            ? instantOf(scheduled_change.effective_at)
            : null,
      trialEndsAt: status === 'trialing' ? instantOf(trial_dates?.ends_at ?? period?.ends_at) : null,
      ...(isPaid && period && { paidThrough: instantOf(period.ends_at) }),
      purchasedAt: instantOf(subscription.started_at ?? subscription.created_at) ?? at.occurredAt,
    }),
  )
  return { facts, ...(subscription.transaction_id && asksForCustomer(customer_id, read)) }
}

const refundStates: Record<string, RefundState> = {
  approved: 'succeeded',
  pending_approval: 'pending',
  rejected: 'failed',
  reversed: 'failed',
}

function adjustmentSays(data: unknown, read: Read): Said {
  const adjustment = readAs(Adjustment, data)
  const { id, action, type, status, transaction_id: payment, items, totals } = adjustment
  const at = changed(adjustment, read)
  const isWhole = type === 'full'
  if (action === 'refund') {
    const state = refundStates[status ?? '']
    const amount = isWhole ? 'all' : totals?.total
    const whole = (items ?? []).flatMap(({ item_id, type }) => (type === 'full' && item_id ? [item_id] : []))
    const fact: Fact = {
      ...{ kind: 'refund', ...at, payment, refund: id, mode: 'one' },
      ...(state && { state }),
      ...(typeof amount === 'number' || amount === 'all' ? { amount } : {}),
      lines: isWhole || whole.length === 0 ? null : whole.map((line) => ({ line, quantity: 'all' })),
    }
    return { facts: [fact] }
  }
  // Paddle has given the money back by then; what it wins again is an adjustment of its own, so both go by the transaction.
  const isBack = action === 'chargeback_reverse' || status === 'reversed'
  if ((action === 'chargeback' || action === 'chargeback_reverse') && (status === 'approved' || status === 'reversed'))
    return { facts: [{ kind: 'dispute', ...at, payment, dispute: payment, state: isBack ? 'won' : 'lost' }] }
  return { facts: [], ignored: 'No money went back to the buyer.' }
}

function customerSays(data: unknown, read: Read): Said {
  const customer = readAs(Customer, data)
  const { id, email, name } = customer
  return email
    ? { facts: [{ kind: 'customer', ...changed(customer, read), customer: id, email, name }] }
    : { facts: [], ignored: 'It has no e-mail address.' }
}

/** By the first letters of an id. */
const readers: Record<string, (data: unknown, read: Read) => Said> = {
  txn: transactionSays,
  sub: subscriptionSays,
  adj: adjustmentSays,
  ctm: customerSays,
}

const Event = z.object({
  ...{ event_id: z.string(), event_type: z.string(), occurred_at: MaybeText },
  data: z.looseObject({ id: MaybeText }),
})

function signed(delivery: Delivery): Signed {
  const parts = (delivery.header('paddle-signature') ?? '').split(';').map((part) => part.trim().split('=', 2))
  const at = parts.find(([name]) => name === 'ts')?.[1] ?? ''
  return {
    given: parts.flatMap(([name, value]) => (name === 'h1' && value ? [value] : [])),
    content: Buffer.concat([Buffer.from(`${at}:`), delivery.body]),
    encoding: 'hex',
    at: /^\d{1,12}$/.test(at) ? Number(at) : Number.NaN,
  }
}

const Page = z.object({
  data: z.array(z.unknown()),
  meta: lenient(z.object({ pagination: lenient(z.object({ next: MaybeText, has_more: MaybeFlag })) })),
})

async function* pages(api: StoreApi, path: string): AsyncIterable<unknown[]> {
  for (let next: string | null = path; next; ) {
    const { data, meta }: z.infer<typeof Page> = readAs(Page, await api(next))
    yield data
    next = meta?.pagination?.has_more ? meta.pagination.next : null
  }
}

/** How long a refund may wait to be approved: adjustments are listed by when they were made. */
const LATE_MS = 90 * 86_400_000

export const paddleStore: StoreReader = {
  name: 'paddle',
  distrust: (delivery, secrets, now) => distrustOf(signed(delivery), secrets, now),
  read: (delivery) => {
    const { event_id, event_type, occurred_at, data } = parsedBody(Event, delivery)
    const read = instantOf(occurred_at) ?? delivery.receivedAt.toISOString()
    const [, kind = ''] = /^([a-z]+)_/.exec(data.id ?? '') ?? []
    const said: Said = readers[kind]?.(data, occurred_at ?? read) ?? {
      facts: [],
      ignored: 'Events of this type do not concern license keys.',
    }
    // Its sandbox is another host with secrets of its own.
    return [{ key: requiredText(event_id, 'its id'), type: event_type, isTest: null, occurredAt: read, ...said }]
  },
  api: {
    origin: (mode) => (mode === 'test' ? 'https://sandbox-api.paddle.com' : 'https://api.paddle.com'),
    headers: (credential) => ({ authorization: `Bearer ${credential}`, 'paddle-version': '1' }),
    changedSince: async function* (api, since, now) {
      const read = now.toISOString()
      const transactions = `/transactions?status=completed,paid&updated_at[GTE]=${since.toISOString()}&include=customer`
      for await (const data of pages(api, transactions)) yield data.flatMap((each) => transactionSays(each, read).facts)
      for await (const data of pages(api, '/subscriptions?per_page=200'))
        yield data.flatMap((each) => subscriptionSays(each, read).facts)
      const from = new Date(since.getTime() - LATE_MS).toISOString()
      for await (const data of pages(api, '/adjustments?order_by=id[DESC]')) {
        yield data.flatMap((each) => adjustmentSays(each, read).facts)
        const times = data.map((each) => instantOf(readAs(z.object(Times), each).created_at) ?? read)
        if (times.every((time) => time < from)) return
      }
    },
  },
}
