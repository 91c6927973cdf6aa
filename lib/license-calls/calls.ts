import '#server-only'
import type pg from 'pg'
import type { Merchant, Software } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { sameJson } from '../base/json.ts'
import { assertMay } from '../base/permissions.ts'
import { fingerprintOf } from '../base/text.ts'
import { ask, isOfStatement, onBatchConnection } from '../database/batches.ts'
import { BATCHES_IN_FLIGHT } from '../database/client.ts'
import { Failed, groupCommit } from '../database/group-commit.ts'
import type { ActivateCode, DeactivateCode, LicenseCode, ValidateCode } from '../error-codes/schema.ts'
import type { NewEvent } from '../events/commands.ts'
import { askMeant, asksAtMost } from '../key-strings/meant.ts'
import { isMistyped, lookupOf } from '../key-strings/string.ts'
import { activationAnswer, factsOf, keyAnswer } from '../license-keys/row.ts'
import { expiryAt } from '../license-keys/rules.ts'
import { asSent } from './answers.ts'
import {
  type Asked,
  type Changes,
  type Device,
  type FoundKey,
  type LockedKey,
  lockKeys,
  noChanges,
  writeChanges,
} from './changes.ts'
import { countValidation } from './counts.ts'
import { once, recall, remember } from './repeatable.ts'
import {
  checkValidate,
  decideActivation,
  decideDeactivation,
  isUsable,
  oldStringOpens,
  replacedKey,
  unknownKey,
} from './rules.ts'
import type { ActivateCall, DeactivateCall, LicenseOutcome, ValidateCall } from './schema.ts'
import { askOf, validateInBatch } from './validate.ts'

// The three calls of client software. Each is repeatable with an idempotency key.

/** One call of a batch of changes. */
type Change = (
  | { verb: 'validate'; call: ValidateCall }
  | { verb: 'activate'; call: ActivateCall; repeated: boolean }
  | { verb: 'deactivate'; call: DeactivateCall }
) & {
  actor: Software | Merchant
  lookup: string
  /** The look-up is of the key that was meant, not of the string that was sent; `unclear` when several could be. */
  meant?: boolean | 'unclear'
  now: Date
  idempotencyKey: string | null
}

type ValidateChange = Extract<Change, { verb: 'validate' }>
type Outcome = LicenseOutcome<LicenseCode>
type Refused = { key: LockedKey; label: string; code: string; at: Date; fact: Changes['facts'][number] }
type Batch = { changes: Changes; refused: Refused[] }

// ---------------------------------------------------------------- one transaction for many calls

async function changeBatch(calls: Change[]): Promise<(Outcome | Failed)[]> {
  let committing = false
  try {
    return await onBatchConnection(async (client) => {
      try {
        await client.query('BEGIN')
        const outcomes = await decideMeant(client, calls)
        committing = true
        await client.query('COMMIT')
        return outcomes
      } catch (error) {
        if (isOfStatement(error)) await client.query('ROLLBACK')
        throw error
      }
    })
  } catch (error) {
    // A connection that is lost while it commits may have committed: doing all of it again could do it twice.
    if (committing && !isOfStatement(error)) return calls.map(() => new Failed(error))
    throw error
  }
}

// Keys are locked in one order, so when strings that were not found turn out to mean keys, all locks are taken anew with those.
async function decideMeant(client: pg.PoolClient, calls: Change[]): Promise<(Outcome | Failed)[]> {
  let read = calls
  let keys = await lockKeys(client, read.map(askedOf))
  for (let asked = 0; asked < asksAtMost(); asked++) {
    const missed = read.filter((change) => change.meant !== 'unclear' && !foundBy(change, keys))
    if (missed.length === 0) break
    const meant = await askMeant(
      client,
      missed.map(({ call, lookup }) => ({ key: call.key, organization_id: call.organization_id, lookup })),
    )
    if (meant.every((found) => found === null)) break
    const before = read
    read = before.map((change): Change => {
      const found = meant[missed.indexOf(change)] ?? null
      if (!found) return change
      return found === 'unclear' ? { ...change, meant: found } : { ...change, lookup: found.lookup, meant: true }
    })
    if (!read.some((change, i) => change.meant === true && change !== before[i])) break
    await client.query('ROLLBACK')
    await client.query('BEGIN')
    keys = await lockKeys(client, read.map(askedOf))
  }
  return decideAll(client, read, keys)
}

