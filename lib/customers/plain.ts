/** The columns a list of customers can be sorted by. */
export const customerSorts = ['name', 'keys', 'purchases', 'lastSeenAt', 'createdAt'] as const

export type CustomerSort = (typeof customerSorts)[number]

/** The longest note about a customer. */
export const NOTE_MAX = 4_000

/** Why an address is refused that somebody else here has: the form then offers to make the two one. */
export const ADDRESS_TAKEN = 'Another customer has this address.'

/** Where the addresses lie of customers whose personal data was deleted: no mail goes there (RFC 2606). */
export const ERASED_DOMAIN = 'deleted.invalid'
