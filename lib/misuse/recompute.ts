import '#server-only'
import type { System } from '../base/actor.ts'
import { isRefusal } from '../base/errors.ts'
import { prisma } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { effectiveLimits } from '../license-keys/rules.ts'
import { ask } from './ask.ts'
import { DAY_MS, type NetworkFacts, type Sighting, type Turn } from './places.ts'
import { type Level, type NetworkKind, POPULAR_KEYS, WINDOW_DAYS } from './plain.ts'
import { type Assessment, assess, type Excused, levelOf, shiftOf } from './rules.ts'
import { deviceHash } from './sightings.ts'
import type { Evidence, KeyHistory, Policy, Surroundings, Trial } from './signals.ts'

// Looks at the keys that were seen, in the background. A key that is taken is due again soon, so one that was taken by a process that
// died is looked at by another.

const AT_ONCE = 100
const LEASE_MS = 10 * 60_000
/** A key that looks misused is looked at daily even when nothing is seen of it: evidence fades. */
const FADES_MS = DAY_MS

/** Looks at keys that are due, until there are none or the time is over. May run in several processes; how many keys that were. */
export async function assessDue(system: System, now: Date, endsAt = Number.POSITIVE_INFINITY): Promise<number> {
  const usual = new Map<string, number | null>()
  for (let count = 0; ; ) {
    const ids = await takeDue(now)
    count += ids.length
    if (ids.length > 0) await assessKeys(system, ids, now, usual)
    if (ids.length < AT_ONCE || Date.now() >= endsAt) return count
  }
}

async function takeDue(now: Date): Promise<string[]> {
  const rows = await prisma.$queryRaw<{ id: string }[]>`
    UPDATE key_risks r SET due_at = ${new Date(now.getTime() + LEASE_MS)} WHERE r.license_key_id IN (
      SELECT license_key_id FROM key_risks WHERE due_at <= ${now} ORDER BY due_at LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED)
    RETURNING r.license_key_id AS id`
  return rows.map(({ id }) => id)
}

/** What is needed of a key to look at it. */
export type LookedAt = {
  id: string
  organizationId: string
  customerId: string
  keyConfigurationId: string
  productId: string | null
  purchaseId: string | null
  createdAt: Date
  expiresAt: Date | null
  policy: Policy
  isTrial: boolean
}

async function assessKeys(system: System, ids: string[], now: Date, usual: Map<string, number | null>): Promise<void> {
  const risks = await prisma.keyRisk.findMany({ where: { licenseKeyId: { in: ids } } })
  const settings = await settingsOf([...new Set(risks.map(({ organizationId }) => organizationId))])
  const found = await look(ids, new Map(risks.map((risk) => [risk.licenseKeyId, risk.excused as Excused])), now, usual)
  const rows: Record<string, unknown>[] = []
  const events: NewEvent[] = []
  const alone: { key: LookedAt; asks: boolean; blocks: boolean }[] = []
  for (const risk of risks) {
    const looked = found.get(risk.licenseKeyId)
    const { score = 0, evidence = [] } = looked?.assessment ?? {}
    const said = settings.get(risk.organizationId)
    const shift = said ? shiftOf(said.fine, said.acted) : 0
    const before = risk.level as Level
    const level = levelOf(score, before, shift)
    const due = score > 0 ? new Date(now.getTime() + FADES_MS) : null
    rows.push({ id: risk.licenseKeyId, score, level, evidence, due, since: level === before ? risk.since : now })
    // Told of when it becomes worse, and not when it comes back to where it was.
    if (looked && level !== 'none' && (before === 'none' || (before === 'look' && level === 'act')))
      events.push(suspected(looked.key, score, level, evidence))
    if (looked && said && level === 'act' && before !== 'act')
      alone.push({ key: looked.key, asks: said.asksAlone, blocks: said.blocksAlone })
  }
  await prisma.$transaction(async (tx) => {
    // What is seen from now on asks for the next look.
    await tx.$executeRaw`UPDATE key_risks k SET score = r.score, level = r.level, evidence = r.evidence, since = r.since,
        assessed_at = ${now}, due_at = r.due
      FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(id uuid, score smallint, level text, evidence jsonb, due timestamptz, since timestamptz)
      WHERE k.license_key_id = r.id`
    await record(tx, system, now, ...events)
  })
  for (const { key, asks, blocks } of alone) {
    if (asks) await askAlone(system, key, now)
    if (blocks) await blockAlone(system, key, now)
  }
}

