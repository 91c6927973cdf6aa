import '#server-only'
import { randomBytes } from 'node:crypto'
import type { PurchaseStatus, RevokeReason } from '#prisma/enums.ts'
import type { Merchant, Store } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { addCustomers } from '../customers/commands.ts'
import { personDeleted } from '../customers/rules.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { addKeys, lockTemplates, whyNoKeyFrom } from '../license-keys/add.ts'
import { reasonsOfPurchase, withPurchase } from '../license-keys/rules.ts'
import { stateEvents, writeStates } from '../license-keys/status.ts'
import { mergeMetadata, metadataChanges, metadataOf } from '../metadata/rules.ts'
import type { Metadata, MetadataPatch } from '../metadata/schema.ts'
import { mailOfEnd } from './news.ts'
import { decideEnd } from './rules.ts'
import { type CreatePurchase, type EndPurchase, PURCHASE_KEYS_MAX } from './schema.ts'
import { givesBack, lockWithPassed, settlePassed } from './take-over.ts'

// ---------------------------------------------------------------- buy

/** Records a purchase and issues its keys: one of each configuration the product grants, times the quantity. */
export async function createPurchase(
  merchant: Merchant,
  input: CreatePurchase,
  now: Date,
): Promise<{ purchaseId: string; licenseKeyIds: string[] }> {
  assertMay(merchant, 'purchases.write')
  assertMay(merchant, 'keys.write')
  return prisma.$transaction(
    async (tx) => {
      const products = await lockProducts(tx, merchant, [input.productId])
      const product = products.get(input.productId)
      if (!product) throw notFound('product')
      const why = whyNotSold(product)
      if (why) throw why
      const templates = await lockTemplates(tx, merchant, product.keyConfigurationIds)
      for (const template of templates.values()) {
        const why = whyNoKeyFrom(template)
        if (why) throw new Refusal(why.code, `${template.name}: ${why.message}`, 'productId')
      }
      if (templates.size * input.quantity > PURCHASE_KEYS_MAX) {
        throw new Refusal('INVALID_INPUT', `A purchase can issue at most ${PURCHASE_KEYS_MAX} keys.`, 'quantity')
      }
      const customer = await customerOf(tx, merchant, input.customer, now)
      const [purchase] = await addPurchases(tx, merchant, [{ ...input, customer, product }], now)
      if (!purchase?.isNew) throw new Refusal('CONFLICT', 'There is a purchase with this reference.', 'reference')
      const { sendMail } = input
      const keys = [...templates.values()].flatMap((configuration) =>
        Array.from({ length: input.quantity }, () => ({
          configuration,
          customer,
          product,
          purchase,
          note: '',
          sendMail,
        })),
      )
      const made = await addKeys(tx, merchant, keys, now)
      return { purchaseId: purchase.id, licenseKeyIds: made.map(({ licenseKeyId }) => licenseKeyId) }
    },
    { timeout: 30_000 },
  )
}

async function customerOf(tx: Tx, merchant: Merchant, who: CreatePurchase['customer'], now: Date) {
  if ('email' in who) {
    const [customer] = (await addCustomers(tx, merchant, [who], now)).values()
    if (customer) return customer
  } else {
    // Held until what is bought is written, as those by address are.
    const [customer] = await tx.$queryRaw<{ id: string; email: string; isErased: boolean }[]>`
      SELECT id, email, erased_at IS NOT NULL AS "isErased" FROM customers
      WHERE id = ${who.id}::uuid AND organization_id = ${merchant.organizationId}::uuid FOR KEY SHARE`
    if (customer?.isErased) throw personDeleted('customerId')
    if (customer) return customer
  }
  throw notFound('customer')
}

/** A product as it is sold. */
export type SoldProduct = {
  id: string
  name: string
  archivedAt: Date | null
  keyConfigurationIds: string[]
  /** Products whose key goes on with a purchase of this one. */
  takesOver: string[]
}

/** Products by id, held until what is sold is written, so that none is archived meanwhile. Others' are left out. */
export async function lockProducts(
  tx: Tx,
  merchant: Merchant | Store,
  ids: string[],
): Promise<Map<string, SoldProduct>> {
  const { organizationId } = merchant
  const unique = [...new Set(ids)]
  if (unique.length === 0) return new Map()
  await tx.$queryRaw`SELECT 1 FROM products
    WHERE id = ANY(${unique}::uuid[]) AND organization_id = ${organizationId}::uuid ORDER BY id FOR SHARE`
  const rows = await tx.product.findMany({
    where: { id: { in: unique }, organizationId },
    select: {
      ...{ id: true, name: true, archivedAt: true, takesOver: true },
      keyConfigurations: { select: { keyConfigurationId: true } },
    },
  })
  return new Map(
    rows.map(({ keyConfigurations, ...product }) => [
      product.id,
      { ...product, keyConfigurationIds: keyConfigurations.map((link) => link.keyConfigurationId) },
    ]),
  )
}

