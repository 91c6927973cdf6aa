import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'

// What is done alike to products and key configurations, and the links between them.

const tables = { product: Prisma.sql`products`, key_configuration: Prisma.sql`key_configurations` }

/** A part of the catalog, as its events name it. */
export type CataloguePart = keyof typeof tables

const own = { product: 'productId', key_configuration: 'keyConfigurationId' } as const
const other = { product: 'keyConfigurationId', key_configuration: 'productId' } as const

type Archived = { name: string; archivedAt: Date | null }

/** NO KEY UPDATE: writers wait for each other, while keys and purchases that refer to the row are made on. */
export async function lock(tx: Tx, merchant: Merchant, part: CataloguePart, id: string): Promise<Archived> {
  const [row] = await tx.$queryRaw<Archived[]>`
    SELECT name, archived_at AS "archivedAt" FROM ${tables[part]}
    WHERE id = ${id}::uuid AND organization_id = ${merchant.organizationId}::uuid
    FOR NO KEY UPDATE`
  if (!row) throw notFound(part.replace('_', ' '))
  return row
}

/** Archives a part of the catalog or brings it back; keys that were issued and what was sold go on as before. */
export async function setArchived(
  merchant: Merchant,
  part: CataloguePart,
  id: string,
  archived: boolean,
  now: Date,
): Promise<{ name: string }> {
  assertMay(merchant, 'catalogue.write')
  return prisma.$transaction(async (tx) => {
    const { name, archivedAt } = await lock(tx, merchant, part, id)
    if ((archivedAt !== null) === archived) return { name }
    const change = { where: { id }, data: { archivedAt: archived ? now : null, updatedAt: now } }
    await (part === 'product' ? tx.product.update(change) : tx.keyConfiguration.update(change))
    await recordPart(tx, merchant, part, archived ? 'archived' : 'restored', { id, data: { name } }, now)
    return { name }
  })
}

type Written = {
  id: string
  name: string
  /** The parts of the other kind that it is linked with from now on. */
  linked: string[]
}

/** The rest of adding a part whose row is written: its links, and its line of history. */
export async function added(tx: Tx, merchant: Merchant, part: CataloguePart, { id, name, linked }: Written, now: Date) {
  await link(tx, part, id, linked)
  await recordPart(tx, merchant, part, 'created', { id, data: { name } }, now)
  return { id, name }
}

/** The rest of changing a part whose row is written: it has these links and no others, and history says what changed, in words. */
export async function changed(
  tx: Tx,
  merchant: Merchant,
  part: CataloguePart,
  { id, name, linked, changes }: Written & { changes: string[] },
  now: Date,
) {
  await tx.productKeyConfiguration.deleteMany({
    where: { [own[part]]: id, [other[part]]: { notIn: linked } },
  })
  await link(tx, part, id, linked)
  await recordPart(tx, merchant, part, 'updated', { id, data: { name, changes } }, now)
  return { id, name, changes }
}

/** Lets each purchase of a product issue a key of a configuration. */
const link = (tx: Tx, part: CataloguePart, id: string, linked: string[]) =>
  tx.productKeyConfiguration.createMany({
    data: linked.map((each) =>
      part === 'product' ? { productId: id, keyConfigurationId: each } : { productId: each, keyConfigurationId: id },
    ),
    // Another request may have granted the same at the same time.
    skipDuplicates: true,
  })

const recordPart = (
  tx: Tx,
  merchant: Merchant,
  part: CataloguePart,
  verb: 'created' | 'updated' | 'archived' | 'restored',
  { id, data }: { id: string; data: { name: string; changes?: string[] } },
  now: Date,
) =>
  record(tx, merchant, now, {
    type: `${part}.${verb}`,
    organizationId: merchant.organizationId,
    [own[part]]: id,
    data,
  })
