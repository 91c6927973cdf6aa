import { describe, expect, test } from 'vitest'
import { deliveryOf, sample, sampleNames } from '../../../e2e/store-samples.ts'
import { UnreadableDelivery } from '../../store-facts/read.ts'
import type { Reading } from '../../store-facts/reader.ts'
import type { Fact } from '../../store-facts/schema.ts'
import { paddleStore } from './store.ts'

const now = new Date('2026-09-01T10:00:05Z')
const deliver = (body: Buffer | string): Reading => {
  const [reading] = paddleStore.read(deliveryOf(body, {}, now))
  if (!reading) throw new Error('nothing was read')
  return reading
}
const read = (name: string) => deliver(sample('paddle', name))
const facts = (name: string): Fact[] => read(name).facts
const json = (name: string) => JSON.parse(sample('paddle', name).toString())
/** A sample with something else in its object. */
const changed = (name: string, data: object, event: object = {}) => {
  const body = json(name)
  return deliver(JSON.stringify({ ...body, ...event, data: { ...body.data, ...data } }))
}

describe('what Paddle signs is believed', () => {
  // Made by node:crypto and accepted by @paddle/paddle-node-sdk 3.10.0.
  const secret = 'pdl_ntfset_01quill_InkwellTestSecret'
  const body =
    '{"event_id":"evt_01quillr","event_type":"customer.created","occurred_at":"2026-09-01T09:59:00.165823Z","notification_id":"ntf_01quillr","data":{"id":"ctm_01lena","name":"Lena Ortiz","email":"lena@customer.example","marketing_consent":false,"status":"active","custom_data":null,"locale":"es","created_at":"2026-09-01T09:59:00.000Z","updated_at":"2026-09-01T09:59:00.000Z","import_meta":null}}'
  const signature = 'ae812c42c7a14dd07e5a59963c526da4332df73bc1fbbb0ec4b3a2a6517666d3'
  const header = `ts=1788256805;h1=${signature}`
  const wrong = 'a'.repeat(64)
  const ten = '2026-09-01T10:00:05Z'
  test.each<[string, string, string, string[], string, string | null]>([
    ['as it came', body, header, [secret], ten, null],
    ['with an older secret beside the new one', body, header, ['pdl_ntfset_other', secret], ten, null],
    ['with the good signature first', body, `${header};h1=${wrong}`, [secret], ten, null],
    ['with the good signature last', body, `ts=1788256805;h1=${wrong};h1=${signature}`, [secret], ten, null],
    ['one byte more', `${body} `, header, [secret], ten, 'wrong_signature'],
    ['another time', body, `ts=1788256806;h1=${signature}`, [secret], ten, 'wrong_signature'],
    ['another secret', body, header, ['pdl_ntfset_other'], ten, 'wrong_signature'],
    ['no time', body, `h1=${signature}`, [secret], ten, 'unsigned'],
    ['no header', body, '', [secret], ten, 'unsigned'],
    ['no secret', body, header, [], ten, 'no_secret'],
    ['a minute later, which their own library refuses', body, header, [secret], '2026-09-01T10:01:05Z', null],
    ['six minutes later', body, header, [secret], '2026-09-01T10:06:06Z', 'too_old'],
    ['six minutes before', body, header, [secret], '2026-09-01T09:54:00Z', 'from_the_future'],
  ])('%s', (_what, sent, sentHeader, secrets, at, expected) => {
    const headers: Record<string, string> = sentHeader ? { 'Paddle-Signature': sentHeader } : {}
    expect(paddleStore.distrust(deliveryOf(sent, headers, now), secrets, new Date(at))).toBe(expected)
  })
})

