import { describe, expect, test } from 'vitest'
import { deliveryOf, sample, sampleNames } from '../../../e2e/store-samples.ts'
import { moneyText } from '../../store-facts/money.ts'
import { UnreadableDelivery } from '../../store-facts/read.ts'
import type { Reading } from '../../store-facts/reader.ts'
import type { Fact } from '../../store-facts/schema.ts'
import { stripeStore } from './store.ts'
import { stripeSetup } from './store-setup.ts'

const now = new Date('2026-09-01T10:00:05Z')
const deliver = (body: Buffer | string): Reading => {
  const [reading] = stripeStore.read(deliveryOf(body, {}, new Date('2026-09-01T11:00:00Z')))
  if (!reading) throw new Error('nothing was read')
  return reading
}
const read = (name: string) => deliver(sample('stripe', name))
const facts = (name: string): Fact[] => read(name).facts
const lineItems: unknown = JSON.parse(
  sample('stripe', 'get-v1-checkout-sessions-cs_live_a1quill-line_items-answer-not-an-even').toString(),
)
/** A sample with something else in its object. */
const changed = (name: string, object: object, event: object = {}) => {
  const json = JSON.parse(sample('stripe', name).toString())
  return deliver(JSON.stringify({ ...json, ...event, data: { object: { ...json.data.object, ...object } } }))
}
const events = sampleNames('stripe').filter((name) => !name.startsWith('get-'))

describe('what Stripe signs is believed', () => {
  // Made by stripe's generateTestHeaderString and accepted by its constructEvent.
  const secret = 'whsec_TestInkwell0123456789abcdef'
  const body =
    '{"id":"evt_1QuillS","object":"event","api_version":"2026-10-28.endive","created":1788609600,"livemode":true,"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"type":"refund.created","data":{"object":{"id":"re_3Quill1","object":"refund","amount":4900,"currency":"eur","charge":"ch_3Quill1","payment_intent":"pi_3Quill1","created":1788609600,"reason":"requested_by_customer","status":"succeeded","receipt_number":null,"metadata":{}}}}'
  const signature = '8bd36d7b2fcaf43d6d698d99a297c7f4c2f3472c9f3bc339e9f6ba686dbb6cad'
  const header = `t=1788256805,v1=${signature}`
  const wrong = 'a'.repeat(64)
  const ten = '2026-09-01T10:00:05Z'
  test.each<[string, string, string, string[], string, string | null]>([
    ['as it came', body, header, [secret], ten, null],
    ['with an older secret beside the new one', body, header, ['whsec_other', secret], ten, null],
    ['with two signatures', body, `t=1788256805,v1=${wrong},v1=${signature}`, [secret], ten, null],
    ['with one of another scheme', body, `t=1788256805,v1=${signature},v0=${wrong}`, [secret], ten, null],
    ['of another scheme only', body, `t=1788256805,v0=${signature}`, [secret], ten, 'unsigned'],
    ['one byte more', `${body} `, header, [secret], ten, 'wrong_signature'],
    ['another time', body, `t=1788256806,v1=${signature}`, [secret], ten, 'wrong_signature'],
    ['another secret', body, header, ['whsec_other'], ten, 'wrong_signature'],
    ['half a signature', body, `t=1788256805,v1=${signature.slice(0, 32)}`, [secret], ten, 'wrong_signature'],
    ['no time', body, `v1=${signature}`, [secret], ten, 'unsigned'],
    ['no header', body, '', [secret], ten, 'unsigned'],
    ['no secret', body, header, [], ten, 'no_secret'],
    ['four minutes later', body, header, [secret], '2026-09-01T10:04:05Z', null],
    ['six minutes later', body, header, [secret], '2026-09-01T10:06:06Z', 'too_old'],
    ['six minutes before', body, header, [secret], '2026-09-01T09:54:00Z', 'from_the_future'],
  ])('%s', (_what, sent, sentHeader, secrets, at, expected) => {
    const headers = sentHeader ? { 'stripe-signature': sentHeader } : undefined
    expect(stripeStore.distrust(deliveryOf(sent, headers ?? {}, now), secrets, new Date(at))).toBe(expected)
  })
})

