import '#server-only'
import type { PurchaseStatus, RevokeReason } from '#prisma/enums.ts'
import type { Tx } from '../database/client.ts'
import { reasonsOfPurchase } from '../license-keys/rules.ts'
import { buyerOf, followAddress } from './buyer.ts'
import { lockProducts } from './commands.ts'
import { followKeys } from './follow-keys.ts'
import { type LineOf, readLine } from './keep-facts.ts'
import type { LineFields, SaidOfLine } from './registers.ts'
import { PURCHASE_KEYS_MAX } from './schema.ts'
import { soldAs } from './sold-as.ts'
import { type Standing, standingOf } from './standing.ts'
import { type Followed, purchaseOf, writePurchase } from './write.ts'

// A purchase of a store and its keys are made equal to where its line stands. Nothing here knows which event came, so events that come
// twice, late or in another order do no harm. Whoever calls this holds the connection's lock.

/** Why a line has no purchase or no keys yet, for people. */
export const lineWaits = {
  product: 'The store does not say which product was bought.',
  mapping: 'Nobody has said yet which product this is here.',
  address: 'The store has not said the buyer’s address yet.',
  product_archived: 'The product is archived here. Restore it, or choose another one for it.',
  no_configuration: 'The product grants no key configuration.',
  too_many: `That is more than ${PURCHASE_KEYS_MAX} keys for one purchase.`,
} as const
export type LineWait = keyof typeof lineWaits

/** What following a line came to: sentences for people, what it waits for, and the purchase it is. */
export type CameTo = {
  outcome: string[]
  waitsFor: LineWait | null
  purchase?: { id: string; reference: string }
}

/** Makes the purchase and the keys of a line equal to what was said of it. */
export async function followLine(tx: Tx, followed: Followed, at: LineOf, now: Date): Promise<CameTo> {
  const said = await readLine(tx, followed.store, at)
  if (!said) return { outcome: [], waitsFor: null }
  const came = await follow(tx, followed, at, said, now)
  const { connectionId } = followed.store
  await tx.storeLine.update({
    where: { connectionId_ref_line: { connectionId, ref: at.ref, line: at.line } },
    data: { waitsFor: came.waitsFor },
  })
  return came
}

async function follow(tx: Tx, followed: Followed, at: LineOf, said: SaidOfLine, now: Date): Promise<CameTo> {
  const { store, settings } = followed
  const line = valuesOf(said)
  const told = standingOf(said, settings, now)
  const waits = (waitsFor: LineWait): CameTo => ({ outcome: [lineWaits[waitsFor]], waitsFor })

  const known = await purchaseOf(tx, store, at)
  const standing = endedByHand(told, known?.endedByHand ?? null)
  // It was over, or another line went on with it, before anything was sold here for it.
  if (!known && said.goneAt !== null) return { outcome: [], waitsFor: null }
  // Keys come from the subscription that it began, or from the lines that the order turned out to have.
  if (!known && (line.partOf || (at.line === '' && said.hasOthers))) return { outcome: [], waitsFor: null }
  const sold = await soldAs(tx, store, line, now)
  // What was sold once goes on following the store, also when its product is nobody's any more.
  if (!known && sold.why)
    return sold.why === 'ignored'
      ? { outcome: ['Nothing is sold here for this product.'], waitsFor: null }
      : waits(sold.why)
  const productId = sold.productId ?? known?.productId
  const products = await lockProducts(tx, store, productId ? [productId] : [])
  const productHere = [...products.values()][0]
  if (!productHere) return waits('mapping')
  if (!known && productHere.archivedAt) return waits('product_archived')
  if (!known && productHere.keyConfigurationIds.length === 0) return waits('no_configuration')

  const customer = known ? known.customer : await buyerOf(tx, store, said.line.fields.buyer, now)
  if (!customer) return waits('address')
  if (known) await followAddress(tx, store, line, now)

  const purchase = await writePurchase(
    tx,
    followed,
    { at, known, line, boughtAt: boughtAt(said), standing, customer, product: productHere },
    now,
  )
  const units = standing.units
  const each = sold.quantityIs === 'devices' ? 1 : units
  const { id, reference } = purchase
  if (each * productHere.keyConfigurationIds.length > PURCHASE_KEYS_MAX)
    return { ...waits('too_many'), purchase: { id, reference } }
  const keys = await followKeys(tx, followed, { purchase, product: productHere, standing, units, each, customer }, now)
  return { outcome: [...purchase.outcome, ...keys], waitsFor: null, purchase: { id, reference } }
}

const valuesOf = ({ line }: SaidOfLine): Partial<LineFields> =>
  Object.fromEntries(Object.entries(line.fields).map(([name, each]) => [name, each?.value]))

/** What a person ended stays so, whatever the store says. */
function endedByHand(standing: Standing, byHand: PurchaseStatus | null): Standing {
  if (byHand === null || byHand === 'active') return standing
  const reasons = [...new Set<RevokeReason>([...standing.reasons, ...reasonsOfPurchase[byHand]])]
  return { ...standing, reasons, state: byHand === 'refunded' ? 'refunded' : 'ended' }
}

/** When it was bought: what the store says, or else the first that is known of it. */
function boughtAt({ line: { fields, states }, payments }: SaidOfLine): Date | null {
  const moments = [
    ...states.map(({ at }) => at),
    ...Object.values(payments).flatMap(({ fields: { at } }) => at?.value ?? []),
  ]
  const said = fields.purchasedAt?.value ?? moments.sort()[0]
  return said ? new Date(said) : null
}
