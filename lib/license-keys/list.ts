import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { LicenseKeyStatus } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { isId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { customerSearchSql, foldedSearchSql, searchedSql } from '../database/folded.ts'
import { keyTail, looksBegun, looksWhole } from '../key-strings/rules.ts'
import { isMistyped, keyHashesOf, readingsOf } from '../key-strings/string.ts'
import { EXPIRING_DAYS } from './look.ts'
import { emptyWeek, type KeyRow, keyColumns, keyOfOldString, summary, validationWeeks } from './queries.ts'
import {
  type RecentRefusal,
  type RefusalCode,
  recentSince,
  type StoppedBy,
  type Trouble,
  whyRefused,
} from './refusals.ts'
import { factsOf } from './row.ts'
import { type LicenseKeySort, type ShownStatus, shownStatuses } from './schema.ts'

/** A key in a list; `week` counts its validations of seven days, `troubles` say why it is refused now. */
export type LicenseKeySummary = ReturnType<typeof summary> & { week: number[]; troubles: Trouble[] }

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
}

export type LicenseKeyListParams = { page: number; size: number; sort: LicenseKeySort; dir: 'asc' | 'desc' }

const liveDevices = Prisma.sql`(SELECT count(*) FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL)`

const activationsMode = Prisma.sql`COALESCE(k.activations_mode_override, c.activations_mode)`
const devicesTaken = Prisma.sql`(${activationsMode} = 'limited' AND ${liveDevices} >=
  CASE WHEN k.activations_mode_override IS NULL THEN c.activation_limit ELSE k.activation_limit_override END)`
// The same for a whole organization: devices are counted once instead of once per key. A limit is at least 1.
const keysAtLimit = (merchant: Merchant) => Prisma.sql`SELECT l.id FROM license_keys l
  JOIN key_configurations g ON g.id = l.key_configuration_id
  JOIN (SELECT license_key_id, count(*) AS devices FROM activations
    WHERE organization_id = ${merchant.organizationId}::uuid AND deactivated_at IS NULL GROUP BY license_key_id) d ON d.license_key_id = l.id
  WHERE COALESCE(l.activations_mode_override, g.activations_mode) = 'limited' AND d.devices >=
    CASE WHEN l.activations_mode_override IS NULL THEN g.activation_limit ELSE l.activation_limit_override END`
const graceEnd = Prisma.sql`k.expires_at + make_interval(days => COALESCE(k.grace_days_override, c.grace_days))`

const lastActivated = Prisma.sql`(SELECT max(COALESCE(a.modified_at, a.created_at)) FROM activations a
  WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL)`
const noneJoinedSince = Prisma.sql`COALESCE(${lastActivated} <= r.last_at, true)`
const usage = Prisma.sql`CASE WHEN k.usage_overridden THEN k.usage_limit_override ELSE c.usage_limit END`
const periodStart = (now: Date) => Prisma.sql`CASE c.usage_reset
  WHEN 'never' THEN NULL ELSE date_trunc(c.usage_reset::text, ${now}::timestamptz AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' END`

