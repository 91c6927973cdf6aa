import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { deliveryOf, sample, sampleNames } from '../../../e2e/store-samples.ts'
import { UnreadableDelivery } from '../../store-facts/read.ts'
import type { Fact } from '../../store-facts/schema.ts'
import { fastspringStore } from './store.ts'

const now = new Date('2026-09-01T10:00:06Z')
const read = (body: Buffer | string | object) =>
  fastspringStore.read(
    deliveryOf(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body), {}, now),
  )
const parsed = (name: string) => JSON.parse(sample('fastspring', name).toString()).events[0]
/** A sample with other values in its data. */
const changed = (name: string, data: object, event: object = {}) => {
  const body = parsed(name)
  return { events: [{ ...body, ...event, data: { ...body.data, ...data } }] }
}
const facts = (body: string | object): Fact[] =>
  read(typeof body === 'string' ? sample('fastspring', body) : body)[0]?.facts ?? []

describe('what FastSpring signs is believed', () => {
  const secret = 'inkwell-fs-secret'
  const body =
    '{"events":[{"id":"EvQuill0","processed":false,"created":1788256806000,"type":"subscription.deactivated","live":true,"data":{"id":"SuQuill","subscription":"SuQuill","active":false,"state":"deactivated","changed":1788256805000}}]}'
  const headers = { 'X-FS-Signature': '1Z6dWY3oIUTNEn/WcuzjdsUD3kv3wDJxeDxg/pH/pf8=' }
  test.each<[string, string, Record<string, string>, string[], string | null]>([
    ['as it came', body, headers, [secret], null],
    ['in other letters', body, { 'x-fs-signature': headers['X-FS-Signature'] }, [secret], null],
    ['with an older secret beside the new one', body, headers, ['other', secret], null],
    ['one byte more', `${body} `, headers, [secret], 'wrong_signature'],
    ['another secret', body, headers, ['other'], 'wrong_signature'],
    [
      'a secret of nothing',
      body,
      { 'X-FS-Signature': createHmac('sha256', '').update(body).digest('base64') },
      [''],
      'wrong_signature',
    ],
    ['no secret', body, headers, [], 'no_secret'],
    ['no header: no secret was typed there', body, {}, [secret], 'unsigned'],
  ])('%s', (_what, sent, sentHeaders, secrets, expected) => {
    expect(fastspringStore.distrust(deliveryOf(sent, sentHeaders, now), secrets, now)).toBe(expected)
  })

  test('and is read', () => {
    expect(read(body)).toMatchObject([
      { key: 'EvQuill0', facts: [{ state: 'ended', endsAt: '2026-09-01T10:00:05.000Z' }] },
    ])
  })
})

