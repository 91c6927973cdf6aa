import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { ActivationsMode } from '#prisma/enums.ts'
import type { describeActor } from '../actor.ts'
import type { Tx } from '../db.ts'
import { idFrom, newId } from '../ids.ts'
import { hashKeyString, keyStringColumns } from '../license-keys/key-string.ts'
import { configurationColumns } from '../license-keys/queries.ts'
import { configuredExpiry, effectiveLimits, usagePeriodStart } from '../license-keys/rules.ts'
import {
  type ActivationDraft,
  type Habits,
  type KeyDraft,
  maskedKeyText,
  named,
  overridesFor,
  type Person,
  type Reading,
} from './rules.ts'
import { type ImportCounts, type ImportSettings, noCounts } from './schema.ts'
import { type BatchRows, writeBatch } from './write-batch.ts'

/** Records that are decided and written together, in one transaction. */
export const BATCH_SIZE = 1_000

/** A record and what it was read as. */
export type Unit = { file: number; at: number; reading: Reading }

/** Why one record was not imported. */
export type Problem = { file: number; at: number; key: string; message: string }

/** What one way through the files remembers: small things of every record, so that the next record can be compared with them. */
export type Pass = {
  organizationId: string
  importId: string
  /** How history names the import. */
  name: string
  settings: ImportSettings
  habits: Habits
  people: Map<string, Person>
  /** Where each key string was seen first, by six bytes of its hash. */
  seenKeys: Map<number, { file: number; at: number }>
  /** Ids, addresses and references that the way so far would have written; only asked while nothing is written. */
  pending: {
    keyIds: Set<number>
    emails: Set<string>
    orders: Set<string>
    products: Set<string>
    devices: Set<number>
  }
  /** Keys that got another id than their text stands for. */
  aliases: Map<string, string>
  writes: boolean
  by: ReturnType<typeof describeActor>
}

type KeyUnit = { file: number; at: number; draft: KeyDraft; hash: string }
type DeviceUnit = { file: number; at: number; of: { hash: string; id: string }; draft: ActivationDraft; about: string }

/** A batch whose records were compared with those before; what the database says of it comes later. */
export type Arranged = { keys: KeyUnit[]; devices: DeviceUnit[]; problems: Problem[]; skipped: number }

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const short = (hash: string): number => Number.parseInt(hash.replaceAll('-', '').slice(-12), 16)

/** Sorts records into keys, devices and problems. Once per batch and in order: it remembers what it saw. */
export function arrange(pass: Pass, units: Unit[]): Arranged {
  const arranged: Arranged = { keys: [], devices: [], problems: [], skipped: 0 }
  const { columns } = pass.settings
  // One device per line: a key has as many lines as devices.
  const isLineOfDevice = Boolean(columns.keys.activationId ?? columns.keys.activationLabel ?? columns.keys.fingerprint)
  for (const { file, at, reading } of units) {
    if (reading.is === 'nothing') arranged.skipped++
    else if (reading.is === 'problem') {
      arranged.problems.push({ file, at, key: reading.key, message: reading.messages.join(' ') })
    } else if (reading.is === 'activation') {
      const of = { hash: hex(hashKeyString(reading.of)), id: pass.aliases.get(reading.of) ?? idFrom(reading.of) }
      arranged.devices.push({ file, at, of, draft: reading.draft, about: '' })
    } else if (reading.is === 'key') {
      const hash = hex(hashKeyString(reading.draft.key))
      const first = pass.seenKeys.get(short(hash))
      const draft = withPerson(reading.draft, pass.people)
      const key = maskedKeyText(draft.key)
      if (!first) {
        pass.seenKeys.set(short(hash), { file, at })
        if (draft.customer.email) arranged.keys.push({ file, at, draft, hash })
        else arranged.problems.push({ file, at, key, message: noPerson(draft) })
      } else if (isLineOfDevice && draft.activations.length > 0) {
        for (const device of draft.activations)
          arranged.devices.push({ file, at, of: { hash, id: '' }, draft: device, about: key })
      } else arranged.problems.push({ file, at, key, message: `The same key stands before, at ${first.at}.` })
    }
  }
  return arranged
}

