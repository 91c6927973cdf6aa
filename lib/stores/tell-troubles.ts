import '#server-only'
import type { System } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { prisma } from '../database/client.ts'
import { queueMail } from '../mail/commands.ts'
import { longestGaps } from './queries.ts'
import { SILENT_DAYS_MIN, troublesToMail } from './rules.ts'

// Who sells while they sleep does not see the dashboard say that a store does not work.

/** So long a delivery that was given up is news. */
const FAILING_DAYS = 7

/** While a trouble lasts it is told again after so many days, and no more: its owners know. */
const AGAIN_DAYS = [1, 7] as const

/** Mails the owners of stores that do not work, of one connection or of all. Whoever runs at the same time mails nothing twice. */
export async function tellTroubles(_system: System, now: Date, connectionId?: string): Promise<void> {
  const ago = (days: number) => new Date(now.getTime() - days * DAY_MS)
  const connections = await prisma.storeConnection.findMany({
    where: {
      organization: { deletionDueAt: null },
      OR: [{ mode: 'live', offAt: null }, { troubles: { some: { overAt: null } } }],
      ...(connectionId && { id: connectionId }),
    },
    select: {
      ...{ id: true, organizationId: true, mode: true, offAt: true, lastRefusedAt: true, refusedSince: true },
      ...{ lastDeliveryAt: true, accessProblem: true },
      troubles: { where: { overAt: null }, select: { trouble: true } },
      deliveries: {
        where: { state: 'failed', failureToldAt: { gt: ago(FAILING_DAYS) } },
        ...{ select: { failureToldAt: true }, orderBy: { failureToldAt: 'asc' }, take: 1 },
      },
    },
  })
  for (const { id, organizationId, troubles: told, deliveries, ...connection } of connections) {
    // How long it is usually silent is asked only where it matters.
    const isQuiet = connection.lastDeliveryAt !== null && connection.lastDeliveryAt <= ago(SILENT_DAYS_MIN)
    const longestGapDays = (isQuiet && (await longestGaps({ organizationId }, [id])).get(id)) || null
    const failingSince = deliveries[0]?.failureToldAt ?? null
    const troubles = troublesToMail({ ...connection, longestGapDays, failingSince }, now)
    const last = new Set<string>(troubles.map(({ trouble }) => trouble))
    if (told.some(({ trouble }) => !last.has(trouble)))
      await prisma.storeTrouble.updateMany({
        where: { connectionId: id, overAt: null, trouble: { notIn: [...last] } },
        data: { overAt: now },
      })
    for (const { trouble, since } of troubles)
      await prisma.$transaction(async (tx) => {
        // Of two at once the second waits for the first here, and then finds that it is told.
        const mine = await tx.$queryRaw<unknown[]>`
          INSERT INTO store_troubles AS t (connection_id, trouble, told_at) VALUES (${id}::uuid, ${trouble}, ${now})
          ON CONFLICT (connection_id, trouble) DO UPDATE SET told_at = ${now}, over_at = NULL,
            told = CASE WHEN t.over_at IS NULL THEN t.told + 1 ELSE 1 END
          WHERE t.told_at <= CASE WHEN t.over_at IS NOT NULL OR t.told = 1 THEN ${ago(AGAIN_DAYS[0])}::timestamptz
            WHEN t.told = 2 THEN ${ago(AGAIN_DAYS[1])}::timestamptz END
          RETURNING 1`
        if (mine.length === 0) return
        const owners = await tx.membership.findMany({
          where: { organizationId, role: 'owner' },
          select: { user: { select: { email: true } } },
        })
        for (const { user } of owners)
          await queueMail(tx, now, {
            ...{ template: 'store-trouble', to: user.email, organizationId },
            payload: { organizationId, connectionId: id, trouble, since: since?.toISOString() ?? null },
          })
      })
  }
}
