import '#server-only'
import { idFrom, newId } from '../base/ids.ts'
import { usagePeriodStart } from '../key-configurations/rules.ts'
import { keyStringColumns } from '../key-strings/string.ts'
import { configuredExpiry, effectiveLimits } from '../license-keys/rules.ts'
import { type Batch, type DeviceUnit, hex, type KeyUnit, type Problem } from './collect.ts'
import { type ActivationDraft, isShortKey, type KeyDraft } from './drafts.ts'
import type { Earlier } from './earlier.ts'
import { maskedKeyText, named } from './named.ts'
import { type Relations, relations } from './relations.ts'
import { elsewhere, overridesFor, storedState } from './rules.ts'
import { saidRow } from './said.ts'
import { type ImportCounts, type ImportSettings, noCounts } from './schema.ts'
import type { Stored } from './stored.ts'
import type { Rows } from './write.ts'

/** What becomes of a batch. `renamed` are keys that get another id than the text that names them stands for. */
export type Decision = { rows: Rows; counts: ImportCounts; problems: Problem[]; renamed: [string, string][] }

/** By what the records of a batch are decided. */
export type Basis = {
  organizationId: string
  /** The organization's: whole days end there. */
  zone: string
  settings: ImportSettings
  stored: Stored
  earlier: Earlier
  now: Date
}

type KeyRow = Rows['keys'][number]
type DeviceRow = Rows['activations'][number]
/** What the batch has come to so far; it is seen by the next record, and by nobody outside this file. */
type SoFar = Omit<Decision, 'rows'> & {
  rows: Pick<Rows, 'keys' | 'activations' | 'added'>
  /** Of the keys decided so far, by their ids and by the hashes of their strings. */
  keyIds: Map<string, string>
  deviceIds: Set<string>
  live: Stored['live']
}
/** A device with the id of its key, where one is known. */
type Addition = DeviceUnit & { keyId: string | null }

/** Decides every record of a batch by what is stored and what earlier batches came to. */
export function decide(basis: Basis, batch: Batch): Decision {
  const { stored, earlier } = basis
  const related = relations(basis)
  const soFar: SoFar = {
    rows: { keys: [], activations: [], added: [] },
    counts: { ...noCounts, skipped: batch.skipped, merged: batch.merged },
    ...{ problems: [...batch.problems], renamed: [] },
    ...{ keyIds: new Map(), deviceIds: new Set(), live: new Map(stored.live) },
  }
  const late = batch.devices.map(
    (unit): Addition => ({ ...unit, keyId: unit.of.id === null ? null : earlier.keyId(unit.of.id) }),
  )
  for (const unit of batch.keys) late.push(...addKey(basis, unit, soFar, related))
  for (const unit of late) addDevice(basis, unit, soFar)

  const rows: Rows = { ...related.rows(), ...soFar.rows }
  // As they stand in the files.
  const problems = soFar.problems.sort((a, b) => a.file - b.file || a.at - b.at)
  const counts = {
    ...soFar.counts,
    keys: rows.keys.length,
    products: rows.products.filter(({ name }) => !earlier.hasProduct(name)).length,
    customers: rows.customers.filter(({ email }) => !earlier.hasEmail(email)).length,
    purchases: rows.purchases.filter(({ reference }) => !earlier.hasOrder(reference)).length,
    problems: problems.length,
  }
  return { rows, counts, problems, renamed: soFar.renamed }
}

/** Adds a key. One that is here already only gets the devices it has not: those are decided when all keys are. */
function addKey(basis: Basis, unit: KeyUnit, soFar: SoFar, related: Relations): Addition[] {
  const { draft, hash, file, at } = unit
  const { rows, counts } = soFar
  const about = maskedKeyText(draft.key)
  const known = basis.stored.keysByHash.get(hash)
  if (known?.organization_id === basis.organizationId) {
    counts.alreadyThere++
    return draft.activations.map((device) => ({
      ...{ file, at, of: { hash, id: null }, keyId: known.id, draft: device, about },
    }))
  }
  const decided =
    known || basis.stored.oldStrings.has(hash)
      ? 'This key string is already in use on this server.'
      : decideKey(basis, unit, soFar, related)
  if (typeof decided === 'string') {
    soFar.problems.push({ file, at, key: about, message: decided })
    return []
  }
  const { row, devices, deviceLimit } = decided
  rows.keys.push(row)
  rows.activations.push(...devices)
  soFar.keyIds.set(hash, row.id).set(row.id, row.id)
  for (const { id } of devices) soFar.deviceIds.add(id)
  if (draft.id && row.id !== idFrom(draft.id)) soFar.renamed.push([draft.id, row.id])
  const isExpired = row.status === 'granted' && row.expires_at !== null && new Date(row.expires_at) <= basis.now
  counts[isExpired ? 'expired' : row.status]++
  counts.activations += devices.length
  if (deviceLimit !== null && devices.length > deviceLimit) counts.overLimit++
  if (draft.order && !row.purchase_id) counts.ordersWithoutProduct++
  if (decided.isMultiplied) counts.multiplied++
  if (isShortKey(draft)) counts.shortKeys++
  return []
}

