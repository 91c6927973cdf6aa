import { describe } from 'vitest'
import { type Life, type Sent, sampleWith, tellLife } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'

let count = 0
/** An event from a sample, of things as they are at that time. */
function event(sample: string, at: string, data: object = {}): Sent {
  const body = sampleWith('dodo', sample, { timestamp: at, data })
  count += 1
  const kind: string = body.data.payload_type
  return {
    ...{ id: `msg_${count}`, type: body.type, body: JSON.stringify(body), at },
    things: [{ kind, id: body.data[`${kind.toLowerCase()}_id`], value: body.data }],
  }
}

const dodo: Omit<Life, 'steps'> = {
  store: 'dodo',
  secret: 'whsec_aW5rd2VsbC1kb2RvLXRlc3Qtc2VjcmV0LTI0Yg==',
  headers: signers.standard(),
  products: {
    ...{ pdt_Quill: 'Quill Pro', pdt_Studio: 'Quill Studio' },
    ...{ pdt_QuillYear: 'Quill Pro', pdt_StudioYear: 'Quill Studio' },
  },
  // Each attempt has a body of its own, and the time of that is its version.
  isOfItsMoment: true,
  api: {
    host: 'live.dodopayments.com',
    credential: 'dodo_inkwell',
    answer: ({ path, headers, all, one }) => {
      if (headers.get('authorization') !== 'Bearer dodo_inkwell') return undefined
      const payment = /^\/payments\/(\w+)$/.exec(path)?.[1]
      if (payment) return one('Payment', payment)
      const list = /^\/(payment|subscription|refund|dispute)s\?/.exec(path)?.[1]
      if (!list) return undefined
      const items = all(`${list[0]?.toUpperCase()}${list.slice(1)}`)
      return { items: path.endsWith('page_number=0') ? items : [] }
    },
  },
}

