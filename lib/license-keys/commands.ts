import '#server-only'
import type { PurchaseStatus } from '#prisma/enums.ts'
import type { Customer, Merchant } from '../actor.ts'
import { addCustomers, type Buyer } from '../customers/commands.ts'
import { prisma, type Tx } from '../db.ts'
import { type EditPart, mergeEdit, type Opened } from '../edits.ts'
import { notFound, Refusal } from '../errors.ts'
import { carryOut, record } from '../history/commands.ts'
import { queueMail } from '../mail/commands.ts'
import { assertMay } from '../organizations/rules.ts'
import { addPurchases, type KnownPurchase, lockProducts, type SoldProduct, whyNotSold } from '../purchases/commands.ts'
import { tidyLabel } from '../text/schema.ts'
import { addKeys, type KeyTemplate, lockTemplates, whyNoKeyFrom } from './add-keys.ts'
import { openKeyString } from './key-string.ts'
import { decideDeactivation, mayCustomerDeactivate, mayCustomerRename } from './rules.ts'
import type { IssueLicenseKey, KeyChanges } from './schema.ts'

// ---------------------------------------------------------------- issue

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
    `This order is ${status === 'refunded' ? 'refunded' : 'cancelled'}: a key of it would be revoked at once.`,
    'reference',
  )

type KnownBuyer = { id: string; email: string }
type KnownBuyers = {
  byId: Map<string, KnownBuyer>
  /** Whose and for what each order number is that is known already. */
  byReference: Map<string, { productId: string; status: PurchaseStatus; customer: KnownBuyer }>
}

