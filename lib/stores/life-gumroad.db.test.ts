import { describe } from 'vitest'
import { type Asked, type Life, type Sent, type Thing, tellLife } from '../../e2e/store-life.ts'
import { sample } from '../../e2e/store-samples.ts'

// Nothing is signed: the secret is the address. Whoever has an access token believes only what the API says.

let count = 0
/** A ping from a sample, with other fields. */
function ping(name: string, at: string, fields: Record<string, string> = {}, things: Thing[] = []): Sent {
  count += 1
  const form = new URLSearchParams(sample('gumroad', name).toString())
  for (const [field, value] of Object.entries(fields)) form.set(field, value)
  return { id: `ping-${count}`, type: form.get('resource_name') ?? '', body: form.toString(), at, things }
}

const PRODUCT = 'Pr0dQuill=='
const MEMBERSHIP = 'Sub0Quill=='

/** A sale as the API has it. */
const sale = (id: string, at: string, more: object = {}): Thing => ({
  ...{ kind: 'sale', id },
  value: {
    ...{
      id,
      created_at: at,
      product_id: PRODUCT,
      product_name: 'Quill Pro',
      product_permalink: 'quill',
      price: 14_700,
    },
    ...{
      quantity: 3,
      email: 'lena@customer.example',
      full_name: 'Lena Ortiz',
      purchaser_id: '900001',
      order_id: 730_001,
    },
    ...{
      refunded: false,
      partially_refunded: false,
      disputed: false,
      dispute_won: false,
      variants: { Version: 'Mac' },
    },
    ...more,
  },
})

/** A charge of the membership as the API has it. */
const charge = (id: string, at: string, isFirst: boolean, more: object = {}): Thing =>
  sale(id, at, {
    ...{ subscription_id: MEMBERSHIP, subscription_duration: 'yearly', recurring_charge: !isFirst, quantity: 1 },
    ...{ price: 2_900, variants: { Version: 'Mac', Tier: 'Pro' }, ...more },
  })

/** The membership as the API has it. */
const member = (status: string, more: object = {}): Thing => ({
  ...{ kind: 'subscriber', id: MEMBERSHIP },
  value: {
    ...{ id: MEMBERSHIP, product_id: PRODUCT, product_name: 'Quill Pro', user_id: '900001', status },
    ...{ user_email: 'lena@customer.example', created_at: '2026-09-01T10:00:05Z', ...more },
  },
})

function answer({ path, headers, all, one }: Asked): unknown {
  if (path.startsWith('/v2/resource_subscriptions')) return { success: true, resource_subscriptions: [] }
  if (headers.get('authorization') !== 'Bearer inkwell-gumroad') return undefined
  const [, kind = '', id = ''] = /^\/v2\/(sale|subscriber)s\/([^/?]+)$/.exec(path) ?? []
  if (kind) return { success: true, [kind]: one(kind, decodeURIComponent(id)) ?? null }
  if (path.startsWith('/v2/sales?after=')) return { success: true, sales: all('sale') }
  if (path === '/v2/products') return { success: true, products: [{ id: PRODUCT, is_tiered_membership: true }] }
  // Those that are over are not among them.
  if (path.startsWith('/v2/products/') && path.includes('/subscribers?'))
    return {
      success: true,
      subscribers: all('subscriber').filter((each) => /^(alive|pending)/.test(String(Object(each).status))),
    }
  return undefined
}

const api = { host: 'api.gumroad.com', credential: 'inkwell-gumroad', answer }
const gumroad: Omit<Life, 'steps'> = {
  store: 'gumroad',
  secret: null,
  headers: () => ({ 'content-type': 'application/x-www-form-urlencoded' }),
  products: { [PRODUCT]: 'Quill Pro', [`${PRODUCT}/Studio`]: 'Quill Studio' },
  // Most carry no time: what they say is as old as their arrival.
  isOfItsMoment: true,
}