describe('what Paddle says', () => {
  const names = sampleNames('paddle')

  test('every sample is read, under the id of its event', () => {
    expect(names.map((name) => read(name).key)).toEqual(names.map((name) => json(name).event_id))
  })

  const line = { kind: 'line', ref: 'subscription:sub_01quill', line: 'pri_01quillyear', type: 'subscription' }
  test.each<[string, object[]]>([
    [
      'transaction.completed-one-time-two-products',
      [
        {
          ...{
            kind: 'line',
            ref: 'order:txn_01quill1',
            line: 'txnitm_01a',
            type: 'one_time',
            state: 'live',
            quantity: 2,
          },
          ...{ productIds: ['pri_01quill', 'pro_01quill'], productName: 'Quill Pro' },
          ...{ buyer: { ref: 'ctm_01lena', email: null, name: null }, purchasedAt: '2026-09-01T10:00:04.296Z' },
          version: '2026-09-01T10:00:04.296867Z',
        },
        { line: 'txnitm_01b', quantity: 1, productIds: ['pri_01studio', 'pro_01studio'], productName: 'Quill Studio' },
        { kind: 'payment', ref: 'order:txn_01quill1', payment: 'txn_01quill1', amount: 14700, currency: 'EUR' },
      ],
    ],
    [
      'transaction.completed-renewal',
      [
        {
          ...{ kind: 'payment', ref: 'subscription:sub_01quill', payment: 'txn_01quill2' },
          paidThrough: '2028-09-01T10:00:00.000Z',
        },
      ],
    ],
    [
      'subscription.created',
      [
        {
          ...line,
          ...{ allLines: ['pri_01quillyear'], state: 'live', quantity: 3, endsAt: null, trialEndsAt: null },
          ...{ productIds: ['pri_01quillyear', 'pro_01quill'], paidThrough: '2027-09-01T10:00:00.000Z' },
        },
      ],
    ],
    ['subscription.activated', [{ ...line, state: 'live' }]],
    [
      'subscription.trialing',
      [{ ...line, state: 'live', trialEndsAt: '2026-09-15T10:00:00.000Z', paidThrough: '2026-09-15T10:00:00.000Z' }],
    ],
    ['subscription.updated-renewed', [{ ...line, state: 'live' }]],
    ['subscription.updated-cancels-at-period-end', [{ ...line, state: 'live', endsAt: '2027-09-01T10:00:00.000Z' }]],
    [
      'subscription.updated-other-product-5',
      [{ line: 'pri_01studioyear', allLines: ['pri_01studioyear'], quantity: 5, state: 'live' }],
    ],
    ['subscription.past_due', [{ ...line, state: 'grace' }]],
    ['subscription.paused', [{ ...line, state: 'paused' }]],
    ['subscription.resumed', [{ ...line, state: 'live' }]],
    ['subscription.canceled', [{ ...line, state: 'ended', endsAt: '2027-09-01T10:00:00.000Z' }]],
    ['adjustment.created-refund-waits-for-approval', [{ kind: 'refund', refund: 'adj_01quill1', state: 'pending' }]],
    [
      'adjustment.updated-approved-full',
      [{ state: 'succeeded', payment: 'txn_01quill1', mode: 'one', amount: 'all', lines: null }],
    ],
    [
      'adjustment.updated-approved-one-item-only',
      [{ state: 'succeeded', amount: 4900, lines: [{ line: 'txnitm_01b', quantity: 'all' }] }],
    ],
    ['adjustment.created-chargeback', [{ kind: 'dispute', payment: 'txn_01quill1', state: 'lost' }]],
    ['adjustment.created-chargeback_reverse', [{ kind: 'dispute', payment: 'txn_01quill1', state: 'won' }]],
    ['customer.created', [{ kind: 'customer', customer: 'ctm_01lena', email: 'lena@customer.example' }]],
    ['customer.updated', [{ kind: 'customer', email: 'lena.ortiz@customer.example', name: 'Lena Ortiz' }]],
  ])('%s', (name, expected) => {
    expect(facts(name)).toMatchObject(expected)
    expect(facts(name)).toHaveLength(expected.length)
  })

  test('what is no event of Paddle is refused, what is new is not', () => {
    expect(() => deliver('{}')).toThrow(UnreadableDelivery)
    expect(() => deliver('no json')).toThrow(UnreadableDelivery)
    expect(() => changed('subscription.created', { items: 'many' })).toThrow(UnreadableDelivery)
    expect(changed('customer.created', { id: 'pro_1' }, { event_type: 'product.created' })).toMatchObject({
      ...{ facts: [], ignored: expect.any(String), type: 'product.created' },
    })
    const [other] = changed('subscription.created', { status: 'dormant', brand_new: {} }).facts
    expect(other).toMatchObject({ quantity: 3 })
    expect(other).not.toHaveProperty('state')
  })
})

