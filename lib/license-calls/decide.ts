import '#server-only'
import type { Customer, Merchant, Software } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { sameJson } from '../base/json.ts'
import { fingerprintOf } from '../base/text.ts'
import type { LicenseCode } from '../error-codes/schema.ts'
import type { NewEvent } from '../events/commands.ts'
import { activationAnswer, factsOf, keyAnswer } from '../license-keys/row.ts'
import { expiryAt, usageMark, usageNow } from '../license-keys/rules.ts'
import type { Changes, Device, LockedKey } from './changes.ts'
import { countValidation } from './counts.ts'
import { checkValidate, decideActivation, decideDeactivation, type OldString, replacedKey } from './rules.ts'
import type { ActivateCall, DeactivateCall, LicenseOutcome, ValidateCall } from './schema.ts'
import { askOf } from './validate.ts'

// What one call comes to, while its batch holds the lock of its key: in memory, by the rules, for `changes.ts` to write.

/** One call of a batch of changes. */
export type Change = (
  | { verb: 'validate'; call: ValidateCall }
  | { verb: 'activate'; call: ActivateCall; repeated: boolean }
  | { verb: 'deactivate'; call: DeactivateCall }
) & {
  actor: Software | Merchant | Customer
  keyHash: string
  /** The look-up is of the key that was meant, not of the string that was sent; `unclear` when several could be. */
  meant?: boolean | 'unclear'
  now: Date
  idempotencyKey: string | null
}

/** What a call is answered. */
export type Outcome = LicenseOutcome<LicenseCode>

type ValidateChange = Extract<Change, { verb: 'validate' }>
type ActivateChange = Extract<Change, { verb: 'activate' }>
type DeactivateChange = Extract<Change, { verb: 'deactivate' }>
type Refused = { key: LockedKey; label: string; code: string; at: Date; fact: Changes['facts'][number] }

/** What a batch has to write so far, and the activations it refused. */
export type Batch = { changes: Changes; refused: Refused[] }

/** Answers one call of a key that is locked, and notes what is to be written. */
export function decide(batch: Batch, key: LockedKey, change: Change): Outcome {
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

// ---------------------------------------------------------------- validate

function decideValidation({ changes }: Batch, key: LockedKey, change: ValidateChange): Outcome {
  const { call, now } = change
  const { row, facts } = key
  const { verdict, activation, usage, usagePeriodStart } = checkValidate(facts, key.live, askOf(call), now)
  const shown = keyAnswer(row, facts, now, sentBy(change))
  countValidation(row.organizationId, row.id, verdict, activation, now)
  if (!verdict.valid) return { verdict, key: shown, activation: activation && activationAnswer(activation) }
  const mark = usageMark(usageNow(facts, now), usage, facts.limits.usage.limit)
  if (mark !== null) {
    // Of a key that passes two in one batch, the last.
    changes.marks = changes.marks.filter((each) => each.key !== key || each.percent !== mark)
    changes.marks.push({ key, percent: mark, at: now })
  }
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

function decideActivate(batch: Batch, key: LockedKey, change: ActivateChange, tell: Tell): Outcome {
  const { actor, call, repeated, now } = change
  const ask = {
    fingerprint: call.fingerprint ?? null,
    replaceActivationId: call.replace_activation_id ?? null,
    mayReplace: key.mayReplace || actor.kind === 'merchant' || actor.kind === 'api_key',
    lostActivationId: awaited(key, call, now) ?? (repeated ? lostActivation(key, call.label, now) : null),
  }
  const decision = decideActivation(key.facts, key.live, ask, now)
  const { verdict } = decision
  const shown = keyAnswer(key.row, key.facts, now, sentBy(change))
  switch (decision.do) {
    case 'refuse': {
      const { code } = verdict
      const fact = tell({ type: 'activation.refused', data: { label: call.label, code } })
      batch.refused.push({ key, label: call.label, code, at: now, fact })
      return { verdict, key: shown, activation: null, mayReplace: key.mayReplace }
    }
    case 'reuse':
      refresh(batch, decision.activation, change, tell)
      return { verdict, key: shown, activation: activationAnswer(decision.activation) }
    case 'create': {
      startClock(batch, key, now)
      const device = create(batch, key, change, decision.replaced, tell)
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

// Its owner made room for a device of this name, whose software asks again now. Whoever asks next is new.
const awaited = ({ live }: LockedKey, { label, fingerprint }: ActivateCall, now: Date): string | null =>
  fingerprintOf(fingerprint) === null
    ? (live.find((device) => device.label === label && device.awaitedUntil !== null && device.awaitedUntil > now)?.id ??
      null)
    : null

function create(
  { changes }: Batch,
  key: LockedKey,
  { call, now }: ActivateChange,
  replaced: Device | null,
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
    awaitedUntil: null,
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
function refresh({ changes }: Batch, device: Device, { call, now }: ActivateChange, tell: Tell): void {
  const conditions = call.conditions ?? device.conditions
  const meta = call.meta ?? device.meta
  const isSame = device.label === call.label && sameJson(device.conditions, conditions) && sameJson(device.meta, meta)
  if (isSame && device.awaitedUntil === null) return
  Object.assign(device, { label: call.label, conditions, meta, modifiedAt: now, awaitedUntil: null })
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

// ---------------------------------------------------------------- deactivate

function decideDeactivate(batch: Batch, key: LockedKey, change: DeactivateChange, tell: Tell): Outcome {
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

// ---------------------------------------------------------------- a string that was replaced

/** Nothing of the key is shown to whoever has only its old string; its history says that somebody asked with it. */
export function replaced(
  batch: Batch,
  key: LockedKey,
  old: OldString | null,
  { verb, call, actor, now }: Change,
): Outcome {
  const verdict = replacedKey(old)
  if (verb === 'validate') countValidation(key.row.organizationId, key.row.id, verdict, null, now)
  if (verb === 'activate') {
    const { code } = verdict
    const event = { ...about(key), type: 'activation.refused' as const, data: { label: call.label, code } }
    const fact = { actor, now, event }
    batch.changes.facts.push(fact)
    batch.refused.push({ key, label: call.label, code, at: now, fact })
  }
  const { organizationId, id: licenseKeyId } = key.row
  return { verdict, key: null, activation: null, of: { organizationId, licenseKeyId } }
}