/** Why a product is not sold, or null. */
export const whyNotSold = (product: { archivedAt: Date | null }): Refusal | null =>
  product.archivedAt ? new Refusal('CONFLICT', 'This product is archived; restore it first.', 'productId') : null

/** A purchase to be recorded, of a customer and a product that are there. */
export type NewPurchase = {
  customer: { id: string }
  product: { id: string; name: string }
  reference: string
  kind?: 'one_time' | 'subscription'
  quantity?: number
  purchasedAt?: Date | null
  metadata?: Metadata | undefined
}

/** A purchase as it is now in the database. */
export type KnownPurchase = {
  id: string
  reference: string
  kind: 'one_time' | 'subscription'
  status: PurchaseStatus
  reasons: RevokeReason[]
  customerId: string
  productId: string
  isNew: boolean
}

/** Records purchases; one whose reference is known, also from earlier in the list, is that one. In the order asked. */
export async function addPurchases(
  tx: Tx,
  merchant: Merchant,
  orders: NewPurchase[],
  now: Date,
): Promise<KnownPurchase[]> {
  if (orders.length === 0) return []
  const { organizationId } = merchant
  const source = merchant.kind === 'api_key' ? ('api' as const) : ('manual' as const)
  const references = orders.map(({ reference }) => reference || `M-${randomBytes(5).toString('hex').toUpperCase()}`)
  const first = new Map<string, NewPurchase>()
  for (const [at, order] of orders.entries()) {
    const reference = references[at] as string
    if (!first.has(reference)) first.set(reference, order)
  }
  const sold = await soldByStores(tx, merchant, first)
  const added = await tx.purchase.createManyAndReturn({
    // In one order, so that two such writes cannot wait for each other in a circle.
    data: [...first]
      .filter(([reference]) => !sold.has(reference))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([reference, { customer, product, kind = 'one_time', quantity = 1, purchasedAt, metadata = {} }]) => ({
        id: newId(now),
        organizationId,
        customerId: customer.id,
        productId: product.id,
        reference,
        kind,
        quantity,
        metadata,
        source,
        purchasedAt: purchasedAt ?? now,
        createdAt: now,
      })),
    skipDuplicates: true,
    select: purchaseColumns,
  })
  await record(
    tx,
    merchant,
    now,
    ...added.map(({ id, reference, customerId, productId }) => ({
      type: 'purchase.created' as const,
      organizationId,
      purchaseId: id,
      customerId,
      productId,
      data: { reference, product: first.get(reference)?.product.name ?? '' },
    })),
  )
  const isNew = new Set(added.map(({ id }) => id))
  const byReference = new Map([...sold, ...added.map((purchase) => [purchase.reference, purchase] as const)])
  const known = [...first.keys()].filter((reference) => !byReference.has(reference))
  if (known.length > 0) {
    // Held until what belongs to them is written, so that none ends meanwhile without it.
    await tx.$queryRaw`SELECT 1 FROM purchases
      WHERE organization_id = ${organizationId}::uuid AND reference = ANY(${known}) ORDER BY id FOR SHARE`
    const rows = await tx.purchase.findMany({
      where: { organizationId, reference: { in: known } },
      select: purchaseColumns,
    })
    for (const purchase of rows) byReference.set(purchase.reference, purchase)
  }
  return references.map((reference) => {
    const purchase = byReference.get(reference)
    if (!purchase) throw new Error('A purchase was neither written nor there.')
    return { ...purchase, isNew: isNew.has(purchase.id) }
  })
}

/** What a connected store has sold under these numbers, held like any other. Of several lines of an order the one of that product is meant. */
async function soldByStores(tx: Tx, { organizationId }: Merchant, orders: ReadonlyMap<string, NewPurchase>) {
  const references = [...orders.keys()]
  await tx.$queryRaw`SELECT 1 FROM purchases WHERE organization_id = ${organizationId}::uuid
    AND reference = ANY(${references}) AND store IS NOT NULL ORDER BY id FOR SHARE`
  const rows = await tx.purchase.findMany({
    where: { organizationId, reference: { in: references }, store: { not: null } },
    select: purchaseColumns,
    orderBy: { id: 'asc' },
  })
  return new Map(
    [...Map.groupBy(rows, ({ reference }) => reference)].flatMap(([reference, lines]) => {
      const meant = lines.find(({ productId }) => productId === orders.get(reference)?.product.id) ?? lines[0]
      return meant ? [[reference, meant] as const] : []
    }),
  )
}

const purchaseColumns = {
  id: true,
  reference: true,
  kind: true,
  status: true,
  reasons: true,
  customerId: true,
  productId: true,
} as const

// ---------------------------------------------------------------- change

