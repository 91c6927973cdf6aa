import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { deliveryOf, sample, sampleNames } from '../../../e2e/store-samples.ts'
import { UnreadableDelivery } from '../../store-facts/read.ts'
import type { Fact } from '../../store-facts/schema.ts'
import { creemStore } from './store.ts'

const now = new Date('2026-09-01T10:00:05Z')
const readBody = (body: Buffer | string | object) =>
  creemStore.read(
    deliveryOf(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body), {}, now),
  )[0]
const facts = (name: string): Fact[] => readBody(sample('creem', name))?.facts ?? []
const parsed = (name: string) => JSON.parse(sample('creem', name).toString())
/** A sample with other values in its object. */
const changed = (name: string, object: object, event: object = {}) => {
  const body = parsed(name)
  return { ...body, ...event, object: { ...body.object, ...object } }
}

describe('what Creem signs is believed', () => {
  // Accepted by creem 1.13.0, verifyWebhookSignature.
  const secret = 'whsec_inkwellCreemTestSecret'
  const body =
    '{"id":"evt_QuillZ","eventType":"subscription.scheduled_cancel","created_at":1788256805000,"object":{"id":"sub_Quill1","object":"subscription","status":"scheduled_cancel","current_period_end_date":"2027-09-01T10:00:00.000Z","updated_at":"2026-09-01T10:00:05.000Z","mode":"prod"}}'
  const hex = '91057cbcab15d04a822b63f2923198d7fb47029be1a772f01eca95cf79d84372'
  const headers = { 'creem-signature': hex }
  const key = Buffer.from('inkwellCreemTestSecret', 'base64')
  const mac = createHmac('sha256', key).update(`msg_1.1788256805.${body}`).digest('base64')
  const standard = { 'webhook-id': 'msg_1', 'webhook-timestamp': '1788256805', 'webhook-signature': `v1,${mac}` }
  const at = '2026-09-01T10:00:05Z'
  test.each<[string, string, Record<string, string>, string[], string, string | null]>([
    ['as it came', body, headers, [secret], at, null],
    ['under its other name', body, { 'X-Creem-Signature': hex }, [secret], at, null],
    ['with a prefix, in capitals', body, { 'creem-signature': `sha256=${hex.toUpperCase()}` }, [secret], at, null],
    ['a year later: no time is signed', body, headers, [secret], '2027-09-01T10:00:05Z', null],
    ['with an older secret beside the new one', body, headers, ['other', secret], at, null],
    ['one byte more', `${body} `, headers, [secret], at, 'wrong_signature'],
    ['another secret', body, headers, ['other'], at, 'wrong_signature'],
    ['half a signature', body, { 'creem-signature': hex.slice(0, 32) }, [secret], at, 'wrong_signature'],
    ['no secret', body, headers, [], at, 'no_secret'],
    ['no header', body, {}, [secret], at, 'unsigned'],
    ['the newer way', body, standard, [secret], at, null],
    ['the newer way, six minutes later', body, standard, [secret], '2026-09-01T10:06:06Z', 'too_old'],
    ['the newer way, another id', body, { ...standard, 'webhook-id': 'x' }, [secret], at, 'wrong_signature'],
  ])('%s', (_what, sent, sentHeaders, secrets, when, expected) => {
    expect(creemStore.distrust(deliveryOf(sent, sentHeaders, now), secrets, new Date(when))).toBe(expected)
  })
})

