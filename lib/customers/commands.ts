import '#server-only'
import type { Customer, Merchant, Store } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { isUniqueViolation, prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { mergeMetadata, metadataChanges, metadataOf } from '../metadata/rules.ts'
import type { MetadataPatch } from '../metadata/schema.ts'
import { addressChanged } from './mails.ts'
import { customerChanges } from './rules.ts'
import type { CreateCustomer, UpdateCustomer } from './schema.ts'

/** Refuses an id of elsewhere that another customer has. Whoever gives such ids waits for each other until commit. */
async function assertIdFree(
  tx: Tx,
  { organizationId }: Merchant,
  { customerId, externalId }: { customerId: string | null; externalId: string | null },
): Promise<void> {
  if (externalId === null) return
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`external ids customer ${organizationId}`}, 0))`
  const other = await tx.customer.findFirst({
    where: { organizationId, externalId, ...(customerId !== null && { id: { not: customerId } }) },
    select: { email: true },
  })
  if (!other) return
  const message = `The customer ${other.email} has this id. Take it away there first: each id has one owner.`
  throw new Refusal('CONFLICT', message, 'externalId')
}

const emailTaken = () => new Refusal('CONFLICT', 'Another customer has this address.', 'email')

/** Adds a customer before they buy. */
export async function createCustomer(
  merchant: Merchant,
  { email, name, externalId, metadata }: CreateCustomer & { metadata?: MetadataPatch | undefined },
  now: Date,
): Promise<{ customerId: string }> {
  assertMay(merchant, 'customers.write')
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    await assertIdFree(tx, merchant, { customerId: null, externalId })
    const [added] = await tx.customer.createManyAndReturn({
      data: [
        {
          ...{ id: newId(now), organizationId, email, name, externalId, createdAt: now, updatedAt: now },
          metadata: mergeMetadata({}, metadata),
        },
      ],
      skipDuplicates: true,
      select: { id: true },
    })
    if (!added) throw emailTaken()
    await record(tx, merchant, now, {
      type: 'customer.created',
      organizationId,
      customerId: added.id,
      data: { email },
    })
    return { customerId: added.id }
  })
}

/**
 * Changes a customer. With another address their keys stand on the purchases page of whoever proves that one, and with another id of
 * elsewhere a session for that id opens them: so where there are keys, either takes whoever may change keys. The old address is told.
 */
export async function updateCustomer(
  merchant: Merchant,
  { customerId, metadata: patch, ...changes }: UpdateCustomer & { metadata?: MetadataPatch | undefined },
  now: Date,
): Promise<void> {
  assertMay(merchant, 'customers.write')
  const { organizationId } = merchant
  try {
    await prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM customers WHERE id = ${customerId}::uuid AND organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
      const before = await tx.customer.findFirst({
        where: { id: customerId, organizationId },
        select: {
          email: true,
          name: true,
          externalId: true,
          metadata: true,
          _count: { select: { licenseKeys: true, purchases: true } },
        },
      })
      if (!before) throw notFound('customer')
      const after = {
        email: changes.email ?? before.email,
        name: changes.name === undefined ? before.name : changes.name,
        externalId: changes.externalId === undefined ? before.externalId : changes.externalId,
      }
      const metadata = mergeMetadata(metadataOf(before.metadata), patch)
      const words = [...customerChanges(before, after), ...metadataChanges(metadataOf(before.metadata), metadata)]
      if (words.length === 0) return
      if (after.externalId !== before.externalId) await assertIdFree(tx, merchant, { customerId, ...after })
      const moves = after.email !== before.email
      const isReachedAnew = moves || after.externalId !== before.externalId
      if (isReachedAnew && before._count.licenseKeys > 0) assertMay(merchant, 'keys.write')
      await tx.customer.update({
        where: { id: customerId },
        data: { ...after, metadata, updatedAt: now, ...(moves && { erasedAt: null }) },
      })
      await record(tx, merchant, now, {
        type: 'customer.updated',
        organizationId,
        customerId,
        data: { email: after.email, changes: words },
        ...(moves &&
          before._count.licenseKeys + before._count.purchases > 0 && {
            mails: [addressChanged(organizationId, before.email, after.email)],
          }),
      })
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw emailTaken()
    throw error
  }
}

/** A customer as they buy. */
export type Buyer = { email: string; name: string }

/** Adds those who buy for the first time, and the names of those who had none. All of them by address. */
export async function addCustomers(
  tx: Tx,
  merchant: Merchant | Store | (Customer & { organizationId: string }),
  buyers: Buyer[],
  now: Date,
): Promise<Map<string, { id: string; email: string }>> {
  const { organizationId } = merchant
  const names = new Map<string, string>()
  for (const { email, name } of buyers) names.set(email, names.get(email) || name)
  // In one order, so that two such writes cannot wait for each other in a circle.
  const emails = [...names.keys()].sort()
  if (emails.length === 0) return new Map()
  // Two at once with the same new address must meet in one row.
  const added = await tx.customer.createManyAndReturn({
    data: emails.map((email) => ({
      id: newId(now),
      organizationId,
      email,
      name: names.get(email) || null,
      createdAt: now,
      updatedAt: now,
    })),
    skipDuplicates: true,
    select: { id: true, email: true },
  })
  await record(
    tx,
    merchant,
    now,
    ...added.map(({ id, email }) => ({
      type: 'customer.created' as const,
      organizationId,
      customerId: id,
      data: { email },
    })),
  )
  const customers = new Map(added.map((customer) => [customer.email, customer]))
  const known = emails.filter((email) => !customers.has(email))
  if (known.length > 0) {
    const named = known.filter((email) => names.get(email))
    if (named.length > 0) {
      await tx.$executeRaw`UPDATE customers c SET name = v.name, updated_at = ${now}
        FROM unnest(${named}::text[], ${named.map((email) => names.get(email))}::text[]) AS v(email, name)
        WHERE c.organization_id = ${organizationId}::uuid AND c.email = v.email AND c.name IS NULL`
    }
    // Held until what is bought is written: one that becomes part of another meanwhile would be gone by then.
    const rows = await tx.$queryRaw<{ id: string; email: string }[]>`SELECT id, email FROM customers
      WHERE organization_id = ${organizationId}::uuid AND email = ANY(${known}::text[]) ORDER BY id FOR KEY SHARE`
    for (const customer of rows) customers.set(customer.email, customer)
    // One that was waited for became part of another; whoever buys with its address now is new.
    const gone = buyers.filter(({ email }) => !customers.has(email))
    if (gone.length > 0)
      for (const [email, customer] of await addCustomers(tx, merchant, gone, now)) customers.set(email, customer)
  }
  return customers
}
