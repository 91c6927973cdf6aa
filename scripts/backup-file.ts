// What a backup is: plain SQL that fills a migrated, empty database, compressed with zstd. In trouble, `zstd -dc FILE | psql` reads it too.
import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createZstdDecompress } from 'node:zlib'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { Halt } from '../server/lifecycle.ts'

const FORMAT = 1

/** The first line: what the database was when the backup was made. */
export type BackupHeader = { format: number; createdAt: string; latchkey: string; migrations: string[] }

/** What a whole backup holds. */
export type BackupSummary = { header: BackupHeader; rows: Record<string, number>; bytes: number }

type Table = { name: string; columns: string[] }

const quoted = pg.escapeIdentifier

// ---------------------------------------------------------------- the database

// Rows are written the same way whatever the server's own settings are. A row locked for long must not hold up whoever runs us.
const SESSION = `SET TimeZone = 'UTC'; SET DateStyle = ISO; SET IntervalStyle = postgres; SET bytea_output = hex;
  SET extra_float_digits = 1; SET client_encoding = UTF8; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
  SET lock_timeout = '30s'`

/** A connection for copying. The caller ends it. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  // Said by the statement that fails then.
  client.on('error', () => {})
  await client.connect()
  await client.query(SESSION)
  return client
}

const MIGRATIONS = '_prisma_migrations'

/** Every table of ours with its columns, those that others refer to first. */
export async function tablesOf(client: pg.ClientBase): Promise<Table[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; needs: string[] }>(
    `SELECT c.relname AS name,
       (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
       ARRAY(SELECT DISTINCT t.relname::text FROM pg_constraint k JOIN pg_class t ON t.oid = k.confrelid
         WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid) AS needs
     FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> $1
     ORDER BY c.relname`,
    [MIGRATIONS],
  )
  const ordered: Table[] = []
  let waiting = rows
  while (waiting.length > 0) {
    const open = new Set(waiting.map(({ name }) => name))
    const next = waiting.filter(({ needs }) => !needs.some((name) => open.has(name)))
    if (next.length === 0) throw new Error(`Tables refer to each other in a circle: ${[...open].join(', ')}`)
    ordered.push(...next.map(({ name, columns }) => ({ name, columns })))
    waiting = waiting.filter((table) => !next.includes(table))
  }
  return ordered
}

