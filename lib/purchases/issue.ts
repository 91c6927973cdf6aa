import '#server-only'
import type { PurchaseStatus } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { addCustomers, type Buyer } from '../customers/commands.ts'
import { isErasedAddress, personDeleted } from '../customers/rules.ts'
import { prisma, type Tx } from '../database/client.ts'
import { addKeys, type KeyTemplate, lockTemplates, whyNoKeyFrom } from '../license-keys/add.ts'
import type { IssueLicenseKey, KeyChanges } from '../license-keys/schema.ts'
import { addPurchases, type KnownPurchase, lockProducts, type SoldProduct, whyNotSold } from './commands.ts'

/** A key that is asked for: from which configuration, for whom, for what. */
export type IssueOrder = {
  keyConfigurationId: string
  productId: string | null
  /** A customer there is, or one by address who is added when new. */
  customer: { id: string } | Buyer
  /** Order number of the purchase this key belongs to; without one a number is made. */
  reference: string
  /** Add the key to the purchase with that number when there is one; otherwise one that is known is refused. */
  addToPurchase: boolean
  note: string
  sendMail: boolean
  /** What differs from the configuration. */
  changes?: KeyChanges | undefined
}

/** What came of one order. */
export type Issued = { licenseKeyId: string; keyString: string } | { refusal: Refusal }

/**
 * Issues keys to customers, who are added when new; with a product a key belongs to a purchase. Each order is issued or refused by
 * itself, with as many statements for a thousand as for one.
 */
export async function issueLicenseKeys(merchant: Merchant, orders: IssueOrder[], now: Date): Promise<Issued[]> {
  assertMay(merchant, 'keys.write')
  return prisma.$transaction(
    async (tx) => {
      const templates = await lockTemplates(
        tx,
        merchant,
        orders.map((order) => order.keyConfigurationId),
      )
      const products = await lockProducts(
        tx,
        merchant,
        orders.flatMap(({ productId }) => productId ?? []),
      )
      const buyers = await knownBuyers(tx, merchant, orders)
      const answers = orders.map((order): Issued | null => {
        const refusal = whyNotIssued(order, templates, products, buyers)
        return refusal && { refusal }
      })
      const open = () => orders.flatMap((order, at) => (answers[at] ? [] : [{ order, at }]))

      const added = await addCustomers(
        tx,
        merchant,
        open().flatMap(({ order: { customer } }) => ('email' in customer ? [customer] : [])),
        now,
      )
      const customerOf = ({ customer }: IssueOrder) =>
        ('email' in customer ? added.get(customer.email) : buyers.byId.get(customer.id)) as KnownBuyer

      const sold = open().filter(({ order }) => order.productId !== null)
      const purchases = await addPurchases(
        tx,
        merchant,
        sold.map(({ order }) => ({
          customer: customerOf(order),
          product: products.get(order.productId as string) as SoldProduct,
          reference: order.reference,
        })),
        now,
      )
      const purchaseOf = new Map(sold.map(({ at }, index) => [at, purchases[index] as KnownPurchase]))
      // Of two orders with one number, in this list or at the same moment elsewhere, the first says whose it is.
      const firstOf = new Set<string>()
      for (const { order, at } of sold) {
        const purchase = purchaseOf.get(at) as KnownPurchase
        const isFirst = purchase.isNew && !firstOf.has(purchase.id)
        firstOf.add(purchase.id)
        if (purchase.customerId !== customerOf(order).id || purchase.productId !== order.productId)
          answers[at] = { refusal: referenceTaken() }
        else if (!isFirst && !order.addToPurchase) answers[at] = { refusal: referenceKnown() }
        else if (purchase.status !== 'active') answers[at] = { refusal: purchaseEnded(purchase) }
      }

      const due = open()
      const made = await addKeys(
        tx,
        merchant,
        due.map(({ order, at }) => ({
          ...order,
          configuration: templates.get(order.keyConfigurationId) as KeyTemplate,
          customer: customerOf(order),
          product: products.get(order.productId ?? '') ?? null,
          purchase: purchaseOf.get(at) ?? null,
        })),
        now,
      )
      for (const [index, { at }] of due.entries()) answers[at] = made[index] as Issued
      return answers as Issued[]
    },
    { timeout: 30_000 },
  )
}

