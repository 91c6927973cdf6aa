// What of a key can be asked for: each term under the name that people type. The address of the list, its chips, the typed filter and the
// API all mean these. Pure, for browsers too.

import type { RevokeReason } from '#prisma/enums.ts'
import { shownStatuses } from './plain.ts'
import { readNumber } from './term-numbers.ts'
import { oneOf, readTime } from './term-times.ts'

/** Where a purchase can stand (lib/purchases/plain.ts), and that there is none. */
export const purchaseTerms = [
  ...(['active', 'trial', 'pending', 'past_due', 'paused', 'ending', 'ended', 'lapsed'] as const),
  ...(['refunded', 'disputed', 'canceled', 'none'] as const),
] as const

export const reasonTerms = [
  ...(['refunded', 'dispute', 'ended', 'lapsed', 'paused', 'pending', 'by_hand'] as const),
] satisfies readonly RevokeReason[]

type Choice = { kind: 'choice'; of: readonly string[] }
/** A row with a name: told by its name, kept by its id. `none`: there may be no such row. */
type Named = { kind: 'named'; none?: true }
/** A time that is past, or one to come: a span from now, days of the calendar, and words beside them. */
type Time = { kind: 'time'; past: boolean; days: boolean; words: readonly string[] }
type Score = { kind: 'number'; least: number; most: number }
type Text = { kind: 'text' | 'pair' | 'id'; most: number }
/** `all`: several values are all asked for, of others any one is. */
export type TermKind = { all?: true } & (Choice | Named | Time | Score | Text)

/** In the order in which they are written. */
export const termKinds = {
  status: { kind: 'choice', of: shownStatuses },
  reason: { kind: 'choice', of: reasonTerms },
  product: { kind: 'named', none: true },
  configuration: { kind: 'named' },
  customer: { kind: 'text', most: 200 },
  order: { kind: 'text', most: 200 },
  purchase: { kind: 'choice', of: purchaseTerms },
  expires: { kind: 'time', past: false, days: true, words: ['never'] },
  ended: { kind: 'time', past: true, days: false, words: [] },
  seen: { kind: 'time', past: true, days: true, words: ['never'] },
  issued: { kind: 'time', past: true, days: true, words: [] },
  activated: { kind: 'choice', of: ['now', 'before', 'never'] },
  limit: { kind: 'choice', of: ['at', 'over'] },
  refused: { kind: 'time', past: true, days: false, words: ['now'] },
  risk: { kind: 'number', least: 0, most: 100 },
  tag: { kind: 'text', most: 40, all: true },
  meta: { kind: 'pair', most: 600, all: true },
  import: { kind: 'id', most: 36 },
} as const satisfies Record<string, TermKind>

export type TermName = keyof typeof termKinds
export const termNames = Object.keys(termKinds) as TermName[]

/** Values as they are kept, each once and in order: `is` any of them (of tags and metadata: all), `not` none. */
export type Term = { readonly is: readonly string[]; readonly not: readonly string[] }
export type Terms = { readonly [Name in TermName]?: Term }

/** One thing that is asked. */
export type Asked = { name: TermName; not: boolean; value: string }

/** Rows that terms name. */
export type Names = { readonly [Name in 'product' | 'configuration']: readonly { id: string; name: string }[] }

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const kindOf = (name: TermName): TermKind => termKinds[name]

/** A value as it was typed, with or without quotes. Of a pair, `of` is what stands behind the `=`. */
export type Typed = { text: string; quoted: boolean; of?: string }

