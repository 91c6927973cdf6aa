import { describe } from 'vitest'
import { type Life, type Sent, sampleWith, type Thing, tellLife } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'

let count = 0
/** An event from a sample, of things as they are at that time. */
function event(sample: string, at: string, object: object = {}, things: Thing[] = []): Sent {
  count += 1
  const body = sampleWith('creem', sample, { id: `evt_${count}`, created_at: Date.parse(at), object })
  const { object: kind, id } = body.object
  return {
    ...{ id: body.id, type: body.eventType, body: JSON.stringify(body), at },
    things: [{ kind, id, value: body.object }, ...things],
  }
}

/** A charge of a subscription as the API has it. */
const charge = (id: string, at: string, periodEnd: string, refunded = 0): Thing => ({
  ...{ kind: 'transaction', id },
  value: {
    ...{ id, object: 'transaction', amount: 8_700, amount_paid: 8_700, currency: 'EUR', subscription: 'sub_Quill1' },
    ...{ status: refunded ? 'refunded' : 'paid', refunded_amount: refunded, created_at: Date.parse(at) },
    ...{ period_end: Date.parse(periodEnd), mode: 'prod' },
  },
})

const creem: Omit<Life, 'steps'> = {
  store: 'creem',
  secret: 'whsec_inkwellCreemTestSecret',
  headers: signers.creem,
  products: {
    ...{ prod_Quill: 'Quill Pro', prod_QuillYear: 'Quill Pro', prod_StudioYear: 'Quill Studio' },
  },
  api: {
    host: 'api.creem.io',
    credential: 'creem_inkwell',
    answer: ({ path, headers, all, one }) => {
      if (headers.get('x-api-key') !== 'creem_inkwell') return undefined
      const transaction = /^\/v1\/transactions\?transaction_id=(\w+)$/.exec(path)?.[1]
      if (transaction) return one('transaction', transaction)
      const kind = /^\/v1\/(subscription|transaction)s\/search\?/.exec(path)?.[1]
      return kind && { items: all(kind), pagination: { next_page: null } }
    },
  },
}

describe('an order', () => {
  const money = (refunded: number) => ({
    ...{ kind: 'transaction', id: 'tran_Quill1' },
    value: {
      ...{ id: 'tran_Quill1', amount: 14_700, amount_paid: 14_700, currency: 'EUR', order: 'ord_Quill1' },
      ...{ refunded_amount: refunded, created_at: Date.parse('2026-09-01T10:00:04Z') },
    },
  })
  const paid = event('checkout.completed-one-time-3-units', '2026-09-01T10:00:05Z', {}, [money(0)])
  const disputed = event('dispute.created', '2026-09-20T12:00:01Z', { created_at: Date.parse('2026-09-20T12:00:00Z') })
  tellLife({
    ...creem,
    unmended: { ids: [paid.id, disputed.id], why: 'No list of the API has one-time orders or disputes.' },
    steps: [
      { what: 'paid', at: '2026-09-01T10:00:05Z', sends: [paid], stands: ['Quill Pro ×3: active'] },
      {
        what: 'a part of the amount went back',
        at: '2026-09-05T12:00:01Z',
        sends: [
          event(
            'refund.created-partial',
            '2026-09-05T12:00:01Z',
            { id: 'ref_1', created_at: Date.parse('2026-09-05T12:00:00Z') },
            [money(4_900)],
          ),
        ],
        stands: ['Quill Pro ×3: active'],
      },
      { what: 'disputed', at: '2026-09-20T12:00:01Z', sends: [disputed], stands: ['Quill Pro ×0: disputed'] },
      {
        what: 'the rest went back, too',
        at: '2026-09-25T12:00:01Z',
        sends: [
          event(
            'refund.created-full',
            '2026-09-25T12:00:01Z',
            { id: 'ref_2', refund_amount: 9_800, created_at: Date.parse('2026-09-25T12:00:00Z') },
            [money(14_700)],
          ),
        ],
        stands: ['Quill Pro ×0: refunded'],
      },
    ],
  })
})

