import { describe } from 'vitest'
import { type Asked, type Life, type Sent, sampleWith, type Thing, tellLife } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'

let count = 0
/** The thing as it is at that time. */
function told(sample: string, topic: string, at: string, more: object = {}, things: Thing[] = []): Sent {
  count += 1
  const value = sampleWith('woocommerce', sample, { date_modified_gmt: at.slice(0, 19), ...more })
  const kind = topic.split('.')[0] ?? ''
  return {
    ...{ id: `delivery-${count}`, type: topic, body: JSON.stringify(value), at },
    things: [{ kind, id: String(value.id), value }, ...things],
  }
}

const answer =
  (types: Record<number, string>) =>
  ({ path, headers, all, one }: Asked): unknown => {
    if (headers.get('authorization') !== `Basic ${Buffer.from('ck_inkwell:cs_inkwell').toString('base64')}`)
      return undefined
    const [, rest = ''] = /^\/shop\/wp-json\/wc\/v3\/(.*)$/.exec(path) ?? []
    const products = /^products\?include=([\d,]+)&/.exec(rest)?.[1]
    if (products) return products.split(',').map((id) => ({ id: Number(id), type: types[Number(id)] }))
    const refunds = /^orders\/(\d+)\/refunds\?/.exec(rest)?.[1]
    if (refunds) return one('refunds', refunds) ?? []
    const order = /^orders\/(\d+)$/.exec(rest)?.[1]
    if (order) return one('order', order)
    const kind = /^(order|subscription)s\?modified_after=.*&page=1$/.exec(rest)?.[1]
    return kind && all(kind)
  }

const { api, ...signed }: Omit<Life, 'steps'> & Pick<Required<Life>, 'api'> = {
  store: 'woocommerce',
  secret: 'ck "quoted" & <sec>',
  headers: signers.woocommerce,
  products: { '702': 'Quill Pro', '703': 'Quill Studio' },
  isOfItsMoment: true,
  api: {
    host: 'shop.inkwell.example',
    credential: 'https://ck_inkwell:cs_inkwell@shop.inkwell.example/shop',
    answer: answer({ 701: 'variable', 703: 'simple' }),
  },
}

const refund = (id: number, amount: string, item: number | null, quantity = 0) => ({
  ...{ id, amount },
  line_items:
    item === null ? [] : [{ quantity: -quantity, meta_data: [{ key: '_refunded_item_id', value: String(item) }] }],
})
/** What went back of the order: sums in it, the rest by asking. */
const backOf = (...refunds: ReturnType<typeof refund>[]): [object, Thing[]] => [
  { refunds: refunds.map(({ id, amount }) => ({ id, reason: '', total: `-${amount}` })) },
  [{ kind: 'refunds', id: '5501', value: refunds }],
]

