import { describe } from 'vitest'
import { type Asked, type Life, type Sent, sampleWith, tellLife } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'

let count = 0
/** An event from a sample, of the thing as it is at that time. */
function event(sample: string, at: string, attributes: object = {}, id?: string, name?: string): Sent {
  count += 1
  const body = sampleWith('lemonsqueezy', sample, {
    ...(name && { meta: { event_name: name } }),
    data: { ...(id && { id }), attributes: { updated_at: at, ...attributes } },
  })
  return {
    ...{ id: `event-${count}`, type: body.meta.event_name, body: JSON.stringify(body), at },
    things: [{ kind: body.data.type, id: body.data.id, value: body.data }],
  }
}

type Resource = { id: string; attributes: { [name: string]: unknown } }

/** An order's item as the API has it, beside the variant that says whether it began a subscription. */
const itemOf = ({ id, attributes }: Resource) => {
  const { id: item, ...rest } = attributes.first_order_item as { id: number }
  return { type: 'order-items', id: String(item), attributes: { ...rest, order_id: Number(id) } }
}
const variants = [
  { type: 'variants', id: '4001', attributes: { is_subscription: false } },
  { type: 'variants', id: '4002', attributes: { is_subscription: true } },
]

function answer({ path, headers, all, one }: Asked): unknown {
  if (headers.get('authorization') !== 'Bearer inkwell-ls-key') return undefined
  const url = new URL(path, 'https://api.lemonsqueezy.com')
  const orders = all('orders') as Resource[]
  const subscriptions = all('subscriptions') as Resource[]
  switch (url.pathname) {
    case '/v1/order-items': {
      const order = one('orders', url.searchParams.get('filter[order_id]') ?? '') as Resource | undefined
      return order && { data: [itemOf(order)], included: variants, links: {} }
    }
    case '/v1/orders':
      return {
        data: orders.map((order) => ({
          ...order,
          relationships: {
            subscriptions: { data: subscriptions.filter(({ attributes }) => String(attributes.order_id) === order.id) },
          },
        })),
        included: orders.map(itemOf),
        links: {},
      }
    case '/v1/subscriptions':
      return { data: subscriptions, links: {} }
    case '/v1/subscription-invoices':
      return { data: all('subscription-invoices'), links: {} }
    default:
      return undefined
  }
}

const { api, ...signed }: Omit<Life, 'steps'> & Pick<Required<Life>, 'api'> = {
  store: 'lemonsqueezy',
  secret: 'inkwell-ls-secret',
  headers: signers.lemonsqueezy,
  products: { '4001': 'Quill Pro', '4002': 'Quill Pro', '3002': 'Quill Studio', '4003': 'Quill Studio' },
  api: { host: 'api.lemonsqueezy.com', credential: 'inkwell-ls-key', answer },
}

const order = (asks: boolean) => [
  {
    what: 'paid',
    at: '2026-09-01T10:00:05Z',
    sends: [event('order_created', '2026-09-01T10:00:02Z')],
    // Without an API key it may yet be one of a subscription.
    stands: [asks ? 'Quill Pro ×3: active' : 'Quill Pro ×0: pending'],
  },
  { what: 'three minutes later', at: '2026-09-01T10:04:00Z', sends: [], stands: ['Quill Pro ×3: active'] },
  {
    what: 'a part of the amount went back',
    at: '2026-09-05T12:00:00Z',
    sends: [event('order_refunded-partial', '2026-09-05T12:00:00Z')],
    stands: ['Quill Pro ×3: active'],
  },
  {
    what: 'the rest went back',
    at: '2026-09-06T12:00:00Z',
    sends: [event('order_refunded-full', '2026-09-06T12:00:00Z')],
    stands: ['Quill Pro ×0: refunded'],
  },
]

describe('an order', () => {
  tellLife({ ...signed, api, steps: order(true) })
})

describe('an order, without an API key', () => {
  tellLife({ ...signed, steps: order(false) })
})

