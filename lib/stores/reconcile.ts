import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import { describeActor, type Merchant, type System } from '../base/actor.ts'
import { DAY_MS, dayInShort, HOUR_MS, lastMomentOf } from '../base/days.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { log } from '../base/log.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { enqueue } from '../database/queue.ts'
import { record } from '../events/commands.ts'
import { type Outside, outside } from '../http/outside.ts'
import { askOf, putOf } from './ask.ts'
import { credentialOf, readConnection, takeFacts } from './handle.ts'
import { addressFor } from './intake.ts'
import { MENDED_SHOWN, type MendedPurchase } from './plain.ts'
import { readerOf } from './readers.ts'
import { whyNotRead } from './rules.ts'
import { storeLabels } from './setups.ts'
import { isAccessRefused, noteAccess, whyNotAsked } from './try-access.ts'

// What stores did not deliver, or we lost, is read from their API and goes the same way as a delivery: as facts about how things are.

const MINUTE_MS = 60_000
/** A store's lists are not always complete at once, and clocks differ. */
const OVERLAP_MS = DAY_MS
/** Whoever has said nothing for so long has ended; it is tried again. */
const SILENT_MS = 10 * MINUTE_MS
/** Pages show how far it is. */
const TOLD_EVERY_MS = 1_000
/** So many reports are kept of each connection, and so many of those that found nothing to mend by themselves. */
const KEPT = 20
const KEPT_QUIET = 5

const everyMs = (store: string): number => (readerOf(store)?.api?.everyMinutes ?? 24 * 60) * MINUTE_MS

// ---------------------------------------------------------------- asking for it

/**
 * Has what a store sold since then read from its API, in the background; since the last time, where nothing is said. CONFLICT where the
 * store cannot be read, or is being read. A day (YYYY-MM-DD) is one of the organization's calendar.
 */
export async function startReconciliation(
  merchant: Merchant,
  { connectionId, since }: { connectionId: string; since: Date | string | null },
  now: Date,
): Promise<{ reconciliationId: string }> {
  assertMay(merchant, 'stores.write')
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM store_connections
      WHERE id = ${connectionId}::uuid AND organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
    const connection = await tx.storeConnection.findFirst({
      where: { id: connectionId, organizationId },
      select: { ...reading, name: true, organization: { select: { timeZone: true } } },
    })
    if (!connection) throw notFound('connection')
    const why = whyNotRead({
      hasList: Boolean(readerOf(connection.store)?.api),
      hasCredential: connection.credential !== null,
      isOff: connection.offAt !== null,
    })
    if (why) throw new Refusal('CONFLICT', why)
    await endSilent(tx, connectionId, now)
    const isOpen = await tx.storeReconciliation.findFirst({
      where: { connectionId, state: { in: ['waiting', 'running'] } },
      select: { id: true },
    })
    if (isOpen) throw new Refusal('CONFLICT', 'Its orders are being read already.')
    const { timeZone } = connection.organization
    const from = typeof since === 'string' ? startOfDay(since, timeZone) : (since ?? sinceLast(connection))
    if (from > now) throw new Refusal('INVALID_INPUT', 'That has not come yet.', 'since')
    const id = newId(now)
    await tx.storeReconciliation.create({
      data: {
        ...{ id, connectionId, since: from, createdAt: now, heardAt: now },
        askedBy: describeActor(merchant).actorLabel,
      },
    })
    const changes = [`Orders read since ${dayInShort(from, timeZone)}`]
    const store = storeLabels[connection.store as keyof typeof storeLabels] ?? connection.store
    const data = { store, name: connection.name, changes }
    await record(tx, merchant, now, { type: 'store.updated', organizationId, data })
    await enqueue(tx, 'store.reconcile', { connectionId })
    return { reconciliationId: id }
  })
}

/** The first moment of a day (YYYY-MM-DD) there. */
const startOfDay = (day: string, zone: string): Date => {
  const before = new Date(new Date(`${day}T12:00:00Z`).getTime() - DAY_MS).toISOString().slice(0, 10)
  return new Date(lastMomentOf(before, zone).getTime() + 1)
}

const reading = { store: true, credential: true, offAt: true, reconciledAt: true, createdAt: true } as const

