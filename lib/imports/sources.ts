import '#server-only'
import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import type { Values } from './rules.ts'
import type { FileFormat } from './schema.ts'

// Files are read as a stream, a record at a time: a hundred megabytes need no more memory than one.

/** Why a file cannot be read any further; for people. */
export class UnreadableFile extends Error {}

/** One record. `at` is its line in a CSV file, its number in a JSON one. */
export type SourceRecord = { at: number; values: Values; type: string | null; whole: unknown }

/** A file that was opened: what it is, and its records. */
export type OpenedFile = {
  format: FileFormat
  /** Column names of a CSV file; a JSON file has none of its own. */
  header: string[] | null
  records: AsyncGenerator<SourceRecord>
}

const HEAD_CHARACTERS = 64 * 1024
const RECORD_CHARACTERS_MAX = 2 * 1024 * 1024

/** Opens a file by what is in it: JSON when it begins like JSON, otherwise a table with one of the usual delimiters. */
export async function openSource(bytes: AsyncIterable<Uint8Array>): Promise<OpenedFile> {
  const texts = decoded(bytes)[Symbol.asyncIterator]()
  let head = ''
  while (head.length < HEAD_CHARACTERS) {
    const { value, done } = await texts.next()
    if (done) break
    head += value
  }
  if (!head.trim()) throw new UnreadableFile('This file is empty.')
  if (head.includes('\u0000')) throw new UnreadableFile('This is neither a CSV nor a JSON file.')
  async function* all() {
    yield head
    yield* { [Symbol.asyncIterator]: () => texts }
  }
  if (/^\s*[[{]/.test(head)) return { format: 'json', header: null, records: jsonRecords(all()) }
  return openCsv(head, all())
}

/** Text of whatever encoding: UTF-8, UTF-16 with its mark, or else the one of Windows, which spreadsheets save in. */
async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  for await (const chunk of bytes) {
    decoder ??= new TextDecoder(encodingOf(chunk))
    yield decoder.decode(chunk, { stream: true })
  }
  if (decoder) yield decoder.decode()
}

function encodingOf(chunk: Uint8Array): string {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
  if (chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be'
  try {
    // The end of the chunk may cut a character in two.
    new TextDecoder('utf-8', { fatal: true }).decode(chunk, { stream: true })
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

// ---------------------------------------------------------------- CSV

const DELIMITERS = [',', ';', '\t', '|']

type CsvRow = { record: string[]; info: { lines: number } }

async function openCsv(head: string, texts: AsyncIterable<string>): Promise<OpenedFile> {
  const firstLine = head.split(/\r\n|\n|\r/, 1)[0]?.replace(/"(?:[^"]|"")*"/g, '') ?? ''
  const delimiter = DELIMITERS.reduce((best, each) =>
    firstLine.split(each).length > firstLine.split(best).length ? each : best,
  )
  const parser = parse({
    delimiter,
    bom: true,
    info: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: RECORD_CHARACTERS_MAX,
  })
  pipeline(Readable.from(texts), parser, () => {}) // its errors arrive where the records are awaited
  const rows = (parser as AsyncIterable<CsvRow>)[Symbol.asyncIterator]()
  const first = await next(rows)
  const cells = first?.record ?? []
  // Names of columns are no addresses and no ids; where such stand, the first line is a record already.
  const isHeaderless = cells.some((cell) => /^[^\s@]+@[^\s@]+\.[^\s@]+$|[0-9a-f]{8}-[0-9a-f]{4}-/i.test(cell.trim()))
  const header = isHeaderless ? cells.map((_, at) => `Column ${at + 1}`) : uniqueNames(cells)
  return { format: 'csv', header, records: csvRecords(rows, header, isHeaderless ? first : null) }
}

/** Spreadsheets may name two columns alike. */
function uniqueNames(names: string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name, at) => {
    const base = name.trim() || `Column ${at + 1}`
    const times = (seen.get(base) ?? 0) + 1
    seen.set(base, times)
    return times === 1 ? base : `${base} (${times})`
  })
}

async function* csvRecords(
  rows: AsyncIterator<CsvRow>,
  header: string[],
  first: CsvRow | null,
): AsyncGenerator<SourceRecord> {
  const places = new Map(header.map((name, at) => [name, at]))
  try {
    for (let row = first ?? (await next(rows)); row; row = await next(rows)) {
      const { record, info } = row
      const values = (column: string) => cellOf(record, places.get(column))
      yield { at: info.lines - linesIn(record), type: null, values, whole: record }
    }
  } finally {
    // Whoever only looks at the beginning leaves no file open.
    await rows.return?.()
  }
}

async function next(rows: AsyncIterator<CsvRow>): Promise<CsvRow | null> {
  try {
    const { value, done } = await rows.next()
    return done ? null : value
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number(error.lines) || 0
    throw new UnreadableFile(
      error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
        ? `A quotation mark before line ${line} is not closed, so nothing after it can be read.`
        : `The file cannot be read near line ${line}.`,
    )
  }
}

const cellOf = (record: string[], place: number | undefined) =>
  place === undefined ? undefined : (record[place] ?? '')

// Counted at the end of a record; a cell may span lines.
const linesIn = (record: string[]): number =>
  record.reduce((sum, cell) => (cell.includes('\n') ? sum + cell.split('\n').length - 1 : sum), 0)

// ---------------------------------------------------------------- JSON

/** Under these names APIs hand out pages of records. */
const LISTS = new Set([
  ...['items', 'data', 'included', 'results', 'sales', 'licenses', 'license_keys', 'licenseKeys', 'keys'],
  ...['instances', 'license_key_instances', 'machines', 'customers', 'users'],
])

async function* jsonRecords(texts: AsyncIterable<string>): AsyncGenerator<SourceRecord> {
  let at = 0
  for await (const value of jsonValues(texts)) {
    for (const record of recordsIn(value)) {
      at++
      const { type } = record as { type?: unknown }
      const values = (column: string) => valueAt(record, column)
      yield { at, type: typeof type === 'string' ? type : null, values, whole: record }
    }
  }
}

/** A list of pages has its records one level deeper. */
function recordsIn(value: unknown): object[] {
  if (Array.isArray(value)) return value.flatMap(recordsIn)
  if (typeof value !== 'object' || value === null) return []
  const isRecord = ['key', 'license_key', 'attributes', 'email'].some((name) => Object.hasOwn(value, name))
  const lists = isRecord ? [] : Object.entries(value).filter(([name, list]) => LISTS.has(name) && Array.isArray(list))
  return lists.length > 0 ? lists.flatMap(([, list]) => recordsIn(list)) : [value]
}

/** The value at a dotted path; undefined when there is none. */
function valueAt(record: object, column: string): unknown {
  if (Object.hasOwn(record, column)) return (record as Record<string, unknown>)[column]
  let value: unknown = record
  for (const name of column.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

/**
 * The values of a list as they complete: of a list at the top, of lists at the top of an object (`items`, `data`, `included`), or one
 * object after another (JSON lines). Only one value is held at a time.
 */
async function* jsonValues(texts: AsyncIterable<string>): AsyncGenerator<unknown> {
  let depth = 0
  let inString = false
  let escaped = false
  let root: '[' | '{' | null = null
  /** Depth at which the values of the current list begin; 0 while in none. */
  let listDepth = 0
  let sawList = false
  /** Text of the value (or, until a list is found, of the whole object) so far; null while nothing is kept. */
  let kept: string | null = null
  let name = ''
  let nameStart = -1
  let count = 0

  const parsed = (text: string): unknown => {
    count++
    try {
      return JSON.parse(text) as unknown
    } catch {
      throw new UnreadableFile(`Record ${count} is not valid JSON.`)
    }
  }

  for await (const text of texts) {
    let from = kept === null ? -1 : 0
    let pendingName = nameStart >= 0 ? name : ''
    if (nameStart >= 0) nameStart = 0
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i)
      if (inString) {
        if (escaped) escaped = false
        else if (c === 92) escaped = true
        else if (c === 34) {
          inString = false
          if (nameStart >= 0) {
            name = pendingName + text.slice(nameStart, i)
            pendingName = ''
            nameStart = -1
          }
        }
        continue
      }
      if (c === 34) {
        inString = true
        if (root === '{' && depth === 1) nameStart = i + 1
        continue
      }
      const opens = c === 123 || c === 91
      const closes = c === 125 || c === 93
      if (!opens && !closes) {
        if (depth === 0 && c > 32 && c !== 44 && c !== 0xfeff)
          throw new UnreadableFile('This is no JSON list of records.')
        continue
      }
      if (opens) {
        if (depth === 0) {
          root = c === 91 ? '[' : '{'
          sawList = root === '['
          listDepth = root === '[' ? 1 : 0
          if (root === '{') {
            kept = ''
            from = i
          }
        } else if (root === '{' && depth === 1 && (LISTS.has(name) || name === 'data')) {
          // The object is a page: from here on only what is in its lists counts.
          sawList = true
          kept = null
          from = -1
          if (c === 91) listDepth = 2
          else {
            kept = ''
            from = i
            listDepth = 1
          }
        } else if (listDepth > 0 && depth === listDepth && kept === null) {
          kept = ''
          from = i
        }
        depth++
        continue
      }
      depth--
      if (depth < 0) throw new UnreadableFile('The JSON has more closing brackets than opening ones.')
      if (kept !== null && sawList && depth === listDepth) {
        yield parsed(kept + text.slice(from, i + 1))
        kept = null
        from = -1
        if (root === '{' && listDepth === 1) listDepth = 0
      } else if (root === '{' && listDepth === 2 && depth === 1) listDepth = 0
      if (depth === 0) {
        if (root === '{' && !sawList && kept !== null) yield parsed(kept + text.slice(from, i + 1))
        kept = null
        from = -1
        listDepth = 0
        root = null
      }
    }
    if (kept !== null) kept += text.slice(Math.max(from, 0))
    if (nameStart >= 0) {
      name = pendingName + text.slice(nameStart)
      nameStart = 0
    }
    if (kept !== null && kept.length > RECORD_CHARACTERS_MAX)
      throw new UnreadableFile('This JSON holds no list of records.')
  }
  if (depth > 0 || inString) throw new UnreadableFile('The JSON ends in the middle of a record.')
}
