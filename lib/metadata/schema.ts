import { z } from 'zod'
import { isStorable } from '../base/text.ts'

/** How much a merchant can keep beside a row. */
export const limits = { names: 50, name: 40, value: 500, tags: 20, tag: 40 } as const

/** What a merchant keeps of their own beside a row: names and texts. Never sent to client software or customers. */
export type Metadata = Record<string, string>

/** What is to change of it: null or an empty text takes a name away, names that are left out stay. */
export type MetadataPatch = Record<string, string | null>

const unstorable = 'Leave out NUL and half characters'

const name = z
  .string()
  .min(1)
  .max(limits.name, `A name has at most ${limits.name} characters`)
  .regex(/^[^[\]\p{Cc}]*$/u, 'A name has no brackets and no control characters')
  .refine(isStorable, unstorable)
const value = z
  .string('Send texts; null takes a name away')
  .max(limits.value, `A value has at most ${limits.value} characters`)
  .refine(isStorable, unstorable)
  .meta({ pattern: '^[^\\u0000]*$' })

/** Names and texts to be merged into those there are. */
export const MetadataPatch = z
  .record(name, value.nullable())
  .refine((patch) => Object.keys(patch).length <= limits.names, `At most ${limits.names} names`)
  .meta({ maxProperties: limits.names })

/** A filter: rows that have each of these names with exactly this text. */
export const MetadataFilter = z.record(name, value.min(1)).meta({ maxProperties: limits.names })

/** Short words for sorting keys into heaps; the whole list. */
export const Tags = z
  .array(
    z
      .string()
      .min(1)
      .max(limits.tag, `A tag has at most ${limits.tag} characters`)
      .regex(/^\S([^\p{Cc}]*\S)?$/u, 'A tag has no blanks around it')
      .refine(isStorable, unstorable),
  )
  .max(limits.tags, `At most ${limits.tags} tags`)
  .transform((tags) => [...new Set(tags)])