describe('what FastSpring says', () => {
  test('every sample is read', () => {
    for (const name of sampleNames('fastspring')) {
      const [reading] = read(sample('fastspring', name))
      expect(reading, name).toMatchObject({ key: parsed(name).id, type: parsed(name).type, isTest: false })
      expect(reading?.facts.length, name).toBeGreaterThan(0)
    }
  })

  test('several events of one POST are each read', () => {
    const events = ['order.completed', 'subscription.activated', 'return.created-full'].map(parsed)
    expect(read({ events }).map(({ key }) => key)).toEqual(['EvQuill1', 'EvQuill2', 'EvQuill9'])
    expect(read({ events: [] })).toEqual([])
  })

  test('an order is a line for each product, and one payment', () => {
    const at = { version: '2026-09-01T10:00:05.000000Z', occurredAt: '2026-09-01T10:00:05.000Z' }
    expect(facts('order.completed')).toEqual([
      ...[
        { line: 'quill-pro', productIds: ['quill-pro'], productName: 'Quill Pro', quantity: 2 },
        { line: 'quill-studio', productIds: ['quill-studio'], productName: 'Quill Studio', quantity: 1 },
      ].map((line) => ({
        ...{ kind: 'line', ...at, ref: 'order:OrQuill1', allLines: ['quill-pro', 'quill-studio'], type: 'one_time' },
        ...{ state: 'live', ...line, buyer: { ref: 'AcLena', email: 'lena@customer.example', name: 'Lena Ortiz' } },
        ...{ orderNumber: 'INK260901-1001-10001', purchasedAt: at.occurredAt },
      })),
      { kind: 'payment', ...at, ref: 'order:OrQuill1', payment: 'OrQuill1', amount: 14700, currency: 'EUR' },
    ])
  })

  test.each<[string, object]>([
    [
      'subscription.activated',
      {
        ...{ state: 'live', line: '', productIds: ['quill-pro-yearly'], productName: 'Quill Pro, yearly', quantity: 3 },
        ...{ endsAt: null, trialEndsAt: null, paidThrough: '2027-09-01T23:59:59.999Z' },
        buyer: { ref: 'AcLena', email: 'lena@customer.example', name: 'Lena Ortiz' },
      },
    ],
    ['subscription.charge.completed', { state: 'live', paidThrough: '2028-09-01T23:59:59.999Z' }],
    ['subscription.charge.failed', { state: 'grace', endsAt: null }],
    ['subscription.canceled', { state: 'live', endsAt: '2027-09-01T23:59:59.999Z' }],
    ['subscription.uncanceled', { state: 'live', endsAt: null }],
    ['subscription.updated', { productIds: ['quill-studio-yearly'], quantity: 5 }],
    ['subscription.deactivated', { state: 'ended', endsAt: '2027-09-01T06:00:00.000Z' }],
  ])('%s', (name, expected) => {
    expect(facts(name)[0]).toMatchObject({
      kind: 'line',
      ref: 'subscription:SuQuill',
      type: 'subscription',
      ...expected,
    })
  })

  test('a charge is a payment of the subscription, and one that failed is none', () => {
    expect(facts('subscription.charge.completed')[1]).toEqual({
      ...{ kind: 'payment', ref: 'subscription:SuQuill', payment: 'OrQuill2', amount: 8700, currency: 'EUR' },
      ...{ version: '2027-09-01T06:00:00.000000Z', occurredAt: '2027-09-01T06:00:00.000Z' },
      paidThrough: '2028-09-01T23:59:59.999Z',
    })
    expect(facts('subscription.charge.failed')).toHaveLength(1)
    expect(facts(changed('subscription.charge.completed', { status: 'failed' }))).toHaveLength(1)
  })

  test('money goes back, by line', () => {
    expect(facts('return.created-full')).toMatchObject([
      {
        ...{ kind: 'refund', payment: 'OrQuill1', refund: 'ReQuill1', mode: 'one', state: 'succeeded', amount: 14700 },
        lines: [
          { line: 'quill-pro', quantity: 2 },
          { line: 'quill-studio', quantity: 1 },
        ],
      },
    ])
    expect(facts('return.created-one-line-only')).toMatchObject([
      { refund: 'ReQuill2', amount: 4900, lines: [{ line: 'quill-studio', quantity: 1 }] },
    ])
    expect(facts(changed('return.created-full', { items: null, completed: false }))).toMatchObject([
      { lines: null, state: 'pending' },
    ])
  })

  test('a chargeback is open', () => {
    const expected = [{ kind: 'dispute', payment: 'OrQuill1', dispute: 'chargeback:OrQuill1', state: 'open' }]
    expect(facts(changed('order.completed', {}, { type: 'order.chargeback' }))).toMatchObject(expected)
    const created = { type: 'chargeback.created', data: { id: 'CbQuill1', order: 'OrQuill1' } }
    expect(facts({ events: [{ ...parsed('order.completed'), ...created }] })).toMatchObject(expected)
  })
})

