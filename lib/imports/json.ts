import '#server-only'
import { RECORD_CHARACTERS_MAX, type SourceRecord, UnreadableFile } from './source-record.ts'

const DEPTH_MAX = 64

/** Under these names APIs hand out pages of records. */
const LISTS = new Set([
  ...['items', 'data', 'included', 'results', 'sales', 'licenses', 'license_keys', 'licenseKeys', 'keys'],
  ...['instances', 'license_key_instances', 'machines', 'customers', 'users'],
])

/** The records of a JSON file. */
export async function* jsonRecords(texts: AsyncIterable<string>): AsyncGenerator<SourceRecord> {
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
  const scanner = new ValueScanner()
  for await (const text of texts) for (const value of scanner.valuesIn(text)) yield value
  scanner.end()
}

const [QUOTE, BACKSLASH, COMMA, MARK] = [34, 92, 44, 0xfeff]
const [LIST, LIST_END, OBJECT, OBJECT_END] = [91, 93, 123, 125]

/** Finds where values begin and end in pieces of JSON; what stands between is read by JSON.parse. */
class ValueScanner {
  #depth = 0
  #inString = false
  #escaped = false
  #root: typeof LIST | typeof OBJECT | null = null
  /** Depth at which the values of the current list begin; 0 while in none. */
  #listDepth = 0
  #sawList = false
  /** Text of the value (or, until a list is found, of the whole object) so far; null while nothing is kept. */
  #kept: string | null = null
  /** Where in the current piece it goes on. */
  #from = 0
  /** The last name at the top of an object, and where in the current piece it begins while it is not over. */
  #name = ''
  #nameStart = -1
  #count = 0

  end(): void {
    if (this.#depth > 0 || this.#inString) throw new UnreadableFile('The JSON ends in the middle of a record.')
  }

  *valuesIn(text: string): Generator<unknown> {
    this.#from = 0
    let name = this.#nameStart >= 0 ? this.#name : ''
    if (this.#nameStart >= 0) this.#nameStart = 0
    for (let at = 0; at < text.length; at++) {
      const c = text.charCodeAt(at)
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (c === BACKSLASH) this.#escaped = true
        else if (c === QUOTE) {
          this.#inString = false
          if (this.#nameStart < 0) continue
          this.#name = name + text.slice(this.#nameStart, at)
          name = ''
          this.#nameStart = -1
        }
      } else if (c === QUOTE) {
        this.#inString = true
        if (this.#root === OBJECT && this.#depth === 1) this.#nameStart = at + 1
      } else if (c === OBJECT || c === LIST) this.#opens(c, at)
      else if (c === OBJECT_END || c === LIST_END) {
        const whole = this.#closes(text, at)
        if (whole !== null) yield this.#parsed(whole)
      } else if (this.#depth === 0 && c > 32 && c !== COMMA && c !== MARK)
        throw new UnreadableFile('This is not a JSON list of records.')
    }
    if (this.#nameStart >= 0) {
      this.#name = name + text.slice(this.#nameStart)
      this.#nameStart = 0
    }
    if (this.#kept !== null) this.#keep(this.#kept + text.slice(this.#from))
  }

  #begin(at: number): void {
    this.#kept = ''
    this.#from = at
  }

  #keep(text: string): void {
    this.#kept = text
    if (text.length <= RECORD_CHARACTERS_MAX) return
    const record = `Record ${this.#count + 1} is longer than two million characters.`
    throw new UnreadableFile(this.#sawList ? record : 'This JSON contains no list of records.')
  }

  #opens(c: typeof LIST | typeof OBJECT, at: number): void {
    if (this.#depth === 0) {
      this.#root = c
      this.#sawList = c === LIST
      this.#listDepth = c === LIST ? 1 : 0
      if (c === OBJECT) this.#begin(at)
    } else if (this.#root === OBJECT && this.#depth === 1 && LISTS.has(this.#name)) {
      // The object is a page: from here on only what is in its lists counts.
      this.#sawList = true
      this.#listDepth = c === LIST ? 2 : 1
      this.#kept = null
      if (c === OBJECT) this.#begin(at)
    } else if (this.#listDepth > 0 && this.#depth === this.#listDepth && this.#kept === null) this.#begin(at)
    if (++this.#depth <= DEPTH_MAX) return
    throw new UnreadableFile(
      `Record ${this.#count + 1} is nested more than ${DEPTH_MAX} levels deep: that is not a list of keys. Export it as CSV, or as a list of plain objects.`,
    )
  }

  /** The text of the value that is whole with this bracket, if one is. */
  #closes(text: string, at: number): string | null {
    this.#depth--
    if (this.#depth < 0) throw new UnreadableFile('The JSON has more closing brackets than opening ones.')
    const isValue = this.#sawList ? this.#depth === this.#listDepth : this.#depth === 0 && this.#root === OBJECT
    const whole = this.#kept !== null && isValue ? this.#kept + text.slice(this.#from, at + 1) : null
    if (whole !== null) this.#kept = null
    if (this.#root === OBJECT && this.#depth === 1 && (this.#listDepth === 2 || whole !== null)) this.#listDepth = 0
    if (this.#depth > 0) return whole
    this.#kept = null
    this.#listDepth = 0
    this.#root = null
    return whole
  }

  #parsed(text: string): unknown {
    this.#count++
    try {
      return JSON.parse(text) as unknown
    } catch {
      throw new UnreadableFile(`Record ${this.#count} is not valid JSON.`)
    }
  }
}
