import '#server-only'
import { randomBytes } from 'node:crypto'
import type { Customer, Merchant } from '../actor.ts'
import { prisma, type Tx } from '../db.ts'
import { notFound, Refusal } from '../errors.ts'
import { record } from '../history/commands.ts'
import { newId } from '../ids.ts'
import { queueMail } from '../mail/commands.ts'
import { assertMay } from '../organizations/rules.ts'
import { keyStringColumns, makeKeyString, openKeyString } from './key-string.ts'
import { configurationColumns } from './queries.ts'
import { decideDeactivation, expiryAt, mayCustomerDeactivate, mayCustomerRename } from './rules.ts'
import type { IssueLicenseKey } from './schema.ts'

// ---------------------------------------------------------------- issue

/** Issues one key to a customer, who is added when new; with a product it belongs to a purchase. Mails it when asked to. */
export async function issueLicenseKey(
  merchant: Merchant,
  input: IssueLicenseKey,
  now: Date,
): Promise<{ licenseKeyId: string; keyString: string }> {
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    // Held until the key is there, so that neither can be archived meanwhile.
    await tx.$queryRaw`SELECT 1 FROM key_configurations
      WHERE id = ${input.keyConfigurationId}::uuid AND organization_id = ${organizationId}::uuid FOR SHARE`
    await tx.$queryRaw`SELECT 1 FROM products
      WHERE id = ${input.productId}::uuid AND organization_id = ${organizationId}::uuid FOR SHARE`
    const configuration = await tx.keyConfiguration.findFirst({
      where: { id: input.keyConfigurationId, organizationId },
      select: {
        ...configurationColumns,
        prefix: true,
        format: true,
        archivedAt: true,
      },
    })
    if (!configuration) throw notFound('key configuration')
    if (configuration.archivedAt) {
      throw new Refusal('CONFLICT', 'This key configuration is archived; restore it first.', 'keyConfigurationId')
    }
    const product = input.productId
      ? await tx.product.findFirst({
          where: { id: input.productId, organizationId },
          select: { id: true, name: true, archivedAt: true },
        })
      : null
    if (input.productId && !product) throw notFound('product')
    if (product?.archivedAt) throw new Refusal('CONFLICT', 'This product is archived; restore it first.', 'productId')
    if (input.reference && !product) {
      throw new Refusal('CONFLICT', 'Choose the product this order is for.', 'productId')
    }

    const customer = await addCustomer(tx, merchant, input, now)
    const purchase = product
      ? await purchaseFor(tx, merchant, { customer, product, reference: input.reference }, now)
      : null
    const keyString = makeKeyString(configuration.format, configuration.prefix)
    const licenseKeyId = newId(now)
    await tx.licenseKey.create({
      data: {
        id: licenseKeyId,
        organizationId,
        keyConfigurationId: configuration.id,
        productId: product?.id ?? null,
        customerId: customer.id,
        purchaseId: purchase?.id ?? null,
        ...keyStringColumns(keyString, configuration.prefix),
        // The key of a subscription has no date of its own: it lives and dies with the subscription.
        expiresAt: purchase?.kind === 'subscription' ? null : expiryAt(configuration, 'issue', now),
        note: input.note,
        createdAt: now,
        updatedAt: now,
      },
    })
    const about = { organizationId, licenseKeyId, customerId: customer.id, keyConfigurationId: configuration.id }
    await record(tx, merchant, now, {
      ...about,
      type: 'license_key.issued',
      productId: product?.id,
      purchaseId: purchase?.id,
      data: { customer: customer.email, configuration: configuration.name, purchase: purchase?.reference ?? null },
    })
    if (input.sendMail) await mailKey(tx, { id: licenseKeyId, organizationId, customer }, now)
    return { licenseKeyId, keyString }
  })
}

async function addCustomer(tx: Tx, merchant: Merchant, input: IssueLicenseKey, now: Date) {
  const { organizationId } = merchant
  const email = input.customerEmail
  // Two issues at once to the same new address must meet in one row.
  const created = await tx.customer.createManyAndReturn({
    data: [{ id: newId(now), organizationId, email, name: input.customerName || null, createdAt: now, updatedAt: now }],
    skipDuplicates: true,
    select: { id: true, email: true },
  })
  const added = created[0]
  if (added) {
    await record(tx, merchant, now, { type: 'customer.created', organizationId, customerId: added.id, data: { email } })
    return added
  }
  const known = await tx.customer.findUniqueOrThrow({
    where: { organizationId_email: { organizationId, email } },
    select: { id: true, email: true, name: true },
  })
  if (!known.name && input.customerName) {
    await tx.customer.update({ where: { id: known.id }, data: { name: input.customerName } })
  }
  return known
}

async function purchaseFor(
  tx: Tx,
  merchant: Merchant,
  order: { customer: { id: string; email: string }; product: { id: string; name: string }; reference: string },
  now: Date,
) {
  const { organizationId } = merchant
  const reference = order.reference || `M-${randomBytes(5).toString('hex').toUpperCase()}`
  const created = await tx.purchase.createManyAndReturn({
    data: [
      {
        id: newId(now),
        organizationId,
        customerId: order.customer.id,
        productId: order.product.id,
        reference,
        purchasedAt: now,
        createdAt: now,
      },
    ],
    skipDuplicates: true,
    select: { id: true, reference: true, kind: true },
  })
  const added = created[0]
  if (added) {
    await record(tx, merchant, now, {
      type: 'purchase.created',
      organizationId,
      purchaseId: added.id,
      customerId: order.customer.id,
      productId: order.product.id,
      data: { reference, product: order.product.name },
    })
    return added
  }
  const known = await tx.purchase.findUniqueOrThrow({
    where: { organizationId_reference: { organizationId, reference } },
    select: { id: true, reference: true, kind: true, customerId: true, productId: true },
  })
  if (known.customerId !== order.customer.id || known.productId !== order.product.id) {
    throw new Refusal('CONFLICT', 'This order number belongs to another customer or product.', 'reference')
  }
  return known
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

/** Gives a device another name. */
export async function renameActivation(
  actor: Merchant | Customer,
  input: { activationId: string; label: string },
  now: Date,
): Promise<void> {
  if (actor.kind !== 'customer') assertMay(actor, 'keys.write')
  await prisma.$transaction(async (tx) => {
    const activation = await lockActivation(tx, actor, input.activationId)
    if (actor.kind === 'customer') refuseUnlessAllowed(mayCustomerRename(activation.licenseKey.keyConfiguration))
    if (activation.deactivatedAt) throw notFound('device')
    if (activation.label === input.label) return
    await tx.activation.update({ where: { id: input.activationId }, data: { label: input.label, modifiedAt: now } })
    const data = { label: input.label, from: activation.label }
    await record(tx, actor, now, aboutActivation('activation.renamed', activation, data))
  })
}

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
