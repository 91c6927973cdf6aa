import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { prisma } from '../database/client.ts'
import { foldedSearchSql } from '../database/folded.ts'
import type { PageOf } from '../database/marks.ts'
import { countAll, exactly, type OrderedList, pageOfIds } from '../database/pages.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { countActiveDevices } from '../license-keys/counts.ts'
import { activationColumns, toActivation } from '../license-keys/queries.ts'
import { wholeSearchSql } from '../license-keys/search.ts'
import type { ActivationSort } from './plain.ts'

export type ActivationFilter = { q?: string; state?: 'live' | 'deactivated' | 'all'; idleDays?: number }

const activationOrder = {
  label: { by: Prisma.sql`lower(a.label)`, kind: 'text', canBeEmpty: false },
  createdAt: { by: Prisma.sql`a.created_at`, kind: 'time', canBeEmpty: false },
  lastValidatedAt: { by: Prisma.sql`a.last_validated_at`, kind: 'time', canBeEmpty: true },
} satisfies Record<ActivationSort, Pick<OrderedList, 'by' | 'kind' | 'canBeEmpty'>>

function activationsWhere(merchant: Merchant, filter: ActivationFilter, now: Date): Prisma.Sql {
  const parts = [Prisma.sql`a.organization_id = ${merchant.organizationId}::uuid`]
  if (filter.state !== 'all') {
    parts.push(
      filter.state === 'deactivated' ? Prisma.sql`a.deactivated_at IS NOT NULL` : Prisma.sql`a.deactivated_at IS NULL`,
    )
  }
  if (filter.idleDays) {
    const since = new Date(now.getTime() - filter.idleDays * DAY_MS)
    parts.push(Prisma.sql`COALESCE(a.last_validated_at, a.created_at) < ${since}`)
  }
  const q = filter.q?.trim()
  if (q) {
    parts.push(Prisma.sql`(${foldedSearchSql(Prisma.sql`a.folded`, Prisma.sql`a.label`, q)} OR a.fingerprint = ${q}
      OR a.license_key_id IN (${wholeSearchSql(merchant, q)}))`)
  }
  return Prisma.join(parts, ' AND ')
}

// Active devices are counted as they are written, and all devices by an index; null where something else is asked for.
function countOf(merchant: Merchant, { q, state = 'live', idleDays }: ActivationFilter, from: Prisma.Sql) {
  if (q?.trim() || idleDays || state === 'deactivated') return null
  return async () => (state === 'all' ? countAll(from) : exactly(await countActiveDevices(merchant)))
}

/** One page of the organization's activations, newest first unless sorted otherwise. */
export async function listActivations(
  merchant: Merchant,
  filter: ActivationFilter,
  { sort, dir, ...pageOf }: PageOf & { sort: ActivationSort; dir: 'asc' | 'desc' },
  now: Date,
) {
  const from = Prisma.sql`FROM activations a WHERE ${activationsWhere(merchant, filter, now)}`
  const count = countOf(merchant, filter, from)
  const { ids, total, far } = await pageOfIds(
    pageOf,
    { ...{ id: Prisma.sql`a.id`, ...activationOrder[sort], sort, dir, from }, ...(count && { count }) },
    { lookedFor: Boolean(filter.q?.trim()) },
  )
  const rows = await prisma.activation.findMany({
    where: { organizationId: merchant.organizationId, id: { in: ids } },
    select: {
      ...activationColumns,
      licenseKey: {
        select: {
          id: true,
          prefix: true,
          lastCharacters: true,
          customer: { select: { id: true, email: true, name: true } },
          product: { select: { id: true, name: true } },
        },
      },
    },
  })
  const byId = new Map(rows.map((row) => [row.id, row]))
  const activations = ids.flatMap((id) => {
    const found = byId.get(id)
    if (!found) return []
    const { licenseKey, ...row } = found
    const { customer, product } = licenseKey
    return [
      { ...toActivation(row), licenseKey: { id: licenseKey.id, masked: maskedKey(licenseKey) }, customer, product },
    ]
  })
  return { activations, total, far }
}
export type ActivationListItem = Awaited<ReturnType<typeof listActivations>>['activations'][number]
