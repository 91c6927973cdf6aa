import '#server-only'
import pg from 'pg'
import type { RawRow } from './batches.ts'

// Plain SQL reads rows by tables of their columns: each names a column once, and select list, parser and type follow from it.

/** One column: how SQL names it, and what the text that PostgreSQL writes for it becomes. */
export type Column<T> = { sql: string; read: (text: string | null) => T }
type Columns = Record<string, Column<unknown>>

/** What a row of these columns is. The driver makes the same of them where it reads them itself. */
export type RowOf<C extends Columns> = { [Name in keyof C]: C[Name] extends Column<infer T> ? T : never }

/** How a column is read, and the type it is cast to before. */
type Kind<T> = { read: (text: string | null) => T; cast?: string }
type Kinds = Record<string, Kind<unknown>>
type Named<K extends Kinds> = { [Name in keyof K]: K[Name] extends Kind<infer T> ? Column<T> : never }

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Columns of the table that SQL calls `alias`, by their names as Prisma has them. */
export const tableOf = <const K extends Kinds>(alias: string, kinds: K): Named<K> =>
  Object.fromEntries(
    Object.entries(kinds).map(([name, { read, cast }]) => [
      name,
      { sql: `${alias}.${snakeCase(name)}${cast ? `::${cast}` : ''}`, read },
    ]),
  ) as Named<K>

/** A column that is not one of a table, or has another name there. */
export const column = <T>(sql: string, { read }: Kind<T>): Column<T> => ({ sql, read })

/** The columns for SELECT, each under its name. */
export const selectList = (columns: Columns): string =>
  Object.entries(columns)
    .map(([name, { sql }]) => `${sql} AS "${name}"`)
    .join(', ')

/** Makes a row of raw values, the first of these columns at `from`. Nothing is looked up by name: calls read millions. */
export function rowReader<C extends Columns>(columns: C): (values: RawRow, from: number) => RowOf<C> {
  const names = Object.keys(columns)
  const reads = Object.values(columns).map(({ read }) => read)
  // Filling in a copy is several times faster than adding names one by one.
  const blank = JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null])))) as RowOf<C>
  return (values, from) => {
    const row = { ...blank } as Record<string, unknown>
    for (let i = 0; i < names.length; i++)
      row[names[i] as string] = (reads[i] as Column<unknown>['read'])(values[from + i] as string | null)
    return row as RowOf<C>
  }
}

/** The same columns for Prisma. */
export const prismaSelect = <C extends Columns>(columns: C): { [Name in keyof C]: true } =>
  Object.fromEntries(Object.keys(columns).map((name) => [name, true])) as { [Name in keyof C]: true }

// ---------------------------------------------------------------- kinds

const present = <T>(read: (text: string) => T): Kind<T> => ({ read: (text) => read(text as string) })

/** May be null. */
export const maybe = <T>({ read, ...kind }: Kind<T>): Kind<T | null> => ({
  ...kind,
  read: (text) => (text === null ? null : read(text)),
})

export const text: Kind<string> = present((value) => value)
/** One of an enum's words. */
export const word = <Word extends string>(): Kind<Word> => ({ ...present((value) => value as Word), cast: 'text' })
export const yesOrNo: Kind<boolean> = present((value) => value === 't')
export const integer: Kind<number> = present(Number)
/** A bigint below 2^53. */
export const count: Kind<number> = { ...present(Number), cast: 'float8' }
export const moment: Kind<Date> = present(momentOf)
/** A moment that may be null, as a column's text. */
export const date = maybe(moment).read
export const bytes: Kind<Uint8Array> = present((value) => Buffer.from(value.slice(2), 'hex'))
export const json = <T>(): Kind<T> => present((value) => JSON.parse(value) as T)

// The driver's list of types lacks this one.
const TEXT_ARRAY = 1009 as number as typeof pg.types.builtins.TEXT
export const texts: Kind<string[]> = present((value) =>
  value === '{}' ? [] : (pg.types.getTypeParser(TEXT_ARRAY)(value) as string[]),
)
/** Words of an enum. */
export const words = <Word extends string>(): Kind<Word[]> => ({
  read: texts.read as Kind<Word[]>['read'],
  cast: 'text[]',
})

// Sessions are in UTC, so times are nearly always written in one way, which is read here digit by digit: JavaScript's own reader takes
// twice as long, and every call has half a dozen. Years of five digits and the like are left to the driver.
function momentOf(value: string): Date {
  if (!PLAIN_TIME.test(value)) return pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ)(value) as Date
  const two = (at: number) => value.charCodeAt(at) * 10 + value.charCodeAt(at + 1) - 11 * ZERO
  let milliseconds = 0
  for (let at = 20, unit = 100; at < value.length - 3; at++, unit /= 10)
    milliseconds += (value.charCodeAt(at) - ZERO) * unit
  return new Date(Date.UTC(two(0) * 100 + two(2), two(5) - 1, two(8), two(11), two(14), two(17), milliseconds))
}

const ZERO = '0'.charCodeAt(0)
// Date.UTC takes years below 100 for those of the last century.
const PLAIN_TIME = /^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?\+00$/
