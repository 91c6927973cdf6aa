import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { prisma, type Tx } from '../database/client.ts'
import type { EventType } from '../events/schema.ts'
import { changeStates, isChanged } from './change.ts'
import { restored, switched } from './rules.ts'

// What was done to many keys at once is one row of the history, and can be taken back from there. A key that was changed since then is
// left alone: whoever changed it meant what it is now.

/** What can be taken back. */
const undoable = ['license_key.disabled', 'license_key.enabled', 'license_key.revoked'] as const satisfies EventType[]
type Undoable = (typeof undoable)[number]

/** Whatever changes the state of a key. */
const stateTypes: EventType[] = [...undoable, 'license_key.restored', 'license_key.held', 'license_key.released']

// A key is as the batch left it, as far as the batch is concerned.
const asLeft = Prisma.sql`CASE b.type WHEN 'license_key.disabled' THEN k.status = 'disabled'
  WHEN 'license_key.enabled' THEN k.status = 'granted' ELSE 'by_hand' = ANY(k.revoked_for::text[]) END`

// Ids of events begin with their time.
const untouched = (batchId: string) => Prisma.sql`NOT EXISTS (SELECT 1 FROM events e
  WHERE e.license_key_id = b.license_key_id AND e.at >= b.at AND e.id > ${batchId}::uuid
    AND e.batch_id IS DISTINCT FROM ${batchId}::uuid AND e.type = ANY(${stateTypes}))`

const ofBatch = ({ organizationId }: Merchant, batchId: string) => Prisma.sql`(
  SELECT license_key_id, type, at, data FROM events WHERE organization_id = ${organizationId}::uuid AND batch_id = ${batchId}::uuid
    AND type = ANY(${[...undoable]}) AND (type <> 'license_key.revoked' OR data->'for' ? 'by_hand'))`

/** Something that was done to many keys at once, and what of it can be taken back now. */
export type Batch = {
  id: string
  type: EventType
  at: Date
  actorLabel: string
  reason: string | null
  /** How many keys it changed. */
  keys: number
  /** How many of them an undo would change. The others were changed since. */
  undoable: number
}

/** One batch of the organization's history. */
export async function getBatch(merchant: Merchant, batchId: string): Promise<Batch> {
  const { organizationId } = merchant
  if (!isId(batchId)) throw notFound('change')
  const [leader, [all], [due]] = await Promise.all([
    prisma.event.findFirst({
      where: { id: batchId, organizationId, batchId },
      select: { type: true, at: true, actorLabel: true, data: true },
    }),
    prisma.$queryRaw<{ keys: number }[]>`SELECT count(DISTINCT license_key_id)::int AS keys FROM events
      WHERE organization_id = ${organizationId}::uuid AND batch_id = ${batchId}::uuid`,
    prisma.$queryRaw<{ keys: number }[]>`SELECT count(DISTINCT k.id)::int AS keys FROM ${ofBatch(merchant, batchId)} b
      JOIN license_keys k ON k.id = b.license_key_id WHERE ${asLeft} AND ${untouched(batchId)}`,
  ])
  if (!leader) throw notFound('change')
  const { reason } = leader.data as { reason?: string | null }
  return {
    id: batchId,
    type: leader.type as EventType,
    at: leader.at,
    actorLabel: leader.actorLabel,
    reason: reason || null,
    keys: all?.keys ?? 0,
    undoable: due?.keys ?? 0,
  }
}

/** Takes back what was done to many keys at once, and leaves alone what was changed since: `left` says how many. */
export async function undoBatch(
  merchant: Merchant,
  { batchId }: { batchId: string },
  now: Date,
): Promise<{ changed: number; left: number }> {
  const { organizationId } = merchant
  const rows = await prisma.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT license_key_id AS id FROM ${ofBatch(merchant, batchId)} b`
  if (rows.length === 0) throw notFound('change')
  let due = new Map<string, { type: Undoable; wasDisabled: boolean }>()
  // Under the locks of the keys: nobody changes them from here on.
  const prepare = async (tx: Tx, ids: string[]) => {
    const found = await tx.$queryRaw<{ id: string; type: Undoable; wasDisabled: boolean }[]>`
      SELECT k.id, b.type, COALESCE((b.data->>'disabled')::boolean, false) AS "wasDisabled" FROM ${ofBatch(merchant, batchId)} b
        JOIN license_keys k ON k.id = b.license_key_id
       WHERE k.organization_id = ${organizationId}::uuid AND k.id = ANY(${ids}::uuid[]) AND ${asLeft} AND ${untouched(batchId)}`
    due = new Map(found.map(({ id, ...what }) => [id, what]))
  }
  const { changes } = await changeStates(
    merchant,
    { licenseKeyIds: rows.map(({ id }) => id), reason: 'Undone' },
    (before, purchase, id) => {
      const what = due.get(id)
      if (!what) return before
      if (what.type !== 'license_key.revoked') return switched(before, what.type === 'license_key.enabled')
      return what.wasDisabled ? switched(restored(before, purchase), true) : restored(before, purchase)
    },
    now,
    prepare,
  )
  const changed = changes.filter(isChanged).length
  return { changed, left: rows.length - changed }
}
