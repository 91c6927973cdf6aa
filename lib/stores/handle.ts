import '#server-only'
import type { Store, System } from '../base/actor.ts'
import { HOUR_MS } from '../base/days.ts'
import { log } from '../base/log.ts'
import { count as counted } from '../base/metrics.ts'
import { prisma, type Tx } from '../database/client.ts'
import { tellSoon } from '../database/notes.ts'
import { enqueue } from '../database/queue.ts'
import { record } from '../events/commands.ts'
import { type Outside, outside } from '../http/outside.ts'
import { followAddress } from '../purchases/buyer.ts'
import { type CameTo, followLine } from '../purchases/follow.ts'
import { areOfErased, joinMovedLines, keepFacts, type LineOf, lockConnection } from '../purchases/keep-facts.ts'
import type { LineRegister } from '../purchases/registers.ts'
import type { Followed } from '../purchases/write.ts'
import { unseal } from '../secrets/secrets.ts'
import { UnreadableDelivery } from '../store-facts/read.ts'
import { type Ask, type Reading, StoreApiRefusal } from '../store-facts/reader.ts'
import type { Fact } from '../store-facts/schema.ts'
import { askOf } from './ask.ts'
import { emptyDelivery, openDelivery } from './intake.ts'
import { UNREADABLE } from './plain.ts'
import { readerOf } from './readers.ts'
import { waitsForPayment, whyNothing } from './rules.ts'
import { settingsOf } from './schema.ts'
import { storeLabels } from './setups.ts'

// What follows from a delivery. It may be done twice: facts only say how things are.

/** After so many seconds it is tried again. */
const RETRIES_S = [5, 30, 120, 600, 3_600, 6 * 3_600, 24 * 3_600]

const connectionColumns = {
  ...{ id: true, organizationId: true, store: true, mode: true, name: true, settings: true, offAt: true },
  credential: true,
} as const

export type Connection = NonNullable<Awaited<ReturnType<typeof readConnection>>>

/** A connection as its deliveries are handled. */
export const readConnection = (id: string) =>
  prisma.storeConnection.findUnique({ where: { id }, select: connectionColumns })

const storeOf = ({ id, organizationId, store }: Connection): Store => ({
  ...{ kind: 'store', name: storeLabels[store as keyof typeof storeLabels] ?? store, connectionId: id, organizationId },
})

/** A connection as its purchases follow it. */
export const followedOf = (connection: Connection): Followed => ({
  store: storeOf(connection),
  storeName: connection.store,
  isTest: connection.mode === 'test',
  settings: settingsOf(connection.settings),
})

/** Carries out what a kept delivery says, and writes beside it what that came to. Of one that is handled already nothing comes. */
export async function handleDelivery(
  _system: System,
  deliveryId: string,
  now: Date,
  way: Outside = outside(),
): Promise<void> {
  const delivery = await prisma.storeDelivery.findUnique({ where: { id: deliveryId } })
  if (delivery?.state !== 'new') return
  const connection = await readConnection(delivery.connectionId)
  // What came while it is switched off waits until it is on again.
  if (!connection || connection.offAt) return
  try {
    const all = readerOf(connection.store)?.read(openDelivery(delivery.content, delivery.receivedAt)) ?? []
    // What nobody could read when it came was kept as a whole: every event in it is meant.
    const meant = all.filter(({ key }) => delivery.type === UNREADABLE || key.slice(0, 255) === delivery.key)
    const [first] = meant
    if (!first) throw new UnreadableDelivery('The event is not in what was kept.')
    const readings = meant.filter((reading) => whyIgnored(reading, connection) === null)
    if (readings.length === 0) {
      await settle(prisma, deliveryId, { state: 'ignored', outcome: [whyIgnored(first, connection) ?? ''] }, now)
      counted('deliveries', connection.store, 'ignored')
      return
    }
    const facts: Fact[] = []
    for (const reading of readings)
      facts.push(...reading.facts, ...(await answersTo(reading, connection, delivery.attempts, way)))
    const came = await prisma.$transaction(
      async (tx) => {
        const { state, outcome, lines } = await takeFacts(tx, connection, facts, now)
        // Somebody else has handled it in the meantime, and has said what came of it.
        const isStillNew = await tx.storeDelivery.count({ where: { id: deliveryId, state: 'new' } })
        if (isStillNew === 0) return null
        await settle(tx, deliveryId, { state, outcome }, now)
        if (state === 'done' && (await areOfErased(tx, followedOf(connection).store, facts, lines)))
          await tx.storeDelivery.update({ where: { id: deliveryId }, data: { content: emptyDelivery() } })
        // The first time only, so that two of them do not wake each other for ever.
        if (delivery.handledAt === null && (await isWaitedFor(tx, connection.id, facts, lines)))
          await handleWaiting(tx, connection.id, now, deliveryId)
        return state
      },
      { timeout: 60_000 },
    )
    if (came) counted('deliveries', connection.store, came)
  } catch (error) {
    counted('deliveries', connection.store, error instanceof UnreadableDelivery ? 'unreadable' : 'failed')
    await failed(delivery, connection, error, now)
  } finally {
    tellSoon('deliveries', connection.organizationId)
  }
}

