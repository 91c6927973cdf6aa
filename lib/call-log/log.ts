import '#server-only'
import { newId } from '../base/ids.ts'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import { pool } from '../database/client.ts'
import { CHANNEL } from '../database/notes.ts'
import type { LicenseCode } from '../error-codes/schema.ts'
import type { HttpRequest } from '../http/request.ts'
import type { CallVerb } from './plain.ts'
import { appText, deviceText, fingerprintText, keptOf, placeFor, type Sample, standsFor } from './rules.ts'

// Calls are noted in memory and written a few times a second, many in one statement. Memory is bounded by what is kept of each
// organization and code: while the database is slow more calls come to the same few places, so what cannot be written becomes a count.

/** Parts of what was asked that a log may have. */
export type NotedAsk = {
  organization_id?: string | null | undefined
  activation_id?: string | null | undefined
  fingerprint?: string | null | undefined
  label?: string | undefined
  meta?: Record<string, unknown> | null | undefined
}

/** And of what was answered. */
export type NotedOutcome = {
  verdict: { code: LicenseCode }
  key: { id: string; organizationId: string } | null
  activation: { id: string; label: string; fingerprint: string | null; meta: Record<string, unknown> } | null
}

type Kept = {
  verb: CallVerb
  ask: NotedAsk
  outcome: NotedOutcome
  address: string | null
  userAgent: string | null
  dialect: string
  durationMs: number
  at: number
}

type Noted = {
  /** By organization, then by code. */
  samples: Map<string, Map<string, Sample<Kept>>>
  timer: NodeJS.Timeout | undefined
  writing: Promise<void> | null
  lost: number
}

/** How long a call waits for others before it is written. */
const WAIT_MS = 300
/** Organizations in memory at once; far more than one process serves in so short a time. */
const ORGANIZATIONS_MAX = 5_000
/** Rows of one statement. Of what is beyond, the yeses go first. */
const ROWS_MAX = 3_000

const noted = perProcess('call-log', (): Noted => ({ samples: new Map(), timer: undefined, writing: null, lost: 0 }))

/**
 * Notes a call that was answered, in memory. Never throws, and nothing waits for it. `dialect` is the vendor whose words it was in; empty:
 * our own.
 */
export function noteCall(
  verb: CallVerb,
  ask: NotedAsk,
  outcome: NotedOutcome,
  request: Pick<HttpRequest, 'address' | 'header'>,
  dialect: string,
  durationMs: number,
): void {
  const organizationId = outcome.key?.organizationId ?? ask.organization_id?.toLowerCase()
  // A key string that nobody knows, in words that name no organization, is nobody's.
  if (!organizationId) return
  let codes = noted.samples.get(organizationId)
  if (!codes) {
    if (noted.samples.size >= ORGANIZATIONS_MAX) {
      noted.lost++
      return
    }
    codes = new Map()
    noted.samples.set(organizationId, codes)
  }
  const { code } = outcome.verdict
  let sample = codes.get(code)
  if (!sample) {
    sample = { seen: 0, kept: [] }
    codes.set(code, sample)
  }
  const place = placeFor(sample, keptOf(code), Math.random())
  if (place !== null) {
    const { address } = request
    const userAgent = request.header('user-agent')
    sample.kept[place] = { verb, ask, outcome, address, userAgent, dialect, durationMs, at: Date.now() }
  }
  noted.timer ??= setTimeout(() => void flushCallLog(), WAIT_MS).unref()
}

/** Writes what was noted; for a server that stops, too. */
export async function flushCallLog(): Promise<void> {
  clearTimeout(noted.timer)
  noted.timer = undefined
  // One statement at a time: what comes meanwhile waits in its few places.
  while (noted.writing) await noted.writing
  if (noted.samples.size === 0) return
  const samples = noted.samples
  noted.samples = new Map()
  noted.writing = write(samples).finally(() => {
    noted.writing = null
  })
  await noted.writing
}

async function write(samples: Noted['samples']): Promise<void> {
  const all = rowsOf(samples)
  const rows = all.length <= ROWS_MAX ? all : withoutYeses(all)
  const lost = noted.lost + all.length - rows.length
  noted.lost = 0
  if (lost > 0) log.warn({ lost }, 'there were more license calls than the log takes')
  try {
    await pool.query({ name: 'log_calls', text: WRITE, values: columnsOf(rows) })
  } catch (error) {
    log.warn({ err: error, lost: rows.length }, 'license calls did not get into the log')
  }
}

type Row = readonly (string | number | Date | null)[]
const CODE = 4

const withoutYeses = (rows: Row[]): Row[] =>
  rows.toSorted((a, b) => Number(a[CODE] === 'VALID') - Number(b[CODE] === 'VALID')).slice(0, ROWS_MAX)

const columnsOf = (rows: Row[]): unknown[][] => (rows[0] ?? []).map((_, i) => rows.map((row) => row[i]))

const rowsOf = (samples: Noted['samples']): Row[] =>
  [...samples].flatMap(([organizationId, codes]) =>
    [...codes.values()].flatMap((sample) => {
      const stand = standsFor(sample)
      return sample.kept.map((each, i) => rowOf(organizationId, each, stand[i] as number))
    }),
  )

function rowOf(organizationId: string, noted: Kept, stands: number): Row {
  const { verb, ask, outcome, address, userAgent, dialect, durationMs, at } = noted
  const { key, activation, verdict } = outcome
  return [
    newId(new Date(at)),
    organizationId,
    new Date(at),
    verb,
    verdict.code,
    stands,
    key?.id ?? null,
    activation?.id ?? ask.activation_id?.toLowerCase() ?? null,
    deviceText(activation?.label ?? ask.label),
    fingerprintText(activation?.fingerprint ?? ask.fingerprint),
    address,
    dialect,
    appText(activation?.meta ?? ask.meta, userAgent),
    Math.round(durationMs * 1_000),
  ]
}

// One statement, so one way to the database and back. Nobody waits for it, so it does not wait for the disk. Only organizations that there
// are: anybody may name any other. Its notes are heard when it has committed.
const WRITE = `WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS set),
  written AS (
    INSERT INTO license_calls (id, organization_id, at, verb, code, stands_for, license_key_id, activation_id, device, fingerprint, address,
      dialect, app, duration_us)
    SELECT n.* FROM quick, unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::int[], $7::uuid[], $8::uuid[],
        $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::int[])
      AS n(id, organization_id, at, verb, code, stands_for, license_key_id, activation_id, device, fingerprint, address, dialect, app, duration_us)
    WHERE EXISTS (SELECT 1 FROM organizations o WHERE o.id = n.organization_id)
    RETURNING organization_id, written_at, verb
  ), told AS (
    SELECT organization_id, written_at, bool_or(verb <> 'validate') AS changes FROM written GROUP BY 1, 2
  ), grouped AS (
    SELECT json_build_object('what', 'calls', 'of', json_agg(organization_id), 'changes', changes,
      'at', (extract(epoch FROM written_at) * 1000)::bigint) AS note
    FROM (SELECT *, row_number() OVER (PARTITION BY changes) / 150 AS part FROM told) t GROUP BY part, changes, written_at
  ) SELECT pg_notify('${CHANNEL}', note::text) FROM grouped`
