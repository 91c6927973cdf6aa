import { describe } from 'vitest'
import { type Asked, type Life, type Sent, sampleWith, tellLife } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'

let count = 0
/** An event from a sample, of the thing as it is at that time. */
function event(sample: string, at: string, data: object = {}): Sent {
  count += 1
  const body = sampleWith('paddle', sample, {
    ...{ event_id: `evt_${count}`, notification_id: `ntf_${count}`, occurred_at: at },
    data: { updated_at: at, ...data },
  })
  const [kind = ''] = body.data.id.split('_')
  return {
    ...{ id: body.event_id, type: body.event_type, body: JSON.stringify(body), at },
    things: [{ kind, id: body.data.id, value: body.data }],
  }
}

function answer({ path, headers, all, one }: Asked): unknown {
  if (headers.get('authorization') !== 'Bearer pdl_live_apikey_inkwell') return undefined
  const customer = /^\/customers\/(\w+)$/.exec(path)?.[1]
  if (customer) return one('ctm', customer) && { data: one('ctm', customer) }
  const [, list = '', query = ''] = /^\/(transactions|subscriptions|adjustments)\?(.*)$/.exec(path) ?? []
  const data = all({ transactions: 'txn', subscriptions: 'sub', adjustments: 'adj' }[list] ?? '')
  const withPeople = query.includes('include=customer')
    ? data.map((each) => ({ ...Object(each), customer: one('ctm', Object(each).customer_id) }))
    : data
  return list && { data: withPeople, meta: { pagination: { has_more: false } } }
}

const { api, ...signed }: Omit<Life, 'steps'> & Pick<Required<Life>, 'api'> = {
  store: 'paddle',
  secret: 'pdl_ntfset_01quill_InkwellTestSecret',
  headers: signers.paddle,
  products: { pro_01quill: 'Quill Pro', pro_01studio: 'Quill Studio' },
  api: { host: 'api.paddle.com', credential: 'pdl_live_apikey_inkwell', answer },
}

const adjustment = (sample: string, at: string, id: string, data: object = {}) => event(sample, at, { id, ...data })

const order = () => [
  {
    what: 'somebody fills in the checkout',
    at: '2026-09-01T09:59:01Z',
    sends: [event('customer.created', '2026-09-01T09:59:00.000Z')],
    stands: [],
  },
  {
    what: 'paid',
    at: '2026-09-01T10:00:06Z',
    sends: [event('transaction.completed-one-time-two-products', '2026-09-01T10:00:05.366Z')],
    stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
  },
  {
    what: 'one item went back',
    at: '2026-09-06T12:00:00Z',
    sends: [adjustment('adjustment.updated-approved-one-item-only', '2026-09-06T12:00:00Z', 'adj_1')],
    stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
  },
  {
    what: 'all of it is asked back, and not approved yet',
    at: '2026-09-07T12:00:00Z',
    sends: [adjustment('adjustment.created-refund-waits-for-approval', '2026-09-07T12:00:00Z', 'adj_2')],
    stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
  },
  {
    what: 'nor is it ever',
    at: '2026-09-08T12:00:00Z',
    sends: [
      adjustment('adjustment.created-refund-waits-for-approval', '2026-09-08T12:00:00Z', 'adj_2', {
        status: 'rejected',
      }),
    ],
    stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
  },
  {
    what: 'charged back',
    at: '2026-09-20T12:00:00Z',
    sends: [adjustment('adjustment.created-chargeback', '2026-09-20T12:00:00Z', 'adj_3')],
    stands: ['Quill Pro ×0: disputed', 'Quill Studio ×0: refunded'],
  },
  {
    what: 'which is reversed',
    at: '2026-11-20T12:00:00Z',
    sends: [adjustment('adjustment.created-chargeback_reverse', '2026-11-20T12:00:00Z', 'adj_4')],
    stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
  },
  {
    what: 'all went back',
    at: '2026-12-06T12:00:00Z',
    sends: [adjustment('adjustment.updated-approved-full', '2026-12-06T12:00:00Z', 'adj_5')],
    stands: ['Quill Pro ×0: refunded', 'Quill Studio ×0: refunded'],
  },
]

describe('an order', () => {
  tellLife({ ...signed, api, steps: order() })
})

describe('an order, without an API key', () => {
  tellLife({ ...signed, steps: order() })
})

