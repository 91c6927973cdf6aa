import { z } from 'zod'
import { idFrom, isId } from '../base/ids.ts'
import { INT4_MAX } from '../base/numbers.ts'

// How vendors write what we have, and how we read it back. Every vendor's ids name the same rows.

/** A row that other systems may know by ids of theirs. */
type Named = { id: string; externalId?: string | null; externalIds?: string[] }

const theirs = ({ externalId, externalIds }: Named): string[] => externalIds ?? (externalId ? [externalId] : [])

/** An id with a prefix, like `lic_…`: the one it came with, so that what clients remember stays true, or ours in that spelling. */
export const prefixedId = (prefix: string, row: Named): string =>
  theirs(row).find((text) => text.startsWith(`${prefix}_`)) ?? `${prefix}_${row.id.replaceAll('-', '')}`

/** An id that is a UUID: as the client named the row, else the one it came with, else ours. */
export function uuidId(row: Named, named?: unknown): string {
  const known = [
    ...theirs(row)
      .filter(isId)
      .map((id) => id.toLowerCase()),
    row.id,
  ]
  return known.find((id) => typeof named === 'string' && id === named.toLowerCase()) ?? (known[0] as string)
}

const NUMBER_MAX = INT4_MAX

/** A whole number in digits that a number column holds; null for anything else. */
export function wholeNumber(text: string): number | null {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  return value <= NUMBER_MAX ? value : null
}

/** A number that names a row: the one it came with, or ours. */
export const numberId = (row: Named & { number: number }): number =>
  theirs(row).flatMap((text) => wholeNumber(text) ?? [])[0] ?? row.number

/** Every name a row may have that a vendor's client calls by this text: our id, or an id it came with. */
export const namesOf = (text: string): string[] => [...new Set([idFrom(text), text])]

/** The fields of a JSON object; none for anything else. */
export const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

/** An id in a body as ours. What is no text stays, and is refused as such. */
export const idIn = (value: unknown): unknown => (typeof value === 'string' ? idFrom(value) : value)

const ISO_DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i
const WITH_ZONE = /(?:Z|[+-]\d\d:?\d\d)$/i

/** A moment in a body or a query; without a zone it is UTC. What is none stays, and is refused as such. */
export function momentIn(value: unknown): unknown {
  if (typeof value !== 'string' || !ISO_DATE.test(value)) return value
  const hasTime = value.length > 10
  const moment = new Date(hasTime && !WITH_ZONE.test(value) ? `${value.replace(' ', 'T')}Z` : value)
  return Number.isNaN(moment.getTime()) ? value : moment
}

/** A number in a query; null when it is not there. What is none stays, and is refused as such. */
export const numberIn = (value: string | null): number | string | null =>
  value === null || value === '' ? null : (wholeNumber(value) ?? value)

/** A device limit in a body: null is none, and 0, as keys without activations are shown, takes no devices. */
export function limitIn(value: unknown) {
  if (value === null) return { mode: 'unlimited', limit: null }
  return value === 0 ? { mode: 'off', limit: null } : { mode: 'limited', limit: value }
}

/** What a table has under a name that a client sent; names like `constructor` are in no table. */
export const inTable = <T>(table: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** What a query says; nothing when it is empty. */
export const param = (query: URLSearchParams, name: string): string | undefined => query.get(name) || undefined

/** What a word in a query narrows a list to. Throws zod's error for a word the vendor has not. */
export function narrowed(by: Record<string, object>, query: URLSearchParams, name: string): object {
  const word = param(query, name)
  if (word === undefined) return {}
  z.object({ [name]: z.enum(Object.keys(by)) }).parse({ [name]: word })
  return by[word] as object
}
