import DodoPayments from 'dodopayments'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { deliveryOf, sample, sampleNames } from '../../../e2e/store-samples.ts'
import { UnreadableDelivery } from '../../store-facts/read.ts'
import type { Fact } from '../../store-facts/schema.ts'
import { dodoStore } from './store.ts'
import { dodoSetup } from './store-setup.ts'

const now = new Date('2026-09-01T10:00:05Z')
const readBody = (body: Buffer | string | object, at = '1788256805', id = 'msg_1') =>
  dodoStore.read(
    deliveryOf(
      typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
      { 'webhook-id': id, 'webhook-timestamp': at },
      now,
    ),
  )[0]
const facts = (name: string): Fact[] => readBody(sample('dodo', name))?.facts ?? []
/** A sample with other values in its object. */
const changed = (name: string, data: object, event: object = {}) => {
  const body = JSON.parse(sample('dodo', name).toString())
  return { ...body, ...event, data: { ...body.data, ...data } }
}

describe('what Dodo signs is believed', () => {
  // Made by the standardwebhooks library and accepted by dodopayments 2.52.0.
  const secret = 'whsec_aW5rd2VsbC1kb2RvLXRlc3Qtc2VjcmV0LTI0Yg=='
  const body =
    '{"business_id":"bus_Inkwell1","type":"refund.succeeded","timestamp":"2026-09-05T12:00:03Z","data":{"payload_type":"Refund","refund_id":"ref_Quill1","payment_id":"pay_Quill1","business_id":"bus_Inkwell1","brand_id":"bus_Inkwell1","status":"succeeded","is_partial":false,"amount":14700,"currency":"EUR","reason":null,"created_at":"2026-09-05T12:00:00Z","customer":{"customer_id":"cus_Lena1","email":"lena@customer.example","name":"Lena Ortiz","metadata":{},"phone_number":null},"metadata":{}}}'
  const headers = {
    'webhook-id': 'msg_2QuillDodo1',
    'webhook-timestamp': '1788256805',
    'webhook-signature': 'v1,wI4kDiCXFiBFgRK8Zjz174LF4+lZvePQL+i6xBArGfc=',
  }
  const old = 'whsec_aW5rd2VsbC1kb2RvLXRlc3Qtc2VjcmV0LW9sZA=='
  const at = '2026-09-01T10:00:05Z'
  const cases: [string, string, Record<string, string>, string[], string, string | null][] = [
    ['as it came', body, headers, [secret], at, null],
    ['with an older secret beside the new one', body, headers, [old, secret], at, null],
    [
      'with the signature of an older secret before it',
      body,
      { ...headers, 'webhook-signature': `v1,${'A'.repeat(43)}= ${headers['webhook-signature']}` },
      [secret],
      at,
      null,
    ],
    ['one byte more', `${body} `, headers, [secret], at, 'wrong_signature'],
    ['another time', body, { ...headers, 'webhook-timestamp': '1788256806' }, [secret], at, 'wrong_signature'],
    ['another secret', body, headers, [old], at, 'wrong_signature'],
    ['a secret of nothing', body, headers, ['whsec_'], at, 'wrong_signature'],
    ['no secret', body, headers, [], at, 'no_secret'],
    ['no header', body, {}, [secret], at, 'unsigned'],
    ['six minutes later', body, headers, [secret], '2026-09-01T10:06:06Z', 'too_old'],
    ['six minutes before', body, headers, [secret], '2026-09-01T09:54:00Z', 'from_the_future'],
  ]
  test.each(cases)('%s', (_what, sent, sentHeaders, secrets, when, expected) => {
    expect(dodoStore.distrust(deliveryOf(sent, sentHeaders, now), secrets, new Date(when))).toBe(expected)
  })

  describe('as Dodo’s own library has it', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
    afterEach(() => void vi.useRealTimers())
    const { webhooks } = new DodoPayments({ bearerToken: 'none' })
    test.each(cases.filter(([, , , secrets]) => secrets.length === 1))(
      '%s',
      (_what, sent, given, [key = ''], when, expected) => {
        vi.setSystemTime(new Date(when))
        const unwrap = () => webhooks.unwrap(sent, { headers: given, key })
        expected === null ? expect(unwrap()).toBeTruthy() : expect(unwrap).toThrow()
      },
    )
  })

  test('the secret is looked at before it is kept', () => {
    expect(dodoSetup.secret?.wrong?.(secret)).toBeNull()
    expect(dodoSetup.secret?.wrong?.('inkwell')).toContain('whsec_')
  })
})