function suspected(key: LookedAt, score: number, level: Level, evidence: Evidence[]): NewEvent {
  const { id, organizationId, customerId, keyConfigurationId, productId, purchaseId } = key
  return {
    type: 'license_key.suspected',
    ...{ organizationId, licenseKeyId: id, customerId, keyConfigurationId, productId, purchaseId },
    data: { score, level, signals: evidence.map(({ signal }) => signal) },
  }
}

async function settingsOf(organizationIds: string[]) {
  const rows = await prisma.misuseSettings.findMany({ where: { organizationId: { in: organizationIds } } })
  return new Map(rows.map((row) => [row.organizationId, row]))
}

// ---------------------------------------------------------------- rules that act alone

// Its owner was asked just now, or no device is active: then there is nothing to do.
const askAlone = (system: System, { id, organizationId }: LookedAt, now: Date) =>
  prisma
    .$transaction((tx) => ask(tx, system, organizationId, id, now))
    .catch((error) => {
      if (!isRefusal(error)) throw error
    })

async function blockAlone(system: System, { id, organizationId, customerId }: LookedAt, now: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const blocked = await tx.$executeRaw`UPDATE license_keys SET new_devices_blocked = true, updated_at = ${now}
      WHERE id = ${id}::uuid AND organization_id = ${organizationId}::uuid AND NOT new_devices_blocked AND status = 'granted'`
    if (blocked === 0) return
    const data = { changes: ['New devices: blocked'] }
    await record(tx, system, now, { type: 'license_key.updated', organizationId, licenseKeyId: id, customerId, data })
  })
}

// ---------------------------------------------------------------- one look

export type Looked = { key: LookedAt; assessment: Assessment; history: KeyHistory }

/** Assesses keys as of now, and writes nothing. */
export async function look(
  ids: string[],
  excused: Map<string, Excused>,
  now: Date,
  usual = new Map<string, number | null>(),
): Promise<Map<string, Looked>> {
  const keys = await readKeys(ids)
  const sightings = await readSightings(ids, now)
  const turns = await readTurns(keys, now)
  const facts = await factsOf([...sightings.values()].flat())
  const customers = await customersOf([...sightings.values()].flat())
  const found = new Map<string, Looked>()
  for (const key of keys) {
    const history = { sightings: sightings.get(key.id) ?? [], turns: turns.get(key.id) ?? [] }
    const around: Surroundings = {
      network: (network) => facts.get(network) ?? nothingKnown(network),
      callsPerDay: await usualCalls(key.organizationId, now, usual),
      trials: key.isTrial ? await trialsBeside(key, now) : [],
      customersOfDevice: Math.max(0, ...history.sightings.map(({ device }) => customers.get(device ?? '') ?? 0)),
    }
    found.set(key.id, { key, history, assessment: assess(history, key.policy, around, excused.get(key.id) ?? {}, now) })
  }
  return found
}

const nothingKnown = (network: string): NetworkFacts => ({
  ...{ keys: 0, area: network, kind: null, country: null, owner: null },
})

