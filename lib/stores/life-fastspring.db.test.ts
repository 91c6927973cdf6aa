import { describe } from 'vitest'
import { type Life, patched, type Sent, sampleWith, tellLife } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'

let count = 0
/** An event from a sample, of things as they are at that time. */
function event(sample: string, at: string, data: object = {}): Sent {
  count += 1
  const time = Date.parse(at)
  const [first] = sampleWith('fastspring', sample).events
  const changed = first.data.subscription?.changed
    ? { subscription: { changed: time } }
    : first.data.changed
      ? { changed: time }
      : {}
  const event = patched(first, {
    ...{ id: `Ev${count}`, created: time },
    data: patched(patched(changed, first.data.timestamp ? { timestamp: time } : {}), data as Record<string, unknown>),
  })
  return { id: event.id, type: event.type, body: JSON.stringify({ events: [event] }), at }
}

const fastspring: Omit<Life, 'steps'> = {
  store: 'fastspring',
  secret: 'inkwell-fs-secret',
  headers: signers.fastspring,
  products: {
    ...{ 'quill-pro': 'Quill Pro', 'quill-studio': 'Quill Studio' },
    ...{ 'quill-pro-yearly': 'Quill Pro', 'quill-studio-yearly': 'Quill Studio' },
  },
  api: {
    host: 'api.fastspring.com',
    credential: 'inkwell:secret',
    forgets: true,
    // It keeps what was not taken for 30 days.
    answer: ({ path, headers, lost }) => {
      if (headers.get('authorization') !== `Basic ${Buffer.from('inkwell:secret').toString('base64')}`) return undefined
      const [, begin, end] = /^\/events\/unprocessed\?begin=(\d+)&end=(\d+)$/.exec(path) ?? []
      if (!begin || !end) return undefined
      const events = lost.flatMap(({ body }) => JSON.parse(body).events)
      return { events: events.filter(({ created }) => created >= Number(begin)), more: false }
    },
  },
}

describe('an order', () => {
  tellLife({
    ...fastspring,
    steps: [
      {
        what: 'paid',
        at: '2026-09-01T10:00:06Z',
        sends: [event('order.completed', '2026-09-01T10:00:06Z')],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'one line went back',
        at: '2026-09-05T12:00:00Z',
        sends: [event('return.created-one-line-only', '2026-09-05T12:00:00Z')],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'the rest is asked back',
        at: '2026-09-08T12:00:00Z',
        sends: [
          event('return.created-full', '2026-09-08T12:00:00Z', {
            ...{ return: 'ReQuill3', completed: false, totalReturn: 98 },
            items: [{ return: 'ReQuill3', product: 'quill-pro', quantity: 2, subtotal: 98 }],
          }),
        ],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×0: refunded'],
      },
      {
        what: 'and went back',
        at: '2026-09-09T12:00:00Z',
        sends: [
          event('return.created-full', '2026-09-09T12:00:00Z', {
            ...{ return: 'ReQuill3', totalReturn: 98 },
            items: [{ return: 'ReQuill3', product: 'quill-pro', quantity: 2, subtotal: 98 }],
          }),
        ],
        stands: ['Quill Pro ×0: refunded', 'Quill Studio ×0: refunded'],
      },
    ],
  })
})

describe('an order that is charged back', () => {
  const back = event('return.created-full', '2026-09-20T12:00:00Z')
  tellLife({
    ...fastspring,
    steps: [
      {
        what: 'paid',
        at: '2026-09-01T10:00:06Z',
        sends: [event('order.completed', '2026-09-01T10:00:06Z')],
        stands: ['Quill Pro ×2: active', 'Quill Studio ×1: active'],
      },
      {
        what: 'charged back',
        at: '2026-09-20T12:00:00Z',
        sends: [
          {
            ...back,
            type: 'order.chargeback',
            body: back.body
              .replace('return.created', 'order.chargeback')
              .replace(/"data":.*$/, '"data":{"order":"OrQuill1"}}]}'),
          },
        ],
        stands: ['Quill Pro ×0: disputed', 'Quill Studio ×0: disputed'],
      },
    ],
  })
})