const referenceTaken = () =>
  new Refusal('CONFLICT', 'This order number belongs to another customer or product.', 'reference')

const referenceKnown = () =>
  new Refusal('CONFLICT', 'There is a purchase with this reference. To give it another key, add to it.', 'reference')

const purchaseEnded = ({ status }: Pick<KnownPurchase, 'status'>) =>
  new Refusal(
    'CONFLICT',
    `This order is ${status === 'refunded' ? 'refunded' : 'canceled'}: a key of it would be revoked at once.`,
    'reference',
  )

type KnownBuyer = { id: string; email: string }

type KnownBuyers = {
  byId: Map<string, KnownBuyer & { isErased: boolean }>
  /** Whose and for what each order number is that is known already. */
  byReference: Map<string, { productId: string; status: PurchaseStatus; customer: KnownBuyer }>
}

async function knownBuyers(tx: Tx, { organizationId }: Merchant, orders: IssueOrder[]): Promise<KnownBuyers> {
  const ids = orders.flatMap(({ customer }) => ('id' in customer ? [customer.id] : []))
  const references = orders.flatMap(({ reference }) => reference || [])
  // Held until what is bought is written, as those by address are.
  const customers = ids.length
    ? await tx.$queryRaw<(KnownBuyer & { isErased: boolean })[]>`
        SELECT id, email, erased_at IS NOT NULL AS "isErased" FROM customers
        WHERE id = ANY(${ids}::uuid[]) AND organization_id = ${organizationId}::uuid ORDER BY id FOR KEY SHARE`
    : []
  const purchases = references.length
    ? await tx.purchase.findMany({
        where: { organizationId, reference: { in: references } },
        select: { reference: true, productId: true, status: true, customer: { select: { id: true, email: true } } },
      })
    : []
  return {
    byId: new Map(customers.map((customer) => [customer.id, customer])),
    // Of several lines of one order the one of that product is meant.
    byReference: new Map(
      [...Map.groupBy(purchases, ({ reference }) => reference)].map(([reference, lines]) => {
        const product = orders.find((order) => order.reference === reference)?.productId
        return [
          reference,
          (lines.find(({ productId }) => productId === product) ?? lines[0]) as (typeof purchases)[number],
        ]
      }),
    ),
  }
}

function whyNotIssued(
  { keyConfigurationId, productId, reference, customer, addToPurchase }: IssueOrder,
  templates: Map<string, KeyTemplate>,
  products: Map<string, SoldProduct>,
  buyers: KnownBuyers,
): Refusal | null {
  const configuration = templates.get(keyConfigurationId)
  if (!configuration) return notFound('key configuration')
  const product = products.get(productId ?? '')
  if (productId !== null && !product) return notFound('product')
  const why = whyNoKeyFrom(configuration) ?? (product ? whyNotSold(product) : null)
  if (why) return why
  if (reference && !product) return new Refusal('CONFLICT', 'Choose the product this order is for.', 'productId')
  if ('id' in customer && !buyers.byId.has(customer.id)) return notFound('customer')
  if ('id' in customer ? buyers.byId.get(customer.id)?.isErased : isErasedAddress(customer.email))
    return personDeleted('id' in customer ? 'customerId' : 'customerEmail')
  const known = buyers.byReference.get(reference)
  const isTheirs =
    known && ('id' in customer ? known.customer.id === customer.id : known.customer.email === customer.email)
  if (!known) return null
  if (!isTheirs || known.productId !== productId) return referenceTaken()
  if (!addToPurchase) return referenceKnown()
  return known.status === 'active' ? null : purchaseEnded(known)
}

/** Issues one key as a form asks for it. */
export async function issueLicenseKey(
  merchant: Merchant,
  { customerEmail, customerName, ...order }: IssueLicenseKey,
  now: Date,
): Promise<{ licenseKeyId: string; keyString: string }> {
  const customer = { email: customerEmail, name: customerName }
  const [issued] = await issueLicenseKeys(merchant, [{ ...order, customer }], now)
  if (!issued) throw new Error('An order was not answered.')
  if ('refusal' in issued) throw issued.refusal
  return issued
}
