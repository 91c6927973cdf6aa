import '#server-only'
import { z } from 'zod'
import { Text } from '../base/json.ts'
import type { ArchiveFilter } from '../key-configurations/plain.ts'
import { MetadataFilter, MetadataPatch } from '../metadata/schema.ts'

// The words that requests and answers are made of. JSON in snake case; times are ISO 8601 in UTC.

/** Shapes that answers are made of, by the name they have in the OpenAPI document. */
export const shownShapes = z.registry<{ id: string }>()

/** Shapes that requests are made of. */
export const askedShapes = z.registry<{ id: string }>()

/** Names a shape of answers. */
export function shown<T extends z.ZodType>(id: string, description: string, shape: T): T {
  const described = shape.describe(description)
  shownShapes.add(described, { id })
  return described
}

/** Names a shape of request bodies. */
export function asked<T extends z.ZodType>(id: string, shape: T): T {
  askedShapes.add(shape, { id })
  return shape
}

/** What the organization keeps of its own beside a row, in an answer. */
export const Metadata = z
  .record(z.string(), z.string())
  .describe('What the organization keeps of its own; client software and customers never see it.')

/** The same in a new row, and as changes to one. */
export const NewMetadata = MetadataPatch.optional().describe(
  'Names and texts of your own: at most 50, names up to 40 characters, texts up to 500. Do not put secrets here.',
)
export const MetadataChanges = MetadataPatch.optional().describe(
  'Merged into what is there: null or an empty text takes a name away, names that are left out stay.',
)

/** Ids other systems know a row by, in a request: the whole list. */
export const ExternalIds = z
  .array(
    Text(200, 1)
      .refine((id) => id.trim() === id, 'No blanks around an id')
      .meta({ pattern: '^\\S([^\\u0000]*\\S)?$' }),
  )
  .max(20)
  .refine((ids) => new Set(ids.map((id) => id.toLowerCase())).size === ids.length, 'Send each id once')
  .describe(
    'Ids other systems know it by: the whole list. License calls and vendors’ SDKs that name one of them mean this. Each has one owner (409).',
  )

/** A filter of lists: `metadata[plan]=pro`. */
export const metadataFilter = {
  metadata: MetadataFilter.optional().describe(
    '`metadata[name]=text`: those that have this name with exactly this text.',
  ),
}

export const Id = z.uuid()
/** A moment in an answer. */
export const Time = z.iso.datetime()
export const Count = z.int().min(0)

/** A moment in a request. Years that a date column or a calendar has not are refused. */
export const Moment = z.iso
  .datetime({ offset: true, error: 'Use a time like 2027-01-31T12:00:00Z' })
  .transform((text) => new Date(text))
  .refine((time) => time.getUTCFullYear() >= 1900 && time.getUTCFullYear() <= 9999, 'Use a year from 1900 to 9999')

// What a name must look like, in patterns that every language's reads alike. In the document only: the server tidies first, then looks.
const VISIBLE = '[^\\s\\u0000-\\u001f\\u007f-\\u009f]'
/** A line with something that shows, and no control characters but around it. */
export const NAMED = {
  pattern: `^\\s*[^\\u0000-\\u001f\\u007f-\\u009f]*${VISIBLE}[^\\u0000-\\u001f\\u007f-\\u009f]*\\s*$`,
}
/** A text with something that shows. */
export const SHOWS = { pattern: `^[^\\u0000]*${VISIBLE}[^\\u0000]*$` }

/** A day in a request, as YYYY-MM-DD. */
export const Day = z.iso
  .date('Use a day like 2027-01-31')
  .refine((day) => day >= '1900', 'Use a year from 1900 to 9999')

export const Reason = Text(200).transform((text) => text.trim())

/** A filter that takes several values: `status=granted&status=disabled`. */
export const several = <T extends z.ZodType>(value: T) => z.array(value).min(1).max(100).optional()

/** A filter that is true or false. */
export const YesOrNo = z
  .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'], error: 'Use true or false' })
  .meta({ type: 'boolean' })
  .optional()

export const time = (value: Date): string => value.toISOString()
export const timeOrNull = (value: Date | null): string | null => value?.toISOString() ?? null

/** What `archived` in a query narrows a list to. */
export const archiveFilterOf = (archived: boolean | undefined): ArchiveFilter =>
  archived === undefined ? 'all' : archived ? 'archived' : 'active'
