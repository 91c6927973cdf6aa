import '#server-only'
import { DAY_MS } from '../base/days.ts'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import { pool } from '../database/client.ts'

// For charts only: kept in memory, the hours written once a second, the days of keys (a row each) every 15. The counters on the key
// itself are durable per call.
type Row = (string | number | Date)[]
type DayCounts = {
  valid: number
  refused: number
  /** Of the valid ones, those that named no device. */
  deviceless: number
  organizationId: string
  /** Refusals by code; null for the many keys that refuse nothing. */
  refusals: Map<string, { count: number; lastAt: Date }> | null
}
type Counts = {
  hours: Map<string, number>
  /** By day, then by key. */
  days: Map<string, Map<string, DayCounts>>
  /** Rows of days that were taken and have yet to be written. */
  waiting: { days: Row; refusals: Row[] }[]
  timers: Map<'hours' | 'days', NodeJS.Timeout>
}

const EVERY_MS = { hours: 1_000, days: 15_000 }
// A hundred thousand keys may be in use: their rows follow one another slowly, since calls that somebody waits for need the database.
const ROWS_AT_ONCE = 1_000
const NEXT_ROWS_MS = 1_000

const counts = perProcess(
  'validation-counts',
  (): Counts => ({
    hours: new Map(),
    days: new Map(),
    waiting: [],
    timers: new Map(),
  }),
)

const HOURS = `INSERT INTO validation_hours (organization_id, hour, code, count)
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::int[]) AS n(organization_id, hour, code, count) ORDER BY 1, 2, 3
  ON CONFLICT (organization_id, hour, code) DO UPDATE SET count = validation_hours.count + EXCLUDED.count`

const DAYS = `INSERT INTO validation_days (license_key_id, day, valid, refused, deviceless)
  SELECT * FROM unnest($1::uuid[], $2::date[], $3::int[], $4::int[], $5::int[]) AS n(license_key_id, day, valid, refused, deviceless)
  ORDER BY 1, 2
  ON CONFLICT (license_key_id, day) DO UPDATE SET valid = validation_days.valid + EXCLUDED.valid,
    refused = validation_days.refused + EXCLUDED.refused, deviceless = validation_days.deviceless + EXCLUDED.deviceless`

const REFUSALS = `INSERT INTO validation_refusals (license_key_id, day, code, organization_id, count, last_at)
  SELECT * FROM unnest($1::uuid[], $2::date[], $3::text[], $4::uuid[], $5::int[], $6::timestamptz[])
    AS n(license_key_id, day, code, organization_id, count, last_at) ORDER BY 1, 2, 3
  ON CONFLICT (license_key_id, day, code) DO UPDATE SET count = validation_refusals.count + EXCLUDED.count,
    last_at = greatest(validation_refusals.last_at, EXCLUDED.last_at)`

const statements = { hours: HOURS, days: DAYS, refusals: REFUSALS } as const

/** Counts one verdict for the hour and the key's day (UTC); `device`: the one it was about, if it named one. */
export function countValidation(
  organizationId: string,
  licenseKeyId: string,
  verdict: { valid: boolean; code: string },
  device: object | null,
  now: Date,
): void {
  if (now.getTime() !== current.at) setCurrent(now)
  const hour = `${organizationId}|${current.hour}|${verdict.code}`
  counts.hours.set(hour, (counts.hours.get(hour) ?? 0) + 1)
  const day = dayOf(organizationId, licenseKeyId)
  if (verdict.valid) {
    day.valid++
    if (device === null) day.deviceless++
  } else {
    day.refused++
    countRefusal(day, verdict.code, now)
  }
  writeSoon('hours')
  writeSoon('days')
}

function countRefusal(day: DayCounts, code: string, now: Date): void {
  day.refusals ??= new Map()
  const known = day.refusals.get(code)
  if (known) {
    known.count++
    known.lastAt = now
  } else {
    day.refusals.set(code, { count: 1, lastAt: now })
  }
}

function dayOf(organizationId: string, licenseKeyId: string): DayCounts {
  const keys = counts.days.get(current.day) ?? new Map<string, DayCounts>()
  if (keys.size === 0) counts.days.set(current.day, keys)
  const day = keys.get(licenseKeyId) ?? { valid: 0, refused: 0, deviceless: 0, organizationId, refusals: null }
  if (day.valid + day.refused === 0) keys.set(licenseKeyId, day)
  return day
}

// The calls of a batch share their moment.
const current = { at: -1, hour: '', day: '' }

function setCurrent(now: Date): void {
  const iso = now.toISOString()
  Object.assign(current, { at: now.getTime(), hour: `${iso.slice(0, 13)}:00:00Z`, day: iso.slice(0, 10) })
}

