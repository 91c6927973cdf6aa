import { describe } from 'vitest'
import { type Asked, type Life, type Sent, sampleWith, type Thing, tellLife } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'

let count = 0
const seconds = (at: string) => Date.parse(at) / 1_000

/** An event from a sample, of the object as it is at that time. */
function event(sample: string, at: string, object: object = {}, type?: string, more: Thing[] = []): Sent {
  count += 1
  const body = sampleWith('stripe', sample, {
    ...{ id: `evt_${count}`, created: seconds(at), ...(type && { type }) },
    data: { object },
  })
  const { object: kind, id } = body.data.object
  return {
    ...{ id: body.id, type: body.type, body: JSON.stringify(body), at },
    things: [{ kind: 'event', id: body.id, value: body }, { kind, id, value: body.data.object }, ...more],
  }
}

/** Which intent an invoice was paid with, which both an event and the API tell. */
const paidBy = (invoice: string, intent: string): Thing => ({
  ...{ kind: 'invoice_payment', id: `inpay_${invoice}` },
  value: {
    ...{ id: `inpay_${invoice}`, object: 'invoice_payment', invoice, status: 'paid' },
    payment: { type: 'payment_intent', payment_intent: intent },
  },
})

const list = (data: unknown[]) => ({ object: 'list', has_more: false, data })

function answer({ path, headers, all, one }: Asked): unknown {
  if (headers.get('authorization') !== 'Bearer rk_live_inkwell') return undefined
  const url = new URL(path, 'https://api.stripe.com')
  const of = (kind: string, is: (value: { [name: string]: unknown }) => boolean = () => true) =>
    list((all(kind) as { [name: string]: unknown }[]).filter(is))
  const items = /^\/v1\/checkout\/sessions\/(\w+)\/line_items$/.exec(url.pathname)?.[1]
  if (items) return one('line_items', items)
  switch (url.pathname) {
    case '/v1/events':
      return of('event', ({ created }) => Number(created) >= Number(url.searchParams.get('created[gte]')))
    case '/v1/invoice_payments':
      return of(
        'invoice_payment',
        ({ payment }) =>
          (payment as { payment_intent: string }).payment_intent === url.searchParams.get('payment[payment_intent]'),
      )
    case '/v1/checkout/sessions':
      return list(
        all('checkout.session').map((each) => ({ ...Object(each), line_items: one('line_items', Object(each).id) })),
      )
    case '/v1/subscriptions':
      return of('subscription')
    case '/v1/invoices':
      return of('invoice', ({ status }) => status === 'paid')
    case '/v1/refunds':
      return of('refund')
    case '/v1/disputes':
      return of('dispute')
    default:
      return undefined
  }
}

const stripe: Omit<Life, 'steps'> = {
  store: 'stripe',
  secret: 'whsec_TestInkwell0123456789abcdef',
  headers: signers.stripe,
  products: { price_QuillOnce: 'Quill Pro', prod_Quill: 'Quill Pro', price_StudioYear: 'Quill Studio' },
  api: { host: 'api.stripe.com', credential: 'rk_live_inkwell', answer },
}

/** What was sold in a checkout, which only the API tells. */
const sold = (session: string): Thing => ({
  ...{ kind: 'line_items', id: session },
  value: sampleWith('stripe', 'get-v1-checkout-sessions-cs_live_a1quill-line_items-answer-not-an-even'),
})

