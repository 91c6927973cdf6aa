import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Merchant, Software } from '../actor.ts'
import { prisma, type Tx } from '../db.ts'
import { record } from '../history/commands.ts'
import { newId } from '../ids.ts'
import { assertMay } from '../organizations/rules.ts'
import {
  ACTIVATION_COLUMNS,
  type ActivationRow,
  activationOf,
  factsOf,
  KEY_COLUMNS,
  type KeyRow,
  keyAnswer,
} from './key-rows.ts'
import { hashKeyString, isMistyped } from './key-string.ts'
import { type Attempt, once } from './repeatable.ts'
import {
  checkValidate,
  decideActivation,
  decideDeactivation,
  expiryAt,
  isUsable,
  type KeyFacts,
  sameJson,
  unknownKey,
  type Verdict,
} from './rules.ts'
import type {
  ActivateCall,
  ActivateCode,
  ActivationAnswer,
  DeactivateCall,
  DeactivateCode,
  JsonObject,
  LicenseCode,
  LicenseOutcome,
  ValidateCall,
  ValidateCode,
} from './schema.ts'
import { askOf, validateInBatch } from './validate.ts'
import { countValidation } from './validation-counts.ts'

// The three calls of client software. Each is repeatable with an idempotency key.

type LiveActivation = ActivationAnswer & { conditions: JsonObject }

/** Takes the key's lock and reads it; null when the organization has no such key. Counts made under the lock stay true until commit. */
async function lockKey(tx: Tx, call: { key: string; organization_id: string }): Promise<KeyRow | null> {
  const rows = await tx.$queryRawUnsafe<KeyRow[]>(
    `SELECT ${KEY_COLUMNS} FROM license_keys k JOIN key_configurations c ON c.id = k.key_configuration_id
     WHERE k.key_hash = $1 AND k.organization_id = $2::uuid FOR UPDATE OF k`,
    hashKeyString(call.key),
    call.organization_id,
  )
  return rows[0] ?? null
}

// A second statement, so that its snapshot is taken after the lock was.
async function liveActivations(tx: Tx, licenseKeyId: string): Promise<LiveActivation[]> {
  const rows = await tx.$queryRawUnsafe<ActivationRow[]>(
    `SELECT ${ACTIVATION_COLUMNS} FROM activations a
     WHERE a.license_key_id = $1::uuid AND a.deactivated_at IS NULL ORDER BY a.created_at, a.id`,
    licenseKeyId,
  )
  return rows.map((row) => activationOf(row, licenseKeyId))
}

// Calls about one key wait for each other here, before they take a connection: waiting for its row, a few dozen would hold the whole
// pool, and no other key could be served. The row's lock still decides between processes.
const lines = new Map<string, Promise<unknown>>()

function inLine<T>(call: { key: string }, run: () => Promise<T>): Promise<T> {
  const name = Buffer.from(hashKeyString(call.key)).toString('base64')
  const turn = (lines.get(name) ?? Promise.resolve()).then(run, run)
  lines.set(name, turn)
  const leave = () => lines.get(name) === turn && lines.delete(name)
  turn.then(leave, leave)
  return turn
}

type LockedKey = { row: KeyRow; facts: KeyFacts; live: LiveActivation[] }

// Locks the key, answers unknown keys, and runs the rest once per idempotency key.
function onKey<Code extends LicenseCode>(
  call: { key: string; organization_id: string },
  attempt: Attempt,
  now: Date,
  run: (tx: Tx, key: LockedKey) => Promise<LicenseOutcome<Code>>,
  holds: (key: LockedKey) => boolean,
): Promise<LicenseOutcome<Code | 'NOT_FOUND'>> {
  return inLine(call, () =>
    prisma.$transaction(async (tx) => {
      const row = await lockKey(tx, call)
      if (!row) return { verdict: unknownKey(isMistyped(call.key)), key: null, activation: null }
      const key = { row, facts: factsOf(row), live: await liveActivations(tx, row.id) }
      return once(
        tx,
        row.id,
        attempt,
        now,
        () => run(tx, key),
        () => holds(key),
      )
    }),
  )
}

