import '#server-only'
import { tidyParagraphs } from '../base/text.ts'
import { noteColumns } from '../license-keys/note.ts'
import { USAGE_MAX } from '../license-keys/rules.ts'
import { bigint, flag, int, orNull, type Typed, text, time } from './column-types.ts'
import type { SaidOfKey } from './drafts.ts'
import type { Fields } from './fields.ts'

// What of a key is stored just as its record says it. An entry here is read, kept and written; its words are in lib/import-fields.

type Types = Record<string, Typed<unknown>>
type RowOf<T extends Types> = { [Name in keyof T]: T[Name] extends Typed<infer Value> ? Value : never }

/** How it is read, the types of its columns, what they hold then, and whether people wrote it. */
const said = <Value, const T extends Types>(
  read: (record: Fields) => Value,
  types: T,
  row: (value: Value) => RowOf<T>,
  isFreeText = false,
) => ({ read, types, row, isFreeText })

const saidOfKey = {
  usage: said(
    (record) => record.count('usage', 'Uses', USAGE_MAX),
    { usage: int },
    (usage) => ({ usage }),
  ),
  validations: said(
    (record) => record.count('validations', 'Validations', Number.MAX_SAFE_INTEGER),
    { validations: bigint },
    (validations) => ({ validations }),
  ),
  lastValidatedAt: said(
    (record) => record.date('lastValidatedAt', 'date of the last validation', { ahead: false }),
    { last_validated_at: orNull(time) },
    (at) => ({ last_validated_at: at?.toISOString() ?? null }),
  ),
  newDevicesBlocked: said(
    (record) => record.flag('newDevicesBlocked', 'New devices blocked'),
    { new_devices_blocked: flag },
    (isBlocked) => ({ new_devices_blocked: isBlocked }),
  ),
  note: said(
    (record) => tidyParagraphs(record.words('note', 'note', 2_000)),
    { note: text, note_folded: orNull(text) },
    (note) => ({ note, note_folded: noteColumns(note).noteFolded }),
    true,
  ),
}

type Entries = typeof saidOfKey
type Name = keyof Entries
type Together<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never

type Entry = { read: (record: Fields) => unknown; types: Types; row: unknown; isFreeText: boolean }
const entries = Object.entries(saidOfKey) as [Name, Entry][]

/** What people wrote: it may begin with anything. */
export const freeText = entries.filter(([, { isFreeText }]) => isFreeText).map(([name]) => name)

export const readSaid = (record: Fields): SaidOfKey =>
  Object.fromEntries(entries.map(([name, { read }]) => [name, read(record)])) as SaidOfKey

/** The types of their columns. */
export const saidTypes = Object.assign({}, ...entries.map(([, { types }]) => types)) as Together<Entries[Name]['types']>

/** What their columns hold. */
export const saidRow = (draft: SaidOfKey): Together<ReturnType<Entries[Name]['row']>> =>
  Object.assign({}, ...entries.map(([name, { row }]) => (row as (value: unknown) => object)(draft[name])))
