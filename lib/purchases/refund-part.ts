import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { revokedByHand } from '../license-keys/rules.ts'
import { about, assertByHand, changeStates, lockPurchase, stateOf } from './by-hand.ts'
import { refundPurchase } from './commands.ts'
import { keysToGiveBack } from './rules.ts'

/**
 * Some of it went back: those keys are revoked by hand, so that nothing brings them back by itself. So many of each configuration, those
 * that nobody uses first, or the keys that are named. What leaves no key is a refund of all.
 */
export async function refundPart(
  merchant: Merchant,
  {
    purchaseId,
    units,
    licenseKeyIds,
    reason,
    tell = false,
  }: { purchaseId: string; units?: number; licenseKeyIds?: string[]; reason: string; tell?: boolean },
  now: Date,
): Promise<void> {
  assertMay(merchant, 'purchases.write')
  const isAll = await prisma.$transaction(async (tx) => {
    const purchase = await lockPurchase(tx, merchant, purchaseId)
    assertByHand(purchase, 'refund in part')
    const open = purchase.keys.filter(({ revokedFor }) => revokedFor.length === 0)
    const unknown = licenseKeyIds?.find((id) => !purchase.keys.some((key) => key.id === id))
    if (unknown) throw new Refusal('INVALID_INPUT', 'Name keys of this purchase.', 'licenseKeyIds')
    const back = licenseKeyIds
      ? open.filter(({ id }) => licenseKeyIds.includes(id))
      : keysToGiveBack(
          open.map(({ firstActivatedAt, ...key }) => ({ ...key, wasActivated: firstActivatedAt !== null })),
          units ?? 0,
        )
    if (!back) throw new Refusal('INVALID_INPUT', `It has fewer than ${units} left that could go back.`, 'units')
    if (back.length === 0) return false
    if (back.length === open.length) return true
    const ids = new Set(back.map(({ id }) => id))
    const { reference } = purchase
    const why = reason || `Refunded: part of purchase ${reference}`
    const keys = await changeStates(
      tx,
      purchase,
      (key) => (ids.has(key.id) ? revokedByHand(stateOf(key), purchase.reasons) : stateOf(key)),
      why,
      now,
    )
    const changes = [`Refunded in part: ${ids.size} of ${open.length} keys`]
    await record(
      tx,
      merchant,
      now,
      { ...about(purchase), type: 'purchase.updated', data: { reference, changes } },
      ...keys,
    )
    return false
  })
  if (isAll) await refundPurchase(merchant, { purchaseId, reason, tell }, now)
}
