import '#server-only'
import { randomBytes } from 'node:crypto'
import { instantOf, parsedBody, requiredText, versionOf } from '../../store-facts/read.ts'
import type { StoreReader } from '../../store-facts/reader.ts'
import type { Fact, Instant, LineState } from '../../store-facts/schema.ts'
import { distrustOf, standardSigned } from '../../store-facts/signatures.ts'
import { type CustomData, CustomMessage, type CustomMessage as Message } from './messages.ts'

// A shop or script of the merchant's own. The contract is in messages.ts.

/** A new secret to sign with, as Standard Webhooks write theirs. */
export const newCustomSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

/** What every fact of a message has. */
type At = { version: string; occurredAt: Instant }

const states: Record<CustomData<'purchase.updated'>['status'], LineState> = {
  pending: 'pending',
  active: 'live',
  past_due: 'grace',
  paused: 'paused',
  ended: 'ended',
}

const refOf = ({ order_id, subscription_id }: { order_id?: string; subscription_id?: string }) =>
  order_id === undefined ? `subscription:${subscription_id}` : `order:${order_id}`

/** Moments by the name of a fact's field; what was left out is left out. */
const moments = (given: Record<string, string | null | undefined>) =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, instantOf(value)]])),
  )

function purchaseFacts(purchase: CustomData<'purchase.updated'>, at: At): Fact[] {
  const { items, customer, status, order_id, order_number } = purchase
  return items.map(({ id, product_id, product_name, quantity }) => ({
    ...{ kind: 'line', ...at, ref: refOf(purchase), line: id ?? '', allLines: items.map((item) => item.id ?? '') },
    type: order_id === undefined ? 'subscription' : 'one_time',
    state: states[status],
    productIds: [product_id],
    ...(product_name && { productName: product_name }),
    ...(quantity !== undefined && { quantity }),
    ...(customer && {
      buyer: { ref: customer.id ?? null, email: customer.email ?? null, name: customer.name || null },
    }),
    ...(order_number !== undefined && { orderNumber: order_number }),
    ...moments({
      purchasedAt: purchase.purchased_at,
      endsAt: purchase.ends_at,
      paidThrough: purchase.paid_through,
      graceUntil: purchase.grace_until,
      trialEndsAt: purchase.trial_ends_at,
    }),
  }))
}

const paymentFacts = (payment: CustomData<'payment.received'>, { version, occurredAt }: At): Fact[] => [
  {
    ...{ kind: 'payment', version, occurredAt: instantOf(payment.paid_at) ?? occurredAt, ref: refOf(payment) },
    payment: payment.id,
    ...(payment.item_id !== undefined && { line: payment.item_id }),
    amount: payment.amount,
    currency: payment.currency.toUpperCase(),
    ...moments({ paidThrough: payment.paid_through }),
  },
]

const refundFacts = (refund: CustomData<'refund.updated'>, at: At): Fact[] => [
  {
    ...{ kind: 'refund', ...at, payment: refund.payment_id, refund: refund.id, mode: 'one' },
    state: refund.status,
    amount: refund.amount,
    ...(refund.items !== undefined && {
      lines: refund.items?.map(({ id, quantity }) => ({ line: id ?? '', quantity })) ?? null,
    }),
    ...(refund.revoke !== undefined && { revoke: refund.revoke }),
  },
]

function factsOf(message: Message, at: At): Fact[] {
  switch (message.type) {
    case 'purchase.updated':
      return purchaseFacts(message.data, at)
    case 'payment.received':
      return paymentFacts(message.data, at)
    case 'refund.updated':
      return refundFacts(message.data, at)
    case 'dispute.updated': {
      const { id, payment_id, status } = message.data
      return [{ kind: 'dispute', ...at, payment: payment_id, dispute: id, state: status }]
    }
    case 'customer.updated': {
      const { id, email, name } = message.data
      return [{ kind: 'customer', ...at, customer: id, email, name: name || null }]
    }
  }
}

export const customStore: StoreReader = {
  name: 'custom',
  tellsSender: true,
  distrust: (delivery, secrets, now) => distrustOf(standardSigned(delivery), secrets, now),
  read: (delivery) => {
    const message = parsedBody(CustomMessage, delivery)
    const occurredAt = instantOf(message.timestamp) ?? delivery.receivedAt.toISOString()
    return [
      {
        key: requiredText(delivery.header('webhook-id'), 'the header webhook-id'),
        type: message.type,
        isTest: message.test,
        occurredAt,
        facts: factsOf(message, { version: versionOf(message.timestamp, occurredAt), occurredAt }),
      },
    ]
  },
}