describe('an order', () => {
  const session = 'cs_live_b2Quill'
  const own = { payment_intent: 'pi_3Quill2', charge: 'ch_3Quill2' }
  const charge = (at: string, refunded: number) =>
    event('charge.refunded-partial', at, {
      ...{ id: 'ch_3Quill2', payment_intent: 'pi_3Quill2', amount_refunded: refunded, refunded: refunded === 14_700 },
    })
  tellLife({
    ...stripe,
    // Events are read, which are kept for 30 days.
    api: { host: 'api.stripe.com', credential: 'rk_live_inkwell', answer, forgets: true },
    steps: [
      {
        what: 'ordered, the money is on its way',
        at: '2026-09-01T10:00:05Z',
        sends: [
          event('checkout.session.completed-delayed-method-unpaid', '2026-09-01T10:00:05Z', {}, undefined, [
            sold(session),
          ]),
        ],
        stands: ['Quill Pro ×0: pending'],
      },
      {
        what: 'paid',
        at: '2026-09-03T08:00:00Z',
        sends: [event('checkout.session.async_payment_succeeded', '2026-09-03T08:00:00Z')],
        stands: ['Quill Pro ×3: active'],
      },
      {
        what: 'a part of the amount went back: two tell it',
        at: '2026-09-05T12:00:00Z',
        sends: [charge('2026-09-05T12:00:00Z', 4_900), event('refund.created', '2026-09-05T12:00:00Z', own)],
        stands: ['Quill Pro ×3: active'],
      },
      {
        what: 'the rest is asked back, and went back',
        at: '2026-09-07T12:00:00Z',
        sends: [
          event('refund.created', '2026-09-06T12:00:00Z', { ...own, id: 're_2', amount: 9_800, status: 'pending' }),
          event('refund.updated-pending-succeeded', '2026-09-07T12:00:00Z', { ...own, id: 're_2', amount: 9_800 }),
          charge('2026-09-07T12:00:00Z', 14_700),
        ],
        stands: ['Quill Pro ×0: refunded'],
      },
      {
        what: 'but did not arrive',
        at: '2026-09-08T12:00:00Z',
        sends: [event('refund.failed', '2026-09-08T12:00:00Z', { ...own, id: 're_2', amount: 9_800 })],
        stands: ['Quill Pro ×3: active'],
      },
      {
        what: 'the bank asks',
        at: '2026-09-19T12:00:00Z',
        sends: [
          event('charge.dispute.created', '2026-09-19T12:00:00Z', {
            ...own,
            id: 'du_0',
            status: 'warning_needs_response',
          }),
        ],
        stands: ['Quill Pro ×3: active'],
      },
      {
        what: 'disputed',
        at: '2026-09-20T12:00:01Z',
        sends: [event('charge.dispute.created', '2026-09-20T12:00:01Z', own)],
        stands: ['Quill Pro ×0: disputed'],
      },
      {
        what: 'the dispute is won',
        at: '2026-11-20T12:00:01Z',
        sends: [event('charge.dispute.closed-won', '2026-11-20T12:00:01Z', own)],
        stands: ['Quill Pro ×3: active'],
      },
      {
        what: 'another is lost',
        at: '2027-01-20T12:00:01Z',
        sends: [
          event('charge.dispute.created', '2026-12-20T12:00:01Z', { ...own, id: 'du_2' }),
          event('charge.dispute.closed-lost', '2027-01-20T12:00:01Z', { ...own, id: 'du_2' }),
        ],
        stands: ['Quill Pro ×0: disputed'],
      },
    ],
  })
})

describe('an order whose money never comes', () => {
  const { api: _api, ...believed } = stripe
  tellLife({
    ...believed,
    // Without an API key the link says what was bought.
    products: { plink_1Quill: 'Quill Pro' },
    steps: [
      {
        what: 'ordered, the money is on its way',
        at: '2026-09-01T10:00:05Z',
        sends: [event('checkout.session.completed-delayed-method-unpaid', '2026-09-01T10:00:05Z')],
        stands: ['Quill Pro ×0: pending'],
      },
      {
        what: 'it failed',
        at: '2026-09-03T08:00:00Z',
        sends: [event('checkout.session.async_payment_failed', '2026-09-03T08:00:00Z')],
        stands: ['Quill Pro ×0: ended'],
      },
    ],
  })
})

