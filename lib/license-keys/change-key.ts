import '#server-only'
import type { LicenseKeyStatus } from '#prisma/enums.ts'
import type { Merchant, PortalCustomer } from '../actor.ts'
import { prisma, type Tx } from '../db.ts'
import { notFound, Refusal } from '../errors.ts'
import { type NewEvent, record } from '../history/commands.ts'
import { assertMay } from '../organizations/rules.ts'
import { keyStringColumns, makeKeyString } from './key-string.ts'
import { keyColumns, toFacts } from './queries.ts'
import {
  configuredExpiry,
  type EffectiveLimits,
  type ExpirySettings,
  extendedExpiry,
  mayRotate,
  switched,
  usageNow,
  usagePeriodStart,
  whyContradicts,
} from './rules.ts'
import type { KeyChanges, RotateLicenseKey, UpdateLicenseKey } from './schema.ts'

// What an organization changes about keys that exist. Every change holds the key's lock: counts made under it stay true until commit.

// ---------------------------------------------------------------- status

type StatusEvent = 'license_key.disabled' | 'license_key.enabled' | 'license_key.revoked' | 'license_key.restored'

type StatusChange = { from: LicenseKeyStatus[]; to: LicenseKeyStatus; event: StatusEvent }

// All or nothing; keys that are already there are left alone. Locked in the order of their hashes, as everywhere: none waits for another
// that waits for it.
async function changeStatus(merchant: Merchant, ids: string[], reason: string, change: StatusChange, now: Date) {
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    const locked = await tx.$queryRaw<{ id: string; status: string; customer_id: string }[]>`
      SELECT id, status::text, customer_id FROM license_keys
      WHERE organization_id = ${organizationId}::uuid AND id = ANY(${ids}::uuid[]) ORDER BY key_hash FOR UPDATE`
    if (locked.length < new Set(ids).size) throw notFound('license key')
    const due = locked.filter((row) => change.from.some((status) => status === row.status))
    await tx.licenseKey.updateMany({
      where: { organizationId, id: { in: due.map((row) => row.id) } },
      data: { status: change.to, updatedAt: now },
    })
    await record(
      tx,
      merchant,
      now,
      ...due.map((row) => ({
        type: change.event,
        organizationId,
        licenseKeyId: row.id,
        customerId: row.customer_id,
        data: { reason: reason || null },
      })),
    )
    return { changed: due.length }
  })
}

type KeysAndReason = { licenseKeyIds: string[]; reason: string }

/** Switches keys off; reversible. The very next validation refuses them. */
export const disableLicenseKeys = (merchant: Merchant, input: KeysAndReason, now: Date) =>
  changeStatus(
    merchant,
    input.licenseKeyIds,
    input.reason,
    { from: ['granted'], to: 'disabled', event: 'license_key.disabled' },
    now,
  )

/** Switches disabled keys on again. */
export const enableLicenseKeys = (merchant: Merchant, input: KeysAndReason, now: Date) =>
  changeStatus(
    merchant,
    input.licenseKeyIds,
    input.reason,
    { from: ['disabled'], to: 'granted', event: 'license_key.enabled' },
    now,
  )

/** Ends keys for good: a refund, a cancellation. Only a person or their purchase brings them back. */
export const revokeLicenseKeys = (merchant: Merchant, input: KeysAndReason, now: Date) =>
  changeStatus(
    merchant,
    input.licenseKeyIds,
    input.reason,
    { from: ['granted', 'disabled'], to: 'revoked', event: 'license_key.revoked' },
    now,
  )

/** Gives revoked keys back. */
export const restoreLicenseKeys = (merchant: Merchant, input: KeysAndReason, now: Date) =>
  changeStatus(
    merchant,
    input.licenseKeyIds,
    input.reason,
    { from: ['revoked'], to: 'granted', event: 'license_key.restored' },
    now,
  )

// ---------------------------------------------------------------- change one key

const limitWords = (limits: EffectiveLimits) => ({
  devices: limits.activations.mode === 'limited' ? String(limits.activations.limit) : limits.activations.mode,
  usage: limits.usage.limit === null ? 'unlimited' : String(limits.usage.limit),
})

const statusEvent = (from: LicenseKeyStatus, to: LicenseKeyStatus): StatusEvent => {
  if (to === 'disabled') return 'license_key.disabled'
  if (to === 'revoked') return 'license_key.revoked'
  return from === 'revoked' ? 'license_key.restored' : 'license_key.enabled'
}