function addDevice(basis: Basis, unit: Addition, soFar: SoFar): void {
  const decided = decideDevice(basis, unit, soFar)
  if (decided === 'there') return
  if (typeof decided === 'string') {
    soFar.problems.push({ file: unit.file, at: unit.at, key: unit.about, message: decided })
    return
  }
  const { row, customerId } = decided
  soFar.counts.activations++
  if (!row) return
  soFar.deviceIds.add(row.id)
  soFar.rows.activations.push(row)
  if (!customerId) return
  soFar.rows.added.push({ ...row, customer_id: customerId })
  soFar.live.set(row.license_key_id, [...(soFar.live.get(row.license_key_id) ?? []), row])
}

/** The rows of a key and its devices, or why it cannot be imported. */
function decideKey(basis: Basis, { draft, hash }: KeyUnit, soFar: SoFar, related: Relations) {
  const { zone, now } = basis
  const id = freeKeyId(basis, draft, soFar)
  if (id === null) return `The key id ${named(draft.id ?? '')} already belongs to another key.`
  const configuration = related.configuration(draft.configuration)
  if (typeof configuration === 'string') return configuration
  const devices = listedDevices(basis, draft, id, soFar)
  if (typeof devices === 'string') return devices
  const createdAt = draft.createdAt ?? now
  const first = devices.map((row) => row.created_at).sort()[0]
  const firstActivatedAt = draft.firstActivatedAt ?? (first ? new Date(first) : null)
  const found = related.find(draft, createdAt)
  if (typeof found === 'string') return found
  const { product, customer, purchase } = found

  const ofSubscription = draft.isSubscription || purchase?.kind === 'subscription'
  const configured = configuredExpiry({ createdAt, firstActivatedAt, ofSubscription }, configuration, zone)
  const expiresAt = draft.expiresAt === 'configuration' ? configured : draft.expiresAt
  if (draft.saysExpired && !(expiresAt && expiresAt <= now))
    return 'Its status says expired, but it has no expiry date in the past.'
  const { deviceLimit, ...overrides } = overridesFor(draft, configuration.limits)
  const state = storedState(draft, purchase)
  related.keep(draft, configuration, found)
  const row: KeyRow = {
    ...{ id, external_id: draft.externalId ?? elsewhere(draft.id, id) },
    ...stringColumns(draft.key, hash, configuration.prefix),
    ...saidRow(draft),
    key_configuration_id: configuration.id,
    product_id: product?.id ?? null,
    customer_id: customer.id,
    purchase_id: purchase?.id ?? null,
    ...{ status: state.status, revoked_for: state.revokedFor },
    expires_at: iso(expiresAt),
    expiry_overridden: expiresAt?.getTime() !== configured?.getTime(),
    grace_days_override: overrides.graceDaysOverride,
    activations_mode_override: overrides.activationsModeOverride,
    activation_limit_override: overrides.activationLimitOverride,
    usage_overridden: overrides.usageOverridden,
    usage_limit_override: overrides.usageLimitOverride,
    usage_period_start: iso(usagePeriodStart(configuration.usageReset, now)),
    first_activated_at: iso(firstActivatedAt),
    created_at: createdAt.toISOString(),
  }
  const isMultiplied =
    draft.quantity > 1 &&
    draft.activationLimit === 'configuration' &&
    configuration.limits.activations.mode === 'limited'
  return { row, devices, deviceLimit, isMultiplied }
}

