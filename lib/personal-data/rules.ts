// A word beside a letter, a digit or a hyphen is part of another one: mariana@x.example is not ana@x.example, and ana@x.com.au not ana@x.com.
// In JSON a line break before it is written as letters. Once as JavaScript has it, once as PostgreSQL.
const around = {
  js: ['(?:(?<![\\p{L}\\p{N}_.+-])|(?<=\\\\[nrtbf]))', '(?!\\.?[\\p{L}\\p{N}_-])'],
  sql: ['(?:(?<![[:alnum:]_.+-])|(?<=\\\\[nrtbf]))', '(?!\\.?[[:alnum:]_-])'],
} as const

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** A pattern that finds any of these words as a whole, large or small letters aside, for `~*` and regexp_replace of PostgreSQL. */
export const sqlPattern = (words: readonly string[]): string =>
  `${around.sql[0]}(?:${words.map(escaped).join('|')})${around.sql[1]}`

/**
 * What texts are searched for: the address, those they had before, and the name where it is two words or more of two letters. Less may mean anything, and what has
 * other signs in it could be the very form of what is searched.
 */
export const wordsOf = ({
  email,
  name,
  formers = [],
}: {
  email: string
  name: string | null
  formers?: string[]
}): string[] => {
  const whole = name?.trim().replace(/\s+/g, ' ') ?? ''
  return [
    email,
    ...formers,
    ...(/^[\p{L}\p{M}\p{N}'’.-]{2,}(?: [\p{L}\p{M}\p{N}'’.-]{2,})+$/u.test(whole) ? [whole] : []),
  ]
}

/** What stands in their place. */
export const ERASED_WORD = '[deleted]'

/** True when a text names somebody: by one of the words, or by a store's reference long enough to be theirs alone. */
export function names(text: string, words: readonly string[], refs: readonly string[] = []): boolean {
  const sought = [...words, ...refs.filter((ref) => ref.length >= 6)].map(escaped)
  return new RegExp(`${around.js[0]}(?:${sought.join('|')})${around.js[1]}`, 'iu').test(text)
}
