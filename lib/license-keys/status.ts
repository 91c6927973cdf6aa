import '#server-only'
import type { RevokeReason } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { isRefusal, notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { log } from '../base/log.ts'
import { assertMay, type Permission } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import {
  endWithHold,
  type KeyState,
  type PurchaseReasons,
  reasonsFor,
  reasonsInWords,
  restored,
  revokedByHand,
  sameState,
  switched,
  whyNotRestored,
  withHold,
} from './rules.ts'

// Whether keys are good: switched off and on, revoked and restored, one or thousands. Every change holds the locks of
// its keys, so what was read stays true until commit.

/** A key whose state changes, and what it was. */
export type StateChange = {
  id: string
  customerId: string
  /** Whose history says so too. */
  purchaseId?: string | null
  before: KeyState
  after: KeyState
}

/** Writes changed states, as many statements as there are different ones, and returns those that differ. Needs the keys' locks. */
export async function writeStates(tx: Tx, changes: StateChange[], now: Date): Promise<StateChange[]> {
  const due = changes.filter(({ before, after }) => !sameState(before, after))
  for (const [first, ...others] of Map.groupBy(due, ({ after }) => JSON.stringify(after)).values()) {
    if (!first) continue
    const ids = [first, ...others].map(({ id }) => id)
    await tx.licenseKey.updateMany({
      where: { id: { in: ids } },
      data: { ...first.after, switchedOff: first.after.switchedOff ?? false, updatedAt: now },
    })
  }
  await followHolds(tx, due)
  return due
}

/** A key that is kept no longer has the end of its subscription; one that is let go has it again. */
async function followHolds(tx: Tx, changes: StateChange[]): Promise<void> {
  const held = new Map(
    changes.flatMap(({ id, before, after }) => (before.held === after.held ? [] : [[id, after.held]])),
  )
  if (held.size === 0) return
  const keys = await tx.licenseKey.findMany({
    where: { id: { in: [...held.keys()] }, purchase: { kind: 'subscription', endsAt: { not: null } } },
    select: { id: true, expiresAt: true, purchase: { select: { kind: true, endsAt: true } } },
  })
  for (const { id, expiresAt, purchase } of keys) {
    const end = endWithHold(expiresAt, held.get(id) ?? false, purchase)
    if (end) await tx.licenseKey.update({ where: { id }, data: end })
  }
}

/** What history says of a changed state. */
export function stateEvents({ before, after }: StateChange, reason: string | null): Pick<NewEvent, 'type' | 'data'>[] {
  const gained = after.revokedFor.filter((each) => !before.revokedFor.includes(each))
  const lost = before.revokedFor.filter((each) => !after.revokedFor.includes(each))
  const events: Pick<NewEvent, 'type' | 'data'>[] = []
  if (before.held !== after.held)
    events.push({ type: after.held ? 'license_key.held' : 'license_key.released', data: { reason } })
  if (after.status === 'revoked') {
    // A cancelled purchase that is refunded says so itself, once for all its keys.
    const isOfPurchase = (each: RevokeReason) => each !== 'by_hand'
    if (gained.every(isOfPurchase) && before.revokedFor.some(isOfPurchase) && gained.length > 0) return events
    if (gained.length > 0)
      events.push({
        type: 'license_key.revoked',
        data: {
          ...{ reason, for: gained, already: before.status === 'revoked' },
          // What an undo goes back to.
          ...(before.status === 'disabled' && gained.includes('by_hand') && { disabled: true }),
        },
      })
    else if (lost.length > 0)
      events.push({
        type: 'license_key.updated',
        data: { changes: [`No longer: ${reasonsInWords(lost)}`, `Still revoked: ${reasonsInWords(after.revokedFor)}`] },
      })
  } else if (before.status === 'revoked') events.push({ type: 'license_key.restored', data: { reason } })
  if (after.status === 'disabled' && before.status !== 'disabled')
    events.push({ type: 'license_key.disabled', data: { reason } })
  if (after.status === 'granted' && before.status === 'disabled')
    events.push({ type: 'license_key.enabled', data: { reason } })
  return events
}

type Changed = {
  changed: number
  /** Keys that are revoked still, and why. */
  stillRevoked?: number
  why?: string
}

type Change = (before: KeyState, purchase: PurchaseReasons, id: string) => KeyState

/** So many keys are locked at once: no validation waits longer than they take. */
const CHUNK = 1_000

type StateChanges = {
  changes: StateChange[]
  /** What it is called in the history: the id of its first event. */
  batchId: string
  /** Keys that were not reached, because something went wrong after some thousands. */
  unreached: number
}

type ChangeHow = { prepare?: (tx: Tx, ids: string[]) => Promise<void>; permission?: Permission }

/**
 * Changes the states of keys; those that are already there are left alone. Of up to a thousand all or none are changed; of more, one
 * thousand after the other, and what was done stays when something goes wrong later. `prepare` runs once the keys are locked.
 */
export async function changeStates(
  merchant: Merchant,
  { licenseKeyIds, reason }: KeysAndReason,
  change: Change,
  now: Date,
  { prepare = async () => {}, permission = 'keys.write' }: ChangeHow = {},
): Promise<StateChanges> {
  assertMay(merchant, permission)
  const ids = [...new Set(licenseKeyIds)]
  const own = await prisma.licenseKey.count({ where: { organizationId: merchant.organizationId, id: { in: ids } } })
  if (own < ids.length) throw notFound('license key')
  const batchId = newId(now)
  const changes: StateChange[] = []
  for (let at = 0; at < ids.length; at += CHUNK) {
    try {
      const isBegun = changes.some(isChanged)
      const chunk = { licenseKeyIds: ids.slice(at, at + CHUNK), reason }
      changes.push(...(await changeChunk(merchant, chunk, change, now, { batchId, isBegun }, prepare)))
    } catch (error) {
      if (!changes.some(isChanged) || isRefusal(error)) throw error
      log.error({ err: error, batchId, done: at, keys: ids.length }, 'changing many keys ended early')
      return { changes, batchId, unreached: ids.length - at }
    }
  }
  return { changes, batchId, unreached: 0 }
}

// Locked in the order of their hashes, as everywhere: none waits for another that waits for it. What their purchases came to is read
// after that: whoever ends a purchase takes these locks too.
function changeChunk(
  merchant: Merchant,
  { licenseKeyIds: ids, reason }: KeysAndReason,
  change: Change,
  now: Date,
  { batchId, isBegun }: { batchId: string; isBegun: boolean },
  prepare: (tx: Tx, ids: string[]) => Promise<void>,
): Promise<StateChange[]> {
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    const locked = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM license_keys
      WHERE organization_id = ${organizationId}::uuid AND id = ANY(${ids}::uuid[]) ORDER BY key_hash FOR UPDATE`
    if (locked.length < new Set(ids).size) throw notFound('license key')
    await prepare(tx, ids)
    const rows = await tx.licenseKey.findMany({
      where: { organizationId, id: { in: locked.map(({ id }) => id) } },
      select: {
        id: true,
        customerId: true,
        purchaseId: true,
        ...stateColumns,
        purchase: { select: { reasons: true } },
        purchaseUnit: true,
      },
    })
    const changes = rows.map(({ id, customerId, purchaseId, purchase, purchaseUnit, ...before }) => ({
      id,
      customerId,
      purchaseId,
      before,
      after: change(before, reasonsFor(purchase, purchaseUnit), id),
    }))
    const due = await writeStates(tx, changes, now)
    const events = due.flatMap((each) =>
      stateEvents(each, reason || null).map((event) => ({
        ...event,
        organizationId,
        licenseKeyId: each.id,
        customerId: each.customerId,
        purchaseId: each.purchaseId,
        batchId,
      })),
    )
    if (events[0] && !isBegun) Object.assign(events[0], { id: batchId })
    await record(tx, merchant, now, ...events)
    return changes
  })
}

const stateColumns = { status: true, revokedFor: true, held: true, switchedOff: true } as const

export const isChanged = ({ before, after }: StateChange) => !sameState(before, after)

type KeysAndReason = { licenseKeyIds: string[]; reason: string }

/** How many keys were changed, and which: what an undo is about. */
function changedBy({ changes, ...batch }: StateChanges) {
  const ids = changes.filter(isChanged).map(({ id }) => id)
  return { changed: ids.length, ids, ...batch }
}

const help: ChangeHow = { permission: 'keys.help' }

/** Switches keys off; reversible. The very next validation refuses them. */
export async function disableLicenseKeys(merchant: Merchant, input: KeysAndReason, now: Date) {
  return changedBy(await changeStates(merchant, input, (before) => switched(before, true), now, help))
}

/** Switches disabled keys on again. */
export async function enableLicenseKeys(merchant: Merchant, input: KeysAndReason, now: Date) {
  return changedBy(await changeStates(merchant, input, (before) => switched(before, false), now, help))
}

/** Ends keys by hand: only a person brings them back. */
export async function revokeLicenseKeys(merchant: Merchant, input: KeysAndReason, now: Date) {
  return changedBy(await changeStates(merchant, input, revokedByHand, now))
}

/**
 * Lifts what a person did. A key whose purchase has ended stays revoked, and the answer says why, unless `hold` keeps it in spite of
 * that. Refused when nothing would change for any of the keys and one is revoked still.
 */
export async function restoreLicenseKeys(
  merchant: Merchant,
  { hold = false, ...input }: KeysAndReason & { hold?: boolean },
  now: Date,
): Promise<Changed> {
  const change: Change = (before, purchase) => {
    const lifted = before.status === 'revoked' ? restored(before, purchase) : before
    return hold && lifted.status === 'revoked' ? withHold(lifted, true, purchase) : lifted
  }
  const { changes } = await changeStates(merchant, input, change, now)
  const revoked = changes.filter(({ after }) => after.status === 'revoked')
  const changed = changes.filter(isChanged).length
  const why = revoked[0] ? whyNotRestored(revoked[0].before, revoked[0].after) : null
  if (changed === 0 && why) throw new Refusal('CONFLICT', why)
  return {
    changed: changed - revoked.filter(isChanged).length,
    ...(revoked[0] && { stillRevoked: revoked.length, why: reasonsInWords(revoked[0].after.revokedFor) }),
  }
}
