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
  versionOfSeconds,
} from '../../store-facts/read.ts'
import type { Ask, Delivery, StoreApi, StoreReader } from '../../store-facts/reader.ts'
import type { DisputeState, Fact, LineFact, LineState, RefundState, Version } from '../../store-facts/schema.ts'
import { distrustOf, type Signed } from '../../store-facts/signatures.ts'
import { stripeSetup } from './store-setup.ts'

// Stripe's events (docs.stripe.com/api/events), read by the object that they carry. An endpoint sends objects as its API version has them,
// so what moved in 2025 (periods, prices and subscriptions of invoices) is looked for in both places.

const Metadata = lenient(z.object({ latchkey_product: MaybeText }))
/** Another object: its id, or the object itself where it was asked for. */
const Id = z.preprocess(
  (value) => (typeof value === 'object' ? (value as { id?: unknown } | null)?.id : value),
  MaybeText,
)
const Price = lenient(z.object({ id: MaybeText, product: Id, nickname: MaybeText, metadata: Metadata }))
const List = <Schema extends z.ZodType>(schema: Schema) =>
  z.object({ data: z.array(schema), has_more: z.boolean().catch(false) })

const LineItem = z.object({ id: z.string(), description: MaybeText, quantity: MaybeInteger, price: Price })

const Session = z.object({
  id: z.string(),
  mode: MaybeText,
  status: MaybeText,
  payment_status: MaybeText,
  created: MaybeInteger,
  amount_total: MaybeInteger,
  currency: MaybeText,
  customer: Id,
  customer_account: Id,
  customer_email: MaybeText,
  customer_details: lenient(z.object({ email: MaybeText, name: MaybeText })),
  payment_intent: Id,
  payment_link: Id,
  invoice: Id,
  metadata: Metadata,
  line_items: lenient(List(LineItem)),
})

const Subscription = z.object({
  id: z.string(),
  status: MaybeText,
  customer: Id,
  customer_account: Id,
  created: MaybeInteger,
  start_date: MaybeInteger,
  cancel_at: MaybeInteger,
  cancel_at_period_end: MaybeFlag,
  ended_at: MaybeInteger,
  trial_end: MaybeInteger,
  current_period_end: MaybeInteger,
  metadata: Metadata,
  items: List(
    z.object({
      id: z.string(),
      quantity: MaybeInteger,
      current_period_end: MaybeInteger,
      price: Price,
      metadata: Metadata,
    }),
  ),
})

const Invoice = z.object({
  id: z.string(),
  status: MaybeText,
  customer: Id,
  customer_email: MaybeText,
  customer_name: MaybeText,
  created: MaybeInteger,
  status_transitions: lenient(z.object({ finalized_at: MaybeInteger })),
  amount_paid: MaybeInteger,
  currency: MaybeText,
  parent: lenient(z.object({ subscription_details: lenient(z.object({ subscription: Id })) })),
  subscription: Id,
  payment_intent: Id,
  charge: Id,
  payments: lenient(List(z.unknown())),
  lines: List(
    z.object({
      period: lenient(z.object({ end: MaybeInteger })),
      proration: MaybeFlag,
      subscription: Id,
      parent: lenient(z.object({ subscription_item_details: lenient(z.object({ proration: MaybeFlag })) })),
    }),
  ),
})

const InvoicePayment = z.object({
  invoice: Id,
  status: MaybeText,
  payment: lenient(z.object({ payment_intent: Id, charge: Id })),
})

const Charge = z.object({
  id: z.string(),
  payment_intent: Id,
  invoice: Id,
  amount_refunded: MaybeInteger,
  currency: MaybeText,
  refunded: MaybeFlag,
})

const Refund = z.object({
  id: z.string(),
  payment_intent: Id,
  charge: Id,
  amount: MaybeInteger,
  currency: MaybeText,
  status: MaybeText,
})

const Dispute = z.object({ id: z.string(), payment_intent: Id, charge: Id, status: MaybeText })

const Customer = z.object({ id: z.string(), email: MaybeText, name: MaybeText })

/** When an object was as it is told, and the event that tells it. */
type At = { version: Version; occurredAt: string; type: string }
/** What an object says; what has to be asked besides; why nothing follows. */
type Said = { facts: Fact[]; asks?: Ask[]; ignored?: string }

const stamp = ({ version, occurredAt }: At) => ({ version, occurredAt })

/**
 * An amount in the currency's smallest unit. Of Stripe's special cases (docs.stripe.com/currencies) only the Ugandan shilling differs: it has no
 * smaller unit and is told in hundredths all the same. ISK, HUF and TWD are told in hundredths, as they are kept here.
 */