describe('a subscription', () => {
  const [began, first, second] = ['2026-09-15T10:00:00Z', '2027-09-15T10:00:00Z', '2028-09-15T10:00:00Z']
  const period = (starts_at: string, ends_at: string) => ({ starts_at, ends_at })
  const now = { current_billing_period: period(began, first) }
  const next = { current_billing_period: period(first, second) }
  const paid = (id: string, at: string, billing_period: object, more: object = {}) =>
    event('transaction.completed-renewal', at, { id, billing_period, billed_at: at, created_at: at, ...more })
  const [base] = sampleWith('paddle', 'subscription.updated-other-product-5').data.items
  const studio = { items: [{ ...base, quantity: 2 }] }

  tellLife({
    ...{ ...signed, api },
    steps: [
      {
        what: 'a trial, and who has it is not known yet',
        at: '2026-09-01T10:00:06Z',
        sends: [
          event('subscription.created', '2026-09-01T10:00:05Z', {
            ...{ status: 'trialing', current_billing_period: period('2026-09-01T10:00:00Z', began) },
          }),
          event('subscription.trialing', '2026-09-01T10:00:06Z', {
            items: sampleWith('paddle', 'subscription.trialing').data.items.map((item: object) => ({
              ...{ ...item, trial_dates: period('2026-09-01T10:00:00Z', began) },
            })),
            current_billing_period: period('2026-09-01T10:00:00Z', began),
          }),
        ],
        stands: [],
      },
      {
        what: 'which is said now',
        at: '2026-09-01T10:00:08Z',
        sends: [event('customer.created', '2026-09-01T09:59:00.000Z')],
        stands: ['Quill Pro ×3: trial paid 2026-09-15'],
      },
      {
        what: 'bought',
        at: '2026-09-15T10:00:06Z',
        sends: [
          event('subscription.activated', '2026-09-15T10:00:06Z', now),
          paid('txn_1', '2026-09-15T10:00:05Z', now.current_billing_period),
        ],
        stands: ['Quill Pro ×3: active paid 2027-09-15'],
      },
      {
        what: 'another address',
        at: '2026-10-10T12:00:00Z',
        sends: [event('customer.updated', '2026-10-10T12:00:00Z')],
        stands: ['Quill Pro ×3: active paid 2027-09-15'],
      },
      {
        what: 'canceled for later',
        at: '2026-11-02T09:00:00Z',
        sends: [
          event('subscription.updated-cancels-at-period-end', '2026-11-02T09:00:00Z', {
            ...{ ...now, scheduled_change: { action: 'cancel', effective_at: first } },
          }),
        ],
        stands: ['Quill Pro ×3: ending paid 2027-09-15 ends 2027-09-15'],
      },
      {
        what: 'it goes on after all',
        at: '2026-11-03T09:00:00Z',
        sends: [event('subscription.activated', '2026-11-03T09:00:00Z', now)],
        stands: ['Quill Pro ×3: active paid 2027-09-15'],
      },
      {
        what: 'another plan, five of it: another price is another line',
        at: '2026-12-01T09:00:00Z',
        sends: [event('subscription.updated-other-product-5', '2026-12-01T09:00:00Z', now)],
        stands: ['Quill Studio ×5: active paid 2027-09-15'],
      },
      {
        what: 'two of it',
        at: '2026-12-02T09:00:00Z',
        sends: [event('subscription.updated-other-product-5', '2026-12-02T09:00:00Z', { ...now, ...studio })],
        stands: ['Quill Studio ×2: active paid 2027-09-15'],
      },
      {
        what: 'paused',
        at: '2027-01-01T09:00:00Z',
        sends: [event('subscription.paused', '2027-01-01T09:00:00Z', studio)],
        stands: ['Quill Studio ×0: paused paid 2027-09-15'],
      },
      {
        what: 'resumed',
        at: '2027-02-01T09:00:00Z',
        sends: [event('subscription.resumed', '2027-02-01T09:00:00Z', { ...now, ...studio })],
        stands: ['Quill Studio ×2: active paid 2027-09-15'],
      },
      {
        what: 'not paid in time',
        at: '2027-09-15T10:05:00Z',
        sends: [event('subscription.past_due', '2027-09-15T10:05:00Z', { ...next, ...studio })],
        stands: ['Quill Studio ×2: past_due paid 2027-09-15 grace 2027-09-29'],
      },
      {
        what: 'paid after all',
        at: '2027-09-18T10:00:31Z',
        sends: [
          paid('txn_2', '2027-09-18T10:00:30Z', next.current_billing_period),
          event('subscription.updated-renewed', '2027-09-18T10:00:31Z', { ...next, ...studio }),
        ],
        stands: ['Quill Studio ×2: active paid 2028-09-15'],
      },
      {
        what: 'that payment went back: the one before holds until it ends',
        at: '2027-09-20T12:00:00Z',
        sends: [
          adjustment('adjustment.updated-approved-full', '2027-09-20T12:00:00Z', 'adj_7', { transaction_id: 'txn_2' }),
        ],
        stands: ['Quill Studio ×2: active paid 2027-09-15'],
      },
      {
        what: 'paid once more',
        at: '2027-09-22T10:00:30Z',
        sends: [paid('txn_3', '2027-09-22T10:00:30Z', next.current_billing_period)],
        stands: ['Quill Studio ×2: active paid 2028-09-15'],
      },
      {
        what: 'charged back',
        at: '2027-10-01T12:00:00Z',
        sends: [
          adjustment('adjustment.created-chargeback', '2027-10-01T12:00:00Z', 'adj_8', { transaction_id: 'txn_3' }),
        ],
        stands: ['Quill Studio ×0: disputed paid 2028-09-15'],
      },
      {
        what: 'which is reversed',
        at: '2027-11-01T12:00:00Z',
        sends: [
          adjustment('adjustment.created-chargeback_reverse', '2027-11-01T12:00:00Z', 'adj_9', {
            transaction_id: 'txn_3',
          }),
        ],
        stands: ['Quill Studio ×2: active paid 2028-09-15'],
      },
      {
        what: 'ended',
        at: '2028-09-15T10:00:10Z',
        sends: [event('subscription.canceled', '2028-09-15T10:00:10Z', { ...studio, canceled_at: second })],
        stands: ['Quill Studio ×0: ended paid 2028-09-15 ends 2028-09-15'],
      },
    ],
  })
})
