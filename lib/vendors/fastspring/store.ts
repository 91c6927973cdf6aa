import '#server-only'
import { z } from 'zod'
import { emailToFind } from '../../base/text.ts'
import {
  instantOf,
  lenient,
  MaybeFlag,
  MaybeInteger,
  MaybeText,
  moneyOf,
  nameOf,
  parsedBody,
  readAs,
  UnreadableDelivery,
  versionOfSeconds,
} from '../../store-facts/read.ts'
import type { Reading, StoreReader } from '../../store-facts/reader.ts'
import type { Fact, Instant, LineState, StoreBuyer } from '../../store-facts/schema.ts'
import { distrustOf } from '../../store-facts/signatures.ts'

// FastSpring's webhooks (developer.fastspring.com/reference/webhooks-overview): several events in one POST. Things within things are
// written out where "webhook expansion" is on, and are bare ids where it is not. Dates are the midnight, in UTC, with which a day begins.

/** An object, or its id alone; the id goes by the object's kind. */
const expanded = <Shape extends z.ZodRawShape>(kind: string, shape: Shape) =>
  lenient(
    z.preprocess(
      (value) => {
        if (typeof value !== 'object' || value === null) return { id: value }
        const fields = value as Record<string, unknown>
        return { ...fields, id: fields[kind] ?? fields.id }
      },
      z.object({ id: z.string().min(1), ...shape }),
    ),
  )

const Person = lenient(z.object({ first: MaybeText, last: MaybeText, email: MaybeText, account: MaybeText }))
const Account = expanded('account', { contact: Person })
const Product = expanded('product', {})

const Subscription = z.object({
  state: MaybeText,
  active: MaybeFlag,
  changed: MaybeInteger,
  account: Account,
  product: Product,
  display: MaybeText,
  quantity: MaybeInteger,
  begin: MaybeInteger,
  next: MaybeInteger,
  end: MaybeInteger,
  deactivationDate: MaybeInteger,
})
const MaybeSubscription = expanded('subscription', Subscription.shape)

const Item = z.object({
  product: Product,
  display: MaybeText,
  quantity: MaybeInteger,
  subscription: MaybeSubscription,
})

const Order = expanded('order', {
  reference: MaybeText,
  completed: MaybeFlag,
  changed: MaybeInteger,
  currency: MaybeText,
  total: MaybeText,
  account: Account,
  customer: Person,
  recipients: lenient(z.array(z.object({ recipient: Person }))),
  items: lenient(z.array(Item)),
})

const Charge = z.object({
  order: Order,
  currency: MaybeText,
  total: MaybeText,
  status: MaybeText,
  timestamp: MaybeInteger,
  subscription: MaybeSubscription,
})

const Return = expanded('return', {
  completed: MaybeFlag,
  changed: MaybeInteger,
  currency: MaybeText,
  totalReturn: MaybeText,
  original: Order,
  items: lenient(z.array(z.object({ product: Product, quantity: MaybeInteger }))),
})

type Order = NonNullable<z.infer<typeof Order>>
type Subscription = NonNullable<z.infer<typeof MaybeSubscription>>

/** When the event was made, in milliseconds. */
type Made = number

const atOf = (changed: number | null, made: Made) => ({
  version: versionOfSeconds((changed ?? made) / 1_000),
  occurredAt: new Date(changed ?? made).toISOString(),
})

/** The end of the day that a date names. */
const endOfDay = (date: number | null): Instant | null =>
  date === null ? null : instantOf(new Date(date).toISOString().slice(0, 10))

/** Who gets the keys: the receiver of a gift, or who paid. */
function buyerOf({ recipients, customer, account }: Order): StoreBuyer {
  const receiver = recipients?.find(({ recipient }) => recipient?.email)?.recipient ?? null
  const isGift = receiver !== null && emailToFind(receiver.email ?? '') !== emailToFind(customer?.email ?? '')
  const person = receiver ?? customer ?? account?.contact
  return {
    ref: receiver?.account ?? (isGift ? null : (account?.id ?? null)),
    email: person?.email ?? null,
    name: nameOf(person?.first, person?.last),
  }
}

const productOf = (product: z.infer<typeof Product>, display: string | null) => ({
  ...(product && { productIds: [product.id] }),
  ...(display && { productName: display }),
})

// ---------------------------------------------------------------- orders

/** The products of an order that are bought for good, each once: a product is named by its path. */
function linesOf(items: z.infer<typeof Item>[]) {
  const lines = new Map<string, { quantity: number; display: string | null }>()
  for (const { product, quantity, display } of items)
    if (product)
      lines.set(product.id, { quantity: (lines.get(product.id)?.quantity ?? 0) + Math.max(1, quantity ?? 1), display })
  return lines
}