async function decideAll(
  client: pg.PoolClient,
  calls: Change[],
  keys: Map<string, FoundKey>,
): Promise<(Outcome | Failed)[]> {
  const memory = await recall(
    client,
    calls.flatMap((change) => {
      const found = foundBy(change, keys)
      const { idempotencyKey } = change
      return found && idempotencyKey !== null ? [{ licenseKeyId: found.key.row.id, idempotencyKey }] : []
    }),
  )
  const batch: Batch = { changes: noChanges(), refused: [] }
  const outcomes = calls.map((change): Outcome | Failed => {
    const found = foundBy(change, keys)
    if (!found)
      return {
        verdict: unknownKey(change.meant === 'unclear' || isMistyped(change.call.key)),
        key: null,
        activation: null,
      }
    const { key, old } = found
    if (!opens(found, change)) return replaced(batch, key, change)
    try {
      const run = () => decide(batch, key, change)
      const outcome = once<LicenseCode>(memory, key.row.id, change, change.now, run, () => stillHolds(key, change))
      return old ? asSent(outcome, change.call.key) : outcome
    } catch (error) {
      return new Failed(error)
    }
  })
  await forgetRepeatedRefusals(client, batch)
  await writeChanges(client, batch.changes)
  await remember(client, memory)
  return outcomes
}

function foundBy({ lookup, call }: Change, keys: Map<string, FoundKey>): FoundKey | null {
  const found = keys.get(lookup)
  const isTheirs = !call.organization_id || call.organization_id.toLowerCase() === found?.key.row.organizationId
  return found && isTheirs ? found : null
}

// The device a call is about, by id or fingerprint.
const deviceOf = ({ verb, call }: Change) => ({
  activationId: verb === 'activate' ? null : (call.activation_id ?? null),
  fingerprint: verb === 'deactivate' ? null : (call.fingerprint ?? null),
})

const opens = ({ key, old }: FoundKey, change: Change): boolean =>
  old === null || oldStringOpens(key.facts, [...key.live, ...key.gone], deviceOf(change), old, change.now)

// Nothing of the key is shown to whoever has only its old string; its history says that somebody asked with it.
function replaced(batch: Batch, key: LockedKey, { verb, call, actor, now }: Change): Outcome {
  const verdict = replacedKey()
  if (verb === 'validate') countValidation(key.row.organizationId, key.row.id, verdict, null, now)
  if (verb === 'activate') {
    const { code } = verdict
    const event = { ...about(key), type: 'activation.refused' as const, data: { label: call.label, code } }
    const fact = { actor, now, event }
    batch.changes.facts.push(fact)
    batch.refused.push({ key, label: call.label, code, at: now, fact })
  }
  return { verdict, key: null, activation: null }
}

function askedOf(change: Change): Asked {
  const { activationId, fingerprint } = deviceOf(change)
  const id = change.verb === 'activate' ? change.call.replace_activation_id : activationId
  return {
    lookup: change.lookup,
    activationIds: id ? [id] : [],
    fingerprints: fingerprint ? [fingerprint] : [],
  }
}

function stillHolds({ facts, live }: LockedKey, { verb, call, now }: Change): boolean {
  if (verb === 'deactivate') return true
  if (verb === 'activate') return isUsable(facts, now)
  // Uses spent by the first attempt must not make its own repetition a refusal.
  return checkValidate(facts, live, { ...askOf(call), incrementUsage: 0 }, now).verdict.valid
}

function decide(batch: Batch, key: LockedKey, change: Change): Outcome {
  if (change.verb === 'validate') return decideValidation(batch, key, change)
  const { actor, now } = change
  const tell = (event: Event) => {
    const fact = { actor, now, event: { ...about(key), ...event } }
    batch.changes.facts.push(fact)
    return fact
  }
  return change.verb === 'activate'
    ? decideActivate(batch, key, change, tell)
    : decideDeactivate(batch, key, change, tell)
}

// What a key that was found by it may be shown as.
const sentBy = ({ call, meant }: Change): string | null => (meant ? null : call.key)

type Event = Pick<NewEvent, 'type' | 'data' | 'activationId'>
type Tell = (event: Event) => Changes['facts'][number]

const about = ({ row }: LockedKey) => ({
  organizationId: row.organizationId,
  licenseKeyId: row.id,
  customerId: row.customerId,
})

// Calls about one key never run in two batches of this process, or a few dozen would hold every connection while they wait for its row.
const enqueue = groupCommit<Change, Outcome>({
  run: changeBatch,
  keyOf: ({ lookup }) => lookup,
  batchSize: 64,
  inFlight: BATCHES_IN_FLIGHT,
  waitingMax: 5_000,
  waitMaxMs: 3_000,
})

// ---------------------------------------------------------------- validate

