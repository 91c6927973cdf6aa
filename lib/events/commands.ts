import '#server-only'
import type pg from 'pg'
import { Prisma } from '#prisma/client.ts'
import { type Actor, describeActor, type Origin, originOf, type System } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { asColumns, ask, type Value } from '../database/batches.ts'
import { insertRows, prisma, type Tx } from '../database/client.ts'
import { ofBatch, ofCommand } from '../database/transaction.ts'
import type { MailTo } from '../mail/schema.ts'
import { tellListeners, type WrittenEvent } from './listeners.ts'
import { type EventData, type EventType, securityTypes, sessionTypes } from './schema.ts'

/** A fact to be recorded: what it is, whose it is, what it is about. */
export type NewEvent = {
  type: EventType
  /** Made here unless it is given. */
  id?: string
  /** The id of the first event of what was done to many keys at once. */
  batchId?: string | null
  organizationId: string
  licenseKeyId?: string | null
  activationId?: string | null
  customerId?: string | null
  productId?: string | null
  keyConfigurationId?: string | null
  purchaseId?: string | null
  data?: EventData
  /** Who is told of it by mail, and what. Not kept with the event: it may hold a link that lets somebody in. */
  mails?: MailTo[]
}

/** Writes facts in the transaction that makes them true, so there is no fact without its change and no change without its fact. */
export async function record(tx: Tx, actor: Actor, now: Date, ...events: NewEvent[]): Promise<void> {
  if (events.length === 0) return
  await recordAs(tx, { ...describeActor(actor), ...originOf(actor) }, now, events)
  await carryOut(tx, actor)
}

/** For a change that is no fact: its transaction says all the same that the actor's request was carried out. */
export async function carryOut(tx: Tx, actor: Actor): Promise<void> {
  const request = requestOf(actor)
  if (request) assertAlive(await tx.$executeRawUnsafe(CARRIED_OUT, ...request))
}

// A change has its fact in the same transaction, and so a repeated request learns for certain whether the first one changed anything.
const CARRIED_OUT = 'UPDATE api_answers SET carried_out = true WHERE api_key_id = $1::uuid AND idempotency_key = $2'

/** The request of a program that may be repeated; null for every other actor. */
const requestOf = (actor: Actor): [string, string] | null =>
  actor.kind === 'api_key' && actor.attempt !== undefined ? [actor.apiKeyId, actor.attempt] : null

// A request that was taken for dead may have been sent and carried out again.
function assertAlive(count: number | null): void {
  if (count === 0) throw new Error('This request was given up.')
}

/** The same for work that somebody asked for earlier, by how history names them. */
export async function recordAs(
  tx: Tx,
  by: ReturnType<typeof describeActor> & Partial<Origin>,
  now: Date,
  events: NewEvent[],
): Promise<void> {
  const { address = null, device = null } = by
  const written = events.map((event) => writtenBy(by, now, event))
  const rows = written.map((event) => ({
    id: event.id,
    batch_id: event.batchId,
    // Only where somebody will look for it, and only as long as the security log is kept.
    ...(securityTypes.includes(event.type) && { address, device }),
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
    position: Prisma.raw(POSITION),
  })
  await tellListeners(ofCommand(tx), written)
}

const writtenBy = (
  { actorKind, actorId, actorLabel }: ReturnType<typeof describeActor>,
  now: Date,
  event: NewEvent,
): WrittenEvent => ({ ...event, id: event.id ?? newId(now), at: now, actorKind, actorId, actorLabel })

// What the column's default says too, but asked once a statement instead of once a row.
const POSITION = '(SELECT pg_current_xact_id()::text::bigint + ahead FROM event_clock WHERE id = 1)'

const columns = {
  ...{ id: 'uuid', organization_id: 'uuid', type: 'text', license_key_id: 'uuid', activation_id: 'uuid' },
  ...{ customer_id: 'uuid', product_id: 'uuid', key_configuration_id: 'uuid', purchase_id: 'uuid', data: 'jsonb' },
  ...{ address: 'text', device: 'text', batch_id: 'uuid' },
}

/** A fact, who made it true, and when. */
export type Fact = { actor: Actor; now: Date; event: NewEvent }

const RECORD = {
  name: 'record',
  text: `INSERT INTO events (id, organization_id, type, at, actor_kind, actor_id, actor_label, license_key_id, activation_id,
      customer_id, product_id, key_configuration_id, purchase_id, data, position)
    SELECT *, ${POSITION} FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::uuid[],
      $9::uuid[], $10::uuid[], $11::uuid[], $12::uuid[], $13::uuid[], $14::jsonb[])`,
}

/** As `record`, for the facts of many calls at once, in a transaction of the driver's own. */
export async function recordAll(client: pg.ClientBase, facts: Fact[]): Promise<void> {
  if (facts.length === 0) return
  const written = facts.map(({ actor, now, event }) => writtenBy(describeActor(actor), now, event))
  const rows = written.map((event): Value[] => [
    ...[event.id, event.organizationId, event.type, event.at, event.actorKind, event.actorId, event.actorLabel],
    ...[event.licenseKeyId, event.activationId, event.customerId].map((id) => id ?? null),
    ...[event.productId, event.keyConfigurationId, event.purchaseId].map((id) => id ?? null),
    JSON.stringify(event.data ?? {}),
  ])
  await ask(client, RECORD, asColumns(rows))
  await tellListeners(ofBatch(client), written)
  for (const { actor } of new Map(facts.map((fact) => [fact.actor, fact])).values()) {
    const request = requestOf(actor)
    if (request) assertAlive((await client.query(CARRIED_OUT, request)).rowCount)
  }
}

// ---------------------------------------------------------------- what is not kept

const PURGE_BATCH = 5_000

// Spelled out, because a parameter could hide from the planner that one small index holds them all.
const listOf = (types: readonly EventType[]) => Prisma.raw(types.map((type) => `'${type}'`).join(', '))

/**
 * Forgets what each organization wants to keep no longer: sign-ins go, every other event of the security log only forgets network address
 * and device, because it is the history of a key or a member. For the hourly sweep; may run twice.
 */
export async function purgeSecurityLog(_system: System, now: Date): Promise<number> {
  const organizations = await prisma.organization.findMany({ select: { id: true, securityLogMonths: true } })
  let forgotten = 0
  for (const { id, securityLogMonths } of organizations) {
    const old = Prisma.sql`organization_id = ${id}::uuid AND at < ${now}::timestamptz - make_interval(months => ${securityLogMonths}::int)`
    for (;;) {
      const gone = await prisma.$executeRaw`DELETE FROM events WHERE id IN (SELECT id FROM events
        WHERE ${old} AND type IN (${listOf(sessionTypes)}) LIMIT ${PURGE_BATCH})`
      const cleared =
        await prisma.$executeRaw`UPDATE events SET address = NULL, device = NULL WHERE id IN (SELECT id FROM events
        WHERE ${old} AND type IN (${listOf(securityTypes)}) AND (address IS NOT NULL OR device IS NOT NULL) LIMIT ${PURGE_BATCH})`
      forgotten += gone + cleared
      if (gone + cleared === 0) break
    }
  }
  return forgotten
}
