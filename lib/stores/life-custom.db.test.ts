import { describe } from 'vitest'
import { type Life, type Sent, sampleWith, tellLife } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'

// A shop of the merchant's own.

let count = 0
/** A message from a sample, sent at its own time or at another. */
function message(sample: string, at?: string, data: object = {}): Sent {
  const body = sampleWith('custom', sample, { ...(at && { timestamp: at }), data })
  count += 1
  return { id: `msg_${count}`, type: body.type, body: JSON.stringify(body), at: new Date(body.timestamp).toISOString() }
}

const shop: Pick<Life, 'store' | 'secret' | 'headers' | 'products'> = {
  store: 'custom',
  secret: `whsec_${Buffer.from('inkwell-custom-secret-of-32-bytes').toString('base64')}`,
  headers: signers.standard(),
  products: {
    ...{ 'quill-pro': 'Quill Pro', 'quill-studio': 'Quill Studio' },
    ...{ 'quill-yearly': 'Quill Pro', 'studio-yearly': 'Quill Studio' },
  },
}

describe('an order', () => {
  tellLife({
    ...shop,
    steps: [
      {
        what: 'ordered',
        at: '2026-09-01T10:00:02Z',
        sends: [message('purchase.updated-order-pending')],
        stands: ['Quill Pro ×0: pending', 'Quill Studio ×0: pending'],
      },
      {
        what: 'paid',
        at: '2026-09-01T10:00:06Z',
        sends: [message('purchase.updated-order-two-items'), message('payment.received-order')],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'one item went back',
        at: '2026-09-05T12:00:00Z',
        sends: [message('refund.updated-one-item')],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'disputed',
        at: '2026-09-20T12:00:00Z',
        sends: [message('dispute.updated-open')],
        stands: ['Quill Pro ×0: disputed', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'the dispute is won',
        at: '2026-11-20T12:00:00Z',
        sends: [message('dispute.updated-won')],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'the rest went back',
        at: '2026-12-05T12:00:00Z',
        sends: [message('refund.updated-full', '2026-12-05T12:00:00Z', { amount: 9_800 })],
        stands: ['Quill Pro ×0: refunded', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'that did not arrive',
        at: '2026-12-08T12:00:00Z',
        sends: [message('refund.updated-failed', '2026-12-08T12:00:00Z')],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'another dispute is lost',
        at: '2027-01-20T12:00:00Z',
        sends: [
          message('dispute.updated-open', '2026-12-20T12:00:00Z', { id: 'd2' }),
          message('dispute.updated-open', '2027-01-20T12:00:00Z', { id: 'd2', status: 'lost' }),
        ],
        stands: ['Quill Pro ×0: disputed', 'Quill Studio ×0: refunded'],
      },
    ],
  })
})

describe('a subscription', () => {
  tellLife({
    ...shop,
    steps: [
      {
        what: 'a trial',
        at: '2026-09-01T10:00:05Z',
        sends: [message('purchase.updated-subscription-trial')],
        stands: ['Quill Pro ×3: trial'],
      },
      {
        what: 'bought',
        at: '2026-09-15T10:00:20Z',
        sends: [
          message('payment.received-renewal', '2026-09-15T10:00:20Z', {
            ...{ id: 'p2', paid_at: '2026-09-15T10:00:00Z', paid_through: '2027-09-01T10:00:00Z' },
          }),
          message('purchase.updated-subscription-trial', '2026-09-15T10:00:10Z', { trial_ends_at: null }),
        ],
        stands: ['Quill Pro ×3: active paid 2027-09-01'],
      },
      {
        what: 'another address',
        at: '2026-10-10T12:00:00Z',
        sends: [message('customer.updated')],
        stands: ['Quill Pro ×3: active paid 2027-09-01'],
      },
      {
        what: 'canceled for later',
        at: '2026-11-02T09:00:00Z',
        sends: [message('purchase.updated-subscription-ends-later')],
        stands: ['Quill Pro ×3: ending paid 2027-09-01 ends 2027-09-01'],
      },
      {
        what: 'it goes on after all',
        at: '2026-11-03T09:00:00Z',
        sends: [message('purchase.updated-subscription-ends-later', '2026-11-03T09:00:00Z', { ends_at: null })],
        stands: ['Quill Pro ×3: active paid 2027-09-01'],
      },
      {
        what: 'another plan, five of it',
        at: '2026-12-01T09:00:00Z',
        sends: [message('purchase.updated-subscription-other-product-5')],
        stands: ['Quill Studio ×5: active paid 2027-09-01'],
      },
      {
        what: 'two of it',
        at: '2026-12-02T09:00:00Z',
        sends: [
          message('purchase.updated-subscription-other-product-5', '2026-12-02T09:00:00Z', {
            items: [{ product_id: 'studio-yearly', quantity: 2 }],
          }),
        ],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'paused',
        at: '2027-01-01T09:00:00Z',
        sends: [
          message('purchase.updated-subscription-paused', '2027-01-01T09:00:00Z', {
            items: [{ product_id: 'studio-yearly' }],
          }),
        ],
        stands: ['Quill Studio ×0: paused paid 2027-09-01'],
      },
      {
        what: 'resumed',
        at: '2027-02-01T09:00:00Z',
        sends: [
          message('purchase.updated-subscription-paused', '2027-02-01T09:00:00Z', {
            ...{ items: [{ product_id: 'studio-yearly' }], status: 'active' },
          }),
        ],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'not paid in time',
        at: '2027-09-01T10:05:00Z',
        sends: [
          message('purchase.updated-subscription-past_due', undefined, { items: [{ product_id: 'studio-yearly' }] }),
        ],
        stands: ['Quill Studio ×2: past_due paid 2027-09-01 grace 2027-09-15'],
      },
      {
        what: 'paid after all',
        at: '2027-09-03T10:00:00Z',
        sends: [
          message('payment.received-renewal', '2027-09-03T10:00:00Z'),
          message('purchase.updated-subscription-paused', '2027-09-03T09:59:59Z', {
            ...{ items: [{ product_id: 'studio-yearly' }], status: 'active', grace_until: null },
          }),
        ],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'that payment went back: the one before holds until it ends',
        at: '2027-09-10T10:00:00Z',
        sends: [
          message('refund.updated-full', '2027-09-10T10:00:00Z', { ...{ id: 'r3', payment_id: 'p3', amount: 8_700 } }),
        ],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'renewed',
        at: '2027-09-12T10:00:00Z',
        sends: [message('payment.received-renewal', '2027-09-12T10:00:00Z', { id: 'p4' })],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'disputed',
        at: '2027-10-01T10:00:00Z',
        sends: [message('dispute.updated-open', '2027-10-01T10:00:00Z', { payment_id: 'p4' })],
        stands: ['Quill Studio ×0: disputed paid 2028-09-01'],
      },
      {
        what: 'the dispute is won',
        at: '2027-11-01T10:00:00Z',
        sends: [message('dispute.updated-won', '2027-11-01T10:00:00Z', { payment_id: 'p4' })],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'ended',
        at: '2028-09-01T10:00:10Z',
        sends: [
          message('purchase.updated-subscription-ended', '2028-09-01T10:00:10Z', {
            ...{ items: [{ product_id: 'studio-yearly' }], ends_at: '2028-09-01T10:00:00Z' },
          }),
        ],
        stands: ['Quill Studio ×0: ended paid 2028-09-01 ends 2028-09-01'],
      },
      {
        what: 'begun anew: the same keys',
        at: '2028-10-01T10:00:00Z',
        sends: [
          message('purchase.updated-subscription-trial', '2028-10-01T10:00:00Z', {
            ...{ items: [{ product_id: 'studio-yearly' }], trial_ends_at: null },
            customer: { email: 'lena.ortiz@customer.example' },
          }),
          message('payment.received-renewal', '2028-10-01T10:00:01Z', {
            ...{ id: 'p5', paid_at: '2028-10-01T10:00:00Z', paid_through: '2029-10-01T10:00:00Z' },
          }),
        ],
        stands: ['Quill Studio ×2: active paid 2029-10-01'],
      },
    ],
  })
})