/** What of a key `k` with configuration `c` still stands of a refusal `r`: refusals.ts (refusalStands) as SQL. */
const standsSql = (now: Date) => {
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
export async function recentRefusals(
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
export async function troublesOf(merchant: Merchant, rows: KeyRow[], now: Date): Promise<Map<string, Trouble[]>> {
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

// People paste a key as it stands in a mail.
function meantSql(q: string): Prisma.Sql {
  const readings = readingsOf(q).map((reading) =>
    'exact' in reading
      ? Prisma.sql`OR k.key_hash = ${Buffer.from(reading.exact, 'hex')}`
      : Prisma.sql`OR k.folded_hash = ${Buffer.from(reading.folded, 'hex')}`,
  )
  return readings.length > 0 ? Prisma.join(readings, ' ') : Prisma.empty
}

export function searchSql(q: string): Prisma.Sql {
  const words = Prisma.sql`${customerSearchSql(q)} OR ${searchedSql([Prisma.sql`k.note`], q)}`
  const tail = keyTail(q)
  return Prisma.sql`(k.key_hash IN (${Prisma.join(keyHashesOf(q))}) ${meantSql(q)} OR ${words}
    ${tail ? Prisma.sql`OR k.last_characters ILIKE ${`%${tail}`}` : Prisma.empty}
    ${isId(q) ? Prisma.sql`OR k.id = ${q}::uuid` : Prisma.empty})`
}

const WORDS_MAX = 6

/** How long the name of a refused device is found. */
const REFUSED_DAYS = 90

/** Ids of keys around which one word stands: the end of the key, customer, order, device, note. One look at each table. */
function wordSql({ organizationId }: Merchant, word: string, now: Date): Prisma.Sql {
  // With the wildcards people type taken as letters.
  const like = `%${word.replace(/[\\%_]/g, '\\$&')}%`
  const tail = keyTail(word)
  const own = Prisma.sql`organization_id = ${organizationId}::uuid`
  const since = new Date(now.getTime() - REFUSED_DAYS * DAY_MS)
  return Prisma.sql`(
    SELECT id FROM license_keys WHERE ${own} AND (${searchedSql([Prisma.sql`note`], word)} OR external_id = ${word}
      ${tail ? Prisma.sql`OR last_characters ILIKE ${`%${tail}`}` : Prisma.empty})
    UNION SELECT l.id FROM license_keys l WHERE l.customer_id IN (
      SELECT id FROM customers WHERE ${own} AND (${customerSearchSql(word, 'customers')} OR external_id = ${word}))
    UNION SELECT l.id FROM license_keys l WHERE l.purchase_id IN (
      SELECT id FROM purchases WHERE ${own} AND reference ILIKE ${like})
    UNION SELECT license_key_id FROM activations WHERE ${own} AND ${foldedSearchSql(Prisma.sql`folded`, Prisma.sql`label`, word)}
    UNION SELECT license_key_id FROM events WHERE ${own} AND type = 'activation.refused' AND at >= ${since}
      AND data->>'label' ILIKE ${like})`
}

/** What was typed as a key, with and without the quotes and the label it was copied with. */
export function typedKeys(typed: string): string[] {
  const text = typed.trim()
  const bare = text
    .replace(/^[^:=]{0,30}\b(?:key|code|serial)\s*[:=]\s*/i, '')
    .replace(/^["'“”„‘’«»`<(]+|["'“”‘’«»`>).,;]+$/g, '')
    .trim()
  return [...new Set([text, bare])].filter(Boolean)
}

/** The key that a whole string is, or was before it was replaced; null when no key of the organization ever had it. */
export async function keyOfString(
  merchant: Merchant,
  typed: string,
): Promise<{ id: string; replacedAt: Date | null } | null> {
  const { organizationId } = merchant
  const hashes = typedKeys(typed).flatMap(keyHashesOf)
  const keys = await prisma.$queryRaw<{ id: string }[]>`SELECT k.id FROM license_keys k
    WHERE k.organization_id = ${organizationId}::uuid AND (k.key_hash IN (${Prisma.join(hashes)}) ${meantSql(typed)}) LIMIT 2`
  // What may be either of two keys is shown as both, by its end.
  if (keys.length === 1 && keys[0]) return { id: keys[0].id, replacedAt: null }
  for (const each of typedKeys(typed)) {
    const old = await keyOfOldString(merchant, each)
    if (old) return { id: old.licenseKeyId, replacedAt: old.rotatedAt }
  }
  return null
}

/** Keys that what was typed may mean: the one whose string it is, or all in whose surroundings each of its words stands. */
async function matchingSql(merchant: Merchant, q: string, now: Date): Promise<Prisma.Sql> {
  // A key may look like an id.
  const whole = (await keyOfString(merchant, q)) ?? (isId(q) ? { id: q } : null)
  if (whole) return Prisma.sql`k.id = ${whole.id}::uuid`
  const [bare = q] = typedKeys(q).slice(-1)
  const words = (bare.includes(' ') ? q : bare).split(/\s+/).slice(0, WORDS_MAX)
  return Prisma.sql`(${Prisma.join(
    words.map((word) => Prisma.sql`k.id IN ${wordSql(merchant, word, now)}`),
    ' AND ',
  )})`
}

/** What somebody should know about what they typed: a string that was replaced, one that is no key here, or only the beginning of one. */
export type SearchNote = { kind: 'replaced'; at: Date } | { kind: 'mistyped' | 'unknown' | 'beginning' } | null

/** A note about a search that looks like a key. */
export async function searchNote(merchant: Merchant, q: string): Promise<SearchNote> {
  const text = q.trim()
  if (!text || isId(text)) return null
  const found = await keyOfString(merchant, text)
  if (found) return found.replacedAt && { kind: 'replaced', at: found.replacedAt }
  const [bare = text] = typedKeys(text).slice(-1)
  if (isMistyped(bare)) return { kind: 'mistyped' }
  if (looksWhole(bare)) return { kind: 'unknown' }
  return looksBegun(bare) ? { kind: 'beginning' } : null
}

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
  return Prisma.join(parts, ' AND ')
}

// Counting a hundred thousand keys takes as long as its joins, so only those that are asked about.
function fromSql(filter: LicenseKeyFilter, sort?: LicenseKeySort): Prisma.Sql {
  const configuration = filter.statuses?.length
  const customer = sort === 'customer'
  return Prisma.sql`FROM license_keys k
    ${configuration ? Prisma.sql`JOIN key_configurations c ON c.id = k.key_configuration_id` : Prisma.empty}
    ${customer ? Prisma.sql`JOIN customers u ON u.id = k.customer_id` : Prisma.empty}`
}

// What can be empty comes last both ways; what cannot must not say so, or its index is no use.
const orderSql = {
  createdAt: { by: Prisma.sql`k.created_at`, nulls: Prisma.empty },
  customer: { by: Prisma.sql`lower(COALESCE(u.name, u.email))`, nulls: Prisma.empty },
  expiresAt: { by: Prisma.sql`k.expires_at`, nulls: Prisma.sql`NULLS LAST` },
  lastValidatedAt: { by: Prisma.sql`k.last_validated_at`, nulls: Prisma.sql`NULLS LAST` },
  validations: { by: Prisma.sql`k.validations`, nulls: Prisma.empty },
  usage: { by: Prisma.sql`k.usage`, nulls: Prisma.empty },
} satisfies Record<LicenseKeySort, { by: Prisma.Sql; nulls: Prisma.Sql }>

/** One page of the organization's keys, and how many match. */
export async function listLicenseKeys(
  merchant: Merchant,
  filter: LicenseKeyFilter,
  { page, size, sort, dir }: LicenseKeyListParams,
  now: Date,
): Promise<{ keys: LicenseKeySummary[]; total: number }> {
  const where = await whereSql(merchant, filter, now)
  const direction = dir === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`
  const { by, nulls } = orderSql[sort]
  const [ids, counted] = await Promise.all([
    prisma.$queryRaw<{ id: string; devices: number }[]>`SELECT k.id, ${liveDevices}::int AS devices
      ${fromSql(filter, sort)} WHERE ${where}
      ORDER BY ${by} ${direction} ${nulls}, k.id ${direction} LIMIT ${size} OFFSET ${(page - 1) * size}`,
    prisma.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total ${fromSql(filter)} WHERE ${where}`,
  ])
  const keyIds = ids.map((row) => row.id)
  const [rows, weeks] = await Promise.all([
    prisma.licenseKey.findMany({
      where: { organizationId: merchant.organizationId, id: { in: keyIds } },
      select: keyColumns,
    }),
    validationWeeks(keyIds, now),
  ])
  const troubles = await troublesOf(merchant, rows, now)
  const byId = new Map(rows.map((row) => [row.id, row]))
  const keys = ids.flatMap(({ id, devices }) => {
    const row = byId.get(id)
    const lately = { week: weeks.get(id)?.all ?? emptyWeek().all, troubles: troubles.get(id) ?? [] }
    return row ? [{ ...summary(row, devices, now), ...lately }] : []
  })
  return { keys, total: counted[0]?.total ?? 0 }
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

/** How many keys there are in each state. */
export async function countLicenseKeys(merchant: Merchant, now: Date): Promise<Record<ShownStatus, number>> {
  const counts = shownStatuses.map(
    (status) => Prisma.sql`count(*) FILTER (WHERE ${statusSql(status, now)})::int AS ${Prisma.raw(status)}`,
  )
  const [row] = await prisma.$queryRaw<Record<ShownStatus, number>[]>`SELECT ${Prisma.join(counts)} FROM license_keys k
    JOIN key_configurations c ON c.id = k.key_configuration_id WHERE k.organization_id = ${merchant.organizationId}::uuid`
  return row ?? { active: 0, expiring: 0, grace: 0, expired: 0, disabled: 0, revoked: 0 }
}

const sum = <Row>(rows: Row[], of: (row: Row) => number): number => rows.reduce((all, row) => all + of(row), 0)

/** What an action on many keys would reach: named ones, or all that match a filter up to `limit`. Keys of others are left out. */
export async function previewSelection(
  merchant: Merchant,
  selection: { ids: string[] } | { filter: LicenseKeyFilter },
  limit: number,
  now: Date,
) {
  const where =
    'ids' in selection
      ? Prisma.sql`k.organization_id = ${merchant.organizationId}::uuid AND k.id = ANY(${selection.ids.filter(isId)}::uuid[])`
      : await whereSql(merchant, selection.filter, now)
  const rows = await prisma.$queryRaw<
    {
      id: string
      status: LicenseKeyStatus
      customer_id: string
      usable: boolean
      devices: number
      last_validated_at: Date | null
      today: number
      week: number
    }[]
  >`SELECT k.id, k.last_validated_at, COALESCE(d.today, 0)::int AS today, COALESCE(d.week, 0)::int AS week, k.status::text, k.customer_id, (k.expires_at IS NULL OR ${graceEnd} > ${now}) AS usable,
      ${liveDevices}::int AS devices FROM license_keys k
    JOIN key_configurations c ON c.id = k.key_configuration_id JOIN customers u ON u.id = k.customer_id
    LEFT JOIN LATERAL (SELECT sum(n) AS week, sum(n) FILTER (WHERE day = (${now}::timestamptz AT TIME ZONE 'UTC')::date) AS today
      FROM (SELECT v.day, CASE WHEN ${liveDevices} = 0 THEN greatest(v.deviceless, v.valid) ELSE v.deviceless END AS n
        FROM validation_days v WHERE v.license_key_id = k.id AND v.day > (${now}::timestamptz AT TIME ZONE 'UTC')::date - 7) v) d ON true
    WHERE ${where} ORDER BY k.created_at DESC, k.id DESC LIMIT ${limit}`
  const of = (status: LicenseKeyStatus) => {
    const some = rows.filter((row) => row.status === status)
    return {
      keys: some.length,
      customers: new Set(some.map((row) => row.customer_id)).size,
      /** Devices that work today because of these keys. */
      devices: sum(some, ({ usable, devices }) => (usable ? devices : 0)),
      /** Validations of these keys that named no device, today and in the last seven days. */
      today: sum(some, ({ usable, today }) => (usable ? today : 0)),
      week: sum(some, ({ usable, week }) => (usable ? week : 0)),
      lastValidatedAt: some.reduce<Date | null>(
        (last, { usable, last_validated_at: at }) => (usable && at && (!last || at > last) ? at : last),
        null,
      ),
    }
  }
  return {
    ids: rows.map((row) => row.id),
    granted: of('granted'),
    disabled: of('disabled'),
    revoked: of('revoked'),
  }
}
export type SelectionPreview = Awaited<ReturnType<typeof previewSelection>>

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
