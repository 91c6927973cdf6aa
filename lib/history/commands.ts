import '#server-only'
import { type Actor, describeActor } from '../actor.ts'
import type { Tx } from '../db.ts'
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
  if (events.length === 0) return
  await tx.event.createMany({ data: events.map((event) => ({ id: newId(now), at: now, ...by, ...event })) })
}
