import '#server-only'
import type { Tx } from '../database/client.ts'
import type { NewEvent } from '../events/commands.ts'
import { reasonsFor } from '../license-keys/rules.ts'
import { type BulkKey, type Catalogue, lockKeys, readCatalogue, readKeys, writeValues } from './keys.ts'
import type { BulkCounts, DeviceValues, Kept } from './plain.ts'
import { decideUndo, limitsOf } from './rules.ts'
import { eventsOf, type KeyOutcome, tell } from './tell.ts'
import { valueColumns } from './values.ts'

/** A change that is taken back, as this file needs it. */
type Undone = { id: string; organizationId: string; undoId: string | null; undoneBy: unknown }

type ChangedKey = { position: number; licenseKeyId: string; was: unknown; became: unknown; changedAt: Date | null }

/** Gives keys back what they were, except those that were changed since, and says what became of each. */
export async function undoKeys(
  tx: Tx,
  change: Undone,
  counts: BulkCounts,
  due: ChangedKey[],
  now: Date,
): Promise<KeyOutcome[]> {
  const { organizationId, undoId, undoneBy } = change
  const by = undoneBy as { actorKind: string; actorId: string | null; actorLabel: string } | null
  if (!undoId || !by) throw new TypeError('Nobody takes this change back.')
  await lockKeys(
    tx,
    organizationId,
    due.map(({ licenseKeyId }) => licenseKeyId),
  )
  const { decisions, catalogue } = await decideUndos(tx, change, due)
  const about = { organizationId, reason: 'Undone' }
  const changes: Parameters<typeof writeValues>[2] = []
  const events: NewEvent[] = []
  const outcomes: KeyOutcome[] = []
  for (const { position, key, decision } of decisions) {
    if (!key || decision.do === 'leave') {
      outcomes.push({ position, outcome: 'left', note: decision.do === 'leave' ? decision.why : 'It is gone' })
      continue
    }
    changes.push({ id: key.id, to: decision.to })
    events.push(...eventsOf(key, { ...key.values, ...decision.to }, about, catalogue))
    for (const device of decision.devices) {
      await tx.activation.update({ where: { id: device.id }, data: { deactivatedAt: device.was, modifiedAt: now } })
      events.push({
        ...{ type: 'activation.created', organizationId, licenseKeyId: key.id, activationId: device.id },
        ...{ customerId: key.customerId, data: { label: device.label, undone: true } },
      })
    }
    outcomes.push({ position, outcome: 'undone' })
  }
  await writeValues(tx, organizationId, changes, now)
  await tell(tx, by, { batchId: undoId, isBegun: counts.undone > 0 }, events, now)
  return outcomes
}

type Device = { id: string; label: string; was: Date | null }
type Decided = {
  position: number
  key: BulkKey | undefined
  decision: { do: 'undo'; to: Partial<BulkKey['values']>; devices: Device[] } | { do: 'leave'; why: string }
}

/** What would become of each key if it were taken back now. */
export async function decideUndos(
  db: Tx,
  { id, organizationId }: Pick<Undone, 'id' | 'organizationId'>,
  due: ChangedKey[],
): Promise<{ decisions: Decided[]; catalogue: Catalogue }> {
  const [keys, catalogue] = [
    await readKeys(
      db,
      organizationId,
      due.map(({ licenseKeyId }) => licenseKeyId),
    ),
    await readCatalogue(db, organizationId),
  ]
  // Whoever changes a key leaves another moment behind; only then it is asked what was changed.
  const suspects = due.filter(
    ({ licenseKeyId, changedAt }) => keys.get(licenseKeyId)?.version.getTime() !== changedAt?.getTime(),
  )
  const touched = await touchedSince(db, { id, organizationId }, suspects)
  const decisions: Decided[] = []
  for (const { position, licenseKeyId, was, became } of due) {
    const key = keys.get(licenseKeyId)
    if (!key) {
      decisions.push({ position, key, decision: { do: 'leave', why: 'It is gone' } })
      continue
    }
    const kept = { was: (was ?? {}) as Kept, became: (became ?? {}) as Kept }
    const decision = decideUndo(key.values, kept, reasonsFor(key.purchase, key), touched.get(licenseKeyId) ?? new Set())
    if (decision.do === 'leave') decisions.push({ position, key, decision })
    else decisions.push({ position, key, decision: await withDevices(db, key, kept, decision.to, catalogue) })
  }
  return { decisions, catalogue }
}

