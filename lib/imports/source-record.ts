import '#server-only'
import type { Values } from './drafts.ts'
import type { FileFormat } from './schema.ts'

/** Why a file cannot be read any further; for people. */
export class UnreadableFile extends Error {}

/** One record. `at` is its line in a CSV file, its number in a JSON one; `fault` says why nothing in it can be trusted. */
export type SourceRecord = { at: number; values: Values; type: string | null; whole: unknown; fault: string | null }

/** A file that was opened: what it is, and its records. */
export type OpenedFile = {
  format: FileFormat
  /** Column names of a CSV file; a JSON file has none of its own. */
  header: string[] | null
  records: AsyncGenerator<SourceRecord>
}

/** More characters than this no record has. */
export const RECORD_CHARACTERS_MAX = 2 * 1024 * 1024
