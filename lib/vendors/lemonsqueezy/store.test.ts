import { describe, expect, test } from 'vitest'
import { deliveryOf, sample, sampleNames } from '../../../e2e/store-samples.ts'
import { UnreadableDelivery } from '../../store-facts/read.ts'
import type { Reading } from '../../store-facts/reader.ts'
import type { Fact } from '../../store-facts/schema.ts'
import { lemonSqueezyStore } from './store.ts'

const now = new Date('2026-09-01T10:00:05Z')
const deliver = (body: Buffer | string, headers = {}): Reading => {
  const [reading] = lemonSqueezyStore.read(deliveryOf(body, headers, now))
  if (!reading) throw new Error('nothing was read')
  return reading
}
const read = (name: string) => deliver(sample('lemonsqueezy', name))
const json = (name: string) => JSON.parse(sample('lemonsqueezy', name).toString())
/** What it says with no API key. */
const facts = (name: string): Fact[] => said(read(name))
const said = ({ facts, asks = [] }: Reading) => [...facts, ...asks.flatMap(({ otherwise }) => otherwise)]
/** A sample with other attributes. */
const changed = (name: string, attributes: object) => {
  const { meta, data } = json(name)
  return deliver(JSON.stringify({ meta, data: { ...data, attributes: { ...data.attributes, ...attributes } } }))
}

describe('what Lemon Squeezy signs is believed', () => {
  const secret = 'inkwell-ls-secret'
  const body =
    '{"meta":{"event_name":"subscription_payment_refunded","test_mode":false,"custom_data":{"latchkey":"abc"}},"data":{"type":"subscription-invoices","id":"8001","attributes":{"subscription_id":7001,"status":"refunded","refunded":true,"refunded_amount":10527,"total":10527,"updated_at":"2027-09-10T10:05:00.000000Z","test_mode":false}}}'
  const signature = '3be3ad4ab438fe31fda3a42b1cb57e14d888c6708b3255fd65a01f474a002404'
  test.each<[string, string, string, string[], string | null]>([
    ['as it came', body, signature, [secret], null],
    ['with an older secret beside the new one', body, signature, ['other-secret', secret], null],
    ['one byte more', `${body} `, signature, [secret], 'wrong_signature'],
    ['another secret', body, signature, ['other-secret'], 'wrong_signature'],
    ['half a signature', body, signature.slice(0, 32), [secret], 'wrong_signature'],
    ['no header', body, '', [secret], 'unsigned'],
    ['no secret', body, signature, [], 'no_secret'],
  ])('%s', (_what, sent, header, secrets, expected) => {
    const headers: Record<string, string> = header ? { 'X-Signature': header } : {}
    expect(lemonSqueezyStore.distrust(deliveryOf(sent, headers, now), secrets, now)).toBe(expected)
  })

  test('no time is signed, so it may be old or of the future', () => {
    const delivery = deliveryOf(body, { 'X-Signature': signature }, now)
    for (const at of ['2020-01-01T00:00:00Z', '2040-01-01T00:00:00Z'])
      expect(lemonSqueezyStore.distrust(delivery, [secret], new Date(at))).toBeNull()
  })
})

