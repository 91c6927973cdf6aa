import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { reasonsFor, withHold } from '../license-keys/rules.ts'
import { aboutKey, changeStates, type Key, lockPurchase, namesOfGiven, type Purchase, stateOf } from './by-hand.ts'
import { chosenByHand, wordsOfChosen } from './given.ts'

/** Keeps all keys of a purchase whatever happens to it, or lets them follow it again. Repeating it is not an error. */
export async function holdPurchase(
  merchant: Merchant,
  { purchaseId, held, reason }: { purchaseId: string; held: boolean; reason: string },
  now: Date,
): Promise<void> {
  assertMay(merchant, 'purchases.write')
  assertMay(merchant, 'keys.write')
  await prisma.$transaction(async (tx) => {
    const purchase = await lockPurchase(tx, merchant, purchaseId)
    const after = (key: Key) => withHold(stateOf(key), held, reasonsFor(purchase, key.purchaseUnit))
    const events = await changeStates(tx, purchase, after, reason || null, now)
    await record(tx, merchant, now, ...events)
  })
}

/**
 * Lets one key follow its purchase again: its state, and what people chose for it (configuration, product, end) goes back to what the purchase
 * gave it. Repeating it is not an error. CONFLICT for a key without a purchase.
 */
export async function releaseKey(merchant: Merchant, licenseKeyId: string, now: Date): Promise<void> {
  assertMay(merchant, 'purchases.write')
  assertMay(merchant, 'keys.write')
  const where = { id: licenseKeyId, organizationId: merchant.organizationId }
  await prisma.$transaction(async (tx) => {
    const found = await tx.licenseKey.findFirst({ where, select: { purchaseId: true } })
    if (!found) throw notFound('license key')
    if (!found.purchaseId) throw new Refusal('CONFLICT', 'This key belongs to no purchase that it could follow.')
    const purchase = await lockPurchase(tx, merchant, found.purchaseId)
    const key = purchase.keys.find(({ id }) => id === licenseKeyId)
    // It went on with another purchase a moment ago.
    if (!key) throw notFound('license key')
    const after = (each: Key) =>
      each === key ? withHold(stateOf(each), false, reasonsFor(purchase, each.purchaseUnit)) : stateOf(each)
    const states = await changeStates(tx, purchase, after, null, now)
    const changes = await giveBack(tx, purchase, key, now)
    // What the purchase says by now, the sweep gives.
    if (purchase.followsStore && states.length + changes.length > 0)
      await tx.purchase.update({ where: { id: purchase.id }, data: { changesAt: now } })
    await record(
      tx,
      merchant,
      now,
      ...states,
      ...(changes.length > 0
        ? [{ ...aboutKey(purchase, key), type: 'license_key.updated' as const, data: { changes } }]
        : []),
    )
  })
}

/** Gives a key what its purchase gave it last, and says in words what changed. */
async function giveBack(tx: Tx, purchase: Purchase, key: Key, now: Date): Promise<string[]> {
  const { purchaseUnit: given, held } = key
  if (!given) return []
  const chosen = chosenByHand(key, given, purchase.kind)
  // The end of one that was kept came back with its state.
  const end = chosen.end && !held
  const data = {
    ...(chosen.keyConfiguration && given.keyConfigurationId && { keyConfigurationId: given.keyConfigurationId }),
    ...(chosen.product && { productId: given.productId }),
    ...(end && { expiresAt: given.expiresAt, expiryOverridden: given.expiresAt !== null }),
  }
  if (Object.keys(data).length === 0) return []
  await tx.licenseKey.update({ where: { id: key.id }, data: { ...data, updatedAt: now } })
  const names = await namesOfGiven(tx, purchase.organizationId, [given])
  return wordsOfChosen(key, given, { ...chosen, end }, names, purchase.organization.timeZone).map(
    ({ what, here, says }) => `${what}: ${here} → ${says}`,
  )
}