/** True when a refund or dispute that came before is of what these facts told. */
async function isWaitedFor(
  tx: Tx,
  connectionId: string,
  facts: readonly Fact[],
  lines: readonly LineOf[],
): Promise<boolean> {
  if (lines.length === 0 || facts.some(({ kind }) => kind === 'refund' || kind === 'dispute')) return false
  const payments = await tx.storePayment.findMany({
    where: { connectionId, ref: { in: lines.map(({ ref }) => ref) } },
    select: { names: true },
  })
  const where = { connectionId, payment: { in: payments.flatMap(({ names }) => names) } }
  return (await tx.storeRefund.count({ where })) + (await tx.storeDispute.count({ where })) > 0
}

function whyIgnored({ ignored, isTest, facts, asks = [] }: Reading, { mode }: Connection): string | null {
  if (ignored) return ignored
  if (isTest !== null && isTest !== (mode === 'test'))
    return isTest
      ? 'It is of the store’s test mode, and this connection is for live sales.'
      : 'It is a live sale, and this connection is for tests.'
  return facts.length + asks.length === 0 ? 'It says nothing about purchases.' : null
}

/** So often the store’s API is asked before we go on without it: a sale must not wait for ever. */
const ASKED_TIMES = 5

/** What holds without the store's API. A line whose key is issued stays as it is: software may have it. */
async function withoutAnswer({ otherwise, knowing }: Ask, connectionId: string): Promise<Fact[]> {
  if (!knowing) return otherwise
  const { ref, payment, facts } = knowing
  const purchase = { licenseKeys: { some: {} } }
  if ((await prisma.storeLine.count({ where: { connectionId, ref, purchase } })) > 0) return otherwise
  const begun = await prisma.storePayment.findMany({
    where: { connectionId, names: { has: payment }, ref: { not: ref } },
    select: { ref: true },
  })
  const lines = await prisma.storeLine.findMany({
    where: { connectionId, ref: { in: begun.flatMap((each) => each.ref ?? []) } },
    select: { register: true },
  })
  const told = new Set(lines.flatMap(({ register }) => (register as LineRegister).fields.productIds?.value ?? []))
  return facts((productId) => told.has(productId))
}

/** What the store’s API adds; where it may not be asked, what holds without it. */
async function answersTo(
  { asks = [] }: Reading,
  connection: Connection,
  attempts: number,
  way: Outside,
): Promise<Fact[]> {
  const ask = askOf(readerOf(connection.store), connection.mode, credentialOf(connection), way)
  const facts: Fact[] = []
  for (const each of asks) {
    try {
      facts.push(...(ask ? each.read(await ask(each.path)) : await withoutAnswer(each, connection.id)))
    } catch (error) {
      const isGone = error instanceof StoreApiRefusal && error.status === 404
      if (!isGone && attempts < ASKED_TIMES) throw error
      log.warn({ err: error, connectionId: connection.id }, 'a store did not answer what was asked')
      facts.push(...(await withoutAnswer(each, connection.id)))
    }
  }
  return facts
}

export const credentialOf = ({ credential }: Connection): string | null =>
  credential ? unseal('store', credential) : null

/** What facts came to: of all together, and of each order or subscription that they speak of. */
type Taken = {
  state: 'done' | 'waiting'
  outcome: string[]
  lines: (LineOf & CameTo)[]
}

/** Keeps facts and makes purchases and keys follow them. */
export async function takeFacts(tx: Tx, connection: Connection, facts: readonly Fact[], now: Date): Promise<Taken> {
  const followed = followedOf(connection)
  if (!(await lockConnection(tx, followed.store))) return { state: 'done', outcome: [], lines: [] }
  const kept = await keepFacts(tx, followed.store, facts, now)
  const moved = await joinMovedLines(
    tx,
    followed.store,
    kept.map(({ ref }) => ref),
  )
  const lines = [...new Map([...kept, ...moved].map((each) => [`${each.ref} ${each.line}`, each])).values()]
  for (const fact of facts) {
    if (fact.kind === 'customer')
      await followAddress(tx, followed.store, { buyer: { ref: fact.customer, email: null, name: null } }, now)
  }
  const taken = await followLines(tx, followed, lines, now)
  if (taken.outcome.length > 0) return taken
  const outcome = [whyNothing(facts, lines.length)]
  // A refund that nobody can find a payment for leaves a key at work that was paid back.
  return { ...taken, ...(waitsForPayment(facts, lines.length) && { state: 'waiting' }), outcome }
}

async function followLines(tx: Tx, followed: Followed, lines: readonly LineOf[], now: Date): Promise<Taken> {
  const followedLines: Taken['lines'] = []
  for (const line of lines) followedLines.push({ ...line, ...(await followLine(tx, followed, line, now)) })
  const outcome = followedLines.flatMap((came) => came.outcome)
  const waits = followedLines.some(({ waitsFor }) => waitsFor !== null)
  return { state: waits ? 'waiting' : 'done', outcome, lines: followedLines }
}

