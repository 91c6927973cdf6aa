import '#server-only'
import type pg from 'pg'
import type { Customer, Merchant, Software } from '../base/actor.ts'
import type { Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { isOfStatement, onBatchConnection } from '../database/batches.ts'
import { BATCHES_IN_FLIGHT } from '../database/client.ts'
import { Failed, groupCommit } from '../database/group-commit.ts'
import type { ActivateCode, DeactivateCode, LicenseCode, ValidateCode } from '../error-codes/schema.ts'
import { askMeant, asksAtMost } from '../key-strings/meant.ts'
import { isMistyped, keyHashOf } from '../key-strings/string.ts'
import { asSent } from './answers.ts'
import { type Asked, type FoundKey, type LockedKey, lockKeys, noChanges, writeChanges } from './changes.ts'
import { type Batch, type Change, decide, type Outcome, replaced } from './decide.ts'
import { once, recall, remember } from './repeatable.ts'
import { forgetRepeatedRefusals } from './repeated-refusals.ts'
import { checkValidate, isUsable, oldStringOpens, unknownKey } from './rules.ts'
import type { ActivateCall, DeactivateCall, LicenseOutcome, ValidateCall } from './schema.ts'
import { askOf, validateInBatch } from './validate.ts'

// The three calls of client software. Each is repeatable with an idempotency key.

/** May this key be used? Counts the validation and spends usage when valid; answered after that is durable. Throws Overloaded. */
export async function validate(
  software: Software,
  call: ValidateCall,
  now: Date,
  idempotencyKey: string | null = null,
): Promise<LicenseOutcome<ValidateCode>> {
  if (idempotencyKey === null) return validateInBatch(call)
  const change: Change = { verb: 'validate', call, actor: software, keyHash: keyHashOf(call.key), now, idempotencyKey }
  return (await enqueue(change)) as LicenseOutcome<ValidateCode>
}

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
  const change: Change = { verb: 'activate', call, repeated, actor, keyHash: keyHashOf(call.key), now, idempotencyKey }
  return (await enqueue(change)) as LicenseOutcome<ActivateCode>
}

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
  const change: Change = {
    verb: 'deactivate',
    call,
    actor: software,
    keyHash: keyHashOf(call.key),
    now,
    idempotencyKey,
  }
  return (await enqueue(change)) as LicenseOutcome<DeactivateCode>
}

/** What is asked and written with an activation, in its transaction: `before` with its key locked, `after` with what it came to. */
export type Alongside = {
  before: (client: pg.PoolClient, key: LockedKey) => Promise<Refusal | null>
  after: (client: pg.PoolClient, outcome: LicenseOutcome<ActivateCode>) => Promise<void>
}

/** Activates as software does, for a customer who says so; what stands or falls with it is done alongside. Throws what `before` refuses with. */
export async function activateFor(
  customer: Customer,
  call: ActivateCall,
  now: Date,
  alongside: Alongside,
): Promise<LicenseOutcome<ActivateCode>> {
  const keyHash = keyHashOf(call.key)
  const change: Change = {
    ...{ verb: 'activate', call, repeated: false, actor: customer, keyHash, now, idempotencyKey: null },
  }
  const done = await onBatchConnection((client) =>
    inTransaction(client, async () => {
      const keys = await lockKeys(client, [askedOf(change)])
      const found = foundBy(change, keys)
      const refusal = found ? await alongside.before(client, found.key) : null
      if (refusal) return { refusal }
      const [outcome] = await decideAll(client, [change], keys)
      if (!outcome || outcome instanceof Failed) throw outcome?.error ?? new Error('A call was not decided.')
      await alongside.after(client, outcome as LicenseOutcome<ActivateCode>)
      return { outcome: outcome as LicenseOutcome<ActivateCode> }
    }),
  )
  if ('refusal' in done) throw done.refusal
  return done.outcome
}

async function inTransaction<T>(client: pg.PoolClient, run: () => Promise<T>): Promise<T> {
  try {
    await client.query('BEGIN')
    const result = await run()
    await client.query('COMMIT')
    return result
  } catch (error) {
    if (isOfStatement(error)) await client.query('ROLLBACK')
    throw error
  }
}

// Calls about one key never run in two batches of this process, or a few dozen would hold every connection while they wait for its row.
const enqueue = groupCommit<Change, Outcome>({
  name: 'change',
  run: changeBatch,
  keyOf: ({ keyHash }) => keyHash,
  batchSize: 64,
  inFlight: BATCHES_IN_FLIGHT,
  waitingMax: 5_000,
  waitMaxMs: 3_000,
})

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
      missed.map(({ call, keyHash }) => ({ key: call.key, organization_id: call.organization_id, keyHash })),
    )
    if (meant.every((found) => found === null)) break
    const before = read
    read = before.map((change): Change => {
      const found = meant[missed.indexOf(change)] ?? null
      if (!found) return change
      return found === 'unclear' ? { ...change, meant: found } : { ...change, keyHash: found.keyHash, meant: true }
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
    if (!opens(found, change)) return replaced(batch, key, old, change)
    try {
      const run = () => decide(batch, key, change)
      const outcome = once<LicenseCode>(memory, key.row.id, change, run, () => stillHolds(key, change))
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

function foundBy({ keyHash, call }: Change, keys: Map<string, FoundKey>): FoundKey | null {
  const found = keys.get(keyHash)
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

function askedOf(change: Change): Asked {
  const { activationId, fingerprint } = deviceOf(change)
  const id = change.verb === 'activate' ? change.call.replace_activation_id : activationId
  return {
    keyHash: change.keyHash,
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
