import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { isId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import type { FarPages, PageOf } from '../database/marks.ts'
import { type Counted, exactly, type OrderedList, pageOfIds } from '../database/pages.ts'
import { metadataOf } from '../metadata/rules.ts'
import { countLicenseKeys } from './counts.ts'
import { EXPIRING_DAYS } from './look.ts'
import { type LicenseKeySort, type ShownStatus, shownStatuses } from './plain.ts'
import { emptyWeek, type KeyRow, keyColumns, summary, validationWeeks } from './queries.ts'
import {
  type RecentRefusal,
  type RefusalCode,
  recentSince,
  type StoppedBy,
  type Trouble,
  whyRefused,
} from './refusals.ts'
import { factsOf } from './row.ts'
import { matchingSql } from './search.ts'
import type { Terms } from './terms.ts'
import { areDear, asksConfiguration, termsSql } from './terms-sql.ts'

/** A key in a list; `week` counts its validations of seven days, `troubles` say why it is refused now. */
export type LicenseKeySummary = ReturnType<typeof summary> & {
  week: number[]
  troubles: Trouble[]
  tags: string[]
  metadata: Record<string, string>
}

export type LicenseKeyFilter = {
  /** A whole key (also one that was replaced), its last characters, or words about customer, order, device or note. */
  q?: string
  statuses?: ShownStatus[]
  configurationIds?: string[]
  productIds?: string[]
  customerId?: string
  /** Only keys that this import brought. */
  importId?: string
  /** Only keys whose devices are all taken. */
  atLimit?: boolean
  /** Only keys that refused somebody lately and would again. */
  refused?: boolean
  /** What else people ask for, by chips or by typing. */
  terms?: Terms
  /** Only these. */
  ids?: string[]
}

export type LicenseKeyListParams = PageOf & { sort: LicenseKeySort; dir: 'asc' | 'desc' }

const liveDevices = Prisma.sql`(SELECT count(*) FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL)`

const activationsMode = Prisma.sql`COALESCE(k.activations_mode_override, c.activations_mode)`
const devicesTaken = Prisma.sql`(${activationsMode} = 'limited' AND ${liveDevices} >=
  CASE WHEN k.activations_mode_override IS NULL THEN c.activation_limit ELSE k.activation_limit_override END)`
// The same for a whole organization: devices are counted once instead of once per key. A limit is at least 1. Put into an array first, what is
// found is looked up; otherwise PostgreSQL reads all keys twice.
const keysAtLimit = (merchant: Merchant, over = false) => Prisma.sql`SELECT unnest(ARRAY(SELECT l.id FROM license_keys l
  JOIN key_configurations g ON g.id = l.key_configuration_id
  JOIN (SELECT license_key_id, count(*) AS devices FROM activations
    WHERE organization_id = ${merchant.organizationId}::uuid AND deactivated_at IS NULL GROUP BY license_key_id) d ON d.license_key_id = l.id
  WHERE COALESCE(l.activations_mode_override, g.activations_mode) = 'limited' AND d.devices ${over ? Prisma.sql`>` : Prisma.sql`>=`}
    CASE WHEN l.activations_mode_override IS NULL THEN g.activation_limit ELSE l.activation_limit_override END))`
const graceEnd = Prisma.sql`k.expires_at + make_interval(days => COALESCE(k.grace_days_override, c.grace_days))`

/** When a device last came or came again to a key `k`. */
export const lastActivated = Prisma.sql`(SELECT max(COALESCE(a.modified_at, a.created_at)) FROM activations a
  WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL)`
const noneJoinedSince = Prisma.sql`COALESCE(${lastActivated} <= r.last_at, true)`
const usage = Prisma.sql`CASE WHEN k.usage_overridden THEN k.usage_limit_override ELSE c.usage_limit END`
const periodStart = (now: Date) => Prisma.sql`CASE c.usage_reset
  WHEN 'never' THEN NULL ELSE date_trunc(c.usage_reset::text, ${now}::timestamptz AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' END`

/** What of a key `k` with configuration `c` still stands of a refusal `r`: refusals.ts (refusalStands) as SQL. */
export const standsSql = (now: Date) => {
  const byCode = {
    NOT_FOUND: Prisma.sql`false`,
    REPLACED: Prisma.sql`true`,
    REVOKED: Prisma.sql`k.status = 'revoked'`,
    DISABLED: Prisma.sql`k.status = 'disabled'`,
    EXPIRED: Prisma.sql`k.status = 'granted' AND ${graceEnd} <= ${now}`,
    PRODUCT_MISMATCH: Prisma.sql`k.updated_at <= r.last_at`,
    CONFIGURATION_MISMATCH: Prisma.sql`true`,
    CUSTOMER_MISMATCH: Prisma.sql`true`,
    ACTIVATION_REQUIRED: Prisma.sql`c.activation_required AND ${activationsMode} <> 'off' AND ${noneJoinedSince}`,
    ACTIVATION_NOT_FOUND: noneJoinedSince,
    CONDITIONS_MISMATCH: Prisma.sql`EXISTS (SELECT 1 FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL
      AND a.conditions <> '{}'::jsonb AND COALESCE(a.modified_at, a.created_at) <= r.last_at)`,
    ENTITLEMENT_MISSING: Prisma.sql`c.updated_at <= r.last_at`,
    USAGE_LIMIT_REACHED: Prisma.sql`${usage} <= CASE WHEN ${periodStart(now)} IS NULL OR k.usage_period_start >= ${periodStart(now)}
      THEN k.usage ELSE 0 END`,
    ACTIVATIONS_OFF: Prisma.sql`${activationsMode} = 'off'`,
    NEW_DEVICES_BLOCKED: Prisma.sql`k.new_devices_blocked`,
    ACTIVATION_LIMIT_REACHED: devicesTaken,
  } satisfies Record<RefusalCode, Prisma.Sql>
  const cases = Object.entries(byCode).map(([code, stands]) => Prisma.sql`WHEN ${code} THEN (${stands})`)
  return Prisma.sql`CASE r.code ${Prisma.join(cases, ' ')} ELSE false END`
}

/** Refusals of the last days by key and code, of validations and of devices; `some` narrows both tables, called `e`. */
const recentSql = (merchant: Merchant, now: Date, some = Prisma.empty) => Prisma.sql`(
  SELECT n.license_key_id, n.code, sum(n.times)::int AS times, max(n.last_at) AS last_at,
    (array_agg(n.label ORDER BY n.last_at DESC) FILTER (WHERE n.label <> ''))[1] AS label
  FROM (
    SELECT e.license_key_id, e.code, e.count AS times, e.last_at, NULL::text AS label FROM validation_refusals e
    WHERE e.organization_id = ${merchant.organizationId}::uuid AND e.last_at >= ${recentSince(now)} ${some}
    UNION ALL
    SELECT e.license_key_id, e.data->>'code', 1, e.at, e.data->>'label' FROM events e
    WHERE e.organization_id = ${merchant.organizationId}::uuid AND e.type = 'activation.refused' AND e.at >= ${recentSince(now)} ${some}
  ) n GROUP BY 1, 2)`

const keysInTrouble = (merchant: Merchant, now: Date) => Prisma.sql`SELECT r.license_key_id
  FROM ${recentSql(merchant, now)} r JOIN license_keys k ON k.id = r.license_key_id
  JOIN key_configurations c ON c.id = k.key_configuration_id WHERE ${standsSql(now)}`

/** What these keys refused lately, code by code, whether or not it still stands. */
async function recentRefusals(
  merchant: Merchant,
  licenseKeyIds: string[],
  now: Date,
): Promise<Map<string, RecentRefusal[]>> {
  const some = Prisma.sql`AND e.license_key_id = ANY(${licenseKeyIds}::uuid[])`
  const rows = await prisma.$queryRaw<(RecentRefusal & { id: string })[]>`
    SELECT r.license_key_id AS id, r.code, r.times, r.last_at AS "lastAt", r.label FROM ${recentSql(merchant, now, some)} r
    ORDER BY r.last_at DESC`
  return new Map(
    Map.groupBy(rows, ({ id }) => id)
      .entries()
      .map(([id, some]) => [id, some.map(({ id: _, ...refusal }) => refusal)]),
  )
}

/** Who last disabled or revoked each of these keys, when and why. */
export async function stoppedBy(
  { organizationId }: Merchant,
  licenseKeyIds: string[],
): Promise<Map<string, StoppedBy>> {
  if (licenseKeyIds.length === 0) return new Map()
  const rows = await prisma.$queryRaw<{ id: string; who: string; at: Date; reason: string | null }[]>`
    SELECT DISTINCT ON (e.license_key_id) e.license_key_id AS id, e.actor_label AS who, e.at, e.data->>'reason' AS reason
    FROM events e WHERE e.organization_id = ${organizationId}::uuid AND e.license_key_id = ANY(${licenseKeyIds}::uuid[])
      AND e.type IN ('license_key.disabled', 'license_key.revoked')
    ORDER BY e.license_key_id, e.at DESC`
  return new Map(rows.map(({ id, ...stopped }) => [id, stopped]))
}

/** Everything that refuses each of these keys now. `rows` are read with keyColumns. */
async function troublesOf(merchant: Merchant, rows: KeyRow[], now: Date): Promise<Map<string, Trouble[]>> {
  const ids = rows.map(({ id }) => id)
  const off = rows.filter(({ status }) => status !== 'granted').map(({ id }) => id)
  const [recent, stopped, devices] = await Promise.all([
    recentRefusals(merchant, ids, now),
    stoppedBy(merchant, off),
    prisma.$queryRaw<{ id: string; devices: number; last: Date | null; conditions: Date | null }[]>`
      SELECT a.license_key_id AS id, count(*)::int AS devices, max(COALESCE(a.modified_at, a.created_at)) AS last,
        min(COALESCE(a.modified_at, a.created_at)) FILTER (WHERE a.conditions <> '{}'::jsonb) AS conditions
      FROM activations a WHERE a.license_key_id = ANY(${ids}::uuid[]) AND a.deactivated_at IS NULL GROUP BY 1`,
  ])
  const devicesOf = new Map(devices.map((row) => [row.id, row]))
  return new Map(
    rows.map((row) => {
      const own = devicesOf.get(row.id)
      const facts = {
        ...factsOf(row, row.keyConfiguration),
        devices: own?.devices ?? 0,
        lastActivatedAt: own?.last ?? null,
        conditionsSince: own?.conditions ?? null,
        updatedAt: row.updatedAt,
        configurationChangedAt: row.keyConfiguration.updatedAt,
        stopped: stopped.get(row.id) ?? null,
        revokedFor: row.revokedFor,
      }
      return [row.id, whyRefused(facts, recent.get(row.id) ?? [], now)]
    }),
  )
}

function statusSql(status: ShownStatus, now: Date): Prisma.Sql {
  const soon = new Date(now.getTime() + EXPIRING_DAYS * DAY_MS)
  const byStatus = {
    active: Prisma.sql`k.status = 'granted' AND (k.expires_at IS NULL OR k.expires_at > ${soon})`,
    expiring: Prisma.sql`k.status = 'granted' AND k.expires_at > ${now} AND k.expires_at <= ${soon}`,
    grace: Prisma.sql`k.status = 'granted' AND k.expires_at <= ${now} AND ${graceEnd} > ${now}`,
    expired: Prisma.sql`k.status = 'granted' AND ${graceEnd} <= ${now}`,
    disabled: Prisma.sql`k.status = 'disabled'`,
    revoked: Prisma.sql`k.status = 'revoked'`,
  } satisfies Record<ShownStatus, Prisma.Sql>
  return Prisma.sql`(${byStatus[status]})`
}

/** What terms ask of keys `k`; of their configuration `c` where they ask about it. */
export const askedSql = (merchant: Merchant, terms: Terms, now: Date): Promise<Prisma.Sql[]> =>
  termsSql(merchant, terms, now, {
    status: (status) => statusSql(status, now),
    atLimit: (over) => keysAtLimit(merchant, over),
    inTrouble: () => keysInTrouble(merchant, now),
  })

/** The keys `k` of the organization that a filter means; asks of their configuration `c`. */
export async function whereSql(merchant: Merchant, filter: LicenseKeyFilter, now: Date): Promise<Prisma.Sql> {
  const uuids = (ids: string[]) => Prisma.sql`ANY(${ids.filter(isId)}::uuid[])`
  const parts = [Prisma.sql`k.organization_id = ${merchant.organizationId}::uuid`]
  const q = filter.q?.trim()
  if (q) parts.push(await matchingSql(merchant, q, now))
  if (filter.statuses?.length) {
    parts.push(
      Prisma.sql`(${Prisma.join(
        filter.statuses.map((status) => statusSql(status, now)),
        ' OR ',
      )})`,
    )
  }
  if (filter.configurationIds?.length)
    parts.push(Prisma.sql`k.key_configuration_id = ${uuids(filter.configurationIds)}`)
  if (filter.productIds?.length) parts.push(Prisma.sql`k.product_id = ${uuids(filter.productIds)}`)
  if (filter.customerId) parts.push(Prisma.sql`k.customer_id = ${uuids([filter.customerId])}`)
  if (filter.importId) parts.push(Prisma.sql`k.import_id = ${uuids([filter.importId])}`)
  if (filter.atLimit) parts.push(Prisma.sql`k.id IN (${keysAtLimit(merchant)})`)
  if (filter.refused) parts.push(Prisma.sql`k.id IN (${keysInTrouble(merchant, now)})`)
  if (filter.ids) parts.push(Prisma.sql`k.id = ${uuids(filter.ids)}`)
  parts.push(...(await askedSql(merchant, filter.terms ?? {}, now)))
  return Prisma.join(parts, ' AND ')
}

// Counting a hundred thousand keys takes as long as its joins, so only those that are asked about.
function fromSql(filter: LicenseKeyFilter, sort?: LicenseKeySort): Prisma.Sql {
  const configuration = filter.statuses?.length || asksConfiguration(filter.terms ?? {})
  const customer = sort === 'customer'
  return Prisma.sql`FROM license_keys k
    ${configuration ? Prisma.sql`JOIN key_configurations c ON c.id = k.key_configuration_id` : Prisma.empty}
    ${customer ? Prisma.sql`JOIN customers u ON u.id = k.customer_id` : Prisma.empty}`
}

// What can be empty comes last both ways; what cannot must not say so, or its index is no use.
const orderSql = {
  createdAt: { by: Prisma.sql`k.created_at`, kind: 'time', canBeEmpty: false },
  customer: { by: Prisma.sql`lower(COALESCE(u.name, u.email))`, kind: 'text', canBeEmpty: false },
  expiresAt: { by: Prisma.sql`k.expires_at`, kind: 'time', canBeEmpty: true },
  lastValidatedAt: { by: Prisma.sql`k.last_validated_at`, kind: 'time', canBeEmpty: true },
  validations: { by: Prisma.sql`k.validations`, kind: 'number', canBeEmpty: false },
  usage: { by: Prisma.sql`k.usage`, kind: 'number', canBeEmpty: false },
} satisfies Record<LicenseKeySort, Pick<OrderedList, 'by' | 'kind' | 'canBeEmpty'>>

/** How many live devices each of these keys has. */
async function countDevices(licenseKeyIds: string[]): Promise<Map<string, number>> {
  const rows = await prisma.activation.groupBy({
    by: ['licenseKeyId'],
    where: { licenseKeyId: { in: licenseKeyIds }, deactivatedAt: null },
    _count: true,
  })
  return new Map(rows.map(({ licenseKeyId, _count }) => [licenseKeyId, _count]))
}

// Keys by state and configuration are counted as they are written; null where something else is asked for.
function knownCount(merchant: Merchant, filter: LicenseKeyFilter, now: Date): (() => Promise<Counted>) | null {
  const { statuses, configurationIds, ...others } = filter
  if (Object.values(others).some((value) => (Array.isArray(value) ? value.length > 0 : Boolean(value)))) return null
  const ids = configurationIds?.filter(isId)
  return async () => {
    const counts = await countLicenseKeys(merchant, now, ids?.length ? { configurationIds: ids } : {})
    const wanted = statuses?.length ? new Set(statuses) : shownStatuses
    return exactly([...wanted].reduce((all, status) => all + counts[status], 0))
  }
}

/** One page of the organization's keys, and how many match. */
export async function listLicenseKeys(
  merchant: Merchant,
  filter: LicenseKeyFilter,
  params: LicenseKeyListParams,
  now: Date,
): Promise<{ keys: LicenseKeySummary[]; total: number; far: FarPages }> {
  const where = await whereSql(merchant, filter, now)
  const count = knownCount(merchant, filter, now)
  const { ids, total, far } = await pageOfIds(
    params,
    {
      ...{ id: Prisma.sql`k.id`, ...orderSql[params.sort], sort: params.sort, dir: params.dir },
      from: Prisma.sql`${fromSql(filter, params.sort)} WHERE ${where}`,
      counted: Prisma.sql`${fromSql(filter)} WHERE ${where}`,
      ...(count && { count }),
    },
    {
      lookedFor: Boolean(filter.q?.trim() || filter.atLimit || filter.refused || areDear(filter.terms ?? {})),
    },
  )
  const [rows, devices, weeks] = await Promise.all([
    prisma.licenseKey.findMany({
      where: { organizationId: merchant.organizationId, id: { in: ids } },
      select: keyColumns,
    }),
    countDevices(ids),
    validationWeeks(ids, now),
  ])
  const troubles = await troublesOf(merchant, rows, now)
  const byId = new Map(rows.map((row) => [row.id, row]))
  const keys = ids.flatMap((id) => {
    const row = byId.get(id)
    const lately = { week: weeks.get(id)?.all ?? emptyWeek().all, troubles: troubles.get(id) ?? [] }
    if (!row) return []
    const own = { tags: row.tags, metadata: metadataOf(row.metadata) }
    return [{ ...summary(row, devices.get(id) ?? 0, now), ...lately, ...own }]
  })
  return { keys, total, far }
}

/** Everything that refuses one key now. Of another organization's key there is nothing to say. */
export async function keyTroubles(merchant: Merchant, licenseKeyId: string, now: Date): Promise<Trouble[]> {
  if (!isId(licenseKeyId)) return []
  const row = await prisma.licenseKey.findFirst({
    where: { id: licenseKeyId, organizationId: merchant.organizationId },
    select: keyColumns,
  })
  return row ? ((await troublesOf(merchant, [row], now)).get(row.id) ?? []) : []
}

/** What the list's filters offer: every configuration and product there is, archived ones too. */
export async function licenseKeyFilterChoices(merchant: Merchant) {
  const find = {
    where: { organizationId: merchant.organizationId },
    select: { id: true, name: true, archivedAt: true },
    orderBy: { name: 'asc' },
  } as const
  const [configurations, products] = await Promise.all([
    prisma.keyConfiguration.findMany(find),
    prisma.product.findMany(find),
  ])
  return { configurations, products }
}
