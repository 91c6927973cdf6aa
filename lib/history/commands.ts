import '#server-only'
import { Prisma } from '#prisma/client.ts'
import { type Actor, describeActor } from '../actor.ts'
import { insertRows, type Tx } from '../db.ts'
import { newId } from '../ids.ts'
import type { EventData, EventType } from './schema.ts'

/** A fact to be recorded: what it is, whose it is, what it is about. */
export type NewEvent = {
  type: EventType
  organizationId: string
  licenseKeyId?: string | null
  activationId?: string | null
  customerId?: string | null
  productId?: string | null
  keyConfigurationId?: string | null
  purchaseId?: string | null
  data?: EventData
}

/** Writes facts in the transaction that makes them true, so there is no fact without its change and no change without its fact. */
export const record = (tx: Tx, actor: Actor, now: Date, ...events: NewEvent[]): Promise<void> =>
  recordAs(tx, describeActor(actor), now, events)

/** The same for work that somebody asked for earlier, by how history names them. */
export async function recordAs(
  tx: Tx,
  by: ReturnType<typeof describeActor>,
  now: Date,
  events: NewEvent[],
): Promise<void> {
  const rows = events.map((event) => ({
    id: newId(now),
    organization_id: event.organizationId,
    type: event.type,
    license_key_id: event.licenseKeyId,
    activation_id: event.activationId,
    customer_id: event.customerId,
    product_id: event.productId,
    key_configuration_id: event.keyConfigurationId,
    purchase_id: event.purchaseId,
    data: event.data ?? {},
  }))
  await insertRows(tx, 'events', columns, rows, {
    at: Prisma.sql`${now}`,
    actor_kind: Prisma.sql`${by.actorKind}`,
    actor_id: Prisma.sql`${by.actorId}`,
    actor_label: Prisma.sql`${by.actorLabel}`,
  })
}

const columns = {
  ...{ id: 'uuid', organization_id: 'uuid', type: 'text', license_key_id: 'uuid', activation_id: 'uuid' },
  ...{ customer_id: 'uuid', product_id: 'uuid', key_configuration_id: 'uuid', purchase_id: 'uuid', data: 'jsonb' },
}
