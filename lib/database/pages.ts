import '#server-only'
import { Prisma } from '#prisma/client.ts'
import { prisma } from './client.ts'
import { keysetOf } from './keyset.ts'
import { type FarPages, type Mark, type MarkKind, type PageOf, readMark, writeMark } from './marks.ts'

// Numbered pages of an ordered list. PostgreSQL passes every row before a page, so only near pages are found by their number; from page to
// page one goes on from marks (marks.ts), however far.

/** Rows to read in an order, or in the order turned round: from a row on, or past the first ones. */
export type Slice = { limit: number; offset: number; turned: boolean; from: Mark | null }

/** What lies within so many rows is read while the others are counted, and needs no mark. */
const NEAR = 1_000

/** So many rows are counted, and no more, where counting all would take long; and so many are passed to find a page by its number. */
const COUNTED = 10_000

const NO_PAGE: FarPages = { isMore: false, numbered: COUNTED, previous: null, next: null }

/** How many rows there are; `isMore`: and others that were not counted. */
export type Counted = { total: number; isMore: boolean }

/** A count of all. */
export const exactly = (total: number): Counted => ({ total, isMore: false })

/** What a count that ends one after `COUNTED` has come to. */
const countedUpTo = (count: number): Counted => ({ total: Math.min(count, COUNTED), isMore: count > COUNTED })

/** Counts rows as far as it takes no time. `from` has FROM and WHERE. */
async function countRows(from: Prisma.Sql): Promise<Counted> {
  const [row] = await prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (SELECT 1 ${from} LIMIT ${COUNTED + 1}) counted`
  return countedUpTo(row?.count ?? 0)
}

/** Counts all rows: for lists that are not narrowed, whose rows an index counts fast enough for as many as there may be. */
export async function countAll(from: Prisma.Sql): Promise<Counted> {
  const [row] = await prisma.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count ${from}`
  return exactly(row?.count ?? 0)
}

/** One page: its rows, how many there are in all, and how the pages beside it are found. */
export type Page<Row> = { rows: Row[]; total: number; far: FarPages }

type Order<Row> = {
  /** Names the order, its direction included: marks of another are no use. */
  order: string
  kind: MarkKind
  placeOf: (row: Row) => { value: string | null; id: string }
}

/** One page, and how many rows there are. `read` has the rows of a slice. */
export async function readPage<Row>(
  { page, size, mark }: PageOf,
  { order, kind, placeOf }: Order<Row>,
  count: () => Promise<Counted>,
  read: (slice: Slice) => Promise<Row[]>,
): Promise<Page<Row>> {
  const offset = (page - 1) * size
  const from = page > 1 ? readMark(mark, order, kind) : null
  if (from) return beside(from)
  if (offset < NEAR) {
    const [rows, counted] = await Promise.all([read({ limit: size + 1, offset, turned: false, from: null }), count()])
    return shown(rows.slice(0, size), counted, { before: offset > 0, behind: rows.length > size })
  }
  const counted = await count()
  const { total, isMore } = counted
  const limit = Math.min(size, total - offset)
  const behind = total - offset - limit
  const isTooFar = offset > COUNTED && (isMore || behind > COUNTED)
  if (offset >= total || isTooFar) return { rows: [], total, far: { ...NO_PAGE, isMore } }
  const isNearerEnd = !isMore && behind < offset
  const rows = isNearerEnd
    ? (await read({ limit, offset: behind, turned: true, from: null })).reverse()
    : await read({ limit, offset, turned: false, from: null })
  return shown(rows, counted, { before: true, behind: isMore || behind > 0 })

  async function beside(from: Mark): Promise<Page<Row>> {
    const turned = from.side === 'before'
    const [found, counted] = await Promise.all([read({ limit: size + 1, offset: 0, turned, from }), count()])
    const rows = found.slice(0, size)
    const goesOn = found.length > size
    return shown(turned ? rows.reverse() : rows, counted, { before: !turned || goesOn, behind: turned || goesOn })
  }

  function shown(rows: Row[], { total, isMore }: Counted, there: { before: boolean; behind: boolean }): Page<Row> {
    const beyond = (side: Mark['side'], row: Row | undefined, at: number, isThere: boolean) =>
      row && isThere && at >= NEAR ? writeMark(order, { side, ...placeOf(row) }) : null
    return {
      ...{ rows, total },
      far: {
        ...{ isMore, numbered: COUNTED },
        previous: beyond('before', rows[0], offset - size, there.before),
        next: beyond('after', rows.at(-1), offset + size, there.behind),
      },
    }
  }
}

type TimeOrder = { [column: string]: 'asc' | 'desc' }[]

/**
 * One page of a table that is read by Prisma and ordered by a time which every row has. `count` counts up to so many rows, in an order by
 * which they are found (without one, Prisma orders them by their ids); `find` is asked for a slice, and has to keep to `beyond`.
 */