const smallest = (amount: number, currency: string | null): number =>
  currency?.toLowerCase() === 'ugx' ? Math.round(amount / 100) : amount
const ids = (...all: (string | null | undefined)[]) => all.filter((id) => typeof id === 'string')

/** What was bought: Stripe's ids and the names that the merchant wrote. People are asked about a name of their own, and about nothing else. */
function productIds(all: readonly string[], named: readonly (string | null | undefined)[]): string[] {
  const [name] = ids(...named)
  return name === undefined || all.at(-1) === name ? [...all] : [...all, name]
}

function sessionSays(session: z.infer<typeof Session>, at: At): Said {
  const ref = `order:${session.id}`
  const buyer = {
    ref: session.customer ?? session.customer_account,
    email: session.customer_details?.email ?? session.customer_email,
    name: session.customer_details?.name ?? null,
  }
  if (session.mode === 'subscription') {
    return buyer.ref && buyer.email
      ? // As of the start of the session: what was typed then is not said anew by an event that comes later.
        { facts: [customerFact(buyer.ref, buyer.email, buyer.name, session.created, at)] }
      : { facts: [], ignored: 'The subscription itself says what was bought.' }
  }
  if (session.mode !== 'payment' || session.status === 'open' || session.status === 'expired')
    return { facts: [], ignored: 'Nothing was bought in this checkout.' }

  const isPaid = session.payment_status === 'paid' || session.payment_status === 'no_payment_required'
  // The session of a delayed payment that failed looks like one that still waits: only the event tells them apart.
  const hasFailed = session.payment_status === 'unpaid' && at.type.endsWith('async_payment_failed')
  const state: LineState | undefined = isPaid
    ? 'live'
    : hasFailed
      ? 'ended'
      : session.payment_status === 'unpaid'
        ? 'pending'
        : undefined
  const line: Omit<LineFact, 'line'> = {
    ...{ kind: 'line', ...stamp(at), ref, type: 'one_time' },
    ...(state && { state }),
    ...(hasFailed && { endsAt: at.occurredAt }),
    buyer,
    purchasedAt: instantOf(session.created) ?? at.occurredAt,
  }
  // What the merchant wrote on the whole session, or the link, names a product only where there is one.
  const whole = ids(session.metadata?.latchkey_product, session.payment_link)
  const lines = (answer: unknown): Fact[] => {
    const items = readAs(List(LineItem), answer).data
    return items.map(({ id, quantity, description, price }) => ({
      ...{ ...line, line: id, quantity: quantity ?? 1 },
      productIds: productIds(
        ids(price?.metadata?.latchkey_product, price?.id, price?.product, ...(items.length === 1 ? whole : [])),
        [price?.metadata?.latchkey_product, items.length === 1 ? session.metadata?.latchkey_product : null],
      ),
      ...(description && { productName: description }),
    }))
  }
  const facts: Fact[] = isPaid
    ? [
        {
          ...{ kind: 'payment', ...stamp(at), ref, payment: session.id },
          aliases: ids(session.payment_intent, session.invoice),
          ...(session.amount_total !== null && { amount: smallest(session.amount_total, session.currency) }),
          ...(session.currency && { currency: session.currency }),
        },
      ]
    : []
  // Where they come along, only ten do.
  if (session.line_items) facts.push(...lines(session.line_items))
  if (session.line_items?.has_more === false) return { facts }
  const ask = {
    path: `/v1/checkout/sessions/${encodeURIComponent(session.id)}/line_items?limit=100`,
    read: lines,
    otherwise: [{ ...line, line: '', productIds: productIds(whole, [session.metadata?.latchkey_product]) }],
  }
  return { facts, asks: [ask] }
}

const states: Record<string, LineState> = {
  incomplete: 'pending',
  trialing: 'live',
  active: 'live',
  past_due: 'grace',
  paused: 'paused',
  unpaid: 'paused',
  canceled: 'ended',
  incomplete_expired: 'ended',
}

