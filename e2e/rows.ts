// What an organization has in the database, to see that nobody else changes it.
import { pool } from '#lib/database/client.ts'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Every id the organization's rows have. */
export async function idsOf({ id }: { id: string }): Promise<Set<string>> {
  return new Set((await rowsOf([id])).match(UUID))
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

/** All rows of all tables that mention one of the ids, but for the charts and wrong passwords. */
export async function rowsOf(ids: Iterable<string>): Promise<string> {
  const pattern = [...ids].join('|')
  const found: string[] = []
  for (const name of (await tables()).filter((table) => !isChart(table))) {
    const { rows } = await pool.query<{ row: string }>(
      `SELECT row::text FROM ${name} AS t, LATERAL (SELECT to_jsonb(t) - $2::text[] AS row) AS r WHERE row::text ~ $1 ORDER BY 1`,
      [pattern, computed[name] ?? []],
    )
    found.push(
      ...rows.filter(({ row }) => !isRefusedSignIn(row) && !isUnsaid(name, row)).map(({ row }) => `${name} ${row}`),
    )
  }
  return found.join('\n')
}