function writeSoon(what: 'hours' | 'days', inMs = EVERY_MS[what]): void {
  if (counts.timers.has(what)) return
  counts.timers.set(what, setTimeout(() => void (what === 'hours' ? writeHours() : writeSomeDays()), inMs).unref())
}

function stopTimer(what: 'hours' | 'days'): void {
  clearTimeout(counts.timers.get(what))
  counts.timers.delete(what)
}

/** Writes everything that was counted; for a server that stops. */
export async function flushValidationCounts(): Promise<void> {
  await writeHours()
  while (counts.waiting.length > 0 || counts.days.size > 0) await writeSomeDays()
}

async function writeHours(): Promise<void> {
  stopTimer('hours')
  const rows = takeHours()
  if (rows.length > 0) await insert('hours', rows)
}

async function writeSomeDays(): Promise<void> {
  stopTimer('days')
  if (counts.waiting.length === 0) counts.waiting = takeDays()
  const rows = counts.waiting.splice(0, ROWS_AT_ONCE)
  if (counts.waiting.length > 0) writeSoon('days', NEXT_ROWS_MS)
  else if (counts.days.size > 0) writeSoon('days')
  if (rows.length === 0) return
  await insert(
    'days',
    rows.map(({ days }) => days),
  )
  const refusals = rows.flatMap((row) => row.refusals)
  if (refusals.length > 0) await insert('refusals', refusals)
}

async function insert(what: keyof typeof statements, rows: Row[]): Promise<void> {
  try {
    await inTransaction(what, rows)
  } catch (error) {
    log.warn({ err: error }, `validation counts (${what}) were lost`)
  }
}

async function inTransaction(what: keyof typeof statements, rows: Row[]): Promise<void> {
  const columns = (rows[0] ?? []).map((_, i) => rows.map((row) => row[i]))
  const client = await pool.connect()
  try {
    // No flush to disk of its own: nobody waits for charts, and the routes that count need the disk.
    await client.query('BEGIN; SET LOCAL synchronous_commit = off')
    await client.query({
      name: `count_${what}`,
      text: statements[what],
      values: columns,
    })
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    client.release(true)
    throw error
  }
}

function takeHours(): Row[] {
  const taken = [...counts.hours]
  counts.hours.clear()
  return taken.map(([key, count]) => [...key.split('|'), count])
}

function takeDays(): Counts['waiting'] {
  const taken = [...counts.days]
  counts.days.clear()
  return taken.flatMap(([day, keys]) =>
    Array.from(keys, ([id, { valid, refused, deviceless, organizationId, refusals }]) => ({
      days: [id, day, valid, refused, deviceless],
      refusals: Array.from(refusals ?? [], ([code, { count, lastAt }]) => [
        id,
        day,
        code,
        organizationId,
        count,
        lastAt,
      ]),
    })),
  )
}

const KEY_DAYS = 35
const YEAR_DAYS = 400
const FOLDED_AT_ONCE = 20_000

// Of a year a chart shows weeks: days that are older than a month become their Monday, which is a seventh of the rows.
const FOLD = `WITH old AS (
    DELETE FROM validation_days WHERE ctid IN (
      SELECT ctid FROM validation_days WHERE day < $1 AND extract(isodow FROM day) <> 1 LIMIT ${FOLDED_AT_ONCE} FOR UPDATE SKIP LOCKED)
    RETURNING license_key_id, day, valid, refused, deviceless
  ), folded AS (
    INSERT INTO validation_days AS d (license_key_id, day, valid, refused, deviceless)
    SELECT license_key_id, date_trunc('week', day)::date, sum(valid), sum(refused), sum(deviceless) FROM old GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (license_key_id, day) DO UPDATE SET valid = d.valid + EXCLUDED.valid,
      refused = d.refused + EXCLUDED.refused, deviceless = d.deviceless + EXCLUDED.deviceless
  ) SELECT count(*)::int AS count FROM old`

/** Removes what no chart reaches back to, and keeps by week what is only shown so. For the hourly sweep. */
export async function purgeValidationCounts(now: Date): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS)
  for (let folded = FOLDED_AT_ONCE; folded === FOLDED_AT_ONCE; ) {
    const { rows } = await pool.query<{ count: number }>(FOLD, [before(KEY_DAYS)])
    folded = rows[0]?.count ?? 0
  }
  await pool.query('DELETE FROM validation_days WHERE day < $1', [before(YEAR_DAYS)])
  await pool.query('DELETE FROM validation_refusals WHERE day < $1', [before(KEY_DAYS)])
  await pool.query('DELETE FROM validation_hours WHERE hour < $1', [before(YEAR_DAYS)])
}