describe('traps', () => {
  const yearly = { product: 'quill-pro-yearly', quantity: 3, display: 'Quill Pro, yearly', subscription: 'SuQuill' }

  test('a date is its whole day', () => {
    expect(facts('subscription.activated')[0]).toMatchObject({ paidThrough: '2027-09-01T23:59:59.999Z' })
  })

  test('what is a subscription’s in an order belongs to that: its buyer, and the money', () => {
    expect(facts(changed('order.completed', { items: [yearly], total: 87 }))).toMatchObject([
      { kind: 'line', ref: 'subscription:SuQuill', line: '', buyer: { email: 'lena@customer.example' } },
      { kind: 'payment', ref: 'subscription:SuQuill', payment: 'OrQuill1', amount: 8700 },
    ])
    const [line] = facts(changed('order.completed', { items: [yearly] }))
    for (const field of ['state', 'quantity', 'endsAt']) expect(line).not.toHaveProperty(field)
  })

  test('beside something else it has the money under a name of its own, and returns name the order', () => {
    const items = [parsed('order.completed').data.items[0], yearly]
    expect(facts(changed('order.completed', { items }))).toMatchObject([
      { kind: 'line', ref: 'order:OrQuill1', line: 'quill-pro', allLines: ['quill-pro'] },
      { kind: 'line', ref: 'subscription:SuQuill' },
      { kind: 'payment', ref: 'order:OrQuill1', payment: 'OrQuill1' },
      { kind: 'payment', ref: 'subscription:SuQuill', payment: 'OrQuill1/SuQuill', aliases: ['OrQuill1'] },
    ])
  })

  test('a gift is its receiver’s', () => {
    const recipients = [{ recipient: { first: 'Ann', last: 'Bo', email: 'ann@customer.example', account: 'AcAnn' } }]
    expect(facts(changed('order.completed', { recipients }))[0]).toMatchObject({
      buyer: { ref: 'AcAnn', email: 'ann@customer.example', name: 'Ann Bo' },
    })
    const nobody = [{ recipient: { email: 'ann@customer.example' } }]
    expect(facts(changed('order.completed', { recipients: nobody }))[0]).toMatchObject({ buyer: { ref: null } })
  })

  test('one product twice is one line', () => {
    const [item] = parsed('order.completed').data.items
    expect(facts(changed('order.completed', { items: [item, item] }))).toMatchObject([
      { line: 'quill-pro', quantity: 4 },
      { kind: 'payment' },
    ])
  })

  test('without webhook expansion it is said what to switch on', () => {
    const bare = (type: string, data: object) => read({ events: [{ ...parsed('order.completed'), type, data }] })[0]
    expect(bare('order.completed', { order: 'OrQuill1' })?.ignored).toContain('Webhook Expansion')
    expect(bare('subscription.activated', { subscription: 'SuQuill' })?.ignored).toContain('Webhook Expansion')
    const { account: _, ...subscription } = parsed('subscription.activated').data
    const [line] = facts({
      events: [{ ...parsed('subscription.activated'), data: { ...subscription, account: 'AcLena' } }],
    })
    expect(line).not.toHaveProperty('buyer')
  })

  test('while it is overdue, nothing is paid ahead', () => {
    expect(facts('subscription.charge.failed')[0]).not.toHaveProperty('paidThrough')
  })

  test('a trial ends with its day', () => {
    expect(facts(changed('subscription.activated', { state: 'trial' }))[0]).toMatchObject({
      ...{ state: 'live', trialEndsAt: '2027-09-01T23:59:59.999Z' },
    })
  })

  test('what is not paid is pending, or dropped', () => {
    const state = (type: string) =>
      facts(changed('order.completed', { completed: false }, { type })).map(
        (fact) => fact.kind === 'line' && fact.state,
      )
    expect(state('order.payment.pending')).toEqual(['pending', 'pending'])
    expect(state('order.failed')).toEqual(['ended', 'ended'])
    expect(state('order.canceled')).toEqual(['ended', 'ended'])
  })

  test('a state of tomorrow leaves it as it was', () => {
    expect(facts(changed('subscription.activated', { state: 'a new word' }))[0]).not.toHaveProperty('state')
  })

  test('trial purchases are told in each event', () => {
    expect(read(changed('order.completed', {}, { live: false }))[0]?.isTest).toBe(true)
  })

  test('other events are taken and left', () => {
    const [reading] = read(changed('order.completed', {}, { type: 'fulfillment.failed' }))
    expect(reading).toMatchObject({ facts: [], ignored: expect.any(String) })
  })

  test.each<[string, object | string]>([
    ['not JSON', 'a=b'],
    ['no events', { id: 'EvQuill1' }],
    ['an event without an id', { events: [{ type: 'order.completed', created: 1, data: {} }] }],
    ['an order without an id', { events: [{ id: 'a', type: 'order.completed', created: 1, data: {} }] }],
    ['a return without an id', { events: [{ id: 'a', type: 'return.created', created: 1, data: {} }] }],
  ])('%s is not read', (_what, body) => {
    expect(() => read(body)).toThrow(UnreadableDelivery)
  })
})

test('what we did not take is read 25 by 25', async () => {
  const asked: URL[] = []
  const answers = [
    { events: [parsed('order.completed'), { ...parsed('return.created-full'), created: 1, live: false }], more: true },
    { events: [parsed('subscription.activated')], more: true },
    { events: [parsed('subscription.canceled')], more: false },
  ]
  const api = async (path: string) => {
    asked.push(new URL(path, 'https://api.fastspring.com'))
    return answers[asked.length - 1]
  }
  const found: Fact[] = []
  const at = new Date('2026-09-02T00:00:00Z')
  for await (const page of fastspringStore.api?.changedSince(api, new Date('2026-01-01'), at) ?? []) found.push(...page)
  // The second answer brought nothing later than the first: asking again would bring the same.
  expect(found.map(({ kind }) => kind)).toEqual(['line', 'line', 'payment', 'line'])
  expect(asked).toHaveLength(2)
  expect(Number(asked[0]?.searchParams.get('begin'))).toBeGreaterThan(at.getTime() - 30 * 86_400_000)
  expect(fastspringStore.api?.headers('name:word')).toEqual({ authorization: 'Basic bmFtZTp3b3Jk' })
})
