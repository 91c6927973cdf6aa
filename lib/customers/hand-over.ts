import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Customer, Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import type { MailTo } from '../mail/schema.ts'
import { joinedMetadata, metadataOf } from '../metadata/rules.ts'
import { addCustomers, type Buyer } from './commands.ts'
import { addressChanged, keysMoved } from './mails.ts'
import { addressChosen, mayReaddress, personDeleted } from './rules.ts'
import type { MergeCustomers } from './schema.ts'

// What belongs to one customer goes to another. Locked in one order: customers by id, purchases by id, keys by hash.

type Owner = { id: string; email: string }

/** A mail with a key that was not sent yet goes to whoever has the key now, or its string would be told to the wrong one. */
export const readdress = (tx: Tx, organizationId: string, licenseKeyIds: string[], to: string) =>
  tx.mail.updateMany({
    where: {
      ...{ organizationId, status: 'waiting', licenseKeyId: { in: licenseKeyIds } },
      template: { in: ['license-key', 'key-replaced'] },
    },
    data: { to },
  })

/** What waits for an address goes to another one: mails with keys that were not sent yet, and that they want no reminders. */
export async function takeAlong(tx: Tx, organizationId: string, olds: string[], to: string): Promise<void> {
  await tx.mail.updateMany({
    where: {
      ...{ organizationId, to: { in: olds }, status: 'waiting' },
      template: { in: ['license-key', 'license-keys', 'key-replaced'] },
    },
    data: { to },
  })
  await tx.$executeRaw`INSERT INTO mail_stops (organization_id, email, stopped_at)
    SELECT organization_id, ${to}, min(stopped_at) FROM mail_stops
    WHERE organization_id = ${organizationId}::uuid AND email = ANY(${olds}::text[]) GROUP BY organization_id ON CONFLICT DO NOTHING`
  await tx.mailStop.deleteMany({ where: { organizationId, email: { in: olds } } })
}

/** What becomes one of two customers. */
export const wholeCustomer = {
  id: true,
  email: true,
  name: true,
  externalId: true,
  metadata: true,
  addressChosenAt: true,
  erasedAt: true,
} as const

type Whole = { id: string; email: string; name: string | null; externalId: string | null; metadata: Prisma.JsonValue }

