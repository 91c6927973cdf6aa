import '#server-only'
import { z } from 'zod'
import { PurchaseKind, PurchaseSource, PurchaseStatus, RevokeReason } from '#prisma/enums.ts'
import { metadataOf } from '../metadata/rules.ts'
import { type PurchaseState, purchaseStates } from '../purchases/plain.ts'
import type { PurchaseRecord } from '../purchases/queries.ts'
import { type StoreName, storeNames } from '../store-facts/schema.ts'
import { Id, Metadata, shown, Time, time, timeOrNull } from './wire.ts'

/** What an answer says of a purchase. */
export const purchaseFields = {
  id: Id,
  reference: z.string().describe('The order number people see.'),
  kind: z.enum(PurchaseKind),
  source: z.enum(PurchaseSource),
  status: z.enum(PurchaseStatus).describe('What `state` comes to for its keys in one word.'),
  state: z
    .enum(purchaseStates)
    .describe(
      'Where it stands by what its store says. Keys work in `trial`, `active`, `past_due` (its payment failed, and the store tries again) and `ending` (it will not be renewed).',
    ),
  reasons: z
    .array(z.enum(RevokeReason))
    .describe(
      'Why its keys are revoked, each lifted alone; none while they work. A key that is held does not follow them.',
    ),
  ended_by_hand: z
    .enum(PurchaseStatus)
    .nullable()
    .describe('What somebody here, or a program, made of it, whatever its store says; null: nobody did.'),
  follows_store: z.boolean().describe('Its store decides how it goes on.'),
  store_id: Id.nullable().describe('The connection that speaks of it; null: none does.'),
  store: z.enum(storeNames).nullable().describe('The store it comes from; null when it comes from none.'),
  test: z.boolean().describe('Of a test connection: nobody paid.'),
  paid_through: Time.nullable().describe('Until when a subscription is paid, as far as known.'),
  ends_at: Time.nullable().describe('When its keys end; null while it renews, or never ends.'),
  grace_until: Time.nullable().describe('Until when its keys work in spite of a payment that failed.'),
  quantity: z.int(),
  amounts: z
    .array(
      z.object({
        currency: z.string().describe('Its ISO 4217 code.'),
        paid: z.int().describe('In the smallest unit of the currency, tax included, renewals too.'),
        refunded: z.int().describe('How much of it went back.'),
        of_whole_order: z.boolean().describe('The store names one amount for an order with more in it than this.'),
      }),
    )
    .describe('What was paid, one for each currency; none where no store says it.'),
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

/** Of a purchase that no store speaks of, the word for its status. */
const stateOf = ({ state, status }: Pick<PurchaseRecord, 'state' | 'status'>): PurchaseState =>
  (state as PurchaseState | null) ?? (status === 'canceled' ? 'ended' : status)

/** A purchase as the API shows it. */
export const showPurchase = (purchase: PurchaseRecord): z.input<typeof Purchase> => ({
  id: purchase.id,
  reference: purchase.reference,
  kind: purchase.kind,
  source: purchase.source,
  status: purchase.status,
  state: stateOf(purchase),
  reasons: purchase.reasons,
  ended_by_hand: purchase.endedByHand,
  follows_store: purchase.storeLine !== null,
  store_id: purchase.storeLine?.connectionId ?? null,
  store: purchase.store as StoreName | null,
  test: purchase.isTest,
  paid_through: timeOrNull(purchase.paidThrough),
  ends_at: timeOrNull(purchase.endsAt),
  grace_until: timeOrNull(purchase.graceUntil),
  quantity: purchase.quantity,
  amounts: purchase.amounts.map(({ isOfWholeOrder, ...amounts }) => ({ ...amounts, of_whole_order: isOfWholeOrder })),
  customer_id: purchase.customer.id,
  customer: purchase.customer,
  product_id: purchase.product.id,
  product: purchase.product,
  license_key_ids: purchase.licenseKeys.map(({ id }) => id),
  metadata: metadataOf(purchase.metadata),
  purchased_at: time(purchase.purchasedAt),
  created_at: time(purchase.createdAt),
})