describe('what Dodo says', () => {
  test('every sample is read', () => {
    for (const name of sampleNames('dodo')) {
      const read = readBody(sample('dodo', name), '1788256805', name)
      expect(read, name).toMatchObject({ key: name, isTest: null })
      expect(read?.facts.length, name).toBeGreaterThan(0)
    }
  })

  test('a cart is a line for each product, and one payment', () => {
    expect(facts('payment.succeeded-one-time-two-products')).toEqual([
      ...[
        { line: 'pdt_Quill', productIds: ['pdt_Quill'], quantity: 2 },
        { line: 'pdt_Studio', productIds: ['pdt_Studio'], quantity: 1 },
      ].map((line) => ({
        ...{ kind: 'line', version: '2026-09-01T10:00:05.000000Z', occurredAt: '2026-09-01T10:00:05.000Z' },
        ...{ ref: 'order:pay_Quill1', allLines: ['pdt_Quill', 'pdt_Studio'], type: 'one_time', state: 'live' },
        buyer: { ref: 'cus_Lena1', email: 'lena@customer.example', name: 'Lena Ortiz' },
        purchasedAt: '2026-09-01T10:00:02.100Z',
        ...line,
      })),
      {
        ...{ kind: 'payment', version: '2026-09-01T10:00:05.000000Z', occurredAt: '2026-09-01T10:00:02.100Z' },
        ...{ ref: 'order:pay_Quill1', payment: 'pay_Quill1', amount: 14700, currency: 'EUR' },
      },
    ])
  })

  test('a charge of a subscription is its payment, and no order', () => {
    expect(facts('payment.succeeded-charge-of-a-subscription')).toMatchObject([
      { kind: 'payment', ref: 'subscription:sub_Quill1', payment: 'pay_Quill2', amount: 8700 },
    ])
  })

  test.each<[string, object]>([
    [
      'subscription.active',
      {
        ...{ state: 'live', productIds: ['pdt_QuillYear'], quantity: 3, endsAt: null, graceUntil: null },
        ...{ trialEndsAt: null, paidThrough: '2027-09-01T10:00:00.000Z', purchasedAt: '2026-09-01T10:00:00.000Z' },
      },
    ],
    ['subscription.renewed', { state: 'live', paidThrough: '2028-09-01T10:00:00.000Z' }],
    ['subscription.past_due', { state: 'grace', graceUntil: '2027-09-15T10:05:00.000Z' }],
    ['subscription.on_hold', { state: 'paused' }],
    ['subscription.paused', { state: 'paused' }],
    ['subscription.unpaused', { state: 'live' }],
    ['subscription.updated-cancel-at-next-billing-date', { state: 'live', endsAt: '2027-09-01T10:00:00.000Z' }],
    ['subscription.plan_changed', { line: '', productIds: ['pdt_StudioYear'], quantity: 5 }],
    ['subscription.cancelled', { state: 'ended' }],
    ['subscription.expired', { state: 'ended' }],
    ['subscription.failed', { state: 'ended' }],
  ])('%s', (name, expected) => {
    expect(facts(name)).toMatchObject([{ kind: 'line', type: 'subscription', ...expected }])
  })

  test('money goes back', () => {
    expect(facts('refund.succeeded-full')).toMatchObject([
      {
        ...{ kind: 'refund', payment: 'pay_Quill1', refund: 'ref_Quill1', mode: 'one', state: 'succeeded' },
        ...{ amount: 'all', occurredAt: '2026-09-05T12:00:00.000Z' },
      },
    ])
    expect(facts('refund.succeeded-partial')).toMatchObject([{ state: 'succeeded', amount: 4900 }])
    expect(readBody(changed('refund.succeeded-partial', { status: 'review' }))?.facts).toMatchObject([
      { state: 'pending' },
    ])
    expect(readBody(changed('refund.succeeded-partial', { status: 'new word' }))?.facts[0]).not.toHaveProperty('state')
  })

  test.each([
    ['dispute_opened', false, 'open'],
    ['dispute_challenged', false, 'open'],
    ['dispute_won', false, 'won'],
    ['dispute_cancelled', false, 'won'],
    ['dispute_expired', false, 'won'],
    ['dispute_lost', false, 'lost'],
    ['dispute_accepted', false, 'lost'],
    ['dispute_opened', true, 'lost'],
  ])('a dispute that is %s (by the network: %s) is %s', (dispute_status, is_resolved_by_rdr, state) => {
    const body = changed('dispute.opened', { dispute_status, is_resolved_by_rdr })
    expect(readBody(body)?.facts).toMatchObject([
      { kind: 'dispute', payment: 'pay_Quill1', dispute: 'dsp_Quill1', state },
    ])
  })
})