function orderFacts(order: Order, made: Made, state: LineState): Fact[] {
  const at = atOf(order.changed, made)
  const known = {
    buyer: buyerOf(order),
    ...(order.reference && { orderNumber: order.reference }),
    purchasedAt: at.occurredAt,
  }
  const forGood = linesOf((order.items ?? []).filter((item) => item.subscription === null))
  const subscriptions = new Map(
    (order.items ?? []).flatMap((item) => (item.subscription ? [[item.subscription.id, item]] : [])),
  )
  return [
    ...[...forGood].map(
      ([product, { quantity, display }]): Fact => ({
        ...{ kind: 'line', ...at, ref: `order:${order.id}`, line: product, allLines: [...forGood.keys()] },
        ...{ type: 'one_time', state, productIds: [product], quantity, ...known },
        ...(display && { productName: display }),
      }),
    ),
    // A subscription tells of itself, but of its buyer perhaps by an id only.
    ...[...subscriptions].map(
      ([id, { product, display }]): Fact => ({
        ...{ kind: 'line', ...at, ref: `subscription:${id}`, line: '', type: 'subscription' },
        ...productOf(product, display),
        ...known,
      }),
    ),
    ...(state === 'live' ? orderPayments(order, [...subscriptions.values()], forGood.size > 0, at) : []),
  ]
}

/** An order is the payment of everything in it. Returns name the order, so each subscription beside other things has its own name for it. */
function orderPayments(
  order: Order,
  subscriptions: z.infer<typeof Item>[],
  hasMore: boolean,
  at: { version: string; occurredAt: Instant },
): Fact[] {
  const isAlone = subscriptions.length === 1 && !hasMore
  const payment = { kind: 'payment', ...at, ...moneyOf(order.total, order.currency) } as const
  return [
    ...(hasMore || subscriptions.length === 0 ? [{ ...payment, ref: `order:${order.id}`, payment: order.id }] : []),
    ...subscriptions.flatMap(({ subscription }) => {
      if (!subscription) return []
      const names = isAlone ? { payment: order.id } : { payment: `${order.id}/${subscription.id}`, aliases: [order.id] }
      const paidThrough = endOfDay(subscription.next)
      return [{ ...payment, ref: `subscription:${subscription.id}`, ...names, ...(paidThrough && { paidThrough }) }]
    }),
  ]
}

// ---------------------------------------------------------------- subscriptions

function stateOf({ state, active }: Subscription): LineState | null {
  switch (state) {
    case 'active':
    case 'trial':
      return 'live'
    // It goes on until its day of deactivation.
    case 'canceled':
      return active === false ? 'ended' : 'live'
    case 'overdue':
      return 'grace'
    case 'deactivated':
      return 'ended'
    default:
      return null
  }
}

/** Whether it is more than an id. */
const isWritten = ({ state, product }: Subscription) => state !== null || product !== null

function subscriptionFacts(subscription: Subscription, made: Made): Fact[] {
  const at = atOf(subscription.changed, made)
  const { account, product, display, quantity, begin } = subscription
  const state = stateOf(subscription)
  const next = endOfDay(subscription.next)
  const end = endOfDay(subscription.deactivationDate ?? subscription.end)
  return [
    {
      ...{ kind: 'line', ...at, ref: `subscription:${subscription.id}`, line: '', type: 'subscription' },
      ...(state && { state }),
      ...productOf(product, display),
      ...(quantity !== null && { quantity: Math.max(1, quantity) }),
      ...(account?.contact?.email && {
        buyer: {
          ref: account.id,
          email: account.contact.email,
          name: nameOf(account.contact.first, account.contact.last),
        },
      }),
      endsAt: state === 'ended' ? (end && end < at.occurredAt ? end : at.occurredAt) : end,
      trialEndsAt: subscription.state === 'trial' ? next : null,
      // While it is overdue, the next payment is the one that is missing.
      ...(state === 'live' && next && { paidThrough: next }),
      ...(begin !== null && { purchasedAt: new Date(begin).toISOString() }),
    },
  ]
}

function chargeFacts(charge: z.infer<typeof Charge>, made: Made): Fact[] {
  const { subscription, order, timestamp } = charge
  if (!subscription) return []
  const paidThrough = endOfDay(subscription.next)
  const isPaid = charge.status === 'successful' && order !== null
  return [
    ...(isWritten(subscription) ? subscriptionFacts(subscription, made) : []),
    ...(isPaid
      ? [
          {
            ...{ kind: 'payment' as const, ...atOf(timestamp, made), ref: `subscription:${subscription.id}` },
            payment: order.id,
            ...moneyOf(charge.total ?? order.total, charge.currency ?? order.currency),
            ...(paidThrough && { paidThrough }),
          },
        ]
      : []),
  ]
}

