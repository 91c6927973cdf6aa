import '#server-only'
import { DAY_MS } from '../base/days.ts'
import { exactJson, type JsonObject, StoredObject } from '../base/json.ts'
import type { Columns, DateOrder, ImportField, Limit } from '../import-fields/schema.ts'
import { whyDamaged } from './damaged-cells.ts'
import { readDate } from './dates.ts'
import type { Values } from './drafts.ts'
import { named } from './named.ts'
import { readCount, readFlag, readLimit } from './words.ts'

// Plain checks, no schemas: they are made for every field of every record.

/** Why a text cannot be stored; null when it can. */
export const whyNotStorable = (text: string): string | null =>
  text.includes('\u0000') || !text.isWellFormed() ? 'it is not well-formed text' : null

/** How dates are read: in which order, in whose time zone a day alone ends, and what lies in the future. */
export type Dates = { order: DateOrder | null; zone: string; now: Date }

/** The fields of one record; complaints are collected, so that a line is mended in one go. */
export class Fields {
  readonly #values: Values
  readonly #columns: Columns
  readonly #dates: Dates
  readonly #complaints = new Set<string>()

  constructor(values: Values, columns: Columns, dates: Dates) {
    this.#values = values
    this.#columns = columns
    this.#dates = dates
  }

  /** Everything that was said against the record so far, once each. */
  get complaints(): string[] {
    return [...this.#complaints]
  }

  complain(...messages: string[]): void {
    for (const message of messages) this.#complaints.add(message)
  }

  /** The same for a record inside this one. */
  inside(values: Values, columns: Columns): Fields {
    return new Fields(values, columns, this.#dates)
  }

  raw(field: ImportField): unknown {
    const column = this.#columns[field]
    return column === undefined ? undefined : this.#values(column)
  }

  text(field: ImportField): string {
    const value = this.raw(field)
    if (value === null || value === undefined || typeof value === 'object') return ''
    const trimmed = String(value).trim()
    // As programs write nothing; Null is a name. And old databases have a date for it.
    return /^(null|NULL|n\/a|N\/A|undefined|0000-00-00.*)$/.test(trimmed) ? '' : trimmed
  }

  words(field: ImportField, what: string, max: number): string {
    const value = this.text(field)
    const why = value.length > max ? `it is longer than ${max} characters` : whyNotStorable(value)
    if (why === null) return value
    this.complain(`The ${what} cannot be stored: ${why}.`)
    return ''
  }

  date(field: ImportField, what: string, { ends = false, ahead = true } = {}): Date | null {
    const value = this.text(field)
    if (!value) return null
    const { order, zone, now } = this.#dates
    const read = readDate(value, { order, ends, zone })
    if (read === 'unclear')
      this.complain(
        `The ${what} ${named(value)} can be read in two ways: say whether the day or the month comes first.`,
      )
    else if (read === null || read.getUTCFullYear() < 1990 || read.getUTCFullYear() > 9998) {
      const why = whyDamaged(value)
      this.complain(
        why
          ? `The ${what} cannot be read: ${why}.`
          : `The ${what} ${named(value)} is not a date. Write it like 2026-12-31 or 2026-12-31T18:00:00Z.`,
      )
    } else if (!ahead && read.getTime() > now.getTime() + DAY_MS)
      this.complain(`The ${what} ${named(value)} is in the future.`)
    else return read
    return null
  }

  count(field: ImportField, what: string, max: number): number {
    const value = this.text(field)
    if (!value) return 0
    const read = readCount(value)
    if (read !== null && read <= max) return read
    const why = whyDamaged(value)
    this.complain(`${what} must be a whole number${why ? `: ${why}` : `, not ${named(value)}`}.`)
    return 0
  }

  flag(field: ImportField, what: string): boolean {
    const value = this.text(field)
    const read = readFlag(value)
    if (read === null) this.complain(`${what} must be yes or no, not ${named(value)}.`)
    return read ?? false
  }

  limit(field: ImportField, what: string, empty: Limit, max: number): Limit {
    if (this.raw(field) === undefined) return 'configuration'
    const written = this.text(field)
    if (!written) return empty
    const read = readLimit(written, max)
    if (read !== null) return read
    const why = whyDamaged(written)
    this.complain(`The ${what} must be a number or “unlimited”${why ? `: ${why}` : `, not ${named(written)}`}.`)
    return 'configuration'
  }

  object(field: ImportField, what: string): JsonObject {
    const value = this.raw(field)
    if (value === undefined || value === null || value === '') return {}
    const parsed = typeof value === 'string' ? parseJson(value) : value
    const checked = StoredObject.safeParse(parsed ?? value)
    if (checked.success) return checked.data
    this.complain(`The ${what} must be a JSON object (${checked.error.issues[0]?.message ?? 'invalid'}).`)
    return {}
  }

  /** A list inside the record; null, and a complaint, for what is none. */
  list(field: ImportField, what: string): unknown[] | null {
    const value = this.raw(field)
    const parsed = typeof value === 'string' ? (value.trim() ? parseJson(value) : []) : (value ?? [])
    if (Array.isArray(parsed)) return parsed
    this.complain(`The list of ${what} is not a JSON list.`)
    return null
  }
}

/** A value of JSON; {} for nothing, undefined for what is none. */
function parseJson(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return exactJson(text)
  } catch {
    return undefined
  }
}
