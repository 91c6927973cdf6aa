// What a store says about a purchase, in one vocabulary for all stores. A fact says how something is at a version, never what to do, so
// deliveries may come twice, late and in any order. A room of its own, so that each vendor's folder can speak it.

/** The stores that can be connected. */
export const storeNames = [
  'stripe',
  'polar',
  'dodo',
  'lemonsqueezy',
  'paddle',
  'gumroad',
  'fastspring',
  'woocommerce',
  'shopify',
  'creem',
  'custom',
] as const
export type StoreName = (typeof storeNames)[number]

/** What people call each. */
export const storeLabels: Record<StoreName, string> = {
  stripe: 'Stripe',
  polar: 'Polar',
  dodo: 'Dodo Payments',
  lemonsqueezy: 'Lemon Squeezy',
  paddle: 'Paddle',
  gumroad: 'Gumroad',
  fastspring: 'FastSpring',
  woocommerce: 'WooCommerce',
  shopify: 'Shopify',
  creem: 'Creem',
  custom: 'Your own shop',
}

/** Makes two facts about one thing comparable: as text, the later one is greater. Made by the store's reader, from the store's own times. */
export type Version = string

/** A moment as text that can be compared: ISO 8601 in UTC with milliseconds, as Date.toISOString writes it. */
export type Instant = string

/** Where one line of an order or one item of a subscription stands. In this order of rank, for two facts of one version. */
export const lineStates = ['pending', 'live', 'grace', 'paused', 'ended'] as const
export type LineState = (typeof lineStates)[number]

export const refundStates = ['pending', 'failed', 'succeeded'] as const
export type RefundState = (typeof refundStates)[number]

export const disputeStates = ['open', 'won', 'lost'] as const
export type DisputeState = (typeof disputeStates)[number]

/** Whom a store names as the buyer. The reference is the store's id of the person. */
export type StoreBuyer = { ref: string | null; email: string | null; name: string | null }

type FactBase = { version: Version; occurredAt: Instant }

/**
 * One product line of an order, or one item of a subscription. What the store did not say is left out, and stays what an earlier or later
 * fact says it is; null is an answer.
 */
export type LineFact = FactBase & {
  kind: 'line'
  /** `order:<id>` or `subscription:<id>`, with the store's id. */
  ref: string
  /** The store's id of the line, or '' where the order or subscription has one line only. */
  line: string
  /**
   * Every line of this type that `ref` has at this version, this one among them: one that is known and missing here is over, or became one
   * that is new here. Left out where the store's lines come alone.
   */
  allLines?: string[]
  type: 'one_time' | 'subscription'
  state?: LineState
  /** The store's ids of what was bought, the most exact first: price or variant, then product. People are asked about the last one. */
  productIds?: string[]
  /** What the store calls it, for people who say which product it is here. */
  productName?: string
  /** At least 1. */
  quantity?: number
  buyer?: StoreBuyer
  /** When it ends or ended; null: it renews, or never ends. */
  endsAt?: Instant | null
  /** Until when a store waits for a payment that failed, where it says so. */
  graceUntil?: Instant | null
  /** When its trial ends; null: it is in none. */
  trialEndsAt?: Instant | null
  /** Until when the store says it has been paid; only for stores whose payments do not say it. */
  paidThrough?: Instant | null
  /** Until then the store may yet say that this is part of something else: no keys before. Left out where that is known. */
  issueAfter?: Instant
  /** The `ref` that this line turned out to be the first payment of: keys come from there, and there never are any for this line. */
  partOf?: string
  /** What people call the order: its number. */
  orderNumber?: string
  purchasedAt?: Instant
}

/** Money came. */
export type PaymentFact = FactBase & {
  kind: 'payment'
  /** null: the store names only the payment here, and another fact says what it is for. */
  ref: string | null
  /** null or left out: for all lines of `ref`. */
  line?: string | null
  /** The store's id of the payment. */
  payment: string
  /** Other ids by which refunds and disputes name it: payment intent, charge, invoice, order. */
  aliases?: string[]
  /** In the currency's smallest unit, tax included. */
  amount?: number
  currency?: string
  /** The end of the period of a subscription that it pays for. */
  paidThrough?: Instant | null
}

/** Money went back, or will. */
export type RefundFact = FactBase & {
  kind: 'refund'
  /** The payment's id or one of its aliases. */
  payment: string
  refund: string
  state?: RefundState
  amount?: number | 'all'
  /** One refund of its own, or the running total of what went back of the payment. */
  mode: 'one' | 'total'
  /** Which lines, and how many of each, where the store says so; null: only an amount is known. */
  lines?: { line: string; quantity: number | 'all' }[] | null
  /** Whether the merchant wants the keys back, where the store asks them. */
  revoke?: boolean | null
}

/** The buyer's bank took, or wants, the money back. */
export type DisputeFact = FactBase & { kind: 'dispute'; payment: string; dispute: string; state: DisputeState }

/** A person as the store knows them. */
export type CustomerFact = FactBase & { kind: 'customer'; customer: string; email: string; name: string | null }

export type Fact = LineFact | PaymentFact | RefundFact | DisputeFact | CustomerFact
