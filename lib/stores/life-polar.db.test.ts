import { describe } from 'vitest'
import { type Life, type Sent, sampleWith, tellLife } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'

let count = 0
const MOVED = '2026-10-10T12:00:00Z'
/** The buyer as every body has them: since then with another address. */
const buyer = (at: string) =>
  at < MOVED ? {} : { customer: { email: 'lena.ortiz@customer.example', modified_at: MOVED } }

/** An event from a sample, of things as they are at that time. */
function event(sample: string, at: string, data: object = {}): Sent {
  const body = sampleWith('polar', sample, { timestamp: at, data: { modified_at: at, ...buyer(at), ...data } })
  count += 1
  const kind = body.type.split('.')[0]
  return {
    ...{ id: `event-${count}`, type: body.type, body: JSON.stringify(body), at },
    things: [{ kind, id: body.data.id, value: body.data }],
  }
}

const PRO = '3c1d5e7f-1111-4a22-8b33-9c44d55e6f77'
const STUDIO = '3c1d5e7f-2222-4a22-8b33-9c44d55e6f77'

const polar: Omit<Life, 'steps'> = {
  store: 'polar',
  secret: 'whsec_polarInkwell0123456789',
  headers: signers.standard((secret) => secret),
  products: { [PRO]: 'Quill Pro', [STUDIO]: 'Quill Studio' },
  api: {
    host: 'api.polar.sh',
    credential: 'polar_oat_inkwell',
    answer: ({ path, headers, all }) => {
      const kind = /^\/v1\/(order|subscription|refund|dispute)s\/\?/.exec(path)?.[1]
      if (!kind || headers.get('authorization') !== 'Bearer polar_oat_inkwell') return undefined
      const items = all(kind)
      return { items, pagination: { total_count: items.length, max_page: 1 } }
    },
  },
}

const dispute = (order: string, status: string, at: string) => [
  {
    ...{ kind: 'dispute', id: `dispute-${order}` },
    value: { id: `dispute-${order}`, order_id: order, status, created_at: '2026-09-20T12:00:00Z', modified_at: at },
  },
]

describe('an order', () => {
  const ORDER = 'a1b2c3d4-0001-4000-8000-000000000001'
  tellLife({
    ...polar,
    steps: [
      {
        what: 'ordered',
        at: '2026-09-01T10:00:02Z',
        sends: [event('order.created', '2026-09-01T10:00:02Z')],
        stands: ['Quill Pro ×0: pending'],
      },
      {
        what: 'paid',
        at: '2026-09-01T10:00:05Z',
        sends: [event('order.paid', '2026-09-01T10:00:05Z')],
        stands: ['Quill Pro ×1: active'],
      },
      {
        what: 'a part of the amount went back',
        at: '2026-09-05T12:00:00Z',
        sends: [
          event('refund.created', '2026-09-05T12:00:00Z', { id: 'r1', amount: 1_000, revoke_benefits: null }),
          event('order.refunded-partial', '2026-09-05T12:00:00Z'),
        ],
        stands: ['Quill Pro ×1: active'],
      },
      {
        what: 'the rest is asked back',
        at: '2026-09-06T12:00:00Z',
        sends: [event('refund.created', '2026-09-06T12:00:00Z', { id: 'r2', amount: 3_900, status: 'pending' })],
        stands: ['Quill Pro ×1: active'],
      },
      {
        what: 'and went back',
        at: '2026-09-07T12:00:00Z',
        sends: [
          event('refund.created', '2026-09-07T12:00:00Z', { id: 'r2', amount: 3_900 }),
          event('order.refunded-full', '2026-09-07T12:00:00Z'),
        ],
        stands: ['Quill Pro ×0: refunded'],
      },
      {
        what: 'but did not arrive',
        at: '2026-09-08T12:00:00Z',
        sends: [
          event('refund.updated-failed', '2026-09-08T12:00:00Z', { id: 'r2', amount: 3_900 }),
          event('order.refunded-partial', '2026-09-08T12:00:00Z'),
        ],
        stands: ['Quill Pro ×1: active'],
      },
      {
        what: 'disputed, which Polar does not tell',
        at: '2026-09-20T12:00:00Z',
        sends: [],
        silently: dispute(ORDER, 'needs_response', '2026-09-20T12:00:00Z'),
        stands: ['Quill Pro ×0: disputed'],
      },
      {
        what: 'the dispute is won',
        at: '2026-11-20T12:00:00Z',
        sends: [],
        silently: dispute(ORDER, 'won', '2026-11-20T12:00:00Z'),
        stands: ['Quill Pro ×1: active'],
      },
      {
        what: 'the first refund did not arrive either',
        at: '2026-11-21T12:00:00Z',
        sends: [
          event('refund.updated-failed', '2026-11-21T12:00:00Z', { id: 'r1', amount: 1_000 }),
          event('order.paid', '2026-11-21T12:00:00Z'),
        ],
        stands: ['Quill Pro ×1: active'],
      },
      {
        what: 'a part goes back, and the merchant wants the key',
        at: '2026-12-05T12:00:00Z',
        sends: [
          event('refund.created', '2026-12-05T12:00:00Z', { id: 'r3', amount: 1_000, revoke_benefits: true }),
          event('order.refunded-partial', '2026-12-05T12:00:00Z'),
        ],
        stands: ['Quill Pro ×0: refunded'],
      },
    ],
  })
})

