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
    await record(tx, merchant, now, {
      type: `${part}.${archived ? 'archived' : 'restored'}`,
      organizationId: merchant.organizationId,
      [part === 'product' ? 'productId' : 'keyConfigurationId']: id,
      data: { name },
    })
    return { name }
  })
}

/** Lets each purchase of these products issue a key of these configurations. */
export const grant = (tx: Tx, links: { productId: string; keyConfigurationId: string }[]) =>
  // Another request may have granted the same at the same time.
  tx.productKeyConfiguration.createMany({ data: links, skipDuplicates: true })
