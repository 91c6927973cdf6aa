import '#server-only'
import { BATCHES_IN_FLIGHT, batches } from '../db.ts'
import { Failed, groupCommit } from './group-commit.ts'
import {
  ACTIVATION_COLUMNS,
  type ActivationRow,
  activationOf,
  activationRowOf,
  factsOf,
  KEY_COLUMN_COUNT,
  KEY_COLUMNS,
  type KeyRow,
  keyAnswer,
  keyRowOf,
  type RawRow,
  rawTypes,
} from './key-rows.ts'
import { isMistyped, lookupOf } from './key-string.ts'
import { checkValidate, type KeyFacts, unknownKey, type ValidateAsk } from './rules.ts'
import type { LicenseOutcome, ValidateCall, ValidateCode } from './schema.ts'
import { countValidation } from './validation-counts.ts'

type Outcome = LicenseOutcome<ValidateCode>
type Call = { call: ValidateCall; lookup: string }

// A database that hangs must not hang the callers: after this they get a 503. pg then gives up the connection.
const QUERY_TIMEOUT_MS = 5_000

// One statement reads everything a batch needs, in one snapshot.
const READ = {
  name: 'validate_read',
  query_timeout: QUERY_TIMEOUT_MS,
  rowMode: 'array',
  types: rawTypes,
  text: `SELECT i.position, ${KEY_COLUMNS}, ${ACTIVATION_COLUMNS}
    FROM unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::text[]) WITH ORDINALITY AS i(hash, organization_id, activation_id, fingerprint, position)
    JOIN license_keys k ON k.key_hash = i.hash AND k.organization_id = i.organization_id
    JOIN key_configurations c ON c.id = k.key_configuration_id
    LEFT JOIN LATERAL (
      SELECT * FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL
        AND (a.id = i.activation_id OR (i.activation_id IS NULL AND a.fingerprint = i.fingerprint)) LIMIT 1
    ) a ON i.activation_id IS NOT NULL OR i.fingerprint IS NOT NULL`,
}

// One statement writes what the batch counts. Rows are locked in id order, so batches of any number of processes cannot deadlock. A
// key whose usage was spent by somebody else since it was read is left alone and not returned: its calls are decided again.
const WRITE = {
  name: 'validate_write',
  query_timeout: QUERY_TIMEOUT_MS,
  rowMode: 'array',
  types: rawTypes,
  text: `WITH input AS (
      SELECT * FROM unnest($1::uuid[], $2::int[], $3::boolean[], $4::int[], $5::timestamptz[], $6::int[], $7::timestamptz[])
        AS i(id, times, metered, usage_read, period_read, usage, period)
    ), locked AS (
      SELECT k.id FROM license_keys k JOIN input i ON i.id = k.id ORDER BY k.id FOR UPDATE OF k
    ), counted AS (
      UPDATE license_keys k SET validations = k.validations + i.times, last_validated_at = greatest(k.last_validated_at, $8),
        usage = CASE WHEN i.metered THEN i.usage ELSE k.usage END,
        usage_period_start = CASE WHEN i.metered THEN i.period ELSE k.usage_period_start END
      FROM input i JOIN locked l ON l.id = i.id
      WHERE k.id = i.id AND (NOT i.metered OR (k.usage = i.usage_read AND k.usage_period_start IS NOT DISTINCT FROM i.period_read))
      RETURNING k.id, k.validations
    ), seen AS (
      UPDATE activations a SET validations = a.validations + s.times, last_validated_at = greatest(a.last_validated_at, $8)
      FROM unnest($9::uuid[], $10::uuid[], $11::int[]) AS s(activation_id, license_key_id, times) JOIN counted ON counted.id = s.license_key_id
      WHERE a.id = s.activation_id
    )
    SELECT id, validations FROM counted`,
}

/** The call as the rules read it. */
export const askOf = (call: ValidateCall): ValidateAsk => ({
  activationId: call.activation_id ?? null,
  fingerprint: call.fingerprint ?? null,
  conditions: call.conditions ?? {},
  incrementUsage: call.increment_usage ?? 0,
  productId: call.product_id?.toLowerCase() ?? null,
  keyConfigurationId: call.benefit_id?.toLowerCase() ?? null,
  customerId: call.customer_id?.toLowerCase() ?? null,
  entitlements: call.entitlements ?? [],
})

/** The calls of a batch that are about one key, decided one after the other. */
type KeyGroup = {
  row: KeyRow
  facts: KeyFacts
  usageRead: number
  periodRead: Date | null
  times: number
  metered: boolean
  activations: Map<string, number>
  members: { position: number; outcome: Outcome; nth: number }[]
}

// Whether anything of a batch was written, or may have been: the connection was lost before the answer.
type Progress = { maybeWritten: boolean }

async function validateBatch(calls: Call[]): Promise<(Outcome | Failed)[]> {
  const outcomes = Array.from<Outcome | undefined>({ length: calls.length })
  const progress = { maybeWritten: false }
  let open = calls.map((_, position) => position)
  try {
    while (open.length > 0) open = await validateOnce(calls, open, outcomes, progress)
  } catch (error) {
    // Running the batch again could then spend uses twice.
    if (!progress.maybeWritten) throw error
    return outcomes.map((outcome) => outcome ?? new Failed(error))
  }
  return outcomes as Outcome[]
}

