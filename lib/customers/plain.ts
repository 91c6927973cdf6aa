/** The columns a list of customers can be sorted by. */
export const customerSorts = ['name', 'keys', 'purchases', 'lastSeenAt', 'createdAt'] as const

export type CustomerSort = (typeof customerSorts)[number]
