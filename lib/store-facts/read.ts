import { z } from 'zod'
import { minorUnits } from './money.ts'
import type { Instant } from './schema.ts'

/** A body that is not what the store sends, with the reason for people. */
export class UnreadableDelivery extends Error {}

// What bodies of stores are read with. Leniently: a store adds fields and words at any time, and a body that is refused for one of them
// is a sale without a key. What decides anything is checked by the reader itself.

/** The value where it is one of this kind, otherwise null: for fields that are not worth refusing a whole delivery for. */
export const lenient = <Schema extends z.ZodType>(schema: Schema) =>
  schema
    .nullish()
    .catch(null)
    .transform((value) => value ?? null)

/** Text, null where it is missing, empty or something else. Numbers count as text: some stores send ids as numbers. */
export const MaybeText = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  lenient(z.string().trim().min(1)),
)

/** A whole number, also when it is sent as text; null otherwise. */
export const MaybeInteger = z.preprocess(
  (value) => (typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value),
  lenient(z.number().int()),
)

export const MaybeFlag = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  lenient(z.boolean()),
)

/** A moment from ISO text or seconds; null when it is none. Text without a zone is UTC, a bare date its very end. */
export function instantOf(value: string | number | null | undefined): Instant | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'number') return made(new Date(value * 1_000))
  const text = value.trim()
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return made(new Date(`${text}T23:59:59.999Z`))
  return made(new Date(/(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text.replace(' ', 'T')}Z`))
}

const made = (date: Date): Instant | null => (Number.isNaN(date.getTime()) ? null : date.toISOString())

/**
 * A version from ISO text: comparable as text down to the microsecond, which two changes in one second may differ by. Falls back to
 * `otherwise` when it is no time.
 */
export function versionOf(value: string | null | undefined, otherwise: Instant): string {
  const instant = instantOf(value)
  if (!instant || !value) return versionOf(otherwise, otherwise)
  const fraction = /\.(\d{1,9})/.exec(value)?.[1] ?? ''
  return `${instant.slice(0, 19)}.${fraction.padEnd(6, '0').slice(0, 6)}Z`
}

/** A version from seconds or milliseconds since 1970, in the same form. */
export const versionOfSeconds = (seconds: number): string =>
  versionOf(new Date(seconds * 1_000).toISOString(), new Date(0).toISOString())

/** An amount of whole units and its currency as facts have them; nothing where the store does not say both. */
export function moneyOf(amount: string | null, currency: string | null): { amount?: number; currency?: string } {
  const isAmount = amount !== null && amount !== '' && Number.isFinite(Number(amount))
  return isAmount && currency ? { amount: minorUnits(amount, currency), currency } : {}
}

/** The name of a person from its parts; null where there is none. */
export const nameOf = (...parts: (string | null | undefined)[]): string | null =>
  parts.filter((part) => part).join(' ') || null

/** The JSON of a delivery as the schema reads it. */
export function parsedBody<Schema extends z.ZodType>(schema: Schema, { body }: { body: Uint8Array }): z.infer<Schema> {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new UnreadableDelivery('The body is not JSON.')
  }
  return readAs(schema, json)
}

/** Something of a delivery as the schema reads it. */
export function readAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new UnreadableDelivery(
    `The body is not as expected at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`,
  )
}

/** Text that has to be there. */
export function requiredText(text: string | null, what: string): string {
  if (text?.trim()) return text.trim()
  throw new UnreadableDelivery(`It lacks ${what}.`)
}
