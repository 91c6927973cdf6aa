import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { followLine } from '../purchases/follow.ts'
import { lockConnection } from '../purchases/keep-facts.ts'
import { resumePurchase } from '../purchases/life.ts'
import { followedOf, readConnection } from './handle.ts'

/** What was canceled here, or will end, goes on; one of a store stands again as the store says. */
export async function resumeSale(
  merchant: Merchant,
  { purchaseId, reason }: { purchaseId: string; reason: string },
  now: Date,
): Promise<void> {
  const { organizationId } = merchant
  await prisma.$transaction(
    async (tx) => {
      const at = await tx.storeLine.findFirst({
        where: { purchaseId, connection: { organizationId } },
        select: { connectionId: true, ref: true, line: true },
      })
      const connection = at && (await readConnection(at.connectionId))
      const followed = connection && followedOf(connection)
      // Connections are locked before purchases, as where a store speaks.
      if (followed) await lockConnection(tx, followed.store)
      const { followsStore } = await resumePurchase(tx, merchant, { purchaseId, reason }, now)
      if (followsStore && at && followed) await followLine(tx, followed, { ref: at.ref, line: at.line }, now)
    },
    { timeout: 30_000 },
  )
}
