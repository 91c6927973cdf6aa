import '#server-only'
import { z } from 'zod'
import {
  instantOf,
  lenient,
  MaybeFlag,
  MaybeInteger,
  MaybeText,
  readAs,
  requiredText,
  UnreadableDelivery,
  versionOf,
  versionOfSeconds,
} from '../../store-facts/read.ts'
import type { Ask, Delivery, Reading, StoreApi, StoreReader } from '../../store-facts/reader.ts'
import type { Fact, Instant, LineFact, LineState, Version } from '../../store-facts/schema.ts'
import { gumroadSetup } from './store-setup.ts'

// Gumroad's pings (gumroad.com/ping) and resource subscriptions (gumroad.com/api). Nothing is signed: who knows the address can write
// anything, so with a token only the id is believed and the sale is read from the API. Pings have no version either: what a sale says is
// as old as the sale, what happened to it since is as old as the ping.

const Names = lenient(z.record(z.string(), z.string()))

/** A sale: of a ping, or as the API has it under other names. */
const Sale = z.object({
  ...{ sale_id: MaybeText, id: MaybeText, sale_timestamp: MaybeText, created_at: MaybeText },
  ...{ product_id: MaybeText, product_name: MaybeText, short_product_id: MaybeText, product_permalink: MaybeText },
  ...{ variants: Names, quantity: MaybeInteger, price: MaybeInteger, order_number: MaybeText, order_id: MaybeText },
  // `email` is the address of the account in the API, `purchase_email` what was typed.
  ...{ email: MaybeText, purchase_email: MaybeText, full_name: MaybeText, purchaser_id: MaybeText },
  ...{ subscription_id: MaybeText, recurrence: MaybeText, subscription_duration: MaybeText, dead: MaybeFlag },
  ...{ is_recurring_charge: MaybeFlag, recurring_charge: MaybeFlag },
  ...{ refunded: MaybeFlag, partially_refunded: MaybeFlag, disputed: MaybeFlag, dispute_won: MaybeFlag },
  ...{ is_preorder_authorization: MaybeFlag, is_gift_sender_purchase: MaybeFlag, test: MaybeFlag },
})
type Sale = z.infer<typeof Sale>

/** A membership, of a ping or of the API. */
const Membership = z.object({
  ...{ subscription_id: MaybeText, id: MaybeText, product_id: MaybeText, product_name: MaybeText, status: MaybeText },
  ...{ user_id: MaybeText, user_email: MaybeText, email: MaybeText, created_at: MaybeText },
  ...{ cancelled_at: MaybeText, failed_at: MaybeText, ended_at: MaybeText, restarted_at: MaybeText },
  ...{ free_trial_ends_at: MaybeText, effective_as_of: MaybeText },
  new_plan: lenient(z.object({ tier: lenient(z.object({ name: MaybeText })), quantity: MaybeInteger })),
})
type Membership = z.infer<typeof Membership>

type At = { version: Version; occurredAt: Instant }

const stamp = (time: string | null, otherwise: Instant): At => ({
  version: versionOf(time, otherwise),
  occurredAt: instantOf(time) ?? otherwise,
})

/**
 * Versions of a product are named, not numbered: `<product>/<names>`, then the tier of a membership alone, by which a change of plan names
 * it, then the product.
 */
const productIds = (product: string | null, variant: string, permalink: string | null, tier: string | null = null) => [
  ...new Set(
    [...[variant, tier].map((name) => name && product && `${product}/${name}`), product, permalink].filter(
      (id): id is string => Boolean(id),
    ),
  ),
]

const MONTHS: Record<string, number> = { monthly: 1, quarterly: 3, biannually: 6, yearly: 12, every_two_years: 24 }

/** The same day some months later, or the last of its month. */
function monthsAfter(time: Instant, months: number): Instant {
  const date = new Date(time)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, last))
  return date.toISOString()
}

/** The person: their account, or whoever has the membership, as one can be bought without an account. */
const personOf = (account: string | null, membership: string | null): string | null =>
  account ?? (membership && `membership:${membership}`)

