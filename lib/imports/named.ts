import { lastCharactersOf } from '../key-strings/rules.ts'

// How problems name what stands in a file.

const DATE_LIKE = /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}/
const EMAIL_LIKE = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** A value as a problem may name it: words, dates and addresses whole, of anything else the beginning. Columns get mistaken, and it may be a key. */
export function named(value: string): string {
  if (DATE_LIKE.test(value)) return `“${value.slice(0, 10)}”`
  const tokens = value.split(/[\s,.;:_()/-]+/).filter(Boolean)
  const numbers = tokens.filter((token) => /^\d{1,6}$/.test(token))
  const isWords = numbers.length <= 1 && tokens.every((token) => /^\p{L}+$/u.test(token) || numbers.includes(token))
  if (EMAIL_LIKE.test(value) || (isWords && (value.length <= 12 || /\p{Ll}/u.test(value))))
    return `“${value.slice(0, 60).toWellFormed()}”`
  return `“${value.slice(0, Math.min(3, Math.floor(value.length / 4))).toWellFormed()}…”`
}

/** A key as reports name it: its last few characters. */
export const maskedKeyText = (key: string): string => `••••${lastCharactersOf(key)}`
