import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { deliveryOf, sample, sampleNames } from '../../../e2e/store-samples.ts'
import { UnreadableDelivery } from '../../store-facts/read.ts'
import { StoreApiRefusal } from '../../store-facts/reader.ts'
import type { Fact } from '../../store-facts/schema.ts'
import { woocommerceStore } from './store.ts'
import { woocommerceSetup } from './store-setup.ts'

const now = new Date('2026-09-01T10:00:06Z')
const read = (body: Buffer | string | object, headers: Record<string, string> = {}, taken = now) =>
  woocommerceStore.read(
    deliveryOf(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body), headers, taken),
  )[0]
const parsed = (name: string) => JSON.parse(sample('woocommerce', name).toString())
const changed = (name: string, thing: object) => ({ ...parsed(name), ...thing })
/** That nothing of an order went back. */
const isNone = (fact: Fact) => fact.kind === 'refund' && fact.state === 'failed'
/** What is known where the shop cannot be asked. */
const facts = (body: Parameters<typeof read>[0]): Fact[] => {
  const reading = read(body)
  const all = [...(reading?.facts ?? []), ...(reading?.asks ?? []).flatMap(({ otherwise }) => otherwise)]
  return all.filter((fact) => !isNone(fact))
}
const ofSample = (name: string) => facts(sample('woocommerce', name))

describe('what WooCommerce signs is believed', () => {
  // Signed as typed, although it is stored with its signs escaped.
  const secret = 'ck "quoted" & <sec>'
  const body = '{"id":5501}'
  const headers = { 'X-WC-Webhook-Signature': 'hX5Wb7TmuyBUCTkuWKdc3yNbBBtS80Wfut7K5cbtKh8=' }
  test.each<[string, string, Record<string, string>, string[], string | null]>([
    ['as it came', body, headers, [secret], null],
    ['with an older secret beside the new one', body, headers, ['other', secret], null],
    ['one byte more', `${body} `, headers, [secret], 'wrong_signature'],
    ['the secret as it is stored', body, headers, ['ck &quot;quoted&quot; &amp; &lt;sec&gt;'], 'wrong_signature'],
    ['another secret', body, headers, ['other'], 'wrong_signature'],
    ['no secret', body, headers, [], 'no_secret'],
    ['no header', body, {}, [secret], 'unsigned'],
    ['what the form sends when it is saved', 'webhook_id=12', {}, [secret], null],
    ['something like it', 'webhook_id=12&id=5501', {}, [secret], 'unsigned'],
  ])('%s', (_what, sent, sentHeaders, secrets, expected) => {
    expect(woocommerceStore.distrust(deliveryOf(sent, sentHeaders, now), secrets, now)).toBe(expected)
  })
})