function withPerson(draft: KeyDraft, people: Map<string, Person>): KeyDraft {
  const person = people.get(draft.customer.id ?? '')
  if (draft.customer.email || !person) return draft
  return { ...draft, customer: { ...draft.customer, email: person.email, name: draft.customer.name ?? person.name } }
}

const noPerson = ({ customer }: KeyDraft): string =>
  `There is no customer e-mail, and no customer with the id ${named(customer.id ?? '')} in the files.`

// ---------------------------------------------------------------- what the database says

type KnownKey = { id: string; organization_id: string; hash: string; import_id: string | null }
type LockedKey = {
  id: string
  customer_id: string
  import_id: string | null
  mode: ActivationsMode
  device_limit: number | null
}

async function readFacts(db: Tx, { organizationId, writes }: Pass, { keys, devices }: Arranged) {
  const hashes = [...new Set([...keys.map((unit) => unit.hash), ...devices.map((unit) => unit.of.hash)])]
  const keyIds = [
    ...keys.flatMap(({ draft }) => (draft.id ? [idFrom(draft.id)] : [])),
    ...devices.flatMap(({ of }) => (of.id ? [of.id] : [])),
  ]
  const knownKeys = await db.$queryRaw<KnownKey[]>`
    SELECT id, organization_id, encode(key_hash, 'hex') AS hash, import_id FROM license_keys
    WHERE key_hash = ANY(ARRAY(SELECT decode(h, 'hex') FROM unnest(${hashes}::text[]) AS h)) OR id = ANY(${keyIds}::uuid[])`
  const oldStrings = await db.$queryRaw<{ hash: string }[]>`
    SELECT encode(key_hash, 'hex') AS hash FROM old_key_strings
    WHERE key_hash = ANY(ARRAY(SELECT decode(h, 'hex') FROM unnest(${hashes}::text[]) AS h))`
  const emails = [...new Set(keys.map(({ draft }) => draft.customer.email))]
  const customerIds = keys.flatMap(({ draft }) => (draft.customer.id ? [idFrom(draft.customer.id)] : []))
  const customers = await db.$queryRaw<{ id: string; email: string; organization_id: string }[]>`
    SELECT id, email, organization_id FROM customers
    WHERE (organization_id = ${organizationId}::uuid AND email = ANY(${emails})) OR id = ANY(${customerIds}::uuid[])`
  // Held until the keys are there, so that what differs from a configuration stays what differs.
  if (writes)
    await db.$queryRaw`SELECT 1 FROM key_configurations WHERE organization_id = ${organizationId}::uuid ORDER BY id FOR SHARE`
  const configurations = await db.keyConfiguration.findMany({
    where: { organizationId },
    select: { ...configurationColumns, prefix: true, externalIds: true },
  })
  const products = await db.product.findMany({
    where: { organizationId },
    select: { id: true, name: true, externalIds: true },
  })
  const orders = [...new Set(keys.flatMap(({ draft }) => draft.order ?? []))]
  const purchases = await db.purchase.findMany({
    where: { organizationId, reference: { in: orders } },
    select: { id: true, reference: true, customerId: true, productId: true, kind: true },
  })
  const deviceIds = [...keys.flatMap(({ draft }) => draft.activations), ...devices.map(({ draft }) => draft)].flatMap(
    ({ id }) => (id ? [idFrom(id)] : []),
  )
  const knownDevices = await db.$queryRaw<{ id: string; license_key_id: string }[]>`
    SELECT id, license_key_id FROM activations WHERE id = ANY(${deviceIds}::uuid[])`

  // Keys that are there and may get devices: counted under their lock.
  const ours = knownKeys.filter((key) => key.organization_id === organizationId)
  const locked = await db.$queryRaw<LockedKey[]>`
    SELECT k.id, k.customer_id, k.import_id, COALESCE(k.activations_mode_override, c.activations_mode)::text AS mode,
      CASE WHEN k.activations_mode_override IS NULL THEN c.activation_limit ELSE k.activation_limit_override END AS device_limit
    FROM license_keys k JOIN key_configurations c ON c.id = k.key_configuration_id
    WHERE k.id = ANY(${ours.map((key) => key.id)}::uuid[]) ORDER BY k.id
    ${writes ? Prisma.sql`FOR UPDATE OF k` : Prisma.empty}`
  const live = await db.$queryRaw<{ license_key_id: string; fingerprint: string | null }[]>`
    SELECT license_key_id, fingerprint FROM activations
    WHERE license_key_id = ANY(${locked.map((key) => key.id)}::uuid[]) AND deactivated_at IS NULL`
  const by = <Row, Key>(rows: Row[], key: (row: Row) => Key) => new Map(rows.map((row) => [key(row), row]))
  return {
    keysByHash: by(knownKeys, (key) => key.hash),
    keysById: by(knownKeys, (key) => key.id),
    oldStrings: new Set(oldStrings.map((row) => row.hash)),
    customersByEmail: by(
      customers.filter((customer) => customer.organization_id === organizationId),
      (customer) => customer.email,
    ),
    customerIds: new Set(customers.map((customer) => customer.id)),
    configurations,
    products,
    purchases: by(purchases, (purchase) => purchase.reference),
    devices: by(knownDevices, (device) => device.id),
    locked: by(locked, (key) => key.id),
    live: Map.groupBy(live, (device) => device.license_key_id),
  }
}
type Facts = Awaited<ReturnType<typeof readFacts>>

