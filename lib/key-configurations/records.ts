import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { idFrom, isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { searchedIds } from '../database/folded.ts'
import { type Keyset, keysetOf } from '../database/keyset.ts'
import type { ArchiveFilter } from './plain.ts'
import { archivedAtFilter, detailColumns, toDetail } from './queries.ts'
import type { KeyConfigurationRecord } from './schema.ts'

// Configurations as programs see them, through the API and the dialects.

/** Which configurations a program asks for; every part narrows. */
export type KeyConfigurationRecordFilter = {
  organizationIds?: string[] | undefined
  /** Ids of ours, or ones other systems know them by. */
  ids?: string[] | undefined
  excludeIds?: string[] | undefined
  /** Part of a name. */
  q?: string | undefined
  status: ArchiveFilter
}

export type KeyConfigurationRecordSort = 'createdAt' | 'name'

const columns = {
  ...detailColumns,
  externalIds: true,
  organization: { select: { id: true, externalIds: true, timeZone: true } },
} satisfies Prisma.KeyConfigurationSelect

type Row = Prisma.KeyConfigurationGetPayload<{ select: typeof columns }>

function toRecord({ externalIds, organization, ...row }: Row): KeyConfigurationRecord {
  const { products: _, ...record } = toDetail({ ...row, organization })
  return { ...record, organizationId: organization.id, externalIds, organizationExternalIds: organization.externalIds }
}

const named = (ids: string[]) => [{ id: { in: ids.map(idFrom) } }, { externalIds: { hasSome: ids } }]

async function matching(merchant: Merchant, filter: KeyConfigurationRecordFilter) {
  const { organizationId } = merchant
  const found = filter.q ? await searchedIds(merchant, 'key_configurations', ['name'], filter.q) : null
  return {
    organizationId,
    ...archivedAtFilter[filter.status],
    ...(filter.organizationIds && {
      organization: {
        OR: [{ id: { in: filter.organizationIds.filter(isId) } }, { externalIds: { hasSome: filter.organizationIds } }],
      },
    }),
    NOT: { OR: named(filter.excludeIds ?? []) },
    ...(filter.ids && { OR: named(filter.ids) }),
    ...(found && { AND: { id: { in: found } } }),
  } satisfies Prisma.KeyConfigurationWhereInput
}

/** Configurations of the organization, after a row or from the `offset`-th on. */
export async function listKeyConfigurationRecords(
  merchant: Merchant,
  filter: KeyConfigurationRecordFilter,
  { offset = 0, ...page }: Keyset<KeyConfigurationRecordSort> & { offset?: number },
): Promise<KeyConfigurationRecord[]> {
  assertMay(merchant, 'catalogue.read')
  const { beyond, orderBy, take } = keysetOf(page)
  const where = { AND: [await matching(merchant, filter), { AND: beyond }] }
  const rows = await prisma.keyConfiguration.findMany({ where, select: columns, orderBy, take, skip: offset })
  return rows.map(toRecord)
}

/** How many match. */
export async function countKeyConfigurationRecords(
  merchant: Merchant,
  filter: KeyConfigurationRecordFilter,
): Promise<number> {
  assertMay(merchant, 'catalogue.read')
  return prisma.keyConfiguration.count({ where: await matching(merchant, filter) })
}

/** One configuration by our id or one other systems know it by, archived ones too. NOT_FOUND when it is another organization's. */
export async function getKeyConfigurationRecord(merchant: Merchant, id: string): Promise<KeyConfigurationRecord> {
  const first = { sort: 'createdAt', dir: 'asc', limit: 1 } as const
  const [record] = await listKeyConfigurationRecords(merchant, { ids: [id], status: 'all' }, first)
  if (!record) throw notFound('key configuration')
  return record
}