/** Makes `from` part of `into`, both locked already. `tells`: whether both are mailed, or whoever calls does so. */
export async function absorb(
  tx: Tx,
  actor: Merchant | Customer,
  organizationId: string,
  from: Whole,
  into: Whole,
  now: Date,
  tells = true,
): Promise<void> {
  const { id: customerId } = from
  const { id: intoId } = into
  const theirs = { organizationId, customerId }
  await tx.$queryRaw`SELECT 1 FROM purchases
    WHERE customer_id = ${customerId}::uuid AND organization_id = ${organizationId}::uuid ORDER BY id FOR UPDATE`
  const { count: purchases } = await tx.purchase.updateMany({ where: theirs, data: { customerId: intoId } })
  const locked = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM license_keys
    WHERE customer_id = ${customerId}::uuid AND organization_id = ${organizationId}::uuid ORDER BY key_hash FOR UPDATE`
  const keyIds = locked.map(({ id }) => id)
  await tx.licenseKey.updateMany({
    where: theirs,
    data: { customerId: intoId, updatedAt: now },
  })
  await readdress(tx, organizationId, keyIds, into.email)
  // What a store tells of its person later is said of whoever they are now.
  await tx.storeCustomer.updateMany({ where: { customerId }, data: { customerId: intoId } })
  await tx.customerNote.updateMany({ where: theirs, data: { customerId: intoId } })
  await tx.$executeRaw`UPDATE events SET customer_id = ${intoId}::uuid
    WHERE customer_id = ${customerId}::uuid AND organization_id = ${organizationId}::uuid`
  // Its sessions go with it.
  await tx.customer.delete({ where: { id: customerId, organizationId } })
  const kept = joinedMetadata(metadataOf(into.metadata), metadataOf(from.metadata))
  await tx.customer.update({
    where: { id: intoId, organizationId },
    data: {
      name: into.name ?? from.name,
      externalId: into.externalId ?? from.externalId,
      metadata: kept,
      updatedAt: now,
    },
  })
  // Who had something; and who has keys now that they did not have.
  const mails: MailTo[] = []
  if (tells) {
    if (keyIds.length + purchases > 0) mails.push(addressChanged(organizationId, from.email, into.email))
    if (keyIds.length > 0)
      mails.push(keysMoved('here', { organizationId, product: null, to: into.email, other: from.email }))
  }
  // Of many keys the merging stands for all in the history.
  const id = newId(now)
  const batchId = keyIds.length > 1 ? id : null
  const events: NewEvent[] = keyIds.map((licenseKeyId) => ({
    ...{ type: 'license_key.transferred', batchId, organizationId, licenseKeyId, customerId: intoId },
    data: { from: from.email, to: into.email },
  }))
  await record(
    tx,
    actor,
    now,
    {
      ...{ type: 'customer.merged', id, batchId, organizationId, customerId: intoId },
      data: { email: into.email, from: from.email, customer_id: customerId, keys: keyIds.length, purchases },
      mails,
    },
    ...events,
  )
}

/**
 * Makes two customers one: keys with their devices, purchases, history and what the other one lacks go to `intoId`, and the first one is
 * gone. With its address nothing is seen any more, and both are told. Whoever may change keys may do it; an address that whoever goes took
 * themselves is given up knowingly.
 */
export async function mergeCustomers(
  merchant: Merchant,
  { customerId, intoId, replaceChosenAddress = false }: MergeCustomers,
  now: Date,
): Promise<void> {
  assertMay(merchant, 'customers.write')
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  if (customerId === intoId) throw new Refusal('INVALID_INPUT', 'Name another customer to merge into.', 'into')
  await prisma.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM customers WHERE id IN (${customerId}::uuid, ${intoId}::uuid)
        AND organization_id = ${organizationId}::uuid ORDER BY id FOR UPDATE`
      const both = await tx.customer.findMany({
        where: { organizationId, id: { in: [customerId, intoId] } },
        select: wholeCustomer,
      })
      const from = both.find(({ id }) => id === customerId)
      const into = both.find(({ id }) => id === intoId)
      if (!from) throw notFound('customer')
      if (!into) throw new Refusal('NOT_FOUND', 'There is no such customer to merge into.', 'into')
      if (from.erasedAt) throw personDeleted()
      if (into.erasedAt) throw personDeleted('into')
      if (!mayReaddress(from, replaceChosenAddress)) throw addressChosen()
      await absorb(tx, merchant, organizationId, from, into, now)
    },
    { timeout: 30_000 },
  )
}

/**
 * Hands a key with its devices on to another customer, who is added when new. The purchase stays with whoever paid, and goes on to decide
 * over the key. Both are told; nothing is done where the key is theirs already.
 */
