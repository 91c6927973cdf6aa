import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { System } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { type EventType, securityTypes, sessionTypes } from './schema.ts'

// As many as are gone in a moment: nobody waits for what is deleted, and what reads the table meanwhile sees all or nothing of a batch.
const BATCH = 2_000

const listOf = (types: readonly EventType[]) => Prisma.raw(types.map((type) => `'${type}'`).join(', '))

type Place = { at: string; id: string }

/**
 * Deletes events that are older than their organization keeps its history, oldest first, for `milliseconds` at most; how many. The security
 * log stays as long as it is kept itself. The newest event stays whatever its age: a program that follows the events names the last one it
 * saw, and would be told that some are missing. For the nightly job; may run twice.
 */
export async function purgeHistory(_system: System, now: Date, milliseconds: number): Promise<number> {
  const end = Date.now() + milliseconds
  const organizations = await prisma.organization.findMany({
    where: { historyMonths: { not: null } },
    select: { id: true, historyMonths: true, securityLogMonths: true },
  })
  let deleted = 0
  for (const { id, historyMonths, securityLogMonths } of organizations) {
    const before = (months: number | null) => Prisma.sql`${now}::timestamptz - make_interval(months => ${months}::int)`
    const newest = Prisma.sql`(SELECT e.id FROM events e WHERE e.organization_id = ${id}::uuid AND e.type NOT IN (${listOf(sessionTypes)})
      ORDER BY e.position DESC, e.id DESC LIMIT 1)`
    for (let from: Place | undefined; Date.now() < end; ) {
      const beyond = from ? Prisma.sql`AND (at, id) > (${from.at}::text::timestamptz, ${from.id}::uuid)` : Prisma.empty
      // What stays is looked at once: each batch begins where the last one ended.
      const [batch] = await prisma.$queryRaw<{ looked: number; gone: number; at: string | null; id: string | null }[]>`
        WITH old AS MATERIALIZED (
          SELECT id, at, type FROM events WHERE organization_id = ${id}::uuid AND at < ${before(historyMonths)} ${beyond}
          ORDER BY at, id LIMIT ${BATCH}
        ), gone AS (
          DELETE FROM events WHERE id IN (SELECT o.id FROM old o
            WHERE (o.type NOT IN (${listOf(securityTypes)}) OR o.at < ${before(securityLogMonths)}) AND o.id IS DISTINCT FROM ${newest})
          RETURNING 1
        )
        SELECT (SELECT count(*) FROM old)::int AS looked, (SELECT count(*) FROM gone)::int AS gone, l.at::text AS at, l.id
        FROM (VALUES (1)) one LEFT JOIN (SELECT at, id FROM old ORDER BY at DESC, id DESC LIMIT 1) l ON true`
      deleted += batch?.gone ?? 0
      if (!batch?.at || !batch.id || batch.looked < BATCH) break
      from = { at: batch.at, id: batch.id }
    }
  }
  return deleted
}
