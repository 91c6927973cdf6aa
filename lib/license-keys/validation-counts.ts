import '#server-only'
import { pool } from '../db.ts'
import { log } from '../log.ts'

// For charts only: kept in memory and written once a second. The counters on the key itself are durable per call.
type Counts = {
  hours: Map<string, number>
  days: Map<string, { valid: number; refused: number }>
  timer: NodeJS.Timeout | null
}

const shared = globalThis as unknown as { latchkeyCounts?: Counts }
shared.latchkeyCounts ??= { hours: new Map(), days: new Map(), timer: null }
const counts = shared.latchkeyCounts

const HOURS = `INSERT INTO validation_hours (organization_id, hour, code, count)
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::int[]) AS n(organization_id, hour, code, count) ORDER BY 1, 2, 3
  ON CONFLICT (organization_id, hour, code) DO UPDATE SET count = validation_hours.count + EXCLUDED.count`

const DAYS = `INSERT INTO validation_days (license_key_id, day, valid, refused)
  SELECT * FROM unnest($1::uuid[], $2::date[], $3::int[], $4::int[]) AS n(license_key_id, day, valid, refused) ORDER BY 1, 2
  ON CONFLICT (license_key_id, day) DO UPDATE SET valid = validation_days.valid + EXCLUDED.valid,
    refused = validation_days.refused + EXCLUDED.refused`

/** Counts one verdict for the hour and the key's day (UTC). */
export function countValidation(
  organizationId: string,
  licenseKeyId: string,
  verdict: { valid: boolean; code: string },
  now: Date,
): void {
  const iso = now.toISOString()
  const hour = `${organizationId}|${iso.slice(0, 13)}:00:00Z|${verdict.code}`
  counts.hours.set(hour, (counts.hours.get(hour) ?? 0) + 1)
  const dayKey = `${licenseKeyId}|${iso.slice(0, 10)}`
  const day = counts.days.get(dayKey) ?? { valid: 0, refused: 0 }
  if (verdict.valid) day.valid++
  else day.refused++
  counts.days.set(dayKey, day)
  counts.timer ??= setTimeout(() => void flushValidationCounts(), 1_000).unref()
}

/** Writes what was counted. Called every second while there is something, and by a server that stops. */
export async function flushValidationCounts(): Promise<void> {
  if (counts.timer) clearTimeout(counts.timer)
  counts.timer = null
  const { hours, days } = counts
  counts.hours = new Map()
  counts.days = new Map()
  if (hours.size === 0) return
  const hourRows = [...hours].map(([key, count]) => [...key.split('|'), count])
  const dayRows = [...days].map(([key, day]) => [...key.split('|'), day.valid, day.refused])
  const column = (rows: (string | number)[][], i: number) => rows.map((row) => row[i])
  try {
    await pool.query({ name: 'count_hours', text: HOURS, values: [0, 1, 2, 3].map((i) => column(hourRows, i)) })
    await pool.query({ name: 'count_days', text: DAYS, values: [0, 1, 2, 3].map((i) => column(dayRows, i)) })
  } catch (error) {
    log.warn({ err: error }, 'validation counts of one second were lost')
  }
}

const KEY_DAYS = 35
const HOUR_DAYS = 400

/** Removes what no chart reaches back to. For the hourly sweep. */
export async function purgeValidationCounts(now: Date): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * 86_400_000)
  await pool.query('DELETE FROM validation_days WHERE day < $1', [before(KEY_DAYS)])
  await pool.query('DELETE FROM validation_hours WHERE hour < $1', [before(HOUR_DAYS)])
}
