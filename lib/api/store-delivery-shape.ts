import '#server-only'
import { z } from 'zod'
import { DeliveryState } from '#prisma/enums.ts'
import type { DeliveryRecord } from '../purchases/failed-deliveries.ts'
import { Count, Id, shown, Time, time, timeOrNull } from './wire.ts'

/** What a message says of something a store sent. */
export const FailedDelivery = shown(
  'FailedStoreDelivery',
  'Something that a store sent, as it stands when this is read: it may have been handled since.',
  z.object({
    id: Id,
    store_connection_id: Id,
    store: z.string().describe('Which store: `stripe`, `polar`, …'),
    name: z.string().describe('What its connection is called.'),
    test: z.boolean(),
    event: z.string().describe('What the store calls it.'),
    state: z.enum(DeliveryState),
    outcome: z.array(z.string()).describe('What came of it, in sentences.'),
    attempts: Count,
    occurred_at: Time.nullable(),
    received_at: Time,
  }),
)

export const showDelivery = (delivery: DeliveryRecord): z.input<typeof FailedDelivery> => ({
  id: delivery.id,
  store_connection_id: delivery.connectionId,
  store: delivery.store,
  name: delivery.name,
  test: delivery.test,
  event: delivery.type,
  state: delivery.state,
  outcome: delivery.outcome,
  attempts: delivery.attempts,
  occurred_at: timeOrNull(delivery.occurredAt),
  received_at: time(delivery.receivedAt),
})