/** Changes what the merchant keeps beside a purchase; what is left out stays. */
export async function updatePurchase(
  merchant: Merchant,
  { purchaseId, metadata: patch }: { purchaseId: string; metadata?: MetadataPatch | undefined },
  now: Date,
): Promise<void> {
  assertMay(merchant, 'purchases.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM purchases WHERE id = ${purchaseId}::uuid AND organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
    const before = await tx.purchase.findFirst({
      where: { id: purchaseId, organizationId },
      select: { metadata: true, reference: true, customerId: true, productId: true },
    })
    if (!before) throw notFound('purchase')
    const metadata = mergeMetadata(metadataOf(before.metadata), patch)
    const changes = metadataChanges(metadataOf(before.metadata), metadata)
    if (changes.length === 0) return
    await tx.purchase.update({ where: { id: purchaseId }, data: { metadata } })
    const { reference, customerId, productId } = before
    const about = { organizationId, purchaseId, customerId, productId, data: { reference, changes } }
    await record(tx, merchant, now, { type: 'purchase.updated', ...about })
  })
}

// ---------------------------------------------------------------- end

/** The money went back: the purchase and its keys end. Repeating it is not an error. */
export const refundPurchase = (merchant: Merchant, input: EndPurchase, now: Date) =>
  endPurchase(merchant, input, 'refunded', now)

/** The order or subscription ended: its keys end with it. Repeating it is not an error. */
export const cancelPurchase = (merchant: Merchant, input: EndPurchase, now: Date) =>
  endPurchase(merchant, input, 'canceled', now)

async function endPurchase(
  merchant: Merchant,
  { purchaseId, reason, tell }: EndPurchase,
  to: 'refunded' | 'canceled',
  now: Date,
): Promise<{ revoked: number; held: number }> {
  assertMay(merchant, 'purchases.write')
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    await lockWithPassed(tx, organizationId, purchaseId)
    const purchase = await tx.purchase.findFirst({
      where: { id: purchaseId, organizationId },
      select: {
        ...{ status: true, reasons: true, store: true, reference: true, customerId: true, productId: true },
        ...{ kind: true, isTest: true, customer: { select: { email: true } } },
      },
    })
    if (!purchase) throw notFound('purchase')
    const decision = decideEnd(purchase.status, to)
    if ('why' in decision) throw new Refusal('CONFLICT', decision.why)
    // What a store says against it stays said.
    const reasons = [...new Set([...reasonsOfPurchase[to], ...(purchase.store ? purchase.reasons : [])])]
    if (decision.do === 'end')
      await tx.purchase.update({
        where: { id: purchaseId },
        data: {
          ...{ status: to, reasons, endedByHand: to },
          // One that no store speaks of has no day to wait for any more.
          ...(purchase.store
            ? { state: to === 'refunded' ? 'refunded' : 'ended' }
            : { state: null, endsAt: null, changesAt: null }),
        },
      })
    // Nobody is told that a key no longer works which goes back to an earlier purchase.
    const goesBack = await givesBack(tx, organizationId, purchaseId)
    await settlePassed(tx, merchant, { id: purchaseId, reference: purchase.reference }, now)
    // Also when it has ended before: whatever was done to its keys meanwhile, they end.
    const keys = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM license_keys WHERE purchase_id = ${purchaseId}::uuid AND organization_id = ${organizationId}::uuid
      ORDER BY key_hash FOR UPDATE`
    const rows = await tx.licenseKey.findMany({
      where: { id: { in: keys.map(({ id }) => id) } },
      select: { id: true, customerId: true, status: true, revokedFor: true, held: true, switchedOff: true },
    })
    const states = rows.map(({ id, customerId, ...before }) => ({
      ...{ id, customerId, before, after: withPurchase(before, reasons) },
    }))
    const due = await writeStates(tx, states, now)
    const { reference, customerId, productId, kind, customer } = purchase
    const isToldOf = tell && !purchase.isTest && !goesBack && states.some(({ after }) => after.status === 'revoked')
    const why = reason || (to === 'refunded' ? `Purchase ${reference} refunded` : `Purchase ${reference} canceled`)
    const ended = {
      ...{ organizationId, purchaseId, customerId, productId, type: `purchase.${to}` as const },
      data: { reference, reason: reason || null, held: rows.filter(({ held }) => held).length },
      ...(isToldOf && { mails: [mailOfEnd({ id: purchaseId, kind, email: customer.email }, to)] }),
    }
    const events = due.flatMap((change) =>
      stateEvents(change, why).map((event) => ({
        ...event,
        organizationId,
        purchaseId,
        customerId: change.customerId,
        licenseKeyId: change.id,
      })),
    )
    await record(tx, merchant, now, ...(decision.do === 'end' ? [ended] : []), ...events)
    const revoked = due.filter(({ before, after }) => before.status !== 'revoked' && after.status === 'revoked')
    return { revoked: revoked.length, held: rows.filter(({ held }) => held).length }
  })
}
