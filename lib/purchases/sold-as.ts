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
    if (isIgnored) return { productId: null, quantityIs, why: 'ignored' }
    if (productId) return { productId, quantityIs, why: null }
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