async function readKeys(ids: string[]): Promise<LookedAt[]> {
  const keys = await prisma.licenseKey.findMany({
    where: { id: { in: ids } },
    select: {
      ...{
        id: true,
        organizationId: true,
        customerId: true,
        keyConfigurationId: true,
        productId: true,
        purchaseId: true,
      },
      ...{ createdAt: true, expiresAt: true, graceDaysOverride: true, usageOverridden: true, usageLimitOverride: true },
      ...{ activationsModeOverride: true, activationLimitOverride: true },
      keyConfiguration: {
        select: {
          ...{ graceDays: true, activationsMode: true, activationLimit: true, activationRequired: true },
          ...{ usageLimit: true, usageReset: true, misusePolicy: true },
        },
      },
    },
  })
  return keys.map((key) => {
    const { misusePolicy } = key.keyConfiguration
    const { activations } = effectiveLimits(key, key.keyConfiguration)
    const audience = (misusePolicy?.audience ?? 'unsaid') as Policy['audience']
    const limit = activations.mode === 'limited' ? activations.limit : null
    return { ...key, policy: { audience, seats: misusePolicy?.seats ?? null, limit }, isTrial: audience === 'trial' }
  })
}

type SightingRow = Omit<Sighting, 'device'> & { device: string; key: string; area: string } & Pick<
    NetworkFacts,
    'country' | 'owner'
  > & {
    kind: NetworkKind | null
  }
/** A sighting as it is stored: with what is known of its network. */
export type StoredSighting = Sighting & Pick<SightingRow, 'area' | 'kind' | 'country' | 'owner'>

async function readSightings(ids: string[], now: Date): Promise<Map<string, StoredSighting[]>> {
  const rows = await prisma.$queryRaw<SightingRow[]>`
    SELECT license_key_id AS key, (day - date '1970-01-01')::int AS day, device, network, area, kind, country, owner, hours, yes, no, "full"
    FROM sightings WHERE license_key_id = ANY(${ids}::uuid[]) AND day > ${now}::date - ${WINDOW_DAYS}::int ORDER BY day`
  const found = new Map<string, StoredSighting[]>()
  for (const { key, device, ...row } of rows) {
    const own = found.get(key) ?? []
    found.set(key, own)
    own.push({ ...row, device: device || null })
  }
  return found
}

type Taken = {
  id: string
  licenseKeyId: string
  fingerprint: string | null
  createdAt: Date
  deactivatedAt: Date | null
}

async function readTurns(keys: LookedAt[], now: Date): Promise<Map<string, Turn[]>> {
  const since = new Date(now.getTime() - WINDOW_DAYS * DAY_MS)
  const limited = keys.filter(({ policy }) => policy.limit !== null)
  const rows: Taken[] = await prisma.activation.findMany({
    where: { licenseKeyId: { in: limited.map(({ id }) => id) }, deactivatedAt: { gte: since } },
    select: { id: true, licenseKeyId: true, fingerprint: true, createdAt: true, deactivatedAt: true },
    orderBy: { deactivatedAt: 'desc' },
    take: 20_000,
  })
  // Who holds the slot now took it from somebody, too.
  const live: Taken[] = await prisma.activation.findMany({
    where: { licenseKeyId: { in: limited.map(({ id }) => id) }, deactivatedAt: null, createdAt: { gte: since } },
    select: { id: true, licenseKeyId: true, fingerprint: true, createdAt: true, deactivatedAt: true },
    take: 20_000,
  })
  const organizations = new Map(keys.map(({ id, organizationId }) => [id, organizationId]))
  const found = new Map<string, Turn[]>()
  for (const { id, licenseKeyId, fingerprint, createdAt, deactivatedAt } of rows.concat(live)) {
    const device = deviceHash(organizations.get(licenseKeyId) ?? '', fingerprint ?? id)
    const turns = found.get(licenseKeyId) ?? []
    found.set(licenseKeyId, turns)
    turns.push({ at: createdAt.getTime(), device, on: true })
    if (deactivatedAt) turns.push({ at: deactivatedAt.getTime(), device, on: false })
  }
  return found
}