describe('what Stripe says', () => {
  test('every sample is read, under its own id', () => {
    const keys = events.map((name) => read(name).key)
    expect(new Set(keys).size).toBe(events.length)
    expect(events.map((name) => read(name).isTest)).toEqual(events.map(() => false))
  })

  test.each<[string, object[]]>([
    ['checkout.session.completed-subscription-with-trial', [{ kind: 'customer', email: 'lena@customer.example' }]],
    ['customer.subscription.created', [{ state: 'pending', line: 'si_1Quill', allLines: ['si_1Quill'], quantity: 3 }]],
    [
      'customer.subscription.updated-first-payment-went-through',
      [{ state: 'live', productIds: ['price_QuillYear', 'prod_Quill'], endsAt: null, trialEndsAt: null }],
    ],
    [
      'customer.subscription.updated-customer-cancels-in-the-portal-flexible-',
      [{ state: 'live', endsAt: '2027-09-01T10:00:00.000Z' }],
    ],
    [
      'customer.subscription.updated-quantity-3-5-and-other-price',
      [{ line: 'si_1Quill', quantity: 5, productIds: ['price_StudioYear', 'prod_Studio'] }],
    ],
    ['customer.subscription.updated-renewal-failed', [{ state: 'grace' }]],
    ['customer.subscription.paused', [{ state: 'paused' }]],
    ['customer.subscription.resumed', [{ state: 'live' }]],
    ['customer.subscription.deleted', [{ state: 'ended', endsAt: '2027-09-01T10:00:00.000Z' }]],
    [
      'invoice.paid-first',
      [
        {
          ...{ kind: 'payment', ref: 'subscription:sub_1Quill', payment: 'in_1Quill1', amount: 8700, currency: 'eur' },
          paidThrough: '2027-09-01T10:00:00.000Z',
        },
        { kind: 'customer', customer: 'cus_Lena1', email: 'lena@customer.example', name: 'Lena Ortiz' },
      ],
    ],
    ['invoice.paid-renewal', [{ payment: 'in_1Quill2', paidThrough: '2028-09-01T10:00:00.000Z' }, {}]],
    ['invoice.payment_failed', []],
    ['charge.refunded-full', [{ kind: 'refund', payment: 'pi_3Quill1', mode: 'total', amount: 'all' }]],
    ['charge.refunded-partial', [{ refund: 'total:ch_3Quill1', mode: 'total', amount: 4900, state: 'succeeded' }]],
    [
      'refund.created',
      [{ refund: 're_3Quill1', payment: 'pi_3Quill1', mode: 'one', amount: 4900, state: 'succeeded' }],
    ],
    ['refund.updated-pending-succeeded', [{ state: 'succeeded' }]],
    [
      'refund.failed',
      [
        { refund: 're_3Quill1', state: 'failed' },
        { refund: 'total:ch_3Quill1', mode: 'total', state: 'failed' },
      ],
    ],
    ['charge.dispute.created', [{ kind: 'dispute', dispute: 'du_1Quill', payment: 'pi_3Quill1', state: 'open' }]],
    ['charge.dispute.closed-won', [{ state: 'won' }]],
    ['charge.dispute.closed-lost', [{ state: 'lost' }]],
    ['customer.updated-e-mail-changed', [{ kind: 'customer', email: 'lena.ortiz@customer.example' }]],
  ])('%s', (name, expected) => {
    expect(facts(name)).toMatchObject(expected)
    expect(facts(name)).toHaveLength(expected.length)
  })

  test('what is no event of Stripe is refused, what is new is not', () => {
    expect(() => deliver('{"id":"evt_1"}')).toThrow(UnreadableDelivery)
    expect(() => deliver('no json')).toThrow(UnreadableDelivery)
    expect(() => changed('refund.created', { id: null })).toThrow(UnreadableDelivery)
    const product = changed('refund.created', { object: 'product' }, { type: 'product.created' })
    expect(product).toMatchObject({ type: 'product.created', facts: [], ignored: expect.any(String) })
    const other = changed('customer.subscription.created', { status: 'dormant', brand_new: {} })
    expect(other.facts[0]).toMatchObject({ kind: 'line', quantity: 3 })
    expect(other.facts[0]).not.toHaveProperty('state')
  })
})

