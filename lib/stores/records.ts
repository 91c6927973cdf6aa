import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { DeliveryState, ReconciliationState } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { type Keyset, keysetOf } from '../database/keyset.ts'
import { openDelivery } from './intake.ts'
import type { MendedPurchase } from './plain.ts'

// Lists of what stores sent and what was read from them, for programs. Every one begins at the organization of the connection.

const among = <T>(values: T[] | undefined) => (values ? { in: values } : undefined)
const one = { dir: 'asc', limit: 1 } as const

// ---------------------------------------------------------------- connections

export type StoreRecordSort = 'createdAt'

/** The ids of connections, in order: what each is, `getStore` says. */
export async function listStoreIds(
  merchant: Merchant,
  filter: { stores?: string[] | undefined },
  page: Keyset<StoreRecordSort>,
): Promise<{ id: string; createdAt: Date }[]> {
  assertMay(merchant, 'stores.read')
  const { beyond, orderBy, take } = keysetOf(page)
  return prisma.storeConnection.findMany({
    where: { organizationId: merchant.organizationId, store: among(filter.stores), AND: beyond },
    select: { id: true, createdAt: true },
    orderBy,
    take,
  })
}

// ---------------------------------------------------------------- deliveries

const deliveryColumns = {
  ...{ id: true, connectionId: true, key: true, type: true, state: true, outcome: true, attempts: true, dueAt: true },
  ...{ occurredAt: true, receivedAt: true, handledAt: true },
} satisfies Prisma.StoreDeliverySelect

/** What a store sent, without its body. */
export type DeliveryRecord = Prisma.StoreDeliveryGetPayload<{ select: typeof deliveryColumns }>
export type DeliveryRecordSort = 'receivedAt'

export type DeliveryRecordFilter = {
  ids?: string[] | undefined
  connectionIds?: string[] | undefined
  types?: string[] | undefined
  states?: DeliveryState[] | undefined
  from?: Date | undefined
  before?: Date | undefined
}

/** What the stores of the organization sent, as long as it is kept. */
export async function listDeliveryRecords(
  merchant: Merchant,
  filter: DeliveryRecordFilter,
  page: Keyset<DeliveryRecordSort>,
): Promise<DeliveryRecord[]> {
  assertMay(merchant, 'stores.read')
  const { beyond, orderBy, take } = keysetOf(page)
  return prisma.storeDelivery.findMany({
    where: {
      connection: { organizationId: merchant.organizationId },
      id: among(filter.ids),
      connectionId: among(filter.connectionIds),
      type: among(filter.types),
      state: among(filter.states),
      ...((filter.from || filter.before) && { receivedAt: { gte: filter.from, lt: filter.before } }),
      AND: beyond,
    },
    select: deliveryColumns,
    orderBy,
    take,
  })
}

/** One delivery with its body as it came. NOT_FOUND for another organization's. */
export async function getDeliveryRecord(merchant: Merchant, id: string): Promise<DeliveryRecord & { body: string }> {
  const [delivery] = await listDeliveryRecords(merchant, { ids: [id].filter(isId) }, { sort: 'receivedAt', ...one })
  if (!delivery) throw notFound('delivery')
  const { content } = await prisma.storeDelivery.findUniqueOrThrow({ where: { id }, select: { content: true } })
  return { ...delivery, body: openDelivery(content, delivery.receivedAt).body.toString('utf8') }
}

// ---------------------------------------------------------------- reconciliations

const reconciliationColumns = {
  ...{ id: true, connectionId: true, state: true, askedBy: true, since: true, read: true, mended: true },
  ...{ waiting: true, report: true, problem: true, createdAt: true, endedAt: true },
} satisfies Prisma.StoreReconciliationSelect

/** One reading of a store's API: how far it came, and what it mended. */
export type ReconciliationRecord = {
  id: string
  connectionId: string
  state: ReconciliationState
  /** Who asked for it; null: it was due. */
  askedBy: string | null
  since: Date
  /** Orders and subscriptions that the store listed; of them those that were mended, those that wait, and the rest. */
  read: number
  mended: number
  waiting: number
  unchanged: number
  /** The first of those that were mended. */
  report: MendedPurchase[]
  problem: string | null
  createdAt: Date
  endedAt: Date | null
}
export type ReconciliationRecordSort = 'createdAt'

/** What was read from the stores of the organization; the last reports are kept. */
export async function listReconciliationRecords(
  merchant: Merchant,
  filter: { ids?: string[] | undefined; connectionIds?: string[] | undefined },
  page: Keyset<ReconciliationRecordSort>,
): Promise<ReconciliationRecord[]> {
  assertMay(merchant, 'stores.read')
  const { beyond, orderBy, take } = keysetOf(page)
  const rows = await prisma.storeReconciliation.findMany({
    where: {
      connection: { organizationId: merchant.organizationId },
      id: among(filter.ids),
      connectionId: among(filter.connectionIds),
      AND: beyond,
    },
    select: reconciliationColumns,
    orderBy,
    take,
  })
  return rows.map((row) => ({
    ...row,
    report: row.report as MendedPurchase[],
    unchanged: Math.max(0, row.read - row.mended - row.waiting),
  }))
}

/** One of them. NOT_FOUND for another organization's. */
export async function getReconciliationRecord(merchant: Merchant, id: string): Promise<ReconciliationRecord> {
  const page = { sort: 'createdAt', ...one } as const
  const [found] = await listReconciliationRecords(merchant, { ids: [id].filter(isId) }, page)
  if (!found) throw notFound('reconciliation')
  return found
}
