import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { usageNow } from '../license-keys/rules.ts'
import { onByDefault } from '../mail/plain.ts'
import { type Decision, decide, whyNotMoved } from './decide.ts'
import { type BulkKey, type Catalogue, readCatalogue, readKeys } from './keys.ts'
import { differences, isUsable, limitsOf } from './rules.ts'
import type { BulkAction } from './schema.ts'
import { type KeySelection, selectedIds } from './selection.ts'
import { assertMayBulk, withinOf } from './within.ts'

const CHUNK = 2_000
/** So many of those that are left out are shown by name. */
const SKIPPED_SHOWN = 50

/** A reason why some keys stay as they are, and how many. */
export type Skipped = { why: string; keys: number; isRefused: boolean }

/** What a change would do to whom, exactly, as everything is now. */
export type BulkPreview = {
  /** How many keys are meant, and how many of them would change. */
  total: number
  due: number
  /** Whose those are. */
  customers: number
  skipped: Skipped[]
  /** The first of them by name. */
  skippedKeys: { id: string; masked: string; email: string; why: string }[]
  /** Keys that stop working with it, and what stops with them; and those that work again. */
  stops: Reach & { today: number; week: number; lastValidatedAt: Date | null }
  starts: Reach
  /** Keys that have more devices, or have spent more uses, than they would be allowed. */
  overDevices: number
  overUsage: number
  /** How many customers are told by mail. */
  mailed: number
  /** How many webhook endpoints are told of each key. */
  endpoints: number
}
/** `customers`: whose the devices are. */
type Reach = { keys: number; customers: number; devices: number }

/** Says first what a change would do; changes nothing. */
export async function previewBulkChange(
  merchant: Merchant,
  { selection, action }: { selection: KeySelection; action: BulkAction },
  now: Date,
): Promise<BulkPreview> {
  const isHeld = assertMayBulk(merchant, action)
  const { organizationId } = merchant
  const [ids, catalogue] = await Promise.all([
    selectedIds(merchant, selection, now),
    readCatalogue(prisma, organizationId),
  ])
  const whyNot = action.action === 'move' ? whyNotMoved(action, catalogue) : null
  if (whyNot) throw whyNot
  const tally = newTally()
  for (let at = 0; at < ids.length; at += CHUNK) {
    const some = ids.slice(at, at + CHUNK)
    const keys = await readKeys(prisma, organizationId, some)
    const within = isHeld ? await withinOf(prisma, organizationId, some) : null
    for (const id of some) {
      const key = keys.get(id)
      if (key) count(tally, decide(action, key, catalogue, now, within), action, key, catalogue, now)
    }
  }
  const [used, mailIsOn, endpoints] = await Promise.all([
    usedWithoutDevice(merchant, tally.stopIds, now),
    tellsOfRevoked(organizationId),
    prisma.webhookEndpoint.count({ where: { organizationId, disabledAt: null, removedAt: null } }),
  ])
  const told = action.action === 'resend' ? tally.mailed : action.action === 'revoke' && mailIsOn ? tally.told : null
  return {
    ...{ total: ids.length, due: tally.due, customers: tally.customers.size, skippedKeys: tally.skippedKeys },
    skipped: [...tally.skipped.values()].sort((a, b) => b.keys - a.keys),
    stops: { ...reachOf(tally.stops), ...used },
    starts: reachOf(tally.starts),
    ...{ overDevices: tally.overDevices, overUsage: tally.overUsage },
    mailed: told?.size ?? 0,
    endpoints: action.action === 'resend' || tally.due === 0 ? 0 : endpoints,
  }
}

const newReach = () => ({ keys: 0, customers: new Set<string>(), devices: 0 })
const reachOf = ({ customers, ...reach }: ReturnType<typeof newReach>): Reach => ({
  ...reach,
  customers: customers.size,
})

const newTally = () => ({
  due: 0,
  customers: new Set<string>(),
  skipped: new Map<string, Skipped>(),
  skippedKeys: [] as BulkPreview['skippedKeys'],
  stops: newReach(),
  stopIds: [] as string[],
  starts: newReach(),
  overDevices: 0,
  overUsage: 0,
  /** Customers whose key is mailed again, and those who are told that it is revoked. */
  mailed: new Set<string>(),
  told: new Set<string>(),
})
type Tally = ReturnType<typeof newTally>