describe('a checkout of one-time prices', () => {
  const name = 'checkout.session.completed'

  test('is a payment, and lines that have to be asked for', () => {
    const { facts, asks } = read(name)
    expect(facts).toMatchObject([
      { kind: 'payment', ref: 'order:cs_live_a1Quill', aliases: ['pi_3Quill1'], amount: 14700, currency: 'eur' },
    ])
    expect(asks).toHaveLength(1)
    expect(asks?.[0]?.path).toBe('/v1/checkout/sessions/cs_live_a1Quill/line_items?limit=100')
    expect(asks?.[0]?.read(lineItems)).toMatchObject([
      {
        ...{ kind: 'line', ref: 'order:cs_live_a1Quill', line: 'li_1', type: 'one_time', state: 'live', quantity: 3 },
        productIds: ['price_QuillOnce', 'prod_Quill', 'plink_1Quill'],
        productName: 'Quill Pro',
        buyer: { ref: null, email: 'lena@customer.example', name: 'Lena Ortiz' },
        purchasedAt: '2026-09-01T09:58:00.000Z',
      },
    ])
  })

  test('without an API key, names its product by metadata and link, is asked about by metadata, and has no quantity', () => {
    const { asks } = changed(name, { metadata: { latchkey_product: 'quill-pro' } })
    expect(asks?.[0]?.otherwise).toMatchObject([
      {
        line: '',
        state: 'live',
        productIds: ['quill-pro', 'plink_1Quill', 'quill-pro'],
        buyer: { email: 'lena@customer.example' },
      },
    ])
    expect(asks?.[0]?.otherwise[0]).not.toHaveProperty('quantity')
  })

  test('of several products, has no product for the whole of it', () => {
    const { data } = lineItems as { data: object[] }
    const two = { data: [...data, { ...data[0], id: 'li_2', price: { id: 'price_B', product: 'prod_B' } }] }
    const { asks } = changed(name, { metadata: { latchkey_product: 'quill-pro' } })
    expect(asks?.[0]?.read(two)).toMatchObject([
      { line: 'li_1', productIds: ['price_QuillOnce', 'prod_Quill'] },
      { line: 'li_2', productIds: ['price_B', 'prod_B'] },
    ])
  })

  test.each<[string, string, number]>([
    ['checkout.session.completed-delayed-method-unpaid', 'pending', 0],
    ['checkout.session.async_payment_succeeded', 'live', 1],
    ['checkout.session.async_payment_failed', 'ended', 0],
  ])('%s is %s', (name, state, payments) => {
    const { facts, asks } = read(name)
    expect(asks?.[0]?.otherwise).toMatchObject([{ state }])
    expect(asks?.[0]?.read(lineItems)).toMatchObject([{ state }])
    expect(facts).toHaveLength(payments)
  })

  test('that is free is live, and one that expired is nothing', () => {
    const free = changed(name, { payment_status: 'no_payment_required', amount_total: 0, payment_intent: null })
    expect(free.facts).toMatchObject([{ kind: 'payment', amount: 0, aliases: [] }])
    expect(free.asks?.[0]?.otherwise).toMatchObject([{ state: 'live' }])
    const expired = changed(name, { status: 'expired', payment_status: 'unpaid' }, { type: 'checkout.session.expired' })
    expect(expired).toMatchObject({ facts: [], ignored: expect.any(String) })
    expect(expired.asks).toBeUndefined()
  })
})