describe('a subscription', () => {
  const [began, first, second] = ['2026-09-15T10:00:00Z', '2027-09-15T10:00:00Z', '2028-09-15T10:00:00Z']
  /** The subscription as it is at that time. */
  const subscription = (at: string, status: string, more: object = {}, item: object = {}, type = 'updated') => {
    const [base] = sampleWith('stripe', 'customer.subscription.created').data.object.items.data
    const period = { current_period_start: seconds(began), current_period_end: seconds(first) }
    return event(
      'customer.subscription.created',
      at,
      { status, items: { data: [{ ...base, ...period, ...item }] }, ...more },
      `customer.subscription.${type}`,
    )
  }
  const studio = { quantity: 2, price: { id: 'price_StudioYear', object: 'price', product: 'prod_Studio' } }
  const renewing = { ...studio, current_period_start: seconds(first), current_period_end: seconds(second) }
  const invoice = (id: string, at: string, until: string, paid: number, customer = 'lena@customer.example') => {
    const [line] = sampleWith('stripe', 'invoice.paid-first').data.object.lines.data
    const [on, intent] = [paidBy(id, `pi_${id}`), `pi_${id}`]
    return [
      event(
        'invoice.paid-first',
        at,
        {
          ...{ id, amount_paid: paid, customer_email: customer, created: seconds(at) },
          status_transitions: { finalized_at: seconds(at), paid_at: seconds(at) },
          lines: { data: [{ ...line, period: { start: seconds(at), end: seconds(until) } }] },
          payments: list([on.value]),
        },
        undefined,
        [on],
      ),
      ...(paid > 0
        ? [event('invoice.paid-first', at, { ...Object(on.value) }, 'invoice_payment.paid')].map((sent) => ({
            ...sent,
            body: JSON.stringify({ ...JSON.parse(sent.body), data: { object: on.value } }),
            things: [
              { kind: 'event', id: sent.id, value: { ...JSON.parse(sent.body), data: { object: on.value } } },
              { kind: 'payment_intent', id: intent, value: intent },
            ],
          }))
        : []),
    ]
  }
  const MOVED = 'lena.ortiz@customer.example'

  tellLife({
    ...stripe,
    steps: [
      {
        what: 'begun, not confirmed yet',
        at: '2026-09-01T10:00:00Z',
        sends: [subscription('2026-09-01T10:00:00Z', 'incomplete', {}, {}, 'created')],
        // Who buys it is said by the checkout.
        stands: [],
      },
      {
        what: 'a trial',
        at: '2026-09-01T10:00:05Z',
        sends: [
          event('checkout.session.completed-subscription-with-trial', '2026-09-01T10:00:05Z'),
          subscription('2026-09-01T10:00:05Z', 'trialing', { trial_end: seconds(began) }),
          ...invoice('in_0', '2026-09-01T10:00:05Z', began, 0),
        ],
        stands: ['Quill Pro ×3: trial paid 2026-09-15'],
      },
      {
        what: 'bought',
        at: '2026-09-15T10:00:09Z',
        sends: [
          subscription('2026-09-15T10:00:09Z', 'active'),
          ...invoice('in_1', '2026-09-15T10:00:09Z', first, 8_700),
        ],
        stands: ['Quill Pro ×3: active paid 2027-09-15'],
      },
      {
        what: 'another address',
        at: '2026-10-10T12:00:00Z',
        sends: [event('customer.updated-e-mail-changed', '2026-10-10T12:00:00Z')],
        stands: ['Quill Pro ×3: active paid 2027-09-15'],
      },
      {
        what: 'canceled for later, by the date only',
        at: '2026-11-02T09:00:00Z',
        sends: [subscription('2026-11-02T09:00:00Z', 'active', { cancel_at: seconds(first) })],
        stands: ['Quill Pro ×3: ending paid 2027-09-15 ends 2027-09-15'],
      },
      {
        what: 'it goes on after all',
        at: '2026-11-03T09:00:00Z',
        sends: [subscription('2026-11-03T09:00:00Z', 'active')],
        stands: ['Quill Pro ×3: active paid 2027-09-15'],
      },
      {
        what: 'another plan, five of it',
        at: '2026-12-01T09:00:00Z',
        sends: [subscription('2026-12-01T09:00:00Z', 'active', {}, { ...studio, quantity: 5 })],
        stands: ['Quill Studio ×5: active paid 2027-09-15'],
      },
      {
        what: 'two of it',
        at: '2026-12-02T09:00:00Z',
        sends: [subscription('2026-12-02T09:00:00Z', 'active', {}, studio)],
        stands: ['Quill Studio ×2: active paid 2027-09-15'],
      },
      {
        what: 'paused',
        at: '2027-01-01T09:00:00Z',
        sends: [subscription('2027-01-01T09:00:00Z', 'paused', {}, studio, 'paused')],
        stands: ['Quill Studio ×0: paused paid 2027-09-15'],
      },
      {
        what: 'resumed',
        at: '2027-02-01T09:00:00Z',
        sends: [subscription('2027-02-01T09:00:00Z', 'active', {}, studio, 'resumed')],
        stands: ['Quill Studio ×2: active paid 2027-09-15'],
      },
      {
        what: 'a new period, not paid yet',
        at: '2027-09-15T10:00:01Z',
        sends: [subscription('2027-09-15T10:00:01Z', 'active', {}, renewing)],
        stands: ['Quill Studio ×2: active paid 2027-09-15'],
      },
      {
        what: 'not paid in time',
        at: '2027-09-15T11:05:00Z',
        sends: [
          event('invoice.payment_failed', '2027-09-15T11:05:00Z', { id: 'in_2' }),
          subscription('2027-09-15T11:05:00Z', 'past_due', {}, renewing),
        ],
        stands: ['Quill Studio ×2: past_due paid 2027-09-15 grace 2027-09-29'],
      },
      {
        what: 'paid after all',
        at: '2027-09-18T11:05:00Z',
        sends: [
          ...invoice('in_2', '2027-09-18T11:05:00Z', second, 8_700, MOVED),
          subscription('2027-09-18T11:05:00Z', 'active', {}, renewing),
        ],
        stands: ['Quill Studio ×2: active paid 2028-09-15'],
      },
      {
        what: 'that payment went back: the one before holds until it ends',
        at: '2027-09-20T12:00:00Z',
        sends: [
          event('refund.created', '2027-09-20T12:00:00Z', {
            ...{ id: 're_5', amount: 8_700, payment_intent: 'pi_in_2', charge: 'ch_in_2' },
          }),
          event('charge.refunded-full', '2027-09-20T12:00:00Z', {
            ...{ id: 'ch_in_2', payment_intent: 'pi_in_2', amount: 8_700, amount_refunded: 8_700 },
          }),
        ],
        stands: ['Quill Studio ×2: active paid 2027-09-15'],
      },
      {
        what: 'paid once more',
        at: '2027-09-22T11:05:00Z',
        sends: invoice('in_3', '2027-09-22T11:05:00Z', second, 8_700, MOVED),
        stands: ['Quill Studio ×2: active paid 2028-09-15'],
      },
      {
        what: 'disputed',
        at: '2027-10-01T12:00:01Z',
        sends: [
          event('charge.dispute.created', '2027-10-01T12:00:01Z', { payment_intent: 'pi_in_3', charge: 'ch_in_3' }),
        ],
        stands: ['Quill Studio ×0: disputed paid 2028-09-15'],
      },
      {
        what: 'the dispute is won',
        at: '2027-11-01T12:00:01Z',
        sends: [
          event('charge.dispute.closed-won', '2027-11-01T12:00:01Z', { payment_intent: 'pi_in_3', charge: 'ch_in_3' }),
        ],
        stands: ['Quill Studio ×2: active paid 2028-09-15'],
      },
      {
        what: 'ended',
        at: '2028-09-15T10:00:05Z',
        sends: [
          subscription(
            '2028-09-15T10:00:05Z',
            'canceled',
            { ended_at: seconds(second), canceled_at: seconds(second) },
            renewing,
            'deleted',
          ),
        ],
        stands: ['Quill Studio ×0: ended paid 2028-09-15 ends 2028-09-15'],
      },
    ],
  })
})