/** From when on something may be missing here. */
const sinceLast = ({ reconciledAt, createdAt }: { reconciledAt: Date | null; createdAt: Date }): Date =>
  new Date((reconciledAt ?? createdAt).getTime() - OVERLAP_MS)

// ---------------------------------------------------------------- carrying it out

/** Connections whose store is to be read now: it is due, or somebody asked and the prompt was lost. */
export async function dueForReconcile(_system: System, now: Date): Promise<string[]> {
  const due = await prisma.storeConnection.findMany({
    where: {
      OR: [
        {
          ...{ credential: { not: null }, offAt: null },
          OR: [{ reconcileDueAt: null }, { reconcileDueAt: { lte: now } }],
        },
        { reconciliations: { some: { state: 'waiting', heardAt: { lte: new Date(now.getTime() - MINUTE_MS) } } } },
      ],
    },
    select: { id: true },
  })
  return due.map(({ id }) => id)
}

/**
 * Reads what changed at a store since somebody said, or since the last time where that is due; mends what is missing here, and keeps a
 * report of it. Of two at once the second does nothing. `clock` is asked again as the reading goes on.
 */
export async function reconcileStore(
  _system: System,
  connectionId: string,
  clock: () => Date,
  way: Outside = outside(),
): Promise<void> {
  const now = clock()
  const taken = await take(connectionId, now)
  const connection = taken && (await readConnection(connectionId))
  if (!taken || !connection) return
  const tally = newTally()
  let heardAt = now.getTime()
  try {
    const api = readerOf(connection.store)?.api
    const ask = askOf(readerOf(connection.store), connection.mode, credentialOf(connection), way)
    const put = putOf(readerOf(connection.store), connection.mode, credentialOf(connection), way)
    const why = whyNotRead({ hasList: Boolean(api), hasCredential: ask !== null, isOff: connection.offAt !== null })
    if (why || !api || !ask) {
      await end(taken.id, { state: 'failed', problem: why }, tally, clock())
      return
    }
    // What is not sent is read all the same.
    const untold =
      put && api.sendTo ? await tellWhere(connectionId, (address) => api.sendTo?.(ask, put, address)) : null
    for await (const facts of api.changedSince(ask, taken.since, now)) {
      if (facts.length > 0) {
        const { lines } = await prisma.$transaction((tx) => takeFacts(tx, connection, facts, clock()), {
          timeout: 60_000,
        })
        for (const line of lines) count(tally, line)
      }
      const at = clock()
      if (at.getTime() - heardAt < TOLD_EVERY_MS) continue
      heardAt = at.getTime()
      await prisma.storeReconciliation.updateMany({ where: { id: taken.id }, data: { ...toldOf(tally), heardAt: at } })
    }
    // Before its end, after which a page that follows it reads no more.
    await noteAccess(connectionId, null, clock())
    await end(taken.id, { state: 'done', problem: untold }, tally, clock())
    await prisma.storeConnection.updateMany({
      where: { id: connectionId },
      data: {
        reconcileDueAt: new Date(now.getTime() + everyMs(connection.store)),
        // Of a shorter time than since the last one nothing follows for the rest.
        ...(taken.isWhole && { reconciledAt: now }),
      },
    })
  } catch (error) {
    log.error({ err: error, connectionId }, 'a store could not be read')
    // What was mended stays mended; the next time begins where this one began.
    await noteAccess(connectionId, whyNotAsked(error), clock())
    await end(taken.id, { state: 'failed', problem: whyNotAsked(error) }, tally, clock())
    await prisma.storeConnection.updateMany({
      where: { id: connectionId },
      data: { reconcileDueAt: new Date(now.getTime() + againMs(error, everyMs(connection.store))) },
    })
  }
  await tidy(connectionId)
}

/** Has the store told where to send; why it could not be, or null. */
async function tellWhere(connectionId: string, tell: (address: string) => Promise<void> | undefined) {
  try {
    const { store, token } = await prisma.storeConnection.findUniqueOrThrow({
      where: { id: connectionId },
      select: { store: true, token: true },
    })
    await tell(addressFor(store, token))
    return null
  } catch (error) {
    log.warn({ err: error, connectionId }, 'a store could not be told where to send')
    return `It could not be told where to send: ${whyNotAsked(error)}`
  }
}