function subscriptionSays(subscription: z.infer<typeof Subscription>, at: At): Said {
  const { data: items, has_more } = subscription.items
  const state = states[subscription.status ?? '']
  const periodEnd = Math.max(...items.map((item) => item.current_period_end ?? subscription.current_period_end ?? 0), 0)
  // Flexible billing sets only the date, the dashboard and disputes only the flag.
  const planned = subscription.cancel_at ?? (subscription.cancel_at_period_end && periodEnd > 0 ? periodEnd : null)
  const isOver = state === 'ended'
  const facts = items.map(
    (item): LineFact => ({
      ...{ kind: 'line', ...stamp(at), ref: `subscription:${subscription.id}`, line: item.id, type: 'subscription' },
      ...(!has_more && { allLines: items.map(({ id }) => id) }),
      // None of an item is no item.
      ...(item.quantity === 0 ? { state: 'ended' } : state && { state }),
      productIds: productIds(
        ids(
          ...[item.metadata?.latchkey_product, item.price?.metadata?.latchkey_product],
          ...[item.price?.id, item.price?.product],
          items.length === 1 && !has_more ? subscription.metadata?.latchkey_product : null,
        ),
        [
          ...[item.metadata?.latchkey_product, item.price?.metadata?.latchkey_product],
          items.length === 1 && !has_more ? subscription.metadata?.latchkey_product : null,
        ],
      ),
      ...(item.price?.nickname && { productName: item.price.nickname }),
      // Metered prices have none.
      quantity: Math.max(item.quantity ?? 1, 1),
      buyer: { ref: subscription.customer ?? subscription.customer_account, email: null, name: null },
      endsAt: isOver ? (instantOf(subscription.ended_at) ?? at.occurredAt) : instantOf(planned),
      trialEndsAt: subscription.status === 'trialing' ? instantOf(subscription.trial_end) : null,
      purchasedAt: instantOf(subscription.start_date ?? subscription.created) ?? at.occurredAt,
    }),
  )
  return { facts }
}

function invoiceSays(invoice: z.infer<typeof Invoice>, at: At): Said {
  const subscription = invoice.parent?.subscription_details?.subscription ?? invoice.subscription
  if (!subscription) return { facts: [], ignored: 'It is no invoice of a subscription.' }
  // Trials, plan changes and dunning are told by the subscription.
  if (invoice.status !== 'paid')
    return { facts: [], ignored: 'It is not paid: what follows is said by the subscription itself.' }
  const ends = invoice.lines.data.flatMap(({ period, parent, proration, subscription: old }) => {
    const item = parent?.subscription_item_details
    const isPeriod = (item ?? old) !== null && !(item?.proration ?? proration)
    return isPeriod && period?.end ? [period.end] : []
  })
  const facts: Fact[] = [
    {
      ...{ kind: 'payment', ...stamp(at), ref: `subscription:${subscription}`, payment: invoice.id },
      aliases: [
        ...ids(invoice.payment_intent, invoice.charge),
        ...(invoice.payments?.data ?? []).flatMap((each) => paidBy(readAs(InvoicePayment, each))),
      ],
      ...(invoice.amount_paid !== null && { amount: smallest(invoice.amount_paid, invoice.currency) }),
      ...(invoice.currency && { currency: invoice.currency }),
      ...(ends.length > 0 && { paidThrough: instantOf(Math.max(...ends)) }),
    },
  ]
  if (invoice.customer && invoice.customer_email) {
    // An invoice keeps the address of the moment it was made final.
    const since = invoice.status_transitions?.finalized_at ?? invoice.created
    facts.push(customerFact(invoice.customer, invoice.customer_email, invoice.customer_name, since, at))
  }
  return { facts }
}

const paidBy = ({ payment }: z.infer<typeof InvoicePayment>) => ids(payment?.payment_intent, payment?.charge)

/** By which other names refunds and disputes may call an invoice. */
function invoicePaymentSays(each: z.infer<typeof InvoicePayment>, at: At): Said {
  const aliases = paidBy(each)
  if (!each.invoice || each.status !== 'paid' || aliases.length === 0)
    return { facts: [], ignored: 'It does not say which payment an invoice was paid with.' }
  return { facts: [{ kind: 'payment', ...stamp(at), ref: null, payment: each.invoice, aliases }] }
}

/** Which invoice a payment was for, for those whose `invoice_payment.paid` never came. */
const asksForInvoice = (intent: string | null, at: At): { asks?: Ask[] } =>
  intent === null
    ? {}
    : {
        asks: [
          {
            path: `/v1/invoice_payments?payment[type]=payment_intent&payment[payment_intent]=${encodeURIComponent(intent)}`,
            read: (answer) =>
              readAs(List(InvoicePayment), answer).data.flatMap((each) => invoicePaymentSays(each, at).facts),
            otherwise: [],
          },
        ],
      }

function chargeSays(charge: z.infer<typeof Charge>, at: At): Said {
  const payment = charge.payment_intent ?? charge.id
  const facts: Fact[] = []
  if (charge.invoice) {
    const aliases = ids(charge.payment_intent, charge.id)
    facts.push({ kind: 'payment', ...stamp(at), ref: null, payment: charge.invoice, aliases })
  }
  if (!charge.amount_refunded)
    return { facts, ...(facts.length === 0 && { ignored: 'Nothing of this charge went back.' }) }
  facts.push({
    ...{ kind: 'refund', ...stamp(at), payment, refund: `total:${charge.id}`, mode: 'total', state: 'succeeded' },
    amount: charge.refunded ? 'all' : smallest(charge.amount_refunded, charge.currency),
  })
  return { facts, ...(!charge.invoice && asksForInvoice(charge.payment_intent, at)) }
}

