import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Merchant, System } from '../base/actor.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type EventRecord, type EventRecordFilter, eventColumns, toEvent, whereOf } from './queries.ts'
import { sessionTypes } from './schema.ts'

// Following events without missing one. An event has the id of its transaction for a position. PostgreSQL hands these ids out in order
// and knows which of them are still at work, so what lies below the oldest of those is complete: no transaction, however late it
// commits, can add to it any more. Whoever reads only there, in the order of positions, sees every event once.

/** Where somebody has got to: the last event they saw. Null: before the first. */
export type EventCursor = { position: bigint; id: string }

/** Who follows: someone in the organization, or Latchkey itself for it. */
export type Follower = Merchant | (System & { organizationId: string })

/** What came after a cursor. `next` is where to go on; it moves past events that the filter leaves out. */
export type Followed = { events: EventRecord[]; next: EventCursor | null; hasMore: boolean }

export type FollowFilter = Omit<EventRecordFilter, 'from' | 'before' | 'ids'>

/**
 * The organization's events after the cursor in the order in which to follow them: each once, none missed, the same order for everybody.
 * An event appears when every transaction that began to write before its own has ended, mostly within milliseconds. Null when the event
 * of the cursor is not there: the database was restored from before it, so nobody can say what came after it.
 */
export async function eventsAfter(
  follower: Follower,
  after: EventCursor | null,
  filter: FollowFilter,
  limit: number,
): Promise<Followed | null> {
  if (follower.kind !== 'system') assertMay(follower, 'history.read')
  return asOfNow(follower.organizationId, async (tx, horizon) => {
    const { organizationId } = follower
    if (after && !(await isThere(tx, organizationId, after))) return null
    const rows = await tx.event.findMany({
      where: { AND: [whereOf(organizationId, filter), { position: { lt: horizon } }, after ? beyond(after) : {}] },
      select: { ...eventColumns, position: true },
      orderBy: [{ position: 'asc' }, { id: 'asc' }],
      take: limit + 1,
    })
    const hasMore = rows.length > limit
    const seen = rows.slice(0, limit)
    const last = hasMore ? seen.at(-1) : await lastBelow(tx, organizationId, horizon)
    const events = seen.map(({ position: _, ...row }) => toEvent(row))
    return { events, next: last ? { position: last.position, id: last.id } : null, hasMore }
  })
}

/** The cursor of whoever wants to see only what happens from now on. */
export async function newestCursor(follower: Follower): Promise<EventCursor | null> {
  if (follower.kind !== 'system') assertMay(follower, 'history.read')
  return asOfNow(follower.organizationId, (tx, horizon) => lastBelow(tx, follower.organizationId, horizon))
}

async function isThere(tx: Tx, organizationId: string, { position, id }: EventCursor): Promise<boolean> {
  return isId(id) && (await tx.event.count({ where: { id, organizationId, position } })) === 1
}

// The first condition says nothing new, but lets the index begin where the last page ended.
const beyond = ({ position, id }: EventCursor): Prisma.EventWhereInput => ({
  position: { gte: position },
  OR: [{ position: { gt: position } }, { position, id: { gt: id } }],
})

const lastBelow = (tx: Tx, organizationId: string, horizon: bigint): Promise<EventCursor | null> =>
  tx.event.findFirst({
    // Sign-ins are not kept for ever, and a cursor that names one would be lost with it.
    where: { organizationId, position: { lt: horizon }, type: { notIn: sessionTypes } },
    select: { position: true, id: true },
    orderBy: [{ position: 'desc' }, { id: 'desc' }],
  })

const POSITION_MAX = 2n ** 63n - 1n

type Clock = { horizon: bigint; next: bigint }

// Below `horizon` everything is complete; no transaction that this snapshot sees has reached `next`.
const readClock = async (tx: Tx): Promise<Clock> => {
  const [clock] = await tx.$queryRaw<Clock[]>`SELECT
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint + ahead AS horizon,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint + ahead AS next FROM event_clock WHERE id = 1`
  if (!clock) throw new Error('The event clock is gone: restore the one row of event_clock.')
  return clock
}

/** Runs a read that sees the horizon and the rows as of one and the same moment. */
async function asOfNow<T>(organizationId: string, read: (tx: Tx, horizon: bigint) => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await prisma.$transaction(
      async (tx) => {
        const { horizon, next } = await readClock(tx)
        const newest = await lastBelow(tx, organizationId, POSITION_MAX)
        const isFromElsewhere = newest !== null && newest.position >= next
        return isFromElsewhere ? null : { read: await read(tx, horizon) }
      },
      { isolationLevel: 'RepeatableRead' },
    )
    if (answer) return answer.read
    await alignEventPositions()
  }
}

/**
 * A database restored into a cluster that has counted less far holds events from its future. From here on positions run ahead of the
 * cluster's ids, so that what is written next comes after everything there is. Called at every start; otherwise it changes nothing.
 */
export async function alignEventPositions(): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM event_clock WHERE id = 1 FOR UPDATE`
    const { horizon, next } = await readClock(tx)
    const [newest] = await tx.$queryRaw<{ position: bigint | null }[]>`SELECT max(last.position) AS position
      FROM organizations o CROSS JOIN LATERAL (
        SELECT position FROM events WHERE organization_id = o.id ORDER BY position DESC, id DESC LIMIT 1) last`
    const position = newest?.position ?? 0n
    if (position < next) return
    // What is being written at this moment has positions of before: it ends first.
    await tx.$executeRaw`LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE`
    await tx.eventClock.update({ where: { id: 1 }, data: { ahead: { increment: position + 1n - horizon } } })
  })
}
