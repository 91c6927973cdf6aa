import '#server-only'
import { type RecordKind, recordKinds } from '../import-fields/schema.ts'
import { answersOf, columnsFor, isKnownColumn, recogniseColumns } from './mappings.ts'
import { open } from './open.ts'
import { COLUMNS_MAX, type ImportFile, type ImportSettings } from './schema.ts'
import { type SourceRecord, UnreadableFile } from './source-record.ts'
import { noTally, type Suspicion, suspicionOf, type Tally, tally } from './unused-columns.ts'
import { vendorExports } from './vendors.ts'

/** The columns of a file with what stands in them, for people who match them to fields. */
export type Look = {
  format: ImportFile['format']
  kind: RecordKind
  source: ImportSettings['source']
  columns: Record<RecordKind, LookColumn[]>
}
export type LookColumn = { name: string; samples: string[]; suspicion: Suspicion | null }

const LOOK_RECORDS = 500
const LOOK_VALUES = 50_000
const SAMPLES = 3
const PATH_DEPTH = 4
/** An object with more members than this is a list of its own, not a set of fields. */
const MEMBERS_MAX = 100
/** So many fields one record may have that no field of ours could be looked for among them. */
const PATHS_MAX = 10_000

type Seen = { samples: string[]; counts: Tally; records: number }

/** Reads the beginning of a file: what it is, whose, which columns it has. */
export async function lookAt(bytes: AsyncIterable<Uint8Array>, now = new Date()): Promise<Look> {
  const { format, header, records } = await open(bytes)
  const { byType, isWhole } = await lookThrough(header, records, now)
  const first = byType.values().next().value ?? new Map((header ?? []).map((name) => [name, nothingSeen()]))
  const { source, kind } = recogniseColumns([...first.keys()])
  const { types } = vendorExports[source]
  const columns: Look['columns'] = { keys: [], activations: [], people: [] }
  const list = (found: Map<string, Seen>): LookColumn[] =>
    usual(found).map(([name, { samples, counts }]) => ({
      name,
      samples,
      suspicion: suspicionOf(name, counts, isWhole),
    }))
  if (types) for (const [type, found] of byType) columns[types[type ?? ''] ?? kind].push(...list(found))
  else columns[kind] = list(new Map([...byType.values()].flatMap((found) => [...found])))
  if (byType.size === 0) columns[kind] = list(first)
  return { format, kind, source, columns }
}

const nothingSeen = (): Seen => ({ samples: [], counts: noTally(), records: 0 })

/** What stands in the columns of the first records, by the type these say they have. */
async function lookThrough(header: string[] | null, records: AsyncGenerator<SourceRecord>, now: Date) {
  const byType = new Map<string | null, Map<string, Seen>>()
  let seen = 0
  let values = 0
  let isWhole = true
  for await (const record of records) {
    const columns = byType.get(record.type) ?? new Map<string, Seen>()
    byType.set(record.type, columns)
    const names = header ?? pathsOf(record.whole)
    if (names.length > PATHS_MAX)
      throw new UnreadableFile(
        `Record ${record.at} has more than ${PATHS_MAX.toLocaleString('en')} fields: that is not a list of keys.`,
      )
    for (const name of names) {
      const column = columns.get(name) ?? nothingSeen()
      if (columns.size < PATHS_MAX) columns.set(name, column)
      const value = record.values(name)
      column.records++
      tally(column.counts, value, now)
      if (column.samples.length >= SAMPLES) continue
      const text = sample(name, value)
      if (text && !column.samples.includes(text)) column.samples.push(text)
    }
    values += names.length
    if (++seen < LOOK_RECORDS && values < LOOK_VALUES) continue
    isWhole = false
    break
  }
  await records.return(undefined)
  return { byType, isWhole }
}

/** As many columns as people can look through: those that most records have, where they are. */
function usual(found: Map<string, Seen>): [string, Seen][] {
  const all = [...found]
  if (all.length <= COLUMNS_MAX) return all
  const known = (name: string) => (isKnownColumn(name) || isKnownColumn(name.split('.').at(-1) ?? '') ? 1 : 0)
  const rank = new Map(all.map(([name, { records }], at) => [name, [known(name), records, -at] as const]))
  const kept = new Set(
    [...rank]
      .sort(([, a], [, b]) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2])
      .slice(0, COLUMNS_MAX)
      .map(([name]) => name),
  )
  return all.filter(([name]) => kept.has(name))
}

/** Every path to a value in a JSON record. */
function pathsOf(record: unknown, prefix = '', depth = 0): string[] {
  if (typeof record !== 'object' || record === null) return []
  return Object.entries(record).flatMap(([name, value]) => {
    const path = prefix + name
    if (path.length > NAME_CHARACTERS_MAX) return []
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (!isObject || depth === PATH_DEPTH || Object.keys(value).length > MEMBERS_MAX) return [path]
    // An object as a whole is only of use where one is kept as it is.
    return [...(/^(meta|metadata|conditions)$/i.test(name) ? [path] : []), ...pathsOf(value, `${path}.`, depth + 1)]
  })
}

const NAME_CHARACTERS_MAX = 200

// Key strings are nothing to look at, not even for those who have the file.
function sample(column: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  const text = (typeof value === 'object' ? shortJson(value) : String(value).slice(0, 300)).replace(/\s+/g, ' ')
  const isKey =
    /(^|[^a-z])(key|licen[cs]e|serial|code)s?([^a-z]|$)/i.test(column) &&
    !/_?(id|limit|count|enabled|status|state|type)\W*$/i.test(column)
  return (
    isKey && typeof value !== 'object'
      ? `••••${text.slice(-Math.min(4, Math.floor(text.length / 4)) || text.length)}`
      : text.slice(0, 60)
  ).toWellFormed()
}

const shortJson = (value: object): string =>
  Array.isArray(value) && value.length > 3
    ? `${JSON.stringify(value.slice(0, 3)).slice(0, 59)}…`
    : JSON.stringify(value)

/** The vendor of the file with the keys; a file nobody knows beside it is one of devices or people of the same. */
export function sourceOf(looks: Look[]): ImportSettings['source'] {
  const known = looks.filter((look) => look.source !== 'custom')
  return (known.find((look) => look.kind === 'keys') ?? known[0])?.source ?? 'custom'
}

/** The settings to begin with: the source's columns as far as they are there. */
export function settingsFor(
  source: ImportSettings['source'],
  looks: Look[],
  own: Partial<ImportSettings> = {},
): ImportSettings {
  const columns: ImportSettings['columns'] = { keys: {}, activations: {}, people: {} }
  for (const kind of recordKinds) {
    const there = looks.flatMap((look) => look.columns[kind])
    columns[kind] = columnsFor(source, kind, there)
  }
  const none = { keyConfigurationId: null, productId: null, createProducts: false, dateOrder: null, ignored: [] }
  return { source, ...none, ...answersOf(source), ...own, columns }
}
