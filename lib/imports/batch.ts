import '#server-only'
import { idFrom, newId } from '../base/ids.ts'
import type { Tx } from '../database/client.ts'
import { usagePeriodStart } from '../key-configurations/rules.ts'
import { keyStringColumns } from '../key-strings/string.ts'
import { configuredExpiry } from '../license-keys/rules.ts'
import {
  type Arranged,
  type DeviceUnit,
  hex,
  isShortKey,
  type KeyUnit,
  type Pass,
  type Problem,
  short,
} from './arrange.ts'
import { catalogue, type Finder } from './catalogue.ts'
import { type Facts, readFacts } from './facts.ts'
import {
  type ActivationDraft,
  elsewhere,
  maskedKeyText,
  named,
  overridesFor,
  purchaseStatusOf,
  storedState,
} from './rules.ts'
import { type ImportCounts, noCounts } from './schema.ts'
import { type BatchRows, writeBatch } from './write-batch.ts'

/** What a batch came to. */
export type Settled = { counts: ImportCounts; problems: Problem[] }

/** Decides every record of a batch by what the database says and, when the pass writes, writes it; all in the caller's transaction. */
export async function settleBatch(
  db: Tx,
  pass: Pass,
  arranged: Arranged,
  now: Date,
): Promise<Settled & { rows: BatchRows }> {
  const facts = await readFacts(db, pass, arranged)
  const batch = decide(pass, arranged, facts, now)
  if (pass.writes) await writeBatch(db, pass, batch.rows, now)
  return batch
}

function decide(pass: Pass, arranged: Arranged, facts: Facts, now: Date) {
  const counts: ImportCounts = { ...noCounts, skipped: arranged.skipped, merged: arranged.merged }
  const problems = [...arranged.problems]
  const rows: BatchRows = {
    products: [],
    customers: [],
    purchases: [],
    keys: [],
    activations: [],
    added: [],
    knownAs: [],
  }
  const finder = catalogue(pass, facts, rows, counts, now)
  const mine: Mine = { byHash: new Map(), byId: new Map(), devices: new Set() }
  const additions: DeviceUnit[] = [...arranged.devices]

  for (const unit of arranged.keys) {
    const { draft, hash, file, at } = unit
    const known = facts.keysByHash.get(hash)
    if (known?.organization_id === pass.organizationId) {
      counts.alreadyThere++
      for (const device of draft.activations)
        additions.push({ file, at, of: { hash, id: known.id }, draft: device, about: maskedKeyText(draft.key) })
      continue
    }
    const complain = (message: string) => problems.push({ file, at, key: maskedKeyText(draft.key), message })
    if (known || facts.oldStrings.has(hash)) {
      complain('This key string is already in use on this server.')
      continue
    }
    const row = decideKey(pass, unit, facts, mine, finder, now)
    if (typeof row === 'string') {
      complain(row)
      continue
    }
    rows.keys.push(row.key)
    rows.activations.push(...row.activations)
    mine.byHash.set(hash, row.key)
    mine.byId.set(row.key.id, row.key)
    for (const { id } of row.activations) mine.devices.add(id)
    if (!pass.writes) {
      pass.pending.keyIds.add(short(row.key.id)).add(short(hash))
      for (const { id } of row.activations) pass.pending.devices.add(short(id))
    }
    if (draft.id && row.key.id !== idFrom(draft.id)) pass.aliases.set(draft.id, row.key.id)
    counts.keys++
    const isExpired = row.key.status === 'granted' && row.key.expires_at !== null && new Date(row.key.expires_at) <= now
    counts[isExpired ? 'expired' : row.key.status]++
    counts.activations += row.activations.length
    if (row.deviceLimit !== null && row.activations.length > row.deviceLimit) counts.overLimit++
    if (draft.order && !row.key.purchase_id) counts.ordersWithoutProduct++
    if (draft.quantity > 1 && row.isMultiplied) counts.multiplied++
    if (isShortKey(draft)) counts.shortKeys++
  }

  for (const unit of additions) {
    const outcome = decideDevice(pass, unit, facts, mine, now)
    if (outcome === 'there') continue
    if (typeof outcome === 'string') problems.push({ file: unit.file, at: unit.at, key: unit.about, message: outcome })
    else {
      counts.activations++
      if (outcome.row) rows.activations.push(outcome.row)
      if (outcome.row && outcome.customerId) rows.added.push({ ...outcome.row, customer_id: outcome.customerId })
    }
  }
  // As they stand in the files.
  problems.sort((a, b) => a.file - b.file || a.at - b.at)
  counts.problems = problems.length
  return { counts, problems, rows }
}

/** What the batch itself is about to write. */
type Mine = { byHash: Map<string, { id: string }>; byId: Map<string, { id: string }>; devices: Set<string> }

