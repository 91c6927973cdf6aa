import '#server-only'
import { perProcess } from '../base/per-process.ts'
import {
  asColumns,
  ask,
  bytes,
  FEW,
  isOfStatement,
  onBatchConnection,
  type RawRow,
  type Statement,
  type Value,
} from '../database/batches.ts'
import { BATCHES_IN_FLIGHT } from '../database/client.ts'
import { date } from '../database/columns.ts'
import { Failed, groupCommit, Undecided } from '../database/group-commit.ts'
import type { ValidateCode } from '../error-codes/schema.ts'
import { askMeant, asksAtMost } from '../key-strings/meant.ts'
import { isMistyped, keyHashOf } from '../key-strings/string.ts'
import {
  ACTIVATION_COLUMN_COUNT,
  ACTIVATION_COLUMNS,
  type ActivationRow,
  activationAnswer,
  activationOf,
  activationRowOf,
  factsOf,
  KEY_COLUMN_COUNT,
  KEY_COLUMNS,
  type KeyRow,
  keyAnswer,
  keyRowOf,
} from '../license-keys/row.ts'
import { type KeyFacts, usageMark, usageNow } from '../license-keys/rules.ts'
import { asSent } from './answers.ts'
import { MARK_AGAIN } from './changes.ts'
import { countValidation } from './counts.ts'
import { checkValidate, type OldString, oldStringOpens, replacedKey, unknownKey, type ValidateAsk } from './rules.ts'
import type { LicenseOutcome, ValidateCall } from './schema.ts'
import { countPlain, plainGroups } from './validate-plain.ts'

type Outcome = LicenseOutcome<ValidateCode>
/** `meant`: how often the key that was meant was asked for; then the look-up is of that, not of the string that was sent. */
type Call = { call: ValidateCall; keyHash: string; meant?: number }

// For the sentences of those that are refused.
const TIME_ZONE = '(SELECT time_zone FROM organizations WHERE id = k.organization_id)'

// One statement reads everything a batch needs, in one snapshot. Every key has a configuration; the left join only keeps the planner from
// beginning with it and reading all its keys.
export const READ = {
  name: 'validate_read',
  text: `SELECT i.position, ${KEY_COLUMNS}, ${ACTIVATION_COLUMNS}, ${TIME_ZONE}
    FROM unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::text[]) WITH ORDINALITY AS i(hash, organization_id, activation_id, fingerprint, position)
    JOIN license_keys k ON k.key_hash = i.hash AND k.organization_id = COALESCE(i.organization_id, k.organization_id)
    LEFT JOIN key_configurations c ON c.id = k.key_configuration_id
    LEFT JOIN LATERAL (
      SELECT * FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL
        AND (a.id = i.activation_id OR (i.activation_id IS NULL AND a.fingerprint = i.fingerprint)) LIMIT 1
    ) a ON i.activation_id IS NOT NULL OR i.fingerprint IS NOT NULL
    WHERE ${FEW}`,
}

// What was not found may be a string that was rotated away. OFFSET keeps the planner from reading all of those.
export const READ_OLD = {
  name: 'validate_read_old',
  text: `SELECT i.position, ${KEY_COLUMNS}, ${ACTIVATION_COLUMNS}, ${TIME_ZONE}, o.rotated_at, o.valid_until
    FROM unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::text[]) WITH ORDINALITY AS i(hash, organization_id, activation_id, fingerprint, position)
    JOIN LATERAL (SELECT * FROM old_key_strings o WHERE o.key_hash = i.hash OFFSET 0) o ON true
    JOIN license_keys k ON k.id = o.license_key_id AND k.organization_id = COALESCE(i.organization_id, k.organization_id)
    LEFT JOIN key_configurations c ON c.id = k.key_configuration_id
    LEFT JOIN LATERAL (
      SELECT * FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL
        AND (a.id = i.activation_id OR (i.activation_id IS NULL AND a.fingerprint = i.fingerprint)) LIMIT 1
    ) a ON i.activation_id IS NOT NULL OR i.fingerprint IS NOT NULL
    WHERE ${FEW}`,
}