const subscription = () => {
  const [began, first, second] = ['2026-09-15T10:00:02Z', '2027-09-15T10:00:02Z', '2028-09-15T10:00:02Z']
  const studio = {
    ...{ product_id: 3002, variant_id: 4003, product_name: 'Quill Studio' },
    first_subscription_item: { quantity: 2 },
  }
  /** The subscription as it is at that time: an event of its own, and the one that always comes along. */
  const now = (sample: string, at: string, attributes: object = {}) => [
    event(sample, at, attributes),
    event(sample, at, attributes, undefined, 'subscription_updated'),
  ]
  const invoice = (id: string, sample: string, at: string, attributes: object = {}) =>
    event(sample, at, { created_at: at, ...attributes }, id)
  return [
    {
      what: 'a trial: its order comes before it',
      at: '2026-09-01T10:00:06Z',
      sends: [
        event(
          'order_created',
          '2026-09-01T10:00:02Z',
          {
            ...{ total: 0, order_number: 43 },
            first_order_item: { id: 9102, order_id: 9002, variant_id: 4002, price_id: 6002 },
          },
          '9002',
        ),
        ...now('subscription_created-trial', '2026-09-01T10:00:04Z', { trial_ends_at: began, renews_at: began }),
      ],
      stands: ['Quill Pro ×3: trial paid 2026-09-15'],
    },
    {
      what: 'bought',
      at: '2026-09-15T10:00:20Z',
      sends: [
        invoice('8000', 'subscription_payment_success', '2026-09-15T10:00:05Z'),
        ...now('subscription_updated-renewed', '2026-09-15T10:00:06Z', { renews_at: first }),
      ],
      stands: ['Quill Pro ×3: active paid 2027-09-15'],
    },
    {
      what: 'canceled for later',
      at: '2026-11-02T09:00:00Z',
      sends: now('subscription_cancelled', '2026-11-02T09:00:00Z', { renews_at: first, ends_at: first }),
      stands: ['Quill Pro ×3: ending paid 2027-09-15 ends 2027-09-15'],
    },
    {
      what: 'it goes on after all',
      at: '2026-11-03T09:00:00Z',
      sends: now('subscription_resumed', '2026-11-03T09:00:00Z', { renews_at: first }),
      stands: ['Quill Pro ×3: active paid 2027-09-15'],
    },
    {
      what: 'another plan, five of it',
      at: '2026-12-01T09:00:00Z',
      sends: now('subscription_updated-other-variant-5-seats', '2026-12-01T09:00:00Z', {
        ...{ ...studio, first_subscription_item: { quantity: 5 }, renews_at: first },
      }),
      stands: ['Quill Studio ×5: active paid 2027-09-15'],
    },
    {
      what: 'two of it',
      at: '2026-12-02T09:00:00Z',
      sends: now('subscription_updated-other-variant-5-seats', '2026-12-02T09:00:00Z', { ...studio, renews_at: first }),
      stands: ['Quill Studio ×2: active paid 2027-09-15'],
    },
    {
      what: 'paused',
      at: '2027-01-01T09:00:00Z',
      sends: now('subscription_paused', '2027-01-01T09:00:00Z', { ...studio, renews_at: first }),
      stands: ['Quill Studio ×0: paused paid 2027-09-15'],
    },
    {
      what: 'resumed',
      at: '2027-02-01T09:00:00Z',
      sends: now('subscription_unpaused', '2027-02-01T09:00:00Z', { ...studio, renews_at: first }),
      stands: ['Quill Studio ×2: active paid 2027-09-15'],
    },
    {
      what: 'not paid in time',
      at: '2027-09-15T10:05:00Z',
      sends: [
        invoice('8001', 'subscription_payment_failed', '2027-09-15T10:05:00Z'),
        ...now('subscription_updated-past-due', '2027-09-15T10:05:00Z', {
          ...studio,
          renews_at: '2027-09-18T10:00:02Z',
        }),
      ],
      stands: ['Quill Studio ×2: past_due paid 2027-09-15 grace 2027-09-29'],
    },
    {
      what: 'paid after all',
      at: '2027-09-18T10:05:00Z',
      sends: [
        invoice('8001', 'subscription_payment_recovered', '2027-09-18T10:04:59Z', {
          created_at: '2027-09-15T10:00:05Z',
        }),
        invoice('8001', 'subscription_payment_success', '2027-09-18T10:04:59Z', { created_at: '2027-09-15T10:00:05Z' }),
        ...now('subscription_updated-renewed', '2027-09-18T10:05:00Z', { ...studio, renews_at: second }),
      ],
      stands: ['Quill Studio ×2: active paid 2028-09-15'],
    },
    {
      what: 'that payment went back: its period was not paid',
      at: '2027-09-20T12:00:00Z',
      sends: [
        invoice('8001', 'subscription_payment_refunded', '2027-09-20T12:00:00Z', {
          created_at: '2027-09-15T10:00:05Z',
        }),
      ],
      stands: ['Quill Studio ×2: active paid 2027-09-15'],
    },
    {
      what: 'paid once more',
      at: '2027-09-22T10:05:00Z',
      sends: [invoice('8002', 'subscription_payment_success', '2027-09-22T10:05:00Z')],
      stands: ['Quill Studio ×2: active paid 2028-09-15'],
    },
    {
      what: 'ended',
      at: '2028-09-15T10:00:30Z',
      sends: now('subscription_expired', '2028-09-15T10:00:30Z', { ...studio, renews_at: second, ends_at: second }),
      stands: ['Quill Studio ×0: ended paid 2028-09-15 ends 2028-09-15'],
    },
  ]
}

describe('a subscription', () => {
  tellLife({ ...signed, api, steps: subscription() })
})

describe('a subscription, without an API key', () => {
  tellLife({ ...signed, steps: subscription() })
})