describe('traps', () => {
  const oneTime = 'transaction.completed-one-time-two-products'

  test('nobody has an address: the customer is asked for', () => {
    for (const name of [oneTime, 'subscription.created']) {
      const [ask] = read(name).asks ?? []
      expect(ask).toMatchObject({ path: '/customers/ctm_01lena', otherwise: [] })
      expect(ask?.read({ data: json('customer.created').data })).toMatchObject([
        { kind: 'customer', email: 'lena@customer.example', version: '2026-09-01T09:59:00.000000Z' },
      ])
    }
    expect(read('transaction.completed-renewal').asks).toBeUndefined()
  })

  test('a line is called as refunds call it, where two have one product as well', () => {
    const lines = facts(oneTime).flatMap((fact) => (fact.kind === 'line' ? [fact.line] : []))
    const [refund] = facts('adjustment.updated-approved-one-item-only')
    expect(refund?.kind === 'refund' && refund.lines?.every(({ line }) => lines.includes(line))).toBe(true)
  })

  test('a part of a line is an amount only', () => {
    const items = [{ item_id: 'txnitm_01b', type: 'partial', amount: '100' }]
    const part = changed('adjustment.updated-approved-full', { type: 'partial', items, totals: { total: '100' } })
    expect(part.facts).toMatchObject([{ amount: 100, lines: null }])
  })

  test.each([
    ['rejected', 'failed'],
    ['reversed', 'failed'],
    ['pending_approval', 'pending'],
  ])('a refund that is %s is %s', (status, state) => {
    expect(changed('adjustment.updated-approved-full', { status }).facts).toMatchObject([{ state }])
  })

  test.each(['credit', 'credit_reverse', 'chargeback_warning', 'brand_new'])('a %s is not money back', (action) => {
    expect(changed('adjustment.updated-approved-full', { action })).toMatchObject({
      ...{ facts: [], ignored: expect.any(String) },
    })
  })

  test('a chargeback and what wins it back are one dispute', () => {
    const of = (name: string) => facts(name).map((fact) => fact.kind === 'dispute' && fact.dispute)
    expect(of('adjustment.created-chargeback')).toEqual(of('adjustment.created-chargeback_reverse'))
    expect(changed('adjustment.created-chargeback', { status: 'reversed' }).facts).toMatchObject([{ state: 'won' }])
  })

  test('a period that has moved is not paid', () => {
    for (const name of ['subscription.updated-renewed', 'subscription.past_due', 'subscription.paused'])
      expect(facts(name)[0], name).not.toHaveProperty('paidThrough')
    for (const unpaid of [{ collection_mode: 'manual' }, { status: 'past_due' }])
      expect(changed('subscription.created', unpaid).facts[0]).not.toHaveProperty('paidThrough')
  })

  test('a first checkout of both kinds: what renews is left to the subscription, the rest is a line beside it', () => {
    const { items } = json('transaction.completed-renewal').data
    const mixed = { subscription_id: 'sub_01quill', items: [...items, ...json(oneTime).data.items.slice(0, 1)] }
    const { facts } = changed(oneTime, mixed)
    expect(facts).toMatchObject([
      { ref: 'subscription:sub_01quill', line: 'txnitm_01a', type: 'one_time', quantity: 2 },
      { kind: 'payment', ref: 'subscription:sub_01quill', payment: 'txn_01quill1' },
    ])
    expect(facts).toHaveLength(2)
    const early = changed(oneTime, { ...mixed, subscription_id: null, status: 'paid' })
    expect(early).toMatchObject({ facts: [], ignored: expect.any(String) })
  })

  test('an extra charge of a subscription is an order of its own', () => {
    const charge = { origin: 'subscription_charge', subscription_id: 'sub_01quill' }
    expect(changed(oneTime, charge).facts.at(-1)).toMatchObject({ kind: 'payment', ref: 'order:txn_01quill1' })
  })

  test('prorations extend nothing', () => {
    const items = json('transaction.completed-renewal').data.items
    const prorated = items.map((item: object) => ({ ...item, proration: { rate: '0.5' } }))
    const origin = 'subscription_update'
    const [payment] = changed('transaction.completed-renewal', { origin, items: prorated }).facts
    expect(payment).toMatchObject({ kind: 'payment', payment: 'txn_01quill2' })
    expect(payment).not.toHaveProperty('paidThrough')
  })

  test('what is not paid, and another card, say nothing', () => {
    for (const status of ['draft', 'ready', 'billed', 'past_due', 'canceled'])
      expect(changed(oneTime, { status }), status).toMatchObject({ facts: [], ignored: expect.any(String) })
    expect(changed(oneTime, { status: 'paid' }).facts).toHaveLength(3)
    const card = changed('transaction.completed-renewal', { origin: 'subscription_payment_method_change' })
    expect(card.facts).toEqual([])
  })

  test('several items of a subscription know each other, and what does not renew is none', () => {
    const [item] = json('subscription.created').data.items
    const other = { ...item, price: { ...item.price, id: 'pri_addon' }, quantity: 1 }
    const items = [item, other, { ...item, price: { id: 'pri_once' }, recurring: false }]
    expect(changed('subscription.created', { items }).facts).toMatchObject([
      { line: 'pri_01quillyear', allLines: ['pri_01quillyear', 'pri_addon'] },
      { line: 'pri_addon', allLines: ['pri_01quillyear', 'pri_addon'] },
    ])
  })

  test('a planned pause ends nothing', () => {
    const scheduled_change = { action: 'pause', effective_at: '2027-09-01T10:00:00Z' }
    expect(changed('subscription.created', { scheduled_change }).facts).toMatchObject([{ state: 'live', endsAt: null }])
  })

  test('what does not say when it changed is as old as its event', () => {
    const [fact] = changed('customer.updated', { updated_at: null, created_at: null }).facts
    expect(fact?.version).toBe('2026-10-10T12:00:00.000000Z')
  })
})