/** May this key be used? Counts the validation and spends usage when valid; answered after that is durable. Throws Overloaded. */
export async function validate(
  _software: Software,
  call: ValidateCall,
  now: Date,
  idempotencyKey: string | null = null,
): Promise<LicenseOutcome<ValidateCode>> {
  if (idempotencyKey === null) return validateInBatch(call)
  const ask = askOf(call)
  // Uses spent by the first attempt must not make its own repetition a refusal.
  const holds = ({ facts, live }: LockedKey) =>
    checkValidate(facts, live, { ...ask, incrementUsage: 0 }, now).verdict.valid
  const attempt = { verb: 'validate', call, idempotencyKey }
  const run = async (tx: Tx, { row, facts, live }: LockedKey): Promise<LicenseOutcome<ValidateCode>> => {
    const { verdict, activation, usage, usagePeriodStart } = checkValidate(facts, live, ask, now)
    countValidation(row.organization_id, row.id, verdict, now)
    if (!verdict.valid) return { verdict, key: keyAnswer(row, facts, now), activation }
    await tx.$executeRaw`UPDATE license_keys SET validations = validations + 1, last_validated_at = ${now}, usage = ${usage},
      usage_period_start = ${usagePeriodStart} WHERE id = ${row.id}::uuid`
    if (activation) {
      await tx.activation.update({
        where: { id: activation.id },
        data: { validations: { increment: 1 }, lastValidatedAt: now },
      })
    }
    const changed = { usage, validations: row.validations + 1, lastValidatedAt: now }
    return { verdict, key: keyAnswer(row, facts, now, changed), activation }
  }
  return onKey(call, attempt, now, run, holds)
}

/**
 * Gives a device a slot of the key, or the slot it already has. Never more slots than the limit, however many ask at once. An organization
 * may ask on behalf of a device.
 */
export async function activate(
  actor: Software | Merchant,
  call: ActivateCall,
  now: Date,
  idempotencyKey: string | null = null,
): Promise<LicenseOutcome<ActivateCode>> {
  if (actor.kind !== 'software') assertMay(actor, 'keys.write')
  const attempt = { verb: 'activate', call, idempotencyKey }
  const holds = ({ facts }: LockedKey) => isUsable(facts, now)
  const run = async (tx: Tx, { row, facts, live }: LockedKey): Promise<LicenseOutcome<ActivateCode>> => {
    const ask = { fingerprint: call.fingerprint ?? null, replaceActivationId: call.replace_activation_id ?? null }
    const decision = decideActivation(facts, live, ask, now)
    switch (decision.do) {
      case 'refuse':
        await recordRefusal(tx, actor, row, call, decision.verdict, now)
        return { verdict: decision.verdict, key: keyAnswer(row, facts, now), activation: null }
      case 'reuse': {
        const activation = await refresh(tx, actor, row, decision.activation, call, now)
        return { verdict: decision.verdict, key: keyAnswer(row, facts, now), activation }
      }
      case 'create': {
        const expiresAt = await startClock(tx, row, now)
        const activation = await create(tx, actor, row, call, decision.replaced, now)
        return { verdict: decision.verdict, key: keyAnswer(row, facts, now, { expiresAt }), activation }
      }
    }
  }
  return onKey(call, attempt, now, run, holds)
}

const about = (row: KeyRow, activationId?: string) => ({
  organizationId: row.organization_id,
  licenseKeyId: row.id,
  customerId: row.customer_id,
  activationId: activationId ?? null,
})

async function create(
  tx: Tx,
  actor: Software | Merchant,
  row: KeyRow,
  call: ActivateCall,
  replaced: LiveActivation | null,
  now: Date,
): Promise<ActivationAnswer> {
  if (replaced) {
    await tx.activation.update({ where: { id: replaced.id }, data: { deactivatedAt: now } })
    await record(tx, actor, now, {
      ...about(row, replaced.id),
      type: 'activation.deactivated',
      data: { label: replaced.label, replacedBy: call.label },
    })
  }
  const id = newId(now)
  const fields = {
    label: call.label,
    fingerprint: call.fingerprint ?? null,
    conditions: call.conditions ?? {},
    meta: call.meta ?? {},
  }
  await tx.activation.create({
    data: {
      id,
      organizationId: row.organization_id,
      licenseKeyId: row.id,
      ...fields,
      conditions: fields.conditions as Prisma.InputJsonObject,
      meta: fields.meta as Prisma.InputJsonObject,
      createdAt: now,
    },
  })
  await record(tx, actor, now, {
    ...about(row, id),
    type: 'activation.created',
    data: { label: call.label, replaced: replaced?.label ?? null },
  })
  return {
    id,
    licenseKeyId: row.id,
    label: fields.label,
    fingerprint: fields.fingerprint,
    meta: fields.meta,
    createdAt: now,
    modifiedAt: null,
  }
}

