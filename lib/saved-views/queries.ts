import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import type { SavedView } from './plain.ts'

export const viewColumns = { id: true, name: true, query: true, sort: true, dir: true, isDefault: true } as const

export const toView = (row: Omit<SavedView, 'dir'> & { dir: string }): SavedView => ({
  ...row,
  dir: row.dir === 'asc' ? 'asc' : 'desc',
})

/** The views of the organization, by name. */
export async function listViews(merchant: Merchant): Promise<SavedView[]> {
  assertMay(merchant, 'keys.read')
  const rows = await prisma.savedView.findMany({
    where: { organizationId: merchant.organizationId },
    select: viewColumns,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
  return rows.map(toView)
}
