import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { LicenseKeyStatus } from '#prisma/enums.ts'
import type { Merchant } from '../actor.ts'
import { prisma } from '../db.ts'
import { isId } from '../ids.ts'
import { searchedSql } from '../text/queries.ts'
import { hashKeyString, readingsOf } from './key-string.ts'
import { emptyWeek, keyColumns, summary, validationWeeks } from './queries.ts'
import { DAY_MS } from './rules.ts'
import { type LicenseKeySort, type ShownStatus, shownStatuses } from './schema.ts'
import { EXPIRING_DAYS, keyTail } from './shown.ts'

/** Activations a key refused within the last day for a reason that still stands; `code` is the latest one's. */
export type Refused = { times: number; code: string } | null

/** A key in a list; `week` counts its validations of seven days. */
export type LicenseKeySummary = ReturnType<typeof summary> & { week: number[]; refused: Refused }

export type LicenseKeyFilter = {
  /** A whole key, its last characters, or part of a customer's name or address, or of a note. */
  q?: string
  statuses?: ShownStatus[]
  configurationIds?: string[]
  productIds?: string[]
  customerId?: string
  /** Only keys that this import brought. */
  importId?: string
  /** Only keys whose devices are all taken. */
  atLimit?: boolean
  /** Only keys that refused a device within the last day and still would. */
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

// Refused activations of the last day whose cause still stands: shown.ts (stillRefused) as SQL, for keys `k` with configuration `c`.
const refusalsSql = (merchant: Merchant, now: Date) => Prisma.sql`FROM events e
  WHERE e.organization_id = ${merchant.organizationId}::uuid AND e.type = 'activation.refused'
    AND e.at >= ${new Date(now.getTime() - DAY_MS)} AND CASE e.data->>'code'
      WHEN 'REVOKED' THEN k.status = 'revoked'
      WHEN 'DISABLED' THEN k.status = 'disabled'
      WHEN 'EXPIRED' THEN ${graceEnd} <= ${now}
      WHEN 'ACTIVATIONS_OFF' THEN ${activationsMode} = 'off'
      WHEN 'NEW_DEVICES_BLOCKED' THEN k.new_devices_blocked
      WHEN 'ACTIVATION_LIMIT_REACHED' THEN ${devicesTaken}
      ELSE false END`

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
  const words = searchedSql([Prisma.sql`u.email`, Prisma.sql`u.name`, Prisma.sql`k.note`], q)
  const tail = keyTail(q)
  return Prisma.sql`(k.key_hash = ${hashKeyString(q)} ${meantSql(q)} OR ${words}
    ${tail ? Prisma.sql`OR k.last_characters ILIKE ${`%${tail}`}` : Prisma.empty}
    ${isId(q) ? Prisma.sql`OR k.id = ${q}::uuid` : Prisma.empty})`
}

/** The keys `k` of the organization that a filter means; asks of their configuration `c` and customer `u`. */
export function whereSql(merchant: Merchant, filter: LicenseKeyFilter, now: Date): Prisma.Sql {
  const uuids = (ids: string[]) => Prisma.sql`ANY(${ids.filter(isId)}::uuid[])`
  const parts = [Prisma.sql`k.organization_id = ${merchant.organizationId}::uuid`]
  const q = filter.q?.trim()
  if (q) parts.push(searchSql(q))
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
  if (filter.refused)
    parts.push(Prisma.sql`EXISTS (SELECT 1 ${refusalsSql(merchant, now)} AND e.license_key_id = k.id)`)
  return Prisma.join(parts, ' AND ')
}

// Counting a hundred thousand keys takes as long as its joins, so only those that are asked about.
function fromSql(filter: LicenseKeyFilter, sort?: LicenseKeySort): Prisma.Sql {
  const configuration = filter.statuses?.length || filter.refused
  const customer = filter.q?.trim() || sort === 'customer'
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
  const where = whereSql(merchant, filter, now)
  const direction = dir === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`
  const { by, nulls } = orderSql[sort]
  const [ids, counted] = await Promise.all([
    prisma.$queryRaw<{ id: string; devices: number }[]>`SELECT k.id, ${liveDevices}::int AS devices
      ${fromSql(filter, sort)} WHERE ${where}
      ORDER BY ${by} ${direction} ${nulls}, k.id ${direction} LIMIT ${size} OFFSET ${(page - 1) * size}`,
    prisma.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total ${fromSql(filter)} WHERE ${where}`,
  ])
  const keyIds = ids.map((row) => row.id)
  const [rows, weeks, refusals] = await Promise.all([
    prisma.licenseKey.findMany({
      where: { organizationId: merchant.organizationId, id: { in: keyIds } },
      select: keyColumns,
    }),
    validationWeeks(keyIds, now),
    prisma.$queryRaw<{ id: string; times: number; code: string }[]>`
      SELECT k.id, count(*)::int AS times, (array_agg(e.code ORDER BY e.at DESC))[1] AS code FROM license_keys k
      JOIN key_configurations c ON c.id = k.key_configuration_id, LATERAL (SELECT e.at, e.data->>'code' AS code ${refusalsSql(merchant, now)}
        AND e.license_key_id = k.id) e
      WHERE k.id = ANY(${keyIds}::uuid[]) GROUP BY k.id`,
  ])
  const refused = new Map(refusals.map(({ id, ...row }) => [id, row]))
  const byId = new Map(rows.map((row) => [row.id, row]))
  const keys = ids.flatMap(({ id, devices }) => {
    const row = byId.get(id)
    const lately = { week: weeks.get(id)?.all ?? emptyWeek().all, refused: refused.get(id) ?? null }
    return row ? [{ ...summary(row, devices, now), ...lately }] : []
  })
  return { keys, total: counted[0]?.total ?? 0 }
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
      : whereSql(merchant, selection.filter, now)
  const rows = await prisma.$queryRaw<
    { id: string; status: LicenseKeyStatus; customer_id: string; usable: boolean; devices: number }[]
  >`SELECT k.id, k.status::text, k.customer_id, (k.expires_at IS NULL OR ${graceEnd} > ${now}) AS usable,
      ${liveDevices}::int AS devices FROM license_keys k
    JOIN key_configurations c ON c.id = k.key_configuration_id JOIN customers u ON u.id = k.customer_id
    WHERE ${where} ORDER BY k.created_at DESC, k.id DESC LIMIT ${limit}`
  const of = (status: LicenseKeyStatus) => {
    const some = rows.filter((row) => row.status === status)
    return {
      keys: some.length,
      customers: new Set(some.map((row) => row.customer_id)).size,
      /** Devices that work today because of these keys. */
      devices: some.reduce((sum, row) => sum + (row.usable ? row.devices : 0), 0),
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
