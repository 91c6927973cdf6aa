import { isRefusal } from '#lib/base/errors.ts'
import { SaidRefusal } from '#lib/web/reader-action.ts'
import type { Reader } from '#lib/words/reader.ts'
import { endFor } from '#lib/words/rules.ts'

type Limit = { why: 'cooldown' | 'yearly'; until: Date; count: number }

/** Why no device can be freed now, in the reader's words. */
export function limitInWords({ why, until, count }: Limit, { words, zone }: Pick<Reader, 'words' | 'zone'>): string {
  const day = endFor(words, until, zone ?? 'UTC')
  return why === 'cooldown' ? words.replace.cooldown(day) : words.replace.yearly(count, day)
}

/** The refusal of whoever frees devices too often, in their words; anything else as it is. */
export function tooOften(error: unknown, reader: Reader): unknown {
  if (!isRefusal(error) || !('limit' in error)) return error
  return new SaidRefusal('CONFLICT', limitInWords(error.limit as Limit, reader))
}
