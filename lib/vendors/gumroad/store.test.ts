import { describe, expect, test } from 'vitest'
import { deliveryOf, sample, sampleNames } from '../../../e2e/store-samples.ts'
import { UnreadableDelivery } from '../../store-facts/read.ts'
import type { Reading } from '../../store-facts/reader.ts'
import type { Fact } from '../../store-facts/schema.ts'
import { gumroadStore } from './store.ts'

const now = new Date('2026-09-01T10:00:15Z')
const deliver = (body: Buffer | string, at: string | Date = now): Reading => {
  const [reading] = gumroadStore.read(deliveryOf(body, {}, new Date(at)))
  if (!reading) throw new Error('nothing was read')
  return reading
}
const read = (name: string, at?: string) => deliver(sample('gumroad', name), at)
/** What it says with no token. */
const said = ({ facts, asks = [] }: Reading): Fact[] => [...facts, ...asks.flatMap(({ otherwise }) => otherwise)]
/** A sample with other fields. */
const changed = (name: string, fields: Record<string, string | null>, at?: string) => {
  const form = new URLSearchParams(sample('gumroad', name).toString())
  for (const [field, value] of Object.entries(fields)) value === null ? form.delete(field) : form.set(field, value)
  return deliver(form.toString(), at)
}

describe('nothing is signed', () => {
  const of = (name: string) => deliveryOf(sample('gumroad', name), {}, now)
  test('so whoever knows the address is believed', () => {
    expect(gumroadStore.distrust(of('sale-one-time-3-copies'), [], now)).toBeNull()
  })

  test('unless the seller is known and another one is named', () => {
    expect(gumroadStore.distrust(of('sale-one-time-3-copies'), ['S3ll3r=='], now)).toBeNull()
    expect(gumroadStore.distrust(of('sale-one-time-3-copies'), ['other'], now)).toBe('wrong_signature')
    expect(gumroadStore.distrust(of('subscription_ended'), ['S3ll3r=='], now)).toBeNull()
    expect(gumroadStore.distrust(deliveryOf(Buffer.from([0xff]), {}, now), ['S3ll3r=='], now)).toBe('wrong_signature')
  })
})