/** May this key be used? Counts the validation and spends usage when valid; answered after that is durable. Throws Overloaded. */
export async function validate(
  software: Software,
  call: ValidateCall,
  now: Date,
  idempotencyKey: string | null = null,
): Promise<LicenseOutcome<ValidateCode>> {
  if (idempotencyKey === null) return validateInBatch(call)
  const change: Change = { verb: 'validate', call, actor: software, lookup: lookupOf(call.key), now, idempotencyKey }
  return (await enqueue(change)) as LicenseOutcome<ValidateCode>
}

function decideValidation({ changes }: Batch, key: LockedKey, change: ValidateChange): Outcome {
  const { call, now } = change
  const { row, facts } = key
  const { verdict, activation, usage, usagePeriodStart } = checkValidate(facts, key.live, askOf(call), now)
  const shown = keyAnswer(row, facts, now, sentBy(change))
  countValidation(row.organizationId, row.id, verdict, activation, now)
  if (!verdict.valid) return { verdict, key: shown, activation: activation && activationAnswer(activation) }
  row.usage = usage
  row.usagePeriodStart = usagePeriodStart
  row.validations++
  if (!row.lastValidatedAt || row.lastValidatedAt < now) row.lastValidatedAt = now
  key.facts = { ...factsOf(row, row), timeZone: key.timeZone }
  changes.keys.set(key, (changes.keys.get(key) ?? 0) + 1)
  if (activation) {
    changes.validated.push({ activationId: activation.id, at: now })
    activation.isUnseen = false
  }
  const changed = { usage, validations: row.validations, lastValidatedAt: now }
  return { verdict, key: { ...shown, ...changed }, activation: activation && activationAnswer(activation) }
}

// ---------------------------------------------------------------- activate

/**
 * Gives a device a slot of the key, or the slot it already has. Never more slots than the limit, however many ask at once. An organization
 * may ask on behalf of a device.
 */
export async function activate(
  actor: Software | Merchant,
  { repeated = false, ...call }: ActivateCall,
  now: Date,
  idempotencyKey: string | null = null,
): Promise<LicenseOutcome<ActivateCode>> {
  if (actor.kind !== 'software') assertMay(actor, 'keys.write')
  const change: Change = { verb: 'activate', call, repeated, actor, lookup: lookupOf(call.key), now, idempotencyKey }
  return (await enqueue(change)) as LicenseOutcome<ActivateCode>
}

function decideActivate(
  batch: Batch,
  key: LockedKey,
  change: Extract<Change, { verb: 'activate' }>,
  tell: Tell,
): Outcome {
  const { actor, call, repeated, now } = change
  const ask = {
    fingerprint: call.fingerprint ?? null,
    replaceActivationId: call.replace_activation_id ?? null,
    mayReplace: key.mayReplace || actor.kind !== 'software',
    lostActivationId: repeated ? lostActivation(key, call.label, now) : null,
  }
  const decision = decideActivation(key.facts, key.live, ask, now)
  const { verdict } = decision
  const shown = keyAnswer(key.row, key.facts, now, sentBy(change))
  switch (decision.do) {
    case 'refuse': {
      const { code } = verdict
      const fact = tell({ type: 'activation.refused', data: { label: call.label, code } })
      batch.refused.push({ key, label: call.label, code, at: now, fact })
      return { verdict, key: shown, activation: null }
    }
    case 'reuse':
      refresh(batch, decision.activation, call, now, tell)
      return { verdict, key: shown, activation: activationAnswer(decision.activation) }
    case 'create': {
      startClock(batch, key, now)
      const device = create(batch, key, call, decision.replaced, now, tell)
      return { verdict, key: { ...shown, expiresAt: key.row.expiresAt }, activation: activationAnswer(device) }
    }
  }
}

// Longer than the vendors' SDKs repeat a request that was not answered.
const LOST_MS = 3 * 60_000

// An activation nobody knows of: just made under this name, and never validated, which takes its id. Two machines of one name share
// nothing by this unless both lose their answers at once.
function lostActivation({ live }: LockedKey, label: string, now: Date): string | null {
  const since = now.getTime() - LOST_MS
  const isLost = (device: Device) =>
    device.label === label && device.fingerprint === null && device.isUnseen && device.createdAt.getTime() > since
  return live.findLast(isLost)?.id ?? null
}

function create(
  { changes }: Batch,
  key: LockedKey,
  call: ActivateCall,
  replaced: Device | null,
  now: Date,
  tell: Tell,
): Device {
  if (replaced) {
    free(changes, key, replaced, now)
    const data = { label: replaced.label, replacedBy: call.label }
    tell({ type: 'activation.deactivated', activationId: replaced.id, data })
  }
  const device: Device = {
    id: newId(now),
    licenseKeyId: key.row.id,
    label: call.label,
    fingerprint: fingerprintOf(call.fingerprint),
    conditions: call.conditions ?? {},
    meta: call.meta ?? {},
    createdAt: now,
    modifiedAt: null,
    deactivatedAt: null,
    isUnseen: true,
  }
  key.live.push(device)
  changes.created.set(device, key)
  const data = { label: call.label, replaced: replaced?.label ?? null }
  tell({ type: 'activation.created', activationId: device.id, data })
  return device
}