describe('what Lemon Squeezy says', () => {
  const names = sampleNames('lemonsqueezy')

  test('every sample is read, under a name of its own that is the same twice', () => {
    const keys = names.map((name) => read(name).key)
    expect(new Set(keys).size).toBe(names.length)
    expect(names.map((name) => read(name).key)).toEqual(keys)
    expect(names.map((name) => read(name).isTest)).toEqual(names.map(() => false))
  })

  const partOf = { kind: 'line', ref: 'order:9002', line: '9102', state: 'ended', partOf: 'subscription:7001' }
  const first = { kind: 'payment', payment: 'order:9002', aliases: ['initial:7001'], ref: 'subscription:7001' }
  const renewal = { kind: 'payment', payment: 'invoice:8001', ref: 'subscription:7001', amount: 10527, currency: 'EUR' }
  test.each<[string, object[]]>([
    [
      'order_created',
      [
        {
          ...{ kind: 'line', ref: 'order:9001', line: '9101', type: 'one_time', state: 'live', quantity: 3 },
          ...{ productIds: ['4001', '3001'], productName: 'Quill Pro', orderNumber: '42' },
          buyer: { ref: '501', email: 'lena@customer.example', name: 'Lena Ortiz' },
        },
        { kind: 'payment', payment: 'order:9001', ref: 'order:9001', amount: 17787, currency: 'EUR' },
      ],
    ],
    ['order_refunded-full', [{ kind: 'refund', mode: 'total', amount: 'all', payment: 'order:9001' }, {}, {}]],
    ['order_refunded-partial', [{ kind: 'refund', mode: 'total', amount: 5000 }, { state: 'live' }, {}]],
    [
      'subscription_created',
      [
        {
          ...{ kind: 'line', ref: 'subscription:7001', line: '', type: 'subscription', state: 'live', quantity: 3 },
          ...{ productIds: ['4002', '3001'], productName: 'Quill Pro – Yearly', endsAt: null, trialEndsAt: null },
          paidThrough: '2027-09-01T10:00:02.000Z',
        },
        partOf,
        first,
      ],
    ],
    ['subscription_created-trial', [{ state: 'live', trialEndsAt: '2026-09-15T10:00:02.000Z' }, partOf, first]],
    ['subscription_updated-renewed', [{ state: 'live', paidThrough: '2028-09-01T10:00:02.000Z' }, partOf, first]],
    [
      'subscription_updated-other-variant-5-seats',
      [{ line: '', quantity: 5, productIds: ['4005', '3002'] }, partOf, first],
    ],
    ['subscription_updated-past-due', [{ state: 'grace' }, partOf, first]],
    ['subscription_updated-unpaid', [{ state: 'grace' }, partOf, first]],
    ['subscription_cancelled', [{ state: 'live', endsAt: '2027-09-01T10:00:02.000Z' }, partOf, first]],
    ['subscription_resumed', [{ state: 'live', endsAt: null }, partOf, first]],
    ['subscription_expired', [{ state: 'ended', endsAt: '2027-09-01T10:00:02.000Z' }, partOf, first]],
    ['subscription_paused', [{ state: 'paused' }, partOf, first]],
    ['subscription_unpaused', [{ state: 'live' }, partOf, first]],
    ['subscription_payment_success', [renewal]],
    ['subscription_payment_recovered', [renewal]],
    ['subscription_payment_failed', []],
    ['subscription_payment_refunded', [renewal, { kind: 'refund', payment: 'invoice:8001', amount: 'all' }]],
  ])('%s', (name, expected) => {
    expect(facts(name)).toMatchObject(expected)
    expect(facts(name)).toHaveLength(expected.length)
  })

  test('what is no event of theirs is refused, what is new is not', () => {
    expect(() => deliver('{}')).toThrow(UnreadableDelivery)
    expect(() => deliver('no json')).toThrow(UnreadableDelivery)
    const { data } = json('order_created')
    expect(() => deliver(JSON.stringify({ meta: {}, data }))).toThrow(UnreadableDelivery)
    expect(deliver(JSON.stringify({ meta: {}, data }), { 'X-Event-Name': 'order_created' }).type).toBe('order_created')
    const key = { meta: { event_name: 'license_key_created' }, data: { type: 'license-keys', id: '1', attributes: {} } }
    expect(deliver(JSON.stringify(key))).toMatchObject({ facts: [], ignored: expect.any(String) })
    const [other] = said(changed('subscription_updated-renewed', { status: 'dormant', brand_new: {} }))
    expect(other).not.toHaveProperty('state')
    expect(other).toMatchObject({ quantity: 3 })
  })

  test('a customer who changed', () => {
    const attributes = { name: 'Lena', email: 'lena.ortiz@customer.example', updated_at: '2026-10-10T12:00:00.000000Z' }
    const body = { meta: { event_name: 'customer_updated' }, data: { type: 'customers', id: '501', attributes } }
    expect(deliver(JSON.stringify(body)).facts).toMatchObject([
      {
        kind: 'customer',
        customer: '501',
        email: 'lena.ortiz@customer.example',
        version: '2026-10-10T12:00:00.000000Z',
      },
    ])
  })
})