describe('what Gumroad says', () => {
  const later = '2029-01-01T00:00:00Z'

  test('every sample is read', () => {
    for (const name of sampleNames('gumroad')) expect(said(read(name, later)).length, name).toBeGreaterThan(0)
  })

  const order = { kind: 'line', ref: 'order:Sal3Quill1==', line: '', type: 'one_time', state: 'live' }
  const membership = { kind: 'line', ref: 'subscription:Sub0Quill==', line: '', type: 'subscription' }
  const base = { ...membership, version: '1970-01-01T00:00:00.000000Z', buyer: { email: 'lena@customer.example' } }
  test.each<[string, object[]]>([
    [
      'sale-one-time-3-copies',
      [
        {
          ...{ ...order, quantity: 3, orderNumber: '730001', purchasedAt: '2026-09-01T10:00:05.000Z' },
          ...{ productIds: ['Pr0dQuill==/Mac', 'Pr0dQuill==', 'quill'], productName: 'Quill Pro (Mac)' },
          buyer: { ref: '900001', email: 'lena@customer.example', name: 'Lena Ortiz' },
          version: '2026-09-01T10:00:05.000000Z',
        },
        { kind: 'payment', ref: 'order:Sal3Quill1==', payment: 'Sal3Quill1==', amount: 14700, currency: 'usd' },
      ],
    ],
    [
      'sale-charge-of-a-membership',
      [
        { ...membership, state: 'live', quantity: 1, version: '2027-09-01T10:00:05.000000Z' },
        { kind: 'payment', payment: 'Sal3Quill2==', paidThrough: '2028-09-01T10:00:05.000Z' },
        {
          kind: 'customer',
          customer: '900001',
          email: 'lena@customer.example',
          version: '2027-09-01T10:00:05.000000Z',
        },
      ],
    ],
    ['sale-test-purchase-by-the-seller', [{ ref: 'order:Sal3Quill3==' }, { amount: 0 }]],
    ['refund-full', [order, {}, { kind: 'refund', payment: 'Sal3Quill1==', mode: 'total', amount: 'all' }]],
    ['refund-partial-refunded-stays-false', [order, {}, { kind: 'refund', mode: 'total', state: 'succeeded' }]],
    ['dispute', [order, {}, { kind: 'dispute', payment: 'Sal3Quill1==', state: 'open' }]],
    ['dispute_won', [order, {}, { kind: 'dispute', state: 'won' }]],
    ['cancellation-buyer-paid-until-the-end', [base, { ...membership, state: 'ended' }]],
    ['cancellation-payment-failures', [base, { state: 'ended', endsAt: '2027-09-20T10:00:00.000Z' }]],
    ['subscription_ended', [base, { state: 'ended', endsAt: '2028-09-01T10:05:00.000Z' }]],
    ['subscription_restarted', [base, { state: 'live', endsAt: null, version: '2028-10-01T10:00:00.000000Z' }]],
    [
      'subscription_updated',
      [{ productIds: ['Pr0dQuill==/Studio', 'Pr0dQuill=='], quantity: 5, version: '2026-12-01T09:00:00.000000Z' }],
    ],
  ])('%s', (name, expected) => {
    expect(said(read(name, later))).toMatchObject(expected)
    expect(said(read(name, later))).toHaveLength(expected.length)
  })

  test('JSON says the same', () => {
    const form = new URLSearchParams(sample('gumroad', 'sale-one-time-3-copies').toString())
    const fields = Object.fromEntries([...form].filter(([name]) => !name.includes('[')))
    const body = { ...fields, quantity: 3, refunded: false, variants: { Version: 'Mac' } }
    expect(said(deliver(JSON.stringify(body)))).toEqual(said(read('sale-one-time-3-copies')))
  })

  test('what is no ping is refused, what is new is not', () => {
    for (const body of ['', 'a=b', '{}', '{', Buffer.from([0xff])])
      expect(() => deliver(body)).toThrow(UnreadableDelivery)
    expect(changed('subscription_ended', { resource_name: 'brand_new' })).toMatchObject({
      ...{ type: 'brand_new', facts: [], ignored: expect.any(String) },
    })
    expect(said(changed('sale-one-time-3-copies', { 'a[b][c]': 'd', '__proto__[x]': 'y', 'e[]': 'f' }))).toEqual(
      said(read('sale-one-time-3-copies')),
    )
  })
})

