import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { RevokeReason } from '#prisma/enums.ts'
import type { Merchant, Store } from '../base/actor.ts'
import type { Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import type { KeyTemplate } from '../license-keys/add.ts'
import { configuredExpiry, withPurchase } from '../license-keys/rules.ts'
import { stateEvents, writeStates } from '../license-keys/status.ts'
import type { MailTo } from '../mail/schema.ts'
import type { Given } from './given.ts'
import { wayBack } from './rules.ts'

// A key that goes on with another purchase: an upgrade that is an order of its own, a lifetime bought on top of a subscription, a
// subscription begun anew. Its string and its devices stay. Of the purchases it has been with, it belongs to the last that stands.

/** A purchase that wants keys, as this file needs it. */
export type Taker = {
  id: string
  reference: string
  kind: 'one_time' | 'subscription'
  timeZone: string
  customer: { id: string; email: string }
  product: { id: string; name: string; takesOver: string[] }
  isTest: boolean
  /** Takes the key of an earlier purchase of the same product that has ended. */
  continues: boolean
}

/** A key that is missing: a unit of a purchase that has none. */
export type MissingUnit = { slot: number; unit: number; configuration: KeyTemplate }

// What only an end took away comes back with a new purchase; what was refunded, disputed or taken by a person does not.
const OVER: readonly RevokeReason[] = ['ended', 'lapsed']

const keyColumns = {
  ...{ id: true, customerId: true, productId: true, keyConfigurationId: true, purchaseId: true, createdAt: true },
  ...{ status: true, revokedFor: true, held: true, switchedOff: true, firstActivatedAt: true },
  ...{ expiresAt: true, expiryOverridden: true, expiryDay: true, activationsModeOverride: true },
  activationLimitOverride: true,
  ...{ formerIds: true, usage: true, usagePeriodStart: true },
  purchaseUnit: true,
  purchase: { select: { id: true, reference: true } },
} as const satisfies Prisma.LicenseKeySelect

type Key = Prisma.LicenseKeyGetPayload<{ select: typeof keyColumns }>

/**
 * Locks a purchase, and with it all that its keys have been with: whatever happens to one of them may concern the others, and locks are taken
 * in one order so that two such changes wait for each other instead of in a circle.
 */
export async function lockWithPassed(tx: Tx, organizationId: string, purchaseId: string): Promise<void> {
  const own = Prisma.sql`(SELECT license_key_id FROM passed_keys WHERE from_id = ${purchaseId}::uuid OR to_id = ${purchaseId}::uuid)`
  await tx.$queryRaw`SELECT 1 FROM purchases WHERE organization_id = ${organizationId}::uuid AND id IN (
      SELECT ${purchaseId}::uuid UNION SELECT from_id FROM passed_keys WHERE license_key_id IN ${own}
      UNION SELECT to_id FROM passed_keys WHERE license_key_id IN ${own})
    ORDER BY id FOR UPDATE`
}

/** Whether a purchase has keys that go back to an earlier one when it falls: then they work on. */
export const givesBack = async (tx: Tx, organizationId: string, purchaseId: string): Promise<boolean> =>
  (await tx.passedKey.count({ where: { toId: purchaseId, from: { organizationId, reasons: { isEmpty: true } } } })) > 0

/**
 * Gives missing units keys that the customer has already, newest first, and says which units are still without. Where there are such, what
 * was taken is mailed together with the keys that they get.
 */
export async function takeOver(
  tx: Tx,
  store: Store,
  taker: Taker,
  missing: readonly MissingUnit[],
  now: Date,
): Promise<{ left: MissingUnit[]; taken: string[] }> {
  const { organizationId } = store
  const { product, continues, isTest, customer } = taker
  if (missing.length === 0 || (product.takesOver.length === 0 && !continues)) return { left: [...missing], taken: [] }
  const where = {
    ...{ organizationId, customerId: customer.id, held: false, switchedOff: false, status: { not: 'disabled' } },
    AND: [
      { OR: [{ purchaseId: null }, { purchaseId: { not: taker.id } }] },
      { OR: [{ purchase: { isTest } }, ...(isTest ? [] : [{ purchaseId: null }])] },
      {
        OR: [
          { productId: { in: product.takesOver } },
          ...(continues ? [{ productId: product.id, status: 'revoked' as const }] : []),
        ],
      },
    ],
  } satisfies Prisma.LicenseKeyWhereInput
  // Purchases before keys, as everybody locks them.
  const found = await tx.licenseKey.findMany({ where, select: { id: true, purchaseId: true }, take: 1_000 })
  await lockPurchases(
    tx,
    organizationId,
    found.flatMap(({ purchaseId }) => purchaseId ?? []),
  )
  await tx.$queryRaw`SELECT 1 FROM license_keys WHERE id = ANY(${found.map(({ id }) => id)}::uuid[])
    AND organization_id = ${organizationId}::uuid ORDER BY key_hash FOR UPDATE`
  const keys = await tx.licenseKey.findMany({
    where: { ...where, id: { in: found.map(({ id }) => id) } },
    select: keyColumns,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  })
  const free = keys.filter(({ revokedFor }) => revokedFor.every((reason) => OVER.includes(reason)))
  const left: MissingUnit[] = []
  const passing: { unit: MissingUnit; key: Key }[] = []
  for (const unit of missing) {
    const same = free.findIndex(({ keyConfigurationId }) => keyConfigurationId === unit.configuration.id)
    const [key] = free.splice(Math.max(same, 0), 1)
    if (key) passing.push({ unit, key })
    else left.push(unit)
  }
  const taken = passing.map(({ key }) => key.id)
  const told = isTest || left.length > 0 ? [] : [mailOfTaken(taker, taken)]
  // The last one brings all of them.
  for (const [at, { unit, key }] of passing.entries())
    await pass(tx, store, taker, unit, key, at === passing.length - 1 ? told : [], now)
  return { left, taken }
}

/** What whoever bought it is mailed of keys that go on. */
function mailOfTaken({ id, customer }: Taker, taken: readonly string[]): MailTo {
  const [licenseKeyId = ''] = taken
  return taken.length === 1
    ? { template: 'license-key', to: customer.email, payload: { licenseKeyId } }
    : { template: 'license-keys', to: customer.email, payload: { purchaseId: id, licenseKeyIds: [...taken] } }
}

async function pass(
  tx: Tx,
  store: Store,
  taker: Taker,
  { slot, unit, configuration }: MissingUnit,
  key: Key,
  mails: MailTo[],
  now: Date,
): Promise<void> {
  const { organizationId } = store
  const { product } = taker
  const about = { organizationId, licenseKeyId: key.id, customerId: key.customerId }
  if (key.purchase) {
    const { productId, keyConfigurationId, expiresAt, expiryOverridden, expiryDay } = key
    await tx.passedKey.create({
      data: {
        ...{ licenseKeyId: key.id, fromId: key.purchase.id, toId: taker.id, passedAt: now },
        ...{ slot: key.purchaseUnit?.slot ?? null, unit: key.purchaseUnit?.unit ?? null },
        ...{ productId, keyConfigurationId, expiresAt, expiryOverridden, expiryDay },
        ...{ formerIds: key.formerIds, usage: key.usage, usagePeriodStart: key.usagePeriodStart },
      },
    })
  }
  await moveUnit(tx, key, {
    ...{ purchaseId: taker.id, slot, unit, productId: product.id, keyConfigurationId: configuration.id },
    expiresAt: null,
  })
  const zone = taker.timeZone
  const expiresAt = configuredExpiry(
    {
      ...{ createdAt: now, ofSubscription: taker.kind === 'subscription' },
      // What was bought now begins now, also where it begins with the first device.
      firstActivatedAt: key.firstActivatedAt && now,
    },
    configuration,
    zone,
  )
  await tx.licenseKey.update({
    where: { id: key.id, organizationId },
    data: {
      ...{ purchaseId: taker.id, productId: product.id, keyConfigurationId: configuration.id, updatedAt: now },
      ...{ expiresAt, expiryOverridden: false, expiryDay: null },
      // What was bought now begins now, its uses too.
      ...{ usage: 0, usagePeriodStart: null },
      formerIds: [...new Set([...key.formerIds, ...(key.productId ? [key.productId] : []), key.keyConfigurationId])],
      ...ownLimitOf(key),
    },
  })
  await tx.usageMark.deleteMany({ where: { licenseKeyId: key.id } })
  const changes = [
    `Purchase: ${key.purchase?.reference ?? 'none'} → ${taker.reference}`,
    `Product: ${product.name}`,
    `Key configuration: ${configuration.name}`,
  ]
  await record(
    tx,
    store,
    now,
    {
      ...{ ...about, type: 'license_key.updated', purchaseId: taker.id, productId: product.id, data: { changes } },
      mails,
    },
    ...(key.purchase
      ? [
          {
            ...{ type: 'purchase.updated' as const, organizationId, customerId: key.customerId },
            ...{ purchaseId: key.purchase.id, licenseKeyId: key.id },
            data: { reference: key.purchase.reference, changes: [`Its key goes on with purchase ${taker.reference}`] },
          } satisfies NewEvent,
        ]
      : []),
  )
}

/**
 * Lets the keys that have passed through this purchase belong to the last of theirs that stands: back when the later one fell, or when this
 * one stands again and the later one does not. Needs the purchase's lock, with its row as it stands now.
 */
export async function settlePassed(
  tx: Tx,
  actor: Merchant | Store,
  { id, reference }: { id: string; reference: string },
  now: Date,
): Promise<string[]> {
  const { organizationId } = actor
  const passed = await tx.passedKey.findMany({
    where: { OR: [{ fromId: id }, { toId: id }], licenseKey: { organizationId } },
    select: { licenseKeyId: true },
  })
  const outcome: string[] = []
  for (const licenseKeyId of new Set(passed.map((each) => each.licenseKeyId))) {
    const rows = await tx.passedKey.findMany({ where: { licenseKeyId }, orderBy: { passedAt: 'asc' } })
    await lockPurchases(
      tx,
      organizationId,
      rows.flatMap(({ fromId, toId }) => [fromId, toId]),
    )
    await tx.$queryRaw`SELECT 1 FROM license_keys
      WHERE id = ${licenseKeyId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
    const key = await tx.licenseKey.findFirst({ where: { id: licenseKeyId, organizationId }, select: keyColumns })
    if (!key) continue
    const purchases = await tx.purchase.findMany({
      where: { organizationId, id: { in: rows.flatMap(({ fromId, toId }) => [fromId, toId]) } },
      select: { id: true, reference: true, reasons: true, kind: true, endsAt: true },
    })
    const stands = (purchaseId: string) => purchases.some((each) => each.id === purchaseId && each.reasons.length === 0)
    const back = wayBack(key.purchaseId, rows, stands)
    const row = back.at(-1)
    const home = purchases.find((each) => each.id === row?.fromId)
    if (!row || !home) continue
    await tx.passedKey.deleteMany({ where: { licenseKeyId, fromId: { in: back.map(({ fromId }) => fromId) } } })
    const { slot, unit } = row
    const given = {
      ...{ productId: row.productId, keyConfigurationId: row.keyConfigurationId },
      expiresAt: home.kind === 'subscription' ? home.endsAt : null,
    }
    await moveUnit(tx, key, slot === null || unit === null ? null : { purchaseId: home.id, slot, unit, ...given })
    const { productId, keyConfigurationId, expiryOverridden, expiryDay, formerIds, usage, usagePeriodStart } = row
    const isDated = home.kind === 'subscription' && slot !== null
    await tx.licenseKey.update({
      where: { id: key.id, organizationId },
      data: {
        ...{ purchaseId: home.id, productId, keyConfigurationId, expiryDay, updatedAt: now },
        ...{ formerIds, usage, usagePeriodStart },
        ...(isDated
          ? { expiresAt: home.endsAt, expiryOverridden: home.endsAt !== null }
          : { expiresAt: row.expiresAt, expiryOverridden }),
        ...ownLimitOf(key),
      },
    })
    // The sweep weighs it anew: what it grants may have changed meanwhile.
    await tx.purchase.update({ where: { id: home.id, organizationId }, data: { changesAt: now } })
    const about = {
      ...{ organizationId, customerId: key.customerId, licenseKeyId: key.id, purchaseId: home.id },
      productId: productId ?? undefined,
    }
    const before = {
      ...{ status: key.status, revokedFor: key.revokedFor, held: key.held, switchedOff: key.switchedOff },
    }
    const change = { id: key.id, customerId: key.customerId, before, after: withPurchase(before, home.reasons) }
    const due = await writeStates(tx, [change], now)
    const why = `Purchase ${home.reference} still stands`
    const from = purchases.find((each) => each.id === key.purchaseId)?.reference ?? reference
    await record(
      tx,
      actor,
      now,
      {
        ...about,
        type: 'license_key.updated',
        data: { changes: [`Purchase: ${from} → ${home.reference}`] },
      },
      ...due.flatMap((each) => stateEvents(each, why).map((event): NewEvent => ({ ...about, ...event }))),
    )
    outcome.push(`A key went back to purchase ${home.reference}.`)
  }
  return outcome
}

/** A unit's place in a purchase follows its key. */
async function moveUnit(
  tx: Tx,
  key: Key,
  to: ({ purchaseId: string; slot: number; unit: number } & Given) | null,
): Promise<void> {
  await tx.purchaseUnit.deleteMany({ where: { licenseKeyId: key.id } })
  if (to) await tx.purchaseUnit.create({ data: { ...to, licenseKeyId: key.id } })
}

/** A device limit that the purchase gave the key goes with the purchase; one that somebody chose stays. */
const ownLimitOf = ({ purchaseUnit, activationsModeOverride, activationLimitOverride }: Key) =>
  purchaseUnit?.activationLimit != null &&
  activationsModeOverride === 'limited' &&
  activationLimitOverride === purchaseUnit.activationLimit
    ? { activationsModeOverride: null, activationLimitOverride: null }
    : {}

const lockPurchases = async (tx: Tx, organizationId: string, ids: string[]) =>
  tx.$queryRaw`SELECT 1 FROM purchases
    WHERE id = ANY(${[...new Set(ids)]}::uuid[]) AND organization_id = ${organizationId}::uuid ORDER BY id FOR UPDATE`