// One statement writes what the batch counts. Rows are locked in the order of their hashes, so batches of any number of processes cannot
// deadlock. A key whose usage was spent by somebody else since it was read is left alone and not returned: its calls are decided again.
const writeOf = (marks: string) => `WITH input AS (
      SELECT * FROM unnest($1::uuid[], $2::int[], $3::boolean[], $4::int[], $5::timestamptz[], $6::int[], $7::timestamptz[])
        AS i(id, times, metered, usage_read, period_read, usage, period)
    ), locked AS (
      SELECT i.* FROM input i JOIN license_keys k ON k.id = i.id ORDER BY k.key_hash FOR UPDATE OF k
    ), counted AS (
      UPDATE license_keys k SET validations = k.validations + i.times, last_validated_at = greatest(k.last_validated_at, $8),
        usage = CASE WHEN i.metered THEN i.usage ELSE k.usage END,
        usage_period_start = CASE WHEN i.metered THEN i.period ELSE k.usage_period_start END
      FROM locked i
      WHERE k.id = i.id AND (NOT i.metered OR (k.usage = i.usage_read AND k.usage_period_start IS NOT DISTINCT FROM i.period_read))
      RETURNING k.id, k.validations
    ), seen AS (
      UPDATE activations a SET validations = a.validations + s.times, last_validated_at = greatest(a.last_validated_at, $8)
      FROM unnest($9::uuid[], $10::uuid[], $11::int[]) AS s(activation_id, license_key_id, times) JOIN counted ON counted.id = s.license_key_id
      WHERE a.id = s.activation_id
    )${marks}
    SELECT id, validations FROM counted`

export const WRITE = { name: 'validate_write', text: writeOf('') }