/** The reading to carry out: what somebody asked for first, else the one that is due. null: none is, or another process is at it. */
async function take(connectionId: string, now: Date): Promise<{ id: string; since: Date; isWhole: boolean } | null> {
  return prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM store_connections WHERE id = ${connectionId}::uuid FOR NO KEY UPDATE`
    const connection = await tx.storeConnection.findUnique({
      where: { id: connectionId },
      select: { ...reading, reconcileDueAt: true },
    })
    if (!connection) return null
    await endSilent(tx, connectionId, now)
    const open = await tx.storeReconciliation.findMany({
      where: { connectionId, state: { in: ['waiting', 'running'] } },
      orderBy: { id: 'asc' },
      select: { id: true, state: true, since: true },
    })
    if (open.some(({ state }) => state === 'running')) return null
    const isWhole = (since: Date) => since <= (connection.reconciledAt ?? connection.createdAt)
    const [asked] = open
    if (asked) {
      await tx.storeReconciliation.update({ where: { id: asked.id }, data: { state: 'running', heardAt: now } })
      return { ...asked, isWhole: isWhole(asked.since) }
    }
    const { credential, offAt, reconcileDueAt, store } = connection
    if (!credential || offAt || !readerOf(store)?.api || (reconcileDueAt && reconcileDueAt > now)) return null
    const since = sinceLast(connection)
    const id = newId(now)
    await tx.storeReconciliation.create({
      data: { id, connectionId, since, state: 'running', createdAt: now, heardAt: now },
    })
    return { id, since, isWhole: true }
  })
}

/** What has been cut off, with its process, is said to have been. */
const endSilent = (tx: Tx, connectionId: string, now: Date) =>
  tx.storeReconciliation.updateMany({
    where: { connectionId, state: 'running', heardAt: { lt: new Date(now.getTime() - SILENT_MS) } },
    data: { state: 'failed', endedAt: now, problem: 'It was cut off. What was mended stays mended.' },
  })

// ---------------------------------------------------------------- its report

type Tally = {
  seen: Set<string>
  waiting: Set<string>
  mended: Map<string, MendedPurchase>
}

const newTally = (): Tally => ({ seen: new Set(), waiting: new Set(), mended: new Map() })

type Line = Awaited<ReturnType<typeof takeFacts>>['lines'][number]

function count(tally: Tally, { ref, line, outcome, waitsFor, purchase }: Line): void {
  const name = `${ref} ${line}`
  tally.seen.add(name)
  if (waitsFor) tally.waiting.add(name)
  else tally.waiting.delete(name)
  if (!purchase || outcome.length === 0 || waitsFor) return
  const before = tally.mended.get(purchase.id)
  const all = [...(before?.outcome ?? []), ...outcome]
  tally.mended.set(purchase.id, { purchaseId: purchase.id, reference: purchase.reference, outcome: all })
}

const toldOf = ({ seen, waiting, mended }: Tally) => ({
  ...{ read: seen.size, waiting: waiting.size, mended: mended.size },
  report: [...mended.values()].slice(0, MENDED_SHOWN) as Prisma.InputJsonValue,
})

const end = (id: string, how: { state: 'done' | 'failed'; problem: string | null }, tally: Tally, now: Date) =>
  prisma.storeReconciliation.updateMany({
    where: { id },
    data: { ...how, ...toldOf(tally), heardAt: now, endedAt: now },
  })

/** Forgets old reports: those that nobody asked for and that mended nothing sooner. */
const tidy = (connectionId: string) => prisma.$executeRaw`
  DELETE FROM store_reconciliations WHERE id IN (
    SELECT id FROM (
      SELECT id, is_quiet, row_number() OVER (PARTITION BY is_quiet ORDER BY id DESC) AS place FROM (
        SELECT id, asked_by IS NULL AND mended = 0 AS is_quiet
        FROM store_reconciliations WHERE connection_id = ${connectionId}::uuid AND ended_at IS NOT NULL) AS ended) AS placed
    WHERE place > CASE WHEN is_quiet THEN ${KEPT_QUIET}::int ELSE ${KEPT}::int END)`

/** What somebody has to mend is not tried every hour. */
const againMs = (error: unknown, everyMs: number): number =>
  isAccessRefused(error) ? everyMs : Math.min(everyMs, HOUR_MS)
