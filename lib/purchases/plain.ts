/** Where a purchase stands, in one word for pages. */
export const purchaseStates = [
  'pending',
  'trial',
  'active',
  'past_due',
  'paused',
  'ending',
  'ended',
  'lapsed',
  'refunded',
  'disputed',
] as const
export type PurchaseState = (typeof purchaseStates)[number]

/** The same, and one that only people say. */
export const shownPurchaseStates = [...purchaseStates, 'canceled'] as const
export type ShownPurchaseState = (typeof shownPurchaseStates)[number]

/** The columns a list of purchases can be sorted by. */
export const purchaseSorts = ['purchasedAt', 'reference'] as const
export type PurchaseSort = (typeof purchaseSorts)[number]