/** What a sale says; `isRefund` when it was told because some of it went back. */
function saleFacts(sale: Sale, read: Instant, isRefund = false): Fact[] {
  // The receiver of a gift has a sale of their own, and a pre-order is charged by another sale.
  if (sale.is_preorder_authorization || sale.is_gift_sender_purchase) return []
  const id = requiredText(sale.sale_id ?? sale.id, 'the id of the sale')
  const at = stamp(sale.sale_timestamp ?? sale.created_at, read)
  const now = stamp(read, read)
  const { subscription_id: subscription } = sale
  const ref = subscription ? `subscription:${subscription}` : `order:${id}`
  const variant = Object.values(sale.variants ?? {}).join(', ')
  const order = sale.order_number ?? sale.order_id
  const months = MONTHS[sale.recurrence ?? sale.subscription_duration ?? '']
  const name = variant && sale.product_name ? `${sale.product_name} (${variant})` : sale.product_name
  const [buyer, email] = [personOf(sale.purchaser_id, subscription), sale.purchase_email ?? sale.email]
  const facts: Fact[] = [
    {
      ...{ kind: 'line', ...at, ref, line: '', type: subscription ? 'subscription' : 'one_time', state: 'live' },
      // The API's permalink is the short id of pings; theirs is an address.
      productIds: productIds(
        sale.product_id,
        variant,
        sale.short_product_id ?? (sale.id && sale.product_permalink),
        sale.variants?.Tier,
      ),
      ...(name && { productName: name }),
      quantity: Math.max(sale.quantity ?? 1, 1),
      buyer: { ref: buyer, email, name: sale.full_name },
      // Later charges of a membership have numbers and times of their own.
      ...(!(sale.is_recurring_charge || sale.recurring_charge) && {
        ...(order && { orderNumber: order }),
        purchasedAt: at.occurredAt,
      }),
    },
    {
      ...{ kind: 'payment', ...at, ref, payment: id },
      // Always in US cents: `currency` is that of the price, not of the amount.
      ...(sale.price !== null && { amount: sale.price, currency: 'usd' }),
      ...(subscription && months && { paidThrough: monthsAfter(at.occurredAt, months) }),
    },
  ]
  // Known without when: only that it is.
  if (subscription && sale.dead)
    facts.push({ kind: 'line', ...now, ref, line: '', type: 'subscription', state: 'ended' })
  if (sale.refunded || sale.partially_refunded || isRefund) {
    facts.push({
      ...{ kind: 'refund', ...now, payment: id, refund: `total:${id}`, mode: 'total', state: 'succeeded' },
      // How much of it went back is not said.
      ...(sale.refunded && { amount: 'all' }),
    })
  }
  if (sale.disputed) {
    facts.push({ kind: 'dispute', ...now, payment: id, dispute: id, state: sale.dispute_won ? 'won' : 'open' })
  }
  // No event tells of an address that the buyer of a membership changes: its next charge does.
  if (subscription && buyer && email)
    facts.push({ kind: 'customer', ...at, customer: buyer, email, name: sale.full_name })
  return facts
}

const membershipRef = (membership: Membership) =>
  `subscription:${requiredText(membership.subscription_id ?? membership.id, 'the id of the membership')}`

/** What is known of a membership from its first day, for when its sale never came: anything newer says it better. */
function baseOf(membership: Membership, read: Instant): LineFact {
  const { product_id, product_name, user_id, user_email, email, created_at } = membership
  const occurredAt = instantOf(created_at) ?? read
  return {
    ...{ kind: 'line', version: versionOfSeconds(0), occurredAt, ref: membershipRef(membership), line: '' },
    ...{ type: 'subscription', productIds: productIds(product_id, '', null), purchasedAt: occurredAt },
    ...(product_name && { productName: product_name }),
    buyer: {
      ref: personOf(user_id, membership.subscription_id ?? membership.id),
      ...{ email: email ?? user_email, name: null },
    },
  }
}

const line = (membership: Membership, at: At): LineFact => ({
  ...{ kind: 'line', ...at, ref: membershipRef(membership), line: '', type: 'subscription' },
})

const statuses: Record<string, LineState> = {
  alive: 'live',
  pending_cancellation: 'live',
  pending_failure: 'grace',
  failed_payment: 'ended',
  fixed_subscription_period_ended: 'ended',
  cancelled: 'ended',
}