const order = () => {
  const bought = '2026-09-01T10:00:05Z'
  const now = (more: object) => [sale('Sal3Quill1==', bought, more)]
  return [
    {
      what: 'paid',
      at: '2026-09-01T10:00:06Z',
      sends: [ping('sale-one-time-3-copies', '2026-09-01T10:00:06Z', {}, now({}))],
      stands: ['Quill Pro ×3: active'],
    },
    {
      what: 'a part of the amount went back',
      at: '2026-09-05T12:00:00Z',
      sends: [
        ping('refund-partial-refunded-stays-false', '2026-09-05T12:00:00Z', {}, now({ partially_refunded: true })),
      ],
      stands: ['Quill Pro ×3: active'],
    },
    {
      what: 'disputed',
      at: '2026-09-20T12:00:00Z',
      sends: [ping('dispute', '2026-09-20T12:00:00Z', {}, now({ partially_refunded: true, disputed: true }))],
      stands: ['Quill Pro ×0: disputed'],
    },
    {
      what: 'the dispute is won',
      at: '2026-11-20T12:00:00Z',
      sends: [
        ping(
          'dispute_won',
          '2026-11-20T12:00:00Z',
          {},
          now({ partially_refunded: true, disputed: true, dispute_won: true }),
        ),
      ],
      stands: ['Quill Pro ×3: active'],
    },
    {
      what: 'all went back',
      at: '2026-12-05T12:00:00Z',
      sends: [
        ping('refund-full', '2026-12-05T12:00:00Z', {}, now({ refunded: true, disputed: true, dispute_won: true })),
      ],
      stands: ['Quill Pro ×0: refunded'],
    },
  ]
}

describe('an order', () => {
  tellLife({ ...gumroad, api, steps: order() })
})

describe('an order, without an access token', () => {
  tellLife({ ...gumroad, steps: order() })
})

