import '#server-only'
import { z } from 'zod'
import { DeliveryState } from '#prisma/enums.ts'
import { Text } from '../base/json.ts'
import { replayDeliveries } from '../stores/commands.ts'
import {
  type DeliveryRecord,
  type DeliveryRecordSort,
  getDeliveryRecord,
  listDeliveryRecords,
} from '../stores/records.ts'
import { endpoint } from './endpoint.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import { asked, Count, Id, Moment, several, shown, Time, time, timeOrNull } from './wire.ts'

const deliveryFields = {
  id: Id,
  store_id: Id,
  event_id: z.string().describe('The store’s id of it.'),
  type: z.string().describe('In the store’s words.'),
  state: z
    .enum(DeliveryState)
    .describe(
      '`waiting`: a sale of it waits for something here, such as a product. `ignored`: nothing follows from it.',
    ),
  outcome: z.array(z.string()).describe('What came of it, in sentences.'),
  attempts: Count,
  next_attempt_at: Time.nullable(),
  occurred_at: Time.nullable(),
  received_at: Time,
  handled_at: Time.nullable(),
}

const Delivery = shown('StoreDelivery', 'What a store sent.', z.object(deliveryFields))
const DeliveryWithBody = shown(
  'StoreDeliveryDetail',
  'What a store sent, with its body.',
  z.object({ ...deliveryFields, body: z.string() }),
)

const showDelivery = (delivery: DeliveryRecord): z.input<typeof Delivery> => ({
  id: delivery.id,
  store_id: delivery.connectionId,
  event_id: delivery.key,
  type: delivery.type,
  state: delivery.state,
  outcome: delivery.outcome,
  attempts: delivery.attempts,
  next_attempt_at: delivery.state === 'new' || delivery.state === 'waiting' ? time(delivery.dueAt) : null,
  occurred_at: timeOrNull(delivery.occurredAt),
  received_at: time(delivery.receivedAt),
  handled_at: timeOrNull(delivery.handledAt),
})

const Handled = shown('HandledAgain', 'How many are handled again.', z.object({ deliveries: Count }))

const HandleAgain = asked(
  'HandleStoreDeliveriesAgain',
  z.strictObject({ state: z.enum(['failed', 'waiting']).default('failed').describe('All that are in this state.') }),
)

const deliverySorts = {
  received_at: { by: 'receivedAt', kind: 'time', value: (delivery) => delivery.receivedAt },
} satisfies Sorts<DeliveryRecord, DeliveryRecordSort>
const tag = 'Stores'
const read = { tag, permissions: ['stores.read'], status: 200 } as const
const write = { tag, permissions: ['stores.write'], status: 200 } as const

/** What stores sent. */
export const storeDeliveryEndpoints = [
  endpoint({
    ...write,
    operation: 'handleStoreDeliveriesAgain',
    method: 'POST',
    path: '/stores/{id}/handle-again',
    summary: 'Handle again what failed',
    description: 'All deliveries that failed, or all that wait for something.',
    body: HandleAgain,
    example: { state: 'failed' },
    answer: Handled,
    run: async (client, { id, body, now }) => {
      const { replayed } = await replayDeliveries(client, { connectionId: id, which: { state: body.state } }, now)
      return { deliveries: replayed }
    },
  }),
  endpoint({
    ...read,
    operation: 'listStoreDeliveries',
    method: 'GET',
    path: '/store-deliveries',
    summary: 'List deliveries of stores',
    query: listQuery(deliverySorts, {
      store_id: several(Id),
      type: several(Text(120)),
      state: several(z.enum(DeliveryState)),
      received_from: Moment.optional(),
      received_before: Moment.optional(),
    }),
    answer: pageOf('StoreDeliveryPage', Delivery),
    run: (client, { query }) =>
      readPage(
        query,
        deliverySorts,
        (keyset) =>
          listDeliveryRecords(
            client,
            {
              connectionIds: query.store_id,
              types: query.type,
              states: query.state,
              from: query.received_from,
              before: query.received_before,
            },
            keyset,
          ),
        showDelivery,
      ),
  }),
  endpoint({
    ...read,
    operation: 'getStoreDelivery',
    method: 'GET',
    path: '/store-deliveries/{id}',
    summary: 'Get a delivery of a store',
    description: 'With its body as it came.',
    answer: DeliveryWithBody,
    run: async (client, { id }) => {
      const { body, ...delivery } = await getDeliveryRecord(client, id)
      return { ...showDelivery(delivery), body }
    },
  }),
  endpoint({
    ...write,
    operation: 'handleStoreDeliveryAgain',
    method: 'POST',
    path: '/store-deliveries/{id}/handle-again',
    summary: 'Handle a delivery again',
    description: 'In the background. What it says is weighed as if it had just come; nothing happens twice.',
    answer: Delivery,
    run: async (client, { id, now }) => {
      const { connectionId } = await getDeliveryRecord(client, id)
      await replayDeliveries(client, { connectionId, which: { id } }, now)
      const { body: _, ...delivery } = await getDeliveryRecord(client, id)
      return showDelivery(delivery)
    },
  }),
]