/** What of each key was changed since, by what people call it: also what was changed back again. */
async function touchedSince(
  db: Tx,
  { id, organizationId }: { id: string; organizationId: string },
  keys: ChangedKey[],
): Promise<Map<string, Set<string>>> {
  if (keys.length === 0) return new Map()
  const since = keys.map(({ changedAt }) => (changedAt ?? new Date(0)).toISOString())
  const rows = await db.$queryRaw<{ id: string; type: string; changes: string[] | null }[]>`
    SELECT e.license_key_id AS id, e.type, CASE WHEN jsonb_typeof(e.data->'changes') = 'array'
      THEN ARRAY(SELECT jsonb_array_elements_text(e.data->'changes')) END AS changes
    FROM unnest(${keys.map(({ licenseKeyId }) => licenseKeyId)}::uuid[], ${since}::text[]) AS v(id, since)
      JOIN events e ON e.license_key_id = v.id AND e.at > v.since::timestamptz
    WHERE e.organization_id = ${organizationId}::uuid AND e.batch_id IS DISTINCT FROM ${id}::uuid
      AND e.type IN ('license_key.disabled', 'license_key.enabled', 'license_key.revoked', 'license_key.restored',
        'license_key.held', 'license_key.released', 'license_key.updated')
      -- What was taken back since, and that it was, cancel each other.
      AND NOT EXISTS (SELECT 1 FROM bulk_change_keys o JOIN bulk_changes c ON c.id = o.bulk_change_id
        WHERE o.license_key_id = e.license_key_id AND o.outcome = 'undone' AND (o.changed_at = e.at OR c.undo_id = e.batch_id))`
  const touched = new Map<string, Set<string>>()
  for (const row of rows) {
    const labels = touched.get(row.id) ?? new Set<string>()
    touched.set(row.id, labels)
    if (row.type === 'license_key.updated') for (const line of row.changes ?? []) labels.add(line.split(':')[0] ?? line)
    else labels.add(valueColumns.status.label)
  }
  return touched
}

/** The devices that come back with a key: each needs the slot it had. */
async function withDevices(
  db: Tx,
  key: BulkKey,
  { was, became }: { was: Kept; became: Kept },
  to: Partial<BulkKey['values']>,
  catalogue: Catalogue,
): Promise<Decided['decision']> {
  const ids = Object.keys(became.devices ?? {})
  if (ids.length === 0) return { do: 'undo', to, devices: [] }
  const rows = await db.activation.findMany({
    where: { licenseKeyId: key.id, OR: [{ id: { in: ids } }, { deactivatedAt: null }] },
    select: { id: true, label: true, fingerprint: true, deactivatedAt: true },
  })
  const devices: Device[] = []
  const present = new Set(rows.flatMap((row) => (row.deactivatedAt === null ? (row.fingerprint ?? []) : [])))
  for (const id of ids) {
    const row = rows.find((each) => each.id === id)
    const after = isoOf(became.devices, id)
    if (!row || (row.deactivatedAt?.toISOString() ?? null) !== after)
      return { do: 'leave', why: 'Changed since: the device' }
    if (row.fingerprint !== null && present.has(row.fingerprint))
      return { do: 'leave', why: `${row.label} was activated again since` }
    const before = isoOf(was.devices, id)
    devices.push({ id, label: row.label, was: before === null ? null : new Date(before) })
  }
  const configuration = catalogue.configurations.get(to.keyConfigurationId ?? key.values.keyConfigurationId)
  const limits = configuration && limitsOf({ ...key.values, ...to }, configuration)
  const most = limits?.activations.mode === 'limited' ? (limits.activations.limit ?? Infinity) : Infinity
  const back = devices.filter(({ was }) => was === null).length
  if (key.devices + back > most) return { do: 'leave', why: 'Another device has taken its place since' }
  return { do: 'undo', to, devices }
}

const isoOf = (devices: DeviceValues | undefined, id: string): string | null => devices?.[id] ?? null
