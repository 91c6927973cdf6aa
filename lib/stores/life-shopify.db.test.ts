import { describe } from 'vitest'
import { type Life, type Sent, sampleWith, tellLife } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'

let count = 0
const PRO = 8300000000001
const STUDIO = 8300000000002

const refund = (id: number, at: string, lines: [number, number][], amount: string, status = 'success') =>
  sampleWith('shopify', 'refunds-create-one-line', {
    ...{ id, created_at: at, processed_at: at },
    refund_line_items: lines.map(([line_item_id, quantity], index) => ({
      id: id * 10 + index,
      line_item_id,
      quantity,
    })),
    transactions: [{ id: id * 10, kind: 'refund', status, amount, currency: 'EUR', test: false }],
  })

/** The order as it is at that time. */
function order(topic: string, at: string, more: object = {}): Sent {
  count += 1
  const value = sampleWith('shopify', 'orders-paid', { updated_at: at, ...more })
  return {
    ...{ id: `event-${count}`, type: topic, body: JSON.stringify(value), at },
    things: [{ kind: 'order', id: String(value.id), value }],
  }
}

function refunded(value: { created_at: string }): Sent {
  count += 1
  return { id: `event-${count}`, type: 'refunds/create', body: JSON.stringify(value), at: value.created_at }
}

const shopify: Omit<Life, 'steps'> = {
  store: 'shopify',
  secret: 'shpss_inkwelltestsecret',
  headers: signers.shopify,
  products: { '9500000000001': 'Quill Pro', '9400000000002': 'Quill Studio' },
  api: {
    host: 'inkwell.myshopify.com',
    credential: 'https://shpat_inkwell@inkwell.myshopify.com',
    answer: ({ path, headers, all }) =>
      headers.get('x-shopify-access-token') === 'shpat_inkwell' && path.startsWith('/admin/api/2026-07/orders.json?')
        ? { orders: all('order') }
        : undefined,
  },
}

describe('an order', () => {
  const first = refund(1, '2026-09-05T12:00:00Z', [[STUDIO, 1]], '49.00')
  const second = refund(2, '2026-09-06T12:00:00Z', [], '10.00')
  const third = (status: string) => refund(3, '2026-09-07T12:00:00Z', [[PRO, 1]], '49.00', status)
  const last = refund(4, '2026-10-07T12:00:00Z', [[PRO, 1]], '39.00')
  tellLife({
    ...shopify,
    steps: [
      {
        what: 'ordered',
        at: '2026-09-01T10:00:03Z',
        sends: [order('orders/create', '2026-09-01T10:00:03Z', { financial_status: 'pending' })],
        stands: ['Quill Pro ×0: pending', 'Quill Studio ×0: pending'],
      },
      {
        what: 'paid',
        at: '2026-09-01T10:00:05Z',
        sends: [order('orders/paid', '2026-09-01T10:00:05Z'), order('orders/updated', '2026-09-01T10:00:05Z')],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'one line went back',
        at: '2026-09-05T12:00:01Z',
        sends: [
          refunded(first),
          order('orders/updated', '2026-09-05T12:00:01Z', { financial_status: 'partially_refunded', refunds: [first] }),
        ],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'a part of the amount went back',
        at: '2026-09-06T12:00:01Z',
        sends: [
          refunded(second),
          order('orders/updated', '2026-09-06T12:00:01Z', {
            ...{ financial_status: 'partially_refunded', refunds: [first, second] },
          }),
        ],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'one of two is asked back',
        at: '2026-09-07T12:00:01Z',
        sends: [
          refunded(third('pending')),
          order('orders/updated', '2026-09-07T12:00:01Z', {
            ...{ financial_status: 'partially_refunded', refunds: [first, second, third('pending')] },
          }),
        ],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'and went back',
        at: '2026-09-08T12:00:01Z',
        sends: [
          order('orders/updated', '2026-09-08T12:00:01Z', {
            ...{ financial_status: 'partially_refunded', refunds: [first, second, third('success')] },
          }),
        ],
        stands: ['Quill Pro ×1: active', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'the rest went back',
        at: '2026-10-07T12:00:01Z',
        sends: [
          refunded(last),
          order('orders/cancelled', '2026-10-07T12:00:01Z', {
            ...{ financial_status: 'refunded', cancelled_at: '2026-10-07T12:00:00Z' },
            refunds: [first, second, third('success'), last],
          }),
        ],
        stands: ['Quill Pro ×0: refunded', 'Quill Studio ×0: refunded'],
      },
    ],
  })
})

describe('an order that is never paid', () => {
  tellLife({
    ...shopify,
    steps: [
      {
        what: 'ordered',
        at: '2026-09-01T10:00:03Z',
        sends: [order('orders/create', '2026-09-01T10:00:03Z', { financial_status: 'authorized' })],
        stands: ['Quill Pro ×0: pending', 'Quill Studio ×0: pending'],
      },
      {
        what: 'given up',
        at: '2026-09-08T10:00:03Z',
        sends: [order('orders/cancelled', '2026-09-08T10:00:03Z', { financial_status: 'voided' })],
        stands: ['Quill Pro ×0: ended', 'Quill Studio ×0: ended'],
      },
    ],
  })
})
