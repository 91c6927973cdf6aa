import '#server-only'
import { type Arranged, arrange, type Pass, type Unit } from './arrange.ts'
import { readRecord } from './read-record.ts'
import { columnsFor, habitsOf, readyMappings, recogniseColumns } from './ready-mappings.ts'
import { originalCell } from './rules.ts'
import { type ImportFile, type ImportSettings, type RecordKind, recordKinds } from './schema.ts'
import { openSource, type SourceRecord } from './sources.ts'

/** Opens the bytes of one of an import's files. */
export type OpenBytes = (file: number) => AsyncIterable<Uint8Array>

/** What a pass begins with. */
export function beginPass(
  about: Pick<Pass, 'organizationId' | 'importId' | 'name' | 'settings' | 'writes' | 'by'>,
): Pass {
  return {
    ...about,
    habits: habitsOf(about.settings.source),
    people: new Map(),
    seenKeys: new Map(),
    pending: { keyIds: new Set(), emails: new Set(), orders: new Set(), products: new Set(), devices: new Set() },
    aliases: new Map(),
  }
}

/** Records that are decided and written together, in one transaction. */
const BATCH_SIZE = 1_000

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
  let position = 0
  let units: Unit[] = []
  const order = [...files.entries()].sort(([, a], [, b]) => rank(a.kind) - rank(b.kind))
  for (const [file, { kind, format }] of order) {
    if (kind === 'people') continue
    for await (const record of (await openSource(bytesOf(file))).records) {
      const own = kindOf(pass, record, kind)
      if (own === null || own === 'people') continue
      units.push({ file, at: record.at, reading: read(pass, own, record, format, now) })
      position++
      if (units.length < BATCH_SIZE) continue
      const arranged = arrange(pass, units)
      units = []
      if (position > skip) yield { arranged, position }
    }
  }
  if (units.length > 0 && position > skip) yield { arranged: arrange(pass, units), position }
}

const rank = (kind: RecordKind | null): number => (kind === 'activations' ? 1 : 0)

function read(pass: Pass, kind: RecordKind, record: SourceRecord, format: ImportFile['format'], now: Date) {
  const isOurs = pass.settings.source === 'latchkey' && format === 'csv'
  const cell = (column: string) => {
    const value = record.values(column)
    return isOurs && typeof value === 'string' ? originalCell(value) : value
  }
  return readRecord(kind, cell, pass.settings, pass.habits, now)
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
  columns: Record<RecordKind, { name: string; samples: string[] }[]>
}

const LOOK_RECORDS = 200
const SAMPLES = 3
const PATH_DEPTH = 4

/** Reads the beginning of a file: what it is, whose, which columns it has. */
export async function lookAt(bytes: AsyncIterable<Uint8Array>): Promise<Look> {
  const { format, header, records } = await openSource(bytes)
  const byType = new Map<string | null, Map<string, string[]>>()
  let seen = 0
  for await (const record of records) {
    const columns = byType.get(record.type) ?? new Map<string, string[]>()
    byType.set(record.type, columns)
    for (const name of header ?? pathsOf(record.whole)) {
      const samples = columns.get(name) ?? []
      columns.set(name, samples)
      const text = sample(name, record.values(name))
      if (text && samples.length < SAMPLES && !samples.includes(text)) samples.push(text)
    }
    if (++seen >= LOOK_RECORDS) break
  }
  await records.return(undefined)
  const all = [...byType.values()]
  const first = all[0] ?? new Map((header ?? []).map((name) => [name, []]))
  const { source, kind } = recogniseColumns([...first.keys()])
  const { types } = readyMappings[source]
  const columns: Look['columns'] = { keys: [], activations: [], people: [] }
  const list = (found: Map<string, string[]>) => [...found].map(([name, samples]) => ({ name, samples }))
  if (types) for (const [type, found] of byType) columns[types[type ?? ''] ?? kind].push(...list(found))
  else columns[kind] = list(new Map(all.flatMap((found) => [...found])))
  if (all.length === 0) columns[kind] = list(first)
  return { format, kind, source, columns }
}

/** Every path to a value in a JSON record. */
function pathsOf(record: unknown, prefix = '', depth = 0): string[] {
  if (typeof record !== 'object' || record === null) return []
  return Object.entries(record).flatMap(([name, value]) => {
    const path = prefix + name
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (!isObject || depth === PATH_DEPTH) return [path]
    // An object as a whole is only of use where one is kept as it is.
    return [...(/^(meta|metadata|conditions)$/i.test(name) ? [path] : []), ...pathsOf(value, `${path}.`, depth + 1)]
  })
}

// Key strings are nothing to look at, not even for those who have the file.
function sample(column: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  const text = (typeof value === 'object' ? JSON.stringify(value) : String(value)).replace(/\s+/g, ' ')
  const isKey =
    /(^|[^a-z])(key|licen[cs]e|serial|code)s?([^a-z]|$)/i.test(column) &&
    !/_?(id|limit|count|enabled)\W*$/i.test(column)
  return isKey && typeof value !== 'object'
    ? `••••${text.slice(-Math.min(4, Math.floor(text.length / 4)) || text.length)}`
    : text.slice(0, 60)
}

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
  return { source, keyConfigurationId: null, productId: null, createProducts: false, dateOrder: null, ...own, columns }
}