function free(changes: Changes, key: LockedKey, device: Device, now: Date): void {
  device.deactivatedAt = now
  key.live = key.live.filter((each) => each !== device)
  key.gone.push(device)
  changes.deactivated.add(device)
}

// The same device again: no new slot; what it says of itself now is what holds (a new version brings new conditions).
function refresh({ changes }: Batch, device: Device, call: ActivateCall, now: Date, tell: Tell): void {
  const conditions = call.conditions ?? device.conditions
  const meta = call.meta ?? device.meta
  if (device.label === call.label && sameJson(device.conditions, conditions) && sameJson(device.meta, meta)) return
  Object.assign(device, { label: call.label, conditions, meta, modifiedAt: now })
  changes.refreshed.add(device)
  tell({ type: 'activation.updated', activationId: device.id, data: { label: call.label } })
}

// The first activation starts the clock of a configuration whose duration begins with it.
function startClock({ changes }: Batch, key: LockedKey, now: Date): void {
  const { row } = key
  if (row.firstActivatedAt) return
  const counts = !row.expiryOverridden && !key.ofSubscription
  row.expiresAt ??= counts ? expiryAt(key.expiry, 'first_activation', now, key.timeZone) : null
  row.firstActivatedAt = now
  row.updatedAt = now
  key.facts = { ...factsOf(row, row), timeZone: key.timeZone }
  changes.keys.set(key, changes.keys.get(key) ?? 0)
}

const REFUSAL_MEMORY_MS = 60_000
const REFUSALS_PER_MEMORY = 10

const RECENT = {
  name: 'changes_recent_refusals',
  text: `SELECT license_key_id, extract(epoch FROM at) * 1000, data->>'label', data->>'code' FROM events
    WHERE license_key_id = ANY($1::uuid[]) AND type = 'activation.refused' AND at > $2`,
}

// A client that asks in a loop would fill the history: the same refusal of the same device is recorded once a minute,
// and of one key at most ten.
async function forgetRepeatedRefusals(client: pg.PoolClient, { changes, refused }: Batch): Promise<void> {
  if (refused.length === 0) return
  const since = Math.min(...refused.map(({ at }) => at.getTime())) - REFUSAL_MEMORY_MS
  const ids = [...new Set(refused.map(({ key }) => key.row.id))]
  const rows = await ask(client, RECENT, [ids, new Date(since)])
  const recorded = rows.map(([id, at, label, code]) => ({ id, at: Number(at), label, code }))
  const repeated = new Set<unknown>()
  for (const { key, label, code, at, fact } of refused) {
    const { id } = key.row
    const recent = recorded.filter((each) => each.id === id && each.at > at.getTime() - REFUSAL_MEMORY_MS)
    if (recent.length >= REFUSALS_PER_MEMORY || recent.some((each) => each.label === label && each.code === code))
      repeated.add(fact)
    else recorded.push({ id, at: at.getTime(), label, code })
  }
  changes.facts = changes.facts.filter((fact) => !repeated.has(fact))
}

// ---------------------------------------------------------------- deactivate

/**
 * Frees a device's slot; also of an expired, disabled or revoked key. A device that is already gone is a success; the outcome has the
 * activation only when it went now.
 */
export async function deactivate(
  software: Software,
  call: DeactivateCall,
  now: Date,
  idempotencyKey: string | null = null,
): Promise<LicenseOutcome<DeactivateCode>> {
  const change: Change = { verb: 'deactivate', call, actor: software, lookup: lookupOf(call.key), now, idempotencyKey }
  return (await enqueue(change)) as LicenseOutcome<DeactivateCode>
}

function decideDeactivate(
  batch: Batch,
  key: LockedKey,
  change: Extract<Change, { verb: 'deactivate' }>,
  tell: Tell,
): Outcome {
  const { call, now } = change
  const id = call.activation_id.toLowerCase()
  const isAsked = (device: Device) => device.id === id
  const found = key.live.find(isAsked) ?? key.gone.find(isAsked) ?? null
  const decision = decideDeactivation(found)
  const shown = keyAnswer(key.row, key.facts, now, sentBy(change))
  if (!found || decision.do === 'nothing') return { verdict: decision.verdict, key: shown, activation: null }
  free(batch.changes, key, found, now)
  tell({ type: 'activation.deactivated', activationId: found.id, data: { label: found.label } })
  return { verdict: decision.verdict, key: shown, activation: activationAnswer(found) }
}