describe('an order whose only refund did not arrive', () => {
  tellLife({
    ...polar,
    steps: [
      {
        what: 'paid',
        at: '2026-09-01T10:00:05Z',
        sends: [event('order.paid', '2026-09-01T10:00:05Z')],
        stands: ['Quill Pro ×1: active'],
      },
      {
        what: 'all went back',
        at: '2026-09-07T12:00:00Z',
        sends: [event('refund.created', '2026-09-07T12:00:00Z'), event('order.refunded-full', '2026-09-07T12:00:00Z')],
        stands: ['Quill Pro ×0: refunded'],
      },
      {
        what: 'but did not arrive',
        at: '2026-09-08T12:00:00Z',
        sends: [event('refund.updated-failed', '2026-09-08T12:00:00Z'), event('order.paid', '2026-09-08T12:00:00Z')],
        stands: ['Quill Pro ×1: active'],
      },
    ],
  })
})

describe('a subscription', () => {
  const period = (from: string, to: string) => ({ current_period_start: from, current_period_end: to })
  const first = period('2026-09-01T10:00:02Z', '2027-09-01T10:00:02Z')
  const second = period('2027-09-01T10:00:02Z', '2028-09-01T10:00:02Z')
  const paid = (at: string, order: string, reason: string, until: string, more: object = {}) =>
    event('order.paid-renewal', at, {
      ...{ id: order, created_at: at, billing_reason: reason, subscription: { current_period_end: until } },
      ...more,
    })
  const studio = { product_id: STUDIO, price_id: 'e0000000-0000-4000-8000-000000000003' }

  tellLife({
    ...polar,
    steps: [
      {
        what: 'begun, not paid yet',
        at: '2026-09-01T10:00:02Z',
        sends: [event('subscription.created', '2026-09-01T10:00:02Z')],
        stands: ['Quill Pro ×0: pending'],
      },
      {
        what: 'bought',
        at: '2026-09-01T10:00:06Z',
        sends: [
          paid('2026-09-01T10:00:05Z', 'o1', 'subscription_create', first.current_period_end),
          event('subscription.active', '2026-09-01T10:00:06Z', first),
        ],
        stands: ['Quill Pro ×1: active paid 2027-09-01'],
      },
      {
        what: 'another address',
        at: MOVED,
        sends: [
          {
            ...{ id: 'event-customer', type: 'customer.updated', at: MOVED },
            body: JSON.stringify({
              ...{ type: 'customer.updated', timestamp: MOVED },
              data: {
                ...{ id: '0b9a4a52-6f1d-4d0e-9a55-6a4b7f2f3c01', email: 'lena.ortiz@customer.example' },
                ...{ name: 'Lena Ortiz', created_at: '2026-08-30T09:00:00Z', modified_at: MOVED },
              },
            }),
          },
        ],
        stands: ['Quill Pro ×1: active paid 2027-09-01'],
      },
      {
        what: 'canceled for later',
        at: '2026-11-02T09:00:00Z',
        sends: [event('subscription.canceled-at-period-end', '2026-11-02T09:00:00Z', first)],
        stands: ['Quill Pro ×1: ending paid 2027-09-01 ends 2027-09-01'],
      },
      {
        what: 'it goes on after all',
        at: '2026-11-03T09:00:00Z',
        sends: [event('subscription.uncanceled', '2026-11-03T09:00:00Z', first)],
        stands: ['Quill Pro ×1: active paid 2027-09-01'],
      },
      {
        what: 'five seats',
        at: '2026-12-01T09:00:00Z',
        sends: [event('subscription.updated-seats', '2026-12-01T09:00:00Z', first)],
        stands: ['Quill Pro ×5: active paid 2027-09-01'],
      },
      {
        what: 'another plan, two seats, and the difference paid',
        at: '2026-12-02T09:00:00Z',
        sends: [
          paid('2026-12-02T09:00:01Z', 'o2', 'subscription_update', first.current_period_end, { net_amount: 700 }),
          event('subscription.updated-seats', '2026-12-02T09:00:00Z', { ...first, ...studio, seats: 2 }),
        ],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'paused',
        at: '2027-01-01T09:00:00Z',
        sends: [event('subscription.paused', '2027-01-01T09:00:00Z', { ...first, ...studio, seats: 2 })],
        stands: ['Quill Studio ×0: paused paid 2027-09-01'],
      },
      {
        what: 'resumed',
        at: '2027-02-01T09:00:00Z',
        sends: [event('subscription.resumed', '2027-02-01T09:00:00Z', { ...first, ...studio, seats: 2 })],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'a new period, not paid yet',
        at: '2027-09-01T10:00:03Z',
        sends: [event('subscription.cycled', '2027-09-01T10:00:03Z', { ...second, ...studio, seats: 2 })],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'not paid in time',
        at: '2027-09-01T10:05:00Z',
        sends: [event('subscription.past_due', '2027-09-01T10:05:00Z', { ...second, ...studio, seats: 2 })],
        stands: ['Quill Studio ×2: past_due paid 2027-09-01 grace 2027-09-15'],
      },
      {
        what: 'paid after all',
        at: '2027-09-03T10:00:00Z',
        sends: [
          paid('2027-09-03T10:00:00Z', 'o3', 'subscription_cycle', second.current_period_end),
          event('subscription.active', '2027-09-03T10:00:01Z', { ...second, ...studio, seats: 2 }),
        ],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'that payment went back: the one before holds until it ends',
        at: '2027-09-10T10:00:00Z',
        sends: [
          event('refund.created', '2027-09-10T10:00:00Z', { order_id: 'o3', amount: 4_900, revoke_benefits: false }),
          paid('2027-09-10T10:00:00Z', 'o3', 'subscription_cycle', second.current_period_end, {
            ...{ created_at: '2027-09-03T10:00:00Z', status: 'refunded', refunded_amount: 4_900 },
          }),
        ],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'paid once more',
        at: '2027-09-12T10:00:00Z',
        sends: [paid('2027-09-12T10:00:00Z', 'o4', 'subscription_cycle', second.current_period_end)],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'disputed, which Polar does not tell',
        at: '2027-10-01T10:00:00Z',
        sends: [],
        silently: dispute('o4', 'under_review', '2027-10-01T10:00:00Z'),
        stands: ['Quill Studio ×0: disputed paid 2028-09-01'],
      },
      {
        what: 'the dispute is won',
        at: '2027-11-01T10:00:00Z',
        sends: [],
        silently: dispute('o4', 'won', '2027-11-01T10:00:00Z'),
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'ended',
        at: '2027-12-01T10:00:00Z',
        sends: [
          event('subscription.revoked', '2027-12-01T10:00:00Z', {
            ...{ ...second, ...studio, seats: 2 },
            ...{
              canceled_at: '2027-12-01T10:00:00Z',
              ends_at: '2027-12-01T10:00:00Z',
              ended_at: '2027-12-01T10:00:00Z',
            },
          }),
        ],
        stands: ['Quill Studio ×0: ended paid 2028-09-01 ends 2027-12-01'],
      },
    ],
  })
})