const membership = () => {
  const [first, second, third] = ['2026-09-01T10:00:05Z', '2027-09-01T10:00:05Z', '2028-10-01T10:00:05Z']
  const studio = { price: 4_900, variants: { Version: 'Mac', Tier: 'Studio' }, quantity: 2 }
  const studioFields = { 'variants[Tier]': 'Studio', quantity: '2', price: '4900' }
  const plan = (quantity: string, at: string) =>
    ping('subscription_updated', at, { 'new_plan[quantity]': quantity, effective_as_of: at }, [member('alive')])
  return [
    {
      what: 'bought',
      at: '2026-09-01T10:00:06Z',
      sends: [
        ping(
          'sale-charge-of-a-membership',
          '2026-09-01T10:00:06Z',
          {
            ...{ sale_id: 'Sal3Quill0==', sale_timestamp: first, is_recurring_charge: 'false', order_number: '730001' },
          },
          [charge('Sal3Quill0==', first, true), member('alive')],
        ),
      ],
      stands: ['Quill Pro ×1: active paid 2027-09-01'],
    },
    {
      what: 'another plan, five of it',
      at: '2026-12-01T09:00:01Z',
      sends: [plan('5', '2026-12-01T09:00:00Z')].map((sent) => ({ ...sent, at: '2026-12-01T09:00:01Z' })),
      stands: ['Quill Studio ×5: active paid 2027-09-01'],
    },
    {
      what: 'two of it',
      at: '2026-12-02T09:00:01Z',
      sends: [plan('2', '2026-12-02T09:00:00Z')].map((sent) => ({ ...sent, at: '2026-12-02T09:00:01Z' })),
      stands: ['Quill Studio ×2: active paid 2027-09-01'],
    },
    {
      what: 'renewed: the plan stays',
      at: '2027-09-01T10:00:07Z',
      sends: [
        ping('sale-charge-of-a-membership', '2027-09-01T10:00:07Z', studioFields, [
          charge('Sal3Quill2==', second, false, studio),
        ]),
      ],
      stands: ['Quill Studio ×2: active paid 2028-09-01'],
    },
    {
      what: 'that charge went back: the one before holds until it ends',
      at: '2027-09-05T12:00:00Z',
      sends: [
        ping(
          'refund-full',
          '2027-09-05T12:00:00Z',
          {
            ...{ sale_id: 'Sal3Quill2==', subscription_id: MEMBERSHIP, sale_timestamp: second, recurrence: 'yearly' },
            ...{ ...studioFields, is_recurring_charge: 'true', order_number: '730002' },
          },
          [charge('Sal3Quill2==', second, false, { ...studio, refunded: true })],
        ),
      ],
      stands: ['Quill Studio ×2: active paid 2027-09-01'],
    },
    {
      what: 'paid once more',
      at: '2027-09-06T10:00:07Z',
      sends: [
        ping(
          'sale-charge-of-a-membership',
          '2027-09-06T10:00:07Z',
          {
            ...{ ...studioFields, sale_id: 'Sal3Quill3==', sale_timestamp: '2027-09-06T10:00:05Z' },
          },
          [charge('Sal3Quill3==', '2027-09-06T10:00:05Z', false, studio)],
        ),
      ],
      stands: ['Quill Studio ×2: active paid 2028-09-06'],
    },
    {
      what: 'canceled for later',
      at: '2028-05-02T09:00:00Z',
      sends: [
        ping(
          'cancellation-buyer-paid-until-the-end',
          '2028-05-02T09:00:00Z',
          { cancelled_at: '2028-09-06T10:00:05Z' },
          [member('pending_cancellation', { cancelled_at: '2028-09-06T10:00:05Z' })],
        ),
      ],
      stands: ['Quill Studio ×2: ending paid 2028-09-06 ends 2028-09-06'],
    },
    {
      what: 'it goes on after all',
      at: '2028-05-03T09:00:00Z',
      sends: [
        ping('subscription_restarted', '2028-05-03T09:00:00Z', { restarted_at: '2028-05-03T09:00:00Z' }, [
          member('alive'),
        ]),
      ],
      stands: ['Quill Studio ×2: active paid 2028-09-06'],
    },
    {
      what: 'ended, as nobody paid',
      at: '2028-09-20T10:05:10Z',
      sends: [
        ping(
          'subscription_ended',
          '2028-09-20T10:05:10Z',
          { ended_at: '2028-09-20T10:05:00Z', ended_reason: 'failed_payment' },
          [
            member('failed_payment', { failed_at: '2028-09-20T10:05:00Z', ended_at: '2028-09-20T10:05:00Z' }),
            charge('Sal3Quill3==', '2027-09-06T10:00:05Z', false, { ...studio, dead: true }),
          ],
        ),
      ],
      stands: ['Quill Studio ×0: ended paid 2028-09-06 ends 2028-09-20'],
    },
    {
      what: 'begun anew: the same keys',
      at: '2028-10-01T10:00:07Z',
      sends: [
        ping('subscription_restarted', '2028-10-01T10:00:00Z', {}, [
          member('alive'),
          charge('Sal3Quill3==', '2027-09-06T10:00:05Z', false, studio),
        ]),
        ping(
          'sale-charge-of-a-membership',
          '2028-10-01T10:00:07Z',
          { ...studioFields, sale_id: 'Sal3Quill4==', sale_timestamp: third },
          [charge('Sal3Quill4==', third, false, studio)],
        ),
      ],
      stands: ['Quill Studio ×2: active paid 2029-10-01'],
    },
    {
      what: 'disputed',
      at: '2028-11-01T12:00:00Z',
      sends: [
        ping(
          'dispute',
          '2028-11-01T12:00:00Z',
          {
            ...{ ...studioFields, sale_id: 'Sal3Quill4==', sale_timestamp: third, subscription_id: MEMBERSHIP },
            ...{ recurrence: 'yearly', is_recurring_charge: 'true' },
          },
          [charge('Sal3Quill4==', third, false, { ...studio, disputed: true })],
        ),
      ],
      stands: ['Quill Studio ×0: disputed paid 2029-10-01'],
    },
  ]
}

describe('a membership', () => {
  tellLife({ ...gumroad, api, steps: membership() })
})

describe('a membership, without an access token', () => {
  tellLife({ ...gumroad, steps: membership() })
})