// ---------------------------------------------------------------- decide and write

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
  const counts: ImportCounts = { ...noCounts, skipped: arranged.skipped }
  const problems = [...arranged.problems]
  const rows: BatchRows = { products: [], customers: [], purchases: [], keys: [], activations: [], added: [] }
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
  const purchase = draft.order && product ? finder.purchase(draft.order, customer.id, product, createdAt) : null
  if (typeof purchase === 'string') return purchase

  const configured = configuredExpiry(
    { createdAt, firstActivatedAt, ofSubscription: purchase?.kind === 'subscription' },
    configuration,
  )
  const expiresAt = draft.expiresAt === 'configuration' ? configured : draft.expiresAt
  if (draft.saysExpired && !(expiresAt && expiresAt <= now))
    return 'Its status says expired, but it has no date of expiry in the past.'
  const { deviceLimit, ...overrides } = overridesFor(draft, finder.limits(configuration.id))
  const prefix = configuration.prefix && draft.key.startsWith(`${configuration.prefix}_`) ? configuration.prefix : null
  const { keyCipher, lastCharacters } = keyStringColumns(draft.key, prefix)
  finder.keep(customer, product, purchase)
  return {
    key: {
      id: keyId,
      external_id: draft.externalId ?? elsewhere(draft.id, keyId),
      key_configuration_id: configuration.id,
      product_id: product?.id ?? null,
      customer_id: customer.id,
      purchase_id: purchase?.id ?? null,
      key_hash: `\\x${hash}`,
      key_cipher: `\\x${hex(keyCipher)}`,
      prefix,
      last_characters: lastCharacters,
      status: draft.status,
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
      customer: customer.email,
    },
    activations,
    deviceLimit,
  }
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null
const elsewhere = (text: string | null, id: string): string | null =>
  text !== null && text.toLowerCase() !== id ? text : null

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

// ---------------------------------------------------------------- what a key belongs to

type Finder = ReturnType<typeof catalogue>
type Customer = { id: string; email: string; isNew: boolean; name: string | null; externalId: string | null }
type Product = { id: string; name: string; isNew: boolean; externalIds: string[] }
type Purchase = {
  id: string
  reference: string
  kind: string
  customerId: string
  product: Product
  isNew: boolean
  at: Date
}

