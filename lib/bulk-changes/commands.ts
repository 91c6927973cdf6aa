import '#server-only'
import { Prisma } from '#prisma/client.ts'
import { describeActor, type Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { insertRows, prisma, type Tx } from '../database/client.ts'
import { enqueue } from '../database/queue.ts'
import { carryOut } from '../events/commands.ts'
import { whyNotMoved } from './decide.ts'
import { readCatalogue } from './keys.ts'
import { AT_ONCE, type BulkCounts, type BulkOrigin, noCounts } from './plain.ts'
import { whyNotUndone } from './rules.ts'
import { runBulkChange } from './run.ts'
import type { BulkAction, KeptAction } from './schema.ts'
import { type KeySelection, selectedIds } from './selection.ts'
import { askedBy } from './tell.ts'
import { assertMayBulk, assertMayTakeBack } from './within.ts'

const system = { kind: 'system', name: 'Latchkey' } as const

/** A change that was asked for: how far it is by now. */
export type Begun = { id: string; isDone: boolean; total: number; counts: BulkCounts; failure: string | null }

/**
 * Begins to change keys. Which ones is fixed here; what each comes to is decided under its lock. A few are changed before this returns, more in
 * the background. `expected`: how many a preview has said; refused when others match by now.
 */
export async function startBulkChange(
  merchant: Merchant,
  input: {
    selection: KeySelection
    action: BulkAction
    reason: string
    expected?: number | undefined
    origin: BulkOrigin
  },
  clock: () => Date,
): Promise<Begun> {
  const { selection, action, reason, expected, origin } = input
  const asSupport = assertMayBulk(merchant, action)
  const { organizationId } = merchant
  const now = clock()
  const whyNot = action.action === 'move' ? whyNotMoved(action, await readCatalogue(prisma, organizationId)) : null
  if (whyNot) throw whyNot
  const ids = await selectedIds(merchant, selection, now)
  if (expected !== undefined && expected !== ids.length) {
    const count = (keys: number) => `${keys.toLocaleString('en')} ${keys === 1 ? 'key' : 'keys'}`
    throw new Refusal(
      'CONFLICT',
      `Meanwhile ${count(ids.length)} match instead of ${count(expected)}. Nothing was changed. Look again at what would happen.`,
    )
  }
  if (ids.length === 0) throw new Refusal('INVALID_INPUT', 'No key matches, so there is nothing to change.')
  const id = newId(now)
  const isFew = ids.length <= AT_ONCE
  await prisma.$transaction(
    async (tx) => {
      await tx.bulkChange.create({
        data: {
          ...{ id, organizationId, origin, action, reason, total: ids.length, counts: noCounts, createdAt: now },
          asSupport,
          ...askedBy(describeActor(merchant)),
        },
      })
      await insertRows(
        tx,
        'bulk_change_keys',
        { position: 'integer', license_key_id: 'uuid' },
        ids.map((licenseKeyId, position) => ({ position, license_key_id: licenseKeyId })),
        { bulk_change_id: Prisma.sql`${id}::uuid` },
      )
      await carryOut(tx, merchant)
      if (!isFew) await enqueue(tx, 'bulk.run', { bulkChangeId: id })
    },
    { timeout: 60_000 },
  )
  // Should this process end here, the sweep finds it.
  if (isFew) await runBulkChange(system, id, clock)
  return begunOf(id, organizationId)
}

async function begunOf(id: string, organizationId: string): Promise<Begun> {
  const row = await prisma.bulkChange.findFirstOrThrow({ where: { id, organizationId } })
  const counts = { ...noCounts, ...(row.counts as Partial<BulkCounts>) }
  const { status, total, failure } = row
  return { id, isDone: status === 'done' || status === 'undone', total, counts, failure }
}

async function lockChange(tx: Tx, { organizationId }: Merchant, id: string) {
  await tx.$queryRaw`SELECT 1 FROM bulk_changes
    WHERE id = ${id}::uuid AND organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
  const row = await tx.bulkChange.findFirst({ where: { id, organizationId } })
  if (!row) throw notFound('bulk change')
  return { ...row, action: row.action as KeptAction, counts: { ...noCounts, ...(row.counts as Partial<BulkCounts>) } }
}

/** Stops a change, or what takes one back, after the keys in hand. What was done stays done. */
export async function stopBulkChange(merchant: Merchant, id: string, now: Date): Promise<void> {
  assertMay(merchant, 'keys.help')
  await prisma.$transaction(async (tx) => {
    const { status, asSupport } = await lockChange(tx, merchant, id)
    assertMayTakeBack(merchant, { asSupport })
    if (status !== 'running' && status !== 'undoing') return
    await tx.bulkChange.update({
      where: { id },
      data: { status: 'stopped', runner: null, ...(status === 'running' && { finishedAt: now }) },
    })
    await carryOut(tx, merchant)
  })
}

/** Takes a change back: each key is given what it had before, and those that were changed since are left alone. */
export async function undoBulkChange(merchant: Merchant, id: string, clock: () => Date): Promise<Begun> {
  assertMay(merchant, 'keys.help')
  const now = clock()
  const due = await prisma.$transaction(async (tx) => {
    const row = await lockChange(tx, merchant, id)
    assertMayTakeBack(merchant, row)
    if (row.action.action === 'configure') assertMay(merchant, 'catalogue.write')
    const { status, createdAt, counts } = row
    const why = whyNotUndone({ status, createdAt, changed: counts.changed, action: row.action.action }, now)
    if (why) throw new Refusal('CONFLICT', why)
    await tx.bulkChange.update({
      where: { id },
      data: {
        ...{ status: 'undoing', runner: null, heartbeatAt: null },
        // A second attempt goes on where the first was stopped.
        failure: null,
        undoId: row.undoId ?? newId(now),
        undoneBy: askedBy(describeActor(merchant)),
      },
    })
    await carryOut(tx, merchant)
    if (counts.changed > AT_ONCE) await enqueue(tx, 'bulk.run', { bulkChangeId: id })
    return counts.changed
  })
  if (due <= AT_ONCE) await runBulkChange(system, id, clock)
  const begun = await begunOf(id, merchant.organizationId)
  if (begun.failure) throw new Refusal('CONFLICT', begun.failure)
  return begun
}
