import '#server-only'
import { z } from 'zod'
import { PurchaseKind, PurchaseSource, PurchaseStatus } from '#prisma/enums.ts'
import { metadataOf } from '../metadata/rules.ts'
import type { PurchaseRecord } from '../purchases/queries.ts'
import { Id, Metadata, shown, Time, time } from './wire.ts'

/** What an answer says of a purchase. */
export const purchaseFields = {
  id: Id,
  reference: z.string().describe('The order number people see.'),
  kind: z.enum(PurchaseKind),
  source: z.enum(PurchaseSource),
  status: z.enum(PurchaseStatus),
  quantity: z.int(),
  customer_id: Id,
  customer: z.object({ id: Id, email: z.string(), name: z.string().nullable() }),
  product_id: Id,
  product: z.object({ id: Id, name: z.string() }),
  license_key_ids: z.array(Id),
  metadata: Metadata,
  purchased_at: Time,
  created_at: Time,
}

export const Purchase = shown('Purchase', 'An order or a subscription.', z.object(purchaseFields))

/** A purchase as the API shows it. */
export const showPurchase = (purchase: PurchaseRecord): z.input<typeof Purchase> => ({
  id: purchase.id,
  reference: purchase.reference,
  kind: purchase.kind,
  source: purchase.source,
  status: purchase.status,
  quantity: purchase.quantity,
  customer_id: purchase.customer.id,
  customer: purchase.customer,
  product_id: purchase.product.id,
  product: purchase.product,
  license_key_ids: purchase.licenseKeys.map(({ id }) => id),
  metadata: metadataOf(purchase.metadata),
  purchased_at: time(purchase.purchasedAt),
  created_at: time(purchase.createdAt),
})