test('what was missed is read from lists, until adjustments are old', async () => {
  const asked: string[] = []
  const adjustment = json('adjustment.updated-approved-full').data
  const next = 'https://api.paddle.com/adjustments?after=adj_1'
  const answers: Record<string, unknown> = {
    '/transactions?status=completed,paid&updated_at[GTE]=2026-08-30T00:00:00.000Z&include=customer': {
      data: [{ ...json('transaction.completed-one-time-two-products').data, customer: json('customer.created').data }],
      meta: { pagination: { has_more: false, next: 'https://api.paddle.com/transactions?after=txn_1' } },
    },
    '/subscriptions?per_page=200': { data: [json('subscription.created').data], meta: {} },
    '/adjustments?order_by=id[DESC]': { data: [adjustment], meta: { pagination: { has_more: true, next } } },
    [next]: {
      data: [{ ...adjustment, id: 'adj_0', created_at: '2026-01-01T00:00:00Z' }],
      meta: { pagination: { has_more: true, next: 'https://api.paddle.com/adjustments?after=adj_0' } },
    },
  }
  const api = async (path: string) => {
    asked.push(path)
    return answers[path]
  }
  const all: Fact[] = []
  for await (const each of paddleStore.api?.changedSince(api, new Date('2026-08-30T00:00:00Z'), now) ?? [])
    all.push(...each)
  expect(all).toMatchObject([
    ...[{ line: 'txnitm_01a' }, { line: 'txnitm_01b' }, { kind: 'payment' }, { kind: 'customer' }],
    ...[{ line: 'pri_01quillyear' }, { refund: 'adj_01quill1' }, { refund: 'adj_0' }],
  ])
  expect(asked).toEqual(Object.keys(answers))
})
