import { describe, expect, test } from 'vitest'
import { deliveryOf, sample, sampleNames } from '../../../e2e/store-samples.ts'
import { UnreadableDelivery } from '../../store-facts/read.ts'
import type { Fact } from '../../store-facts/schema.ts'
import { shopifyStore } from './store.ts'
import { shopifySetup } from './store-setup.ts'

const now = new Date('2026-09-01T10:00:06Z')
const event = { 'X-Shopify-Event-Id': 'ev1', 'X-Shopify-Webhook-Id': 'wh1', 'X-Shopify-Topic': 'orders/paid' }
const read = (body: Buffer | string | object, headers: Record<string, string> = event) =>
  shopifyStore.read(
    deliveryOf(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body), headers, now),
  )[0]
const parsed = (name: string) => JSON.parse(sample('shopify', name).toString())
const changed = (name: string, thing: object) => ({ ...parsed(name), ...thing })
const facts = (body: string | object): Fact[] =>
  read(typeof body === 'string' ? sample('shopify', body) : body)?.facts ?? []

describe('what Shopify signs is believed', () => {
  // Accepted by @shopify/shopify-api 15.0.0, webhooks.validate.
  const secret = 'shpss_inkwelltestsecret'
  const body =
    '{"id":6600000000001,"order_id":6100000000001,"created_at":"2026-09-05T14:00:00+02:00","refund_line_items":[{"line_item_id":8300000000002,"quantity":1}],"transactions":[{"kind":"refund","status":"success","amount":"49.00","currency":"EUR","test":false}]}'
  const headers = { 'X-Shopify-Hmac-Sha256': 'tEtLghtV8KhydjoChXjstcWnxeMz2ncgZB1jeiMQDD0=' }
  test.each<[string, string, Record<string, string>, string[], string | null]>([
    ['as it came', body, headers, [secret], null],
    ['with an older secret beside the new one', body, headers, ['other', secret], null],
    ['one byte more', `${body} `, headers, [secret], 'wrong_signature'],
    ['another secret', body, headers, ['other'], 'wrong_signature'],
    ['no secret', body, headers, [], 'no_secret'],
    ['no header', body, {}, [secret], 'unsigned'],
  ])('%s', (_what, sent, sentHeaders, secrets, expected) => {
    expect(shopifyStore.distrust(deliveryOf(sent, sentHeaders, now), secrets, now)).toBe(expected)
  })

  test('and is read', () => {
    expect(read(body)?.facts).toMatchObject([
      { kind: 'refund', amount: 4900, lines: [{ line: '8300000000002', quantity: 1 }] },
    ])
  })
})

