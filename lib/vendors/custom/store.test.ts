import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { deliveryOf, sample, sampleNames } from '../../../e2e/store-samples.ts'
import { UnreadableDelivery } from '../../store-facts/read.ts'
import type { Fact } from '../../store-facts/schema.ts'
import { customMessageTypes } from './messages.ts'
import { customStore, newCustomSecret } from './store.ts'
import { customSetup } from './store-setup.ts'

const now = new Date('2026-09-01T10:00:05Z')
const readBody = (body: Buffer | string, id = 'msg_1') =>
  customStore.read(deliveryOf(body, { 'webhook-id': id }, now))[0]
const facts = (name: string): Fact[] => readBody(sample('custom', name))?.facts ?? []

/** Signed as the contract says, with a key that is known. */
const signed = (secret: string, body: string, id = 'msg_1', at = '1788256805') => ({
  'webhook-id': id,
  'webhook-timestamp': at,
  'webhook-signature': `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
    .update(`${id}.${at}.${body}`)
    .digest('base64')}`,
})

describe('what the shop signs is believed', () => {
  // Made by the standardwebhooks library, of a store that signs as our contract asks it of shops.
  const secret = 'whsec_aW5rd2VsbC1kb2RvLXRlc3Qtc2VjcmV0LTI0Yg=='
  const body =
    '{"business_id":"bus_Inkwell1","type":"refund.succeeded","timestamp":"2026-09-05T12:00:03Z","data":{"payload_type":"Refund","refund_id":"ref_Quill1","payment_id":"pay_Quill1","business_id":"bus_Inkwell1","brand_id":"bus_Inkwell1","status":"succeeded","is_partial":false,"amount":14700,"currency":"EUR","reason":null,"created_at":"2026-09-05T12:00:00Z","customer":{"customer_id":"cus_Lena1","email":"lena@customer.example","name":"Lena Ortiz","metadata":{},"phone_number":null},"metadata":{}}}'
  const headers = {
    'webhook-id': 'msg_2QuillDodo1',
    'webhook-timestamp': '1788256805',
    'webhook-signature': 'v1,wI4kDiCXFiBFgRK8Zjz174LF4+lZvePQL+i6xBArGfc=',
  }
  const at = '2026-09-01T10:00:05Z'
  test.each<[string, string, Record<string, string>, string[], string, string | null]>([
    ['as it came', body, headers, [secret], at, null],
    ['with an older secret beside the new one', body, headers, [newCustomSecret(), secret], at, null],
    ['one byte more', `${body} `, headers, [secret], at, 'wrong_signature'],
    ['another id', body, { ...headers, 'webhook-id': 'x' }, [secret], at, 'wrong_signature'],
    ['another secret', body, headers, [newCustomSecret()], at, 'wrong_signature'],
    ['a secret that is none', body, signed('whsec_', body), ['whsec_'], at, 'wrong_signature'],
    ['no secret', body, headers, [], at, 'no_secret'],
    ['no header', body, {}, [secret], at, 'unsigned'],
    ['no time', body, { ...headers, 'webhook-timestamp': 'soon' }, [secret], at, 'unsigned'],
    ['six minutes later', body, headers, [secret], '2026-09-01T10:06:06Z', 'too_old'],
    ['six minutes before', body, headers, [secret], '2026-09-01T09:54:00Z', 'from_the_future'],
  ])('%s', (_what, sent, sentHeaders, secrets, when, expected) => {
    expect(customStore.distrust(deliveryOf(sent, sentHeaders, now), secrets, new Date(when))).toBe(expected)
  })

  test('our secrets have 32 bytes, and no two are the same', () => {
    expect(newCustomSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(newCustomSecret()).not.toBe(newCustomSecret())
  })
})

describe('what the shop says', () => {
  test('every sample is read, and there is one of each type', () => {
    const read = sampleNames('custom').map((name) => readBody(sample('custom', name), name))
    expect(read.map((each) => each?.key)).toEqual(sampleNames('custom'))
    expect(new Set(read.map((each) => each?.type))).toEqual(new Set(customMessageTypes))
    expect(customSetup.events).toBe(customMessageTypes)
  })

  test('an order is a line for each item', () => {
    const [first, second, ...rest] = facts('purchase.updated-order-two-items')
    expect(rest).toEqual([])
    expect(first).toEqual({
      kind: 'line',
      version: '2026-09-01T10:00:05.120000Z',
      occurredAt: '2026-09-01T10:00:05.120Z',
      ref: 'order:1001',
      line: 'a',
      allLines: ['a', 'b'],
      type: 'one_time',
      state: 'live',
      productIds: ['quill-pro'],
      productName: 'Quill Pro',
      quantity: 2,
      buyer: { ref: '31', email: 'lena@customer.example', name: 'Lena Ortiz' },
      orderNumber: 'INK-1001',
      purchasedAt: '2026-09-01T10:00:02.000Z',
    })
    expect(second).toMatchObject({ line: 'b', productIds: ['quill-studio'], quantity: 1 })
  })

  test.each<[string, object]>([
    ['purchase.updated-order-pending', { state: 'pending', type: 'one_time' }],
    ['purchase.updated-subscription-trial', { state: 'live', endsAt: null, trialEndsAt: '2026-09-15T10:00:00.000Z' }],
    [
      'purchase.updated-subscription-past_due',
      { state: 'grace', occurredAt: '2027-09-01T10:05:00.000Z', graceUntil: '2027-09-15T10:05:00.000Z' },
    ],
    ['purchase.updated-subscription-paused', { state: 'paused' }],
    ['purchase.updated-subscription-ends-later', { state: 'live', endsAt: '2027-09-01T10:00:00.000Z' }],
    ['purchase.updated-subscription-other-product-5', { line: '', productIds: ['studio-yearly'], quantity: 5 }],
    ['purchase.updated-subscription-ended', { state: 'ended', endsAt: '2027-09-01T10:00:00.000Z' }],
  ])('%s', (name, expected) => {
    expect(facts(name)[0]).toMatchObject({ kind: 'line', ...expected })
  })

  test('what is left out is no answer', () => {
    const [line] = facts('purchase.updated-subscription-paused')
    for (const field of ['quantity', 'buyer', 'endsAt', 'paidThrough', 'graceUntil', 'trialEndsAt', 'purchasedAt'])
      expect(line).not.toHaveProperty(field)
    expect(facts('refund.updated-full')[0]).not.toHaveProperty('lines')
  })

  test('money comes, and goes back', () => {
    expect(facts('payment.received-order')).toMatchObject([
      { kind: 'payment', ref: 'order:1001', payment: 'p1', amount: 14700, currency: 'EUR' },
    ])
    expect(facts('payment.received-renewal')).toMatchObject([
      {
        ...{ ref: 'subscription:S7', currency: 'EUR', occurredAt: '2027-09-01T10:00:00.000Z' },
        ...{ version: '2027-09-01T10:00:20.000000Z', paidThrough: '2028-09-01T10:00:00.000Z' },
      },
    ])
    expect(facts('refund.updated-full')).toMatchObject([
      { kind: 'refund', payment: 'p1', refund: 'r1', mode: 'one', state: 'succeeded', amount: 'all' },
    ])
    expect(facts('refund.updated-one-item')).toMatchObject([
      { amount: 4900, lines: [{ line: 'b', quantity: 1 }], revoke: null },
    ])
    const bare = { id: 'r3', payment_id: 'p1', status: 'succeeded', amount: 100, items: null }
    const message = { type: 'refund.updated', timestamp: '2026-09-05T12:00:00Z', data: bare }
    expect(readBody(JSON.stringify(message))?.facts).toMatchObject([{ lines: null }])
    expect(facts('refund.updated-failed')).toMatchObject([{ refund: 'r1', state: 'failed' }])
    expect(facts('dispute.updated-won')).toMatchObject([
      { kind: 'dispute', payment: 'p1', dispute: 'd1', state: 'won' },
    ])
  })

  test('people and trials', () => {
    expect(facts('customer.updated')).toMatchObject([
      { kind: 'customer', customer: '31', email: 'lena.ortiz@customer.example' },
    ])
    expect(readBody(sample('custom', 'trial-message'))?.isTest).toBe(true)
    expect(readBody(sample('custom', 'payment.received-order'))?.isTest).toBe(false)
  })

  const order = { order_id: '1', status: 'active', items: [{ product_id: 'p' }] }
  const { order_id: _, ...noId } = order
  const said = (data: object, type = 'purchase.updated', timestamp: unknown = '2026-09-01T10:00:05Z') =>
    JSON.stringify({ type, timestamp, data })
  test.each<[string, string]>([
    ['not JSON', 'type=purchase'],
    ['A message is an object.', '[]'],
    ['A message is one of purchase.updated, payment.received', said(order, 'purchase.update')],
    ['timestamp: A moment is text in ISO 8601 with its zone', said(order, 'purchase.updated', 1788256805)],
    ['timestamp: A moment is text', said(order, 'purchase.updated', '2026-09-01T10:00:05')],
    ['Unrecognized key: "endsAt"', said({ ...order, endsAt: null })],
    ['data: Exactly one of order_id and subscription_id', said(noId)],
    ['data: Exactly one of order_id and subscription_id', said({ ...order, subscription_id: '1' })],
    ['data.order_id: An id is text.', said({ ...order, order_id: 1 })],
    ['data.status: A status is one of pending, active', said({ ...order, status: 'paid' })],
    ['data.status: past_due is for subscriptions only.', said({ ...order, status: 'past_due' })],
    ['data.paid_through: This is for subscriptions only.', said({ ...order, paid_through: null })],
    ['data.items: A purchase has at least one item.', said({ ...order, items: [] })],
    ['each needs an id', said({ ...order, items: [{ product_id: 'p' }, { id: '2', product_id: 'p' }] })],
    ['same id', said({ ...order, items: ['1', '1'].map((id) => ({ id, product_id: 'p' })) })],
    ['data.items.0.quantity: A quantity is at least 1.', said({ ...order, items: [{ product_id: 'p', quantity: 0 }] })],
    ['data.customer: A customer has an id or an email.', said({ ...order, customer: { name: 'Lena' } })],
    ['data.customer.email: This is no e-mail address.', said({ ...order, customer: { email: 'lena' } })],
    ['data.amount: An amount', said({ id: 'p', order_id: '1', amount: 49.5, currency: 'EUR' }, 'payment.received')],
    ['data.currency', said({ id: 'p', order_id: '1', amount: 49, currency: '€' }, 'payment.received')],
    ['data.amount', said({ id: 'r', payment_id: 'p', status: 'failed', amount: -1 }, 'refund.updated')],
  ])('what is wrong is named: %s', (why, body) => {
    expect(() => readBody(body)).toThrow(UnreadableDelivery)
    expect(() => readBody(body)).toThrow(why)
  })

  test('without an id it cannot be told from a repetition', () => {
    expect(() => customStore.read(deliveryOf(said(order), {}, now))).toThrow('webhook-id')
  })
})