describe('traps', () => {
  test('the attempt is the version, and the type decides nothing: a body is written anew each time', () => {
    const late = changed('subscription.active', { status: 'cancelled', cancelled_at: '2026-09-01T11:00:00Z' })
    expect(readBody(late, '1788264005')?.facts).toMatchObject([
      { version: '2026-09-01T12:00:05.000000Z', state: 'ended', endsAt: '2026-09-01T11:00:00.000Z' },
    ])
  })

  test('the end of the whole term is not the end of a period', () => {
    expect(facts('subscription.renewed')[0]).toMatchObject({ endsAt: null })
  })

  test('what was not paid for is not said to be', () => {
    for (const name of ['subscription.past_due', 'subscription.on_hold', 'subscription.cancelled'])
      expect(facts(name)[0], name).not.toHaveProperty('paidThrough')
  })

  test('a plan change that is only scheduled has not happened', () => {
    const body = changed('subscription.active', { scheduled_change: { product_id: 'pdt_StudioYear', quantity: 9 } })
    expect(readBody(body)?.facts).toMatchObject([{ productIds: ['pdt_QuillYear'], quantity: 3 }])
  })

  test('a trial ends at the first charge', () => {
    const body = changed('subscription.active', { trial_period_days: 14, next_billing_date: '2026-09-15T10:00:00Z' })
    expect(readBody(body)?.facts).toMatchObject([{ trialEndsAt: '2026-09-15T10:00:00.000Z' }])
    expect(readBody(body, '1789552805')?.facts).toMatchObject([{ trialEndsAt: null }])
  })

  test('another payment method is no sale', () => {
    const read = readBody(changed('payment.succeeded-one-time-two-products', { is_update_payment_method: true }))
    expect(read).toMatchObject({ facts: [], ignored: expect.any(String) })
  })

  test('one charge may pay for several subscriptions', () => {
    const ids = { subscription_id: null, subscription_ids: ['sub_A', 'sub_B'], is_multi_subscription: true }
    expect(readBody(changed('payment.succeeded-charge-of-a-subscription', ids))?.facts).toMatchObject([
      { ref: 'subscription:sub_A', payment: 'pay_Quill2:sub_A', aliases: ['pay_Quill2'] },
      { ref: 'subscription:sub_B', payment: 'pay_Quill2:sub_B', aliases: ['pay_Quill2'] },
    ])
  })

  test('what was not paid is pending, or dropped', () => {
    const state = (status: string) =>
      readBody(changed('payment.succeeded-one-time-two-products', { status }))?.facts.map((fact) =>
        fact.kind === 'line' ? fact.state : fact.kind,
      )
    expect(state('processing')).toEqual(['pending', 'pending'])
    expect(state('failed')).toEqual(['ended', 'ended'])
    expect(state('a new word')).toEqual([undefined, undefined])
  })

  test('a payment knows its refunds and disputes', () => {
    const refund = JSON.parse(sample('dodo', 'refund.succeeded-partial').toString()).data
    const dispute = JSON.parse(sample('dodo', 'dispute.lost').toString()).data
    const body = changed('payment.succeeded-one-time-two-products', { refunds: [refund], disputes: [dispute] })
    expect(readBody(body)?.facts.slice(3)).toMatchObject([
      { kind: 'refund', refund: 'ref_Quill2', amount: 4900 },
      { kind: 'dispute', dispute: 'dsp_Quill1', state: 'lost' },
    ])
  })

  test('other events are taken and left', () => {
    const body = {
      type: 'payout.success',
      timestamp: '2026-09-01T10:00:05Z',
      data: { payload_type: 'Payout', id: 'x' },
    }
    expect(readBody(body)).toMatchObject({ type: 'payout.success', facts: [], ignored: expect.any(String) })
  })

  test.each<[string, object | string]>([
    ['not JSON', 'a=b'],
    ['no data', { type: 'payment.succeeded' }],
    ['no id', { type: 'payment.succeeded', data: { payload_type: 'Payment' } }],
  ])('%s is not read', (_what, body) => {
    expect(() => readBody(body)).toThrow(UnreadableDelivery)
  })

  test('without a time there is no version', () => {
    expect(() => readBody(sample('dodo', 'subscription.active'), 'soon')).toThrow(UnreadableDelivery)
  })
})

test('everything since a time is read page by page', async () => {
  const data = (name: string) => JSON.parse(sample('dodo', name).toString()).data
  const { product_cart: _, ...listed } = data('payment.succeeded-one-time-two-products')
  const { past_due_ends_at: __, ...pastDue } = data('subscription.past_due')
  const lists: Record<string, unknown[]> = {
    '/payments': [listed],
    '/subscriptions': [pastDue],
    '/refunds': [data('refund.succeeded-full')],
    '/disputes': [data('dispute.won')],
  }
  const asked: string[] = []
  const api = async (path: string) => {
    asked.push(path)
    const url = new URL(path, 'https://test.dodopayments.com')
    if (url.pathname === '/payments/pay_Quill1') return data('payment.succeeded-one-time-two-products')
    return { items: url.searchParams.get('page_number') === '0' ? lists[url.pathname] : [] }
  }
  const found: Fact[] = []
  const at = new Date('2026-09-02T00:00:00Z')
  for await (const page of dodoStore.api?.changedSince(api, new Date('2026-09-01T00:00:00Z'), at) ?? [])
    found.push(...page)
  expect(found.map(({ kind }) => kind)).toEqual(['line', 'line', 'payment', 'line', 'refund', 'dispute'])
  expect(new Set(found.map(({ version }) => version))).toEqual(new Set(['2026-09-02T00:00:00.000000Z']))
  expect(found[3]).toMatchObject({ state: 'grace' })
  expect(found[3]).not.toHaveProperty('graceUntil')
  expect(asked[0]).toBe(
    '/payments?created_at_gte=2026-09-01T00%3A00%3A00.000Z&status=succeeded&page_size=100&page_number=0',
  )
  expect(asked.at(-2)).toContain('/disputes?created_at_gte=2026-05-04')
})
