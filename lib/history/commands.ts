import '#server-only'
import type pg from 'pg'
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
}

/** A fact, who made it true, and when. */
export type Fact = { actor: Actor; now: Date; event: NewEvent }

const RECORD = `INSERT INTO events (id, organization_id, type, at, actor_kind, actor_id, actor_label, license_key_id, activation_id,
    customer_id, product_id, key_configuration_id, purchase_id, data)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::uuid[],
    $9::uuid[], $10::uuid[], $11::uuid[], $12::uuid[], $13::uuid[], $14::jsonb[])`

/** As `record`, for the facts of many calls at once, in a transaction of the driver's own. */
export async function recordAll(client: pg.ClientBase, facts: Fact[]): Promise<void> {
  if (facts.length === 0) return
  const rows = facts.map(({ actor, now, event }) => {
    const { actorKind, actorId, actorLabel } = describeActor(actor)
    return [
      ...[newId(now), event.organizationId, event.type, now, actorKind, actorId, actorLabel],
      ...[event.licenseKeyId, event.activationId, event.customerId].map((id) => id ?? null),
      ...[event.productId, event.keyConfigurationId, event.purchaseId].map((id) => id ?? null),
      JSON.stringify(event.data ?? {}),
    ]
  })
  const values = Array.from({ length: 14 }, (_, i) => rows.map((row) => row[i]))
  await client.query({ name: 'record', text: RECORD, values })
}