/** What a membership of the API says. */
function membershipFacts(membership: Membership, read: Instant): Fact[] {
  const { status, cancelled_at, failed_at, ended_at, free_trial_ends_at } = membership
  const trialEndsAt = instantOf(free_trial_ends_at)
  const state = statuses[status ?? '']
  return [
    baseOf(membership, read),
    {
      ...line(membership, stamp(read, read)),
      ...(state && { state }),
      endsAt: instantOf(failed_at ?? ended_at ?? cancelled_at),
      trialEndsAt: trialEndsAt && trialEndsAt > read ? trialEndsAt : null,
    },
  ]
}

/** What a ping about a membership says; a time to come is never its version. */
const happened: Record<string, (membership: Membership, read: Instant) => Fact[]> = {
  cancellation: (membership, read) => {
    // When access ends, usually at the end of what is paid.
    const endsAt = instantOf(membership.cancelled_at) ?? read
    const isOver = endsAt <= read
    return [{ ...line(membership, stamp(isOver ? endsAt : read, read)), endsAt, ...(isOver && { state: 'ended' }) }]
  },
  subscription_ended: (membership, read) => {
    const at = stamp(membership.ended_at, read)
    return [{ ...line(membership, at), state: 'ended', endsAt: at.occurredAt }]
  },
  subscription_restarted: (membership, read) => [
    { ...line(membership, stamp(membership.restarted_at, read)), state: 'live', endsAt: null },
  ],
  subscription_updated: (membership, read) => {
    const { effective_as_of, new_plan, product_id } = membership
    const at = stamp(effective_as_of, read)
    // One to come is told again by the next sale.
    if (at.occurredAt > read) return []
    return [
      {
        ...line(membership, at),
        ...(new_plan?.tier?.name && { productIds: productIds(product_id, new_plan.tier.name, null) }),
        ...(new_plan?.quantity && { quantity: new_plan.quantity }),
      },
    ]
  },
}

const SaleAnswer = z.object({ sale: lenient(Sale) })
const MembershipAnswer = z.object({ subscriber: lenient(Membership) })

const answeredSale = (answer: unknown, read: Instant) => {
  const { sale } = readAs(SaleAnswer, answer)
  // There is no such sale of this seller.
  return sale ? saleFacts(sale, read) : []
}
const answeredMembership = (answer: unknown, read: Instant) => {
  const { subscriber } = readAs(MembershipAnswer, answer)
  return subscriber ? membershipFacts(subscriber, read) : []
}

type Fields = { [name: string]: string | Fields }

/** The fields of a form, with `a[b]` as a within b. Lists (`a[]`) are not needed. */
function formOf(body: string): Fields {
  const fields: Fields = Object.create(null)
  for (const [name, value] of new URLSearchParams(body)) {
    const [, first = name, rest = ''] = /^([^[\]]+)((?:\[[^[\]]+\])*)$/.exec(name) ?? []
    const path = [first, ...[...rest.matchAll(/\[([^\]]+)\]/g)].map(([, part = '']) => part)]
    const last = path.pop() ?? name
    let within = fields
    for (const part of path) {
      const known = within[part]
      const next: Fields = typeof known === 'object' ? known : Object.create(null)
      within[part] = next
      within = next
    }
    within[last] = value
  }
  return fields
}

/** A body: a form, or JSON for sellers who have chosen that. */
function bodyOf({ body }: Delivery): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body).trim()
    return text.startsWith('{') ? JSON.parse(text) : formOf(text)
  } catch {
    throw new UnreadableDelivery('The body is neither a form nor JSON.')
  }
}

const Ping = z.object({ resource_name: MaybeText, sale_id: MaybeText, subscription_id: MaybeText, test: MaybeFlag })
const aboutSales = ['sale', 'refund', 'dispute', 'dispute_won']

