import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { emailToFind } from '../base/text.ts'
import { prisma } from '../database/client.ts'
import { asksAtMost, meantBy } from '../key-strings/meant.ts'
import { keyHashesOf } from '../key-strings/string.ts'
import type { FoundKey, MatchedBy } from './schema.ts'
import { typedKeys } from './search.ts'

// Which keys somebody means who has one whole thing of them: their string, an order number, an address, a device.

/** Keys that have what was sent, each once, by what fits best; another organization's are never among them. */
export async function lookUpKeys(merchant: Merchant, query: string, limit: number): Promise<FoundKey[]> {
  assertMay(merchant, 'keys.read')
  const [strings, others] = await Promise.all([byString(merchant, query), bySurroundings(merchant, query, limit)])
  const seen = new Set<string>()
  return [...strings, ...others]
    .filter(({ licenseKeyId }) => !seen.has(licenseKeyId) && seen.add(licenseKeyId))
    .slice(0, limit)
}

/** The key that has this string or had it, as it is written or, where that is none, as it may have been meant. */
async function byString(merchant: Merchant, query: string): Promise<FoundKey[]> {
  const written = await byHashes(merchant, typedKeys(query).flatMap(keyHashesOf))
  if (written.length > 0) return written
  for (let asked = 0; asked < asksAtMost(); asked++) {
    const keyHash = await meantBy(query, merchant.organizationId)
    if (keyHash === null) return []
    const meant = await byHashes(merchant, [Buffer.from(keyHash, 'hex')])
    if (meant.length > 0) return meant
  }
  return []
}

async function byHashes({ organizationId }: Merchant, hashes: Uint8Array[]): Promise<FoundKey[]> {
  if (hashes.length === 0) return []
  const list = Prisma.join(hashes)
  const rows = await prisma.$queryRaw<{ id: string; replaced: boolean }[]>`
    SELECT k.id, false AS replaced FROM license_keys k
      WHERE k.key_hash IN (${list}) AND k.organization_id = ${organizationId}::uuid
    UNION ALL
    SELECT k.id, true FROM old_key_strings o JOIN license_keys k ON k.id = o.license_key_id
      WHERE o.key_hash IN (${list}) AND k.organization_id = ${organizationId}::uuid
    ORDER BY replaced`
  return rows.map(({ id, replaced }) => ({ licenseKeyId: id, matchedBy: 'key', replaced, activationId: null }))
}

type Row = { id: string; by: MatchedBy; activation_id: string | null }

async function bySurroundings({ organizationId }: Merchant, query: string, limit: number): Promise<FoundKey[]> {
  const text = query.trim()
  if (text === '') return []
  const own = Prisma.sql`organization_id = ${organizationId}::uuid`
  const ids = isId(text)
    ? Prisma.sql`
      UNION ALL SELECT id, 0, 'id', NULL FROM license_keys WHERE ${own} AND id = ${text}::uuid
      UNION ALL SELECT license_key_id, 1, 'activation_id', id FROM activations WHERE ${own} AND id = ${text}::uuid`
    : Prisma.empty
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT m.id, m.by, m.activation_id FROM (
      SELECT DISTINCT ON (f.id) f.* FROM (
        SELECT id, 2 AS rank, 'external_id' AS by, NULL::uuid AS activation_id FROM license_keys
          WHERE ${own} AND external_id = ${text}
        ${ids}
        UNION ALL SELECT k.id, 3, 'purchase_reference', NULL FROM license_keys k WHERE k.purchase_id IN (
          SELECT id FROM purchases WHERE ${own} AND reference = ${text})
        UNION ALL SELECT k.id, 4, 'customer_email', NULL FROM license_keys k WHERE k.customer_id IN (
          SELECT id FROM customers WHERE ${own} AND email = ${emailToFind(text)})
        UNION ALL SELECT k.id, 5, 'customer_external_id', NULL FROM license_keys k WHERE k.customer_id IN (
          SELECT id FROM customers WHERE ${own} AND external_id = ${text})
        UNION ALL SELECT a.license_key_id, b.rank, b.by, a.id FROM activations a, LATERAL (SELECT
            CASE WHEN external_id = ${text} THEN 2 WHEN fingerprint = ${text} THEN 6 ELSE 7 END AS rank,
            CASE WHEN external_id = ${text} THEN 'external_id' WHEN fingerprint = ${text} THEN 'fingerprint' ELSE 'device_name' END AS by) b
          WHERE a.${own} AND (a.external_id = ${text} OR a.fingerprint = ${text} OR lower(a.label) = lower(${text}))
      ) f ORDER BY f.id, f.rank, f.activation_id DESC
    ) m ORDER BY m.rank, m.id DESC LIMIT ${limit}`
  return rows.map((row) => ({
    ...{ licenseKeyId: row.id, matchedBy: row.by, replaced: false, activationId: row.activation_id },
  }))
}
