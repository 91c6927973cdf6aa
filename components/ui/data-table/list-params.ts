import { createParser, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server'

/** The most rows one page may ask for. */
export const maxPageSize = 100

const clamped = (least: number, most: number) =>
  createParser({
    parse: (text) => {
      const number = Number.parseInt(text, 10)
      return Number.isNaN(number) ? null : Math.min(most, Math.max(least, number))
    },
    serialize: String,
  })

/** The page of a list that is part of another page. */
export const pageParam = clamped(1, 100_000).withDefault(1)

const words = createParser({ parse: (text) => text.trim().slice(0, 200), serialize: (text: string) => text })

const marked = createParser({ parse: (text) => text.slice(0, 1_000), serialize: (text: string) => text }).withDefault(
  '',
)

/** The address of a list: page, size, sort, direction and search words, checked the same on server and in the browser. */
export function listParams<const Sort extends readonly string[]>({
  sort,
  by,
  dir = 'desc',
  size = 50,
}: {
  /** The columns one may sort by. */
  sort: Sort
  by: NoInfer<Sort[number]>
  dir?: 'asc' | 'desc'
  size?: number
}) {
  return {
    page: clamped(1, 100_000).withDefault(1),
    size: clamped(1, maxPageSize).withDefault(size),
    sort: parseAsStringLiteral<Sort[number]>(sort).withDefault(by),
    dir: parseAsStringLiteral(['asc', 'desc'] as const).withDefault(dir),
    q: words.withDefault(''),
    /** Beside which row a far page is; of a first page, and of another order, it says nothing. */
    mark: marked,
  }
}

// biome-ignore lint/suspicious/noExplicitAny: to a parser of strings, one of some strings is not assignable
export type ListParams = ReturnType<typeof listParams<readonly any[]>>

/** A filter in the address: some of these values; unknown ones are dropped. */
export const filterParam = <const Value extends string>(values: readonly Value[]) =>
  parseAsArrayOf(parseAsStringLiteral(values)).withDefault([])

/** A filter in the address whose values are not known beforehand, such as ids. */
export const idFilterParam = parseAsArrayOf(parseAsString).withDefault([])
