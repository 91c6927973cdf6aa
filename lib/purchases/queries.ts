import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import { mayCustomerDeactivate, mayCustomerRename } from '../activations/rules.ts'
import type { Customer, Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { spellingsOf } from '../base/text.ts'
import { prisma } from '../database/client.ts'
import { prismaSelect } from '../database/columns.ts'
import { type Keyset, keysetOf } from '../database/keyset.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { openKeyString } from '../key-strings/string.ts'
import { shownStatus } from '../license-keys/look.ts'
import { configurationColumns } from '../license-keys/queries.ts'
import { factsOf, keyTable } from '../license-keys/row.ts'
import { usageNow, usageResetsAt } from '../license-keys/rules.ts'
import { withMetadata } from '../metadata/queries.ts'
import type { Metadata } from '../metadata/schema.ts'
import { purchaseForCustomer, shownPurchase } from './look.ts'

// ---------------------------------------------------------------- for customers

// Every query here begins at the customer's verified address: whatever is not theirs is not found.
const owned = (customer: Customer) => ({ customer: { email: { in: spellingsOf(customer.email) } } })

const keyColumns = {
  ...prismaSelect(keyTable),
  purchaseId: true,
  prefix: true,
  keyConfiguration: { select: configurationColumns },
  product: { select: { name: true } },
  organization: { select: { name: true, supportEmail: true, websiteUrl: true, timeZone: true } },
  _count: { select: { activations: { where: { deactivatedAt: null } } } },
} satisfies Prisma.LicenseKeySelect

/** Where a purchase stands (look.ts). */
const standingColumns = {
  ...{ kind: true, state: true, status: true, endedByHand: true, paidThrough: true, endsAt: true, graceUntil: true },
} satisfies Prisma.PurchaseSelect

type KeyRow = Prisma.LicenseKeyGetPayload<{ select: typeof keyColumns }>

function toPurchasedKey(row: KeyRow, now: Date) {
  const facts = factsOf(row, row.keyConfiguration)
  const { limits } = facts
  return {
    id: row.id,
    name: row.product?.name ?? row.keyConfiguration.name,
    configuration: row.keyConfiguration.name,
    organization: row.organization,
    masked: maskedKey(row),
    status: shownStatus(facts, now),
    expiresAt: row.expiresAt,
    devices: { mode: limits.activations.mode, used: row._count.activations, limit: limits.activations.limit },
    usage: {
      used: usageNow(facts, now),
      limit: limits.usage.limit,
      reset: limits.usage.reset,
      resetsAt: usageResetsAt(limits.usage.reset, now),
    },
    newDevicesBlocked: row.newDevicesBlocked,
    createdAt: row.createdAt,
  }
}

/** A key as its owner's list shows it. */
export type PurchasedKey = ReturnType<typeof toPurchasedKey>

/** Something that was bought, or given by hand when `reference` is null, and its keys. */
export type PurchaseSummary = {
  id: string
  product: string
  organization: { name: string; supportEmail: string | null; websiteUrl: string | null }
  reference: string | null
  /** Where it stands, when that is worth a word. */
  standing: ReturnType<typeof purchaseForCustomer>
  at: Date
  keys: PurchasedKey[]
}

/** The strings of all keys of a purchase, as its owner may see each of them. In the order of their list. NOT_FOUND for anybody else's. */
export async function getPurchasedStrings(customer: Customer, purchaseId: string): Promise<string[]> {
  const keys = isId(purchaseId)
    ? await prisma.licenseKey.findMany({
        where: { ...owned(customer), purchaseId },
        select: { keyCipher: true },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      })
    : []
  if (keys.length === 0) throw notFound('purchase')
  return keys.map(({ keyCipher }) => openKeyString(keyCipher))
}

/** All the customer's purchases in every organization, newest first; a key that belongs to none stands as one of its own. */
export async function listPurchases(customer: Customer, now: Date): Promise<PurchaseSummary[]> {
  const [purchases, keys] = await Promise.all([
    prisma.purchase.findMany({
      where: owned(customer),
      select: {
        id: true,
        reference: true,
        purchasedAt: true,
        ...standingColumns,
        product: { select: { name: true } },
        organization: { select: { name: true, supportEmail: true, websiteUrl: true, timeZone: true } },
      },
    }),
    prisma.licenseKey.findMany({
      where: owned(customer),
      select: keyColumns,
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    }),
  ])
  const known = new Set(purchases.map((purchase) => purchase.id))
  const keysOf = Map.groupBy(keys, (key) => (key.purchaseId && known.has(key.purchaseId) ? key.purchaseId : key.id))
  const show = (id: string) => (keysOf.get(id) ?? []).map((row) => toPurchasedKey(row, now))
  const bought = purchases.map(
    ({ id, reference, purchasedAt, product, organization, ...said }): PurchaseSummary => ({
      id,
      product: product.name,
      organization,
      reference,
      standing: purchaseForCustomer(shownPurchase(said), said, organization.timeZone),
      at: purchasedAt,
      keys: show(id),
    }),
  )
  const given = keys
    .filter((key) => !key.purchaseId || !known.has(key.purchaseId))
    .map(
      (key): PurchaseSummary => ({
        id: key.id,
        product: key.product?.name ?? key.keyConfiguration.name,
        organization: key.organization,
        reference: null,
        standing: null,
        at: key.createdAt,
        keys: show(key.id),
      }),
    )
  return [...bought, ...given].sort((a, b) => b.at.getTime() - a.at.getTime())
}

// Whoever was handed a key is not shown what somebody else paid.
function paidBy<P>({ email }: Customer, { customer: payer, ...purchase }: P & { customer: { email: string } }) {
  return spellingsOf(email).includes(payer.email) ? purchase : null
}

/** One key of the customer with its string, devices and rights. NOT_FOUND when it is somebody else's. */
export async function getPurchasedKey(customer: Customer, licenseKeyId: string, now: Date) {
  if (!isId(licenseKeyId)) throw notFound('license key')
  const row = await prisma.licenseKey.findFirst({
    where: { id: licenseKeyId, ...owned(customer) },
    select: {
      ...keyColumns,
      keyCipher: true,
      purchase: {
        select: { reference: true, purchasedAt: true, ...standingColumns, customer: { select: { email: true } } },
      },
      keyConfiguration: {
        select: {
          ...configurationColumns,
          instructions: true,
          customerMayDeactivate: true,
          customerMayRename: true,
        },
      },
      activations: {
        where: { deactivatedAt: null },
        select: { id: true, label: true, meta: true, lastValidatedAt: true, createdAt: true },
        orderBy: { createdAt: 'asc' },
      },
    },
  })
  if (!row) throw notFound('license key')
  const { keyConfiguration } = row
  const purchase = row.purchase && paidBy(customer, row.purchase)
  return {
    ...toPurchasedKey(row, now),
    keyString: openKeyString(row.keyCipher),
    instructions: keyConfiguration.instructions,
    version: keyConfiguration.version,
    entitlements: keyConfiguration.entitlements,
    purchase,
    /** Where it stands, when that is worth a word. */
    standing: purchase && purchaseForCustomer(shownPurchase(purchase), purchase, row.organization.timeZone),
    activations: row.activations.map((activation) => ({
      ...activation,
      meta: activation.meta as Record<string, unknown>,
    })),
    /** Why the owner may not deactivate or rename devices, or null. */
    mayNotDeactivate: mayCustomerDeactivate(keyConfiguration),
    mayNotRename: mayCustomerRename(keyConfiguration),
  }
}
export type PurchasedKeyDetail = Awaited<ReturnType<typeof getPurchasedKey>>

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
  storeLine: { select: { connectionId: true } },
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
export type PurchaseRecord = Prisma.PurchaseGetPayload<{ select: typeof recordColumns }>

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
  return prisma.purchase.findMany({
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
