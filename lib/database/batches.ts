import '#server-only'
import type pg from 'pg'
import { batchConnections } from './client.ts'

// How batches of license calls speak to the database. They ask the same few statements thousands of times a second, so neither side
// says what both know: how a statement reads, which columns it has, of which types.

/** A prepared statement, by a name that nothing else has. */
export type Statement = { name: string; text: string }

/**
 * For statements that unnest the calls of a batch as `i` with their position: true of each, and tells the planner that there are few.
 * Whatever it knows of the tables, it begins with the calls, in their order, and looks up the rows of each. A connection keeps its plan;
 * one that reads five keys from end to end would stay when there are a hundred thousand.
 */
export const FEW = 'i.position BETWEEN 1 AND 10000'

/** What a parameter may be; an array becomes an array of PostgreSQL's. Bytes are written by `bytes`. */
export type Value = string | number | boolean | Date | null
type Values = (Value | Value[])[]

/** A row as PostgreSQL writes it, column by column. */
export type RawRow = (string | null)[]

/** Bytes, given in hexadecimal, as a parameter. */
export const bytes = (hex: string): string => `\\x${hex}`

/** Rows of equal length as an array for each column, for statements that unnest them. */
export const asColumns = (rows: Value[][]): Value[][] =>
  (rows[0] ?? []).map((_, i) => rows.map((row) => row[i] as Value))

/**
 * Lends one of a few connections that only batches use, so that nothing else can hold them up. What `use` asks first is on its way to the
 * database when this returns, if a connection is idle: the pool itself would first let the process do all that it has at hand. A
 * connection that fails, not only a statement on it, is given up.
 */
export async function onBatchConnection<T>(use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const { connections, idle } = batchConnections()
  const client = idle.pop() ?? (await connections.connect())
  const giveBack = () => {
    // Those that found none wait at the pool.
    if (connections.waitingCount > 0) client.release()
    else idle.push(client)
  }
  try {
    const result = await use(client)
    giveBack()
    return result
  } catch (error) {
    if (isOfStatement(error)) giveBack()
    else client.release(true)
    throw error
  }
}

/** True for what the server says of one statement: it was not carried out, and the connection is as good as before. */
export const isOfStatement = (error: unknown): boolean =>
  error instanceof Error && 'severity' in error && error.severity === 'ERROR'

/** Runs a statement; its rows. Rejects with what the server says, with severity ERROR when only of this statement. */
export const ask = (client: pg.ClientBase, statement: Statement, values: Values): Promise<RawRow[]> =>
  new Promise((resolve, reject) => {
    client.query(new Asking(statement, values, (error, rows) => (error ? reject(error) : resolve(rows ?? []))))
  })

type Connection = pg.Connection & { parsedStatements: Record<string, string | undefined> }

/** One statement on its way, as the driver wants it (its Submittable): without the description of columns that it asks for itself. */
class Asking implements pg.Submittable {
  readonly name: string
  readonly text: string
  /** Public and not fixed: the driver's time limit wraps it. */
  callback: (error: Error | null, rows?: RawRow[]) => void
  readonly #values: (string | null)[]
  readonly #rows: RawRow[] = []

  constructor({ name, text }: Statement, values: Values, callback: (error: Error | null, rows?: RawRow[]) => void) {
    this.name = name
    this.text = text
    // Here, where a value that cannot be written has sent nothing yet.
    this.#values = values.map(spell)
    this.callback = callback
  }

  submit(to: pg.Connection) {
    const connection = to as Connection
    const { name, text } = this
    connection.stream.cork()
    try {
      if (connection.parsedStatements[name] !== text) connection.parse({ name, text, types: [] }, true)
      connection.bind({ statement: name, values: this.#values }, true)
      connection.execute(null, true)
      connection.sync()
    } finally {
      connection.stream.uncork()
    }
  }

  handleDataRow({ fields }: { fields: RawRow }) {
    this.#rows.push(fields)
  }

  handleError(error: Error) {
    this.callback(error)
  }

  handleReadyForQuery() {
    this.callback(null, this.#rows)
  }

  handleCommandComplete() {}
  handleEmptyQuery() {}
}

/** A parameter as PostgreSQL reads it. */
function spell(value: Value | Value[]): string | null {
  if (value === null) return null
  if (Array.isArray(value)) return `{${value.map(spellElement).join(',')}}`
  return value instanceof Date ? spellDate(value) : String(value)
}

function spellElement(value: Value): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return `"${SPECIAL.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`
  return value instanceof Date ? `"${spellDate(value)}"` : String(value)
}

const SPECIAL = /["\\]/

// JavaScript writes years after 9999 with a sign and six digits.
const spellDate = (date: Date): string => date.toISOString().replace(/^\+0*/, '')