export async function transferLicenseKey(
  merchant: Merchant,
  { licenseKeyId, to }: { licenseKeyId: string; to: { id: string } | Buyer },
  now: Date,
): Promise<void> {
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    // Before a customer is added for it.
    if (!(await tx.licenseKey.findFirst({ where: { id: licenseKeyId, organizationId }, select: { id: true } })))
      throw notFound('license key')
    const owner = await newOwner(tx, merchant, to, now)
    await tx.$queryRaw`SELECT 1 FROM license_keys
      WHERE id = ${licenseKeyId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
    const key = await tx.licenseKey.findFirstOrThrow({
      where: { id: licenseKeyId, organizationId },
      select: {
        customer: { select: { id: true, email: true } },
        product: { select: { name: true } },
        keyConfiguration: { select: { name: true } },
      },
    })
    const { customer: from } = key
    if (from.id === owner.id) return
    await tx.licenseKey.update({
      where: { id: licenseKeyId, organizationId },
      data: { customerId: owner.id, updatedAt: now },
    })
    await readdress(tx, organizationId, [licenseKeyId], owner.email)
    const product = key.product?.name ?? key.keyConfiguration.name
    await record(tx, merchant, now, {
      ...{ type: 'license_key.transferred', organizationId, licenseKeyId, customerId: owner.id },
      data: { from: from.email, to: owner.email },
      mails: [
        keysMoved('away', { organizationId, product, to: from.email, other: owner.email }),
        keysMoved('here', { organizationId, product, to: owner.email, other: from.email }),
      ],
    })
  })
}

/**
 * Hands a purchase with its keys and their devices on to another customer, who is added when new: what it brings later comes to them,
 * too. Keys that had been handed to somebody else stay theirs. Both are told; nothing is done where it is theirs already.
 */
export async function transferPurchase(
  merchant: Merchant,
  { purchaseId, to }: { purchaseId: string; to: { id: string } | Buyer },
  now: Date,
): Promise<{ email: string; keys: number }> {
  assertMay(merchant, 'purchases.write')
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  return prisma.$transaction(
    async (tx) => {
      // Before a customer is added for it.
      if (!(await tx.purchase.findFirst({ where: { id: purchaseId, organizationId }, select: { id: true } })))
        throw notFound('purchase')
      const owner = await newOwner(tx, merchant, to, now)
      await tx.$queryRaw`SELECT 1 FROM purchases
        WHERE id = ${purchaseId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
      const { customer: from, ...purchase } = await tx.purchase.findFirstOrThrow({
        where: { id: purchaseId, organizationId },
        select: {
          ...{ reference: true, productId: true },
          customer: { select: { id: true, email: true } },
          product: { select: { name: true } },
        },
      })
      if (from.id === owner.id) return { email: owner.email, keys: 0 }
      await tx.purchase.update({ where: { id: purchaseId, organizationId }, data: { customerId: owner.id } })
      const keys = await tx.$queryRaw<
        { id: string }[]
      >`SELECT id FROM license_keys WHERE purchase_id = ${purchaseId}::uuid
        AND customer_id = ${from.id}::uuid AND organization_id = ${organizationId}::uuid ORDER BY key_hash FOR UPDATE`
      const keyIds = keys.map(({ id }) => id)
      await tx.licenseKey.updateMany({
        where: { organizationId, id: { in: keyIds } },
        data: { customerId: owner.id, updatedAt: now },
      })
      await readdress(tx, organizationId, keyIds, owner.email)
      const { reference, productId, product } = purchase
      const told = { organizationId, product: product.name }
      const about = { organizationId, purchaseId, customerId: owner.id }
      const moved = { from: from.email, to: owner.email }
      await record(
        tx,
        merchant,
        now,
        {
          ...{ type: 'purchase.updated', ...about, productId },
          data: { reference, changes: [`Customer: ${from.email} → ${owner.email}`] },
          mails:
            keyIds.length === 0
              ? []
              : [
                  keysMoved('away', { ...told, to: from.email, other: owner.email }),
                  keysMoved('here', { ...told, to: owner.email, other: from.email }),
                ],
        },
        ...keyIds.map(
          (licenseKeyId): NewEvent => ({ ...about, type: 'license_key.transferred', licenseKeyId, data: moved }),
        ),
      )
      return { email: owner.email, keys: keyIds.length }
    },
    { timeout: 30_000 },
  )
}

/** Whom something is handed to, kept from being merged away until it is theirs. */
async function newOwner(tx: Tx, merchant: Merchant, to: { id: string } | Buyer, now: Date): Promise<Owner> {
  const { organizationId } = merchant
  const id = 'id' in to ? to.id : [...(await addCustomers(tx, merchant, [to], now)).values()][0]?.id
  const [owner] = await tx.$queryRaw<(Owner & { isErased: boolean })[]>`
    SELECT id, email, erased_at IS NOT NULL AS "isErased" FROM customers
    WHERE id = ${id ?? null}::uuid AND organization_id = ${organizationId}::uuid FOR KEY SHARE`
  if (!owner) throw new Refusal('NOT_FOUND', 'There is no such customer.', 'customerId')
  if (owner.isErased) throw personDeleted('customerId')
  return owner
}
