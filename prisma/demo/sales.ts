// From the story to rows: what is sold, who bought it, and what happened to each key.
import { newId } from '#lib/base/ids.ts'
import { usagePeriodStart } from '#lib/key-configurations/rules.ts'
import { keyStringColumns, makeKeyString } from '#lib/key-strings/string.ts'
import { addDuration, expiryAt, reasonsOfPurchase } from '#lib/license-keys/rules.ts'
import { makeDevice } from './devices.ts'
import type { Person } from './people.ts'
import { type ActivationRow, after, ago, type By, byCustomer, happened, type KeyRow, type Scene } from './scene.ts'
import type { DeviceStory, KeyStory, PurchaseStory } from './story.ts'

const DAY = 86_400_000
const named = <Row extends { name: string }>(rows: Row[], name: string): Row => {
  const row = rows.find((candidate) => candidate.name === name)
  if (!row) throw new Error(`The demo has no ${name}.`)
  return row
}

// Facts of one moment are read in the order they followed from each other.
const later = (at: Date, milliseconds: number) => new Date(at.getTime() + milliseconds)

/** Adds products and key configurations. */
export function addCatalogue(scene: Scene): void {
  const { company, organizationId, founded, by } = scene
  const createdAt = new Date(founded.getTime() + 3_600_000)
  happened(scene, founded, by.owner, 'organization.created')
  for (const configuration of company.configurations) {
    const id = newId(createdAt)
    scene.configurations.push({ ...configuration, id, organizationId, createdAt, updatedAt: createdAt })
    happened(
      scene,
      createdAt,
      by.owner,
      'key_configuration.created',
      { keyConfigurationId: id },
      { name: configuration.name },
    )
  }
  for (const { name, description, grants } of company.products) {
    const id = newId(createdAt)
    scene.products.push({ id, organizationId, name, description, createdAt, updatedAt: createdAt })
    for (const grant of grants)
      scene.grants.push({ productId: id, keyConfigurationId: named(scene.configurations, grant).id })
    happened(scene, createdAt, by.owner, 'product.created', { productId: id }, { name })
  }
}

/** Records that a configuration was changed, so that the history has more than sales. */
export function addCatalogueChange(scene: Scene, days: number, name: string, changes: string[]): void {
  const configuration = named(scene.configurations, name)
  const at = ago(scene, days)
  configuration.updatedAt = at
  happened(
    scene,
    at,
    scene.by.owner,
    'key_configuration.updated',
    { keyConfigurationId: configuration.id },
    { name, changes },
  )
}

/** Adds a purchase, its customer when they are new, and its keys. */
export function addPurchase(scene: Scene, story: PurchaseStory): void {
  const [first] = story.keys
  if (!first) return
  const { organizationId, by } = scene
  const at = issuedAt(scene, story.who, first)
  const seller = { store: by.store, api: by.website, manual: by.support }[story.source ?? 'manual']
  const customerId = customerOf(scene, story.who, at, seller)
  const product = story.product === null ? null : named(scene.products, story.product)
  let purchaseId: string | null = null
  if (product) {
    purchaseId = newId(at)
    const { kind, source, status, reference = '' } = story
    const shared = { organizationId, customerId, productId: product.id, reference, purchasedAt: at, createdAt: at }
    const reasons = [...reasonsOfPurchase[status ?? 'active']]
    scene.purchases.push({ id: purchaseId, kind, source, status, reasons, ...shared })
    const about = { purchaseId, customerId, productId: product.id }
    happened(scene, later(at, 1), seller, 'purchase.created', about, { reference, product: product.name })
  }
  for (const key of story.keys)
    addKey(scene, story, key, { at, seller, customerId, productId: product?.id ?? null, purchaseId })
}

/** Where the story fixes the expiry, the day of issue follows from it. */
function issuedAt(scene: Scene, who: Person, { issuedDays, expiresInDays }: KeyStory): Date {
  if (issuedDays > 0 || expiresInDays === undefined) return ago(scene, issuedDays, who.hours)
  return addDuration(new Date(scene.now.getTime() + expiresInDays * DAY), -1, 'year')
}

