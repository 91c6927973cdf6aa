import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { prisma } from '../database/client.ts'
import { foldedSearchSql } from '../database/folded.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { searchSql } from '../license-keys/list.ts'
import { activationColumns, toActivation } from '../license-keys/queries.ts'
import type { ActivationSort } from './schema.ts'

export type ActivationFilter = { q?: string; state?: 'live' | 'deactivated' | 'all'; idleDays?: number }

const activationOrder = {
  label: { by: Prisma.sql`lower(a.label)`, nulls: Prisma.empty },
  createdAt: { by: Prisma.sql`a.created_at`, nulls: Prisma.empty },
  lastValidatedAt: { by: Prisma.sql`a.last_validated_at`, nulls: Prisma.sql`NULLS LAST` },
} satisfies Record<ActivationSort, { by: Prisma.Sql; nulls: Prisma.Sql }>

function activationsWhere({ organizationId }: Merchant, filter: ActivationFilter, now: Date): Prisma.Sql {
  const parts = [Prisma.sql`a.organization_id = ${organizationId}::uuid`]
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
    parts.push(Prisma.sql`(${foldedSearchSql(Prisma.sql`a.folded`, Prisma.sql`a.label`, q)} OR a.fingerprint = ${q} OR a.license_key_id IN (
      SELECT k.id FROM license_keys k JOIN customers u ON u.id = k.customer_id
      WHERE k.organization_id = ${organizationId}::uuid AND ${searchSql(q)}))`)
  }
  return Prisma.join(parts, ' AND ')
}

/** One page of the organization's activations, newest first unless sorted otherwise. */
export async function listActivations(
  merchant: Merchant,
  filter: ActivationFilter,
  { page, size, sort, dir }: { page: number; size: number; sort: ActivationSort; dir: 'asc' | 'desc' },
  now: Date,
) {
  const where = activationsWhere(merchant, filter, now)
  const direction = dir === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`
  const { by, nulls } = activationOrder[sort]
  const [ids, counted] = await Promise.all([
    prisma.$queryRaw<{ id: string }[]>`SELECT a.id FROM activations a WHERE ${where}
      ORDER BY ${by} ${direction} ${nulls}, a.id ${direction} LIMIT ${size} OFFSET ${(page - 1) * size}`,
    prisma.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total FROM activations a WHERE ${where}`,
  ])
  const rows = await prisma.activation.findMany({
    where: { organizationId: merchant.organizationId, id: { in: ids.map((row) => row.id) } },
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
  const activations = ids.flatMap(({ id }) => {
    const found = byId.get(id)
    if (!found) return []
    const { licenseKey, ...row } = found
    const { customer, product } = licenseKey
    return [
      { ...toActivation(row), licenseKey: { id: licenseKey.id, masked: maskedKey(licenseKey) }, customer, product },
    ]
  })
  return { activations, total: counted[0]?.total ?? 0 }
}
export type ActivationListItem = Awaited<ReturnType<typeof listActivations>>['activations'][number]