describe('an order and the subscription that it began', () => {
  const answer = (...items: [line: string, variant: number, isSubscription?: boolean][]) => ({
    data: items.map(([id, variant_id]) => ({
      ...{ type: 'order-items', id, attributes: { variant_id, product_id: 3001, quantity: 2, product_name: 'Quill' } },
    })),
    included: items
      .filter(([, , is_subscription]) => is_subscription !== undefined)
      .map(([, id, is_subscription]) => ({ type: 'variants', id: String(id), attributes: { is_subscription } })),
  })
  const ask = () => read('order_created').asks?.[0]

  test('is asked for with the kinds of what was bought', () => {
    expect(ask()?.path).toBe('/v1/order-items?filter[order_id]=9001&include=variant&page[size]=100')
    const lines = ask()?.read(answer(['9101', 4001, false], ['9102', 4007, false]))
    expect(lines).toMatchObject([
      { line: '9101', quantity: 2 },
      { line: '9102' },
      { kind: 'payment', ref: 'order:9001' },
    ])
    for (const fact of lines ?? []) expect(fact).not.toHaveProperty('issueAfter')
  })

  test('issues nothing for itself', () => {
    expect(ask()?.read(answer(['9101', 4001, true]))).toMatchObject([
      { kind: 'payment', payment: 'order:9001', ref: null },
    ])
  })

  test('waits three minutes where nobody says', () => {
    const wait = { kind: 'line', issueAfter: '2026-09-01T10:03:02.000Z' }
    expect(ask()?.otherwise).toMatchObject([wait, { kind: 'payment' }])
    expect(ask()?.read(answer(['9101', 4001]))).toMatchObject([wait, { kind: 'payment' }])
  })

  test('is never undone by what the order says later', () => {
    // Line and payment of the order are as old as the order; the subscription is newer, whichever comes first.
    const mine = (name: string, kind: string, id: string) =>
      facts(name).find((fact) => fact.kind === kind && JSON.stringify(fact).includes(id))
    for (const [kind, id] of [
      ['line', '"partOf"'],
      ['payment', '"payment":"order:9002"'],
    ] as const) {
      const ofSubscription = mine('subscription_created', kind, id)?.version ?? ''
      for (const name of ['order_created', 'order_refunded-partial', 'order_refunded-full']) {
        const ofOrder = facts(name).find((fact) => fact.kind === kind)?.version ?? '9'
        expect(ofOrder < ofSubscription, `${kind} of ${name}`).toBe(true)
      }
    }
  })

  test('are one payment, by both its names', () => {
    const initial = { billing_reason: 'initial' }
    expect(changed('subscription_payment_success', initial)).toMatchObject({ facts: [], ignored: expect.any(String) })
    expect(changed('subscription_payment_refunded', initial).facts).toMatchObject([
      { kind: 'refund', payment: 'initial:7001', amount: 'all' },
    ])
  })
})

