import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { endInShort } from '../base/days.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { usagePeriodStart } from '../key-configurations/rules.ts'
import { mergeMetadata, metadataChanges, metadataOf, tagChanges } from '../metadata/rules.ts'
import { noteColumns } from './note.ts'
import { keyColumns } from './queries.ts'
import { factsOf } from './row.ts'
import {
  configuredExpiry,
  type EffectiveLimits,
  type ExpirySettings,
  effectiveLimits,
  endWithHold,
  extendedExpiry,
  type KeyState,
  mayExtend,
  type PurchaseReasons,
  reasonsFor,
  restored,
  revokedByHand,
  switched,
  usageNow,
  whyContradicts,
  whyNotRestored,
  withHold,
} from './rules.ts'
import type { KeyChanges } from './schema.ts'
import { stateEvents } from './status.ts'
import { holdToBounds, isBounded } from './support.ts'

// What else an organization changes about a key, and what changes come to in its columns, however many are changed.

const limitWords = (limits: EffectiveLimits) => ({
  devices: limits.activations.mode === 'limited' ? String(limits.activations.limit) : limits.activations.mode,
  usage: limits.usage.limit === null ? 'unlimited' : String(limits.usage.limit),
})

/**
 * Changes one key in one step; what `changes` leaves out stays. Nothing is recorded when nothing changes. When `strict`, a limit below
 * the devices in use and a date for a subscription's key are refused; otherwise they hold from now on. When `extending`, or by a duration,
 * a revoked key is refused. Support goes as far as the owner lets it.
 */
export async function changeLicenseKey(
  merchant: Merchant,
  licenseKeyId: string,
  wanted: KeyChanges | ((before: LockedKey, tx: Tx) => KeyChanges | Promise<KeyChanges>),
  now: Date,
  { strict = false, extending = false } = {},
): Promise<void> {
  assertMay(merchant, 'keys.help')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM license_keys WHERE id = ${licenseKeyId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
    const before = await tx.licenseKey.findFirst({ where: { id: licenseKeyId, organizationId }, select: keyColumns })
    if (!before) throw notFound('license key')
    const changes = typeof wanted === 'function' ? await wanted(before, tx) : wanted
    const isDuration = changes.expiresAt !== null && typeof changes.expiresAt === 'object'
    const whyNot = extending || (isDuration && !(changes.expiresAt instanceof Date)) ? mayExtend(before) : null
    if (whyNot) throw new Refusal('CONFLICT', whyNot)
    const was = factsOf(before, before.keyConfiguration)
    const product = await newProduct(tx, changes, before)
    if (strict) {
      const { mode: activationsMode } = was.limits.activations
      const devices = await tx.activation.count({ where: { licenseKeyId, deactivatedAt: null } })
      // Of one that is kept, people decide the end.
      const ofSubscription = before.purchase?.kind === 'subscription' && !(changes.held ?? before.held)
      const why = whyContradicts(changes, { devices, activationsMode, ofSubscription })
      if (why) throw new Refusal('CONFLICT', why.message, why.field)
    }
    const metadata = mergeMetadata(metadataOf(before.metadata), changes.metadata)
    const tags = changes.tags ?? before.tags
    const columns = columnsOf(changes, before, now)
    const held = columns.held ?? before.held
    const end = held === before.held ? null : endWithHold(before.expiresAt, held, before.purchase)
    // An end that is asked for in the same breath counts.
    const changed = { ...end, ...columns, metadata, tags, updatedAt: now }
    const is = factsOf({ ...before, ...changed }, before.keyConfiguration)
    const { timeZone } = before.organization
    if (isBounded(merchant)) {
      const configured = effectiveLimits(withoutOverrides, before.keyConfiguration)
      await holdToBounds(tx, merchant, { id: before.id, changes, was, is, configured, timeZone }, now)
    }
    await tx.licenseKey.update({ where: { id: before.id }, data: changed })

    const from = limitWords(was.limits)
    const to = limitWords(is.limits)
    const date = (value: Date | null) => (value ? endInShort(value, timeZone) : 'never')
    const words = [
      product && `Product: ${before.product?.name ?? 'none'} → ${product.name ?? 'none'}`,
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
      ...metadataChanges(metadataOf(before.metadata), metadata),
      ...tagChanges(before.tags, tags),
    ].filter((change): change is string => typeof change === 'string')
    const about = { organizationId, licenseKeyId: before.id, customerId: before.customerId }
    const events: NewEvent[] = []
    if (words.length > 0) events.push({ ...about, type: 'license_key.updated', data: { changes: words } })
    const moved = { id: before.id, customerId: before.customerId, before, after: { ...before, ...changed } }
    for (const event of stateEvents(moved, null)) events.push({ ...about, purchaseId: before.purchaseId, ...event })
    await record(tx, merchant, now, ...events)
  })
}