function customerOf(scene: Scene, { email, name }: Person, at: Date, by: By): string {
  const known = scene.customers.get(email)
  if (known) return known.id
  const { organizationId } = scene
  const id = newId(at)
  scene.customers.set(email, { id, organizationId, email, name, createdAt: at, updatedAt: at })
  happened(scene, at, by, 'customer.created', { customerId: id }, { email })
  return id
}

type Sale = { at: Date; seller: By; customerId: string; productId: string | null; purchaseId: string | null }

function addKey(scene: Scene, story: PurchaseStory, key: KeyStory, sale: Sale): void {
  const { organizationId, by, now } = scene
  const { at, customerId, productId, purchaseId } = sale
  const configuration = named(scene.configurations, key.configuration)
  const settings = {
    expiryKind: configuration.expiryKind ?? 'never',
    expiresOn: null,
    durationCount: configuration.durationCount ?? null,
    durationUnit: configuration.durationUnit ?? null,
    expiryStart: configuration.expiryStart ?? 'issue',
    endsWithDay: configuration.endsWithDay ?? false,
  }
  const isSubscription = story.kind === 'subscription'
  const overridden = key.overrides?.expiryOverridden && key.expiresInDays !== undefined
  const row: KeyRow = {
    id: newId(at),
    organizationId,
    keyConfigurationId: configuration.id,
    customerId,
    productId,
    purchaseId,
    ...keyStringColumns(
      makeKeyString(configuration.format ?? 'uuid', configuration.prefix ?? null),
      configuration.prefix ?? null,
    ),
    expiresAt: isSubscription ? null : expiryAt(settings, 'issue', at, 'UTC'),
    note: key.note ?? '',
    ...key.overrides,
    ...(overridden && { expiresAt: new Date(now.getTime() + (key.expiresInDays ?? 0) * DAY) }),
    ...(key.usage && { usage: key.usage, usagePeriodStart: usagePeriodStart('month', now) }),
    createdAt: at,
    updatedAt: at,
  }
  scene.keys.push(row)
  const about = { licenseKeyId: row.id, customerId }
  const { email } = story.who
  const issued = { customer: email, configuration: configuration.name, purchase: story.reference ?? null }
  happened(
    scene,
    later(at, 2),
    sale.seller,
    'license_key.issued',
    { ...about, keyConfigurationId: configuration.id, productId, purchaseId },
    issued,
  )
  if (key.mailWaits) scene.waiting.push({ licenseKeyId: row.id, to: email })
  else happened(scene, later(at, 2_400), by.latchkey, 'license_key.mailed', about, { to: email })

  const offAt = key.off && after(scene, at, ago(scene, key.off.days))
  const devices = key.devices.map((device, nth) => addDevice(scene, story.who, row, device, nth, offAt))
  row.firstActivatedAt = devices.map(({ createdAt }) => createdAt).sort((a, b) => a.getTime() - b.getTime())[0] ?? null
  if (row.firstActivatedAt && !isSubscription)
    row.expiresAt ??= expiryAt(settings, 'first_activation', row.firstActivatedAt, 'UTC')
  addSources(scene, story.who, row, key, { devices, isServer: configuration.activationsMode === 'off', offAt })
  addTroubles(scene, row, key, offAt)
}

