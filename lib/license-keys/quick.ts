import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { endSql, stringSql } from '../key-strings/find.ts'
import { keyHashesOf } from '../key-strings/string.ts'
import { keyColumns, summary } from './queries.ts'
import { typedKeys } from './search.ts'

// What the command menu finds while somebody types: a few keys by indexes alone. The list's own search looks further.

/** The shortest thing that may be a whole key. */
const KEY_MIN = 8

/** A key that has this whole string, or had it before it was replaced, in any of these organizations; null when none or several may be meant. */
export async function keyAnywhere(
  merchants: readonly Merchant[],
  typed: string,
): Promise<{ licenseKeyId: string; organizationId: string; replaced: boolean } | null> {
  for (const merchant of merchants) assertMay(merchant, 'keys.read')
  if (typed.trim().length < KEY_MIN || merchants.length === 0) return null
  const organizations = merchants.map(({ organizationId }) => organizationId)
  const isIt = stringSql(typed, typedKeys(typed).flatMap(keyHashesOf))
  const rows = await prisma.$queryRaw<{ id: string; organization_id: string; replaced: boolean }[]>`
    SELECT k.id, k.organization_id, false AS replaced FROM license_keys k
      WHERE k.organization_id = ANY(${organizations}::uuid[]) AND k.id IN (SELECT id FROM license_keys WHERE ${isIt})
    UNION
    SELECT k.id, k.organization_id, true FROM license_keys k WHERE k.organization_id = ANY(${organizations}::uuid[])
      AND k.id IN (SELECT license_key_id FROM old_key_strings WHERE ${isIt})
    ORDER BY replaced LIMIT 3`
  const present = rows.filter(({ replaced }) => !replaced)
  const [one, ...others] = present.length > 0 ? present : rows
  return one && others.length === 0
    ? { licenseKeyId: one.id, organizationId: one.organization_id, replaced: one.replaced }
    : null
}

/** The newest keys that end so, have this id, or are of these customers and purchases. */
export async function quickKeys(
  merchant: Merchant,
  words: string,
  around: { customerIds: readonly string[]; purchaseIds: readonly string[] },
  limit: number,
  now: Date,
) {
  assertMay(merchant, 'keys.read')
  const { organizationId } = merchant
  const own = Prisma.sql`organization_id = ${organizationId}::uuid`
  const end = endSql(words)
  const part = (where: Prisma.Sql) =>
    Prisma.sql`(SELECT id, created_at FROM license_keys WHERE ${own} AND ${where} ORDER BY created_at DESC LIMIT ${limit})`
  const parts = [
    ...(end ? [part(end)] : []),
    ...(isId(words) ? [part(Prisma.sql`id = ${words}::uuid`)] : []),
    // Taken as they are: to read them in order PostgreSQL might go through all keys.
    ...(around.customerIds.length > 0
      ? [
          Prisma.sql`SELECT id, created_at FROM license_keys WHERE ${own} AND customer_id = ANY(${around.customerIds}::uuid[])`,
        ]
      : []),
    ...(around.purchaseIds.length > 0
      ? [
          Prisma.sql`SELECT id, created_at FROM license_keys WHERE ${own} AND purchase_id = ANY(${around.purchaseIds}::uuid[])`,
        ]
      : []),
  ]
  if (parts.length === 0) return []
  const found = await prisma.$queryRaw<
    { id: string }[]
  >`SELECT DISTINCT id, created_at FROM (${Prisma.join(parts, ' UNION ALL ')}) f
    ORDER BY created_at DESC LIMIT ${limit}`
  return keysById(
    merchant,
    found.map(({ id }) => id),
    now,
  )
}

/** What the menu says of these keys, in this order. */
export async function keysById(merchant: Merchant, ids: readonly string[], now: Date) {
  assertMay(merchant, 'keys.read')
  const rows = await prisma.licenseKey.findMany({
    where: { organizationId: merchant.organizationId, id: { in: [...ids] } },
    select: keyColumns,
  })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => {
    const row = byId.get(id)
    if (!row) return []
    const { masked, status, expiresAt, customer } = summary(row, 0, now)
    return [{ id, masked, status, expiresAt, customer }]
  })
}