describe('what Shopify says', () => {
  test('every sample is read', () => {
    for (const name of sampleNames('shopify')) {
      const reading = read(sample('shopify', name), { ...event, 'X-Shopify-Topic': name })
      expect(reading, name).toMatchObject({ key: `ev1:${name}:${parsed(name).id}`, type: name, isTest: false })
      expect(reading?.facts.length, name).toBeGreaterThan(0)
    }
  })

  test('an order is a line for each item, and one payment', () => {
    const at = { version: '2026-09-01T10:00:05.000000Z', occurredAt: '2026-09-01T10:00:05.000Z' }
    const allLines = ['8300000000001', '8300000000002']
    expect(facts('orders-paid')).toEqual([
      ...[
        { productIds: ['9500000000001', '9400000000001'], productName: 'Quill Pro - Yearly', quantity: 2 },
        { productIds: ['9500000000002', '9400000000002'], productName: 'Quill Studio', quantity: 1 },
      ].map((item, index) => ({
        ...{ kind: 'line', ...at, ref: 'order:6100000000001', line: allLines[index], allLines, type: 'one_time' },
        ...{ state: 'live', ...item, orderNumber: '#1001', purchasedAt: '2026-09-01T10:00:01.000Z' },
        buyer: { ref: '7200000000001', email: 'lena@customer.example', name: 'Lena Ortiz' },
      })),
      {
        ...{ kind: 'payment', version: at.version, occurredAt: '2026-09-01T10:00:01.000Z', ref: 'order:6100000000001' },
        ...{ payment: '6100000000001', amount: 14700, currency: 'EUR' },
      },
    ])
  })

  test.each<[string, string | undefined, boolean]>([
    ['paid', 'live', true],
    ['partially_refunded', 'live', true],
    ['refunded', 'ended', true],
    ['voided', 'ended', false],
    ['pending', 'pending', false],
    ['authorized', 'pending', false],
    ['partially_paid', 'pending', false],
    ['a new word', undefined, false],
  ])('money that is %s: %s', (financial_status, state, isPaid) => {
    const all = facts(changed('orders-paid', { financial_status }))
    expect(all[0]?.kind === 'line' && all[0].state).toBe(state)
    expect(all.some(({ kind }) => kind === 'payment')).toBe(isPaid)
  })

  test('a refund says which units', () => {
    expect(facts('refunds-create-one-line')).toEqual([
      {
        ...{ kind: 'refund', version: '2026-09-05T12:00:00.000000Z', occurredAt: '2026-09-05T12:00:00.000Z' },
        ...{ payment: '6100000000001', refund: '6600000000001', mode: 'one', state: 'succeeded', amount: 4900 },
        lines: [{ line: '8300000000002', quantity: 1 }],
      },
    ])
  })

  test.each<[object[], string]>([
    [[{ kind: 'refund', status: 'success', amount: '49.00', currency: 'EUR' }], 'succeeded'],
    [[{ kind: 'refund', status: 'pending', amount: '49.00', currency: 'EUR' }], 'pending'],
    [[{ kind: 'refund', status: 'failure', amount: '49.00', currency: 'EUR' }], 'failed'],
    [[], 'succeeded'],
  ])('a refund with %j is %s', (transactions, state) => {
    expect(facts(changed('refunds-create-one-line', { transactions }))).toMatchObject([{ state }])
  })
})

