import '#server-only'
import { endInShort } from '../base/days.ts'
import { notFound, Refusal } from '../base/errors.ts'
import type { Tx } from '../database/client.ts'
import type { NewEvent } from '../events/commands.ts'
import { type StateChange, stateEvents, writeStates } from '../license-keys/status.ts'
import type { Given, Names } from './given.ts'
import { whyNotByHand } from './rules.ts'
import { lockWithPassed } from './take-over.ts'

// A purchase of which people and programs decide something, with its keys: what all such decisions share.

/** A purchase with its keys, held until commit: purchases before keys. */
export async function lockPurchase(tx: Tx, { organizationId }: { organizationId: string }, purchaseId: string) {
  await lockWithPassed(tx, organizationId, purchaseId)
  const purchase = await tx.purchase.findFirst({
    where: { id: purchaseId, organizationId },
    select: {
      ...{ id: true, organizationId: true, reference: true, kind: true, status: true, state: true, reasons: true },
      ...{
        endedByHand: true,
        isTest: true,
        quantity: true,
        productId: true,
        customerId: true,
        paidThrough: true,
        endsAt: true,
      },
      customer: { select: { id: true, email: true } },
      product: { select: { id: true, name: true } },
      organization: { select: { timeZone: true } },
      storeLine: { select: { connectionId: true } },
    },
  })
  if (!purchase) throw notFound('purchase')
  await tx.$queryRaw`SELECT 1 FROM license_keys
    WHERE purchase_id = ${purchaseId}::uuid AND organization_id = ${organizationId}::uuid ORDER BY key_hash FOR UPDATE`
  const keys = await tx.licenseKey.findMany({
    where: { purchaseId, organizationId },
    select: {
      ...{ id: true, customerId: true, status: true, revokedFor: true, held: true, switchedOff: true },
      ...{ keyConfigurationId: true, productId: true, expiresAt: true, expiryOverridden: true },
      ...{ firstActivatedAt: true, keyConfiguration: { select: { name: true } }, product: { select: { name: true } } },
      purchaseUnit: { select: { isSurplus: true, keyConfigurationId: true, productId: true, expiresAt: true } },
    },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  const { storeLine, ...rest } = purchase
  return { ...rest, keys, followsStore: storeLine !== null }
}

/** It, as whoever changes it by hand sees it. */
export type Purchase = Awaited<ReturnType<typeof lockPurchase>>
export type Key = Purchase['keys'][number]

/** What an event about it names. */
export const about = ({ organizationId, id, customerId, productId }: Purchase) => ({
  ...{ organizationId, purchaseId: id, customerId, productId },
})
/** What an event about a key of it names. */
export const aboutKey = ({ organizationId, id }: Purchase, key: { id: string; customerId: string }) => ({
  ...{ organizationId, purchaseId: id, customerId: key.customerId, licenseKeyId: key.id },
})
/** Where a key of it stands. */
export const stateOf = ({ status, revokedFor, held, switchedOff }: Key): StateChange['before'] => ({
  ...{ status, revokedFor, held, switchedOff },
})

/** Refuses what its store decides, or what it is too late for. */
export function assertByHand(purchase: Purchase, what: Parameters<typeof whyNotByHand>[1]): void {
  const why = whyNotByHand(purchase, what)
  if (why) throw new Refusal('CONFLICT', why)
}

/** Changes the states of keys and says so. */
export async function changeStates(
  tx: Tx,
  purchase: Purchase,
  afterOf: (key: Key) => StateChange['after'],
  why: string | null,
  now: Date,
): Promise<NewEvent[]> {
  const changes = purchase.keys.map((key) => {
    const { id, customerId } = key
    return { id, customerId, before: stateOf(key), after: afterOf(key) }
  })
  const due = await writeStates(tx, changes, now)
  return due.flatMap((change) =>
    stateEvents(change, why).map((event): NewEvent => ({ ...aboutKey(purchase, change), ...event })),
  )
}

/** The keys of a subscription end when it does, unless somebody keeps them. */
export async function changeEnd(tx: Tx, purchase: Purchase, endsAt: Date | null, now: Date): Promise<NewEvent[]> {
  if (purchase.kind !== 'subscription') return []
  const due = purchase.keys.filter(({ expiresAt, held }) => !held && expiresAt?.getTime() !== endsAt?.getTime())
  if (due.length === 0) return []
  await tx.licenseKey.updateMany({
    where: { id: { in: due.map(({ id }) => id) }, organizationId: purchase.organizationId },
    data: { expiresAt: endsAt, expiryOverridden: endsAt !== null, updatedAt: now },
  })
  const { timeZone } = purchase.organization
  const changes = [endsAt ? `Ends with its purchase: ${endInShort(endsAt, timeZone)}` : 'No longer ends']
  return due.map((key): NewEvent => ({ ...aboutKey(purchase, key), type: 'license_key.updated', data: { changes } }))
}

/** The names of what purchases gave their keys. */
export async function namesOfGiven(tx: Tx, organizationId: string, given: readonly Given[]): Promise<Names> {
  const ids = given.flatMap(({ keyConfigurationId, productId }) => [keyConfigurationId, productId])
  const find = {
    where: { organizationId, id: { in: ids.filter((id): id is string => id !== null) } },
    select: { id: true, name: true },
  }
  const found = [...(await tx.keyConfiguration.findMany(find)), ...(await tx.product.findMany(find))]
  return new Map(found.map(({ id, name }) => [id, name]))
}