describe('what WooCommerce says', () => {
  test('every sample is read', () => {
    for (const name of sampleNames('woocommerce')) {
      const reading = read(sample('woocommerce', name), {
        'X-WC-Webhook-Topic': name,
        'X-WC-Webhook-Delivery-ID': 'd1',
      })
      const isThing = !/^ping|deleted/.test(name)
      if (isThing) expect(reading, name).toMatchObject({ type: name, isTest: null })
      expect(reading?.ignored === undefined, name).toBe(isThing)
    }
  })

  test('an order is a line for each item, and one payment', () => {
    const at = {
      version: '2026-09-01T10:00:05.000000Z/2026-09-01T10:00:06.000Z',
      occurredAt: '2026-09-01T10:00:05.000Z',
    }
    expect(ofSample('order.updated-completed')).toEqual([
      ...[
        { line: '81', productIds: ['702', '701'], productName: 'Quill Pro - Yearly', quantity: 2 },
        { line: '82', productIds: ['703'], productName: 'Quill Studio', quantity: 1 },
      ].map((line) => ({
        ...{ kind: 'line', ...at, ref: 'order:5501', allLines: ['81', '82'], type: 'one_time', state: 'live', ...line },
        buyer: { ref: '31', email: 'lena@customer.example', name: 'Lena Ortiz' },
        ...{ orderNumber: '5501', purchasedAt: '2026-09-01T10:00:02.000Z' },
      })),
      {
        ...{ kind: 'payment', ...at, occurredAt: '2026-09-01T10:00:04.000Z', ref: 'order:5501', payment: '5501' },
        ...{ amount: 14700, currency: 'EUR' },
      },
    ])
  })

  test.each<[string, string | undefined, number]>([
    ['order.created-pending', 'pending', 0],
    ['order.updated-processing', 'live', 1],
    ['order.updated-cancelled', 'ended', 1],
    ['order.updated-refunded', 'ended', 1],
    ['order.updated-one-line-refunded', 'live', 1],
  ])('%s is %s', (name, state, payments) => {
    const all = ofSample(name)
    expect(all.filter(({ kind }) => kind === 'line')).toMatchObject([{ state }, { state }])
    expect(all.filter(({ kind }) => kind === 'payment')).toHaveLength(payments)
  })

  test.each<[object, string | undefined]>([
    [{ status: 'on-hold', date_paid_gmt: null, date_completed_gmt: null }, 'pending'],
    [{ status: 'processing', date_paid_gmt: null, date_completed_gmt: null }, 'pending'],
    [{ status: 'processing', date_paid_gmt: null, date_completed_gmt: null, total: '0.00' }, 'live'],
    [{ status: 'failed', date_paid_gmt: null, date_completed_gmt: null }, 'ended'],
    [{ status: 'failed' }, undefined],
    [{ status: 'trash' }, undefined],
    [{ status: 'ready-to-ship' }, undefined],
  ])('an order with %j is %s', (thing, state) => {
    const [line] = facts(changed('order.updated-completed', thing))
    expect(line?.kind === 'line' && line.state).toBe(state)
  })

  test.each<[string, object]>([
    [
      'subscription.updated-active',
      {
        ...{ state: 'live', line: '91', productIds: ['702', '701'], quantity: 3, endsAt: null, trialEndsAt: null },
        ...{ paidThrough: '2027-09-01T10:00:02.000Z', orderNumber: '5601' },
      },
    ],
    ['subscription.updated-on-hold-retry-planned', { state: 'grace' }],
    ['subscription.updated-pending-cancel', { state: 'live', endsAt: '2027-09-01T10:00:02.000Z' }],
    ['subscription.updated-cancelled', { state: 'ended', endsAt: '2027-09-01T10:00:05.000Z' }],
    ['subscription.updated-switched-line', { line: '95', allLines: ['95'], productIds: ['703'], quantity: 5 }],
  ])('%s', (name, expected) => {
    expect(ofSample(name)[0]).toMatchObject({
      kind: 'line',
      ref: 'subscription:5601',
      type: 'subscription',
      ...expected,
    })
  })

  test.each<[object, string | undefined]>([
    [{ status: 'pending' }, 'pending'],
    [{ status: 'on-hold' }, 'paused'],
    [{ status: 'expired' }, 'ended'],
    [{ status: 'switched' }, 'ended'],
    [{ status: 'a new word' }, undefined],
  ])('a subscription with %j is %s', (thing, state) => {
    const [line] = facts(changed('subscription.updated-active', thing))
    expect(line?.kind === 'line' && line.state).toBe(state)
  })
})

