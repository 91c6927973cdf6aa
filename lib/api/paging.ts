import '#server-only'
import { z } from 'zod'
import { isId } from '../base/ids.ts'
import { isStorable } from '../base/text.ts'
import type { Keyset } from '../database/keyset.ts'
import { Problem } from './problem.ts'
import { shown } from './wire.ts'

type Value = Date | string | number

/** An endless time may also be that of something that never happens. */
type Kind = 'time' | 'endless time' | 'text' | 'number'

/** What a list can be sorted by, by its name in requests: the column inside, what kind of value it has, and a row's value. */
export type Sorts<Row, Sort extends string> = Record<string, { by: Sort; kind: Kind; value: (row: Row) => Value }>

/** A place in a list, as an answer gave it. */
export const Cursor = z.string().regex(/^[A-Za-z0-9_-]{1,600}$/, 'Send the cursor as it came')

/** The query of a list: a page of it, its order, and filters. The first of `sorts` is the usual order, newest first. */
export function listQuery<Filters extends z.ZodRawShape>(sorts: Record<string, unknown>, filters: Filters) {
  const names = Object.keys(sorts)
  return z.strictObject({
    limit: z.coerce.number<string>().int().min(1).max(100).default(20).describe('How many to answer at most.'),
    cursor: Cursor.optional().describe('`next_cursor` of the page before, as it came.'),
    sort: z
      .enum(names.flatMap((name) => [name, `-${name}`]) as [string, ...string[]])
      .default(`-${names[0]}`)
      .describe('What to sort by; with `-` in front, the largest or latest first.'),
    ...filters,
  })
}

/** One page of something. */
export const pageOf = <T extends z.ZodType>(id: string, item: T) =>
  shown(
    id,
    'One page of a list.',
    z.object({
      data: z.array(item),
      next_cursor: z.string().nullable().describe('Send it as `cursor` for the next page; null on the last one.'),
      has_more: z.boolean(),
    }),
  )

/** Reads a page and one row more, which says whether there is another page. */
export async function readPage<Row extends { id: string }, Shown, Sort extends string>(
  { limit, cursor, sort }: { limit: number; cursor?: string | undefined; sort: string },
  sorts: Sorts<Row, Sort>,
  read: (keyset: Keyset<Sort>) => Promise<Row[]>,
  show: (row: Row) => Shown,
) {
  const column = sorts[sort.replace(/^-/, '')]
  if (!column) throw new Error(`No such order: ${sort}`)
  const rows = await read({
    sort: column.by,
    dir: sort.startsWith('-') ? 'desc' : 'asc',
    limit: limit + 1,
    after: cursor === undefined ? undefined : readCursor(cursor, sort, column.kind),
  })
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  const hasMore = rows.length > limit
  return {
    data: data.map(show),
    next_cursor: hasMore && last ? writeCursor(sort, column.value(last), last.id) : null,
    has_more: hasMore,
  }
}

const writeCursor = (sort: string, value: Value, id: string): string =>
  Buffer.from(JSON.stringify([sort, value, id])).toString('base64url')

/** Cursors are opaque, not secret: whatever somebody makes up leads to rows they may read anyway, or is refused here. */
function readCursor(cursor: string, sort: string, kind: Kind) {
  try {
    const [of, value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    if (of === sort && typeof id === 'string' && isId(id)) {
      const read = readValue(value, kind)
      if (read !== undefined) return { value: read, id }
    }
  } catch {
    // Said below.
  }
  const message = 'Send next_cursor as it came, with the sort it came from.'
  throw new Problem('INVALID_INPUT', message, { errors: [{ path: 'cursor', message }] })
}

function readValue(value: unknown, kind: Kind): Value | undefined {
  if (kind === 'number') return Number.isSafeInteger(value) ? (value as number) : undefined
  if (typeof value !== 'string' || !isStorable(value)) return undefined
  if (kind === 'text') return value
  if (kind === 'endless time' && /^-?infinity$/.test(value)) return value
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) && !Number.isNaN(Date.parse(value)) && value >= '0001'
    ? new Date(value)
    : undefined
}