function decideKey(pass: Pass, { draft, hash }: KeyUnit, facts: Facts, mine: Mine, finder: Finder, now: Date) {
  const id = draft.id ? idFrom(draft.id) : newId(now)
  const isTaken = facts.keysById.has(id) || mine.byId.has(id) || (!pass.writes && pass.pending.keyIds.has(short(id)))
  // Software never sends a plain number as the id of a key, and two sellers may both have counted from one.
  const keyId = isTaken && /^\d+$/.test(draft.id ?? '') ? newId(now) : id
  if (isTaken && keyId === id) return `The key id ${named(draft.id ?? '')} already belongs to another key.`
  const configuration = finder.configuration(draft.configuration)
  if (typeof configuration === 'string') return configuration
  const activations: BatchRows['activations'] = []
  for (const device of draft.activations) {
    const row = deviceRow(device, keyId, now)
    const there =
      facts.devices.has(row.id) || mine.devices.has(row.id) || (!pass.writes && pass.pending.devices.has(short(row.id)))
    if (there || activations.some((other) => other.id === row.id))
      return `The device id ${named(device.id ?? '')} already belongs to another device.`
    activations.push(row)
  }

  const createdAt = draft.createdAt ?? now
  const first = activations.map((row) => row.created_at).sort()[0]
  const firstActivatedAt = draft.firstActivatedAt ?? (first ? new Date(first) : null)
  const product = finder.product(draft.product)
  if (typeof product === 'string') return product
  const customer = finder.customer(draft)
  const purchase =
    draft.order && product
      ? finder.purchase(draft, draft.order, {
          customerId: customer.id,
          product,
          at: createdAt,
          status: purchaseStatusOf(draft.reasons),
        })
      : null
  if (typeof purchase === 'string') return purchase

  const configured = configuredExpiry(
    { createdAt, firstActivatedAt, ofSubscription: draft.isSubscription || purchase?.kind === 'subscription' },
    configuration,
    facts.timeZone,
  )
  const expiresAt = draft.expiresAt === 'configuration' ? configured : draft.expiresAt
  if (draft.saysExpired && !(expiresAt && expiresAt <= now))
    return 'Its status says expired, but it has no expiry date in the past.'
  const limits = finder.limits(configuration.id)
  const { deviceLimit, ...overrides } = overridesFor(draft, limits)
  const prefix = configuration.prefix && draft.key.startsWith(`${configuration.prefix}_`) ? configuration.prefix : null
  const { keyCipher, keyIsNormal, foldedHash, lastCharacters } = keyStringColumns(draft.key, prefix)
  const state = storedState(draft, purchase)
  finder.keep(customer, product, purchase)
  finder.learn(draft, configuration, product)
  return {
    key: {
      id: keyId,
      external_id: draft.externalId ?? elsewhere(draft.id, keyId),
      key_configuration_id: configuration.id,
      product_id: product?.id ?? null,
      customer_id: customer.id,
      purchase_id: purchase?.id ?? null,
      key_hash: `\\x${hash}`,
      folded_hash: `\\x${hex(foldedHash)}`,
      key_cipher: `\\x${hex(keyCipher)}`,
      key_is_normal: keyIsNormal,
      prefix,
      last_characters: lastCharacters,
      status: state.status,
      revoked_for: state.revokedFor,
      expires_at: iso(expiresAt),
      expiry_overridden: expiresAt?.getTime() !== configured?.getTime(),
      grace_days_override: overrides.graceDaysOverride,
      activations_mode_override: overrides.activationsModeOverride,
      activation_limit_override: overrides.activationLimitOverride,
      new_devices_blocked: draft.newDevicesBlocked,
      usage_overridden: overrides.usageOverridden,
      usage_limit_override: overrides.usageLimitOverride,
      usage: draft.usage,
      usage_period_start: iso(usagePeriodStart(configuration.usageReset, now)),
      validations: draft.validations,
      last_validated_at: iso(draft.lastValidatedAt),
      first_activated_at: iso(firstActivatedAt),
      note: draft.note,
      created_at: createdAt.toISOString(),
    },
    activations,
    deviceLimit,
    isMultiplied: draft.activationLimit === 'configuration' && limits.activations.mode === 'limited',
  }
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null

function deviceRow(draft: ActivationDraft, licenseKeyId: string, now: Date): BatchRows['activations'][number] {
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

/** A device that comes after its key: `there` when it is already, a sentence when it cannot be. */
function decideDevice(pass: Pass, unit: DeviceUnit, facts: Facts, mine: Mine, now: Date) {
  const { of, draft } = unit
  const known = facts.keysByHash.get(of.hash) ?? facts.keysById.get(of.id)
  const fresh = mine.byHash.get(of.hash) ?? mine.byId.get(of.id)
  if (fresh) {
    const row = deviceRow(draft, fresh.id, now)
    if (facts.devices.has(row.id) || mine.devices.has(row.id)) return deviceTaken(draft)
    mine.devices.add(row.id)
    return { row, customerId: null }
  }
  if (!known || known.organization_id !== pass.organizationId) {
    const isPending =
      !pass.writes &&
      (pass.pending.keyIds.has(short(of.hash)) || (of.id !== '' && pass.pending.keyIds.has(short(of.id))))
    return isPending ? { row: null, customerId: null } : 'The key it belongs to is neither in the files nor here.'
  }
  const row = deviceRow(draft, known.id, now)
  const there = facts.devices.get(row.id)
  if (there?.license_key_id === known.id) return 'there'
  if (there || mine.devices.has(row.id)) return deviceTaken(draft)
  const live = facts.live.get(known.id) ?? []
  if (draft.fingerprint && live.some((device) => device.fingerprint === draft.fingerprint)) return 'there'
  const locked = facts.locked.get(known.id)
  if (!locked) return 'The key it belongs to is neither in the files nor here.'
  // What an import brought keeps every device it had; a key of ours keeps its limit.
  if (locked.import_id === null) {
    if (locked.mode === 'off') return 'The key it belongs to takes no devices.'
    if (locked.mode === 'limited' && live.length >= (locked.device_limit ?? 0))
      return `All ${locked.device_limit} devices of the key it belongs to are in use.`
  }
  mine.devices.add(row.id)
  facts.live.set(known.id, [...live, { license_key_id: known.id, fingerprint: draft.fingerprint }])
  return { row, customerId: locked.customer_id }
}

const deviceTaken = ({ id }: ActivationDraft): string =>
  `The device id ${named(id ?? '')} already belongs to another device.`