describe('traps', () => {
  test('what the flag of a refund says is not read', () => {
    expect(changed('order_refunded-partial', { refunded: true }).facts).toMatchObject([{ amount: 5000 }])
    expect(changed('order_refunded-full', { refunded: false }).facts).toMatchObject([{ amount: 'all' }])
    expect(changed('order_created', { refunded: true }).facts).toEqual([])
  })

  test('bodies without amounts go by the status', () => {
    expect(changed('order_refunded-full', { refunded_amount: undefined }).facts).toMatchObject([{ amount: 'all' }])
    const [part] = changed('order_refunded-partial', { refunded_amount: undefined }).facts
    expect(part).toMatchObject({ kind: 'refund', state: 'succeeded' })
    expect(part).not.toHaveProperty('amount')
    expect(
      changed('subscription_payment_refunded', { status: 'partial_refunded', refunded_amount: 5 }).facts,
    ).toMatchObject([{ kind: 'payment' }, { amount: 5 }])
  })

  test('an order that failed is over, one that waits is pending, and neither is money', () => {
    expect(said(changed('order_created', { status: 'pending' }))).toMatchObject([{ state: 'pending' }])
    for (const status of ['failed', 'fraudulent']) {
      const over = changed('order_created', { status, updated_at: '2026-09-02T10:00:00.000000Z' })
      expect(said(over)).toMatchObject([{ state: 'ended', version: '2026-09-02T10:00:00.000000Z' }])
      expect(said(over)).toHaveLength(1)
    }
  })

  test('a pause that leaves the service is none', () => {
    expect(changed('subscription_paused', { pause: { mode: 'free' } }).facts[0]).toMatchObject({ state: 'live' })
    expect(changed('subscription_paused', { pause: null }).facts[0]).toMatchObject({ state: 'paused' })
  })

  test('a date to try again is not paid', () => {
    for (const name of ['subscription_updated-past-due', 'subscription_updated-unpaid', 'subscription_paused'])
      expect(facts(name)[0], name).not.toHaveProperty('paidThrough')
  })

  test('billed by usage is one', () => {
    const { facts } = changed('subscription_created', { first_subscription_item: { quantity: 0 } })
    expect(facts[0]).toMatchObject({ quantity: 1 })
    const [silent] = changed('subscription_created', { first_subscription_item: null }).facts
    expect(silent).not.toHaveProperty('quantity')
  })

  test('changes within one second have versions', () => {
    const [earlier] = changed('subscription_created', { updated_at: '2026-09-01T10:00:04.000012Z' }).facts
    const [later] = changed('subscription_created', { updated_at: '2026-09-01T10:00:04.000120Z' }).facts
    expect((earlier?.version ?? '9') < (later?.version ?? '')).toBe(true)
  })

  test('test mode is said by the event or the object', () => {
    expect(changed('order_created', { test_mode: true }).isTest).toBe(false)
    const { data } = json('order_created')
    const body = { meta: { event_name: 'order_created' }, data: { ...data, attributes: { test_mode: true } } }
    expect(deliver(JSON.stringify(body)).isTest).toBe(true)
  })
})

describe('what was missed', () => {
  test('is read from lists: subscriptions first, orders until they are old', async () => {
    const asked: string[] = []
    const order = json('order_created').data
    const old = { ...order, id: '8', attributes: { ...order.attributes, created_at: '2026-01-01T00:00:00.000000Z' } }
    const began = {
      ...order,
      id: '9002',
      relationships: { subscriptions: { data: [{ type: 'subscriptions', id: '7' }] } },
    }
    const none = { ...order, relationships: { subscriptions: { data: [] } } }
    const item = (id: string, order_id: number) => ({
      ...{ type: 'order-items', id, attributes: { order_id, variant_id: 4001, product_id: 3001, quantity: 3 } },
    })
    const answers: Record<string, unknown> = {
      '/v1/subscriptions?page[size]=100': { data: [json('subscription_created').data], links: {} },
      '/v1/orders?page[size]=100&sort=-createdAt&include=order-items,subscriptions': {
        data: [none, began],
        included: [item('9101', 9001), item('9102', 9002)],
        links: { next: 'https://api.lemonsqueezy.com/v1/orders?page=2' },
      },
      'https://api.lemonsqueezy.com/v1/orders?page=2': {
        ...{ data: [old], links: { next: 'https://api.lemonsqueezy.com/v1/orders?page=3' } },
      },
      '/v1/subscription-invoices?page[size]=100&filter[refunded]=true': {
        data: [json('subscription_payment_refunded').data],
      },
    }
    const api = async (path: string) => {
      asked.push(path)
      return answers[path] ?? { data: [] }
    }
    const all: Fact[] = []
    for await (const each of lemonSqueezyStore.api?.changedSince(api, new Date('2026-08-30T00:00:00Z'), now) ?? [])
      all.push(...each)
    expect(all).toMatchObject([
      ...[{ ref: 'subscription:7001' }, { partOf: 'subscription:7001' }, { payment: 'order:9002' }],
      ...[{ ref: 'order:9001', line: '9101' }, { payment: 'order:9001' }, { payment: 'order:9002', ref: null }],
      ...[{ ref: 'order:8', issueAfter: expect.any(String) }, { payment: 'order:8' }],
      ...[{ payment: 'invoice:8001' }, { kind: 'refund', payment: 'invoice:8001' }],
    ])
    expect(all[3]).not.toHaveProperty('issueAfter')
    expect(asked).toHaveLength(5)
  })
})