describe('a subscription', () => {
  const first = '2027-09-01T10:00:00.000Z'
  const second = '2028-09-01T10:00:00.000Z'
  const subscription = (sample: string, at: string, object: object = {}, things: Thing[] = []) =>
    event(sample, at, { updated_at: new Date(at).toISOString(), ...object }, things)
  const items = (units: number) => [
    { object: 'subscription_item', id: 'sitem_1', product_id: 'prod_StudioYear', price_id: 'pprice_1', units },
  ]
  const studio = { product: { id: 'prod_StudioYear', name: 'Quill Studio' }, items: items(2) }
  const renewed = {
    ...{ last_transaction_id: 'tran_3', last_transaction_date: '2027-09-04T10:00:00.000Z' },
    ...{ current_period_start_date: first, current_period_end_date: second, next_transaction_date: second },
  }
  const disputed = event('dispute.created', '2027-12-01T12:00:01Z', {
    ...{ created_at: Date.parse('2027-12-01T12:00:00Z'), order: null, subscription: 'sub_Quill1' },
    transaction: { id: 'tran_3', order: null, amount: 8_700, amount_paid: 8_700, subscription: 'sub_Quill1' },
  })
  // What the event adds is not in the object, which goes on saying that it is active.
  const expired = subscription(
    'subscription.expired-retries-may-follow-status-may-still-read-active',
    '2027-09-02T10:05:00Z',
    studio,
  )

  tellLife({
    ...creem,
    unmended: { ids: [disputed.id, expired.id], why: 'No list of the API has disputes, or what an event adds.' },
    steps: [
      {
        what: 'a trial',
        at: '2026-09-01T10:00:05Z',
        sends: [subscription('subscription.trialing', '2026-09-01T10:00:05Z', { last_transaction_id: null })],
        stands: ['Quill Pro ×3: trial paid 2026-09-15'],
      },
      {
        what: 'bought: two events of one charge',
        at: '2026-09-15T10:00:06Z',
        sends: [
          subscription(
            'subscription.active',
            '2026-09-15T10:00:05Z',
            { last_transaction_id: 'tran_2', last_transaction_date: '2026-09-15T10:00:04.000Z' },
            [charge('tran_2', '2026-09-15T10:00:04Z', first)],
          ),
          subscription('subscription.paid', '2026-09-15T10:00:04Z', {
            ...{ last_transaction_id: 'tran_2', last_transaction_date: '2026-09-15T10:00:04.000Z' },
          }),
        ],
        stands: ['Quill Pro ×3: active paid 2027-09-01'],
      },
      {
        what: 'canceled for later',
        at: '2026-11-02T09:00:00Z',
        sends: [
          subscription('subscription.scheduled_cancel', '2026-11-02T09:00:00Z', { last_transaction_id: 'tran_2' }),
        ],
        stands: ['Quill Pro ×3: ending paid 2027-09-01 ends 2027-09-01'],
      },
      {
        what: 'it goes on after all, with another plan and five of it',
        at: '2026-12-01T09:00:00Z',
        sends: [subscription('subscription.update', '2026-12-01T09:00:00Z', { last_transaction_id: 'tran_2' })],
        stands: ['Quill Studio ×5: active paid 2027-09-01'],
      },
      {
        what: 'two of it',
        at: '2026-12-02T09:00:00Z',
        sends: [
          subscription('subscription.update', '2026-12-02T09:00:00Z', { ...studio, last_transaction_id: 'tran_2' }),
        ],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'paused',
        at: '2027-01-01T09:00:00Z',
        sends: [
          subscription('subscription.paused', '2027-01-01T09:00:00Z', { ...studio, last_transaction_id: 'tran_2' }),
        ],
        stands: ['Quill Studio ×0: paused paid 2027-09-01'],
      },
      {
        what: 'resumed',
        at: '2027-02-01T09:00:00Z',
        sends: [
          subscription('subscription.active', '2027-02-01T09:00:00Z', { ...studio, last_transaction_id: 'tran_2' }),
        ],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'not paid in time',
        at: '2027-09-01T10:05:00Z',
        sends: [
          subscription('subscription.past_due', '2027-09-01T10:05:00Z', { ...studio, last_transaction_id: 'tran_2' }),
        ],
        stands: ['Quill Studio ×2: past_due paid 2027-09-01 grace 2027-09-15'],
      },
      {
        what: 'its period is over, and charges go on: the grace began before',
        at: '2027-09-02T10:05:00Z',
        sends: [{ ...expired, body: expired.body.replace('tran_Quill2', 'tran_2') }],
        stands: ['Quill Studio ×2: past_due paid 2027-09-01 grace 2027-09-15'],
      },
      {
        what: 'paid after all',
        at: '2027-09-04T10:00:05Z',
        sends: [
          subscription('subscription.paid', '2027-09-04T10:00:05Z', { ...studio, ...renewed }, [
            charge('tran_3', '2027-09-04T10:00:00Z', second),
          ]),
        ],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'that charge went back: the one before holds until it ends',
        at: '2027-09-10T12:00:01Z',
        sends: [
          event(
            'refund.created-full',
            '2027-09-10T12:00:01Z',
            {
              ...{ id: 'ref_3', refund_amount: 8_700, order: null, subscription: 'sub_Quill1' },
              created_at: Date.parse('2027-09-10T12:00:00Z'),
              transaction: {
                ...{ id: 'tran_3', order: null, amount: 8_700, amount_paid: 8_700, refunded_amount: 8_700 },
                ...{ subscription: 'sub_Quill1', created_at: Date.parse('2027-09-04T10:00:00Z') },
              },
            },
            [charge('tran_3', '2027-09-04T10:00:00Z', second, 8_700)],
          ),
        ],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'paid once more',
        at: '2027-09-12T10:00:05Z',
        sends: [
          subscription(
            'subscription.paid',
            '2027-09-12T10:00:05Z',
            {
              ...{ ...studio, ...renewed },
              ...{ last_transaction_id: 'tran_4', last_transaction_date: '2027-09-12T10:00:00.000Z' },
            },
            [charge('tran_4', '2027-09-12T10:00:00Z', second)],
          ),
        ],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'ended',
        at: '2028-09-01T10:00:10Z',
        sends: [
          subscription('subscription.canceled', '2028-09-01T10:00:10Z', {
            ...{ ...studio, ...renewed, canceled_at: second },
            ...{ last_transaction_id: 'tran_4', last_transaction_date: '2027-09-12T10:00:00.000Z' },
          }),
        ],
        stands: ['Quill Studio ×0: ended paid 2028-09-01 ends 2028-09-01'],
      },
      {
        what: 'disputed',
        at: '2028-09-02T12:00:01Z',
        sends: [disputed],
        stands: ['Quill Studio ×0: disputed paid 2028-09-01 ends 2028-09-01'],
      },
    ],
  })
})
