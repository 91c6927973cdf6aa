import '#server-only'
import { type Arranged, arrange, notePayment, type Pass, type Unit } from './arrange.ts'
import { type KeyShape, keyShapeOf } from './damaged-cells.ts'
import { readRecord } from './read-record.ts'
import { answersOf, columnsFor, habitsOf, isKnownColumn, readyMappings, recogniseColumns } from './ready-mappings.ts'
import { originalCell, type Reading } from './rules.ts'
import { COLUMNS_MAX, type ImportFile, type ImportSettings, type RecordKind, recordKinds } from './schema.ts'
import { openSource, type SourceRecord, UnreadableFile } from './sources.ts'
import { noTally, type Suspicion, suspicionOf, type Tally, tally } from './unused-columns.ts'

/** Opens the bytes of one of an import's files. */
export type OpenBytes = (file: number) => AsyncIterable<Uint8Array>

/** What a pass begins with. */
export function beginPass(
  about: Pick<Pass, 'organizationId' | 'importId' | 'name' | 'settings' | 'timeZone' | 'writes' | 'by'>,
): Pass {
  return {
    ...about,
    habits: habitsOf(about.settings),
    people: new Map(),
    payments: new Map(),
    seenKeys: new Map(),
    pending: { keyIds: new Set(), emails: new Set(), orders: new Set(), products: new Set(), devices: new Set() },
    aliases: new Map(),
  }
}

/** Records, and devices listed in them, that are decided and written together, in one transaction. */
const BATCH_SIZE = 1_000
const BATCH_DEVICES = 10_000
/** So many keys tell what keys look like in these files. */
const SHAPE_KEYS = 2_000

/** A batch, and how many records were read up to its end. */
export type Batch = { arranged: Arranged; position: number }

/**
 * The records of all files in batches, compared with each other. People come first, because keys name them; then keys, then devices
 * alone. `skip` records are only remembered: they were settled before.
 */
export async function* batchesOf(
  pass: Pass,
  files: ImportFile[],
  bytesOf: OpenBytes,
  skip: number,
  now: Date,
): AsyncGenerator<Batch> {
  const mixed = readyMappings[pass.settings.source].types
  if (mixed || files.some((file) => file.kind === 'people')) {
    for (const [file, { kind, format }] of files.entries()) {
      if (kind !== 'people' && !mixed) continue
      for await (const record of (await openSource(bytesOf(file))).records) {
        const reading = kindOf(pass, record, kind) === 'people' ? read(pass, 'people', record, format, now) : null
        if (reading?.is === 'person') pass.people.set(reading.person.id, reading.person)
      }
    }
  }
  const shape = await shapeOf(pass, files, bytesOf)
  if (pass.habits.linePerPayment) {
    for (const [file, { kind, format }] of files.entries()) {
      for await (const record of (await openSource(bytesOf(file))).records) {
        if (kindOf(pass, record, kind) !== 'keys' || record.fault) continue
        notePayment(pass, { file, at: record.at, reading: read(pass, 'keys', record, format, now, shape) })
      }
    }
  }
  let position = 0
  let units: Unit[] = []
  let devices = 0
  const order = [...files.entries()].sort(([, a], [, b]) => rank(a.kind) - rank(b.kind))
  for (const [file, { kind, format }] of order) {
    if (kind === 'people') continue
    for await (const record of (await openSource(bytesOf(file))).records) {
      const own = kindOf(pass, record, kind)
      if (own === null || own === 'people') continue
      const reading = read(pass, own, record, format, now, shape)
      units.push({ file, at: record.at, reading })
      if (reading.is === 'key') devices += reading.draft.activations.length
      position++
      if (units.length < BATCH_SIZE && devices < BATCH_DEVICES) continue
      const arranged = arrange(pass, units)
      units = []
      devices = 0
      if (position > skip) yield { arranged, position }
    }
  }
  if (units.length > 0 && position > skip) yield { arranged: arrange(pass, units), position }
}

const rank = (kind: RecordKind | null): number => (kind === 'activations' ? 1 : 0)

/** What the keys at the beginning of the files have in common. */
async function shapeOf(pass: Pass, files: ImportFile[], bytesOf: OpenBytes): Promise<KeyShape> {
  const column = pass.settings.columns.keys.key
  const keys: string[] = []
  for (const [file, { kind }] of files.entries()) {
    if (!column || keys.length >= SHAPE_KEYS || kind === 'people') continue
    for await (const record of (await openSource(bytesOf(file))).records) {
      const value = kindOf(pass, record, kind) === 'keys' ? record.values(column) : undefined
      if (typeof value === 'string' || typeof value === 'number') keys.push(String(value).trim())
      if (keys.length >= SHAPE_KEYS) break
    }
  }
  return keyShapeOf(keys.filter(Boolean))
}

function read(
  pass: Pass,
  kind: RecordKind,
  record: SourceRecord,
  format: ImportFile['format'],
  now: Date,
  shape?: KeyShape,
): Reading {
  if (record.fault) return { is: 'problem', key: '', messages: [record.fault] }
  const isOurs = pass.settings.source === 'latchkey' && format === 'csv'
  const cell = (column: string) => {
    const value = record.values(column)
    return isOurs && typeof value === 'string' ? originalCell(value) : value
  }
  const habits = shape ? { ...pass.habits, shape } : pass.habits
  return readRecord(kind, cell, pass.settings, habits, now, pass.timeZone)
}

function kindOf(pass: Pass, record: SourceRecord, ofFile: RecordKind | null): RecordKind | null {
  const { types } = readyMappings[pass.settings.source]
  if (types && record.type !== null) return types[record.type] ?? null
  return ofFile ?? 'keys'
}

// ---------------------------------------------------------------- a first look

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
  const { format, header, records } = await openSource(bytes)
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
      const column = columns.get(name) ?? {
        samples: [],
        counts: noTally(),
        records: 0,
      }
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
  const all = [...byType.values()]
  const nothing = (): Seen => ({ samples: [], counts: noTally(), records: 0 })
  const first = all[0] ?? new Map((header ?? []).map((name) => [name, nothing()]))
  const { source, kind } = recogniseColumns([...first.keys()])
  const { types } = readyMappings[source]
  const columns: Look['columns'] = { keys: [], activations: [], people: [] }
  const list = (found: Map<string, Seen>) =>
    usual(found).map(([name, { samples, counts }]) => ({
      name,
      samples,
      suspicion: suspicionOf(name, counts, isWhole),
    }))
  if (types) for (const [type, found] of byType) columns[types[type ?? ''] ?? kind].push(...list(found))
  else columns[kind] = list(new Map(all.flatMap((found) => [...found])))
  if (all.length === 0) columns[kind] = list(first)
  return { format, kind, source, columns }
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
  const columns = Object.fromEntries(
    recordKinds.map((kind) => [
      kind,
      columnsFor(
        source,
        kind,
        looks.flatMap((look) => look.columns[kind]),
      ),
    ]),
  ) as ImportSettings['columns']
  const none = { keyConfigurationId: null, productId: null, createProducts: false, dateOrder: null, ignored: [] }
  return { source, ...none, ...answersOf(source), ...own, columns }
}
