/** The columns a list of customers can be sorted by. */
export const customerSorts = ['name', 'keys', 'purchases', 'lastSeenAt', 'createdAt'] as const

export type CustomerSort = (typeof customerSorts)[number]

/** Where the addresses lie of customers whose personal data was deleted: no mail goes there (RFC 2606). */
export const ERASED_DOMAIN = 'deleted.invalid'
