import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { queueMail } from '../mail/commands.ts'
import { mergeMetadata, metadataOf } from '../metadata/rules.ts'
import { addCustomers, type Buyer } from './commands.ts'
import { shortAddress } from './rules.ts'

// What belongs to one customer goes to another. Locked in one order: customers by id, purchases by id, keys by hash.

type Owner = { id: string; email: string }

/** A mail with a key that was not sent yet goes to whoever has the key now, or its string would be told to the wrong one. */
const readdress = (tx: Tx, organizationId: string, licenseKeyIds: string[], to: string) =>
  tx.mail.updateMany({
    where: { organizationId, licenseKeyId: { in: licenseKeyIds }, template: 'license-key', status: 'waiting' },
    data: { to },
  })

/**
 * Makes two customers one: keys with their devices, purchases, history and what the other one lacks go to `intoId`, and the first one is
 * gone. With its address nothing is seen any more, and both are told. Whoever may change keys may do it.
 */
export async function mergeCustomers(
  merchant: Merchant,
  { customerId, intoId }: { customerId: string; intoId: string },
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
        select: { id: true, email: true, name: true, externalId: true, metadata: true },
      })
      const from = both.find(({ id }) => id === customerId)
      const into = both.find(({ id }) => id === intoId)
      if (!from) throw notFound('customer')
      if (!into) throw new Refusal('NOT_FOUND', 'There is no such customer to merge into.', 'into')
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
      await tx.$executeRaw`UPDATE events SET customer_id = ${intoId}::uuid
        WHERE customer_id = ${customerId}::uuid AND organization_id = ${organizationId}::uuid`
      // Its sessions go with it.
      await tx.customer.delete({ where: { id: customerId, organizationId } })
      const kept = { ...metadataOf(from.metadata), ...metadataOf(into.metadata) }
      await tx.customer.update({
        where: { id: intoId, organizationId },
        data: {
          name: into.name ?? from.name,
          externalId: into.externalId ?? from.externalId,
          metadata: mergeMetadata({}, kept),
          updatedAt: now,
        },
      })
      // Of many keys the merging stands for all in the history.
      const id = newId(now)
      const batchId = keyIds.length > 1 ? id : null
      const events: NewEvent[] = keyIds.map((licenseKeyId) => ({
        ...{ type: 'license_key.transferred', batchId, organizationId, licenseKeyId, customerId: intoId },
        data: { from: from.email, to: into.email },
      }))
      await record(
        tx,
        merchant,
        now,
        {
          ...{ type: 'customer.merged', id, batchId, organizationId, customerId: intoId },
          data: { email: into.email, from: from.email, customer_id: customerId, keys: keyIds.length, purchases },
        },
        ...events,
      )
      if (keyIds.length + purchases === 0) return
      const gone = { organizationId, address: shortAddress(into.email) }
      await queueMail(tx, now, { template: 'address-changed', to: from.email, organizationId, payload: gone })
      if (keyIds.length === 0) return
      const came = { organizationId, direction: 'here' as const, product: null, address: shortAddress(from.email) }
      await queueMail(tx, now, { template: 'keys-moved', to: into.email, organizationId, payload: came })
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
    await record(tx, merchant, now, {
      ...{ type: 'license_key.transferred', organizationId, licenseKeyId, customerId: owner.id },
      data: { from: from.email, to: owner.email },
    })
    const product = key.product?.name ?? key.keyConfiguration.name
    const tell = (email: string, direction: 'away' | 'here', other: string) =>
      queueMail(tx, now, {
        ...{ template: 'keys-moved' as const, to: email, organizationId },
        payload: { organizationId, direction, product, address: shortAddress(other) },
      })
    await tell(from.email, 'away', owner.email)
    await tell(owner.email, 'here', from.email)
  })
}

/** Whom a key is handed to, kept from being merged away until it is theirs. */
async function newOwner(tx: Tx, merchant: Merchant, to: { id: string } | Buyer, now: Date): Promise<Owner> {
  const { organizationId } = merchant
  const id = 'id' in to ? to.id : [...(await addCustomers(tx, merchant, [to], now)).values()][0]?.id
  const [owner] = await tx.$queryRaw<Owner[]>`SELECT id, email FROM customers
    WHERE id = ${id ?? null}::uuid AND organization_id = ${organizationId}::uuid FOR KEY SHARE`
  if (!owner) throw new Refusal('NOT_FOUND', 'There is no such customer.', 'customerId')
  return owner
}
