import { z } from 'zod'
import { checkbox, line } from '../base/fields.ts'
import { CreateCustomer } from '../customers/schema.ts'
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

/** Names a purchase, and why something is done to it. */
export const ResumePurchase = z.object({ purchaseId: z.guid(), reason: line('A reason', 500).default('') })
export type ResumePurchase = z.infer<typeof ResumePurchase>

/** Ends a purchase. `tell`: whoever bought it hears of it by mail, where such mails are switched on. */
export const EndPurchase = ResumePurchase.extend({ tell: checkbox })
export type EndPurchase = z.infer<typeof EndPurchase>

/** Names a purchase. */
export const PurchaseId = z.object({ purchaseId: z.guid() })

/** Whom a purchase is handed on to. */
export const MovePurchase = CreateCustomer.pick({ email: true, name: true }).extend({ purchaseId: z.guid() })
export type MovePurchase = z.infer<typeof MovePurchase>

/** Whether a key is kept whatever happens to its purchase. */
export const HoldKey = z.object({ licenseKeyId: z.guid(), held: checkbox })
export type HoldKey = z.infer<typeof HoldKey>