describe('what has to be asked', () => {
  test('which products of an order are subscriptions: those tell of themselves', () => {
    const reading = read(sample('woocommerce', 'order.updated-completed'))
    const [ask] = reading?.asks ?? []
    expect(reading?.facts.filter((fact) => !isNone(fact))).toEqual([])
    expect(ask?.path).toBe('/wp-json/wc/v3/products?include=701,703&per_page=100&_fields=id,type')
    const all = (types: string[]) => ask?.read([701, 703].map((id, at) => ({ id, type: types[at] })))
    expect(all(['simple', 'simple'])).toEqual(ask?.otherwise)
    expect(all(['variable-subscription', 'simple'])).toMatchObject([
      { line: '82', allLines: ['82'] },
      { kind: 'payment', ref: 'order:5501', amount: 14700 },
    ])
    expect(all(['variable-subscription', 'subscription'])).toEqual([])
    expect(ask?.read([])).toEqual(ask?.otherwise)
  })

  test('which line went back', () => {
    const reading = read(sample('woocommerce', 'order.updated-one-line-refunded'))
    const ask = reading?.asks?.[1]
    expect(ask?.path).toBe('/wp-json/wc/v3/orders/5501/refunds?per_page=100')
    expect(ask?.otherwise).toMatchObject([
      { kind: 'refund', payment: '5501', refund: 'total:5501', mode: 'total', state: 'succeeded', amount: 4900 },
    ])
    expect(ask?.otherwise[0]).not.toHaveProperty('lines')
    const refunded = (quantity: number) => ({
      id: 5599,
      amount: '49.00',
      line_items: [{ id: 83, product_id: 703, quantity, meta_data: [{ id: 1, key: '_refunded_item_id', value: 82 }] }],
    })
    expect(ask?.read([refunded(-1)])).toMatchObject([{ amount: 4900, lines: [{ line: '82', quantity: 1 }] }])
    expect(ask?.read([refunded(-1), refunded(-1)])).toMatchObject([
      { amount: 9800, lines: [{ line: '82', quantity: 2 }] },
    ])
    // Money without a unit.
    expect(ask?.read([refunded(0)])).toMatchObject([{ amount: 4900, lines: null }])
  })

  test('how much the first order of a subscription was', () => {
    const [ask] = read(sample('woocommerce', 'subscription.updated-active'))?.asks ?? []
    expect(ask?.path).toBe('/wp-json/wc/v3/orders/5502')
    const names = { ref: 'subscription:5601', payment: '5502/5601', aliases: ['5502'] }
    expect(ask?.otherwise).toMatchObject([names])
    expect(ask?.otherwise[0]).not.toHaveProperty('amount')
    expect(ask?.read({ ...parsed('order.updated-completed'), id: 5502, total: '87.00' })).toMatchObject([
      { ...names, amount: 8700, occurredAt: '2026-09-01T10:00:04.000Z' },
    ])
    expect(ask?.read(parsed('order.created-pending'))?.[0]).not.toHaveProperty('amount')
  })
})

describe('traps', () => {
  test('a renewal is the subscription’s payment, and no order', () => {
    for (const key of ['_subscription_renewal', '_subscription_switch']) {
      const body = changed('order.updated-completed', { id: 5503, meta_data: [{ id: 9, key, value: '5601' }] })
      expect(read(body)).toMatchObject({
        facts: [{ kind: 'payment', ref: 'subscription:5601', payment: '5503' }, { state: 'failed' }],
      })
      expect(read(body)).not.toHaveProperty('asks')
    }
  })

  test('that nothing went back is said, too: refunds can be deleted', () => {
    const of = (name: string) => read(sample('woocommerce', name))?.facts.filter(isNone)
    expect(of('order.updated-completed')).toMatchObject([
      { payment: '5501', refund: 'total:5501', amount: 0, lines: null },
    ])
    expect(of('order.created-pending')).toEqual([])
    expect(of('order.updated-one-line-refunded')).toEqual([])
  })

  test('guests are not one person', () => {
    expect(facts(changed('order.updated-completed', { customer_id: 0 }))[0]).toMatchObject({ buyer: { ref: null } })
  })

  test('the shop’s own time is not looked at', () => {
    const shifted = changed('order.updated-completed', { date_modified: '2030-01-01T00:00:00' })
    expect(facts(shifted)).toEqual(ofSample('order.updated-completed'))
  })

  test('of two states of one second the one that came later counts', () => {
    const version = (taken: string) =>
      read(sample('woocommerce', 'subscription.updated-active'), {}, new Date(taken))?.facts[0]?.version ?? ''
    expect(version('2026-09-01T10:00:07Z') > version('2026-09-01T10:00:06Z')).toBe(true)
  })

  test('two deliveries of one second have one id, and are two', () => {
    const key = (name: string) => read(sample('woocommerce', name), { 'X-WC-Webhook-Delivery-ID': 'd1' })?.key
    expect(key('order.updated-completed')).not.toBe(key('order.updated-processing'))
    expect(key('order.updated-completed')).toBe(key('order.updated-completed'))
  })

  test('a deleted order takes nothing back', () => {
    expect(read(sample('woocommerce', 'order.deleted'))).toMatchObject({ facts: [], ignored: expect.any(String) })
  })

  test('on hold, the next payment is the one that is missing', () => {
    expect(ofSample('subscription.updated-on-hold-retry-planned')[0]).not.toHaveProperty('paidThrough')
  })

  test('a trial ends', () => {
    const trial = { trial_end_date_gmt: '2026-09-15T10:00:02', next_payment_date_gmt: '2026-09-15T10:00:02' }
    expect(facts(changed('subscription.updated-active', trial))[0]).toMatchObject({
      trialEndsAt: '2026-09-15T10:00:02.000Z',
    })
    const after = { ...trial, date_modified_gmt: '2026-09-16T10:00:00' }
    expect(facts(changed('subscription.updated-active', after))[0]).toMatchObject({ trialEndsAt: null })
  })

  test.each<[string, object | string]>([
    ['not JSON', 'a=b'],
    ['no id', { line_items: [] }],
    ['lines that are none', { id: 1, line_items: 'none' }],
  ])('%s is not read', (_what, body) => {
    expect(() => read(body)).toThrow(UnreadableDelivery)
  })
})

