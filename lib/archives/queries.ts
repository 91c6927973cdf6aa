import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'

/** Archives of the organization that are being written, ready, or failed lately; newest first. */
export async function listArchives(merchant: Merchant, now: Date) {
  assertMay(merchant, 'security.write')
  const rows = await prisma.archive.findMany({
    where: { organizationId: merchant.organizationId, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    select: {
      ...{ id: true, status: true, hasKeyStrings: true, askedByLabel: true, rowsDone: true, rowsTotal: true },
      ...{
        bytes: true,
        sha256: true,
        failure: true,
        createdAt: true,
        takenAt: true,
        finishedAt: true,
        expiresAt: true,
      },
    },
  })
  return rows.map(({ rowsDone, rowsTotal, bytes, ...row }) => ({
    ...row,
    rowsDone: Number(rowsDone),
    rowsTotal: rowsTotal === null ? null : Number(rowsTotal),
    bytes: Number(bytes),
  }))
}
export type ArchiveSummary = Awaited<ReturnType<typeof listArchives>>[number]