const settle = (
  tx: Pick<Tx, 'storeDelivery'>,
  id: string,
  came: { state: 'done' | 'waiting' | 'ignored'; outcome: string[] },
  now: Date,
) =>
  tx.storeDelivery.update({
    where: { id },
    data: { ...came, handledAt: now, attempts: { increment: 1 }, dueAt: new Date(now.getTime() + HOUR_MS) },
  })

async function failed(
  delivery: { id: string; attempts: number; type: string; failureToldAt: Date | null },
  connection: Connection,
  error: unknown,
  now: Date,
): Promise<void> {
  const isOurs = !(error instanceof UnreadableDelivery)
  const wait = isOurs ? RETRIES_S[delivery.attempts] : undefined
  if (isOurs) log.error({ err: error, deliveryId: delivery.id }, 'a delivery could not be handled')
  const why = isOurs ? 'Something went wrong here; the log says what.' : (error as Error).message
  const isOver = wait === undefined
  // Whoever has it handled again sees what comes of it.
  const isNews = isOver && delivery.failureToldAt === null
  await prisma.$transaction(async (tx) => {
    await tx.storeDelivery.update({
      where: { id: delivery.id },
      data: {
        attempts: { increment: 1 },
        state: isOver ? 'failed' : 'new',
        outcome: [why],
        dueAt: new Date(now.getTime() + (wait ?? 0) * 1_000),
        ...(isNews && { failureToldAt: now }),
      },
    })
    if (!isNews) return
    const store = storeOf(connection)
    await record(tx, store, now, {
      ...{ type: 'store.delivery_failed', organizationId: connection.organizationId },
      data: { store: store.name, name: connection.name, deliveryId: delivery.id, event: delivery.type, why },
    })
  })
}

// ---------------------------------------------------------------- what is due

/**
 * Deliveries whose prompt was lost or that are to be tried again, and purchases that time has changed: of one connection, or of all. May
 * run twice.
 */
export async function sweepStores(
  system: System,
  now: Date,
  connectionId?: string,
  way: Outside = outside(),
): Promise<void> {
  await tryWaiting(now, connectionId ?? null)
  const due = await prisma.storeDelivery.findMany({
    where: {
      state: 'new',
      dueAt: { lte: now },
      connection: { offAt: null, ...(connectionId && { id: connectionId }) },
    },
    select: { id: true },
    orderBy: { receivedAt: 'asc' },
    take: 1_000,
  })
  for (const { id } of due) await handleDelivery(system, id, now, way)
  await followTime(now, connectionId ?? null)
}

/** A product that was archived or granted nothing may be in order again, and nobody says so: looked at once an hour. */
const tryWaiting = (now: Date, only: string | null) => prisma.$executeRaw`
  UPDATE store_deliveries d SET state = 'new', attempts = 0, due_at = ${now}
  FROM store_connections c
  WHERE d.state = 'waiting' AND d.due_at <= ${now} AND c.id = d.connection_id AND c.off_at IS NULL
    AND (${only}::uuid IS NULL OR c.id = ${only}::uuid)
    AND EXISTS (SELECT 1 FROM store_lines l
      WHERE l.connection_id = c.id AND l.waits_for IN ('product_archived', 'no_configuration'))`

const CHUNK = 100

async function followTime(now: Date, only: string | null): Promise<void> {
  for (;;) {
    const due = await prisma.$queryRaw<(LineOf & { connectionId: string; purchaseId: string })[]>`
      SELECT l.connection_id AS "connectionId", l.purchase_id AS "purchaseId", l.ref, l.line
      FROM purchases p JOIN store_lines l ON l.purchase_id = p.id
      WHERE p.changes_at <= ${now} AND (${only}::uuid IS NULL OR l.connection_id = ${only}::uuid) ORDER BY p.changes_at LIMIT ${CHUNK}`
    for (const { connectionId, purchaseId, ...line } of due) {
      const connection = await readConnection(connectionId)
      if (!connection) continue
      const followed = followedOf(connection)
      await prisma.$transaction(async (tx) => {
        if (await lockConnection(tx, followed.store)) await followLine(tx, followed, line, now)
        // What cannot be followed now is looked at again later, and does not hold up the others.
        const later = new Date(now.getTime() + HOUR_MS)
        await tx.purchase.updateMany({ where: { id: purchaseId, changesAt: { lte: now } }, data: { changesAt: later } })
      })
    }
    if (due.length < CHUNK) return
  }
}

/** Makes everything that waits be handled again: a product was placed, something here was restored, or what was missing has come. */
export async function handleWaiting(tx: Tx, connectionId: string, now: Date, except?: string): Promise<void> {
  const waiting = await tx.storeDelivery.updateManyAndReturn({
    where: { connectionId, state: 'waiting', ...(except && { id: { not: except } }) },
    data: { state: 'new', dueAt: now, attempts: 0 },
    select: { id: true },
  })
  for (const { id } of waiting) await enqueue(tx, 'store.handle', { deliveryId: id })
}
