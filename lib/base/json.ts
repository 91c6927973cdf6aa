import { z } from 'zod'
import { isStorable, objectOf } from './text.ts'

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

export type JsonObject = { [key: string]: Json }

const DEPTH_MAX = 8

const JSON_BYTES_MAX = 32_768

// Refused here with a reason instead of failing in the database.
const storableMessage = 'Text must be well-formed Unicode without NUL characters'

/** Text that PostgreSQL can hold, of limited length. */
export const Text = (max: number, min = 0) =>
  z
    .string()
    .min(min)
    .max(max, `At most ${max} characters`)
    .refine(isStorable, storableMessage)
    .meta({ pattern: '^[^\\u0000]*$' })

/** A whole number that JavaScript would round when it reads it, in place of its value: two different ones would be equal. */
export class RoundedNumber {}

type Reviver = (this: unknown, name: string, value: unknown, context?: { source?: string }) => unknown

const keepRounded: Reviver = (_name, value, context) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
    ? new RoundedNumber()
    : value

/** What JSON says, as JSON.parse reads it; whole numbers that it would round are marked, for schemas to refuse where they matter. */
export const exactJson = (text: string): unknown =>
  /\d{16}/.test(text) ? JSON.parse(text, keepRounded as (name: string, value: unknown) => unknown) : JSON.parse(text)

type JsonProblem = { path: (string | number)[]; message: string }

function jsonProblem(value: unknown, path: JsonProblem['path'] = []): JsonProblem | null {
  const problem = (message: string) => ({ path, message })
  if (typeof value === 'string') return isStorable(value) ? null : problem(storableMessage)
  // JSON has no infinity, but a number with too large an exponent is read as one.
  if (typeof value === 'number') return Number.isFinite(value) ? null : problem('Numbers must be finite')
  if (value === null || typeof value !== 'object') return null
  if (value instanceof RoundedNumber)
    return problem('Whole numbers beyond 9007199254740991 would be rounded: send them as text')
  if (path.length >= DEPTH_MAX) return { path: [], message: `Nested deeper than ${DEPTH_MAX} levels` }
  for (const [name, child] of Object.entries(value)) {
    // Prisma would drop it, and the conditions would never be met again.
    if (name === '__proto__') return problem('The name __proto__ cannot be stored')
    if (!isStorable(name)) return problem(storableMessage)
    const found = jsonProblem(child, [...path, Array.isArray(value) ? Number(name) : name])
    if (found) return found
  }
  return null
}

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length

/** A JSON object a client hands over to be stored or compared: 32 KB, 8 levels. */
export const StoredObject = z
  .custom<JsonObject>()
  .overwrite((value) => objectOf(value) as JsonObject)
  .superRefine((value: unknown, context) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      context.addIssue({ code: 'custom', message: 'Expected a JSON object' })
      return
    }
    const problem = jsonProblem(value)
    if (problem) context.addIssue({ code: 'custom', ...problem })
    else if (bytesOf(value) > JSON_BYTES_MAX)
      context.addIssue({ code: 'custom', message: `More than ${JSON_BYTES_MAX} bytes` })
  })

/** Deep equality of JSON values; the order of an object's keys does not matter, that of a list does. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => sameJson(item, b[i] as Json))
    )
  }
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name] as Json, b[name] as Json))
  )
}