/**
 * Changes one key in one step; what `changes` leaves out stays. Nothing is recorded when nothing changes. When `strict`, a limit below
 * the devices in use and a date for a subscription's key are refused; otherwise they hold from now on.
 */
export async function changeLicenseKey(
  merchant: Merchant,
  licenseKeyId: string,
  changes: KeyChanges,
  now: Date,
  { strict = false } = {},
): Promise<void> {
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM license_keys WHERE id = ${licenseKeyId}::uuid FOR UPDATE`
    const before = await tx.licenseKey.findFirst({ where: { id: licenseKeyId, organizationId }, select: keyColumns })
    if (!before) throw notFound('license key')
    const was = toFacts(before)
    if (strict) {
      const { mode: activationsMode } = was.limits.activations
      const devices = await tx.activation.count({ where: { licenseKeyId, deactivatedAt: null } })
      const ofSubscription = before.purchase?.kind === 'subscription'
      const why = whyContradicts(changes, { devices, activationsMode, ofSubscription })
      if (why) throw new Refusal('CONFLICT', why.message, why.field)
    }
    const changed = { ...columnsOf(changes, before, now), updatedAt: now }
    await tx.licenseKey.update({ where: { id: before.id }, data: changed })

    const is = toFacts({ ...before, ...changed })
    const from = limitWords(was.limits)
    const to = limitWords(is.limits)
    const date = (value: Date | null) => value?.toISOString().slice(0, 10) ?? 'never'
    const words = [
      from.devices !== to.devices && `Device limit: ${from.devices} → ${to.devices}`,
      from.usage !== to.usage && `Usage limit: ${from.usage} → ${to.usage}`,
      changes.usage !== undefined &&
        usageNow(was, now) !== changes.usage &&
        `Usage: ${usageNow(was, now)} → ${changes.usage}`,
      date(was.expiresAt) !== date(is.expiresAt) && `Expires: ${date(was.expiresAt)} → ${date(is.expiresAt)}`,
      was.limits.grace.days !== is.limits.grace.days &&
        `Grace period: ${was.limits.grace.days} → ${is.limits.grace.days} days`,
      was.newDevicesBlocked !== is.newDevicesBlocked && `New devices: ${is.newDevicesBlocked ? 'blocked' : 'allowed'}`,
      changes.note !== undefined && before.note !== changes.note && 'Note',
    ].filter((change): change is string => change !== false)
    const about = { organizationId, licenseKeyId: before.id, customerId: before.customerId }
    const events: NewEvent[] = []
    if (words.length > 0) events.push({ ...about, type: 'license_key.updated', data: { changes: words } })
    if (was.status !== is.status)
      events.push({ ...about, type: statusEvent(was.status, is.status), data: { reason: null } })
    await record(tx, merchant, now, ...events)
  })
}

type Before = {
  status: LicenseKeyStatus
  createdAt: Date
  expiresAt: Date | null
  firstActivatedAt: Date | null
  purchase: { kind: string } | null
  keyConfiguration: ExpirySettings & Parameters<typeof toFacts>[0]['keyConfiguration']
}

/** What changes come to in the columns of a key. */
export function columnsOf(changes: KeyChanges, before: Before, now: Date) {
  const { activations, usageLimit, usage, expiresAt, graceDays, status, disabled, note, newDevicesBlocked } = changes
  return {
    ...(status !== undefined && { status }),
    ...(disabled !== undefined && { status: switched(before.status, disabled) }),
    ...(note !== undefined && { note }),
    ...(newDevicesBlocked !== undefined && { newDevicesBlocked }),
    ...(graceDays !== undefined && { graceDaysOverride: graceDays === 'configuration' ? null : graceDays }),
    ...(activations !== undefined && {
      activationsModeOverride: activations === 'configuration' ? null : activations.mode,
      activationLimitOverride:
        activations !== 'configuration' && activations.mode === 'limited' ? activations.limit : null,
    }),
    ...(usageLimit !== undefined && {
      usageOverridden: usageLimit !== 'configuration',
      usageLimitOverride: usageLimit === 'configuration' ? null : usageLimit,
    }),
    ...(usage !== undefined && { usage, usagePeriodStart: usagePeriodStart(before.keyConfiguration.usageReset, now) }),
    ...(expiresAt !== undefined && newExpiry(expiresAt, before, now)),
  }
}

function newExpiry(expiresAt: NonNullable<KeyChanges['expiresAt']> | null, before: Before, now: Date) {
  if (expiresAt !== 'configuration' && !(expiresAt instanceof Date) && expiresAt !== null) {
    if (!before.expiresAt) throw new Refusal('CONFLICT', 'This key has no date of expiry that could be moved.')
    const later = extendedExpiry(before.expiresAt, expiresAt, now)
    if (later.getUTCFullYear() > 9_999) throw new Refusal('CONFLICT', 'The key would expire after the year 9999.')
    return { expiresAt: later, expiryOverridden: true }
  }
  if (expiresAt !== 'configuration') return { expiresAt, expiryOverridden: true }
  const ofSubscription = before.purchase?.kind === 'subscription'
  return {
    expiresAt: configuredExpiry({ ...before, ofSubscription }, before.keyConfiguration),
    expiryOverridden: false,
  }
}

/** The same from a form: `configuration` gives a limit back to the configuration, what is left out stays. */
export const updateLicenseKey = (merchant: Merchant, input: UpdateLicenseKey, now: Date): Promise<void> =>
  changeLicenseKey(merchant, input.licenseKeyId, changesOf(input), now)

function changesOf(input: UpdateLicenseKey): KeyChanges {
  const { activations, activationLimit, usage, usageLimit, expiry, expiresOn, note, newDevicesBlocked } = input
  return {
    note,
    newDevicesBlocked,
    ...(activations && {
      activations: activations === 'configuration' ? activations : { mode: activations, limit: activationLimit },
    }),
    ...(usage && { usageLimit: usage === 'configuration' ? usage : usage === 'limited' ? usageLimit : null }),
    ...(expiry === 'configuration' && { expiresAt: 'configuration' as const }),
    ...(expiry === 'never' && { expiresAt: null }),
    // The whole day counts, as in configurations with a fixed date.
    ...(expiry === 'date' && { expiresAt: new Date(`${expiresOn}T23:59:59.999Z`) }),
  }
}

// ---------------------------------------------------------------- rotate

/**
 * Gives a key another string; the record, its counts and its devices stay. For `overlapHours` the old string still validates on devices
 * that are active now, so that nobody is locked out while the new one travels; with none, every earlier string ends at once.
 */
export async function rotateLicenseKey(
  actor: Merchant | PortalCustomer,
  { licenseKeyId, overlapHours }: RotateLicenseKey,
  now: Date,
): Promise<{ keyString: string }> {
  const { organizationId } = actor
  const isOwner = actor.kind === 'portal_customer'
  if (!isOwner) {
    assertMay(actor, 'keys.write')
    assertMay(actor, 'keys.reveal')
  }
  return prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM license_keys WHERE id = ${licenseKeyId}::uuid FOR UPDATE`
    const key = await tx.licenseKey.findFirst({
      where: { id: licenseKeyId, organizationId, ...(isOwner && { customerId: actor.customerId }) },
      select: {
        keyHash: true,
        status: true,
        customerId: true,
        prefix: true,
        keyConfiguration: { select: { format: true, prefix: true } },
      },
    })
    if (!key) throw notFound('license key')
    const reason = mayRotate(key.status)
    if (reason) throw new Refusal('CONFLICT', reason)
    const until = overlapHours > 0 ? new Date(now.getTime() + overlapHours * 3_600_000) : null
    if (until) await keepOldString(tx, { licenseKeyId, keyHash: key.keyHash, rotatedAt: now, validUntil: until })
    else await tx.oldKeyString.deleteMany({ where: { licenseKeyId } })
    const { format, prefix } = key.keyConfiguration
    const keyString = makeKeyString(format, prefix)
    await tx.licenseKey.update({
      where: { id: licenseKeyId },
      data: { ...keyStringColumns(keyString, prefix), updatedAt: now },
    })
    await record(tx, actor, now, {
      type: 'license_key.rotated',
      organizationId,
      licenseKeyId,
      customerId: key.customerId,
      data: { until: until?.toISOString().slice(0, 16).replace('T', ' ') ?? null },
    })
    return { keyString }
  })
}

type OldString = { licenseKeyId: string; keyHash: Uint8Array<ArrayBuffer>; rotatedAt: Date; validUntil: Date }

const keepOldString = (tx: Tx, { keyHash, ...row }: OldString) =>
  tx.oldKeyString.upsert({ where: { keyHash }, create: { keyHash, ...row }, update: row })

/** Forgets old strings whose time is over. For the hourly sweep. */
export async function purgeOldKeyStrings(now: Date): Promise<void> {
  await prisma.oldKeyString.deleteMany({ where: { validUntil: { lte: now } } })
}