describe('with a token, only the id is believed', () => {
  /** The sale of a ping as the API has it. */
  const sale = {
    ...{ id: 'Sal3Quill1==', created_at: '2026-09-01T10:00:05Z', product_id: 'Pr0dQuill==', product_name: 'Quill Pro' },
    ...{ product_permalink: 'quill', variants: { Version: 'Mac' }, quantity: 3, price: 14700, order_id: 730001 },
    ...{ email: 'account@customer.example', purchase_email: 'lena@customer.example', full_name: 'Lena Ortiz' },
    ...{ purchaser_id: '900001', refunded: false, partially_refunded: false, disputed: false, dispute_won: false },
  }
  const about = [
    'sale-one-time-3-copies',
    'refund-full',
    'refund-partial-refunded-stays-false',
    'dispute',
    'dispute_won',
  ]

  test('and the sale is asked for', () => {
    for (const name of about) {
      const { facts, asks } = read(name)
      expect(facts).toEqual([])
      expect(asks).toMatchObject([{ path: '/v2/sales/Sal3Quill1%3D%3D' }])
    }
    // What was typed at the checkout, not the address of the account.
    expect(read('sale-one-time-3-copies').asks?.[0]?.read({ success: true, sale })).toEqual(
      said(read('sale-one-time-3-copies')),
    )
  })

  test('a refund or a dispute that the API does not know is none', () => {
    for (const name of about) expect(read(name).asks?.[0]?.read({ sale })).toHaveLength(2)
    for (const name of about) expect(read(name).asks?.[0]?.read({ success: false, message: 'not found' })).toEqual([])
  })

  test('what happened to it is as old as the ping', () => {
    const version = '2026-09-01T10:00:15.000000Z'
    const answer = (more: object) => read('refund-full').asks?.[0]?.read({ sale: { ...sale, ...more } })
    expect(answer({ refunded: true })?.[2]).toMatchObject({ kind: 'refund', amount: 'all', version })
    const part = answer({ partially_refunded: true })?.[2]
    expect(part).toMatchObject({ kind: 'refund', state: 'succeeded', version })
    expect(part).not.toHaveProperty('amount')
    expect(answer({ disputed: true, dispute_won: true })?.[2]).toMatchObject({ state: 'won', version })
    expect(answer({ subscription_id: 'Sub0Quill==', dead: true })?.[2]).toMatchObject({ state: 'ended', version })
  })

  test('the gift of a giver is not theirs', () => {
    expect(
      read('sale-one-time-3-copies').asks?.[0]?.read({ sale: { ...sale, is_gift_sender_purchase: true } }),
    ).toEqual([])
  })

  test.each<[string, object, object]>([
    ['alive', {}, { state: 'live', endsAt: null }],
    [
      'pending_cancellation',
      { cancelled_at: '2028-09-01T10:00:05Z' },
      { state: 'live', endsAt: '2028-09-01T10:00:05.000Z' },
    ],
    ['pending_failure', {}, { state: 'grace', endsAt: null }],
    ['failed_payment', { failed_at: '2027-09-20T10:00:00Z' }, { state: 'ended', endsAt: '2027-09-20T10:00:00.000Z' }],
    ['cancelled', { cancelled_at: '2026-08-01T10:00:00Z' }, { state: 'ended', endsAt: '2026-08-01T10:00:00.000Z' }],
    ['alive', { free_trial_ends_at: '2026-09-08T10:00:00Z' }, { trialEndsAt: '2026-09-08T10:00:00.000Z' }],
    ['alive', { free_trial_ends_at: '2026-08-08T10:00:00Z' }, { trialEndsAt: null }],
  ])('a membership that is %s %o', (status, more, expected) => {
    const { facts, asks } = read('cancellation-buyer-paid-until-the-end')
    expect(facts).toEqual([])
    expect(asks?.[0]?.path).toBe('/v2/subscribers/Sub0Quill%3D%3D')
    const subscriber = { id: 'Sub0Quill==', product_id: 'Pr0dQuill==', user_email: 'lena@customer.example', status }
    const [base, line] = asks?.[0]?.read({ subscriber: { ...subscriber, ...more } }) ?? []
    expect(base).toMatchObject({ version: '1970-01-01T00:00:00.000000Z', productIds: ['Pr0dQuill=='] })
    expect(line).toMatchObject({ version: '2026-09-01T10:00:15.000000Z', ...expected })
    // Its tier is not said, so it stays what the sale said.
    expect(line).not.toHaveProperty('productIds')
    expect(asks?.[0]?.read({ success: false })).toEqual([])
  })
})