describe('what Creem says', () => {
  test('every sample is read', () => {
    for (const name of sampleNames('creem')) {
      const read = readBody(sample('creem', name))
      expect(read, name).toMatchObject({ key: parsed(name).id, type: parsed(name).eventType, isTest: false })
      expect(read?.facts.length, name).toBeGreaterThan(0)
    }
  })

  test('a one-time checkout is an order with its payment', () => {
    const at = { version: '2026-09-01T10:00:02.000000Z', occurredAt: '2026-09-01T10:00:02.000Z' }
    expect(facts('checkout.completed-one-time-3-units')).toEqual([
      {
        ...{ kind: 'line', ...at, ref: 'order:ord_Quill1', line: '', type: 'one_time', state: 'live' },
        ...{ productIds: ['prod_Quill'], productName: 'Quill Pro', quantity: 3, purchasedAt: at.occurredAt },
        buyer: { ref: 'cust_Lena', email: 'lena@customer.example', name: 'Lena Ortiz' },
      },
      {
        ...{ kind: 'payment', ...at, ref: 'order:ord_Quill1', payment: 'ord_Quill1', aliases: ['tran_Quill1'] },
        ...{ amount: 14700, currency: 'EUR' },
      },
    ])
  })

  test.each<[string, object]>([
    [
      'subscription.paid',
      {
        ...{ state: 'live', line: 'sitem_1', allLines: ['sitem_1'], productIds: ['pprice_1', 'prod_QuillYear'] },
        ...{ quantity: 3, endsAt: null, trialEndsAt: null, paidThrough: '2027-09-01T10:00:00.000Z' },
        buyer: { email: 'lena@customer.example' },
      },
    ],
    ['subscription.active', { state: 'live' }],
    ['subscription.trialing', { state: 'live', trialEndsAt: '2026-09-15T10:00:00.000Z' }],
    ['subscription.update', { line: 'sitem_1', productIds: ['pprice_1', 'prod_StudioYear'], quantity: 5 }],
    ['subscription.scheduled_cancel', { state: 'live', endsAt: '2027-09-01T10:00:00.000Z' }],
    ['subscription.past_due', { state: 'grace', endsAt: null }],
    ['subscription.expired-retries-may-follow-status-may-still-read-active', { state: 'grace', endsAt: null }],
    ['subscription.paused', { state: 'paused' }],
    ['subscription.canceled', { state: 'ended', endsAt: '2027-09-01T10:00:00.000Z' }],
  ])('%s', (name, expected) => {
    expect(facts(name)[0]).toMatchObject({
      kind: 'line',
      ref: 'subscription:sub_Quill1',
      type: 'subscription',
      ...expected,
    })
  })

  test('a subscription names its last charge, and the store knows how much it was', () => {
    const read = readBody(sample('creem', 'subscription.paid'))
    expect(read?.facts[1]).toEqual({
      ...{ kind: 'payment', ref: 'subscription:sub_Quill1', payment: 'tran_Quill2' },
      ...{ version: '2026-09-01T10:00:04.000000Z', occurredAt: '2026-09-01T10:00:04.000Z' },
    })
    const [ask] = read?.asks ?? []
    expect(ask).toMatchObject({ path: '/v1/transactions?transaction_id=tran_Quill2', otherwise: [] })
    const answer = {
      id: 'tran_Quill2',
      amount_paid: 8700,
      currency: 'EUR',
      created_at: 1788256804000,
      period_end: 1819792800000,
    }
    expect(ask?.read(answer)).toMatchObject([
      {
        ...{ ref: 'subscription:sub_Quill1', payment: 'tran_Quill2', amount: 8700 },
        ...{ occurredAt: '2026-09-01T10:00:04.000Z', paidThrough: '2027-09-01T10:00:00.000Z' },
      },
    ])
  })

  test('money goes back', () => {
    expect(facts('refund.created-full')).toMatchObject([
      { kind: 'payment', payment: 'ord_Quill1', amount: 14700 },
      { kind: 'refund', payment: 'ord_Quill1', refund: 'ref_Quill1', mode: 'one', state: 'succeeded', amount: 14700 },
    ])
    expect(facts('refund.created-partial')[1]).toMatchObject({ refund: 'ref_Quill2', amount: 4900 })
    expect(facts('dispute.created')[1]).toMatchObject({ kind: 'dispute', payment: 'ord_Quill1', state: 'open' })
  })

  test.each([
    ['pending', 'pending'],
    ['requiresAction', 'pending'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
    ['a new word', undefined],
  ])('a refund that is %s is %s', (status, state) => {
    const refund = readBody(changed('refund.created-full', { status }))?.facts[1]
    expect(refund?.kind === 'refund' && refund.state).toBe(state)
  })
})

describe('traps', () => {
  test('a subscription’s checkout is no second sale: only its money and its person are new', () => {
    const { order } = parsed('checkout.completed-one-time-3-units').object
    const recurring = { ...order, type: 'recurring', transaction: 'tran_Quill2', amount_paid: 8700 }
    expect(readBody(changed('checkout.completed-one-time-3-units', { order: recurring }))?.facts).toMatchObject([
      { kind: 'payment', ref: null, payment: 'tran_Quill2', amount: 8700 },
      { kind: 'customer', customer: 'cust_Lena', email: 'lena@customer.example' },
    ])
    const named = changed('checkout.completed-one-time-3-units', {
      order: recurring,
      subscription: { id: 'sub_Quill1' },
    })
    expect(readBody(named)?.facts[0]).toMatchObject({ ref: 'subscription:sub_Quill1' })
  })

  test('a refund of a renewal names the charge, and what it was for where it is told', () => {
    const { order, transaction } = parsed('refund.created-full').object
    const renewal = {
      order: { ...order, type: 'recurring' },
      transaction: { ...transaction, id: 'tran_Quill3', amount_paid: 8700 },
      refund_amount: 8700,
    }
    expect(readBody(changed('refund.created-full', renewal))?.facts).toMatchObject([
      { kind: 'payment', ref: null, payment: 'tran_Quill3', amount: 8700 },
      { kind: 'refund', payment: 'tran_Quill3' },
    ])
    const told = changed('refund.created-full', { ...renewal, subscription: 'sub_Quill1' })
    expect(readBody(told)?.facts[0]).toMatchObject({ ref: 'subscription:sub_Quill1' })
  })

  test('what expired and was renewed since is live', () => {
    const name = 'subscription.expired-retries-may-follow-status-may-still-read-active'
    const renewed = changed(name, { current_period_end_date: '2028-09-01T10:00:00.000Z' })
    expect(readBody(renewed)?.facts[0]).toMatchObject({ state: 'live' })
    expect(readBody(changed(name, { status: 'canceled' }))?.facts[0]).toMatchObject({ state: 'ended' })
  })

  test('after a change of plan the items count, not the product beside them', () => {
    const { items } = parsed('subscription.update').object
    const [line] = readBody(changed('subscription.paid', { items }))?.facts ?? []
    expect(line).toMatchObject({ productIds: ['pprice_1', 'prod_StudioYear'], quantity: 5 })
    expect(line).not.toHaveProperty('productName')
  })

  test('what was not paid for is not said to be', () => {
    for (const name of ['subscription.past_due', 'subscription.paused', 'subscription.canceled'])
      expect(facts(name)[0], name).not.toHaveProperty('paidThrough')
  })

  test('what its own guide sends and its own parser refuses is read', () => {
    const { transaction, order } = parsed('refund.created-full').object
    const odd = { transaction: { ...transaction, status: 'chargeback', period_end: null }, order, image_url: null }
    expect(readBody(changed('refund.created-full', odd))?.facts).toHaveLength(2)
    expect(
      readBody(changed('subscription.paid', { product: 'prod_QuillYear', customer: 'cust_Lena' }))?.facts[0],
    ).toMatchObject({
      buyer: { ref: 'cust_Lena', email: null },
    })
  })

  test('a status of tomorrow leaves the state as it was', () => {
    expect(readBody(changed('subscription.paid', { status: 'a new word' }))?.facts[0]).not.toHaveProperty('state')
  })

  test.each([
    ['prod', false],
    ['test', true],
    ['sandbox', true],
    ['local', true],
    [undefined, null],
  ])('the mode %s', (mode, isTest) => {
    expect(readBody(changed('subscription.paid', { mode }))?.isTest).toBe(isTest)
  })

  test('other events are taken and left', () => {
    const body = { id: 'evt_1', eventType: 'payout.paid', created_at: 1788256805000, object: { id: 'x', mode: 'prod' } }
    expect(readBody(body)).toMatchObject({ key: 'evt_1', facts: [], ignored: expect.any(String) })
  })

  test.each<[string, object | string]>([
    ['not JSON', 'a=b'],
    ['no id', { eventType: 'subscription.paid', object: {} }],
    ['nothing in it', { id: 'evt_1', eventType: 'subscription.paid', object: { object: 'subscription' } }],
  ])('%s is not read', (_what, body) => {
    expect(() => readBody(body)).toThrow(UnreadableDelivery)
  })
})

test('everything is read page by page', async () => {
  const { object: subscription } = parsed('subscription.paid')
  const { transaction } = parsed('refund.created-partial').object
  const asked: string[] = []
  const api = async (path: string) => {
    asked.push(path)
    const isFirst = path.includes('page_number=1&')
    if (path.startsWith('/v1/transactions')) return { items: [transaction], pagination: { next_page: null } }
    return { items: isFirst ? [subscription] : [], pagination: { next_page: isFirst ? 2 : null } }
  }
  const found: Fact[] = []
  for await (const page of creemStore.api?.changedSince(api, now, new Date('2026-09-06T00:00:00Z')) ?? [])
    found.push(...page)
  expect(found.map(({ kind }) => kind)).toEqual(['line', 'payment', 'refund'])
  expect(found.at(-1)).toMatchObject({ payment: 'ord_Quill1', mode: 'total', amount: 4900 })
  expect(asked).toEqual([
    '/v1/subscriptions/search?page_number=1&page_size=100',
    '/v1/subscriptions/search?page_number=2&page_size=100',
    '/v1/transactions/search?page_number=1&page_size=100',
  ])
})