// The same where usage of some keys comes to a mark (tell-usage.ts): once in a period, so nobody else waits for it.
export const WRITE_MARKS = {
  name: 'validate_write_marks',
  text: writeOf(`, marked AS (
      INSERT INTO usage_marks (license_key_id, percent, period_start, usage, usage_limit, reached_at)
      SELECT m.id, m.percent, m.period, m.usage, m.usage_limit, $8
      FROM unnest($12::uuid[], $13::smallint[], $14::timestamptz[], $15::int[], $16::int[]) AS m(id, percent, period, usage, usage_limit)
        JOIN counted ON counted.id = m.id
      ${MARK_AGAIN}
    )`),
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

async function validateBatch(calls: Call[], release: () => void): Promise<(Outcome | Failed)[]> {
  const outcomes = Array.from<Outcome | Failed | undefined>({ length: calls.length })
  const counting = { maybeWritten: false }
  try {
    await validatePlain(calls, outcomes, counting, release)
  } catch (error) {
    if (!counting.maybeWritten) throw error
    return calls.map(() => new Failed(error))
  }
  const deciding = { maybeWritten: false }
  try {
    let open = [...calls.keys()].filter((position) => outcomes[position] === undefined)
    while (open.length > 0) open = await validateOnce(calls, open, outcomes, deciding)
  } catch (error) {
    // What may have been written must not run again: it could spend uses twice.
    return outcomes.map((outcome) => outcome ?? (deciding.maybeWritten ? new Failed(error) : new Undecided(error)))
  }
  return outcomes as (Outcome | Failed)[]
}

// Decides what one statement can read and count at once; the others stay open.
async function validatePlain(
  calls: Call[],
  outcomes: (Outcome | Failed | undefined)[],
  progress: Progress,
  release: () => void,
) {
  const groups = plainGroups(calls)
  if (groups.length === 0) return
  const now = new Date()
  const found = await writing(progress, () => countPlain(groups, now))
  const done = found.reduce((sum, { group }) => sum + group.positions.length, 0)
  if (done === calls.length) release()
  for (const { group, row, validationsBefore, activation } of found) {
    for (const [i, position] of group.positions.entries())
      outcomes[position] = counted(row, activation, group.call, validationsBefore + i + 1, now)
  }
}

function counted(
  row: KeyRow,
  found: ActivationRow | null,
  call: ValidateCall,
  validations: number,
  now: Date,
): Outcome | Failed {
  try {
    const facts = factsOf(row, row)
    const live = found ? [activationOf(found, row.id)] : []
    const { verdict, activation, usage } = checkValidate(facts, live, askOf(call), now)
    const key = keyAnswer(row, facts, now, call.key, { usage, validations, lastValidatedAt: now })
    countValidation(row.organizationId, row.id, verdict, activation, now)
    return { verdict, key, activation: activation && activationAnswer(activation) }
  } catch (error) {
    // A cipher that does not open.
    return new Failed(error)
  }
}

// Decides the open calls; returns those whose key changed under them.
async function validateOnce(
  calls: Call[],
  open: number[],
  outcomes: (Outcome | Failed | undefined)[],
  progress: Progress,
): Promise<number[]> {
  const now = new Date()
  const groups = new Map<string, KeyGroup>()
  const take = (position: number, row: RawRow, isOld: boolean) => {
    decide(
      groupOf(groups, row),
      activationRowOf(row, 1 + KEY_COLUMN_COUNT),
      position,
      calls[position] as Call,
      now,
      isOld,
    )
  }
  const takeOld = (position: number, row: RawRow) => {
    if (opens(row, (calls[position] as Call).call, now)) return take(position, row, true)
    const { id, organizationId } = keyRowOf(row, 1)
    const verdict = replacedKey(oldStringOf(row))
    countValidation(organizationId, id, verdict, null, now)
    outcomes[position] = { verdict, key: null, activation: null, of: { organizationId, licenseKeyId: id } }
  }
  const missing = await read(READ, open, calls, (position, row) => take(position, row, false))
  const unknown = missing.length ? await read(READ_OLD, missing, calls, takeOld) : []
  const found = await findMeant(calls, unknown, outcomes)
  return [...found, ...(await writeGroups([...groups.values()], outcomes, progress, now))]
}

// Looks once more for what was not found, as it may have been meant. Returns the calls whose key that found: they are decided next.
async function findMeant(
  calls: Call[],
  unknown: number[],
  outcomes: (Outcome | Failed | undefined)[],
): Promise<number[]> {
  const missed = unknown.filter((position) => (calls[position]?.meant ?? 0) < asksAtMost())
  const meant = missed.length
    ? await onBatchConnection((client) =>
        askMeant(
          client,
          missed.map((position) => {
            const { call, keyHash } = calls[position] as Call
            return { key: call.key, organization_id: call.organization_id, keyHash }
          }),
        ),
      )
    : []
  return unknown.filter((position) => {
    const { call, meant: asked = 0 } = calls[position] as Call
    const found = meant[missed.indexOf(position)] ?? null
    if (found && found !== 'unclear') {
      calls[position] = { call, keyHash: found.keyHash, meant: asked + 1 }
      return true
    }
    const verdict = unknownKey(found === 'unclear' || isMistyped(call.key))
    outcomes[position] = { verdict, key: null, activation: null }
    return false
  })
}

// Whether a string that was rotated away may still be used for this call.
function opens(row: RawRow, call: ValidateCall, now: Date): boolean {
  const key = keyRowOf(row, 1)
  const found = activationRowOf(row, 1 + KEY_COLUMN_COUNT)
  const live = found ? [activationOf(found, key.id)] : []
  return oldStringOpens(factsOf(key, key), live, askOf(call), oldStringOf(row), now)
}

function oldStringOf(row: RawRow): OldString {
  const [rotatedAt, validUntil] = row.slice(-2) as [string, string]
  return { rotatedAt: date(rotatedAt) as Date, validUntil: date(validUntil) as Date }
}

// Hands each row to the call it was read for; returns the calls that have none.
async function read(
  statement: Statement,
  positions: number[],
  calls: Call[],
  take: (position: number, row: RawRow) => void,
): Promise<number[]> {
  const asked = positions.map((position) => calls[position] as Call)
  const values = [
    asked.map(({ keyHash }) => bytes(keyHash)),
    asked.map(({ call }) => call.organization_id),
    asked.map(({ call }) => call.activation_id ?? null),
    asked.map(({ call }) => call.fingerprint ?? null),
  ]
  const rows = await onBatchConnection((client) => ask(client, statement, values))
  const found = Array.from<RawRow | undefined>({ length: positions.length })
  for (const row of rows) found[Number(row[0]) - 1] = row
  return positions.filter((position, i) => {
    const row = found[i]
    if (row) take(position, row)
    return !row
  })
}

function groupOf(groups: Map<string, KeyGroup>, raw: RawRow): KeyGroup {
  const id = raw[1] as string
  let group = groups.get(id)
  if (!group) {
    const row = keyRowOf(raw, 1)
    group = {
      row,
      facts: { ...factsOf(row, row), timeZone: raw[1 + KEY_COLUMN_COUNT + ACTIVATION_COLUMN_COUNT] ?? undefined },
      usageRead: row.usage,
      periodRead: row.usagePeriodStart,
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
  { call, meant }: Call,
  now: Date,
  isOld: boolean,
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
  const sent = meant ? null : call.key
  const key = keyAnswer(group.row, group.facts, now, sent, verdict.valid ? { usage, lastValidatedAt: now } : {})
  const outcome = { verdict, key, activation: activation && activationAnswer(activation) }
  group.members.push({ position, outcome: isOld ? asSent(outcome, call.key) : outcome, nth: group.times })
}

async function writeGroups(
  groups: KeyGroup[],
  outcomes: (Outcome | Failed | undefined)[],
  progress: Progress,
  now: Date,
): Promise<number[]> {
  const keys = groups.filter((group) => group.times > 0)
  const written = new Map<string, number>()
  if (keys.length > 0) {
    const seen = keys.flatMap((group) =>
      [...group.activations].map(([id, times]) => ({ id, key: group.row.id, times })),
    )
    const values = [
      keys.map((group) => group.row.id),
      keys.map((group) => group.times),
      keys.map((group) => group.metered),
      keys.map((group) => group.usageRead),
      keys.map((group) => group.periodRead),
      keys.map((group) => group.facts.usage),
      keys.map((group) => group.facts.usagePeriodStart),
      now,
      seen.map((item) => item.id),
      seen.map((item) => item.key),
      seen.map((item) => item.times),
    ]
    const marks = keys.flatMap((group) => markOf(group, now))
    const statement = marks.length > 0 ? WRITE_MARKS : WRITE
    const all = marks.length > 0 ? [...values, ...asColumns(marks)] : values
    const rows = await writing(progress, () => onBatchConnection((client) => ask(client, statement, all)))
    for (const [id, validations] of rows) written.set(id as string, Number(validations))
  }
  const again: number[] = []
  for (const group of groups) {
    const validations = written.get(group.row.id)
    if (group.times > 0 && validations === undefined) {
      again.push(...group.members.map((member) => member.position))
      continue
    }
    for (const { position, outcome, nth } of group.members) {
      if (outcome.verdict.valid && outcome.key && validations !== undefined) {
        outcome.key.validations = validations - group.times + nth
      }
      outcomes[position] = outcome
      countValidation(group.row.organizationId, group.row.id, outcome.verdict, outcome.activation, now)
    }
  }
  return again
}

// The mark that the usage of a key comes to by these calls, as a row; none mostly.
function markOf({ row, facts, usageRead, periodRead, metered }: KeyGroup, now: Date): Value[][] {
  if (!metered) return []
  const before = usageNow({ usage: usageRead, usagePeriodStart: periodRead, limits: facts.limits }, now)
  const { limit } = facts.limits.usage
  const mark = usageMark(before, facts.usage, limit)
  return mark === null ? [] : [[row.id, mark, facts.usagePeriodStart, facts.usage, limit]]
}

// Only an ERROR of the server says that nothing was written.
async function writing<T>(progress: Progress, run: () => Promise<T>): Promise<T> {
  try {
    const written = await run()
    progress.maybeWritten = true
    return written
  } catch (error) {
    if (!isOfStatement(error)) progress.maybeWritten = true
    throw error
  }
}

const enqueue = perProcess('validate', () =>
  groupCommit<Call, Outcome>({
    name: 'validate',
    run: validateBatch,
    keyOf: ({ keyHash }) => keyHash,
    batchSize: 256,
    inFlight: BATCHES_IN_FLIGHT,
    waitingMax: 10_000,
    waitMaxMs: 3_000,
  }),
)

/** Validates with the next batch; answered after it is durable. Throws Overloaded when too many calls wait. */
export const validateInBatch = (call: ValidateCall): Promise<Outcome> => enqueue({ call, keyHash: keyHashOf(call.key) })
