/** The columns a list of customers can be sorted by. */
export const customerSorts = ['name', 'keys', 'purchases', 'lastSeenAt', 'createdAt'] as const
export type CustomerSort = (typeof customerSorts)[number]

/** A session of one customer with one organization; the token is told once. */
export type CustomerSession = {
  id: string
  token: string
  organizationId: string
  customer: {
    id: string
    number: number
    externalId: string | null
    email: string
    name: string | null
    createdAt: Date
    modifiedAt: Date
  }
  createdAt: Date
  expiresAt: Date
}
