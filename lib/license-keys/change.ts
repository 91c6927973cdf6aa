import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { PurchaseStatus, RevokeReason } from '#prisma/enums.ts'
import type { Merchant, PortalCustomer } from '../base/actor.ts'
import { endInShort, HOUR_MS, lastMomentOf } from '../base/days.ts'
import { isRefusal, notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { log } from '../base/log.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { usagePeriodStart } from '../key-configurations/rules.ts'
import { foldedHashOf, keyStringColumns, makeKeyString, openKeyString } from '../key-strings/string.ts'
import { mergeMetadata, metadataChanges, metadataOf, tagChanges } from '../metadata/rules.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import { editOf } from './look.ts'
import { keyColumns } from './queries.ts'
import { factsOf } from './row.ts'
import {
  configuredExpiry,
  type EffectiveLimits,
  type ExpirySettings,
  extendedExpiry,
  type KeyState,
  mayExtend,
  mayRotate,
  reasonsInWords,
  restored,
  revokedByHand,
  sameState,
  switched,
  usageNow,
  whyContradicts,
  whyNotRestored,
  withHold,
} from './rules.ts'
import type { KeyChanges, KeyEdit, RotateLicenseKey, UpdateLicenseKey } from './schema.ts'

// What an organization changes about keys that exist. Every change holds the key's lock: counts made under it stay true until commit.

// ---------------------------------------------------------------- status

/** A key whose state changes, and what it was. */
export type StateChange = { id: string; customerId: string; before: KeyState; after: KeyState }

/** Writes changed states, as many statements as there are different ones, and returns those that differ. Needs the keys' locks. */
export async function writeStates(tx: Tx, changes: StateChange[], now: Date): Promise<StateChange[]> {
  const due = changes.filter(({ before, after }) => !sameState(before, after))
  for (const [first, ...others] of Map.groupBy(due, ({ after }) => JSON.stringify(after)).values()) {
    if (!first) continue
    const ids = [first, ...others].map(({ id }) => id)
    await tx.licenseKey.updateMany({ where: { id: { in: ids } }, data: { ...first.after, updatedAt: now } })
  }
  return due
}

/** What history says of a changed state. */
export function stateEvents({ before, after }: StateChange, reason: string | null): Pick<NewEvent, 'type' | 'data'>[] {
  const gained = after.revokedFor.filter((each) => !before.revokedFor.includes(each))
  const lost = before.revokedFor.filter((each) => !after.revokedFor.includes(each))
  const events: Pick<NewEvent, 'type' | 'data'>[] = []
  if (before.held !== after.held)
    events.push({ type: after.held ? 'license_key.held' : 'license_key.released', data: { reason } })
  if (after.status === 'revoked') {
    // A cancelled purchase that is refunded says so itself, once for all its keys.
    const isOfPurchase = (each: RevokeReason) => each !== 'by_hand'
    if (gained.every(isOfPurchase) && before.revokedFor.some(isOfPurchase) && gained.length > 0) return events
    if (gained.length > 0)
      events.push({
        type: 'license_key.revoked',
        data: {
          ...{ reason, for: gained, already: before.status === 'revoked' },
          // What an undo goes back to.
          ...(before.status === 'disabled' && gained.includes('by_hand') && { disabled: true }),
        },
      })
    else if (lost.length > 0)
      events.push({
        type: 'license_key.updated',
        data: { changes: [`No longer: ${reasonsInWords(lost)}`, `Still revoked: ${reasonsInWords(after.revokedFor)}`] },
      })
  } else if (before.status === 'revoked') events.push({ type: 'license_key.restored', data: { reason } })
  if (after.status === 'disabled' && before.status !== 'disabled')
    events.push({ type: 'license_key.disabled', data: { reason } })
  if (after.status === 'granted' && before.status === 'disabled')
    events.push({ type: 'license_key.enabled', data: { reason } })
  return events
}

type Changed = {
  changed: number
  /** Keys that are revoked still, and why. */
  stillRevoked?: number
  why?: string
}

type Change = (before: KeyState, purchase: PurchaseStatus | null, id: string) => KeyState

/** So many keys are locked at once: no validation waits longer than they take. */
const CHUNK = 1_000

type StateChanges = {
  changes: StateChange[]
  /** What it is called in the history: the id of its first event. */
  batchId: string
  /** Keys that were not reached, because something went wrong after some thousands. */
  unreached: number
}

/**
 * Changes the states of keys; those that are already there are left alone. Of up to a thousand all or none are changed; of more, one
 * thousand after the other, and what was done stays when something goes wrong later. `prepare` runs once the keys are locked.
 */
export async function changeStates(
  merchant: Merchant,
  { licenseKeyIds, reason }: KeysAndReason,
  change: Change,
  now: Date,
  prepare: (tx: Tx, ids: string[]) => Promise<void> = async () => {},
): Promise<StateChanges> {
  assertMay(merchant, 'keys.write')
  const ids = [...new Set(licenseKeyIds)]
  const own = await prisma.licenseKey.count({ where: { organizationId: merchant.organizationId, id: { in: ids } } })
  if (own < ids.length) throw notFound('license key')
  const batchId = newId(now)
  const changes: StateChange[] = []
  for (let at = 0; at < ids.length; at += CHUNK) {
    try {
      const isBegun = changes.some(isChanged)
      const chunk = { licenseKeyIds: ids.slice(at, at + CHUNK), reason }
      changes.push(...(await changeChunk(merchant, chunk, change, now, { batchId, isBegun }, prepare)))
    } catch (error) {
      if (!changes.some(isChanged) || isRefusal(error)) throw error
      log.error({ err: error, batchId, done: at, keys: ids.length }, 'changing many keys ended early')
      return { changes, batchId, unreached: ids.length - at }
    }
  }
  return { changes, batchId, unreached: 0 }
}

// Locked in the order of their hashes, as everywhere: none waits for another that waits for it. What their purchases came to is read
// after that: whoever ends a purchase takes these locks too.
function changeChunk(
  merchant: Merchant,
  { licenseKeyIds: ids, reason }: KeysAndReason,
  change: Change,
  now: Date,
  { batchId, isBegun }: { batchId: string; isBegun: boolean },
  prepare: (tx: Tx, ids: string[]) => Promise<void>,
): Promise<StateChange[]> {
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    const locked = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM license_keys
      WHERE organization_id = ${organizationId}::uuid AND id = ANY(${ids}::uuid[]) ORDER BY key_hash FOR UPDATE`
    if (locked.length < new Set(ids).size) throw notFound('license key')
    await prepare(tx, ids)
    const rows = await tx.licenseKey.findMany({
      where: { organizationId, id: { in: locked.map(({ id }) => id) } },
      select: { id: true, customerId: true, ...stateColumns, purchase: { select: { status: true } } },
    })
    const changes = rows.map(({ id, customerId, purchase, ...before }) => ({
      id,
      customerId,
      before,
      after: change(before, purchase?.status ?? null, id),
    }))
    const due = await writeStates(tx, changes, now)
    const events = due.flatMap((each) =>
      stateEvents(each, reason || null).map((event) => ({
        ...event,
        organizationId,
        licenseKeyId: each.id,
        customerId: each.customerId,
        batchId,
      })),
    )
    if (events[0] && !isBegun) Object.assign(events[0], { id: batchId })
    await record(tx, merchant, now, ...events)
    return changes
  })
}

const stateColumns = { status: true, revokedFor: true, held: true } as const

export const isChanged = ({ before, after }: StateChange) => !sameState(before, after)

type KeysAndReason = { licenseKeyIds: string[]; reason: string }

/** How many keys were changed, and which: what an undo is about. */
function changedBy({ changes, ...batch }: StateChanges) {
  const ids = changes.filter(isChanged).map(({ id }) => id)
  return { changed: ids.length, ids, ...batch }
}

/** Switches keys off; reversible. The very next validation refuses them. */
export async function disableLicenseKeys(merchant: Merchant, input: KeysAndReason, now: Date) {
  return changedBy(await changeStates(merchant, input, (before) => switched(before, true), now))
}

/** Switches disabled keys on again. */
export async function enableLicenseKeys(merchant: Merchant, input: KeysAndReason, now: Date) {
  return changedBy(await changeStates(merchant, input, (before) => switched(before, false), now))
}

/** Ends keys by hand: only a person brings them back. */
export async function revokeLicenseKeys(merchant: Merchant, input: KeysAndReason, now: Date) {
  return changedBy(await changeStates(merchant, input, revokedByHand, now))
}

/**
 * Lifts what a person did. A key whose purchase has ended stays revoked, and the answer says why, unless `hold` keeps it in spite of
 * that. Refused when nothing would change for any of the keys and one is revoked still.
 */
export async function restoreLicenseKeys(
  merchant: Merchant,
  { hold = false, ...input }: KeysAndReason & { hold?: boolean },
  now: Date,
): Promise<Changed> {
  const change: Change = (before, purchase) => {
    const lifted = before.status === 'revoked' ? restored(before, purchase) : before
    return hold && lifted.status === 'revoked' ? withHold(lifted, true, purchase) : lifted
  }
  const { changes } = await changeStates(merchant, input, change, now)
  const revoked = changes.filter(({ after }) => after.status === 'revoked')
  const changed = changes.filter(isChanged).length
  const why = revoked[0] ? whyNotRestored(revoked[0].before, revoked[0].after) : null
  if (changed === 0 && why) throw new Refusal('CONFLICT', why)
  return {
    changed: changed - revoked.filter(isChanged).length,
    ...(revoked[0] && { stillRevoked: revoked.length, why: reasonsInWords(revoked[0].after.revokedFor) }),
  }
}

// ---------------------------------------------------------------- change one key

const limitWords = (limits: EffectiveLimits) => ({
  devices: limits.activations.mode === 'limited' ? String(limits.activations.limit) : limits.activations.mode,
  usage: limits.usage.limit === null ? 'unlimited' : String(limits.usage.limit),
})

/**
 * Changes one key in one step; what `changes` leaves out stays. Nothing is recorded when nothing changes. When `strict`, a limit below
 * the devices in use and a date for a subscription's key are refused; otherwise they hold from now on. When `extending`, or by a duration,
 * a revoked key is refused.
 */
export async function changeLicenseKey(
  merchant: Merchant,
  licenseKeyId: string,
  wanted: KeyChanges | ((before: LockedKey) => KeyChanges),
  now: Date,
  { strict = false, extending = false } = {},
): Promise<void> {
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM license_keys WHERE id = ${licenseKeyId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
    const before = await tx.licenseKey.findFirst({ where: { id: licenseKeyId, organizationId }, select: keyColumns })
    if (!before) throw notFound('license key')
    const changes = typeof wanted === 'function' ? wanted(before) : wanted
    const isDuration = changes.expiresAt !== null && typeof changes.expiresAt === 'object'
    const whyNot = extending || (isDuration && !(changes.expiresAt instanceof Date)) ? mayExtend(before) : null
    if (whyNot) throw new Refusal('CONFLICT', whyNot)
    const was = factsOf(before, before.keyConfiguration)
    const product = await newProduct(tx, changes, before)
    if (strict) {
      const { mode: activationsMode } = was.limits.activations
      const devices = await tx.activation.count({ where: { licenseKeyId, deactivatedAt: null } })
      const ofSubscription = before.purchase?.kind === 'subscription'
      const why = whyContradicts(changes, { devices, activationsMode, ofSubscription })
      if (why) throw new Refusal('CONFLICT', why.message, why.field)
    }
    const metadata = mergeMetadata(metadataOf(before.metadata), changes.metadata)
    const tags = changes.tags ?? before.tags
    const changed = { ...columnsOf(changes, before, now), metadata, tags, updatedAt: now }
    await tx.licenseKey.update({ where: { id: before.id }, data: changed })

    const is = factsOf({ ...before, ...changed }, before.keyConfiguration)
    const from = limitWords(was.limits)
    const to = limitWords(is.limits)
    const { timeZone } = before.organization
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
    for (const event of stateEvents(moved, null)) events.push({ ...about, ...event })
    await record(tx, merchant, now, ...events)
  })
}

type LockedKey = Prisma.LicenseKeyGetPayload<{ select: typeof keyColumns }>

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
  purchase: { kind: string; status: PurchaseStatus } | null
  keyConfiguration: ExpirySettings & Parameters<typeof factsOf>[1]
}

/** What changes come to in the columns of a key. */
export function columnsOf(changes: KeyChanges, before: Before, now: Date) {
  const { activations, usageLimit, usage, expiresAt, graceDays, note, newDevicesBlocked, productId } = changes
  return {
    ...newState(changes, before),
    ...(productId !== undefined && { productId }),
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

function newState({ status, disabled, held }: KeyChanges, before: Before): KeyState | undefined {
  if (status === undefined && disabled === undefined && held === undefined) return undefined
  const { purchase } = before
  const ended = purchase?.status ?? null
  let state: KeyState = { status: before.status, revokedFor: before.revokedFor, held: before.held }
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

/**
 * The same from a form: `configuration` gives a limit back to the configuration, what is left out stays. With `opened`, what the form showed
 * when it was opened, only what was changed since then is changed.
 */
export async function updateLicenseKey(
  merchant: Merchant,
  input: UpdateLicenseKey,
  now: Date,
  opened: Opened | null = null,
): Promise<void> {
  if (!opened) {
    const changes = ({ organization }: LockedKey) => changesOf(input, organization.timeZone)
    return changeLicenseKey(merchant, input.licenseKeyId, changes, now)
  }
  const products = new Map(
    (
      await prisma.product.findMany({
        where: { organizationId: merchant.organizationId },
        select: { id: true, name: true },
      })
    ).map(({ id, name }) => [id, name]),
  )
  await changeLicenseKey(
    merchant,
    input.licenseKeyId,
    (before) => {
      const { timeZone } = before.organization
      const present = editOf(before)
      const typed = typedOf(input, opened, present, timeZone)
      const { mine } = mergeEdit(keyParts(products, timeZone), opened, typed, present)
      const changes: KeyChanges = { ...changesOf(input, timeZone), newDevicesBlocked: input.newDevicesBlocked ?? false }
      const names = mine.flatMap(({ fields }) => fields.map((field) => changeOfPart[field]))
      return Object.fromEntries(names.map((name) => [name, changes[name]]))
    },
    now,
  )
}

const devicesWords = (activations: KeyEdit['activations']): string => {
  if (activations === 'configuration') return 'as configured'
  return activations.mode === 'limited' ? `${activations.limit}` : activations.mode
}

const expiryWords = ({ own, at }: KeyEdit['expiry'], zone: string): string => {
  if (at === 'configured') return 'as configured'
  return `${at ? endInShort(new Date(at), zone) : 'never'}${own ? '' : ' as configured'}`
}

const keyParts = (products: Map<string, string>, zone: string): EditPart<KeyEdit>[] => [
  {
    label: 'Product',
    input: 'productId',
    fields: ['productId'],
    words: ({ productId }) => (productId === null ? 'none' : (products.get(productId) ?? 'another one')),
  },
  {
    label: 'Devices',
    input: 'activationLimit',
    fields: ['activations'],
    words: ({ activations }) => devicesWords(activations),
  },
  {
    label: 'New devices',
    input: 'newDevicesBlocked',
    fields: ['newDevicesBlocked'],
    words: ({ newDevicesBlocked }) => (newDevicesBlocked ? 'blocked' : 'allowed'),
  },
  {
    label: 'Usage',
    input: 'usageLimit',
    fields: ['usageLimit'],
    words: ({ usageLimit }) => (usageLimit === 'configuration' ? 'as configured' : `${usageLimit ?? 'unlimited'}`),
  },
  { label: 'Expiry', input: 'expiresOn', fields: ['expiry'], words: ({ expiry }) => expiryWords(expiry, zone) },
  { label: 'Note', input: 'note', fields: ['note'], words: ({ note }) => (note ? `“${note}”` : 'empty') },
]

/** What a form says of a key. A box that is not ticked is not sent, although the form shows it. */
function typedOf(input: UpdateLicenseKey, opened: Opened, present: KeyEdit, zone: string): KeyEdit {
  const { activations, usageLimit, expiresAt, note, productId } = changesOf(input, zone)
  const unticked = 'newDevicesBlocked' in opened ? false : present.newDevicesBlocked
  return {
    note: note ?? present.note,
    newDevicesBlocked: input.newDevicesBlocked ?? unticked,
    activations: (activations ?? opened.activations ?? present.activations) as KeyEdit['activations'],
    usageLimit: usageLimit === undefined ? present.usageLimit : usageLimit,
    expiry:
      expiresAt === undefined
        ? ((opened.expiry ?? present.expiry) as KeyEdit['expiry'])
        : expiresAt === 'configuration'
          ? { own: false, at: 'configured' }
          : { own: true, at: expiresAt as Date | null },
    productId: productId === undefined ? present.productId : productId,
  }
}

// The change that each part comes to.
const changeOfPart = {
  note: 'note',
  newDevicesBlocked: 'newDevicesBlocked',
  activations: 'activations',
  usageLimit: 'usageLimit',
  expiry: 'expiresAt',
  productId: 'productId',
} as const satisfies Record<keyof KeyEdit, keyof KeyChanges>

function changesOf(input: UpdateLicenseKey, zone: string): KeyChanges {
  const { activations, activationLimit, usage, usageLimit, expiry, expiresOn, note, newDevicesBlocked } = input
  return {
    note,
    newDevicesBlocked,
    productId: input.productId,
    ...(activations && {
      activations:
        activations === 'configuration'
          ? activations
          : { mode: activations, limit: activations === 'limited' ? activationLimit : null },
    }),
    ...(usage && { usageLimit: usage === 'configuration' ? usage : usage === 'limited' ? usageLimit : null }),
    ...(expiry === 'configuration' && { expiresAt: 'configuration' as const }),
    ...(expiry === 'never' && { expiresAt: null }),
    // The whole day counts, as in configurations with a fixed date.
    ...(expiry === 'date' && expiresOn && { expiresAt: lastMomentOf(expiresOn, zone) }),
  }
}

// ---------------------------------------------------------------- rotate

/**
 * Gives a key another string; the record, its counts and its devices stay. For `overlapHours` the old string still validates on devices
 * that are active now (of a key that takes none: wherever it is used), so that nobody is locked out while the new one travels; with none,
 * every earlier string ends at once. What ended is remembered, so that whoever sends it learns that it was replaced.
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
    await tx.$queryRaw`SELECT 1 FROM license_keys WHERE id = ${licenseKeyId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
    const key = await tx.licenseKey.findFirst({
      where: { id: licenseKeyId, organizationId, ...(isOwner && { customerId: actor.customerId }) },
      select: {
        keyHash: true,
        keyCipher: true,
        lastCharacters: true,
        foldedHash: true,
        status: true,
        customerId: true,
        prefix: true,
        activationsModeOverride: true,
        keyConfiguration: { select: { format: true, prefix: true, activationsMode: true } },
      },
    })
    if (!key) throw notFound('license key')
    const reason = mayRotate(key.status)
    if (reason) throw new Refusal('CONFLICT', reason)
    const until = overlapHours > 0 ? new Date(now.getTime() + overlapHours * HOUR_MS) : null
    // Without an overlap every earlier string ends now.
    if (!until)
      await tx.oldKeyString.updateMany({ where: { licenseKeyId, validUntil: { gt: now } }, data: { validUntil: now } })
    const { keyHash, keyCipher, lastCharacters } = key
    const foldedHash = key.foldedHash ?? foldedHashOf(openKeyString(keyCipher))
    await tx.oldKeyString.create({
      data: { keyHash, foldedHash, keyCipher, lastCharacters, licenseKeyId, rotatedAt: now, validUntil: until ?? now },
    })
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
      data: {
        until: until?.toISOString().slice(0, 16).replace('T', ' ') ?? null,
        everywhere: (key.activationsModeOverride ?? key.keyConfiguration.activationsMode) === 'off',
      },
    })
    return { keyString }
  })
}