/** The migrations a database has, in order; none when it was never migrated. */
export async function migrationsOf(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ found: string | null }>('SELECT to_regclass($1) AS found', [
    `public.${MIGRATIONS}`,
  ])
  if (!rows[0]?.found) return []
  const applied = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM ${MIGRATIONS} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1`,
  )
  return applied.rows.map(({ name }) => name)
}

// ---------------------------------------------------------------- writing

/**
 * The backup of a database as it is at one moment, as bytes: header, each table, the counters of its numbers, footer. Whoever writes to the
 * database meanwhile is not held up. `done` learns how many rows of each table there were.
 */
export async function* dump(
  client: pg.ClientBase,
  { now, latchkey }: { now: Date; latchkey: string },
  done: (rows: Record<string, number>) => void,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  const hashed = (bytes: Buffer | string) => {
    hash.update(bytes)
    return typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  }
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const migrations = await migrationsOf(client)
  if (migrations.length === 0) throw new Halt('This database has never been set up: there is nothing to back up.')
  const header: BackupHeader = { format: FORMAT, createdAt: now.toISOString(), latchkey, migrations }
  yield hashed(`-- Latchkey backup ${JSON.stringify(header)}\n`)
  const rows: Record<string, number> = {}
  for (const { name, columns } of await tablesOf(client)) {
    yield hashed(`COPY ${quoted(name)} (${columns.map(quoted).join(', ')}) FROM stdin;\n`)
    const stream = client.query(copyTo(`COPY ${quoted(name)} (${columns.map(quoted).join(', ')}) TO STDOUT`))
    for await (const chunk of stream as AsyncIterable<Buffer>) yield hashed(chunk)
    rows[name] = stream.rowCount
    yield hashed('\\.\n')
  }
  // Counters are ahead of the moment, if anything: no number is given twice.
  for (const { name, last } of await countersOf(client)) yield hashed(`SELECT setval('${name}', ${last}, true);\n`)
  await client.query('COMMIT')
  yield Buffer.from(`-- ${JSON.stringify({ rows, sha256: hash.digest('hex') })}\n`)
  done(rows)
}

async function countersOf(client: pg.ClientBase): Promise<{ name: string; last: string }[]> {
  const { rows } = await client.query<{ name: string; last: string }>(
    `SELECT sequencename AS name, last_value::text AS last FROM pg_sequences
     WHERE schemaname = 'public' AND last_value IS NOT NULL ORDER BY 1`,
  )
  return rows
}

// ---------------------------------------------------------------- reading

/** The content of a backup file. Throws a sentence when it is not packed as one. */
export async function* openBackup(file: string): AsyncGenerator<Buffer> {
  const packed = createReadStream(file, { highWaterMark: 256 * 1024 })
  const content = createZstdDecompress()
  packed.once('error', (error) => content.destroy(error))
  content.once('close', () => packed.destroy())
  try {
    yield* packed.pipe(content) as AsyncIterable<Buffer>
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ZSTD_error_prefix_unknown') throw new Halt('This file is not a Latchkey backup.')
    if (/^(ZSTD|Z)_/.test(code)) throw damaged('it cannot be unpacked')
    throw error
  }
}

/** What the parts of a backup are handed to, in order. */
type Reader = {
  header: (header: BackupHeader) => Promise<void> | void
  /** The rows of a table, as COPY writes them; to be read to the end. */
  table: (table: Table, rows: AsyncIterable<Buffer>) => Promise<number>
  counter: (name: string, last: string) => Promise<void> | void
}

const damaged = (why: string) => new Halt(`This backup is damaged (${why}). Take another one.`)

function parsed<T>(json: string): T {
  try {
    return JSON.parse(json) as T
  } catch {
    throw damaged('a line is not what it should be')
  }
}

const HEADER = /^-- Latchkey backup (\{.*\})$/
const COPY = /^COPY ("(?:[^"]|"")+") \((.+)\) FROM stdin;$/
const COUNTER = /^SELECT setval\('([a-z0-9_]+)', (\d+), true\);$/
const FOOTER = /^-- (\{.*\})$/

/** Reads a backup from end to end and checks it: nothing is missing, nothing was changed. Throws a sentence when something is. */
export async function readBackup(source: AsyncIterable<Buffer>, reader: Reader): Promise<BackupSummary> {
  const hash = createHash('sha256')
  const lines = new Lines(source, hash)
  const first = HEADER.exec((await lines.next()) ?? '')
  if (!first?.[1]) throw new Halt('This file is not a Latchkey backup.')
  const header = parsed<BackupHeader>(first[1])
  if (header.format !== FORMAT)
    throw new Halt(
      `This backup has format ${header.format}, this Latchkey reads ${FORMAT}. Restore it with a newer one.`,
    )
  await reader.header(header)
  const rows: Record<string, number> = {}
  for (;;) {
    const sum = hash.copy()
    const line = await lines.next()
    if (line === null) throw damaged('its end is missing')
    const footer = FOOTER.exec(line)
    if (footer?.[1]) {
      const said = parsed<{ rows: Record<string, number>; sha256: string }>(footer[1])
      if (said.sha256 !== sum.digest('hex')) throw damaged('its checksum is wrong')
      if (JSON.stringify(said.rows) !== JSON.stringify(rows)) throw damaged('rows are missing')
      if ((await lines.next()) !== null) throw damaged('something follows its end')
      return { header, rows, bytes: lines.bytes }
    }
    const copy = COPY.exec(line)
    const counter = COUNTER.exec(line)
    if (copy?.[1] && copy[2]) {
      const table = { name: unquoted(copy[1]), columns: copy[2].split(', ').map(unquoted) }
      rows[table.name] = await reader.table(table, lines.untilEnd())
    } else if (counter?.[1] && counter[2]) await reader.counter(counter[1], counter[2])
    else throw damaged('a line is not what it should be')
  }
}

const unquoted = (name: string) => name.slice(1, -1).replaceAll('""', '"')

const END = Buffer.from('\\.\n')
const LINE_MAX = 1_048_576

/** Bytes as lines, and between them whole stretches that end with a line `\.`, which never occurs inside one. */
class Lines {
  bytes = 0
  #rest: Buffer = Buffer.alloc(0)
  readonly #source: AsyncIterator<Buffer>
  readonly #hash: Hash

  constructor(source: AsyncIterable<Buffer>, hash: Hash) {
    this.#source = source[Symbol.asyncIterator]()
    this.#hash = hash
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#source.next()
    if (done) return false
    this.bytes += value.byteLength
    this.#rest = this.#rest.byteLength === 0 ? value : Buffer.concat([this.#rest, value])
    return true
  }

  #take(length: number): Buffer {
    const taken = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    this.#hash.update(taken)
    return taken
  }

  /** The next line without its end; null after the last. */
  async next(): Promise<string | null> {
    for (let from = 0; ; ) {
      const end = this.#rest.indexOf(10, from)
      if (end >= 0) return this.#take(end + 1).toString('utf8', 0, end)
      from = this.#rest.byteLength
      if (from > LINE_MAX) throw damaged('a line is not what it should be')
      if (await this.#more()) continue
      if (from > 0) throw damaged('its end is missing')
      return null
    }
  }

  /** What lies before the next line `\.`. */
  async *untilEnd(): AsyncGenerator<Buffer> {
    for (;;) {
      // Always at the beginning of a line here, so whole lines are handed on.
      if (this.#rest.byteLength >= END.byteLength && this.#rest.subarray(0, END.byteLength).equals(END)) {
        this.#take(END.byteLength)
        return
      }
      const last = this.#rest.lastIndexOf(10)
      const end = last < 0 ? -1 : endIn(this.#rest)
      if (end >= 0) yield this.#take(end)
      else if (last >= 0 && this.#rest.byteLength >= END.byteLength) yield this.#take(last + 1)
      else if (!(await this.#more())) throw damaged('its end is missing')
    }
  }
}

/** Where a line `\.` begins, after another line. */
function endIn(bytes: Buffer): number {
  const at = bytes.indexOf('\n\\.\n')
  return at < 0 ? -1 : at + 1
}

/** A reader that looks at everything and keeps nothing: for checking a file. */
export const checking: Reader = {
  header: () => {},
  table: async (_table, rows) => {
    let count = 0
    for await (const chunk of rows) for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count++
    return count
  },
  counter: () => {},
}

/** Puts rows into a table; how many there were. */
export async function copyInto(client: pg.ClientBase, table: Table, rows: AsyncIterable<Buffer>): Promise<number> {
  const names = table.columns.map(quoted).join(', ')
  const stream = client.query(copyFrom(`COPY ${quoted(table.name)} (${names}) FROM STDIN`))
  const failed = new Promise<never>((_, reject) => stream.once('error', reject))
  failed.catch(() => {})
  for await (const chunk of rows) if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), failed])
  stream.end()
  await Promise.race([once(stream, 'finish'), failed])
  return stream.rowCount
}