/** The value as it is kept, or what was expected in its place. */
export function readValue(name: TermName, typed: Typed, names: Names | null): { value: string } | { expected: string } {
  const kind = kindOf(name)
  const { text } = typed
  switch (kind.kind) {
    case 'choice': {
      const word = text.toLowerCase().replaceAll('-', '_')
      return kind.of.includes(word) ? { value: word } : { expected: oneOf(kind.of) }
    }
    case 'named':
      return readName(name as keyof Names, kind, typed, names)
    case 'time': {
      const time = text.toLowerCase()
      if (kind.words.includes(time)) return { value: time }
      return readTime(time, kind.days, kind.words)
    }
    case 'number':
      return readNumber(text, kind)
    case 'id':
      return ID.test(text) ? { value: text.toLowerCase() } : { expected: 'an id' }
    case 'pair': {
      if (text === '' || text.length > 40) return { expected: 'a name, as in meta:team=red' }
      if ((typed.of ?? '').length > 500) return { expected: 'a text of at most 500 characters' }
      return { value: pairText(text, typed.of ?? null) }
    }
    case 'text': {
      const tidy = text.trim()
      if (tidy === '') return { expected: 'a text' }
      return tidy.length <= kind.most ? { value: tidy } : { expected: `a text of at most ${kind.most} characters` }
    }
  }
}

function readName(
  name: keyof Names,
  { none }: Named,
  { text, quoted }: Typed,
  names: Names | null,
): { value: string } | { expected: string } {
  if (none && !quoted && text.toLowerCase() === 'none') return { value: 'none' }
  const rows = names?.[name] ?? []
  const same = rows.find((row) => row.name === text)
  const alike = same ?? rows.find((row) => row.name.toLowerCase() === text.toLowerCase())
  if (alike) return { value: alike.id }
  // Of an id that is none of theirs no key is.
  if (ID.test(text) && !quoted) return { value: text.toLowerCase() }
  const some = rows.slice(0, 4).map((row) => `“${row.name}”`)
  const more = rows.length > some.length ? ` or ${rows.length - some.length} more` : ''
  return { expected: some.length > 0 ? `the name of a ${name}: ${some.join(', ')}${more}` : `the id of a ${name}` }
}

/** A text as it is written: in quotes where it would be read as something else. */
export function quoted(text: string): string {
  if (/^[^\s,"“”„\\=-][^\s,"“”„\\=]*$/u.test(text)) return text
  return `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`
}

/** A name of metadata, with what has to stand there. */
export const pairText = (name: string, value: string | null): string =>
  value === null ? quoted(name) : `${quoted(name)}=${quoted(value)}`

/** A kept value as it is written. */
export function writeValue(name: TermName, value: string, names: Names | null): string {
  const kind = kindOf(name)
  if (kind.kind === 'text') return quoted(value)
  if (kind.kind !== 'named') return value
  if (value === 'none') return value
  const row = names?.[name as keyof Names].find(({ id }) => id === value)
  if (!row) return value
  // A name that reads as something else without quotes.
  return ID.test(row.name) || row.name.toLowerCase() === 'none' ? `"${row.name}"` : quoted(row.name)
}

/** What is asked, in order and each thing once. */
export function termsOf(asked: readonly Asked[]): Terms {
  const terms: { [Name in TermName]?: Term } = {}
  for (const name of termNames) {
    const kind = kindOf(name)
    const of = (not: boolean) => {
      const values = [
        ...new Set(asked.filter((each) => each.name === name && each.not === not).map((each) => each.value)),
      ]
      return kind.kind === 'choice' ? kind.of.filter((word) => values.includes(word)) : values.sort()
    }
    const term = { is: of(false), not: of(true) }
    if (term.is.length + term.not.length > 0) terms[name] = term
  }
  return terms
}

/** The same one by one. */
export const askedBy = (terms: Terms): Asked[] =>
  termNames.flatMap((name) => {
    const { is = [], not = [] } = terms[name] ?? {}
    return [...is.map((value) => ({ name, not: false, value })), ...not.map((value) => ({ name, not: true, value }))]
  })

/** With one term replaced; null takes it away. */
export function withTerm(terms: Terms, name: TermName, term: Term | null): Terms {
  const others = askedBy(terms).filter((each) => each.name !== name)
  const own = term ? askedBy({ [name]: term }) : []
  return termsOf([...others, ...own])
}

export const isAsked = (terms: Terms): boolean => Object.keys(terms).length > 0