function readPing(delivery: Delivery): Reading {
  const body = bodyOf(delivery)
  const { resource_name, sale_id, subscription_id, test } = readAs(Ping, body)
  const read = delivery.receivedAt.toISOString()
  const type = resource_name ?? 'sale'
  const id = requiredText(sale_id ?? subscription_id, 'the id of a sale or a membership')
  // Two refunds of one sale look the same, and so may two cancellations.
  const key = `${type}:${id}:${read}`
  if (resource_name === null && test) {
    const ignored = 'This is a test ping: it repeats the latest sale and sells nothing.'
    return { key, type, isTest: true, occurredAt: read, facts: [], ignored }
  }
  if (aboutSales.includes(type)) {
    const sale = readAs(Sale, body)
    const otherwise = saleFacts(sale, read, type === 'refund')
    const isSale = type === 'sale'
    const ask: Ask = {
      path: `/v2/sales/${encodeURIComponent(requiredText(sale_id, 'the id of the sale'))}`,
      read: (answer) => answeredSale(answer, read),
      otherwise,
    }
    return {
      ...{ key: isSale ? `${type}:${id}` : key, type, isTest: test === true, facts: [] },
      occurredAt: (isSale && instantOf(sale.sale_timestamp)) || read,
      ...(otherwise.length > 0 ? { asks: [ask] } : { ignored: 'It is charged by a sale of its own.' }),
    }
  }
  const says = happened[type]
  if (!says) {
    const ignored = 'Events of this type do not concern license keys.'
    return { key, type, isTest: null, occurredAt: read, facts: [], ignored }
  }
  const membership = readAs(Membership, body)
  const facts = says(membership, read)
  const reading = { key, type, isTest: null, occurredAt: facts[0]?.occurredAt ?? read }
  // The API has no plans: those are taken as they are told.
  if (type === 'subscription_updated')
    return { ...reading, facts, ...(facts.length === 0 && { ignored: 'It changes later: the next charge says it.' }) }
  const ask: Ask = {
    path: `/v2/subscribers/${encodeURIComponent(requiredText(subscription_id, 'the id of the membership'))}`,
    read: (answer) => answeredMembership(answer, read),
    otherwise: [baseOf(membership, read), ...facts],
  }
  return { ...reading, facts: [], asks: [ask] }
}

const Page = z.object({ next_page_key: MaybeText })

async function* pages(api: StoreApi, path: string): AsyncIterable<unknown> {
  for (let key: string | null = ''; key !== null; ) {
    const answer = await api(key ? `${path}&page_key=${encodeURIComponent(key)}` : path)
    yield answer
    key = readAs(Page, answer).next_page_key
  }
}

/** How long after a sale its refund is still found: sales are listed by when they were made. */
const LATE_MS = 31 * 86_400_000

/** What Gumroad sends an event of, to whom. */
const Subscribed = z.object({ resource_subscriptions: z.array(z.object({ post_url: MaybeText })).catch([]) })

export const gumroadStore: StoreReader = {
  name: 'gumroad',
  // The secret is in the address. Where a connection knows its seller, others are refused; pings about memberships do not name theirs.
  distrust: (delivery, sellers) => {
    if (sellers.length === 0) return null
    try {
      const { seller_id } = readAs(z.object({ seller_id: MaybeText }), bodyOf(delivery))
      return seller_id === null || sellers.includes(seller_id) ? null : 'wrong_signature'
    } catch {
      return 'wrong_signature'
    }
  },
  read: (delivery) => [readPing(delivery)],
  api: {
    origin: () => 'https://api.gumroad.com',
    headers: (credential) => ({ authorization: `Bearer ${credential}` }),
    sendTo: async (api, put, address) => {
      for (const name of gumroadSetup.events) {
        const there = readAs(Subscribed, await api(`/v2/resource_subscriptions?resource_name=${name}`))
        if (there.resource_subscriptions.some(({ post_url }) => post_url === address)) continue
        await put('/v2/resource_subscriptions', { resource_name: name, post_url: address })
      }
    },
    changedSince: async function* (api, since, now) {
      const read = now.toISOString()
      const after = new Date(since.getTime() - LATE_MS).toISOString().slice(0, 10)
      for await (const answer of pages(api, `/v2/sales?after=${after}`))
        yield readAs(z.object({ sales: z.array(Sale) }), answer).sales.flatMap((sale) => saleFacts(sale, read))
      // Only those that are not over: the others show in their sales.
      const Products = z.object({
        products: z.array(
          z.object({ id: z.string(), is_tiered_membership: MaybeFlag, subscription_duration: MaybeText }),
        ),
      })
      for (const product of readAs(Products, await api('/v2/products')).products) {
        if (!product.is_tiered_membership && !product.subscription_duration) continue
        const path = `/v2/products/${encodeURIComponent(product.id)}/subscribers?paginated=true`
        for await (const answer of pages(api, path))
          yield readAs(z.object({ subscribers: z.array(Membership) }), answer).subscribers.flatMap((each) =>
            membershipFacts(each, read),
          )
      }
    },
  },
}
