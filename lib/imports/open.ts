import '#server-only'
import { pipeline, Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { CsvError, parse } from 'csv-parse'
import { isKnownColumn } from './mappings.ts'
import type { Values } from './rules.ts'
import { COLUMNS_MAX, type FileFormat } from './schema.ts'

// Files are read as a stream, a record at a time: a hundred megabytes need no more memory than one, and no file keeps the process to itself.

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

const HEAD_CHARACTERS = 64 * 1024
const RECORD_CHARACTERS_MAX = 2 * 1024 * 1024
const NAME_CHARACTERS_MAX = 200
const DEPTH_MAX = 64

/** Opens a file by what is in it: JSON when it begins like JSON, otherwise a table with one of the usual delimiters. */
export async function open(bytes: AsyncIterable<Uint8Array>): Promise<OpenedFile> {
  const texts = inPieces(decoded(bytes))[Symbol.asyncIterator]()
  let head = ''
  let linesBefore = 0
  while (head.length < HEAD_CHARACTERS) {
    const { value, done } = await texts.next()
    if (done) break
    // However many empty lines come first, they are only counted.
    if (head || value.trim()) head += value
    else linesBefore += linesIn(value)
  }
  if (!head) throw new UnreadableFile('This file is empty.')
  const empty = /^(?:[ \t]*(?:\r\n|\n|\r))+/.exec(head)?.[0] ?? ''
  head = head.slice(empty.length)
  linesBefore += linesIn(empty)
  if (head.includes('\u0000')) throw new UnreadableFile('This is neither a CSV nor a JSON file.')
  async function* after(from: string) {
    yield* inPieces([from])
    yield* { [Symbol.asyncIterator]: () => texts }
  }
  if (/^\s*[[{]/.test(head)) return { format: 'json', header: null, records: jsonRecords(after(head)) }
  // Spreadsheets are told the delimiter so.
  const told = /^\s*"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)/i.exec(head)
  const delimiter = told?.[1] ?? delimiterOf(head)
  const text = head.slice(told?.[0].length ?? 0)
  await refuseWide(text, texts, delimiter)
  return openCsv(delimiter, after(text), linesBefore + linesIn(told?.[0] ?? ''))
}

const PIECE_CHARACTERS = 16 * 1024
const AT_A_STRETCH_MS = 10

/** The same text in small pieces, with room for everybody else's requests between them. */
async function* inPieces(texts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let since = performance.now()
  for await (const text of texts) {
    for (let from = 0; from < text.length; ) {
      let to = Math.min(from + PIECE_CHARACTERS, text.length)
      // A character of two halves stays whole.
      if (to < text.length && (text.charCodeAt(to - 1) & 0xfc00) === 0xd800) to++
      yield text.slice(from, to)
      from = to
      if (performance.now() - since < AT_A_STRETCH_MS) continue
      await setImmediate()
      since = performance.now()
    }
  }
}

// What people upload instead of a table, by its first bytes.
const OTHERS: [number[], string][] = [
  [[0x50, 0x4b, 0x03, 0x04], 'an Excel workbook or another ZIP archive'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook'],
  [[0x1f, 0x8b], 'a compressed file'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF'],
]

/** Text of whatever encoding: UTF-8, UTF-16, or else the one of Windows, which spreadsheets save in. */
async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let isFirst = true
  for await (const chunk of bytes) {
    if (isFirst) {
      isFirst = false
      const other = OTHERS.find(([sign]) => sign.every((byte, at) => chunk[at] === byte))
      if (other)
        throw new UnreadableFile(`This is neither a CSV nor a JSON file but ${other[1]}: open it and save it as CSV.`)
      const wide = wideEncodingOf(chunk)
      if (wide) decoder = new TextDecoder(wide)
    }
    // Whether a byte above 127 is UTF-8 shows where the first one stands, which may be far below.
    if (!decoder && chunk.some((byte) => byte > 127)) decoder = new TextDecoder(encodingOf(chunk))
    yield decoder ? decoder.decode(chunk, { stream: true }) : Buffer.from(chunk).toString('latin1')
  }
  if (decoder) yield decoder.decode()
}

function encodingOf(chunk: Uint8Array): string {
  try {
    // The end of the chunk may cut a character in two.
    new TextDecoder('utf-8', { fatal: true }).decode(chunk, { stream: true })
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

/** UTF-16 by its mark, or by every other byte of plain text being zero. */
function wideEncodingOf(chunk: Uint8Array): string | null {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
  if (chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  const looked = Math.min(chunk.length, 1_000)
  for (let at = 0; at < looked; at++) if (chunk[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (looked < 8) return null
  if (odd > looked / 3 && even === 0) return 'utf-16le'
  return even > looked / 3 && odd === 0 ? 'utf-16be' : null
}

// ---------------------------------------------------------------- CSV

const DELIMITERS = [',', ';', '\t', '|']
const HEAD_ROWS = 20
const CELLS_MAX = 20_000
const COUNTED_CHARACTERS = 16 * 1024 * 1024

type CsvRow = { record: string[]; info: { lines: number } }

/** The delimiter that cuts the most of the first lines into the same number of cells. */
function delimiterOf(head: string): string {
  const lines = head
    .replace(/"(?:[^"]|"")*"/g, '')
    .split(/\r\n|\n|\r/, HEAD_ROWS + 1)
    .filter((line) => line.trim())
  // The last one may be cut off.
  const whole = lines.length > 1 && head.length >= HEAD_CHARACTERS ? lines.slice(0, -1) : lines
  const scores = DELIMITERS.map((delimiter) => {
    const times = new Map<number, number>()
    for (const line of whole) {
      const cuts = line.split(delimiter).length - 1
      if (cuts > 0) times.set(cuts, (times.get(cuts) ?? 0) + 1)
    }
    const [cuts, count] = [...times].sort(([a, an], [b, bn]) => bn - an || b - a)[0] ?? [0, 0]
    return { delimiter, score: count * 1_000_000 + cuts }
  })
  return scores.reduce((best, each) => (each.score > best.score ? each : best)).delimiter
}

/** Counts the columns of a first line that has too many, without making cells of them. */
async function refuseWide(head: string, more: AsyncIterator<string>, delimiter: string): Promise<void> {
  let columns = 0
  let filled = 0
  let inQuotes = false
  let isOver = false
  const count = (text: string) => {
    for (let at = 0; at < text.length && !isOver; at++) {
      const character = text[at]
      if (character === '"') inQuotes = !inQuotes
      else if (!inQuotes && (character === '\n' || character === '\r')) isOver = true
      else if (!inQuotes && character === delimiter) columns++
      else if (character !== ' ') filled = columns + 1
    }
  }
  count(head)
  if (filled <= COLUMNS_MAX) return
  for (let read = 0; !isOver && read < COUNTED_CHARACTERS; ) {
    const { value, done } = await more.next()
    if (done) break
    read += value.length
    count(value)
  }
  throw tooWide(filled)
}

/** The same text, as long as no line has more cells than any spreadsheet: to make each of them one costs seconds a megabyte. */
async function* ofFewCells(texts: AsyncIterable<string>, delimiter: string, linesBefore: number) {
  let line = linesBefore + 1
  let cells = 0
  let inQuotes = false
  for await (const text of texts) {
    for (let at = 0; at < text.length; at++) {
      const character = text[at]
      if (character === delimiter && !inQuotes) cells++
      else if (character === '"') inQuotes = !inQuotes
      else if (character === '\n' || character === '\r') {
        if (character === '\n') line++
        cells = 0
        inQuotes = false
      }
    }
    if (cells > CELLS_MAX)
      throw new UnreadableFile(
        `Line ${line.toLocaleString('en')} has more than ${CELLS_MAX.toLocaleString('en')} cells: that is no table of keys.`,
      )
    yield text
  }
}

const tooWide = (columns: number) =>
  new UnreadableFile(
    `This table has ${columns.toLocaleString('en')} columns; at most ${COLUMNS_MAX} are read. Save it with only the columns that say something about the keys.`,
  )

async function openCsv(delimiter: string, texts: AsyncIterable<string>, linesBefore: number): Promise<OpenedFile> {
  const parser = parse({
    delimiter,
    bom: true,
    info: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    // Spreadsheets end in rows of nothing but delimiters.
    skip_records_with_empty_values: true,
    max_record_size: RECORD_CHARACTERS_MAX,
  })
  pipeline(Readable.from(ofFewCells(texts, delimiter, linesBefore)), parser, () => {}) // its errors arrive where the records are awaited
  const rows = (parser as AsyncIterable<CsvRow>)[Symbol.asyncIterator]()
  const first: CsvRow[] = []
  while (first.length < HEAD_ROWS) {
    const row = await next(rows, linesBefore)
    if (!row) break
    first.push(row)
    if (trimmed(row.record).length > COLUMNS_MAX) break
  }
  const at = headerAt(first.map(({ record }) => trimmed(record)))
  const cells = trimmed(first[at ?? 0]?.record ?? [])
  if (cells.length > COLUMNS_MAX) {
    await rows.return?.()
    throw tooWide(cells.length)
  }
  const widest = Math.min(Math.max(0, ...first.map(({ record }) => trimmed(record).length)), COLUMNS_MAX)
  const header =
    at === null ? Array.from({ length: widest }, (_, column) => `Column ${column + 1}`) : uniqueNames(cells)
  const ahead = first.slice(at === null ? 0 : at + 1)
  return { format: 'csv', header, records: csvRecords(ahead, rows, header, linesBefore) }
}

/** Without the empty cells at the end, which spreadsheets leave by the thousand. */
function trimmed(cells: string[]): string[] {
  let length = cells.length
  while (length > 0 && !cells[length - 1]?.trim()) length--
  return length === cells.length ? cells : cells.slice(0, length)
}

// Names of columns are no addresses and no ids; where such stand, the line is a record already.
const isData = (cells: string[]): boolean =>
  cells.some((cell) =>
    /^[^\s@]{1,200}@[^\s@]{1,200}\.[^\s@]{1,200}$|[0-9a-f]{8}-[0-9a-f]{4}-/i.test(cell.trim().slice(0, 600)),
  )

/** Which of the first rows names the columns, titles above it left aside; null when none does. */
function headerAt(rows: string[][]): number | null {
  const filled = rows.map((cells) => cells.filter((cell) => cell.trim()).length)
  const known = rows.map((cells) => cells.filter((cell) => isKnownColumn(cell)).length)
  const firstData = rows.findIndex(isData)
  const names = known.findIndex((count) => count >= 2)
  const widest = Math.max(0, ...filled)
  const enough = Math.min(widest, Math.max(2, Math.ceil(widest / 2)))
  const wide = filled.findIndex((count) => count >= enough)
  // A record may hold such words too; then the names above it are as many.
  const isNames = names >= 0 && filled.slice(0, names).every((count) => count < (filled[names] ?? 0))
  const at = isNames ? names : Math.max(0, wide)
  // What stands above a table is a title; what has addresses or ids in it is no title.
  const isFirst = firstData === -1 || at < firstData
  return isFirst ? at : null
}

/** Spreadsheets may name two columns alike. */
function uniqueNames(names: string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name, at) => {
    const plain = name
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .toWellFormed()
    const base =
      (plain.length > NAME_CHARACTERS_MAX ? `${plain.slice(0, NAME_CHARACTERS_MAX)}…` : plain) || `Column ${at + 1}`
    const times = (seen.get(base) ?? 0) + 1
    seen.set(base, times)
    return times === 1 ? base : `${base} (${times})`
  })
}

async function* csvRecords(
  ahead: CsvRow[],
  rows: AsyncIterator<CsvRow>,
  header: string[],
  linesBefore: number,
): AsyncGenerator<SourceRecord> {
  const places = new Map(header.map((name, at) => [name, at]))
  const left = ahead[Symbol.iterator]()
  try {
    for (;;) {
      const row = left.next().value ?? (await next(rows, linesBefore))
      if (!row) return
      const { record, info } = row
      const values = (column: string) => cellOf(record, places.get(column))
      // A value with a delimiter in it and no quotes around it: everything behind it stands one column too far.
      const width = record.length > header.length ? trimmed(record).length : 0
      const fault =
        width > header.length
          ? `This line has ${width} cells, but the table has ${header.length} columns: put values that hold a separator in quotes.`
          : null
      const lines = record.reduce((sum, cell) => sum + countOf('\n', cell), 0)
      yield { at: info.lines + linesBefore - lines, type: null, values, whole: record, fault }
    }
  } finally {
    // Whoever only looks at the beginning leaves no file open.
    await rows.return?.()
  }
}

async function next(rows: AsyncIterator<CsvRow>, linesBefore: number): Promise<CsvRow | null> {
  try {
    const { value, done } = await rows.next()
    return done ? null : value
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = ((Number(error.lines) || 0) + linesBefore).toLocaleString('en')
    throw new UnreadableFile(
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? `A quotation mark before line ${line} is not closed, so nothing after it can be read.`
        : error.code === 'CSV_MAX_RECORD_SIZE'
          ? `What begins at line ${line} is longer than two million characters: it is no line of a table, or a quotation mark in it is not closed.`
          : `The file cannot be read near line ${line}.`,
    )
  }
}

const cellOf = (record: string[], place: number | undefined) => {
  if (place === undefined) return undefined
  const cell = record[place] ?? ''
  // Written so that a spreadsheet takes a number for text.
  return cell.startsWith('="') ? (/^="([^"]*)"$/.exec(cell)?.[1] ?? cell) : cell
}

/** How many lines end in a text between records. */
const linesIn = (text: string): number => countOf(text.includes('\n') ? '\n' : '\r', text)

function countOf(character: string, text: string): number {
  let count = 0
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count++
  return count
}

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
      yield { at, type: typeof type === 'string' ? type : null, values, whole: record, fault: null }
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
        if (depth > DEPTH_MAX) {
          throw new UnreadableFile(
            `Record ${count + 1} is nested more than ${DEPTH_MAX} levels deep: that is no list of keys. Export it as CSV, or as a list of plain objects.`,
          )
        }
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
      throw new UnreadableFile(
        sawList ? `Record ${count + 1} is longer than two million characters.` : 'This JSON holds no list of records.',
      )
  }
  if (depth > 0 || inString) throw new UnreadableFile('The JSON ends in the middle of a record.')
}