const refundStates: Record<string, RefundState> = {
  succeeded: 'succeeded',
  pending: 'pending',
  requires_action: 'pending',
  failed: 'failed',
  canceled: 'failed',
}

function refundSays(refund: z.infer<typeof Refund>, at: At): Said {
  const payment = refund.payment_intent ?? refund.charge
  const state = refundStates[refund.status ?? '']
  if (!payment) return { facts: [], ignored: 'It does not say what was refunded.' }
  const facts: Fact[] = [
    {
      ...{ kind: 'refund', ...stamp(at), payment, refund: refund.id, mode: 'one' },
      ...(state && { state }),
      ...(refund.amount !== null && { amount: smallest(refund.amount, refund.currency) }),
    },
  ]
  // The charge has counted it already and says nothing when it comes back: the others are known one by one.
  if (state === 'failed' && refund.charge)
    facts.push({ kind: 'refund', ...stamp(at), payment, refund: `total:${refund.charge}`, mode: 'total', state })
  return { facts, ...asksForInvoice(refund.payment_intent, at) }
}

const disputeStates: Record<string, DisputeState> = {
  needs_response: 'open',
  under_review: 'open',
  won: 'won',
  warning_closed: 'won',
  prevented: 'won',
  lost: 'lost',
}

function disputeSays(dispute: z.infer<typeof Dispute>, at: At): Said {
  const payment = dispute.payment_intent ?? dispute.charge
  const state = disputeStates[dispute.status ?? '']
  if (dispute.status?.startsWith('warning_') && !state)
    return { facts: [], ignored: 'It is an enquiry of the bank: no money has moved.' }
  if (!payment || !state) return { facts: [], ignored: 'It does not say how the dispute stands.' }
  return {
    facts: [{ kind: 'dispute', ...stamp(at), payment, dispute: dispute.id, state }],
    ...asksForInvoice(dispute.payment_intent, at),
  }
}

const customerFact = (
  ...[customer, email, name, since, at]: [string, string, string | null, number | null, At]
): Fact => ({
  ...{ kind: 'customer', customer, email, name },
  ...(since === null ? stamp(at) : { version: versionOfSeconds(since), occurredAt: instantOf(since) ?? at.occurredAt }),
})

const customerSays = ({ id, email, name }: z.infer<typeof Customer>, at: At): Said =>
  email ? { facts: [customerFact(id, email, name, null, at)] } : { facts: [], ignored: 'It has no e-mail address.' }

/** What each kind of object says; where one is read anew, with what it otherwise leaves out. */
const objects: Record<string, { path: string; with?: string; says: (object: unknown, at: At) => Said }> = {
  'checkout.session': {
    path: 'checkout/sessions',
    with: 'line_items',
    says: (object, at) => sessionSays(readAs(Session, object), at),
  },
  subscription: { path: 'subscriptions', says: (object, at) => subscriptionSays(readAs(Subscription, object), at) },
  invoice: { path: 'invoices', with: 'payments', says: (object, at) => invoiceSays(readAs(Invoice, object), at) },
  invoice_payment: {
    path: 'invoice_payments',
    says: (object, at) => invoicePaymentSays(readAs(InvoicePayment, object), at),
  },
  charge: { path: 'charges', says: (object, at) => chargeSays(readAs(Charge, object), at) },
  refund: { path: 'refunds', says: (object, at) => refundSays(readAs(Refund, object), at) },
  dispute: { path: 'disputes', says: (object, at) => disputeSays(readAs(Dispute, object), at) },
  customer: { path: 'customers', says: (object, at) => customerSays(readAs(Customer, object), at) },
}
const others = 'Events of this type do not concern license keys.'

const says = (object: unknown, at: At): Said => {
  const kind = readAs(z.object({ object: z.string() }), object).object
  return objects[kind]?.says(object, at) ?? { facts: [], ignored: others }
}

const Event = z.object({
  id: z.string(),
  object: z.literal('event'),
  type: z.string(),
  created: z.number(),
  livemode: MaybeFlag,
  data: z.object({ object: z.unknown() }),
})

const eventSays = ({ type, created, data }: z.infer<typeof Event>): Said =>
  says(data.object, { type, version: versionOfSeconds(created), occurredAt: new Date(created * 1_000).toISOString() })