describe('traps', () => {
  test('a test ping repeats the latest sale: it is another event, and sells nothing', () => {
    const ping = changed('sale-one-time-3-copies', { resource_name: null, test: 'true' })
    expect(ping).toMatchObject({ isTest: true, facts: [], ignored: expect.any(String) })
    expect(ping.asks).toBeUndefined()
    expect(ping.key).not.toBe(read('sale-one-time-3-copies').key)
  })

  test('what the seller bought is a test', () => {
    expect(read('sale-test-purchase-by-the-seller').isTest).toBe(true)
    expect(read('sale-one-time-3-copies').isTest).toBe(false)
    expect(read('subscription_ended').isTest).toBeNull()
  })

  test('a sale that comes again is the same, a second refund or cancellation is not', () => {
    const keys = (name: string, fields = {}) =>
      [now.toISOString(), '2026-09-01T10:05:00Z'].map((at) => changed(name, fields, at).key)
    expect(
      new Set([...keys('sale-one-time-3-copies'), ...keys('sale-one-time-3-copies', { retry_count: '1' })]).size,
    ).toBe(1)
    expect(new Set(keys('refund-partial-refunded-stays-false')).size).toBe(2)
    expect(new Set(keys('cancellation-buyer-paid-until-the-end')).size).toBe(2)
  })

  test('when access ends is no version: what comes after is newer', () => {
    const [, canceled] = said(read('cancellation-buyer-paid-until-the-end', '2027-10-01T00:00:00Z'))
    expect(canceled).toMatchObject({ endsAt: '2028-09-01T10:00:05.000Z', version: '2027-10-01T00:00:00.000000Z' })
    expect(canceled).not.toHaveProperty('state')
    const restart = { restarted_at: '2027-10-02T00:00:00Z' }
    const [, restarted] = said(changed('subscription_restarted', restart, '2027-10-02T00:00:10Z'))
    expect((restarted?.version ?? '') > (canceled?.version ?? '9')).toBe(true)
  })

  test('a downgrade to come changes nothing yet', () => {
    expect(read('subscription_updated', '2026-11-01T00:00:00Z')).toMatchObject({
      facts: [],
      ignored: expect.any(String),
    })
  })

  test('a partial refund names no amount', () => {
    const refund = said(read('refund-partial-refunded-stays-false')).at(-1)
    expect(refund).not.toHaveProperty('amount')
  })

  test('a membership is as old as its first charge', () => {
    const name = 'sale-charge-of-a-membership'
    for (const field of ['purchasedAt', 'orderNumber']) {
      expect(said(read(name))[0]).not.toHaveProperty(field)
      expect(said(changed(name, { is_recurring_charge: null }))[0]).toHaveProperty(field)
    }
  })

  test('what is bought once is paid for no period', () => {
    expect(said(changed('sale-one-time-3-copies', { recurrence: 'monthly' }))[1]).not.toHaveProperty('paidThrough')
  })

  test('a pre-order is not charged yet', () => {
    const preorder = changed('sale-one-time-3-copies', { is_preorder_authorization: 'true', price: '0' })
    expect(preorder).toMatchObject({ facts: [], ignored: expect.any(String) })
    expect(preorder.asks).toBeUndefined()
  })

  test.each([
    ['2026-01-31T10:00:00Z', 'monthly', '2026-02-28T10:00:00.000Z'],
    ['2026-11-30T10:00:00Z', 'quarterly', '2027-02-28T10:00:00.000Z'],
    ['2026-08-31T10:00:00Z', 'biannually', '2027-02-28T10:00:00.000Z'],
    ['2028-02-29T10:00:00Z', 'yearly', '2029-02-28T10:00:00.000Z'],
    ['2026-09-01T10:00:00Z', 'every_two_years', '2028-09-01T10:00:00.000Z'],
    ['2026-09-01T10:00:00Z', 'every_blue_moon', undefined],
  ])('%s paid %s', (sale_timestamp, recurrence, paidThrough) => {
    const [, payment] = said(changed('sale-charge-of-a-membership', { sale_timestamp, recurrence }))
    expect(payment?.kind === 'payment' && payment.paidThrough).toBe(paidThrough)
  })
})

test('what was missed is read from sales, and from memberships that go on', async () => {
  const asked: string[] = []
  const sale = { id: 'Sal1', created_at: '2026-08-31T10:00:00Z', product_id: 'P', price: 0 }
  const answers: Record<string, unknown> = {
    '/v2/sales?after=2026-07-30': { success: true, next_page_key: '2026-1', sales: [sale] },
    '/v2/sales?after=2026-07-30&page_key=2026-1': { success: true, sales: [{ ...sale, id: 'Sal2', refunded: true }] },
    '/v2/products': { products: [{ id: 'P' }, { id: 'M==', is_tiered_membership: true }] },
    '/v2/products/M%3D%3D/subscribers?paginated=true': {
      subscribers: [{ id: 'Sub1', status: 'alive', product_id: 'M' }],
    },
  }
  const api = async (path: string) => {
    asked.push(path)
    return answers[path]
  }
  const all: Fact[] = []
  for await (const each of gumroadStore.api?.changedSince(api, new Date('2026-08-30T00:00:00Z'), now) ?? [])
    all.push(...each)
  expect(all).toMatchObject([
    ...[{ ref: 'order:Sal1' }, { payment: 'Sal1' }, { ref: 'order:Sal2' }, { payment: 'Sal2' }, { kind: 'refund' }],
    ...[{ ref: 'subscription:Sub1' }, { ref: 'subscription:Sub1', state: 'live' }],
  ])
  expect(asked).toEqual(Object.keys(answers))
})
