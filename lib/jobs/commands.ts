import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { enqueue } from '../database/queue.ts'
import type { MailTemplate } from '../mail/plain.ts'
import { isStale } from '../mail/rules.ts'
import { replayDeliveries } from '../stores/commands.ts'
import { startReconciliation } from '../stores/reconcile.ts'
import { resendFailed, resendMessage } from '../webhook-endpoints/commands.ts'
import type { Retryable } from './plain.ts'
import type { RetryWork } from './schema.ts'

/** Tries again what failed in the organization: one, or all of a kind. Work that goes on by itself is left alone. */
export async function retryWork(merchant: Merchant, { kind, id }: RetryWork, now: Date): Promise<{ retried: number }> {
  assertMay(merchant, 'work.write')
  const retried = await retries[kind](merchant, id, now)
  if (id && retried === 0) throw notFound('failed work')
  return { retried }
}

type Retry = (merchant: Merchant, id: string | null, now: Date) => Promise<number>

const retries: Record<Retryable, Retry> = {
  store_deliveries: async (merchant, id, now) => {
    const { organizationId } = merchant
    const failed = await prisma.storeDelivery.groupBy({
      by: ['connectionId'],
      where: { state: 'failed', connection: { organizationId }, ...(id && { id }) },
    })
    let retried = 0
    for (const { connectionId } of failed) {
      const which = id ? { id } : { state: 'failed' as const }
      retried += (await replayDeliveries(merchant, { connectionId, which }, now)).replayed
    }
    return retried
  },
  webhooks: async (merchant, id, now) => {
    const { organizationId } = merchant
    const failed = await prisma.webhookMessage.groupBy({
      by: ['endpointId'],
      where: { organizationId, state: 'failed', ...(id && { id }) },
      _min: { createdAt: true },
    })
    if (id && failed.length > 0) {
      await resendMessage(merchant, id, now)
      return 1
    }
    // Of an endpoint that is switched off nothing is sent.
    const on = await prisma.webhookEndpoint.findMany({
      where: { organizationId, disabledAt: null, removedAt: null, id: { in: failed.map((each) => each.endpointId) } },
      select: { id: true },
    })
    let retried = 0
    for (const endpoint of on) {
      const since = failed.find(({ endpointId }) => endpointId === endpoint.id)?._min.createdAt ?? now
      retried += (await resendFailed(merchant, { endpointId: endpoint.id, since }, now)).messages
    }
    return retried
  },
  mails: async ({ organizationId }, id, now) =>
    prisma.$transaction(async (tx) => {
      const failed = await tx.mail.findMany({
        where: { organizationId, status: 'failed', ...(id && { id }) },
        select: { id: true, template: true, createdAt: true },
      })
      // A link that is dead helps nobody.
      const ids = failed
        .filter(({ template, createdAt }) => !isStale({ template: template as MailTemplate, createdAt }, now))
        .map((mail) => mail.id)
      const { count } = await tx.mail.updateMany({
        where: { id: { in: ids }, organizationId, status: 'failed' },
        data: { status: 'waiting', attempts: 0, dueAt: now },
      })
      if (count > 0) await enqueue(tx, 'mail.sweep', {})
      return count
    }),
  reconciliations: async (merchant, id, now) => {
    const { organizationId } = merchant
    const failed = await prisma.$queryRaw<{ connectionId: string; since: Date }[]>`
      SELECT "connectionId", since FROM (
        SELECT DISTINCT ON (c.id) r.id, r.state, c.id AS "connectionId", r.since
        FROM store_reconciliations r JOIN store_connections c ON c.id = r.connection_id
        WHERE c.organization_id = ${organizationId}::uuid ORDER BY c.id, r.id DESC) AS last
      WHERE state = 'failed' AND (${id}::uuid IS NULL OR id = ${id}::uuid)`
    for (const each of failed) await startReconciliation(merchant, each, now)
    return failed.length
  },
}
