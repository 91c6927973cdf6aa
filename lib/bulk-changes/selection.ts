import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { type LicenseKeyFilter, whereSql } from '../license-keys/list.ts'
import { BULK_MAX } from './plain.ts'

/** Which keys: named ones, or all that a list shows. */
export type KeySelection = { ids: string[] } | { filter: LicenseKeyFilter }

/** The ids of the keys that are meant now, newest first. Named ones must all be there; refuses more than one change may have. */
export async function selectedIds(merchant: Merchant, selection: KeySelection, now: Date): Promise<string[]> {
  const named = 'ids' in selection ? [...new Set(selection.ids)] : null
  const where = named
    ? Prisma.sql`k.organization_id = ${merchant.organizationId}::uuid AND k.id = ANY(${named.filter(isId)}::uuid[])`
    : await whereSql(merchant, 'filter' in selection ? selection.filter : {}, now)
  const rows = await prisma.$queryRaw<{ id: string }[]>`SELECT k.id FROM license_keys k
    JOIN key_configurations c ON c.id = k.key_configuration_id JOIN customers u ON u.id = k.customer_id
    WHERE ${where} ORDER BY k.created_at DESC, k.id DESC LIMIT ${BULK_MAX + 1}`
  if (named && rows.length < named.length) throw notFound('license key')
  if (rows.length > BULK_MAX) {
    const most = BULK_MAX.toLocaleString('en')
    throw new Refusal('INVALID_INPUT', `More than ${most} keys match. Narrow the list, and change them part by part.`)
  }
  return rows.map(({ id }) => id)
}