function stringColumns(key: string, hash: string, ownPrefix: string | null) {
  const prefix = ownPrefix && key.startsWith(`${ownPrefix}_`) ? ownPrefix : null
  const { keyCipher, keyIsNormal, foldedHash, lastCharacters } = keyStringColumns(key, prefix)
  return {
    ...{ key_hash: `\\x${hash}`, folded_hash: `\\x${hex(foldedHash)}`, key_cipher: `\\x${hex(keyCipher)}` },
    ...{ key_is_normal: keyIsNormal, prefix, last_characters: lastCharacters },
  }
}

/** The id a key gets; null when the one it needs is another's. */
function freeKeyId({ stored, earlier, now }: Basis, draft: KeyDraft, soFar: SoFar): string | null {
  const id = draft.id ? idFrom(draft.id) : newId(now)
  if (!stored.keysById.has(id) && !soFar.keyIds.has(id) && !earlier.hasKey(id)) return id
  // Software never sends a plain number as the id of a key, and two sellers may both have counted from one.
  return /^\d+$/.test(draft.id ?? '') ? newId(now) : null
}

/** The devices that a key's own record lists, or why they cannot be. */
function listedDevices({ stored, earlier, now }: Basis, draft: KeyDraft, keyId: string, soFar: SoFar) {
  const rows: DeviceRow[] = []
  for (const device of draft.activations) {
    const row = deviceRow(device, keyId, now)
    const isTaken = stored.devices.has(row.id) || soFar.deviceIds.has(row.id) || earlier.hasDevice(row.id)
    if (isTaken || rows.some((other) => other.id === row.id)) return deviceTaken(device)
    rows.push(row)
  }
  return rows
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null

function deviceRow(draft: ActivationDraft, licenseKeyId: string, now: Date): DeviceRow {
  const id = draft.id ? idFrom(draft.id) : newId(now)
  return {
    id,
    external_id: draft.externalId ?? elsewhere(draft.id, id),
    license_key_id: licenseKeyId,
    label: draft.label,
    fingerprint: draft.fingerprint,
    conditions: draft.conditions,
    meta: draft.meta,
    validations: draft.validations,
    last_validated_at: iso(draft.lastValidatedAt),
    created_at: (draft.createdAt ?? now).toISOString(),
  }
}

/** A device that comes after its key: `there` when it is already, a sentence when it cannot be; no row for a key that is only checked. */
function decideDevice({ organizationId, stored, earlier, now }: Basis, { of, keyId, draft }: Addition, soFar: SoFar) {
  const known = stored.keysByHash.get(of.hash) ?? stored.keysById.get(keyId ?? '')
  const fresh = soFar.keyIds.get(of.hash) ?? soFar.keyIds.get(keyId ?? '')
  if (fresh) {
    const row = deviceRow(draft, fresh, now)
    return stored.devices.has(row.id) || soFar.deviceIds.has(row.id) ? deviceTaken(draft) : { row, customerId: null }
  }
  if (!known || known.organization_id !== organizationId) {
    const isChecked = earlier.hasKey(of.hash) || (keyId !== null && earlier.hasKey(keyId))
    return isChecked ? { row: null, customerId: null } : 'The key it belongs to is neither in the files nor here.'
  }
  const row = deviceRow(draft, known.id, now)
  const there = stored.devices.get(row.id)
  if (there?.license_key_id === known.id) return 'there'
  if (there || soFar.deviceIds.has(row.id)) return deviceTaken(draft)
  const live = soFar.live.get(known.id) ?? []
  if (draft.fingerprint && live.some((device) => device.fingerprint === draft.fingerprint)) return 'there'
  const locked = stored.locked.get(known.id)
  if (!locked) return 'The key it belongs to is neither in the files nor here.'
  // What an import brought keeps every device it had; a key of ours keeps its limit.
  if (locked.importId === null) {
    const { mode, limit } = effectiveLimits(locked, locked).activations
    if (mode === 'off') return 'The key it belongs to takes no devices.'
    if (mode === 'limited' && live.length >= (limit ?? 0))
      return `All ${limit} devices of the key it belongs to are in use.`
  }
  return { row, customerId: locked.customerId }
}

const deviceTaken = ({ id }: ActivationDraft): string =>
  `The device id ${named(id ?? '')} already belongs to another device.`
