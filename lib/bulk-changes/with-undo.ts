import '#server-only'
import { deactivateActivation } from '../activations/commands.ts'
import { describeActor, type Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { inOneTransaction, prisma, type Tx } from '../database/client.ts'
import { isBounded } from '../license-keys/support.ts'
import { lockKeys, readKeys } from './keys.ts'
import { type DeviceValues, type Kept, noCounts } from './plain.ts'
import { differences } from './rules.ts'
import type { OwnAction } from './schema.ts'

/**
 * Does to keys what a command of their own does, and keeps what they were, so that it can be taken back like every bulk change: `undoId` is the
 * change's id, null when nothing changed. All of it is one transaction.
 */
export async function withUndo<T>(
  merchant: Merchant,
  { licenseKeyIds, label }: { licenseKeyIds: string[]; label: string },
  now: Date,
  work: () => Promise<T>,
): Promise<{ result: T; undoId: string | null }> {
  assertMay(merchant, 'keys.help')
  const { organizationId } = merchant
  return inOneTransaction(
    async (tx) => {
      await lockKeys(tx, organizationId, licenseKeyIds)
      const before = await snapshot(tx, organizationId, licenseKeyIds)
      const result = await work()
      const after = await snapshot(tx, organizationId, licenseKeyIds)
      const changed = licenseKeyIds.flatMap((licenseKeyId) => {
        const [from, to] = [before.get(licenseKeyId), after.get(licenseKeyId)]
        const kept = from && to && keptOf(from, to)
        return kept ? [{ licenseKeyId, changedAt: to.key.version, ...kept }] : []
      })
      if (changed.length === 0) return { result, undoId: null }
      const id = newId(now)
      await tx.bulkChange.create({
        data: {
          ...{ id, organizationId, origin: 'key', status: 'done', total: changed.length, ...describeActor(merchant) },
          asSupport: isBounded(merchant),
          action: { action: 'own', label } satisfies OwnAction,
          counts: { ...noCounts, changed: changed.length },
          ...{ createdAt: now, finishedAt: now },
        },
      })
      await tx.bulkChangeKey.createMany({
        data: changed.map((key, position) => ({ bulkChangeId: id, position, outcome: 'changed', ...key })),
      })
      return { result, undoId: id }
    },
    { keep: true },
  )
}

type Snapshot = Awaited<ReturnType<typeof snapshot>> extends Map<string, infer One> ? One : never

async function snapshot(tx: Tx, organizationId: string, ids: string[]) {
  const keys = await readKeys(tx, organizationId, ids)
  const rows = await tx.activation.findMany({
    where: { organizationId, licenseKeyId: { in: [...keys.keys()] } },
    select: { id: true, licenseKeyId: true, deactivatedAt: true },
  })
  const devices = Map.groupBy(rows, ({ licenseKeyId }) => licenseKeyId)
  return new Map(
    keys.entries().map(([id, key]) => {
      const own: DeviceValues = Object.fromEntries(
        (devices.get(id) ?? []).map((device) => [device.id, device.deactivatedAt?.toISOString() ?? null]),
      )
      return [id, { key, devices: own }]
    }),
  )
}

function keptOf(from: Snapshot, to: Snapshot): { was: Kept; became: Kept } | null {
  const values = differences(from.key.values, to.key.values)
  const moved = Object.keys(to.devices).filter((id) => id in from.devices && from.devices[id] !== to.devices[id])
  if (!values && moved.length === 0) return null
  const pick = (devices: DeviceValues): Kept =>
    moved.length === 0 ? {} : { devices: Object.fromEntries(moved.map((id) => [id, devices[id] ?? null])) }
  return { was: { ...values?.was, ...pick(from.devices) }, became: { ...values?.became, ...pick(to.devices) } }
}

/** Frees a device's slot in the same way. */
export async function deactivateWithUndo(merchant: Merchant, activationId: string, now: Date) {
  const { organizationId } = merchant
  const device = await prisma.activation.findFirst({
    where: { id: activationId, organizationId },
    select: { licenseKeyId: true, label: true },
  })
  if (!device) throw notFound('device')
  const about = { licenseKeyIds: [device.licenseKeyId], label: `${device.label} deactivated` }
  return withUndo(merchant, about, now, () => deactivateActivation(merchant, activationId, now))
}
