import '#server-only'
import { z } from 'zod'
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
  requiredText,
  versionOf,
} from '../../store-facts/read.ts'
import type { StoreReader } from '../../store-facts/reader.ts'
import type { Fact, Instant, LineState, RefundState, StoreBuyer } from '../../store-facts/schema.ts'
import { distrustOf } from '../../store-facts/signatures.ts'

// Shopify's webhooks (shopify.dev/docs/api/webhooks): orders and their refunds. Subscriptions are of apps and renew as new orders: they
// are read as orders.

const Id = z.union([z.number().int(), z.string().min(1)]).transform(String)

const Money = lenient(z.object({ shop_money: lenient(z.object({ currency_code: MaybeText })) }))

const Refund = z.object({
  id: Id,
  order_id: Id,
  created_at: MaybeText,
  processed_at: MaybeText,
  refund_line_items: lenient(z.array(z.object({ line_item_id: Id, quantity: MaybeInteger, subtotal_set: Money }))),
  order_adjustments: lenient(z.array(z.object({ amount_set: Money }))),
  transactions: lenient(
    z.array(
      z.object({
        kind: MaybeText,
        status: MaybeText,
        amount: MaybeText,
        currency: MaybeText,
        test: MaybeFlag,
      }),
    ),
  ),
})

const Order = z.object({
  id: Id,
  name: MaybeText,
  test: MaybeFlag,
  currency: MaybeText,
  financial_status: MaybeText,
  total_price: MaybeText,
  contact_email: MaybeText,
  email: MaybeText,
  customer: lenient(z.object({ id: MaybeText, email: MaybeText, first_name: MaybeText, last_name: MaybeText })),
  billing_address: lenient(z.object({ name: MaybeText })),
  created_at: MaybeText,
  processed_at: MaybeText,
  updated_at: MaybeText,
  line_items: z.array(
    z.object({
      id: Id,
      product_id: MaybeText,
      variant_id: MaybeText,
      name: MaybeText,
      quantity: MaybeInteger,
      current_quantity: MaybeInteger,
    }),
  ),
  refunds: lenient(z.array(z.unknown())),
})

type Order = z.infer<typeof Order>
type Refund = z.infer<typeof Refund>

const states: Record<string, LineState> = {
  paid: 'live',
  partially_refunded: 'live',
  pending: 'pending',
  authorized: 'pending',
  partially_paid: 'pending',
  refunded: 'ended',
  voided: 'ended',
}

const PAID = ['paid', 'partially_refunded', 'refunded']

function buyerOf({ customer, contact_email, email, billing_address }: Order): StoreBuyer {
  return {
    ref: customer?.id ?? null,
    email: contact_email ?? email ?? customer?.email ?? null,
    name: nameOf(customer?.first_name, customer?.last_name) ?? billing_address?.name ?? null,
  }
}

function orderFacts(order: Order, received: Instant): Fact[] {
  const text = order.updated_at ?? order.created_at
  const at = { version: versionOf(text, received), occurredAt: instantOf(text) ?? received }
  const boughtAt = instantOf(order.processed_at ?? order.created_at)
  const ref = `order:${order.id}`
  // That an order was canceled says nothing of its money: the status does.
  const state = states[order.financial_status ?? '']
  const lines = order.line_items.map(
    ({ id, product_id, variant_id, name, quantity, current_quantity }): Fact => ({
      ...{ kind: 'line', ...at, ref, line: id, allLines: order.line_items.map((line) => line.id), type: 'one_time' },
      // Taken out of the order, with or without money.
      ...(state && { state: state === 'live' && current_quantity === 0 ? 'ended' : state }),
      productIds: [variant_id, product_id].filter((each) => each !== null),
      ...(name && { productName: name }),
      // What was bought: the units that went back are told by refunds, and must not be taken off twice.
      quantity: Math.max(1, quantity ?? 1),
      buyer: buyerOf(order),
      ...(order.name && { orderNumber: order.name }),
      ...(boughtAt && { purchasedAt: boughtAt }),
    }),
  )
  const payment: Fact[] = PAID.includes(order.financial_status ?? '')
    ? [
        {
          ...{ kind: 'payment', version: at.version, occurredAt: boughtAt ?? at.occurredAt, ref, payment: order.id },
          ...moneyOf(order.total_price, order.currency),
        },
      ]
    : []
  const back = (order.refunds ?? []).map((refund) => readAs(Refund, { order_id: order.id, ...Object(refund) }))
  return [...lines, ...payment, ...back.flatMap((refund) => refundFacts(refund, received, at.version, order.currency))]
}

function refundState(transactions: NonNullable<Refund['transactions']>): RefundState {
  const has = (status: string) => transactions.some((each) => each.status === status)
  // Units can be taken back without any money.
  if (transactions.length === 0 || has('success')) return 'succeeded'
  return has('pending') ? 'pending' : 'failed'
}

