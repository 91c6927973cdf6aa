import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { shownStatus } from '../license-keys/look.ts'
import { effectiveLimits } from '../license-keys/rules.ts'
import { DAY_MS, dayOf } from './places.ts'
import { type Audience, type Level, misuseDefaults, type RiskSort, SHIFT, THRESHOLDS, WINDOW_DAYS } from './plain.ts'
import { look, type StoredSighting } from './recompute.ts'
import { type Excused, shiftOf } from './rules.ts'
import { sentenceOf, titleOf } from './sentences.ts'
import { deviceHash } from './sightings.ts'
import { type Evidence, expectedOf, isSettled } from './signals.ts'

export type RiskFilter = { q?: string | undefined; levels?: Level[] | undefined }

/** Keys by how much they look misused; those that are switched off already need nobody, and come last. What was said to be fine has no score. */
export async function listRisks(
  merchant: Merchant,
  { q = '', levels = [] }: RiskFilter,
  { page, size, sort, dir }: { page: number; size: number; sort: RiskSort; dir: 'asc' | 'desc' },
  now: Date,
) {
  assertMay(merchant, 'keys.read')
  const { organizationId } = merchant
  const found = [Prisma.sql`r.organization_id = ${organizationId}::uuid AND r.score > 0`]
  if (levels.length > 0) found.push(Prisma.sql`r.level = ANY(${levels})`)
  if (q) {
    const keys = await prisma.licenseKey.findMany({
      where: {
        organizationId,
        OR: [
          { customer: { email: { contains: q, mode: 'insensitive' } } },
          { customer: { name: { contains: q, mode: 'insensitive' } } },
          { lastCharacters: { endsWith: q.slice(-6), mode: 'insensitive' } },
        ],
      },
      select: { id: true },
      take: 1_000,
    })
    found.push(Prisma.sql`r.license_key_id = ANY(${keys.map(({ id }) => id)}::uuid[])`)
  }
  const from = Prisma.sql`FROM key_risks r JOIN license_keys k ON k.id = r.license_key_id
    AND k.organization_id = r.organization_id WHERE ${Prisma.join(found, ' AND ')}`
  const order = Prisma.raw(`${sortSql[sort]} ${dir === 'asc' ? 'ASC' : 'DESC'}`)
  const [rows, [all]] = await Promise.all([
    prisma.$queryRaw<RiskRow[]>`
      SELECT r.license_key_id AS "licenseKeyId", r.score, r.level, r.evidence, r.since ${from}
      ORDER BY (k.status <> 'granted'), ${order}, r.license_key_id LIMIT ${size} OFFSET ${(page - 1) * size}`,
    prisma.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total ${from}`,
  ])
  const keys = await prisma.licenseKey.findMany({
    where: { organizationId, id: { in: rows.map(({ licenseKeyId }) => licenseKeyId) } },
    include: {
      customer: { select: { email: true, name: true } },
      keyConfiguration: true,
      _count: { select: { activations: { where: { deactivatedAt: null } } } },
    },
  })
  const byId = new Map(keys.map((key) => [key.id, key]))
  const risks = rows.flatMap(({ licenseKeyId, score, level, evidence, since }) => {
    const key = byId.get(licenseKeyId)
    if (!key) return []
    const limits = effectiveLimits(key, key.keyConfiguration)
    return {
      ...{ id: licenseKeyId, masked: maskedKey(key), score, level, since },
      ...{ status: shownStatus({ ...key, limits }, now), expiresAt: key.expiresAt },
      ...{ customer: key.customer, configuration: key.keyConfiguration.name, devices: key._count.activations },
      evidence: evidence.filter(({ supports }) => !supports).map(({ signal }) => titleOf(signal)),
    }
  })
  return { risks, total: all?.total ?? 0 }
}

type RiskRow = { licenseKeyId: string; score: number; level: Level; evidence: Evidence[]; since: Date | null }

const sortSql = { score: 'r.score', since: 'r.since' } as const satisfies Record<RiskSort, string>

export type RiskListItem = Awaited<ReturnType<typeof listRisks>>['risks'][number]

/** How one key stands, in short; null while nothing of it was seen. */
export async function riskOfKey(merchant: Merchant, licenseKeyId: string) {
  assertMay(merchant, 'keys.read')
  const risk = await prisma.keyRisk.findFirst({ where: { licenseKeyId, organizationId: merchant.organizationId } })
  if (!risk || (risk.score === 0 && risk.excusedAt === null)) return null
  const evidence = (risk.evidence as unknown as Evidence[]).map((each) => titleOf(each.signal))
  return { score: risk.score, level: risk.level as Level, evidence, isExcused: risk.excusedAt !== null }
}

/** The scores of these keys, of those that have one. */
export async function risksOf(merchant: Merchant, licenseKeyIds: string[]): Promise<KeyScore[]> {
  assertMay(merchant, 'keys.read')
  const rows = await prisma.keyRisk.findMany({
    where: { organizationId: merchant.organizationId, licenseKeyId: { in: licenseKeyIds }, score: { gt: 0 } },
    select: { licenseKeyId: true, score: true, level: true },
  })
  return rows.map(({ licenseKeyId: id, score, level }) => ({ id, score, level: level as Level }))
}
export type KeyScore = { id: string; score: number; level: Level }

/** Everything about one key that speaks of misuse: evidence as it was then, places and devices as they are now. */
export async function getRisk(merchant: Merchant, licenseKeyId: string, now: Date) {
  assertMay(merchant, 'keys.read')
  if (!isId(licenseKeyId)) throw notFound('license key')
  const { organizationId } = merchant
  const key = await prisma.licenseKey.findFirst({
    where: { id: licenseKeyId, organizationId },
    select: {
      ...{ id: true, prefix: true, lastCharacters: true, newDevicesBlocked: true, status: true, expiresAt: true },
      customer: { select: { id: true, email: true, name: true } },
      keyConfiguration: { select: { id: true, name: true } },
      activations: {
        select: { id: true, label: true, fingerprint: true, deactivatedAt: true, answer: true },
        take: 2_000,
      },
      deviceQuestions: { orderBy: { askedAt: 'desc' }, take: 1 },
    },
  })
  if (!key) throw notFound('license key')
  const risk = await prisma.keyRisk.findFirst({ where: { licenseKeyId, organizationId } })
  const looked = (await look([licenseKeyId], new Map([[licenseKeyId, (risk?.excused ?? {}) as Excused]]), now)).get(
    licenseKeyId,
  )
  if (!looked) throw notFound('license key')
  const labels = new Map<string, { label: string; isLive: boolean; isMine: boolean }>()
  for (const { id, label, fingerprint, deactivatedAt, answer } of key.activations) {
    const name = deviceHash(organizationId, fingerprint ?? id)
    const known = labels.get(name)
    const isLive = deactivatedAt === null
    if (!known || isLive) labels.set(name, { label, isLive, isMine: answer !== null })
  }
  const { map } = looked.assessment
  const today = dayOf(now.getTime())
  const sightings = looked.history.sightings as StoredSighting[]
  const live = key.activations.filter(({ deactivatedAt }) => deactivatedAt === null)
  const prefixes = await prefixesOf(licenseKeyId)
  const places = map.places
    .filter((place) => place.devices.length > 0)
    .sort((a, b) => b.lastDay - a.lastDay || a.firstDay - b.firstDay)
    .map((place) => {
      const seen = sightings.filter(({ network }) => place.networks.includes(network))
      return {
        isSettled: isSettled(place),
        kind: place.kind,
        country: place.country ?? seen.find(({ country }) => country)?.country ?? null,
        owner: seen.find(({ owner }) => owner)?.owner ?? null,
        networks: place.networks.length,
        prefix: prefixes.get(seen.at(-1)?.network ?? '') ?? null,
        first: new Date(place.firstDay * DAY_MS),
        last: new Date(place.lastDay * DAY_MS),
        days: Array.from({ length: WINDOW_DAYS }, (_, i) => (place.days & (1 << (WINDOW_DAYS - 1 - i))) !== 0),
        devices: place.devices.map((device) => labels.get(device)?.label ?? 'A device that is gone'),
      }
    })
  const days = Array.from({ length: WINDOW_DAYS }, (_, i) => {
    const day = today - (WINDOW_DAYS - 1 - i)
    const devices = new Set(
      sightings.filter((each) => each.day === day && each.yes > 0 && each.device).map(({ device }) => device),
    )
    const inUse = map.places.filter((place) => (place.days & (1 << (today - day))) !== 0)
    return { day: new Date(day * DAY_MS), devices: devices.size, places: inUse.length }
  })
  return {
    ...{ id: key.id, masked: maskedKey(key), customer: key.customer, configuration: key.keyConfiguration },
    ...{ status: key.status, expiresAt: key.expiresAt, newDevicesBlocked: key.newDevicesBlocked, devices: live.length },
    confirmed: live.filter(({ answer }) => answer !== null).length,
    question: key.deviceQuestions[0] ?? null,
    score: risk?.score ?? 0,
    level: (risk?.level ?? 'none') as Level,
    since: risk?.since ?? null,
    assessedAt: risk?.assessedAt ?? null,
    excused: risk?.excusedAt ? { at: risk.excusedAt, by: risk.excusedBy ?? '' } : null,
    policy: { ...looked.key.policy, expected: expectedOf(map, looked.key.policy) },
    evidence: ((risk?.evidence ?? []) as unknown as Evidence[]).map((each) => ({
      ...{ title: titleOf(each.signal), text: sentenceOf(each), points: each.points, supports: each.supports },
      last: new Date(each.lastDay * DAY_MS),
    })),
    ...{ places, days, passing: map.passing, uncounted: risk?.uncounted ?? 0 },
  }
}

export type RiskDetail = Awaited<ReturnType<typeof getRisk>>

/** The shortened addresses that are still known, by network. */
async function prefixesOf(licenseKeyId: string): Promise<Map<string, string>> {
  const rows = await prisma.sighting.findMany({
    where: { licenseKeyId, prefix: { not: null } },
    select: { network: true, prefix: true },
    distinct: ['network'],
    take: 500,
  })
  return new Map(rows.map(({ network, prefix }) => [network, prefix ?? '']))
}

const thresholdsAt = (shift: number) => ({
  look: THRESHOLDS.look.enter + shift,
  act: THRESHOLDS.act.enter + shift,
})

/** From which score the organization looks at a key, and acts on one. */
export async function riskThresholds(merchant: Merchant) {
  assertMay(merchant, 'keys.read')
  const { organizationId } = merchant
  const said = await prisma.misuseSettings.findUnique({
    where: { organizationId },
    select: { fine: true, acted: true },
  })
  return thresholdsAt(said ? shiftOf(said.fine, said.acted) : 0)
}

/** What the organization says about misuse, and what its answers came to. */
export async function misuseSettings(merchant: Merchant) {
  assertMay(merchant, 'keys.read')
  const { organizationId } = merchant
  const [settings, configurations] = await Promise.all([
    prisma.misuseSettings.findUnique({ where: { organizationId } }),
    prisma.keyConfiguration.findMany({
      where: { organizationId, archivedAt: null },
      select: {
        ...{ id: true, name: true, activationsMode: true, activationLimit: true, misusePolicy: true },
      },
      orderBy: { name: 'asc' },
      take: 200,
    }),
  ])
  const { addressDays, asksAlone, blocksAlone } = settings ?? misuseDefaults
  const { fine = 0, acted = 0 } = settings ?? {}
  const shift = shiftOf(fine, acted)
  return {
    ...{ addressDays, asksAlone, blocksAlone, fine, acted, shift },
    thresholds: thresholdsAt(shift),
    isAtBound: shift === SHIFT.most,
    configurations: configurations.map(({ misusePolicy, ...configuration }) => ({
      ...configuration,
      audience: (misusePolicy?.audience ?? 'unsaid') as Audience,
      seats: misusePolicy?.seats ?? null,
    })),
  }
}

export type MisuseSettingsDetail = Awaited<ReturnType<typeof misuseSettings>>
