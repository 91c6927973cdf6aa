import '#server-only'
import type { Merchant, System } from '../base/actor.ts'
import { dayOf, endInShort } from '../base/days.ts'
import { Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { reasonsOfPurchase, withPurchase } from '../license-keys/rules.ts'
import { about, assertByHand, changeEnd, changeStates, lockPurchase, stateOf } from './by-hand.ts'
import { mailOfEnd } from './news.ts'
import { settlePassed } from './take-over.ts'

// What people and programs decide about a purchase that no store speaks of: when it ends, until when it is paid, what it is for. A store
// that speaks of one decides these itself.

/** It goes on until what was paid for ends, or until `endsAt`, and its keys with it. Repeating it is not an error. */
export async function cancelPurchaseLater(
  merchant: Merchant,
  { purchaseId, endsAt, reason }: { purchaseId: string; endsAt: Date | null; reason: string },
  now: Date,
): Promise<void> {
  assertMay(merchant, 'purchases.write')
  await prisma.$transaction(async (tx) => {
    const purchase = await lockPurchase(tx, merchant, purchaseId)
    assertByHand(purchase, 'end later')
    const end = endsAt ?? purchase.paidThrough
    if (!end) throw new Refusal('INVALID_INPUT', 'Nothing says until when it is paid. Say when it is to end.', 'endsAt')
    if (end <= now) throw new Refusal('INVALID_INPUT', 'That has passed. To end it at once, cancel it now.', 'endsAt')
    if (purchase.endsAt?.getTime() === end.getTime()) return
    await tx.purchase.update({ where: { id: purchaseId }, data: { state: 'ending', endsAt: end, changesAt: end } })
    const { reference, organization } = purchase
    const until = dayOf(end, organization.timeZone)
    const keys = await changeEnd(tx, purchase, end, now)
    await record(
      tx,
      merchant,
      now,
      { ...about(purchase), type: 'purchase.ending', data: { reference, until, reason: reason || null } },
      ...keys,
    )
  })
}

/** Purchases of which no store speaks and whose day has come. Run by a sweep; may run twice. */
export async function endDuePurchases(system: System, now: Date): Promise<void> {
  const due = await prisma.purchase.findMany({
    where: { changesAt: { lte: now }, storeLine: null },
    select: { id: true, organizationId: true },
    orderBy: { changesAt: 'asc' },
    take: 1_000,
  })
  for (const { id, organizationId } of due)
    await prisma.$transaction(async (tx) => {
      const purchase = await lockPurchase(tx, { organizationId }, id)
      const { endsAt, reference, status } = purchase
      if (purchase.followsStore) return
      if (!endsAt || endsAt > now || status !== 'active') {
        await tx.purchase.update({ where: { id }, data: { changesAt: status === 'active' ? endsAt : null } })
        return
      }
      const reasons = [...reasonsOfPurchase.canceled]
      await tx.purchase.update({
        where: { id },
        data: { status: 'canceled', state: 'ended', reasons, changesAt: null },
      })
      const why = `Purchase ${reference} ended`
      const events = await changeStates(tx, purchase, (key) => withPurchase(stateOf(key), reasons), why, now)
      const { kind, customer, isTest, keys } = purchase
      const isToldOf = !isTest && keys.some(({ held }) => !held)
      const ended: NewEvent = {
        ...{ ...about(purchase), type: 'purchase.ended', data: { reference } },
        ...(isToldOf && { mails: [mailOfEnd({ id, kind, email: customer.email }, 'canceled')] }),
      }
      await record(tx, system, now, ended, ...events)
    })
}

/** What was canceled, or will end, goes on. True where its store has to be followed anew. Repeating it is not an error. */
export async function resumePurchase(
  tx: Tx,
  merchant: Merchant,
  { purchaseId, reason }: { purchaseId: string; reason: string },
  now: Date,
): Promise<{ followsStore: boolean }> {
  assertMay(merchant, 'purchases.write')
  const purchase = await lockPurchase(tx, merchant, purchaseId)
  const { reference, followsStore, endedByHand, status, state } = purchase
  if (followsStore && endedByHand === null) {
    if (status === 'active' && state !== 'ending') return { followsStore: false }
    throw new Refusal('CONFLICT', 'Its store says so: it goes on here when it goes on there.')
  }
  if (status === 'refunded' || endedByHand === 'refunded')
    throw new Refusal('CONFLICT', 'The money of this purchase went back. Record a new one.')
  if (status === 'active' && state !== 'ending') return { followsStore: false }
  await tx.purchase.update({
    where: { id: purchaseId },
    data: followsStore
      ? { endedByHand: null, changesAt: now }
      : { status: 'active', state: null, reasons: [], endedByHand: null, endsAt: null, changesAt: null },
  })
  // A key of it may have gone on with a purchase that has fallen since.
  if (!followsStore) await settlePassed(tx, merchant, { id: purchaseId, reference }, now)
  const from = state === 'ending' ? 'ending' : 'canceled'
  const resumed: NewEvent = { ...about(purchase), type: 'purchase.resumed', data: { reference, from } }
  // What its keys are then, its store decides.
  const keys = followsStore
    ? []
    : [
        ...(await changeStates(
          tx,
          purchase,
          (key) => withPurchase(stateOf(key), []),
          reason || `Purchase ${reference} resumed`,
          now,
        )),
        ...(await changeEnd(tx, purchase, null, now)),
      ]
  await record(tx, merchant, now, resumed, ...keys)
  return { followsStore }
}

/** A subscription is paid until a later moment; where it was to end, it ends then. */
export async function extendPurchase(
  merchant: Merchant,
  { purchaseId, paidThrough }: { purchaseId: string; paidThrough: Date },
  now: Date,
): Promise<void> {
  assertMay(merchant, 'purchases.write')
  await prisma.$transaction(async (tx) => {
    const purchase = await lockPurchase(tx, merchant, purchaseId)
    assertByHand(purchase, 'extend')
    const { reference, organization, endsAt } = purchase
    const before = purchase.paidThrough
    if (before?.getTime() === paidThrough.getTime()) return
    if (paidThrough <= now || (before && paidThrough < before))
      throw new Refusal(
        'INVALID_INPUT',
        before && before > now
          ? `It is paid until ${endInShort(before, organization.timeZone)} already. Choose a later time.`
          : 'Choose a time that has not passed.',
        'paidThrough',
      )
    const end = endsAt && endsAt < paidThrough ? paidThrough : endsAt
    await tx.purchase.update({
      where: { id: purchaseId },
      data: { paidThrough, endsAt: end, changesAt: end },
    })
    const until = dayOf(paidThrough, organization.timeZone)
    const keys = end ? await changeEnd(tx, purchase, end, now) : []
    await record(
      tx,
      merchant,
      now,
      { ...about(purchase), type: 'purchase.renewed', data: { reference, until } },
      ...keys,
    )
  })
}
