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
export async function record(tx: Tx, actor: Actor, now: Date, ...events: NewEvent[]): Promise<void> {
  if (events.length === 0) return
  const by = describeActor(actor)
  await tx.event.createMany({ data: events.map((event) => ({ id: newId(now), at: now, ...by, ...event })) })
  if (actor.kind === 'api_key' && actor.attempt !== undefined) await markCarriedOut(tx, actor.apiKeyId, actor.attempt)
}

// A change has its fact in the same transaction, and so a repeated request learns for certain whether the first one changed anything.
async function markCarriedOut(tx: Tx, apiKeyId: string, idempotencyKey: string): Promise<void> {
  const { count } = await tx.apiAnswer.updateMany({ where: { apiKeyId, idempotencyKey }, data: { carriedOut: true } })
  // It was taken for dead, and may have been sent and carried out again.
  if (count === 0) throw new Error('This request was given up.')
}