describe('traps', () => {
  test('that an order was canceled says nothing of its money', () => {
    const canceled = { cancelled_at: '2026-09-05T14:00:00+02:00', cancel_reason: 'customer' }
    expect(facts(changed('orders-paid', canceled))[0]).toMatchObject({ state: 'live' })
    expect(facts('orders-cancelled-with-refund')[0]).toMatchObject({ state: 'ended' })
  })

  test('units that went back are not taken off twice', () => {
    const [first] = parsed('orders-paid').line_items
    const [line] = facts(changed('orders-paid', { line_items: [{ ...first, current_quantity: 1 }] }))
    expect(line).toMatchObject({ quantity: 2, state: 'live' })
  })

  test('a line that was taken out of an order is over', () => {
    const [first, second] = parsed('orders-paid').line_items
    const line_items = [first, { ...second, current_quantity: 0 }]
    expect(facts(changed('orders-paid', { line_items }))).toMatchObject([{ state: 'live' }, { state: 'ended' }, {}])
  })

  test('an order knows its refunds, as of its own version', () => {
    const refund = parsed('refunds-create-one-line')
    const body = changed('orders-paid', { refunds: [refund], updated_at: '2026-09-05T14:00:09+02:00' })
    expect(facts(body).at(-1)).toMatchObject({
      ...{ kind: 'refund', refund: '6600000000001', version: '2026-09-05T12:00:09.000000Z' },
      lines: [{ line: '8300000000002', quantity: 1 }],
    })
  })

  test('an amount without lines takes none', () => {
    expect(facts(changed('refunds-create-one-line', { refund_line_items: [] }))).toMatchObject([
      { amount: 4900, lines: null },
    ])
    expect(facts(changed('refunds-create-one-line', { refund_line_items: [], transactions: [] }))).toEqual([])
  })

  test('an amount in the buyer’s own currency is not compared with the shop’s', () => {
    const [item] = parsed('refunds-create-one-line').refund_line_items
    const subtotal_set = { shop_money: { amount: '49.00', currency_code: 'EUR' } }
    const transactions = [{ kind: 'refund', status: 'success', amount: '4900.00', currency: 'INR' }]
    const refund = changed('refunds-create-one-line', { transactions, refund_line_items: [{ ...item, subtotal_set }] })
    expect(facts(refund)[0]).not.toHaveProperty('amount')
    expect(
      facts(changed('orders-paid', { refunds: [changed('refunds-create-one-line', { transactions })] })).at(-1),
    ).not.toHaveProperty('amount')
  })

  test('the address is the one of the order; some buyers have none', () => {
    const none = { email: null, contact_email: null }
    expect(facts(changed('orders-paid', { contact_email: null, email: 'a@customer.example' }))[0]).toMatchObject({
      buyer: { email: 'a@customer.example' },
    })
    expect(facts(changed('orders-paid', { ...none, customer: null }))[0]).toMatchObject({
      buyer: { ref: null, email: null, name: 'Lena Ortiz' },
    })
  })

  test('trials are told by the order, and by the money of a refund', () => {
    expect(read(changed('orders-paid', { test: true }))?.isTest).toBe(true)
    const transactions = [{ kind: 'refund', status: 'success', amount: '49.00', test: true }]
    expect(read(changed('refunds-create-one-line', { transactions }))?.isTest).toBe(true)
    expect(read(changed('refunds-create-one-line', { transactions: [] }))?.isTest).toBeNull()
  })

  test('one event under two topics is two', () => {
    const key = (topic: string) => read(sample('shopify', 'orders-paid'), { ...event, 'X-Shopify-Topic': topic })?.key
    expect(key('orders/paid')).not.toBe(key('orders/updated'))
    expect(() => read(sample('shopify', 'orders-paid'), {})).toThrow('X-Shopify-Event-Id')
  })

  test.each([
    ['orders/delete', { id: 6100000000001 }, 'do not concern'],
    ['customers/redact', { shop_id: 1, customer: { id: 7 } }, 'forget'],
  ])('%s is taken and left', (topic, body, why) => {
    const reading = read(body, { ...event, 'X-Shopify-Topic': topic })
    expect(reading?.facts).toEqual([])
    expect(reading?.ignored).toContain(why)
  })

  test.each<[string, object | string]>([
    ['not JSON', 'a=b'],
    ['an order without an id', { line_items: [] }],
    ['lines that are none', { id: 1, line_items: 'none' }],
    ['a refund without an id', { order_id: 1, transactions: [] }],
  ])('%s is not read', (_what, body) => {
    expect(() => read(body)).toThrow(UnreadableDelivery)
  })
})

describe('the shop’s API', () => {
  const credential = 'https://shpat_1@inkwell.myshopify.com'
  test('is named with its token', () => {
    expect(shopifyStore.api?.origin('live', credential)).toBe('https://inkwell.myshopify.com')
    expect(shopifyStore.api?.headers(credential)).toEqual({ 'x-shopify-access-token': 'shpat_1' })
    expect(shopifySetup.credential?.wrong?.(credential)).toBeNull()
    for (const text of ['shpat_1', 'https://shpat_1@shop.example', 'http://shpat_1@inkwell.myshopify.com'])
      expect(shopifySetup.credential?.wrong?.(text), text).not.toBeNull()
  })

  test('everything since a time is read, page by page', async () => {
    const asked: string[] = []
    const order = (index: number) =>
      changed('orders-paid', { id: index, updated_at: '2026-09-03T00:00:00Z', test: index === 1 })
    const api = async (path: string) => {
      asked.push(new URL(path, 'https://x.example').searchParams.get('updated_at_min') ?? '')
      return { orders: Array.from({ length: asked.length < 3 ? 250 : 2 }, (_, index) => order(index)) }
    }
    const found: Fact[] = []
    for await (const page of shopifyStore.api?.changedSince(api, new Date('2026-09-01'), now) ?? []) found.push(...page)
    expect(found).toHaveLength((249 + 249 + 1) * 3)
    // A whole page of one moment does not hold it up for ever.
    expect(asked).toEqual(['2026-09-01T00:00:00.000Z', '2026-09-03T00:00:00.000Z', '2026-09-03T00:00:01.000Z'])
  })
})