export function pageByTime<Column extends string, Row extends { id: string } & Record<Column, Date>>(
  pageOf: PageOf,
  { column, dir }: { column: Column; dir: 'asc' | 'desc' },
  count: (asked: { take: number; orderBy: TimeOrder }) => Promise<number>,
  find: (asked: {
    beyond: ReturnType<typeof keysetOf>['beyond']
    orderBy: TimeOrder
    skip: number
    take: number
  }) => Promise<Row[]>,
): Promise<Page<Row>> {
  return readPage<Row>(
    pageOf,
    {
      ...{ order: `${column} ${dir}`, kind: 'time' },
      placeOf: (row) => ({ value: row[column].toISOString(), id: row.id }),
    },
    async () =>
      countedUpTo(await count({ take: COUNTED + 1, orderBy: keysetOf({ sort: column, dir, limit: 0 }).orderBy })),
    ({ limit, offset, turned, from }) => {
      const after = from?.value ? { value: new Date(from.value), id: from.id } : undefined
      const { beyond, orderBy } = keysetOf({
        sort: column,
        dir: (dir === 'asc') === turned ? 'desc' : 'asc',
        limit,
        after,
      })
      return find({ beyond, orderBy, skip: offset, take: limit })
    },
  )
}

/** A list as SQL: rows `from` somewhere, each with an `id` and what it is ordered `by`. */
export type OrderedList = {
  id: Prisma.Sql
  by: Prisma.Sql
  kind: MarkKind
  /** Names what it is ordered by, for marks. */
  sort: string
  /** What can be empty comes last both ways; of what cannot this must not be said, or its index is no use. */
  canBeEmpty: boolean
  dir: 'asc' | 'desc'
  /** FROM and WHERE, to which a condition can be added. */
  from: Prisma.Sql
  /** The same with only what counting needs. */
  counted?: Prisma.Sql
  /** Counts all, where that is known or takes no time; otherwise they are counted up to a bound. */
  count?: () => Promise<Counted>
}

const types = { time: Prisma.sql`timestamptz`, text: Prisma.sql`text`, number: Prisma.sql`bigint` } satisfies Record<
  MarkKind,
  Prisma.Sql
>

type Placed = { id: string; place: string | null }

/** The ids of one page, and how many rows there are. `lookedFor`: finding the rows costs so much that it is done once for both. */
export async function pageOfIds(
  pageOf: PageOf,
  { id, by, kind, sort, canBeEmpty, dir, from, counted = from, count = () => countRows(counted) }: OrderedList,
  { lookedFor }: { lookedFor: boolean },
): Promise<{ ids: string[]; total: number; far: FarPages }> {
  const all = Prisma.sql`SELECT ${id} AS id, ${by} AS sorted ${from}`
  const isUp = (turned: boolean) => (dir === 'asc') !== turned
  const order = (turned: boolean) => {
    const way = isUp(turned) ? Prisma.sql`ASC` : Prisma.sql`DESC`
    const empty = canBeEmpty ? Prisma.raw(turned ? 'NULLS FIRST' : 'NULLS LAST') : Prisma.empty
    return Prisma.sql`sorted ${way} ${empty}, id ${way}`
  }
  const { page, size } = pageOf
  if (lookedFor) {
    // Mostly few are found, and then all that is asked about them follows from having found them once. Where more are found than are counted,
    // they are so many that the first in the order are soon there.
    const found = await prisma.$queryRaw<{ id: string | null; total: number }[]>`
      WITH found AS MATERIALIZED (${all} LIMIT ${COUNTED + 1})
      SELECT t.total, p.id FROM (SELECT count(*)::int AS total FROM found) t LEFT JOIN (
        SELECT * FROM found ORDER BY ${order(false)} LIMIT ${size} OFFSET ${(page - 1) * size}) p ON t.total <= ${COUNTED}
      ORDER BY ${order(false)}`
    const total = found[0]?.total ?? 0
    // A page without rows has the total all the same.
    if (total <= COUNTED) return { ids: found.flatMap((row) => row.id ?? []), total, far: NO_PAGE }
    return paged(async () => countedUpTo(total))
  }
  return paged(count)

  // What comes after a row in the order, or before it in the order turned round: rows that have nothing to be ordered by are the last ones.
  function beyond({ value, id: beside }: Mark, turned: boolean): Prisma.Sql {
    const than = Prisma.raw(isUp(turned) ? '>' : '<')
    if (value === null) {
      const among = Prisma.sql`(${by} IS NULL AND ${id} ${than} ${beside}::uuid)`
      return turned ? Prisma.sql`(${among} OR ${by} IS NOT NULL)` : among
    }
    const row = Prisma.sql`(${by}, ${id}) ${than} (${value}::text::${types[kind]}, ${beside}::uuid)`
    return canBeEmpty && !turned ? Prisma.sql`(${row} OR ${by} IS NULL)` : row
  }
  async function paged(count: () => Promise<Counted>) {
    const { rows, total, far } = await readPage<Placed>(
      pageOf,
      { order: `${sort} ${dir}`, kind, placeOf: ({ id, place }) => ({ id, value: place }) },
      count,
      ({ limit, offset, turned, from: mark }) => prisma.$queryRaw`SELECT id, sorted::text AS place FROM (
        ${all} ${mark ? Prisma.sql`AND ${beyond(mark, turned)}` : Prisma.empty}
        ORDER BY ${order(turned)} LIMIT ${limit} OFFSET ${offset}) r ORDER BY ${order(turned)}`,
    )
    return { ids: rows.map((row) => row.id), total, far }
  }
}