describe('an order', () => {
  tellLife({
    ...dodo,
    steps: [
      {
        what: 'ordered',
        at: '2026-09-01T10:00:03Z',
        sends: [event('payment.succeeded-one-time-two-products', '2026-09-01T10:00:03Z', { status: 'processing' })],
        stands: ['Quill Pro ×0: pending', 'Quill Studio ×0: pending'],
      },
      {
        what: 'paid',
        at: '2026-09-01T10:00:06Z',
        sends: [event('payment.succeeded-one-time-two-products', '2026-09-01T10:00:06Z')],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'a part of the amount went back',
        at: '2026-09-05T12:00:03Z',
        sends: [event('refund.succeeded-partial', '2026-09-05T12:00:03Z')],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'disputed',
        at: '2026-09-20T12:00:02Z',
        sends: [event('dispute.opened', '2026-09-20T12:00:02Z')],
        stands: ['Quill Pro ×0: disputed', 'Quill Studio ×0: disputed'],
      },
      {
        what: 'the dispute is won',
        at: '2026-11-20T12:00:00Z',
        sends: [event('dispute.won', '2026-11-20T12:00:00Z')],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'the rest went back',
        at: '2026-12-05T12:00:03Z',
        sends: [
          event('refund.succeeded-full', '2026-12-05T12:00:03Z', {
            ...{ refund_id: 'ref_Quill3', is_partial: true, amount: 9_800, created_at: '2026-12-05T12:00:00Z' },
          }),
        ],
        stands: ['Quill Pro ×0: refunded', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'but did not arrive',
        at: '2026-12-08T12:00:03Z',
        sends: [
          event('refund.succeeded-full', '2026-12-08T12:00:03Z', {
            ...{ refund_id: 'ref_Quill3', is_partial: true, amount: 9_800, status: 'failed' },
          }),
        ],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'another dispute is lost',
        at: '2027-01-20T12:00:00Z',
        sends: [
          event('dispute.opened', '2026-12-20T12:00:02Z', { dispute_id: 'dsp_Quill2' }),
          event('dispute.lost', '2027-01-20T12:00:00Z', { dispute_id: 'dsp_Quill2' }),
        ],
        stands: ['Quill Pro ×0: disputed', 'Quill Studio ×0: disputed'],
      },
    ],
  })
})

describe('a subscription', () => {
  const second = { previous_billing_date: '2027-09-01T10:00:00Z', next_billing_date: '2028-09-01T10:00:00Z' }
  const studio = { product_id: 'pdt_StudioYear', quantity: 2 }
  const charge = (id: string, at: string) =>
    event('payment.succeeded-charge-of-a-subscription', at, { payment_id: id, created_at: at })

  const renewed = event('subscription.renewed', '2027-09-16T10:00:02Z', { ...second, ...studio })
  tellLife({
    ...dodo,
    unmended: { ids: [renewed.id], why: 'Of one that is over, the API does not say what of its last period was paid.' },
    steps: [
      {
        what: 'begun, not paid yet',
        at: '2026-09-01T10:00:02Z',
        sends: [event('subscription.active', '2026-09-01T10:00:02Z', { status: 'pending' })],
        stands: ['Quill Pro ×0: pending'],
      },
      {
        what: 'bought: three events of one charge',
        at: '2026-09-01T10:00:08Z',
        sends: [
          event('subscription.active', '2026-09-01T10:00:06Z'),
          charge('pay_1', '2026-09-01T10:00:07Z'),
          event('subscription.renewed', '2026-09-01T10:00:08Z', {
            ...{ previous_billing_date: '2026-09-01T10:00:00Z', next_billing_date: '2027-09-01T10:00:00Z' },
          }),
        ],
        stands: ['Quill Pro ×3: active paid 2027-09-01'],
      },
      {
        what: 'canceled for later',
        at: '2026-11-02T09:00:00Z',
        sends: [event('subscription.updated-cancel-at-next-billing-date', '2026-11-02T09:00:00Z')],
        stands: ['Quill Pro ×3: ending paid 2027-09-01 ends 2027-09-01'],
      },
      {
        what: 'it goes on after all',
        at: '2026-11-03T09:00:00Z',
        sends: [event('subscription.active', '2026-11-03T09:00:00Z')],
        stands: ['Quill Pro ×3: active paid 2027-09-01'],
      },
      {
        what: 'another plan, five of it',
        at: '2026-12-01T09:00:00Z',
        sends: [event('subscription.plan_changed', '2026-12-01T09:00:00Z')],
        stands: ['Quill Studio ×5: active paid 2027-09-01'],
      },
      {
        what: 'two of it',
        at: '2026-12-02T09:00:00Z',
        sends: [event('subscription.plan_changed', '2026-12-02T09:00:00Z', studio)],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'paused',
        at: '2027-01-01T09:00:00Z',
        sends: [event('subscription.paused', '2027-01-01T09:00:00Z', studio)],
        stands: ['Quill Studio ×0: paused paid 2027-09-01'],
      },
      {
        what: 'resumed',
        at: '2027-02-01T09:00:00Z',
        sends: [event('subscription.unpaused', '2027-02-01T09:00:00Z', studio)],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'not paid in time',
        at: '2027-09-01T10:05:00Z',
        sends: [event('subscription.past_due', '2027-09-01T10:05:00Z', studio)],
        stands: ['Quill Studio ×2: past_due paid 2027-09-01 grace 2027-09-15'],
      },
      {
        what: 'on hold, as nothing came',
        at: '2027-09-15T10:05:30Z',
        sends: [event('subscription.on_hold', '2027-09-15T10:05:30Z', studio)],
        stands: ['Quill Studio ×0: paused paid 2027-09-01'],
      },
      {
        what: 'paid after all',
        at: '2027-09-16T10:00:02Z',
        sends: [charge('pay_2', '2027-09-16T10:00:00Z'), renewed],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'disputed',
        at: '2027-10-01T10:00:00Z',
        sends: [event('dispute.opened', '2027-10-01T10:00:00Z', { payment_id: 'pay_2' })],
        stands: ['Quill Studio ×0: disputed paid 2028-09-01'],
      },
      {
        what: 'the dispute is won',
        at: '2027-11-01T10:00:00Z',
        sends: [event('dispute.won', '2027-11-01T10:00:00Z', { payment_id: 'pay_2' })],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'the last charge went back: its period was not paid',
        at: '2027-12-01T12:00:03Z',
        sends: [event('refund.succeeded-full', '2027-12-01T12:00:03Z', { payment_id: 'pay_2', amount: 8_700 })],
        stands: ['Quill Studio ×0: lapsed paid 2027-09-16'],
      },
      {
        what: 'canceled at once',
        at: '2027-12-02T12:00:00Z',
        sends: [
          event('subscription.cancelled', '2027-12-02T12:00:00Z', {
            ...{ ...second, ...studio, cancelled_at: '2027-12-02T12:00:00Z' },
          }),
        ],
        stands: ['Quill Studio ×0: ended paid 2027-09-16 ends 2027-12-02'],
      },
    ],
  })
})

describe('a subscription that never began', () => {
  tellLife({
    ...dodo,
    steps: [
      {
        what: 'begun, not paid yet',
        at: '2026-09-01T10:00:02Z',
        sends: [event('subscription.active', '2026-09-01T10:00:02Z', { status: 'pending' })],
        stands: ['Quill Pro ×0: pending'],
      },
      {
        what: 'the payment failed',
        at: '2026-09-01T10:00:06Z',
        sends: [event('subscription.failed', '2026-09-01T10:00:06Z')],
        stands: ['Quill Pro ×0: ended ends 2026-09-01'],
      },
    ],
  })
})
