import { z } from 'zod'
import {
  type Columns,
  dateOrders,
  fieldsOf,
  type ImportField,
  inactiveMeanings,
  type RecordKind,
  recordKinds,
  zeroMeanings,
} from '../import-fields/schema.ts'
import { PART_BYTES, UPLOAD_BYTES_MAX } from './upload.ts'
import { importSources } from './vendors.ts'

/** A table of keys has a few dozen columns. */
export const COLUMNS_MAX = 300

const orNull = <Choice extends z.ZodType>(choice: Choice) =>
  z
    .union([z.literal('').transform(() => null), choice])
    .nullable()
    .default(null)

const Choices = z.object({
  source: z.enum(importSources),
  /** For keys whose record names none. */
  keyConfigurationId: orNull(z.uuid()),
  productId: orNull(z.uuid()),
  /** Products that are named and not there are created. */
  createProducts: z.union([z.stringbool(), z.boolean()]).default(false),
  dateOrder: orNull(z.enum(dateOrders)),
  /** Unanswered, such records are refused. */
  zeroDevices: orNull(z.enum(zeroMeanings)),
  inactive: orNull(z.enum(inactiveMeanings)),
  /** Columns that look like a status or an end, and are left out all the same. */
  ignored: z.array(z.string().max(500)).max(COLUMNS_MAX).default([]),
})

/** How a file is read: what people can change before an import begins. */
export type ImportSettings = z.infer<typeof Choices> & { columns: Record<RecordKind, Columns> }

// ---------------------------------------------------------------- files and progress

const fileFormats = ['csv', 'json'] as const
export type FileFormat = (typeof fileFormats)[number]

/** An uploaded file. Format, kind and delimiter are known once it is complete. */
export type ImportFile = {
  name: string
  size: number
  parts: number
  format: FileFormat | null
  kind: RecordKind | null
}

/** What became of the records of an import so far: nothing yet. */
export const noCounts = {
  keys: 0,
  // By what will be stored. Of the granted ones, those whose date is past are expired.
  granted: 0,
  disabled: 0,
  revoked: 0,
  expired: 0,
  activations: 0,
  customers: 0,
  purchases: 0,
  products: 0,
  alreadyThere: 0,
  /** Records without a key, such as sales of other things. */
  skipped: 0,
  problems: 0,
  /** Keys with more devices than their limit; all are kept. */
  overLimit: 0,
  /** Order numbers left out because their record names no product. */
  ordersWithoutProduct: 0,
  /** Renewals and other payments for a key that stands elsewhere in the files. */
  merged: 0,
  /** Keys that take as many devices as their quantity times the configuration says. */
  multiplied: 0,
  /** Keys that are easily guessed. */
  shortKeys: 0,
}
export type ImportCounts = typeof noCounts

/** Problems beyond these are counted, not kept. */
export const PROBLEMS_KEPT = 10_000

// ---------------------------------------------------------------- what people ask for

const FILES_MAX = 5

/** Files about to be uploaded. */
export const CreateImport = z.object({
  files: z
    .string()
    .max(4_000)
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'Not a list of files' })
        return z.NEVER
      }
    })
    .pipe(
      z
        .array(z.object({ name: z.string().trim().min(1).max(200), size: z.int().min(1, 'This file is empty.') }))
        .min(1, 'Choose a file.')
        .max(FILES_MAX, `At most ${FILES_MAX} files at once.`)
        .refine(
          (files) => files.reduce((sum, file) => sum + file.size, 0) <= UPLOAD_BYTES_MAX,
          `Files of more than ${UPLOAD_BYTES_MAX / 1024 / 1024} MB together are imported on the server: npm run import -- FILE`,
        ),
    ),
})
export type CreateImport = z.infer<typeof CreateImport>

/** One piece of one file, in base 64. */
export const UploadPart = z.object({
  importId: z.uuid(),
  file: z.coerce
    .number<string>()
    .int()
    .min(0)
    .max(FILES_MAX - 1),
  part: z.coerce
    .number<string>()
    .int()
    .min(0)
    .max(UPLOAD_BYTES_MAX / PART_BYTES),
  bytes: z
    .base64()
    .min(1)
    .max(Math.ceil(PART_BYTES / 3) * 4),
})
export type UploadPart = z.infer<typeof UploadPart>

/** Names one import. */
export const ImportId = z.object({ importId: z.uuid() })
export type ImportId = z.infer<typeof ImportId>

/** The form that says how the files are read. Fields `keys.email` and so on hold column names, empty for none. */
export const CheckImport = z.looseObject({ importId: z.uuid(), ...Choices.shape }).transform((form) => {
  const columns: ImportSettings['columns'] = { keys: {}, activations: {}, people: {} }
  for (const kind of recordKinds) {
    for (const field of Object.keys(fieldsOf[kind]) as ImportField[]) {
      const column = form[`${kind}.${field}`]
      if (typeof column === 'string' && column) columns[kind][field] = column.slice(0, 500)
    }
  }
  return { importId: form.importId, settings: { ...Choices.parse(form), columns } }
})
export type CheckImport = z.infer<typeof CheckImport>
