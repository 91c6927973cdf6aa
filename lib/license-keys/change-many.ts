import '#server-only'
import type { DurationUnit } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { endInShort } from '../base/days.ts'
import { isRefusal, notFound, Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { columnsOf } from './change.ts'
import { type KeyRow, keyColumns } from './queries.ts'
import {
  mayExtend,
  reasonsFor,
  restored,
  revokedByHand,
  sameState,
  switched,
  whyNotRestored,
  withHold,
} from './rules.ts'
import { type StateChange, stateEvents, writeStates } from './status.ts'

/** What is done to each of many keys. */
export type ManyChange =
  | { action: 'disable' | 'enable' | 'revoke' }
  | { action: 'restore'; hold: boolean }
  | { action: 'extend'; by: Date | { count: number; unit: DurationUnit } }

/** What came of one of them. */
export type ManyChanged = { changed: boolean } | { refusal: Refusal }

/**
 * Changes many keys in one step. Each is changed, left as it is or refused by itself, in the order asked; ids stand once. All are locked
 * in the order of their hashes, as everywhere, and written with as many statements for a thousand as for one.
 */
export async function changeLicenseKeys(
  merchant: Merchant,
  { licenseKeyIds, change, reason }: { licenseKeyIds: string[]; change: ManyChange; reason: string },
  now: Date,
): Promise<ManyChanged[]> {
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  return prisma.$transaction(
    async (tx) => {
      const locked = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM license_keys
        WHERE organization_id = ${organizationId}::uuid AND id = ANY(${licenseKeyIds}::uuid[])
        ORDER BY key_hash FOR UPDATE`
      // What their purchases came to is read after the locks: whoever ends a purchase takes them too.
      const ids = locked.map(({ id }) => id)
      const rows = await tx.licenseKey.findMany({ where: { organizationId, id: { in: ids } }, select: keyColumns })
      const work =
        change.action === 'extend' ? extendAll(tx, rows, change, now) : switchAll(tx, rows, change, reason, now)
      const { outcomes, events } = await work
      await record(tx, merchant, now, ...events)
      return licenseKeyIds.map((id) => outcomes.get(id) ?? { refusal: notFound('license key') })
    },
    { timeout: 30_000 },
  )
}

type Work = { outcomes: Map<string, ManyChanged>; events: NewEvent[] }

const about = ({ id, organizationId, customerId }: KeyRow) => ({ organizationId, licenseKeyId: id, customerId })

async function switchAll(
  tx: Tx,
  rows: KeyRow[],
  change: Exclude<ManyChange, { action: 'extend' }>,
  reason: string,
  now: Date,
): Promise<Work> {
  const hold = change.action === 'restore' && change.hold
  const outcomes = new Map<string, ManyChanged>()
  const due: (StateChange & { row: KeyRow })[] = []
  for (const row of rows) {
    const { status, revokedFor, held, switchedOff } = row
    const before = { status, revokedFor, held, switchedOff }
    const purchase = reasonsFor(row.purchase, row.purchaseUnit)
    const after = () => {
      if (change.action === 'disable') return switched(before, true)
      if (change.action === 'enable') return switched(before, false)
      if (change.action === 'revoke') return revokedByHand(before, purchase)
      const lifted = before.status === 'revoked' ? restored(before, purchase) : before
      return hold && lifted.status === 'revoked' ? withHold(lifted, true, purchase) : lifted
    }
    const next = after()
    const changed = !sameState(before, next)
    const why = change.action === 'restore' && !changed ? whyNotRestored(before, next) : null
    outcomes.set(row.id, why ? { refusal: new Refusal('CONFLICT', why) } : { changed })
    if (changed) due.push({ row, id: row.id, customerId: row.customerId, before, after: next })
  }
  await writeStates(tx, due, now)
  const events = due.flatMap((each) =>
    stateEvents(each, reason || null).map((event) => ({ ...event, ...about(each.row) })),
  )
  return { outcomes, events }
}

async function extendAll(
  tx: Tx,
  rows: KeyRow[],
  { by }: Extract<ManyChange, { action: 'extend' }>,
  now: Date,
): Promise<Work> {
  const outcomes = new Map<string, ManyChanged>()
  const due: { row: KeyRow; expiresAt: Date | null; expiryDay: number | null }[] = []
  for (const row of rows) {
    try {
      const why = mayExtend(row)
      if (why) throw new Refusal('CONFLICT', why)
      const columns = columnsOf({ expiresAt: by }, row, now)
      if (!('expiresAt' in columns)) throw new Error('An extended key has a date.')
      const { expiresAt, expiryDay } = columns
      const changed = expiresAt?.getTime() !== row.expiresAt?.getTime() || !row.expiryOverridden
      outcomes.set(row.id, { changed })
      if (changed) due.push({ row, expiresAt, expiryDay })
    } catch (error) {
      if (!isRefusal(error)) throw error
      outcomes.set(row.id, { refusal: error })
    }
  }
  if (due.length > 0)
    await tx.$executeRaw`UPDATE license_keys k SET expires_at = v.expires_at::timestamptz, expiry_day = v.expiry_day,
        expiry_overridden = true, updated_at = ${now}
      FROM unnest(${due.map(({ row }) => row.id)}::uuid[], ${due.map(({ expiresAt }) => expiresAt?.toISOString() ?? null)}::text[],
        ${due.map(({ expiryDay }) => expiryDay)}::smallint[]) AS v(id, expires_at, expiry_day) WHERE k.id = v.id`
  const events = due.map(({ row, expiresAt }): NewEvent => {
    const day = (value: Date | null) => (value ? endInShort(value, row.organization.timeZone) : 'never')
    const changes = [`Expires: ${day(row.expiresAt)} → ${day(expiresAt)}`]
    return { ...about(row), type: 'license_key.updated', data: { changes } }
  })
  return { outcomes, events }
}
