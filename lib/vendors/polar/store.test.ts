import { describe, expect, test } from 'vitest'
import { deliveryOf, sample, sampleNames } from '../../../e2e/store-samples.ts'
import type { Fact } from '../../store-facts/schema.ts'
import { polarStore } from './store.ts'

const now = new Date('2026-09-01T10:00:05Z')
const read = (name: string) => polarStore.read(deliveryOf(sample('polar', name), { 'webhook-id': name }, now))[0]
const facts = (name: string): Fact[] => read(name)?.facts ?? []

describe('what Polar signs is believed', () => {
  // Made by the standardwebhooks library and accepted by @polar-sh/sdk 0.49.0.
  const secret = 'whsec_polarInkwell0123456789'
  const body =
    '{"type":"refund.created","timestamp":"2026-09-05T12:00:00Z","data":{"id":"f0000000-0000-4000-8000-000000000001","created_at":"2026-09-05T12:00:00Z","modified_at":null,"metadata":{},"status":"succeeded","reason":"customer_request","amount":4900,"tax_amount":980,"currency":"usd","organization_id":"5f0f6f0a-9c3b-4f5e-8a55-0d3f9c2b7a10","order_id":"a1b2c3d4-0001-4000-8000-000000000001","subscription_id":null,"customer_id":"0b9a4a52-6f1d-4d0e-9a55-6a4b7f2f3c01","revoke_benefits":true,"dispute":null}}'
  const headers = {
    'webhook-id': '7d0f5f0e-6a0f-4a51-9a3e-0c5a3f0d1e11',
    'webhook-timestamp': '1788256805',
    'webhook-signature': 'v1,MXOqvFqNrezvP7sDE77H/Uu8DZpXTRWTakgnfq0Dfac=',
  }
  test.each<[string, string, Record<string, string>, string[], string, string | null]>([
    ['as it came', body, headers, [secret], '2026-09-01T10:00:05Z', null],
    ['with an older secret beside the new one', body, headers, ['other', secret], '2026-09-01T10:00:05Z', null],
    [
      'with two signatures',
      body,
      { ...headers, 'webhook-signature': `v1,${'A'.repeat(43)}= ${headers['webhook-signature']}` },
      [secret],
      '2026-09-01T10:00:05Z',
      null,
    ],
    ['one byte more', `${body} `, headers, [secret], '2026-09-01T10:00:05Z', 'wrong_signature'],
    ['another id', body, { ...headers, 'webhook-id': 'x' }, [secret], '2026-09-01T10:00:05Z', 'wrong_signature'],
    ['another secret', body, headers, ['whsec_other'], '2026-09-01T10:00:05Z', 'wrong_signature'],
    ['no secret', body, headers, [], '2026-09-01T10:00:05Z', 'no_secret'],
    ['no header', body, {}, [secret], '2026-09-01T10:00:05Z', 'unsigned'],
    ['four minutes later', body, headers, [secret], '2026-09-01T10:04:05Z', null],
    ['six minutes later', body, headers, [secret], '2026-09-01T10:06:06Z', 'too_old'],
    ['six minutes before', body, headers, [secret], '2026-09-01T09:54:00Z', 'from_the_future'],
  ])('%s', (_what, sent, sentHeaders, secrets, at, expected) => {
    expect(polarStore.distrust(deliveryOf(sent, sentHeaders, now), secrets, new Date(at))).toBe(expected)
  })
})

describe('what Polar says', () => {
  test('every sample is read', () => {
    for (const name of sampleNames('polar')) expect(read(name)?.key, name).toBe(name)
  })

  test('a paid order is a line and a payment', () => {
    expect(facts('order.paid')).toMatchObject([
      {
        kind: 'line',
        type: 'one_time',
        state: 'live',
        quantity: 1,
        line: '',
        buyer: { email: 'lena@customer.example' },
      },
      { kind: 'payment', amount: 4900 },
      { kind: 'refund', mode: 'total', state: 'failed', amount: 0 },
      { kind: 'customer', email: 'lena@customer.example', version: '2026-08-30T09:00:00.000000Z' },
    ])
  })

  test('an order that is not paid is pending, and no money', () => {
    expect(facts('order.created')).toMatchObject([{ kind: 'line', state: 'pending' }, { kind: 'customer' }])
  })

  test('a subscription that is not paid yet is paid through nothing', () => {
    expect(facts('subscription.created')[0]).not.toHaveProperty('paidThrough')
  })

  test('a renewal is a payment of the subscription', () => {
    expect(facts('order.paid-renewal')).toMatchObject([
      {
        kind: 'payment',
        ref: 'subscription:b0000000-0000-4000-8000-000000000001',
        payment: 'a1b2c3d4-0002-4000-8000-000000000002',
      },
      { kind: 'refund', state: 'failed' },
      { kind: 'customer' },
    ])
  })

  test.each<[string, object]>([
    ['subscription.created', { state: 'pending' }],
    ['subscription.active', { state: 'live', endsAt: null }],
    ['subscription.updated-trialing', { state: 'live' }],
    ['subscription.past_due', { state: 'grace', paidThrough: '2027-09-01T10:00:02.000Z' }],
    ['subscription.paused', { state: 'paused' }],
    ['subscription.resumed', { state: 'live' }],
    ['subscription.canceled-at-period-end', { state: 'live', endsAt: '2027-09-01T10:00:02.000Z' }],
    ['subscription.uncanceled', { state: 'live', endsAt: null }],
    ['subscription.revoked', { state: 'ended' }],
    ['subscription.updated-seats', { quantity: 5 }],
  ])('%s', (name, expected) => {
    expect(facts(name)[0]).toMatchObject({ kind: 'line', type: 'subscription', ...expected })
  })

  test('refunds say whether the keys are wanted back', () => {
    expect(facts('refund.created')).toMatchObject([{ kind: 'refund', state: 'succeeded', mode: 'one', revoke: true }])
    expect(facts('refund.updated-failed')).toMatchObject([{ state: 'failed' }])
    expect(facts('order.refunded-partial').find(({ kind }) => kind === 'refund')).toMatchObject({
      ...{ kind: 'refund', mode: 'total', state: 'succeeded' },
    })
  })
})
