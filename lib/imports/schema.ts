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

const ColumnChoice = z.record(z.string().max(40), z.string().max(500)) as unknown as z.ZodType<Columns>

/** How a file is read: what people can change before an import begins. */
export const ImportSettings = z.object({
  source: z.enum(importSources),
  columns: z.object({ keys: ColumnChoice, activations: ColumnChoice, people: ColumnChoice }),
  /** For keys whose record names none. */
  keyConfigurationId: z.uuid().nullable().default(null),
  productId: z.uuid().nullable().default(null),
  /** Products that are named and not there are created. */
  createProducts: z.boolean().default(false),
  dateOrder: z.enum(dateOrders).nullable().default(null),
  /** Unanswered, such records are refused. */
  zeroDevices: z.enum(zeroMeanings).nullable().default(null),
  inactive: z.enum(inactiveMeanings).nullable().default(null),
  /** Columns that look like a status or an end, and are left out all the same. */
  ignored: z.array(z.string().max(500)).max(COLUMNS_MAX).default([]),
})
export type ImportSettings = z.infer<typeof ImportSettings>

// ---------------------------------------------------------------- files and progress

export const fileFormats = ['csv', 'json'] as const
export type FileFormat = (typeof fileFormats)[number]

/** An uploaded file. Format, kind and delimiter are known once it is complete. */
export type ImportFile = {
  name: string
  size: number
  parts: number
  format: FileFormat | null
  kind: RecordKind | null
}

/** How far an import is, and what became of the records so far. */
export type ImportCounts = {
  keys: number
  /** By what will be stored. */
  granted: number
  disabled: number
  revoked: number
  /** Of the granted ones, those whose date is past. */
  expired: number
  activations: number
  customers: number
  purchases: number
  products: number
  alreadyThere: number
  /** Records without a key, such as sales of other things. */
  skipped: number
  problems: number
  /** Keys with more devices than their limit; all are kept. */
  overLimit: number
  /** Order numbers left out because their record names no product. */
  ordersWithoutProduct: number
  /** Renewals and other payments for a key that stands elsewhere in the files. */
  merged: number
  /** Keys that take as many devices as their quantity times the configuration says. */
  multiplied: number
  /** Keys that are easily guessed. */
  shortKeys: number
}

/** Nothing counted yet. */
export const noCounts: ImportCounts = {
  keys: 0,
  granted: 0,
  disabled: 0,
  revoked: 0,
  expired: 0,
  activations: 0,
  customers: 0,
  purchases: 0,
  products: 0,
  alreadyThere: 0,
  skipped: 0,
  problems: 0,
  overLimit: 0,
  ordersWithoutProduct: 0,
  merged: 0,
  multiplied: 0,
  shortKeys: 0,
}

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

const optionalId = z
  .union([z.literal('').transform(() => null), z.uuid()])
  .nullable()
  .default(null)

/** The form that says how the files are read. Fields `keys.email` and so on hold column names, empty for none. */
export const CheckImport = z
  .looseObject({
    importId: z.uuid(),
    source: z.enum(importSources),
    keyConfigurationId: optionalId,
    productId: optionalId,
    createProducts: z.union([z.stringbool(), z.boolean()]).default(false),
    dateOrder: z.union([z.literal('').transform(() => null), z.enum(dateOrders)]).default(null),
    zeroDevices: z.union([z.literal('').transform(() => null), z.enum(zeroMeanings)]).default(null),
    inactive: z.union([z.literal('').transform(() => null), z.enum(inactiveMeanings)]).default(null),
    ignored: z.array(z.string().max(500)).max(COLUMNS_MAX).default([]),
  })
  .transform(({ importId, source, keyConfigurationId, productId, createProducts, dateOrder, ...rest }) => {
    const { zeroDevices, inactive, ignored } = rest
    const columns = { keys: {}, activations: {}, people: {} } as Record<RecordKind, Columns>
    for (const kind of recordKinds) {
      for (const field of Object.keys(fieldsOf[kind]) as ImportField[]) {
        const column = rest[`${kind}.${field}`]
        if (typeof column === 'string' && column) columns[kind][field] = column.slice(0, 500)
      }
    }
    const chosen = { keyConfigurationId, productId, createProducts, dateOrder, zeroDevices, inactive, ignored }
    return { importId, settings: { source, columns, ...chosen } }
  })
export type CheckImport = { importId: string; settings: ImportSettings }