describe('a subscription', () => {
  const midnight = (day: string) => Date.parse(`${day}T00:00:00Z`)
  const studio = { product: { product: 'quill-studio-yearly' }, display: 'Quill Studio, yearly', quantity: 2 }
  const order = (id: string, at: string) => ({ order: id, id, changed: Date.parse(at) })

  tellLife({
    ...fastspring,
    steps: [
      {
        what: 'bought',
        at: '2026-09-01T10:00:07Z',
        sends: [
          event('order.completed', '2026-09-01T10:00:06Z', {
            total: 87,
            items: [
              {
                ...{ product: 'quill-pro-yearly', quantity: 3 },
                subscription: { id: 'SuQuill', subscription: 'SuQuill', next: midnight('2027-09-01') },
              },
            ],
          }),
          event('subscription.activated', '2026-09-01T10:00:07Z'),
        ],
        stands: ['Quill Pro ×3: active paid 2027-09-01'],
      },
      {
        what: 'canceled for later',
        at: '2026-11-02T09:00:00Z',
        sends: [event('subscription.canceled', '2026-11-02T09:00:00Z')],
        stands: ['Quill Pro ×3: ending paid 2027-09-01 ends 2027-09-01'],
      },
      {
        what: 'it goes on after all',
        at: '2026-11-03T09:00:00Z',
        sends: [event('subscription.uncanceled', '2026-11-03T09:00:00Z')],
        stands: ['Quill Pro ×3: active paid 2027-09-01'],
      },
      {
        what: 'another plan, five of it',
        at: '2026-12-01T09:00:00Z',
        sends: [event('subscription.updated', '2026-12-01T09:00:00Z')],
        stands: ['Quill Studio ×5: active paid 2027-09-01'],
      },
      {
        what: 'two of it',
        at: '2026-12-02T09:00:00Z',
        sends: [event('subscription.updated', '2026-12-02T09:00:00Z', studio)],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'a charge failed',
        at: '2027-09-01T10:00:00Z',
        sends: [event('subscription.charge.failed', '2027-09-01T10:00:00Z', { subscription: studio })],
        stands: ['Quill Studio ×2: past_due paid 2027-09-01 grace 2027-09-15'],
      },
      {
        what: 'and failed again: the grace began before',
        at: '2027-09-03T10:00:00Z',
        sends: [event('subscription.charge.failed', '2027-09-03T10:00:00Z', { subscription: studio })],
        stands: ['Quill Studio ×2: past_due paid 2027-09-01 grace 2027-09-15'],
      },
      {
        what: 'paid after all',
        at: '2027-09-05T10:00:00Z',
        sends: [
          event('subscription.charge.completed', '2027-09-05T10:00:00Z', {
            ...{ order: order('OrQuill2', '2027-09-05T10:00:00Z') },
            subscription: { ...studio, state: 'active', next: midnight('2028-09-01') },
          }),
        ],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'that charge went back: the one before holds until it ends',
        at: '2027-09-10T12:00:00Z',
        sends: [
          event('return.created-full', '2027-09-10T12:00:00Z', {
            ...{ return: 'ReQuill4', totalReturn: 87, original: { order: 'OrQuill2', id: 'OrQuill2' } },
            items: [{ return: 'ReQuill4', product: 'quill-studio-yearly', quantity: 2, subtotal: 87 }],
          }),
        ],
        stands: ['Quill Studio ×2: active paid 2027-09-01'],
      },
      {
        what: 'paid once more',
        at: '2027-09-12T10:00:00Z',
        sends: [
          event('subscription.charge.completed', '2027-09-12T10:00:00Z', {
            ...{ order: order('OrQuill3', '2027-09-12T10:00:00Z') },
            subscription: { ...studio, state: 'active', next: midnight('2028-09-01') },
          }),
        ],
        stands: ['Quill Studio ×2: active paid 2028-09-01'],
      },
      {
        what: 'ended',
        at: '2028-09-01T10:00:00Z',
        sends: [
          event('subscription.deactivated', '2028-09-01T10:00:00Z', {
            ...{ ...studio, next: midnight('2028-09-01') },
            ...{ end: midnight('2028-09-01'), deactivationDate: midnight('2028-09-01') },
          }),
        ],
        stands: ['Quill Studio ×0: ended paid 2028-09-01 ends 2028-09-01'],
      },
    ],
  })
})
