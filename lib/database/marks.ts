import '#server-only'
import { isId } from '../base/ids.ts'
import { isStorable } from '../base/text.ts'

// A far page is found by the row it stands beside, and not by how many rows come before it: an index begins there.

/** What lists are ordered by. */
export type MarkKind = 'time' | 'text' | 'number'

/** A row that a page comes after or before: what the list is ordered by there, null where it is empty, and the id. */
export type Mark = { side: 'after' | 'before'; value: string | null; id: string }

/** What a list is asked for: a page of it by its number, from a mark where the address has one. */
export type PageOf = { page: number; size: number; mark?: string | undefined }

/** How the pages beside one that is far are found. */
export type FarPages = {
  /** There are more rows than were counted. */
  isMore: boolean
  /** Pages that reach no further than so many rows from either end are found by their numbers. */
  numbered: number
  previous: string | null
  next: string | null
}

/** As an address carries it. `order` keeps it from being read in another order of the list. */
export const writeMark = (order: string, { side, value, id }: Mark): string =>
  Buffer.from(JSON.stringify([order, side, value, id])).toString('base64url')

const isOf: Record<MarkKind, (value: string) => boolean> = {
  time: (value) => value.length < 40 && /^\d/.test(value) && !Number.isNaN(Date.parse(value)),
  text: isStorable,
  number: (value) => /^-?\d{1,15}$/.test(value),
}

/** A mark of an address; null for one of another order, and for what somebody made up. It leads to rows that they may read anyway. */
export function readMark(text: string | undefined, order: string, kind: MarkKind): Mark | null {
  if (!text) return null
  try {
    const [of, side, value, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[]
    if (of !== order || (side !== 'after' && side !== 'before') || typeof id !== 'string' || !isId(id)) return null
    if (value === null) return { side, value, id }
    return typeof value === 'string' && isOf[kind](value) ? { side, value, id } : null
  } catch {
    return null
  }
}
