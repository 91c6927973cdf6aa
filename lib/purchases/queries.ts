import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { type Keyset, keysetOf } from '../database/keyset.ts'
import { withMetadata } from '../metadata/queries.ts'
import type { Metadata } from '../metadata/schema.ts'
import type { Amounts } from './amounts.ts'
import { amountsOfLines, lineAt } from './money.ts'

// ---------------------------------------------------------------- for programs

const recordColumns = {
  id: true,
  reference: true,
  kind: true,
  source: true,
  status: true,
  state: true,
  reasons: true,
  endedByHand: true,
  store: true,
  isTest: true,
  storeLine: { select: { connectionId: true, ref: true, line: true } },
  paidThrough: true,
  endsAt: true,
  graceUntil: true,
  quantity: true,
  metadata: true,
  purchasedAt: true,
  createdAt: true,
  customer: { select: { id: true, email: true, name: true } },
  product: { select: { id: true, name: true } },
  licenseKeys: { select: { id: true }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
} satisfies Prisma.PurchaseSelect

/** A purchase as programs of the organization see it, with the ids of its keys. */
export type PurchaseRecord = Prisma.PurchaseGetPayload<{ select: typeof recordColumns }> & {
  /** What was paid and refunded, by currency; none where no store says it. */
  amounts: Amounts[]
}

export type PurchaseRecordSort = 'createdAt' | 'purchasedAt'

/** Which purchases a program asks for; every part narrows. */
export type PurchaseRecordFilter = {
  ids?: string[] | undefined
  customerIds?: string[] | undefined
  productIds?: string[] | undefined
  references?: string[] | undefined
  kinds?: PurchaseRecord['kind'][] | undefined
  statuses?: PurchaseRecord['status'][] | undefined
  sources?: PurchaseRecord['source'][] | undefined
  purchasedFrom?: Date | undefined
  purchasedBefore?: Date | undefined
  metadata?: Metadata | undefined
}

/** Purchases of the organization. */
export async function listPurchaseRecords(
  merchant: Merchant,
  filter: PurchaseRecordFilter,
  page: Keyset<PurchaseRecordSort>,
): Promise<PurchaseRecord[]> {
  assertMay(merchant, 'purchases.read')
  const { beyond, orderBy, take } = keysetOf(page)
  const rows = await prisma.purchase.findMany({
    where: {
      organizationId: merchant.organizationId,
      ...(filter.ids && { id: { in: filter.ids } }),
      ...(filter.customerIds && { customerId: { in: filter.customerIds } }),
      ...(filter.productIds && { productId: { in: filter.productIds } }),
      ...(filter.references && { reference: { in: filter.references } }),
      ...(filter.kinds && { kind: { in: filter.kinds } }),
      ...(filter.statuses && { status: { in: filter.statuses } }),
      ...(filter.sources && { source: { in: filter.sources } }),
      ...((filter.purchasedFrom || filter.purchasedBefore) && {
        purchasedAt: { gte: filter.purchasedFrom, lt: filter.purchasedBefore },
      }),
      AND: [...withMetadata(filter.metadata), ...[beyond].flat()],
    },
    select: recordColumns,
    orderBy,
    take,
  })
  const amounts = await amountsOfLines(rows.flatMap(({ storeLine }) => storeLine ?? []))
  return rows.map((row) => ({ ...row, amounts: (row.storeLine && amounts.get(lineAt(row.storeLine))) ?? [] }))
}

/** One purchase. NOT_FOUND for another organization's. */
export async function getPurchaseRecord(merchant: Merchant, purchaseId: string): Promise<PurchaseRecord> {
  const [purchase] = await listPurchaseRecords(
    merchant,
    { ids: [purchaseId].filter(isId) },
    { sort: 'createdAt', dir: 'asc', limit: 1 },
  )
  if (!purchase) throw notFound('purchase')
  return purchase
}
