import type { Metadata } from '../metadata/schema.ts'

/** The most keys one purchase can issue. */
export const PURCHASE_KEYS_MAX = 1_000

/** Somebody bought: one key of each configuration the product grants, times the quantity. */
export type CreatePurchase = {
  productId: string
  /** A customer there is, or one by address who is added when new. */
  customer: { id: string } | { email: string; name: string }
  kind: 'one_time' | 'subscription'
  quantity: number
  /** The order number people see; without one a number is made. */
  reference: string
  /** null is now. */
  purchasedAt: Date | null
  sendMail: boolean
  metadata?: Metadata | undefined
}

/** Ends a purchase. */
export type EndPurchase = { purchaseId: string; reason: string }