// The same device again: no new slot; what it says of itself now is what holds (a new version brings new conditions).
async function refresh(
  tx: Tx,
  actor: Software | Merchant,
  row: KeyRow,
  activation: LiveActivation,
  call: ActivateCall,
  now: Date,
): Promise<ActivationAnswer> {
  const { conditions: knownConditions, ...known } = activation
  const conditions = call.conditions ?? knownConditions
  const meta = call.meta ?? known.meta
  const same = known.label === call.label && sameJson(knownConditions, conditions) && sameJson(known.meta, meta)
  if (same) return known
  await tx.activation.update({
    where: { id: activation.id },
    data: {
      label: call.label,
      conditions: conditions as Prisma.InputJsonObject,
      meta: meta as Prisma.InputJsonObject,
      modifiedAt: now,
    },
  })
  await record(tx, actor, now, {
    ...about(row, activation.id),
    type: 'activation.updated',
    data: { label: call.label },
  })
  return { ...known, label: call.label, meta, modifiedAt: now }
}

// The first activation starts the clock of a configuration whose duration begins with it.
async function startClock(tx: Tx, row: KeyRow, now: Date): Promise<Date | null> {
  if (row.first_activated_at) return row.expires_at
  const key = await tx.licenseKey.findUniqueOrThrow({
    where: { id: row.id },
    select: {
      purchase: { select: { kind: true } },
      keyConfiguration: {
        select: { expiryKind: true, expiresOn: true, durationCount: true, durationUnit: true, expiryStart: true },
      },
    },
  })
  const counts = !row.expiry_overridden && key.purchase?.kind !== 'subscription'
  const expiresAt = row.expires_at ?? (counts ? expiryAt(key.keyConfiguration, 'first_activation', now) : null)
  await tx.licenseKey.update({ where: { id: row.id }, data: { firstActivatedAt: now, expiresAt } })
  return expiresAt
}

const REFUSAL_MEMORY_MS = 60_000
const REFUSALS_PER_MEMORY = 10

// A client that asks in a loop would fill the history: the same refusal of the same device is recorded once a minute,
// and of one key at most ten.
async function recordRefusal(
  tx: Tx,
  actor: Software | Merchant,
  row: KeyRow,
  call: ActivateCall,
  verdict: Verdict<ActivateCode>,
  now: Date,
): Promise<void> {
  const recent = await tx.event.findMany({
    where: {
      licenseKeyId: row.id,
      type: 'activation.refused',
      at: { gt: new Date(now.getTime() - REFUSAL_MEMORY_MS) },
    },
    select: { data: true },
    take: REFUSALS_PER_MEMORY,
  })
  const isSame = (data: Prisma.JsonValue) => {
    const { label, code } = data as { label?: string; code?: string }
    return label === call.label && code === verdict.code
  }
  if (recent.length >= REFUSALS_PER_MEMORY || recent.some(({ data }) => isSame(data))) return
  await record(tx, actor, now, {
    ...about(row),
    type: 'activation.refused',
    data: { label: call.label, code: verdict.code },
  })
}

/** Frees a device's slot; also of an expired, disabled or revoked key. A device that is already gone is a success. */
export async function deactivate(
  software: Software,
  call: DeactivateCall,
  now: Date,
  idempotencyKey: string | null = null,
): Promise<LicenseOutcome<DeactivateCode>> {
  const attempt = { verb: 'deactivate', call, idempotencyKey }
  const run = async (tx: Tx, { row, facts }: LockedKey): Promise<LicenseOutcome<DeactivateCode>> => {
    const found = await tx.activation.findFirst({
      where: { id: call.activation_id, licenseKeyId: row.id },
      select: { id: true, label: true, deactivatedAt: true },
    })
    const decision = decideDeactivation(found)
    if (found && decision.do === 'remove') {
      await tx.activation.update({ where: { id: found.id }, data: { deactivatedAt: now } })
      await record(tx, software, now, {
        ...about(row, found.id),
        type: 'activation.deactivated',
        data: { label: found.label },
      })
    }
    return { verdict: decision.verdict, key: keyAnswer(row, facts, now), activation: null }
  }
  return onKey(call, attempt, now, run, () => true)
}
