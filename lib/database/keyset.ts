import '#server-only'

/** What a list is sorted by where a page ended: a value no row lacks, and the id that tells equal ones apart. */
export type After = { value: Date | string | number; id: string }

/** Part of a list: its order, how many rows, and after which one. */
export type Keyset<Sort extends string> = {
  sort: Sort
  dir: 'asc' | 'desc'
  limit: number
  after?: After | undefined
}

/** What Prisma is asked for such a part, in a table whose sort columns are never null. */
export function keysetOf<Sort extends string>({ sort, dir, limit, after }: Keyset<Sort>) {
  const [beyond, from] = dir === 'asc' ? (['gt', 'gte'] as const) : (['lt', 'lte'] as const)
  return {
    // The first condition says nothing new, but lets an index of the sort column begin where the last page ended.
    beyond: after
      ? [
          { [sort]: { [from]: after.value } },
          { OR: [{ [sort]: { [beyond]: after.value } }, { [sort]: after.value, id: { [beyond]: after.id } }] },
        ]
      : [],
    orderBy: [{ [sort]: dir }, { id: dir }] as { [column: string]: 'asc' | 'desc' }[],
    take: limit,
  }
}