/** An event that only names its object. */
const ThinEvent = z.object({
  id: z.string(),
  object: z.literal('v2.core.event'),
  type: z.string(),
  created: z.string(),
  livemode: MaybeFlag,
  related_object: lenient(z.object({ url: z.string() })),
})

function thinEventSays({ type, created, related_object }: z.infer<typeof ThinEvent>, receivedAt: string): Said {
  const url = related_object?.url ?? ''
  const [, kind] = /^\/v1\/([a-z_]+(?:\/sessions)?)\/[^/?#]+$/.exec(url) ?? []
  const known = Object.values(objects).find(({ path }) => path === kind)
  if (!known) return { facts: [], ignored: others }
  // As of the event, although it is read later: what changed since then has an event of its own.
  const at = { type, version: versionOf(created, receivedAt), occurredAt: instantOf(created) ?? receivedAt }
  const path = known.with ? `${url}?expand[]=${known.with}` : url
  return { facts: [], asks: [{ path, read: (object) => says(object, at).facts, otherwise: [] }] }
}

function signed(delivery: Delivery): Signed {
  const parts = (delivery.header('stripe-signature') ?? '').split(',').map((part) => part.trim().split('=', 2))
  const at = parts.find(([name]) => name === 't')?.[1] ?? ''
  return {
    given: parts.flatMap(([name, value]) => (name === 'v1' && value ? [value] : [])),
    content: Buffer.concat([Buffer.from(`${at}.`), delivery.body]),
    encoding: 'hex',
    at: /^\d{1,12}$/.test(at) ? Number(at) : Number.NaN,
  }
}

async function* pages(api: StoreApi, path: string): AsyncIterable<unknown[]> {
  for (let after = ''; ; ) {
    const { data, has_more } = readAs(List(z.unknown()), await api(`${path}${after}`))
    yield data
    const last = data.at(-1)
    if (!has_more || last === undefined) return
    after = `&starting_after=${encodeURIComponent(readAs(z.object({ id: z.string() }), last).id)}`
  }
}

async function answered(api: StoreApi, { facts, asks = [] }: Said): Promise<Fact[]> {
  const all = [...facts]
  for (const ask of asks) all.push(...ask.read(await api(ask.path)))
  return all
}

const DAY_S = 86_400
/** How long Stripe keeps events, a day less. */
const EVENTS_DAYS = 29

/** Lists of what is, where events are gone: with how many days before the question what changed since may have been made. */
const lists = [
  { path: '/v1/checkout/sessions?limit=100&status=complete&expand[]=data.line_items', days: 30 },
  { path: '/v1/subscriptions?limit=100&status=all', days: null },
  { path: '/v1/invoices?limit=100&status=paid&expand[]=data.payments', days: 60 },
  { path: '/v1/refunds?limit=100', days: 30 },
  { path: '/v1/disputes?limit=100', days: 180 },
]

export const stripeStore: StoreReader = {
  name: 'stripe',
  distrust: (delivery, secrets, now) => distrustOf(signed(delivery), secrets, now),
  read: (delivery) => {
    const event = parsedBody(z.union([Event, ThinEvent]), delivery)
    const receivedAt = delivery.receivedAt.toISOString()
    const said = event.object === 'event' ? eventSays(event) : thinEventSays(event, receivedAt)
    return [
      {
        key: requiredText(event.id, 'its id'),
        type: event.type,
        isTest: event.livemode === null ? null : !event.livemode,
        occurredAt: instantOf(event.created),
        ...said,
      },
    ]
  },
  api: {
    origin: () => 'https://api.stripe.com',
    headers: (credential) => ({ authorization: `Bearer ${credential}`, 'stripe-version': '2026-10-28.endive' }),
    changedSince: async function* (api, since, now) {
      const from = Math.floor(since.getTime() / 1_000)
      const read = Math.floor(now.getTime() / 1_000)
      if (read - from <= EVENTS_DAYS * DAY_S) {
        const types = stripeSetup.events.map((type) => `&types[]=${type}`).join('')
        for await (const events of pages(api, `/v1/events?limit=100&created[gte]=${from}${types}`))
          for (const event of events) yield answered(api, eventSays(readAs(Event, event)))
        return
      }
      const at = { type: '', version: versionOfSeconds(read), occurredAt: now.toISOString() }
      for (const { path, days } of lists) {
        const made = days === null ? '' : `&created[gte]=${from - days * DAY_S}`
        for await (const objects of pages(api, `${path}${made}`))
          for (const object of objects) yield answered(api, says(object, at))
      }
    },
  },
}
