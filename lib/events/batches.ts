import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import type { EventType } from './schema.ts'

/** Something that was done to many keys at once, as one row of the history. */
export type Batch = {
  id: string
  type: EventType
  at: Date
  actorLabel: string
  reason: string | null
  /** How many keys it changed. */
  keys: number
}

/** One batch of the organization's history. */
export async function getBatch({ organizationId }: Merchant, batchId: string): Promise<Batch> {
  if (!isId(batchId)) throw notFound('change')
  const [leader, [all]] = await Promise.all([
    prisma.event.findFirst({
      where: { id: batchId, organizationId, batchId },
      select: { type: true, at: true, actorLabel: true, data: true },
    }),
    prisma.$queryRaw<{ keys: number }[]>`SELECT count(DISTINCT license_key_id)::int AS keys FROM events
      WHERE organization_id = ${organizationId}::uuid AND batch_id = ${batchId}::uuid`,
  ])
  if (!leader) throw notFound('change')
  const { reason } = leader.data as { reason?: string | null }
  return {
    ...{ id: batchId, type: leader.type as EventType, at: leader.at, actorLabel: leader.actorLabel },
    ...{ reason: reason || null, keys: all?.keys ?? 0 },
  }
}
