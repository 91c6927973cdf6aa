import '#server-only'
import type { Store } from '../base/actor.ts'
import { isId } from '../base/ids.ts'
import type { Tx } from '../database/client.ts'
import type { LineFields } from './registers.ts'

// Which product of ours something of a store is.

type Mapping = {
  productId: string | null
  quantityIs: 'keys' | 'devices'
  /** Why there is no product. */
  why: 'ignored' | 'product' | 'mapping' | null
}

/** Which product of ours a line is, or why that is not known. The most exact id that somebody placed counts. */
export async function soldAs(
  tx: Tx,
  { connectionId, organizationId }: Store,
  { productIds = [], productName }: Partial<LineFields>,
  now: Date,
): Promise<Mapping> {
  const none = { productId: null, quantityIs: 'keys' } as const
  if (productIds.length === 0) return { ...none, why: 'product' }
  const placed = await tx.storeProduct.findMany({ where: { connectionId, ref: { in: productIds } } })
  for (const ref of productIds) {
    const here = placed.find((each) => each.ref === ref)
    if (!here) continue
    const { productId, quantityIs, isIgnored, name } = here
    // Placed before anything of it was sold: its name comes with the sale.
    if (name === null && productName)
      await tx.storeProduct.update({ where: { connectionId_ref: { connectionId, ref } }, data: { name: productName } })
    if (!isIgnored && !productId) continue
    const open = placed.filter((each) => !each.isIgnored && !each.productId)
    await forgetQuestions(
      tx,
      connectionId,
      open.map((each) => each.ref),
      ref,
    )
    return isIgnored ? { productId: null, quantityIs, why: 'ignored' } : { productId, quantityIs, why: null }
  }
  // A product may carry the ids that stores know it by.
  const own = await tx.product.findFirst({
    where: {
      organizationId,
      archivedAt: null,
      OR: [{ externalIds: { hasSome: productIds } }, { id: { in: productIds.filter((id) => isId(id)) } }],
    },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  const ref = productIds.at(-1) as string
  const name = productName ?? null
  await tx.storeProduct.upsert({
    where: { connectionId_ref: { connectionId, ref } },
    create: { connectionId, ref, name, productId: own?.id ?? null, firstSeenAt: now },
    update: { ...(name && { name }), ...(own && { productId: own.id }) },
  })
  return own ? { ...none, productId: own.id, why: null } : { ...none, why: 'mapping' }
}

/** Takes back what was asked about a sale by its other ids, now that one of them is placed: unless sales wait that do not have that one. */
async function forgetQuestions(tx: Tx, connectionId: string, refs: string[], placed: string): Promise<void> {
  if (refs.length === 0) return
  await tx.$executeRaw`DELETE FROM store_products p
    WHERE p.connection_id = ${connectionId}::uuid AND p.ref = ANY(${refs}) AND p.product_id IS NULL AND NOT p.is_ignored
      AND NOT EXISTS (SELECT 1 FROM store_lines l WHERE l.connection_id = p.connection_id AND l.waits_for = 'mapping'
        AND l.register #> '{fields,productIds,value}' @> to_jsonb(p.ref)
        AND NOT l.register #> '{fields,productIds,value}' @> to_jsonb(${placed}::text))`
}