describe('the shop’s API', () => {
  const credential = 'https://ck_a%40b:cs_1@shop.example/store/'
  test('is named with its key', () => {
    expect(woocommerceStore.api?.origin('live', credential)).toBe('https://shop.example/store')
    expect(woocommerceStore.api?.headers(credential)).toEqual({
      authorization: `Basic ${Buffer.from('ck_a@b:cs_1').toString('base64')}`,
    })
    expect(woocommerceSetup.credential?.wrong?.(credential)).toBeNull()
    // Whether http is spoken there depends on the network, so it is said when it is asked.
    expect(woocommerceSetup.credential?.wrong?.('http://ck_1:cs_1@10.0.0.7')).toBeNull()
    for (const text of ['ck_1', 'ftp://ck_1:cs_1@shop.example', 'https://shop.example'])
      expect(woocommerceSetup.credential?.wrong?.(text), text).not.toBeNull()
  })

  const answers: Record<string, unknown> = {
    '/wp-json/wc/v3/orders': [parsed('order.updated-one-line-refunded')],
    '/wp-json/wc/v3/products': [{ id: 701, type: 'subscription' }],
    '/wp-json/wc/v3/orders/5501/refunds': [{ id: 5599, amount: '49.00', line_items: [] }],
    '/wp-json/wc/v3/subscriptions': [parsed('subscription.updated-active')],
  }
  const all = async (answer: typeof answers) => {
    const asked: string[] = []
    const api = async (path: string) => {
      asked.push(path)
      const found = answer[path.split('?')[0] ?? '']
      if (found === undefined) throw new StoreApiRefusal(404)
      return found
    }
    const found: Fact[] = []
    const since = new Date('2026-09-01T00:00:00Z')
    for await (const page of woocommerceStore.api?.changedSince(api, since, now) ?? []) found.push(...page)
    return { asked, found }
  }

  test('everything since a time is read, and what orders leave out is asked', async () => {
    const { asked, found } = await all({ ...answers, '/wp-json/wc/v3/orders/5502': parsed('order.updated-completed') })
    expect(found.map(({ kind }) => kind)).toEqual(['line', 'payment', 'refund', 'line', 'payment'])
    expect(found[0]).toMatchObject({ line: '82' })
    expect(found.at(-1)).toMatchObject({ payment: '5502/5601', amount: 14700 })
    expect(asked[0]).toContain('orders?modified_after=2026-09-01T00:00:00&dates_are_gmt=true')
  })

  test('a shop without subscriptions has none, and a first order may be gone', async () => {
    const { '/wp-json/wc/v3/subscriptions': _, ...without } = answers
    expect((await all(without)).found).toHaveLength(3)
    expect((await all(answers)).found.at(-1)).toMatchObject({ payment: '5502/5601' })
  })

  test('another refusal is not taken for an answer', async () => {
    const api = async (path: string) => {
      if (path.includes('/subscriptions')) throw new StoreApiRefusal(401)
      return []
    }
    const pages = woocommerceStore.api?.changedSince(api, now, now)[Symbol.asyncIterator]()
    await expect(pages?.next()).rejects.toThrow('401')
  })
})

// The signature of a delivery as WooCommerce computes it, for what the worked one leaves open.
test('a body with other signs is signed as bytes', () => {
  const body = '{"id":1,"name":"Ñandú €"}'
  const signature = createHmac('sha256', 'secret').update(Buffer.from(body)).digest('base64')
  const delivery = deliveryOf(body, { 'x-wc-webhook-signature': signature }, now)
  expect(woocommerceStore.distrust(delivery, ['secret'], now)).toBeNull()
})
