import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Merchant, PortalCustomer } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import type { JsonObject } from '../base/json.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { keysetOf } from '../database/keyset.ts'
import type { RecordPage } from '../license-keys/schema.ts'
import type { ActivationRecord, ActivationRecordSort } from './schema.ts'

const activationColumns = {
  id: true,
  number: true,
  externalId: true,
  licenseKeyId: true,
  label: true,
  fingerprint: true,
  meta: true,
  validations: true,
  lastValidatedAt: true,
  createdAt: true,
  modifiedAt: true,
  deactivatedAt: true,
} satisfies Prisma.ActivationSelect

const activationRecordOf = (
  row: Prisma.ActivationGetPayload<{ select: typeof activationColumns }>,
): ActivationRecord => ({
  ...row,
  meta: row.meta as JsonObject,
  validations: Number(row.validations),
})

type ActivationFilter = {
  licenseKeyIds?: string[] | undefined
  numbers?: number[] | undefined
  ids?: string[] | undefined
  externalIds?: string[] | undefined
  customerIds?: string[] | undefined
  fingerprint?: string | undefined
  /** True: only those that were deactivated; false: only live ones. */
  deactivated?: boolean | undefined
  /** Also those that were deactivated. */
  all?: boolean
}

const activationWhere = (merchant: Merchant, filter: ActivationFilter): Prisma.ActivationWhereInput => ({
  organizationId: merchant.organizationId,
  ...(!filter.all && { deactivatedAt: filter.deactivated ? { not: null } : null }),
  ...(filter.licenseKeyIds && { licenseKeyId: { in: filter.licenseKeyIds.filter(isId) } }),
  ...(filter.ids && { id: { in: filter.ids.filter(isId) } }),
  ...(filter.numbers && { number: { in: filter.numbers } }),
  ...(filter.externalIds && { externalId: { in: filter.externalIds } }),
  ...(filter.customerIds && { licenseKey: { customerId: { in: filter.customerIds.filter(isId) } } }),
  ...(filter.fingerprint !== undefined && { fingerprint: filter.fingerprint }),
})

/** Activations of the organization in order of creation. */
export async function listActivationRecords(
  merchant: Merchant,
  filter: ActivationFilter,
  { sort = 'createdAt', offset = 0, ...page }: RecordPage<ActivationRecordSort>,
): Promise<ActivationRecord[]> {
  assertMay(merchant, 'keys.read')
  const { beyond, orderBy, take } = keysetOf({ sort, ...page })
  const rows = await prisma.activation.findMany({
    where: {
      ...activationWhere(merchant, filter),
      AND: beyond,
    },
    select: activationColumns,
    orderBy,
    take,
    skip: offset,
  })
  return rows.map(activationRecordOf)
}

/** Live activations of each of these keys, the oldest first and of each key no more than `limit`, by key. */
export async function listActivationsOf(
  merchant: Merchant,
  licenseKeyIds: string[],
  limit: number,
): Promise<Map<string, ActivationRecord[]>> {
  assertMay(merchant, 'keys.read')
  const { organizationId } = merchant
  const found = await prisma.$queryRaw<{ id: string }[]>`SELECT a.id FROM unnest(${licenseKeyIds}::uuid[]) AS k(id),
    LATERAL (SELECT id FROM activations WHERE license_key_id = k.id AND deactivated_at IS NULL
      AND organization_id = ${organizationId}::uuid ORDER BY created_at, id LIMIT ${limit}) a`
  const rows = await prisma.activation.findMany({
    where: { organizationId, id: { in: found.map(({ id }) => id) } },
    select: activationColumns,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return Map.groupBy(rows.map(activationRecordOf), ({ licenseKeyId }) => licenseKeyId)
}

/** How many activations of the organization match. */
export async function countActivationRecords(merchant: Merchant, filter: ActivationFilter): Promise<number> {
  assertMay(merchant, 'keys.read')
  return prisma.activation.count({ where: activationWhere(merchant, filter) })
}

/**
 * One live activation, with `all` also a deactivated one, by its id or a number: the number it came with from elsewhere before one of ours. NOT_FOUND when it is gone or
 * another organization's.
 */
export async function getActivationRecord(
  merchant: Merchant,
  activation: string | number,
  { all = false } = {},
): Promise<ActivationRecord> {
  const filters: ActivationFilter[] =
    typeof activation === 'number'
      ? [
          { numbers: [activation], all },
          { externalIds: [String(activation)], all },
        ]
      : [{ ids: [activation], all }]
  const found = await Promise.all(
    filters.map((filter) => listActivationRecords(merchant, filter, { dir: 'asc', limit: 1 })),
  )
  const record = found.flat().at(-1)
  if (!record) throw notFound('activation')
  return record
}

/** The devices of a customer's own key, when its configuration lets them manage these; otherwise none. */
export async function listOwnActivationRecords(
  { organizationId, customerId }: PortalCustomer,
  licenseKeyId: string,
  limit: number,
): Promise<ActivationRecord[]> {
  const rows = await prisma.activation.findMany({
    where: {
      licenseKeyId,
      deactivatedAt: null,
      licenseKey: { organizationId, customerId, keyConfiguration: { customerMayDeactivate: true } },
    },
    select: activationColumns,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: limit,
  })
  return rows.map(activationRecordOf)
}