function addDevice(
  scene: Scene,
  who: Person,
  key: KeyRow,
  story: DeviceStory,
  nth: number,
  keyOffAt: Date | undefined,
): { row: ActivationRow; createdAt: Date; until: Date } {
  const { organizationId, by, now, random } = scene
  const createdAt = after(scene, key.createdAt, ago(scene, story.sinceDays, who.hours))
  const gone = story.goneDays === undefined ? null : after(scene, createdAt, ago(scene, story.goneDays, who.hours))
  const device = makeDevice(random, who, nth, story.name, story.idleDays !== undefined)
  const row: ActivationRow = {
    id: newId(createdAt),
    organizationId,
    licenseKeyId: key.id,
    ...device,
    validations: 0n,
    createdAt,
    deactivatedAt: gone,
  }
  scene.activations.push(row)
  const about = { licenseKeyId: key.id, activationId: row.id, customerId: key.customerId }
  happened(scene, createdAt, by.software, 'activation.created', about, { label: device.label })
  if (gone) {
    const actor = { customer: byCustomer(who), software: by.software, support: by.support }[story.goneBy ?? 'software']
    happened(scene, gone, actor, 'activation.deactivated', about, { label: device.label })
  } else if (!keyOffAt && story.name === undefined && random.chance(0.04)) {
    const days = Math.min(25, story.sinceDays) * random.next()
    const at = after(scene, createdAt, ago(scene, days, who.hours))
    happened(scene, at, byCustomer(who), 'activation.renamed', about, { label: device.label, from: 'My computer' })
    row.modifiedAt = at
  }
  const idleSince = story.idleDays === undefined ? now : ago(scene, story.idleDays, who.hours)
  return { row, createdAt, until: gone && gone < idleSince ? gone : idleSince }
}

type Use = { devices: ReturnType<typeof addDevice>[]; isServer: boolean; offAt: Date | undefined }

function addSources(scene: Scene, who: Person, key: KeyRow, story: KeyStory, { devices, isServer, offAt }: Use): void {
  const configuration = scene.configurations.find(({ id }) => id === key.keyConfigurationId)
  const grace = key.graceDaysOverride ?? configuration?.graceDays ?? 0
  const expired = key.expiresAt && new Date(key.expiresAt.getTime() + grace * DAY)
  const refusedFrom = offAt ?? (expired && expired < scene.now ? expired : null)
  const refusedWith = offAt ? (story.off?.status === 'revoked' ? 'REVOKED' : 'DISABLED') : 'EXPIRED'
  const shared = { key, rate: story.rate, hours: who.hours, refusedFrom, refusedWith } as const
  if (isServer && story.rate > 0)
    scene.sources.push({ ...shared, activation: null, isServer, from: key.createdAt, until: scene.now })
  for (const { row, createdAt, until } of devices)
    scene.sources.push({ ...shared, activation: row, isServer: false, from: createdAt, until })
}

function addTroubles(scene: Scene, key: KeyRow, story: KeyStory, offAt: Date | undefined): void {
  const { by, now, random } = scene
  const about = { licenseKeyId: key.id, customerId: key.customerId }
  if (story.changed) {
    const at = after(scene, key.createdAt, ago(scene, story.changed.days))
    happened(scene, at, random.chance(0.4) ? by.owner : by.support, 'license_key.updated', about, {
      changes: story.changed.changes,
    })
    key.updatedAt = at
  }
  if (story.revealedDays !== undefined)
    happened(scene, ago(scene, story.revealedDays), by.support, 'license_key.revealed', about)
  if (story.off && offAt) {
    const { status, reason } = story.off
    const type = status === 'revoked' ? 'license_key.revoked' : 'license_key.disabled'
    happened(scene, offAt, reason.startsWith('Subscription') ? by.store : by.support, type, about, { reason })
    key.status = status
    if (status === 'revoked') {
      const purchase = scene.purchases.find(({ id }) => id === key.purchaseId)?.status ?? 'active'
      key.revokedFor = purchase === 'active' ? ['by_hand'] : [...reasonsOfPurchase[purchase]]
    }
    key.updatedAt = offAt
  }
  const code = story.overrides?.newDevicesBlocked ? 'NEW_DEVICES_BLOCKED' : 'ACTIVATION_LIMIT_REACHED'
  for (const minutes of story.refused?.minutes ?? []) {
    const at = new Date(now.getTime() - minutes * 60_000)
    happened(scene, at, by.software, 'activation.refused', about, { label: story.refused?.label ?? '', code })
  }
}
