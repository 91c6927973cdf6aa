import '#server-only'
import { z } from 'zod'
import { isId } from '../base/ids.ts'
import { type EventCursor, eventsAfter, newestCursor } from '../events/follow.ts'
import { type EventRecord, type EventRecordSort, getEventRecord, listEventRecords } from '../events/queries.ts'
import { EventType } from '../events/schema.ts'
import { endpoint } from './endpoint.ts'
import { Cursor, listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import { Problem } from './problem.ts'
import { Id, Moment, several, shown, Time, time } from './wire.ts'

const ActorKind = z.enum(['merchant', 'api_key', 'customer', 'software', 'system'])

/** What an answer says of an event. */
export const Event = shown(
  'Event',
  'A fact, written in the transaction that made it true.',
  z.object({
    id: Id,
    type: EventType,
    occurred_at: Time,
    actor: z.object({
      kind: z.string().describe('`merchant`, `api_key`, `customer`, `software`, `system`.'),
      label: z.string().describe('Who, as people read it.'),
    }),
    license_key_id: Id.nullable(),
    activation_id: Id.nullable(),
    customer_id: Id.nullable(),
    product_id: Id.nullable(),
    key_configuration_id: Id.nullable(),
    purchase_id: Id.nullable(),
    data: z.record(z.string(), z.unknown()).describe('Names and numbers of that moment; never secrets.'),
  }),
)

/** An event as the API shows it. */
export const showEvent = (event: EventRecord): z.input<typeof Event> => ({
  id: event.id,
  type: event.type,
  occurred_at: time(event.at),
  actor: { kind: event.actorKind, label: event.actorLabel },
  license_key_id: event.licenseKeyId,
  activation_id: event.activationId,
  customer_id: event.customerId,
  product_id: event.productId,
  key_configuration_id: event.keyConfigurationId,
  purchase_id: event.purchaseId,
  data: event.data,
})

const sorts = {
  occurred_at: { by: 'at', kind: 'time', value: (event) => event.at },
} satisfies Sorts<EventRecord, EventRecordSort>

const EventsAfter = shown(
  'EventsAfter',
  'What came after a cursor.',
  z.object({
    data: z.array(Event),
    next_after: z.string().describe('Keep it, and send it as `after` next time, also when there were no events.'),
    has_more: z.boolean().describe('true: ask again at once. false: that is all there is for now.'),
  }),
)

const START = 'start'
const NOW = 'now'

const cursorText = (cursor: EventCursor | null): string =>
  cursor ? Buffer.from(`${cursor.position} ${cursor.id}`).toString('base64url') : START

function readCursor(text: string): EventCursor {
  const [position = '', id = '', ...more] = Buffer.from(text, 'base64url').toString('utf8').split(' ')
  if (/^\d{1,18}$/.test(position) && isId(id) && more.length === 0) return { position: BigInt(position), id }
  const message = 'Send next_after as it came.'
  throw new Problem('INVALID_INPUT', message, { errors: [{ path: 'after', message }] })
}

/** What events can be narrowed to, whichever way they are read. */
const about = {
  type: several(EventType),
  actor: several(ActorKind),
  license_key_id: several(Id),
  activation_id: several(Id),
  customer_id: several(Id),
  product_id: several(Id),
  key_configuration_id: several(Id),
  purchase_id: several(Id),
}

type About = z.output<z.ZodObject<typeof about>>

const filterOf = (query: About) => ({
  types: query.type,
  actorKinds: query.actor,
  licenseKeyIds: query.license_key_id,
  activationIds: query.activation_id,
  customerIds: query.customer_id,
  productIds: query.product_id,
  keyConfigurationIds: query.key_configuration_id,
  purchaseIds: query.purchase_id,
})

const tag = 'Events'

export const eventEndpoints = [
  endpoint({
    operation: 'listEvents',
    method: 'GET',
    path: '/events',
    tag,
    summary: 'List events',
    description:
      'Newest first, unless sorted by `occurred_at`. This is for looking back. A program that wants to see every event asks `GET /api/v1/events/follow`: by time it would miss those whose transaction began earlier and ended later.',
    permissions: ['history.read'],
    query: listQuery(sorts, {
      ...about,
      occurred_from: Moment.optional(),
      occurred_before: Moment.optional(),
    }),
    status: 200,
    answer: pageOf('EventPage', Event),
    run: (client, { query }) =>
      readPage(
        query,
        sorts,
        (keyset) =>
          listEventRecords(
            client,
            { ...filterOf(query), from: query.occurred_from, before: query.occurred_before },
            keyset,
          ),
        showEvent,
      ),
  }),
  endpoint({
    operation: 'followEvents',
    method: 'GET',
    path: '/events/follow',
    tag,
    summary: 'Follow events',
    description:
      'Every event once, none missed, in an order that never changes. Begin without `after` (from the first event there is) or with `after=now`, then send the `next_after` of each answer with the next request: at once while `has_more`, otherwise when you want to know more. The order is that in which changes began to be written, so `occurred_at` may step back a little. An event appears when all changes that began before it are written or given up, mostly within milliseconds; a large import running at the time may hold events back until its batch ends. Cursors do not expire and outlive backup and restore. `CURSOR_LOST` says that the database was restored from before the event of the cursor: look at what happened around that time, and go on with `after=now`.',
    permissions: ['history.read'],
    query: z.strictObject({
      after: Cursor.optional().describe(
        '`next_after` of the answer before; `now` to begin with what happens from now on; left out: from the first event.',
      ),
      limit: z.coerce.number<string>().int().min(1).max(1_000).default(100).describe('How many to answer at most.'),
      ...about,
    }),
    status: 200,
    answer: EventsAfter,
    refuses: ['CURSOR_LOST'],
    run: async (client, { query: { after = START, limit, ...query } }) => {
      if (after === NOW) return { data: [], next_after: cursorText(await newestCursor(client)), has_more: false }
      const cursor = after === START ? null : readCursor(after)
      const followed = await eventsAfter(client, cursor, filterOf(query), limit)
      if (!followed) {
        throw new Problem('CURSOR_LOST', 'There is no such event (any more). Go on with after=now, or from the first.')
      }
      return { data: followed.events.map(showEvent), next_after: cursorText(followed.next), has_more: followed.hasMore }
    },
  }),
  endpoint({
    operation: 'getEvent',
    method: 'GET',
    path: '/events/{id}',
    tag,
    summary: 'Get an event',
    permissions: ['history.read'],
    status: 200,
    answer: Event,
    run: async (client, { id }) => showEvent(await getEventRecord(client, id)),
  }),
]
