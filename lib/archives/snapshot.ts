import '#server-only'
import type pg from 'pg'
import { pool } from '../database/client.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { openKeyString } from '../key-strings/string.ts'
import { openDelivery } from '../stores/intake.ts'
import { type Content, columnsOf, files, type Opened } from './contents.ts'
import type { Counted } from './readme.ts'

// All of an organization at one moment: every file is read in one transaction that sees nothing of what happens meanwhile.

export type Snapshot = {
  organization: { name: string; slug: string }
  takenAt: Date
  files: (Counted & { table: string })[]
  /** The lines of a file, some at a time. One file is read at a time. */
  linesOf: (file: Counted & { table: string }) => AsyncGenerator<string>
  close: () => Promise<void>
}

/** So many rows are fetched at once: of the widest, a few megabytes. */
const ROWS = 1_000

// A page's limits are for pages. A sleeping reader would hold back what vacuum may clear away, so it has one of its own.
const BEGIN = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL statement_timeout = '15min'; SET LOCAL idle_in_transaction_session_timeout = '5min'`

/** Opens a snapshot. Whoever opens it closes it. */
export async function openSnapshot(organizationId: string, hasKeyStrings: boolean): Promise<Snapshot | null> {
  const client = await pool.connect()
  const heard = () => {}
  client.on('error', heard)
  const close = async () => {
    client.removeListener('error', heard)
    // It read only. A connection that may be in the midst of something is not given back.
    await client.query('ROLLBACK').then(
      () => client.release(),
      () => client.release(true),
    )
  }
  try {
    await client.query(BEGIN)
    const { rows } = await client.query<{ name: string; slug: string; at: Date }>(
      'SELECT name, slug, now() AS at FROM organizations WHERE id = $1',
      [organizationId],
    )
    const [row] = rows
    if (!row) {
      await close()
      return null
    }
    return {
      organization: { name: row.name, slug: row.slug },
      takenAt: row.at,
      files: await counted(client, organizationId),
      linesOf: (file) => linesOf(client, file, organizationId, hasKeyStrings),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const fromOf = ({ table, more, of }: Content & { table: string }): string =>
  `FROM ${table} t ${more?.join ?? ''} WHERE ${of}`

async function counted(client: pg.PoolClient, organizationId: string) {
  const found: Snapshot['files'] = []
  for (const file of files) {
    const { rows } = await client.query<{ rows: string }>(`SELECT count(*) AS rows ${fromOf(file)}`, [organizationId])
    found.push({ ...file, rows: Number(rows[0]?.rows) })
  }
  return found
}

// Names come from our own table, and the id from the database.
function selectOf(file: Content & { table: string }): string {
  const { opened, more, order } = file
  const columns = columnsOf(file).map((column) => `t."${column}"`)
  if (more) columns.push(more.columns)
  if (opened) columns.push(`encode(t.${opened.column}, 'base64') AS "${SEALED}"`)
  const by = order.replace(/\w+/g, 't.$&')
  return `SELECT row_to_json(r)::text AS line FROM (SELECT ${columns.join(', ')} ${fromOf(file)} ORDER BY ${by}) r`
}

const SEALED = '~sealed'

async function* linesOf(
  client: pg.PoolClient,
  file: Counted & { table: string },
  organizationId: string,
  hasKeyStrings: boolean,
): AsyncGenerator<string> {
  await client.query(`DECLARE lines NO SCROLL CURSOR FOR ${selectOf(file).replace('$1', `'${organizationId}'::uuid`)}`)
  for (;;) {
    const { rows } = await client.query<{ line: string }>(`FETCH ${ROWS} FROM lines`)
    if (rows.length > 0) {
      const as = file.opened?.as
      const lines = as ? rows.map(({ line }) => opened(line, as, hasKeyStrings)) : rows.map(({ line }) => line)
      yield `${lines.join('\n')}\n`
    }
    if (rows.length < ROWS) break
  }
  await client.query('CLOSE lines')
}

/** A line with what was sealed in it in its place. Numbers beyond 2^53 do not occur in these. */
function opened(line: string, as: Opened, hasKeyStrings: boolean): string {
  const { [SEALED]: sealed, ...row } = JSON.parse(line) as Record<string, unknown>
  const bytes = typeof sealed === 'string' ? Buffer.from(sealed, 'base64') : null
  return JSON.stringify({ ...row, ...openers[as](bytes, row, hasKeyStrings) })
}

const openers: Record<Opened, (bytes: Buffer | null, row: Record<string, unknown>, whole: boolean) => object> = {
  key: (bytes, row, whole) =>
    whole
      ? { key: bytes && openKeyString(bytes) }
      : {
          masked_key: maskedKey({
            prefix: typeof row.prefix === 'string' ? row.prefix : null,
            lastCharacters: String(row.last_characters),
          }),
        },
  delivery: (bytes, _row, whole) => {
    // Stores that make keys themselves tell them.
    if (!bytes || !whole) return { body: null }
    const { body } = openDelivery(bytes, new Date(0))
    const text = body.toString('utf8')
    return Buffer.from(text, 'utf8').equals(body) ? { body: text } : { body_base64: body.toString('base64') }
  },
}