/** What the shop counts in, where the refund tells: buyers may pay, and get back, another currency. */
const shopCurrency = ({ refund_line_items, order_adjustments }: Refund) =>
  [
    ...(refund_line_items ?? []).map(({ subtotal_set }) => subtotal_set),
    ...(order_adjustments ?? []).map(({ amount_set }) => amount_set),
  ].find((each) => each?.shop_money?.currency_code)?.shop_money?.currency_code ?? null

/** One refund. An order tells its refunds too, and knows them as of its own version. */
function refundFacts(refund: Refund, received: Instant, version?: string, orderCurrency?: string | null): Fact[] {
  const text = refund.processed_at ?? refund.created_at
  const money = (refund.transactions ?? []).filter(({ kind }) => kind === 'refund')
  const counted = orderCurrency ?? shopCurrency(refund)
  const isForeign = counted !== null && money.some(({ currency }) => currency !== null && currency !== counted)
  const amount = money
    .filter(({ status }) => status === 'success' || status === 'pending')
    .reduce((sum, each) => sum + (moneyOf(each.amount, each.currency ?? counted).amount ?? 0), 0)
  const units = new Map<string, number>()
  for (const { line_item_id, quantity } of refund.refund_line_items ?? [])
    if (quantity) units.set(line_item_id, (units.get(line_item_id) ?? 0) + quantity)
  if (money.length === 0 && units.size === 0) return []
  return [
    {
      ...{ kind: 'refund', version: version ?? versionOf(text, received), occurredAt: instantOf(text) ?? received },
      ...{ payment: refund.order_id, refund: refund.id, mode: 'one', state: refundState(money) },
      // What cannot be compared with the payment is left out; the order’s status tells when all went back.
      ...(!isForeign && { amount }),
      lines: units.size > 0 ? [...units].map(([line, quantity]) => ({ line, quantity })) : null,
    },
  ]
}

const Body = z.looseObject({
  id: Id.optional(),
  line_items: z.unknown().optional(),
  refund_line_items: z.unknown().optional(),
  transactions: z.unknown().optional(),
  order_id: z.unknown().optional(),
})

function factsOf(body: z.infer<typeof Body>, received: Instant): { facts: Fact[]; isTest: boolean | null } | null {
  if (body.line_items !== undefined && body.order_id === undefined) {
    const order = readAs(Order, body)
    return { facts: orderFacts(order, received), isTest: order.test }
  }
  if (body.order_id !== undefined && (body.refund_line_items !== undefined || body.transactions !== undefined)) {
    const refund = readAs(Refund, body)
    const tests = (refund.transactions ?? []).flatMap(({ test }) => test ?? [])
    return { facts: refundFacts(refund, received), isTest: tests.length > 0 ? tests.includes(true) : null }
  }
  return null
}

const PRIVACY = ['customers/data_request', 'customers/redact', 'shop/redact']

/** Address and token as one text: `https://shpat_…@shop.myshopify.com`. */
const addressOf = (credential: string) => new URL(credential)

const Page = z.object({ orders: z.array(z.unknown()) })
const PAGE = 250

export const shopifyStore: StoreReader = {
  name: 'shopify',
  distrust: (delivery, secrets, now) => {
    const signature = delivery.header('x-shopify-hmac-sha256')
    const given = signature === null ? [] : [signature]
    return distrustOf({ given, content: delivery.body, encoding: 'base64' }, secrets, now)
  },
  read: (delivery) => {
    const body = parsedBody(Body, delivery)
    const type = delivery.header('x-shopify-topic') ?? 'unknown'
    const event = delivery.header('x-shopify-event-id') ?? delivery.header('x-shopify-webhook-id')
    const told = factsOf(body, delivery.receivedAt.toISOString())
    const ignored = PRIVACY.includes(type)
      ? 'Shopify asks for what is known of a person, or to forget it: find the customer here and see to it.'
      : 'Events of this type do not concern license keys.'
    return [
      {
        // One event may be told under several topics.
        key: `${requiredText(event, 'the header X-Shopify-Event-Id')}:${type}:${body.id ?? ''}`,
        type,
        isTest: told?.isTest ?? null,
        occurredAt: instantOf(delivery.header('x-shopify-triggered-at')),
        facts: told?.facts ?? [],
        ...(!told && { ignored }),
      },
    ]
  },
  api: {
    origin: (_mode, credential) => addressOf(credential).origin,
    headers: (credential) => ({ 'x-shopify-access-token': decodeURIComponent(addressOf(credential).username) }),
    // Page by page by the time of change, as the next page is named in a header. Orders of trials among them are left.
    changedSince: async function* (api, since, now) {
      let from = since
      for (;;) {
        const query = `status=any&limit=${PAGE}&order=updated_at%20asc&updated_at_min=${encodeURIComponent(from.toISOString())}`
        const { orders } = readAs(Page, await api(`/admin/api/2026-07/orders.json?${query}`))
        const read = orders.map((each) => readAs(Order, each))
        yield read.filter(({ test }) => !test).flatMap((order) => orderFacts(order, now.toISOString()))
        const last = new Date(instantOf(read.at(-1)?.updated_at) ?? now)
        if (orders.length < PAGE) return
        from = last > from ? last : new Date(from.getTime() + 1_000)
      }
    },
  },
}
