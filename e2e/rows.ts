// What an organization has in the database, to see that nobody else changes it.
import { pool } from '#lib/database/client.ts'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Every id the organization's rows have. */
export async function idsOf({ id, since }: { id: string; since: string }): Promise<Set<string>> {
  return new Set((await rowsOf([id], since)).match(UUID))
}

const tables = async () =>
  (
    await pool.query<{ name: string }>(
      `SELECT quote_ident(table_name) AS name FROM information_schema.tables
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
    )
  ).rows.map(({ name }) => name)

// What the clock writes some time after something happened: charts and logs of the license routes, and sums. That an action did
// something is seen in the history, too.
const isChart = (name: string) =>
  /^(validation_(days|hours|refusals)|license_calls|call_refusals|troubles|sightings|key_counts|device_counts)$/.test(
    name,
  )

// Columns that the clock writes, beside others that people do: of a key's risk only what they said counts.
const computed: Record<string, string[]> = {
  key_risks: ['score', 'level', 'evidence', 'uncounted', 'due_at', 'assessed_at', 'since'],
}

/** Of a risk that nobody has said anything of, the row itself comes by the clock. */
const isUnsaid = (name: string, row: string) => name === 'key_risks' && /"excused_at": null/.test(row)

// Whoever tries a member's password leaves a trace, and that is as it should be.
const isRefusedSignIn = (row: string) => /"type": "session\.(refused|slowed)"/.test(row)

/** A moment of the database: what is written from now on is younger. */
export async function momentNow(): Promise<string> {
  const { rows } = await pool.query<{ moment: string }>('SELECT pg_current_xact_id()::text AS moment')
  return rows[0]?.moment ?? ''
}

/**
 * All rows of all tables that mention one of the ids, but for the charts and wrong passwords. `since`, a moment before the first of the ids
 * was given, spares reading rows that are too old to know it.
 */
export async function rowsOf(ids: Iterable<string>, since = '3'): Promise<string> {
  const pattern = [...ids].join('|')
  const found: string[] = []
  for (const name of (await tables()).filter((table) => !isChart(table))) {
    const { rows } = await pool.query<{ row: string }>(
      `SELECT row::text FROM ${name} AS t, LATERAL (SELECT to_jsonb(t) - $2::text[] AS row) AS r
        WHERE age(t.xmin) <= age($3::xid) AND row::text ~ $1 ORDER BY 1`,
      [pattern, computed[name] ?? [], since],
    )
    found.push(
      ...rows.filter(({ row }) => !isRefusedSignIn(row) && !isUnsaid(name, row)).map(({ row }) => `${name} ${row}`),
    )
  }
  return found.join('\n')
}