describe('an order', () => {
  const studio = refund(1, '49.00', 82, 1)
  tellLife({
    ...{ ...signed, api },
    steps: [
      {
        what: 'ordered',
        at: '2026-09-01T10:00:02Z',
        sends: [told('order.created-pending', 'order.created', '2026-09-01T10:00:02Z')],
        stands: ['Quill Pro ×0: pending', 'Quill Studio ×0: pending'],
      },
      {
        what: 'paid',
        at: '2026-09-01T10:00:05Z',
        sends: [
          told('order.updated-processing', 'order.updated', '2026-09-01T10:00:04Z'),
          told('order.updated-completed', 'order.updated', '2026-09-01T10:00:05Z'),
        ],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'set back to processing by somebody',
        at: '2026-09-02T10:00:05Z',
        sends: [told('order.updated-processing', 'order.updated', '2026-09-02T10:00:05Z')],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'one line went back',
        at: '2026-09-05T12:00:00Z',
        sends: [told('order.updated-one-line-refunded', 'order.updated', '2026-09-05T12:00:00Z', ...backOf(studio))],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'a part of the amount, too',
        at: '2026-09-06T12:00:00Z',
        sends: [
          told(
            'order.updated-one-line-refunded',
            'order.updated',
            '2026-09-06T12:00:00Z',
            ...backOf(studio, refund(2, '10.00', null)),
          ),
        ],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'the first was a mistake, and is deleted',
        at: '2026-09-07T12:00:00Z',
        sends: [
          told(
            'order.updated-one-line-refunded',
            'order.updated',
            '2026-09-07T12:00:00Z',
            ...backOf(refund(2, '10.00', null)),
          ),
        ],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'and the other is, too',
        at: '2026-09-08T12:00:00Z',
        sends: [told('order.updated-completed', 'order.updated', '2026-09-08T12:00:00Z', ...backOf())],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'all went back',
        at: '2026-10-05T12:00:00Z',
        sends: [
          told(
            'order.updated-refunded',
            'order.updated',
            '2026-10-05T12:00:00Z',
            ...backOf(refund(3, '98.00', 81, 2), refund(4, '49.00', 82, 1)),
          ),
        ],
        stands: ['Quill Pro ×0: refunded', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'which is undone: the same keys',
        at: '2026-10-06T12:00:00Z',
        sends: [told('order.updated-completed', 'order.updated', '2026-10-06T12:00:00Z', ...backOf())],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'canceled',
        at: '2026-11-05T12:00:00Z',
        sends: [told('order.updated-cancelled', 'order.updated', '2026-11-05T12:00:00Z', ...backOf())],
        stands: ['Quill Pro ×0: ended', 'Quill Studio ×0: ended'],
      },
    ],
  })
})

describe('a subscription', () => {
  const second = '2028-09-01T10:00:02'
  const item = (name: string, product_id: number, variation_id: number, quantity: number, id: number) => ({
    line_items: [{ id, name, product_id, variation_id, quantity, total: '87.00', meta_data: [] }],
  })
  const studio = item('Quill Studio', 703, 0, 2, 95)
  const parent = (at: string, status: string) =>
    told(`order.updated-${status}`, 'order.updated', at, {
      ...{ id: 5502, number: '5502', total: '87.00', ...item('Quill Pro', 701, 702, 3, 83) },
    })
  const renewal = (id: number, at: string, more: object = {}, things: Thing[] = []) =>
    told(
      'order.updated-completed',
      'order.updated',
      at,
      {
        ...{ id, number: String(id), total: '87.00', ...item('Quill Studio', 703, 0, 2, 183) },
        ...{ meta_data: [{ id: 1, key: '_subscription_renewal', value: '5601' }], date_paid_gmt: at.slice(0, 19) },
        ...more,
      },
      things,
    )
  const subscription = (sample: string, at: string, more: object = {}) =>
    told(`subscription.updated-${sample}`, 'subscription.updated', at, more)

  const renewed = subscription('active', '2027-09-04T10:00:12Z', { ...studio, next_payment_date_gmt: second })
  tellLife({
    ...signed,
    api: { ...api, answer: answer({ 701: 'variable-subscription', 703: 'subscription' }) },
    unmended: { ids: [renewed.id], why: 'Of one that is over, the API does not say what of its last period was paid.' },
    steps: [
      {
        what: 'begun, not paid yet',
        at: '2026-09-01T10:00:03Z',
        sends: [
          told('order.created-pending', 'order.created', '2026-09-01T10:00:02Z', {
            ...{ id: 5502, number: '5502', total: '87.00', ...item('Quill Pro', 701, 702, 3, 83) },
          }),
          subscription('active', '2026-09-01T10:00:03Z', { status: 'pending', date_paid_gmt: null }),
        ],
        stands: ['Quill Pro ×0: pending'],
      },
      {
        what: 'bought',
        at: '2026-09-01T10:00:06Z',
        sends: [parent('2026-09-01T10:00:05Z', 'completed'), subscription('active', '2026-09-01T10:00:06Z')],
        stands: ['Quill Pro ×3: active paid 2027-09-01'],
      },
      {
        what: 'canceled for later',
        at: '2026-11-02T09:00:00Z',
        sends: [subscription('pending-cancel', '2026-11-02T09:00:00Z')],
        stands: ['Quill Pro ×3: ending paid 2027-09-01 ends 2027-09-01'],
      },
      {
        what: 'it goes on after all',
        at: '2026-11-03T09:00:00Z',
        sends: [subscription('active', '2026-11-03T09:00:00Z')],
        stands: ['Quill Pro ×3: active paid 2027-09-01'],
      },
      {
        what: 'another plan, five of it: another line',
        at: '2026-12-01T09:00:00Z',
        sends: [subscription('switched-line', '2026-12-01T09:00:00Z')],
        stands: ['Quill Studio ×5: active paid 2027-09-01'],
      },
      {
        what: 'two of it',
        at: '2026-12-02T09:00:00Z',
        sends: [subscription('switched-line', '2026-12-02T09:00:00Z', studio)],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'on hold, by somebody',
        at: '2027-01-01T09:00:00Z',
        sends: [subscription('active', '2027-01-01T09:00:00Z', { ...studio, status: 'on-hold' })],
        stands: ['Quill Studio ×0: paused paid 2027-09-01'],
      },
      {
        what: 'resumed',
        at: '2027-02-01T09:00:00Z',
        sends: [subscription('active', '2027-02-01T09:00:00Z', studio)],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'not paid in time, another attempt is planned',
        at: '2027-09-01T10:00:10Z',
        sends: [subscription('on-hold-retry-planned', '2027-09-01T10:00:10Z', studio)],
        stands: ['Quill Studio ×2: past_due paid 2027-09-01 grace 2027-09-15'],
      },
      {
        what: 'and another: the grace began before',
        at: '2027-09-02T10:00:12Z',
        sends: [
          subscription('on-hold-retry-planned', '2027-09-02T10:00:12Z', {
            ...{ ...studio, payment_retry_date_gmt: '2027-09-04T10:00:10' },
          }),
        ],
        stands: ['Quill Studio ×2: past_due paid 2027-09-01 grace 2027-09-15'],
      },
      {
        what: 'paid after all',
        at: '2027-09-04T10:00:12Z',
        sends: [renewal(5701, '2027-09-04T10:00:11Z'), renewed],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'that payment went back: its period was not paid',
        at: '2027-12-10T12:00:00Z',
        sends: [
          renewal(
            5701,
            '2027-12-10T12:00:00Z',
            {
              ...{ status: 'refunded', date_paid_gmt: '2027-09-04T10:00:11' },
              refunds: [{ id: 9, reason: '', total: '-87.00' }],
            },
            [{ kind: 'refunds', id: '5701', value: [refund(9, '87.00', 183, 2)] }],
          ),
        ],
        stands: ['Quill Studio ×0: lapsed paid 2027-09-04'],
      },
      {
        what: 'paid once more: the same keys',
        at: '2027-12-12T10:00:12Z',
        sends: [renewal(5702, '2027-12-12T10:00:12Z')],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'ended',
        at: '2028-09-01T10:00:05Z',
        sends: [
          subscription('cancelled', '2028-09-01T10:00:05Z', {
            ...{ ...studio, cancelled_date_gmt: '2028-08-02T09:00:00', end_date_gmt: second },
          }),
        ],
        stands: ['Quill Studio ×0: ended paid 2028-09-01 ends 2028-09-01'],
      },
    ],
  })
})