async function knownBuyers(tx: Tx, { organizationId }: Merchant, orders: IssueOrder[]): Promise<KnownBuyers> {
  const ids = orders.flatMap(({ customer }) => ('id' in customer ? [customer.id] : []))
  const references = orders.flatMap(({ reference }) => reference || [])
  const customers = ids.length
    ? await tx.customer.findMany({ where: { organizationId, id: { in: ids } }, select: { id: true, email: true } })
    : []
  const purchases = references.length
    ? await tx.purchase.findMany({
        where: { organizationId, reference: { in: references } },
        select: { reference: true, productId: true, status: true, customer: { select: { id: true, email: true } } },
      })
    : []
  return {
    byId: new Map(customers.map((customer) => [customer.id, customer])),
    byReference: new Map(purchases.map((purchase) => [purchase.reference, purchase])),
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

// ---------------------------------------------------------------- the string

/** The key string, for a member who may see it. Recorded. */
export async function revealLicenseKey(merchant: Merchant, licenseKeyId: string, now: Date): Promise<string> {
  assertMay(merchant, 'keys.reveal')
  return prisma.$transaction(async (tx) => {
    const key = await tx.licenseKey.findFirst({
      where: { id: licenseKeyId, organizationId: merchant.organizationId },
      select: { keyCipher: true, organizationId: true, customerId: true },
    })
    if (!key) throw notFound('license key')
    const { keyCipher, ...about } = key
    await record(tx, merchant, now, { type: 'license_key.revealed', licenseKeyId, ...about })
    return openKeyString(keyCipher)
  })
}

// ---------------------------------------------------------------- mail

const MAILS_PER_HOUR = 3

async function mailKey(
  tx: Tx,
  key: { id: string; organizationId: string; customer: { id: string; email: string } },
  now: Date,
): Promise<void> {
  await queueMail(tx, now, {
    template: 'license-key',
    to: key.customer.email,
    organizationId: key.organizationId,
    licenseKeyId: key.id,
    payload: { licenseKeyId: key.id },
  })
}

/** Mails the key to its customer again. A customer may ask three times an hour. */
export async function resendKeyMail(
  actor: Merchant | Customer,
  licenseKeyId: string,
  now: Date,
): Promise<{ to: string }> {
  if (actor.kind !== 'customer') assertMay(actor, 'keys.write')
  return prisma.$transaction(async (tx) => {
    await lockKey(tx, licenseKeyId)
    const key = await tx.licenseKey.findFirst({
      where: { id: licenseKeyId, ...ownedBy(actor) },
      select: { id: true, organizationId: true, status: true, customer: { select: { id: true, email: true } } },
    })
    if (!key) throw notFound('license key')
    if (actor.kind === 'customer') {
      const since = new Date(now.getTime() - 3_600_000)
      const recent = await tx.mail.count({ where: { licenseKeyId, createdAt: { gte: since } } })
      if (recent >= MAILS_PER_HOUR) {
        throw new Refusal(
          'RATE_LIMITED',
          `This key was mailed ${recent} times within the hour. Look in your spam folder, or try later.`,
        )
      }
    }
    await mailKey(tx, key, now)
    await carryOut(tx, actor)
    return { to: key.customer.email }
  })
}

// ---------------------------------------------------------------- activations, for people

/** Frees a device's slot. A device that is already gone is a success; a customer needs the configuration's leave. */
export async function deactivateActivation(
  actor: Merchant | Customer,
  activationId: string,
  now: Date,
): Promise<{ label: string }> {
  if (actor.kind !== 'customer') assertMay(actor, 'keys.write')
  return prisma.$transaction(async (tx) => {
    const activation = await lockActivation(tx, actor, activationId)
    if (actor.kind === 'customer') refuseUnlessAllowed(mayCustomerDeactivate(activation.licenseKey.keyConfiguration))
    if (decideDeactivation(activation).do === 'remove') {
      await tx.activation.update({ where: { id: activationId }, data: { deactivatedAt: now } })
      await record(tx, actor, now, aboutActivation('activation.deactivated', activation, { label: activation.label }))
    }
    return { label: activation.label }
  })
}

/** Gives a device another name. `opened` is what the form showed when it was opened. */
export async function renameActivation(
  actor: Merchant | Customer,
  input: { activationId: string; label: string },
  now: Date,
  opened: Opened | null = null,
): Promise<void> {
  if (actor.kind !== 'customer') assertMay(actor, 'keys.write')
  await prisma.$transaction(async (tx) => {
    const activation = await lockActivation(tx, actor, input.activationId)
    if (actor.kind === 'customer') refuseUnlessAllowed(mayCustomerRename(activation.licenseKey.keyConfiguration))
    if (activation.deactivatedAt) throw notFound('device')
    const label = tidyLabel(input.label)
    if (opened) mergeEdit(deviceParts, opened, { label }, { label: activation.label })
    if (activation.label === label || opened?.label === label) return
    await tx.activation.update({ where: { id: input.activationId }, data: { label, modifiedAt: now } })
    const data = { label, from: activation.label }
    await record(tx, actor, now, aboutActivation('activation.renamed', activation, data))
  })
}

const deviceParts: EditPart<{ label: string }>[] = [
  { label: 'Name', fields: ['label'], input: 'label', words: ({ label }) => `“${label}”` },
]

type LockedActivation = Awaited<ReturnType<typeof lockActivation>>

function aboutActivation(
  type: 'activation.deactivated' | 'activation.renamed',
  activation: LockedActivation,
  data: Record<string, string>,
) {
  const { organizationId, licenseKeyId, licenseKey, id } = activation
  return { type, organizationId, licenseKeyId, activationId: id, customerId: licenseKey.customerId, data }
}

function refuseUnlessAllowed(reason: string | null): void {
  if (reason) throw new Refusal('FORBIDDEN', reason)
}

// Rows are only ever found through their owner.
const ownedBy = (actor: Merchant | Customer) =>
  actor.kind === 'customer' ? { customer: { email: actor.email } } : { organizationId: actor.organizationId }

async function lockActivation(tx: Tx, actor: Merchant | Customer, activationId: string) {
  const where = { id: activationId, licenseKey: ownedBy(actor) }
  const found = await tx.activation.findFirst({ where, select: { licenseKeyId: true } })
  if (!found) throw notFound('device')
  await lockKey(tx, found.licenseKeyId)
  return tx.activation.findFirstOrThrow({
    where,
    select: {
      id: true,
      label: true,
      organizationId: true,
      licenseKeyId: true,
      deactivatedAt: true,
      licenseKey: {
        select: {
          customerId: true,
          keyConfiguration: { select: { customerMayDeactivate: true, customerMayRename: true } },
        },
      },
    },
  })
}

/** Every change to a key or its activations holds this lock: counts made under it stay true until commit. */
async function lockKey(tx: Tx, licenseKeyId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM license_keys WHERE id = ${licenseKeyId}::uuid FOR UPDATE`
}