/** Finds, or prepares, what the keys of a batch belong to. Only what `keep` was told of is written. */
function catalogue(pass: Pass, facts: Facts, rows: BatchRows, counts: ImportCounts, now: Date) {
  const { settings, pending, writes } = pass
  const plain = (text: string) => text.trim().toLowerCase()
  const index = <Row extends { id: string; name: string; externalIds: string[] }>(all: Row[]) =>
    new Map(all.flatMap((row) => [row.name, ...row.externalIds, row.id].map((name) => [plain(name), row] as const)))
  const configurations = index(facts.configurations)
  const products = index<Product>(facts.products.map((row) => ({ ...row, isNew: false })))
  const customers = new Map<string, Customer>()
  const customerIds = new Set(facts.customerIds)
  const purchases = new Map<string, Purchase>()
  const limits = new Map(facts.configurations.map((row) => [row.id, effectiveLimits(noOverrides, row)]))

  return {
    limits: (id: string) => limits.get(id) as ReturnType<typeof effectiveLimits>,

    configuration(text: string | null) {
      const found = configurations.get(plain(text ?? settings.keyConfigurationId ?? ''))
      if (found) return found
      return text
        ? `There is no key configuration ${named(text)}.`
        : 'It names no key configuration, and none is chosen for the whole file.'
    },

    product(asked: KeyDraft['product']): Product | string | null {
      if (!asked) return (settings.productId && products.get(settings.productId)) || null
      const found = products.get(plain(asked.text)) ?? products.get(plain(asked.name))
      if (found) return found
      if (!settings.createProducts)
        return `There is no product ${named(asked.name)}, and creating products was not chosen.`
      const externalIds = asked.text === asked.name ? [] : [asked.text]
      return { id: newId(now), name: asked.name.slice(0, 80), isNew: true, externalIds }
    },

    customer({ customer: { email, name, id } }: KeyDraft): Customer {
      const known = customers.get(email) ?? facts.customersByEmail.get(email)
      if (known) return { ...known, name: null, externalId: null, isNew: false }
      const own = id ? idFrom(id) : newId(now)
      // Two addresses under one id, or another organization's customer: this one gets an id of its own.
      const customerId = customerIds.has(own) ? newId(now) : own
      return { id: customerId, email, name, isNew: true, externalId: elsewhere(id, customerId) }
    },

    purchase(reference: string, customerId: string, product: Product, at: Date): Purchase | string {
      const stored = facts.purchases.get(reference)
      const known = purchases.get(reference)
      const of = known ? { customerId: known.customerId, productId: known.product.id } : stored
      if (of && (of.customerId !== customerId || of.productId !== product.id))
        return `The order ${named(reference)} belongs to another customer or product.`
      if (known) return { ...known, isNew: false }
      if (stored) return { ...stored, product, isNew: false, at }
      return { id: newId(now), reference, kind: 'one_time', customerId, product, isNew: true, at }
    },

    keep(customer: Customer, product: Product | null, purchase: Purchase | null) {
      if (product?.isNew) {
        const stored = { ...product, isNew: false }
        for (const name of [product.name, product.id, ...product.externalIds]) products.set(plain(name), stored)
        rows.products.push({ id: product.id, name: product.name, external_ids: product.externalIds })
        if (writes || !pending.products.has(product.name)) counts.products++
        pending.products.add(product.name)
      }
      if (customer.isNew) {
        customers.set(customer.email, customer)
        customerIds.add(customer.id)
        const { id, email, name, externalId } = customer
        rows.customers.push({ id, email, name, external_id: externalId })
        if (writes || !pending.emails.has(email)) counts.customers++
        if (!writes) pending.emails.add(email)
      }
      if (purchase?.isNew) {
        purchases.set(purchase.reference, purchase)
        rows.purchases.push({
          id: purchase.id,
          reference: purchase.reference,
          customer_id: purchase.customerId,
          product_id: purchase.product.id,
          product: purchase.product.name,
          purchased_at: purchase.at.toISOString(),
        })
        if (writes || !pending.orders.has(purchase.reference)) counts.purchases++
        if (!writes) pending.orders.add(purchase.reference)
      }
    },
  }
}

const noOverrides = {
  activationsModeOverride: null,
  activationLimitOverride: null,
  usageOverridden: false,
  usageLimitOverride: null,
  graceDaysOverride: null,
}