describe('traps', () => {
  test('a thin event is asked for, as of its own time', () => {
    const { facts, asks, isTest } = read('v1.checkout.session.completed-thin-v2-event-destination')
    expect([facts, isTest]).toEqual([[], false])
    expect(asks).toMatchObject([{ path: '/v1/checkout/sessions/cs_live_a1Quill?expand[]=line_items', otherwise: [] }])
    const session = JSON.parse(sample('stripe', 'checkout.session.completed').toString()).data.object
    const whole = asks?.[0]?.read({ ...session, line_items: lineItems })
    expect(whole).toMatchObject([{ kind: 'payment' }, { kind: 'line', line: 'li_1', quantity: 3 }])
    expect(new Set(whole?.map(({ version }) => version))).toEqual(new Set(['2026-09-01T10:00:05.000000Z']))
  })

  test('a thin event names only objects that we know', () => {
    const thin = JSON.parse(sample('stripe', 'v1.checkout.session.completed-thin-v2-event-destination').toString())
    for (const url of ['/v2/core/accounts/acct_1', '/v1/products/prod_1', '/v1/checkout/sessions/../../refunds', '//x'])
      expect(deliver(JSON.stringify({ ...thin, related_object: { url } }))).toMatchObject({
        ignored: expect.any(String),
      })
  })

  test('an event of the same second has the same version: the rank of the state decides', () => {
    const created = facts('customer.subscription.created')[0]
    const active = changed('customer.subscription.updated-first-payment-went-through', {}, { created: 1788256801 })
    expect(active.facts[0]?.version).toBe(created?.version)
    expect(created?.version).toBe('2026-09-01T10:00:01.000000Z')
  })

  test('a period that has moved is not paid', () => {
    for (const name of events.filter((each) => each.startsWith('customer.subscription')))
      for (const fact of facts(name)) expect(fact, name).not.toHaveProperty('paidThrough')
  })

  test.each<[string, object, string | null]>([
    ['flexible: the date alone', { cancel_at: 1819792800 }, '2027-09-01T10:00:00.000Z'],
    ['the flag alone', { cancel_at_period_end: true }, '2027-09-01T10:00:00.000Z'],
    ['both', { cancel_at: 1819792801, cancel_at_period_end: true }, '2027-09-01T10:00:01.000Z'],
    ['taken back', { cancel_at: null }, null],
  ])('a planned end: %s', (_what, object, endsAt) => {
    expect(changed('customer.subscription.updated-first-payment-went-through', object).facts[0]).toMatchObject({
      ...{ state: 'live', endsAt },
    })
  })

  test('an older API version has the period on the subscription, and the subscription on the invoice', () => {
    const item = { id: 'si_1Quill', price: { id: 'price_QuillYear', product: 'prod_Quill' } }
    const old = changed('customer.subscription.created', {
      ...{ items: { data: [item] }, current_period_end: 1819792800, cancel_at_period_end: true, status: 'active' },
    })
    expect(old.facts[0]).toMatchObject({ quantity: 1, endsAt: '2027-09-01T10:00:00.000Z' })
    const lines = {
      data: [
        { period: { end: 1819792800 }, proration: false, subscription: 'sub_1Quill' },
        { period: { end: 1851415200 }, proration: true, subscription: 'sub_1Quill' },
      ],
    }
    const invoice = changed('invoice.paid-first', {
      ...{ parent: undefined, subscription: 'sub_1Quill', payment_intent: 'pi_1', charge: 'ch_1', lines },
    })
    expect(invoice.facts[0]).toMatchObject({
      ...{ ref: 'subscription:sub_1Quill', aliases: ['pi_1', 'ch_1'], paidThrough: '2027-09-01T10:00:00.000Z' },
    })
    const charge = changed('charge.refunded-full', { invoice: 'in_1Quill1' })
    expect(charge.facts[0]).toMatchObject({ ref: null, payment: 'in_1Quill1', aliases: ['pi_3Quill1', 'ch_3Quill1'] })
  })

  test('prorations extend nothing', () => {
    const { lines } = JSON.parse(sample('stripe', 'invoice.paid-first').toString()).data.object
    lines.data[0].parent.subscription_item_details.proration = true
    const { facts } = changed('invoice.paid-first', { billing_reason: 'subscription_update', lines })
    expect(facts[0]).toMatchObject({ kind: 'payment', payment: 'in_1Quill1' })
    expect(facts[0]).not.toHaveProperty('paidThrough')
  })

  test('an invoice of no subscription is not a payment twice', () => {
    expect(changed('invoice.paid-first', { parent: null })).toMatchObject({ facts: [], ignored: expect.any(String) })
  })

  const invoicePayment = {
    ...{ id: 'inpay_1', object: 'invoice_payment', invoice: 'in_1Quill1', status: 'paid', amount_paid: 8700 },
    payment: { type: 'payment_intent', payment_intent: 'pi_3Quill9' },
  }
  test('invoice_payment.paid says what refunds call the invoice', () => {
    const { created, ...event } = JSON.parse(sample('stripe', 'invoice.paid-first').toString())
    const body = { ...event, created, id: 'evt_ip', type: 'invoice_payment.paid', data: { object: invoicePayment } }
    expect(deliver(JSON.stringify(body)).facts).toMatchObject([
      { kind: 'payment', ref: null, payment: 'in_1Quill1', aliases: ['pi_3Quill9'] },
    ])
    const open = { ...body, data: { object: { ...invoicePayment, status: 'open' } } }
    expect(deliver(JSON.stringify(open)).facts).toEqual([])
    const whole = changed('invoice.paid-first', { payments: { data: [invoicePayment] } })
    expect(whole.facts[0]).toMatchObject({ ref: 'subscription:sub_1Quill', aliases: ['pi_3Quill9'] })
  })

  test('refunds and disputes ask which invoice was paid', () => {
    for (const name of ['refund.created', 'charge.refunded-full', 'charge.dispute.created']) {
      const [ask] = read(name).asks ?? []
      expect(ask?.path).toBe('/v1/invoice_payments?payment[type]=payment_intent&payment[payment_intent]=pi_3Quill1')
      expect(ask?.read({ data: [invoicePayment] })).toMatchObject([{ payment: 'in_1Quill1', aliases: ['pi_3Quill9'] }])
      expect(ask?.otherwise).toEqual([])
    }
  })

  test('an enquiry of the bank suspends nothing', () => {
    expect(changed('charge.dispute.created', { status: 'warning_needs_response' })).toMatchObject({ facts: [] })
    expect(changed('charge.dispute.created', { status: 'warning_closed' }).facts).toMatchObject([{ state: 'won' }])
  })

  test('an address is as old as the checkout or the invoice that has it, not as the event', () => {
    const [, customer] = facts('invoice.paid-first')
    expect(customer?.version).toBe('2026-09-01T10:00:01.000000Z')
    const [typed] = facts('checkout.session.completed-subscription-with-trial')
    expect(typed?.version).toBe('2026-09-01T09:58:00.000000Z')
  })

  test('none of an item is no item, and an item that is gone is missing among all lines', () => {
    const { items } = JSON.parse(sample('stripe', 'customer.subscription.created').toString()).data.object
    const [item] = items.data
    const data = [item, { ...item, id: 'si_2', quantity: 0 }]
    const name = 'customer.subscription.updated-first-payment-went-through'
    expect(changed(name, { items: { data } }).facts).toMatchObject([
      { line: 'si_1Quill', state: 'live', allLines: ['si_1Quill', 'si_2'] },
      { line: 'si_2', state: 'ended', quantity: 1 },
    ])
    const cut = changed(name, { items: { data, has_more: true } }).facts
    for (const fact of cut) expect(fact).not.toHaveProperty('allLines')
  })

  test('collection that is paused pauses nothing', () => {
    const name = 'customer.subscription.updated-first-payment-went-through'
    expect(changed(name, { pause_collection: { behavior: 'void' } }).facts).toMatchObject([{ state: 'live' }])
  })

  test.each([
    ['trialing', 'live'],
    ['past_due', 'grace'],
    ['unpaid', 'paused'],
    ['incomplete_expired', 'ended'],
  ])('a subscription that is %s is %s', (status, state) => {
    expect(changed('customer.subscription.created', { status }).facts).toMatchObject([{ state }])
  })

  test('a trial has an end', () => {
    const name = 'customer.subscription.created'
    expect(changed(name, { status: 'trialing', trial_end: 1789466400 }).facts).toMatchObject([
      { state: 'live', trialEndsAt: '2026-09-15T10:00:00.000Z' },
    ])
  })

  test('test mode is said by the event', () => {
    expect(changed('refund.created', {}, { livemode: false }).isTest).toBe(true)
  })
})