// Decides the open calls; returns those whose key changed under them.
async function validateOnce(
  calls: Call[],
  open: number[],
  outcomes: (Outcome | undefined)[],
  progress: Progress,
): Promise<number[]> {
  const asked = open.map((position) => calls[position] as Call)
  const { rows } = await batches.query<RawRow>({
    ...READ,
    values: [
      asked.map(({ lookup }) => `\\x${lookup}`),
      asked.map(({ call }) => call.organization_id),
      asked.map(({ call }) => call.activation_id ?? null),
      asked.map(({ call }) => call.fingerprint ?? null),
    ],
  })
  const now = new Date()
  const groups = new Map<string, KeyGroup>()
  const found = Array.from<RawRow | undefined>({ length: open.length })
  for (const row of rows) found[Number(row[0]) - 1] = row
  for (const [i, position] of open.entries()) {
    const row = found[i]
    const { call } = calls[position] as Call
    if (!row) {
      outcomes[position] = { verdict: unknownKey(isMistyped(call.key)), key: null, activation: null }
      continue
    }
    decide(groupOf(groups, row), activationRowOf(row, 1 + KEY_COLUMN_COUNT), position, call, now)
  }
  return writeGroups([...groups.values()], outcomes, progress, now)
}

function groupOf(groups: Map<string, KeyGroup>, raw: RawRow): KeyGroup {
  const id = raw[1] as string
  let group = groups.get(id)
  if (!group) {
    const row = keyRowOf(raw, 1)
    group = {
      row,
      facts: factsOf(row),
      usageRead: row.usage,
      periodRead: row.usage_period_start,
      times: 0,
      metered: false,
      activations: new Map(),
      members: [],
    }
    groups.set(id, group)
  }
  return group
}

function decide(
  group: KeyGroup,
  found: ActivationRow | null,
  position: number,
  call: ValidateCall,
  now: Date,
): void {
  const live = found ? [activationOf(found, group.row.id)] : []
  const ask = askOf(call)
  const { verdict, activation, usage, usagePeriodStart } = checkValidate(group.facts, live, ask, now)
  if (verdict.valid) {
    group.times++
    if (ask.incrementUsage > 0) {
      group.metered = true
      group.facts = { ...group.facts, usage, usagePeriodStart }
    }
    if (activation) group.activations.set(activation.id, (group.activations.get(activation.id) ?? 0) + 1)
  }
  const key = keyAnswer(group.row, group.facts, now, verdict.valid ? { usage, lastValidatedAt: now } : {})
  group.members.push({ position, outcome: { verdict, key, activation }, nth: group.times })
}

async function writeGroups(
  groups: KeyGroup[],
  outcomes: (Outcome | undefined)[],
  progress: Progress,
  now: Date,
): Promise<number[]> {
  const writing = groups.filter((group) => group.times > 0)
  const counted = new Map<string, number>()
  if (writing.length > 0) {
    const seen = writing.flatMap((group) =>
      [...group.activations].map(([id, times]) => ({ id, key: group.row.id, times })),
    )
    const { rows } = await write(
      [
        writing.map((group) => group.row.id),
        writing.map((group) => group.times),
        writing.map((group) => group.metered),
        writing.map((group) => group.usageRead),
        writing.map((group) => group.periodRead),
        writing.map((group) => group.facts.usage),
        writing.map((group) => group.facts.usagePeriodStart),
        now,
        seen.map((item) => item.id),
        seen.map((item) => item.key),
        seen.map((item) => item.times),
      ],
      progress,
    )
    for (const [id, validations] of rows) counted.set(id as string, Number(validations))
  }
  const again: number[] = []
  for (const group of groups) {
    const validations = counted.get(group.row.id)
    if (group.times > 0 && validations === undefined) {
      again.push(...group.members.map((member) => member.position))
      continue
    }
    for (const { position, outcome, nth } of group.members) {
      if (outcome.verdict.valid && outcome.key && validations !== undefined) {
        outcome.key.validations = validations - group.times + nth
      }
      outcomes[position] = outcome
      countValidation(group.row.organization_id, group.row.id, outcome.verdict, now)
    }
  }
  return again
}

async function write(values: unknown[], progress: Progress) {
  try {
    const written = await batches.query<RawRow>({ ...WRITE, values })
    progress.maybeWritten = true
    return written
  } catch (error) {
    // Only an ERROR of the server says that nothing was written.
    if (!(error instanceof Error && 'severity' in error && error.severity === 'ERROR')) progress.maybeWritten = true
    throw error
  }
}

// The production server loads this module twice (Node itself, and inside Next's bundle): one queue serves both doors.
const shared = globalThis as unknown as { latchkeyValidate?: (call: Call) => Promise<Outcome> }
shared.latchkeyValidate ??= groupCommit<Call, Outcome>({
  run: validateBatch,
  keyOf: ({ lookup }) => lookup,
  batchSize: 256,
  inFlight: BATCHES_IN_FLIGHT,
  waitingMax: 10_000,
})
const enqueue = shared.latchkeyValidate

/** Validates with the next batch; answered after it is durable. Throws Overloaded when too many calls wait. */
export const validateInBatch = (call: ValidateCall): Promise<Outcome> =>
  enqueue({ call, lookup: lookupOf(call.key) })
