import '#server-only'
import { z } from 'zod'
import { type EventRecord, type EventRecordSort, getEventRecord, listEventRecords } from '../history/queries.ts'
import { EventType } from '../history/schema.ts'
import { endpoint } from './endpoint.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import { Id, Moment, several, shown, Time, time } from './wire.ts'

const ActorKind = z.enum(['merchant', 'api_key', 'customer', 'software', 'system'])

const Event = shown(
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

const show = (event: EventRecord): z.input<typeof Event> => ({
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

const tag = 'Events'

export const eventEndpoints = [
  endpoint({
    operation: 'listEvents',
    method: 'GET',
    path: '/events',
    tag,
    summary: 'List events',
    description: 'Newest first, unless sorted by `occurred_at`.',
    permissions: ['history.read'],
    query: listQuery(sorts, {
      type: several(EventType),
      actor: several(ActorKind),
      license_key_id: several(Id),
      activation_id: several(Id),
      customer_id: several(Id),
      product_id: several(Id),
      key_configuration_id: several(Id),
      purchase_id: several(Id),
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
            {
              types: query.type,
              actorKinds: query.actor,
              licenseKeyIds: query.license_key_id,
              activationIds: query.activation_id,
              customerIds: query.customer_id,
              productIds: query.product_id,
              keyConfigurationIds: query.key_configuration_id,
              purchaseIds: query.purchase_id,
              from: query.occurred_from,
              before: query.occurred_before,
            },
            keyset,
          ),
        show,
      ),
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
    run: async (client, { id }) => show(await getEventRecord(client, id)),
  }),
]
