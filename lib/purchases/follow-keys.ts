import '#server-only'
import type { RevokeReason } from '#prisma/enums.ts'
import { endInShort } from '../base/days.ts'
import type { Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { addKeys, lockTemplates } from '../license-keys/add.ts'
import { withPurchase } from '../license-keys/rules.ts'
import { stateEvents, writeStates } from '../license-keys/status.ts'
import type { Buyer } from './buyer.ts'
import type { SoldProduct } from './commands.ts'
import { chosenByHand, endOf } from './given.ts'
import { assignSlots, type Standing, unitsThatHold } from './standing.ts'
import { type MissingUnit, settlePassed, takeOver } from './take-over.ts'
import type { Followed, Written } from './write.ts'

// The keys of a purchase.

/** Makes the keys of a purchase equal to where it stands: which there are, what they are of, whether they are good, and until when. */
export async function followKeys(
  tx: Tx,
  { store, isTest, settings }: Followed,
  of: Keys,
  now: Date,
): Promise<string[]> {
  const { organizationId } = store
  const { purchase, product, standing } = of
  const outcome = await settlePassed(tx, store, purchase, now)
  let plan = await planOf(tx, of, organizationId)
  const stands = purchase.reasons.length === 0
  let alongside: string[] = []
  if (stands && plan.missing.length > 0) {
    const taker = { ...purchase, ...of, product, isTest, continues: settings.continuesKeys }
    const { taken } = await takeOver(tx, store, taker, plan.missing, now)
    alongside = taken
    if (taken.length > 0) outcome.push(`${count(taken.length, 'key')} taken over from an earlier purchase.`)
    if (taken.length > 0) plan = await planOf(tx, of, organizationId)
  }
  const { held, units, holds, slots, templates, missing } = plan
  await markSurplus(tx, purchase.id, units, holds)

  const events: NewEvent[] = []
  const about = ({ id, customerId }: { id: string; customerId: string }) => ({
    ...{ organizationId, purchaseId: purchase.id, customerId, licenseKeyId: id },
  })

  // A plan change keeps the key. What somebody chose for it stays, and so does all of one that is kept.
  for (const { slot, keyConfigurationId } of slots) {
    if (keyConfigurationId === null) continue
    const follows = units.filter((each) => each.slot === slot && !each.held)
    const target = { keyConfigurationId, productId: product.id }
    const configuration = templates.get(keyConfigurationId)?.name ?? ''
    let moved = 0
    for (const key of follows) {
      const chosen = chosenByHand(key, key.given, purchase.kind)
      const to = {
        ...(!chosen.keyConfiguration && key.keyConfigurationId !== keyConfigurationId && { keyConfigurationId }),
        ...(!chosen.product && key.productId !== product.id && { productId: product.id }),
      }
      if (key.given.keyConfigurationId !== keyConfigurationId || key.given.productId !== product.id)
        await tx.purchaseUnit.update({ where: { licenseKeyId: key.id }, data: target })
      const changes = [
        ...(to.productId ? [`Product: ${product.name}`] : []),
        ...(to.keyConfigurationId ? [`Key configuration: ${configuration}`] : []),
      ]
      if (changes.length === 0) continue
      await tx.licenseKey.update({ where: { id: key.id, organizationId }, data: { ...to, updatedAt: now } })
      events.push({ ...about(key), type: 'license_key.updated', data: { changes } })
      moved += 1
    }
    if (moved > 0) outcome.push(`${count(moved, 'key')} moved to ${product.name}.`)
  }

  // States: of the purchase, and of units that are too many now.
  const changes = held.map(({ id, customerId, status, revokedFor, held: isHeld, switchedOff, purchaseUnit }) => {
    const before = { status, revokedFor, held: isHeld, switchedOff }
    const isSurplus = purchaseUnit !== null && !holds.has(id)
    const reasons: RevokeReason[] = [...new Set([...purchase.reasons, ...(isSurplus ? (['ended'] as const) : [])])]
    return { id, customerId, before, after: withPurchase(before, reasons) }
  })
  const due = await writeStates(tx, changes, now)
  for (const change of due)
    events.push(...stateEvents(change, purchase.why).map((event) => ({ ...about(change), ...event })))
  const ended = due.filter(({ before, after }) => before.status !== 'revoked' && after.status === 'revoked').length
  const back = due.filter(({ before, after }) => before.status === 'revoked' && after.status !== 'revoked').length
  if (ended > 0) outcome.push(`${count(ended, 'key')} revoked.`)
  if (back > 0) outcome.push(`${count(back, 'key')} restored.`)

  if (missing.length > 0 && stands) {
    const made = await addKeys(
      tx,
      store,
      missing.map(({ configuration }) => ({
        configuration: isTest ? { ...configuration, prefix: TEST_PREFIX } : configuration,
        customer: of.customer,
        product,
        purchase,
        note: '',
        // Nobody bought anything.
        sendMail: !isTest,
      })),
      now,
      alongside,
    )
    await tx.purchaseUnit.createMany({
      data: missing.map(({ slot, unit, configuration }, index) => ({
        ...{ purchaseId: purchase.id, slot, unit, licenseKeyId: made[index]?.licenseKeyId ?? '' },
        ...{ keyConfigurationId: configuration.id, productId: product.id },
      })),
    })
    outcome.push(`${count(made.length, 'key')} issued to ${of.customer.email}.`)
  }

  outcome.push(...(await followDates(tx, { purchase, standing, organizationId }, now, events)))
  await followLimits(tx, { purchase, units: of.units, each: of.each, organizationId }, now, events)
  await record(tx, store, now, ...events)
  return outcome
}

type Keys = {
  purchase: Written
  product: SoldProduct
  standing: Standing
  units: number
  each: number
  customer: Buyer
}

/** The keys there are, locked, which of them are of units that are paid for, and which units have none. */
async function planOf(tx: Tx, { purchase, product, each: wantedOfEach }: Keys, organizationId: string) {
  await tx.$queryRaw`SELECT 1 FROM license_keys
    WHERE purchase_id = ${purchase.id}::uuid AND organization_id = ${organizationId}::uuid ORDER BY key_hash FOR UPDATE`
  const held = await tx.licenseKey.findMany({
    where: { purchaseId: purchase.id, organizationId },
    select: {
      ...{ id: true, customerId: true, status: true, revokedFor: true, held: true, switchedOff: true },
      ...{ keyConfigurationId: true, productId: true, expiresAt: true, expiryOverridden: true },
      ...{ firstActivatedAt: true, purchaseUnit: true },
    },
  })
  const units = held.flatMap(({ purchaseUnit, ...key }) => {
    if (!purchaseUnit) return []
    const { slot, unit, isSurplus, ...given } = purchaseUnit
    return [{ ...key, slot, unit, isSurplus, given }]
  })
  // What goes on with a later purchase is not issued again.
  const passed = (await tx.passedKey.findMany({ where: { fromId: purchase.id, from: { organizationId } } })).flatMap(
    ({ slot, unit, keyConfigurationId }) =>
      slot === null || unit === null ? [] : [{ slot, unit, keyConfigurationId }],
  )
  // A key that somebody moved holds its place all the same: it is not issued once more.
  const places = [
    ...units.map(({ slot, keyConfigurationId, given }) => ({
      ...{ slot, keyConfigurationId: given.keyConfigurationId ?? keyConfigurationId },
    })),
    ...passed,
  ]
  const current = [...Map.groupBy(places, ({ slot }) => slot)].map(([slot, [first]]) => ({
    ...{ slot, keyConfigurationId: first?.keyConfigurationId ?? '' },
  }))
  const slots = assignSlots(current, product.keyConfigurationIds)
  const templates = await lockTemplates(
    tx,
    { organizationId },
    slots.flatMap(({ keyConfigurationId }) => keyConfigurationId ?? []),
  )

  const holds = new Set<string>()
  const missing: MissingUnit[] = []
  for (const { slot, keyConfigurationId } of slots) {
    const configuration = templates.get(keyConfigurationId ?? '')
    if (!configuration) continue
    const issued = units.filter((each) => each.slot === slot)
    const gone = passed.filter((each) => each.slot === slot)
    const wanted = unitsThatHold(
      [
        ...issued.map(({ unit, firstActivatedAt }) => ({ unit, wasActivated: firstActivatedAt !== null })),
        ...gone.map(({ unit }) => ({ unit, wasActivated: true })),
      ],
      wantedOfEach,
    )
    for (const unit of wanted) {
      const key = issued.find((each) => each.unit === unit)
      if (key) holds.add(key.id)
      else if (!gone.some((each) => each.unit === unit)) missing.push({ slot, unit, configuration })
    }
  }
  return { held, units, holds, slots, templates, missing }
}

/** Which of the keys the purchase no longer pays for, so that whoever restores one by hand is told. */
async function markSurplus(
  tx: Tx,
  purchaseId: string,
  units: readonly { id: string; isSurplus: boolean }[],
  holds: ReadonlySet<string>,
): Promise<void> {
  for (const isSurplus of [true, false]) {
    const ids = units.flatMap((each) =>
      each.isSurplus !== isSurplus && holds.has(each.id) !== isSurplus ? [each.id] : [],
    )
    if (ids.length > 0)
      await tx.purchaseUnit.updateMany({ where: { purchaseId, licenseKeyId: { in: ids } }, data: { isSurplus } })
  }
}

/** How keys of test purchases begin, so that nobody takes one for bought. */
const TEST_PREFIX = 'TEST'

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`

/**
 * The keys of a subscription end when it ends, and have no date while it renews. Those that somebody keeps are left alone, and so is an end
 * that somebody chose, unless the purchase gives more time.
 */
async function followDates(
  tx: Tx,
  { purchase, standing, organizationId }: { purchase: Written; standing: Standing; organizationId: string },
  now: Date,
  events: NewEvent[],
): Promise<string[]> {
  if (purchase.kind !== 'subscription') return []
  const keys = await tx.licenseKey.findMany({
    where: { organizationId, purchaseId: purchase.id, purchaseUnit: { isNot: null }, held: false },
    select: {
      ...{ id: true, customerId: true, keyConfigurationId: true, productId: true, expiresAt: true },
      ...{ expiryOverridden: true, purchaseUnit: true },
    },
  })
  let due = 0
  for (const { id, customerId, purchaseUnit, ...key } of keys) {
    if (!purchaseUnit) continue
    const { given, ...end } = endOf(key, purchaseUnit, standing.expiresAt)
    if (given?.getTime() !== purchaseUnit.expiresAt?.getTime())
      await tx.purchaseUnit.update({ where: { licenseKeyId: id }, data: { expiresAt: given } })
    if (end.expiresAt?.getTime() === key.expiresAt?.getTime()) continue
    await tx.licenseKey.update({ where: { id, organizationId }, data: { ...end, updatedAt: now } })
    const changes = [
      end.expiresAt ? `Ends with its purchase: ${endInShort(end.expiresAt, purchase.timeZone)}` : 'No longer ends',
    ]
    events.push({
      ...{ type: 'license_key.updated', organizationId, purchaseId: purchase.id, customerId, licenseKeyId: id },
      data: { changes },
    })
    due += 1
  }
  if (due === 0) return []
  const { expiresAt } = standing
  const end = expiresAt ? `now ends ${endInShort(expiresAt, purchase.timeZone)}` : 'has no end any more'
  return due === 1 ? [`Its key ${end}.`] : [`${count(due, 'key')}: each ${end}.`]
}

/** Where three of a product are one key for three times the devices. A limit that somebody chose stays. */
async function followLimits(
  tx: Tx,
  { purchase, units, each, organizationId }: { purchase: Written; units: number; each: number; organizationId: string },
  now: Date,
  events: NewEvent[],
): Promise<void> {
  const keys = await tx.licenseKey.findMany({
    where: { organizationId, purchaseId: purchase.id, purchaseUnit: { isNot: null } },
    select: {
      ...{ id: true, customerId: true, activationsModeOverride: true, activationLimitOverride: true },
      keyConfiguration: { select: { activationsMode: true, activationLimit: true } },
      purchaseUnit: { select: { slot: true, unit: true, activationLimit: true } },
    },
  })
  for (const { id, customerId, keyConfiguration, purchaseUnit, ...own } of keys) {
    if (!purchaseUnit) continue
    const { activationsMode, activationLimit } = keyConfiguration
    const isOne = each === 1 && units > 1 && activationsMode === 'limited' && activationLimit !== null
    const limit = isOne ? activationLimit * units : null
    if (limit === purchaseUnit.activationLimit) continue
    const isOurs =
      purchaseUnit.activationLimit === null
        ? own.activationsModeOverride === null
        : own.activationsModeOverride === 'limited' && own.activationLimitOverride === purchaseUnit.activationLimit
    if (!isOurs) continue
    await tx.licenseKey.update({
      where: { id, organizationId },
      data: {
        activationsModeOverride: limit === null ? null : 'limited',
        ...{ activationLimitOverride: limit, updatedAt: now },
      },
    })
    const { slot, unit } = purchaseUnit
    await tx.purchaseUnit.update({
      where: { purchaseId_slot_unit: { purchaseId: purchase.id, slot, unit } },
      data: { activationLimit: limit },
    })
    events.push({
      ...{ type: 'license_key.updated', organizationId, purchaseId: purchase.id, customerId, licenseKeyId: id },
      data: { changes: [`Device limit: ${limit ?? activationLimit ?? 'none'}`] },
    })
  }
}