const withoutOverrides = {
  ...{ activationsModeOverride: null, activationLimitOverride: null, graceDaysOverride: null },
  ...{ usageOverridden: false, usageLimitOverride: null },
}

export type LockedKey = Prisma.LicenseKeyGetPayload<{ select: typeof keyColumns }>

/** The product a key is moved to; null when it stays. Only one that grants its configuration can be sold with it. */
async function newProduct(
  tx: Tx,
  { productId }: KeyChanges,
  { organizationId, productId: present, keyConfiguration }: LockedKey,
): Promise<{ name: string | null } | null> {
  if (productId === undefined || productId === present) return null
  if (productId === null) return { name: null }
  const product = await tx.product.findFirst({
    where: { id: productId, organizationId },
    select: { name: true, archivedAt: true, keyConfigurations: { where: { keyConfigurationId: keyConfiguration.id } } },
  })
  if (!product) throw new Refusal('NOT_FOUND', 'There is no such product.', 'productId')
  const why =
    product.keyConfigurations.length === 0
      ? `${product.name} does not grant ${keyConfiguration.name}.`
      : product.archivedAt && `${product.name} is archived. Restore it first.`
  if (why) throw new Refusal('CONFLICT', why, 'productId')
  return product
}

type Before = KeyState & {
  organization: { timeZone: string }
  createdAt: Date
  expiresAt: Date | null
  expiryOverridden: boolean
  expiryDay: number | null
  firstActivatedAt: Date | null
  purchase: { kind: string; reasons: PurchaseReasons } | null
  purchaseUnit?: { isSurplus: boolean } | null
  keyConfiguration: ExpirySettings & Parameters<typeof factsOf>[1]
}

/** What changes come to in the columns of a key. */
export function columnsOf(changes: KeyChanges, before: Before, now: Date) {
  const { activations, usageLimit, usage, expiresAt, graceDays, note, newDevicesBlocked, productId } = changes
  const state = newState(changes, before)
  return {
    ...(state && { ...state, switchedOff: state.switchedOff ?? false }),
    ...(productId !== undefined && { productId }),
    ...(note !== undefined && noteColumns(note)),
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

function newState({ status, disabled, held }: KeyChanges, before: Before): KeyState | undefined {
  if (status === undefined && disabled === undefined && held === undefined) return undefined
  const { purchase } = before
  const ended = reasonsFor(purchase, before.purchaseUnit)
  let state: KeyState = {
    ...{ status: before.status, revokedFor: before.revokedFor },
    ...{ held: before.held, switchedOff: before.switchedOff ?? false },
  }
  if (held !== undefined && held !== state.held) {
    if (!purchase) throw new Refusal('CONFLICT', 'This key belongs to no purchase that could end it.', 'held')
    state = withHold(state, held, ended)
  }
  if (status === 'revoked') state = revokedByHand(state, ended)
  else if (status !== undefined) {
    const lifted = state.status === 'revoked' ? restored(state, ended) : state
    const why = whyNotRestored(state, lifted)
    if (why) throw new Refusal('CONFLICT', why)
    state = switched(lifted, status === 'disabled')
  }
  return disabled === undefined ? state : switched(state, disabled)
}

function newExpiry(expiresAt: NonNullable<KeyChanges['expiresAt']> | null, before: Before, now: Date) {
  const { keyConfiguration: settings, organization } = before
  if (expiresAt !== 'configuration' && !(expiresAt instanceof Date) && expiresAt !== null) {
    if (!before.expiresAt) throw new Refusal('CONFLICT', 'This key has no expiry date that could be moved.')
    const key = { ...before, expiresAt: before.expiresAt }
    const later = extendedExpiry(key, expiresAt, settings, organization.timeZone, now)
    if (later.expiresAt.getUTCFullYear() > 9_999)
      throw new Refusal('CONFLICT', 'The key would expire after the year 9999.')
    return { ...later, expiryOverridden: true }
  }
  if (expiresAt !== 'configuration') return { expiresAt, expiryDay: null, expiryOverridden: true }
  const ofSubscription = before.purchase?.kind === 'subscription'
  return {
    expiresAt: configuredExpiry({ ...before, ofSubscription }, settings, organization.timeZone),
    expiryDay: null,
    expiryOverridden: false,
  }
}
