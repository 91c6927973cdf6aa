import '#server-only'
import type { System } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { pool } from '../database/client.ts'
import { KEPT_DAYS } from './plain.ts'

const AT_ONCE = 5_000
/** What one organization may have in the log: a week of a call a second and more. */
const ROWS_OF_ONE_MAX = 1_000_000

/** Forgets calls that are older than a week, and of those of one organization the oldest beyond a million. For the hourly sweep. */
export async function purgeCalls(_system: System, now: Date, most = ROWS_OF_ONE_MAX): Promise<number> {
  // Ids begin with the time, so the oldest are found without an index of their own.
  const oldest = newId(new Date(now.getTime() - KEPT_DAYS * DAY_MS))
  let gone = await inBatches(
    'DELETE FROM license_calls WHERE id IN (SELECT id FROM license_calls WHERE id < $1 ORDER BY id LIMIT $2)',
    [oldest],
  )
  const { rows } = await pool.query<{ id: string; end: Date }>(
    `SELECT o.id, l.written_at AS "end" FROM organizations o CROSS JOIN LATERAL (SELECT written_at FROM license_calls
      WHERE organization_id = o.id ORDER BY written_at DESC, id DESC OFFSET $1 LIMIT 1) l`,
    [most],
  )
  for (const { id, end } of rows)
    gone += await inBatches(
      `DELETE FROM license_calls WHERE id IN (SELECT id FROM license_calls WHERE organization_id = $1 AND written_at <= $2
        ORDER BY written_at, id LIMIT $3)`,
      [id, end],
    )
  return gone
}

async function inBatches(statement: string, values: unknown[]): Promise<number> {
  for (let gone = 0; ; ) {
    const { rowCount } = await pool.query(statement, [...values, AT_ONCE])
    gone += rowCount ?? 0
    if ((rowCount ?? 0) < AT_ONCE) return gone
  }
}