// ---------------------------------------------------------------- money back

function returnFacts(back: NonNullable<z.infer<typeof Return>>, made: Made): Fact[] {
  const { original } = back
  if (!original) return []
  const { amount } = moneyOf(back.totalReturn, back.currency)
  const items = (back.items ?? []).flatMap(({ product, quantity }) =>
    product && quantity ? [{ line: product.id, quantity }] : [],
  )
  return [
    {
      ...{ kind: 'refund', ...atOf(back.changed, made), payment: original.id, refund: back.id, mode: 'one' },
      state: back.completed === false ? 'pending' : 'succeeded',
      ...(amount !== undefined && { amount }),
      lines: items.length > 0 ? items : null,
    },
  ]
}

/** FastSpring tells only that a chargeback began. */
function chargebackFacts(type: string, data: unknown, made: Made): Fact[] {
  const { original, order } = readAs(z.object({ original: Order, order: Order }), data)
  const of = original ?? order ?? (type.startsWith('order.') ? readAs(Order, data) : null)
  const { id } = needed(of, 'the order')
  return [{ kind: 'dispute', ...atOf(null, made), payment: id, dispute: `chargeback:${id}`, state: 'open' }]
}

// ---------------------------------------------------------------- events

const NOT_OURS = 'Events of this type do not concern license keys.'
const BARE = 'Only an id was sent: switch Enable Webhook Expansion on in FastSpring.'

/** What an event says, or why nothing follows from it. */
function factsOf(type: string, data: unknown, made: Made): Fact[] | string {
  if (type.includes('chargeback')) return chargebackFacts(type, data, made)
  if (type.startsWith('subscription.charge.')) return chargeFacts(readAs(Charge, data), made)
  if (type.startsWith('subscription.')) {
    const whole = readAs(MaybeSubscription, data)
    // Reminders have it within.
    const within =
      whole && isWritten(whole) ? whole : readAs(z.object({ subscription: MaybeSubscription }), data).subscription
    const subscription = needed(within ?? whole, 'the subscription')
    return isWritten(subscription) ? subscriptionFacts(subscription, made) : BARE
  }
  if (type === 'return.created') {
    const back = needed(readAs(Return, data), 'the return')
    return back.original ? returnFacts(back, made) : BARE
  }
  if (type.startsWith('order.')) {
    const order = needed(readAs(Order, data), 'the order')
    if (order.items === null) return BARE
    if (order.completed) return orderFacts(order, made, 'live')
    return orderFacts(order, made, ['order.canceled', 'order.failed'].includes(type) ? 'ended' : 'pending')
  }
  return NOT_OURS
}

function needed<Value>(value: Value | null, what: string): Value {
  if (value !== null) return value
  throw new UnreadableDelivery(`It lacks ${what}.`)
}

const Events = z.object({
  events: z.array(
    z.object({
      id: z.string().min(1),
      type: z.string(),
      created: z.number(),
      live: MaybeFlag,
      data: z.looseObject({}),
    }),
  ),
  more: MaybeFlag,
})

function readingOf({ id, type, created, live, data }: z.infer<typeof Events>['events'][number]): Reading {
  const facts = factsOf(type, data, created)
  return {
    ...{ key: id, type, isTest: live === null ? null : !live, occurredAt: new Date(created).toISOString() },
    ...(typeof facts === 'string' ? { facts: [], ignored: facts } : { facts }),
  }
}

const DAY_MS = 86_400_000

export const fastspringStore: StoreReader = {
  name: 'fastspring',
  distrust: (delivery, secrets, now) => {
    const signature = delivery.header('x-fs-signature')
    const given = signature === null ? [] : [signature]
    return distrustOf({ given, content: delivery.body, encoding: 'base64' }, secrets, now)
  },
  read: (delivery) => parsedBody(Events, delivery).events.map(readingOf),
  api: {
    origin: () => 'https://api.fastspring.com',
    headers: (credential) => ({ authorization: `Basic ${Buffer.from(credential).toString('base64')}` }),
    // Events that we did not take are kept for 30 days, 25 to an answer. Those of trial purchases among them are left.
    changedSince: async function* (api, since, now) {
      const end = now.getTime()
      let begin = Math.max(since.getTime(), end - 30 * DAY_MS + 60_000)
      for (;;) {
        const { events, more } = readAs(Events, await api(`/events/unprocessed?begin=${begin}&end=${end}`))
        for (const reading of events.map(readingOf)) if (!reading.isTest) yield reading.facts
        const last = Math.max(begin, ...events.map(({ created }) => created))
        if (!more || last === begin) return
        begin = last
      }
    },
  },
}