function count(
  tally: Tally,
  decision: Decision,
  action: BulkAction,
  key: BulkKey,
  catalogue: Catalogue,
  now: Date,
): void {
  if (decision.do === 'nothing' || decision.do === 'refuse') {
    const { why } = decision
    const skipped = tally.skipped.get(why) ?? { why, keys: 0, isRefused: decision.do === 'refuse' }
    tally.skipped.set(why, { ...skipped, keys: skipped.keys + 1 })
    if (tally.skippedKeys.length < SKIPPED_SHOWN)
      tally.skippedKeys.push({ id: key.id, masked: maskedKey(key), email: key.email, why })
    return
  }
  tally.due++
  tally.customers.add(key.customerId)
  if (decision.do === 'mail') return void tally.mailed.add(key.customerId)
  if (!differences(key.values, decision.to)) return
  reach(tally, key, { ...key.values, ...decision.to }, catalogue, now)
  // When its purchase ends, that is told; here a person took it back.
  if (action.action === 'revoke' && key.values.status !== 'revoked' && !key.purchase?.isTest)
    tally.told.add(key.customerId)
}

function reach(tally: Tally, key: BulkKey, after: BulkKey['values'], catalogue: Catalogue, now: Date): void {
  const from = catalogue.configurations.get(key.values.keyConfigurationId)
  const to = catalogue.configurations.get(after.keyConfigurationId)
  if (!from || !to) return
  const [was, is] = [limitsOf(key.values, from), limitsOf(after, to)]
  const [worked, works] = [isUsable(key.values, was, now), isUsable(after, is, now)]
  if (worked !== works) {
    const side = works ? tally.starts : tally.stops
    side.keys++
    if (key.devices > 0) side.customers.add(key.customerId)
    side.devices += key.devices
    if (!works) tally.stopIds.push(key.id)
  }
  const limitOf = ({ activations }: typeof is) => (activations.mode === 'off' ? 0 : (activations.limit ?? Infinity))
  if (limitOf(is) < limitOf(was) && key.devices > limitOf(is)) tally.overDevices++
  const used = usageNow({ ...key, limits: is }, now)
  if (is.usage.limit !== was.usage.limit && is.usage.limit !== null && used >= is.usage.limit) tally.overUsage++
}

/** Validations of keys that named no device, today and in the last seven days. */
async function usedWithoutDevice({ organizationId }: Merchant, ids: string[], now: Date) {
  if (ids.length === 0) return { today: 0, week: 0, lastValidatedAt: null }
  const [row] = await prisma.$queryRaw<{ today: number; week: number; lastValidatedAt: Date | null }[]>`
    WITH mine AS (
      SELECT k.id, k.last_validated_at, EXISTS (SELECT 1 FROM activations a
        WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL) AS has_devices
      FROM license_keys k WHERE k.organization_id = ${organizationId}::uuid AND k.id = ANY(${ids}::uuid[])),
    days AS (
      SELECT v.day, CASE WHEN m.has_devices THEN v.deviceless ELSE greatest(v.deviceless, v.valid) END AS n
      FROM mine m JOIN validation_days v ON v.license_key_id = m.id
      WHERE v.day > (${now}::timestamptz AT TIME ZONE 'UTC')::date - 7)
    SELECT COALESCE(sum(n) FILTER (WHERE day = (${now}::timestamptz AT TIME ZONE 'UTC')::date), 0)::int AS today,
      COALESCE(sum(n), 0)::int AS week, (SELECT max(last_validated_at) FROM mine) AS "lastValidatedAt" FROM days`
  return row ?? { today: 0, week: 0, lastValidatedAt: null }
}

async function tellsOfRevoked(organizationId: string): Promise<boolean> {
  const row = await prisma.mailSettings.findUnique({ where: { organizationId }, select: { switches: true } })
  const switches = (row?.switches ?? {}) as Partial<Record<string, boolean>>
  return switches['key-revoked'] ?? onByDefault['key-revoked']
}
