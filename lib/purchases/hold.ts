import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { reasonsFor, withHold } from '../license-keys/rules.ts'
import { changeStates, type Key, lockPurchase, stateOf } from './by-hand.ts'

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