/** How many keys use a network, as far as it matters, and who runs it. */
async function factsOf(sightings: StoredSighting[]): Promise<Map<string, NetworkFacts>> {
  const facts = new Map<string, NetworkFacts>()
  for (const { network, area, kind, country, owner } of sightings)
    facts.set(network, { keys: 1, area, kind, country, owner })
  const rows = await prisma.$queryRaw<{ network: string; keys: number }[]>`
    SELECT n AS network, (SELECT count(*)::int FROM (
      SELECT DISTINCT license_key_id FROM sightings s WHERE s.network = n LIMIT ${POPULAR_KEYS}) AS few) AS keys
    FROM unnest(${[...facts.keys()]}::text[]) AS n`
  for (const { network, keys } of rows) {
    const of = facts.get(network)
    if (of) of.keys = keys
  }
  return facts
}

/** More than this is not asked. */
const CUSTOMERS_MAX = 21

/** Of how many customers keys are used on each device. */
async function customersOf(sightings: StoredSighting[]): Promise<Map<string, number>> {
  const devices = [...new Set(sightings.flatMap(({ device }) => device ?? []))]
  const rows = await prisma.$queryRaw<{ device: string; customers: number }[]>`
    SELECT d AS device, (SELECT count(DISTINCT k.customer_id)::int FROM (
      SELECT DISTINCT license_key_id FROM sightings s WHERE s.device = d LIMIT ${CUSTOMERS_MAX}) AS few
      JOIN license_keys k ON k.id = few.license_key_id) AS customers
    FROM unnest(${devices}::text[]) AS d`
  return new Map(rows.map(({ device, customers }) => [device, customers]))
}

const SAMPLE = 2_000
const SAMPLE_MIN = 20

/** How often devices of an organization call on a day: the median of a sample of yesterday's; null when there are too few. */
async function usualCalls(
  organizationId: string,
  now: Date,
  known: Map<string, number | null>,
): Promise<number | null> {
  const before = known.get(organizationId)
  if (before !== undefined) return before
  const [row] = await prisma.$queryRaw<{ median: number | null; count: number }[]>`
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY calls) AS median, count(*)::int AS count FROM (
      SELECT sum(yes) AS calls FROM (
        SELECT license_key_id, device, yes FROM sightings
        WHERE organization_id = ${organizationId}::uuid AND day BETWEEN ${now}::date - 3 AND ${now}::date - 1 AND yes > 0 AND device <> ''
        LIMIT ${SAMPLE * 3}) AS few
      GROUP BY license_key_id, device) AS devices`
  const median = row && row.count >= SAMPLE_MIN ? Number(row.median) / 3 : null
  known.set(organizationId, median)
  return median
}

/** A trial without an end is taken for one of so many days. */
const TRIAL_DAYS = 30

/** The trials on the devices and in the networks of a trial key. */
async function trialsBeside({ id, organizationId }: LookedAt, now: Date): Promise<Trial[]> {
  const rows = await prisma.$queryRaw<{ by: Trial['by']; customer: string; from: Date; to: Date | null }[]>`
    WITH own AS (SELECT device, network, day FROM sightings WHERE license_key_id = ${id}::uuid AND yes > 0),
    beside AS (
      SELECT 'device' AS by, s.license_key_id AS key FROM sightings s
        WHERE s.device IN (SELECT DISTINCT device FROM own WHERE device <> '' LIMIT 20)
      UNION
      SELECT 'network', s.license_key_id FROM sightings s
        WHERE s.network IN (SELECT network FROM own GROUP BY network HAVING count(DISTINCT day) >= 2 LIMIT 20) AND s.yes > 0
        GROUP BY s.license_key_id, s.network HAVING count(DISTINCT s.day) >= 2
    )
    SELECT DISTINCT b.by, k.id AS key, k.customer_id::text AS customer, k.created_at AS "from", k.expires_at AS "to"
    FROM beside b JOIN license_keys k ON k.id = b.key AND k.organization_id = ${organizationId}::uuid AND k.created_at <= ${now}
      JOIN misuse_policies p ON p.key_configuration_id = k.key_configuration_id AND p.audience = 'trial'
    LIMIT 500`
  return rows.map(({ by, customer, from, to }) => ({
    ...{ by, customer, from: from.getTime() },
    to: to?.getTime() ?? from.getTime() + TRIAL_DAYS * DAY_MS,
  }))
}