describe('what was missed', () => {
  /** An API of these answers, by the beginning of the path. */
  const asked: string[] = []
  const collect = async (answers: Record<string, unknown>, since: string) => {
    asked.length = 0
    const api = async (path: string) => {
      asked.push(path)
      return Object.entries(answers).find(([start]) => path.startsWith(start))?.[1] ?? { data: [], has_more: false }
    }
    const all: Fact[] = []
    for await (const facts of stripeStore.api?.changedSince(api, new Date(since), now) ?? []) all.push(...facts)
    return all
  }
  const event = (name: string) => JSON.parse(sample('stripe', name).toString())

  test('is read from the events of at most 20 types, page by page, with what has to be asked', async () => {
    expect(stripeSetup.events.length).toBeLessThanOrEqual(20)
    const facts = await collect(
      {
        '/v1/events?limit=100&created[gte]=1787652005&types[]=checkout.session.completed': {
          ...{ has_more: false, data: [event('checkout.session.completed'), event('customer.subscription.created')] },
        },
        '/v1/checkout/sessions/cs_live_a1Quill/line_items': lineItems,
      },
      '2026-08-25T10:00:05Z',
    )
    expect(facts).toMatchObject([{ kind: 'payment' }, { line: 'li_1' }, { line: 'si_1Quill' }])
    expect(asked).toHaveLength(2)
  })

  test('goes on after the last of a page', async () => {
    const path = '/v1/events?limit=100&created[gte]=1787652005'
    const first = event('customer.updated-e-mail-changed')
    const types = stripeSetup.events.map((type) => `&types[]=${type}`).join('')
    const facts = await collect(
      {
        [`${path}${types}&starting_after=${first.id}`]: { has_more: false, data: [event('refund.created')] },
        [path]: { has_more: true, data: [first] },
      },
      '2026-08-25T10:00:05Z',
    )
    expect(facts).toMatchObject([{ kind: 'customer' }, { kind: 'refund' }])
  })

  test('is read from the objects where events are gone', async () => {
    const subscription = event('customer.subscription.created').data.object
    const facts = await collect(
      { '/v1/subscriptions?limit=100&status=all': { data: [subscription], has_more: false } },
      '2026-07-01T00:00:00Z',
    )
    expect(facts).toMatchObject([{ line: 'si_1Quill', version: '2026-09-01T10:00:05.000000Z' }])
    expect(asked).toEqual([
      '/v1/checkout/sessions?limit=100&status=complete&expand[]=data.line_items&created[gte]=1780272000',
      '/v1/subscriptions?limit=100&status=all',
      '/v1/invoices?limit=100&status=paid&expand[]=data.payments&created[gte]=1777680000',
      '/v1/refunds?limit=100&created[gte]=1780272000',
      '/v1/disputes?limit=100&created[gte]=1767312000',
    ])
  })
})

test('amounts are in the smallest unit, also of currencies that Stripe tells in hundredths they do not have', () => {
  const amountOf = (name: string, object: object) =>
    changed(name, object).facts.flatMap((fact) =>
      fact.kind === 'payment' || fact.kind === 'refund' ? [fact.amount] : [],
    )
  const told = (currency: string, amount: number) => [
    ...amountOf('checkout.session.completed', { currency, amount_total: amount }),
    ...amountOf('invoice.paid-first', { currency, amount_paid: amount }),
    ...amountOf('charge.refunded-partial', { currency, amount_refunded: amount }),
    ...amountOf('refund.created', { currency, amount }),
  ]
  expect(told('ugx', 500_000)).toEqual([5_000, 5_000, 5_000, 5_000])
  expect(told('jpy', 5_000)).toEqual([5_000, 5_000, 5_000, 5_000])
  for (const currency of ['isk', 'huf', 'twd']) {
    expect(told(currency, 500)).toEqual([500, 500, 500, 500])
    // Shown as they are told.
    expect(moneyText(500, currency)).toContain('5.00')
  }
  expect(moneyText(5_000, 'ugx')).toContain('5,000')
})
