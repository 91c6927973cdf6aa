import '#server-only'
import type { Customer, Merchant, Store } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { mergeMetadata } from '../metadata/rules.ts'
import type { MetadataPatch } from '../metadata/schema.ts'
import { ADDRESS_TAKEN } from './plain.ts'
import { isErasedAddress, personDeleted } from './rules.ts'
import type { CreateCustomer } from './schema.ts'

/** Refuses an id of elsewhere that another customer has. Whoever gives such ids waits for each other until commit. */
export async function assertIdFree(
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

/** Two of one address would be one person. */
export const emailTaken = () => new Refusal('CONFLICT', ADDRESS_TAKEN, 'email')

/** Adds a customer before they buy. */
export async function createCustomer(
  merchant: Merchant,
  { email, name, externalId, metadata }: CreateCustomer & { metadata?: MetadataPatch | undefined },
  now: Date,
): Promise<{ customerId: string }> {
  assertMay(merchant, 'customers.write')
  const { organizationId } = merchant
  if (isErasedAddress(email)) throw personDeleted('email')
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
  if (emails.some(isErasedAddress)) throw personDeleted('email')
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
