import '#server-only'
import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { isKnownColumn } from './mappings.ts'
import { COLUMNS_MAX } from './schema.ts'
import { type OpenedFile, RECORD_CHARACTERS_MAX, type SourceRecord, UnreadableFile } from './source-record.ts'

/** So much of a file's beginning tells what it is. */
export const HEAD_CHARACTERS = 64 * 1024
const NAME_CHARACTERS_MAX = 200
const DELIMITERS = [',', ';', '\t', '|']
const HEAD_ROWS = 20
const CELLS_MAX = 20_000
const COUNTED_CHARACTERS = 16 * 1024 * 1024

type CsvRow = { record: string[]; info: { lines: number } }

/** The delimiter that cuts the most of the first lines into the same number of cells. */
export function delimiterOf(head: string): string {
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
export async function refuseWide(head: string, more: AsyncIterator<string>, delimiter: string): Promise<void> {
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
        `Line ${line.toLocaleString('en')} has more than ${CELLS_MAX.toLocaleString('en')} cells: that is not a table of keys.`,
      )
    yield text
  }
}

const tooWide = (columns: number) =>
  new UnreadableFile(
    `This table has ${columns.toLocaleString('en')} columns; at most ${COLUMNS_MAX} are read. Save it with only the columns that say something about the keys.`,
  )

export async function openCsv(
  delimiter: string,
  texts: AsyncIterable<string>,
  linesBefore: number,
): Promise<OpenedFile> {
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
          ? `What begins at line ${line} is longer than two million characters: it is not a line of a table, or a quotation mark in it is not closed.`
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
export const linesIn = (text: string): number => countOf(text.includes('\n') ? '\n' : '\r', text)

function countOf(character: string, text: string): number {
  let count = 0
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count++
  return count
}
