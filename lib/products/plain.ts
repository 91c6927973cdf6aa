/** The columns a list of products can be sorted by. */
export const productSorts = ['name', 'keys', 'createdAt'] as const

export type ProductSort = (typeof productSorts)[number]
