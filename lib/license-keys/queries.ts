import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { LicenseKeyStatus } from '#prisma/enums.ts'
import type { Merchant } from '../actor.ts'
import { prisma } from '../db.ts'
import { notFound } from '../errors.ts'
import { isId } from '../ids.ts'
import { settingsColumns } from '../key-configurations/queries.ts'
import { describeConfiguration } from '../key-configurations/rules.ts'
import { hashKeyString } from './key-string.ts'
import {
  type ConfigurationLimits,
  configuredExpiry,
  EXPIRING_DAYS,
  effectiveLimits,
  type KeyFacts,
  type KeyOverrides,
  keyTail,
  maskedKey,
  shownStatus,
  stillRefused,
  usageNow,
  usageResetsAt,
} from './rules.ts'
import {
  type ActivationSort,
  type JsonObject,
  type LicenseKeySort,
  type ShownStatus,
  sampleKeyString,
  shownStatuses,
} from './schema.ts'

// ---------------------------------------------------------------- rows to facts

/** The configuration columns every rule about a key needs. */
export const configurationColumns = {
  id: true,
  name: true,
  graceDays: true,
  activationsMode: true,
  activationLimit: true,
  activationRequired: true,
  usageLimit: true,
  usageReset: true,
  entitlements: true,
  version: true,
  expiryKind: true,
  expiresOn: true,
  durationCount: true,
  durationUnit: true,
  expiryStart: true,
} satisfies Prisma.KeyConfigurationSelect

type FactColumns = KeyOverrides &
  Omit<KeyFacts, 'limits' | 'entitlements'> & { keyConfiguration: ConfigurationLimits & { entitlements: string[] } }

/** A row and its configuration as the rules see them. */
export const toFacts = (row: FactColumns): KeyFacts => ({
  status: row.status,
  expiresAt: row.expiresAt,
  productId: row.productId,
  keyConfigurationId: row.keyConfigurationId,
  customerId: row.customerId,
  newDevicesBlocked: row.newDevicesBlocked,
  usage: row.usage,
  usagePeriodStart: row.usagePeriodStart,
  entitlements: row.keyConfiguration.entitlements,
  limits: effectiveLimits(row, row.keyConfiguration),
})

/** Everything about a key but its string. */
export const keyColumns = {
  id: true,
  organizationId: true,
  keyConfigurationId: true,
  productId: true,
  customerId: true,
  purchaseId: true,
  prefix: true,
  lastCharacters: true,
  status: true,
  expiresAt: true,
  expiryOverridden: true,
  graceDaysOverride: true,
  activationsModeOverride: true,
  activationLimitOverride: true,
  newDevicesBlocked: true,
  usageOverridden: true,
  usageLimitOverride: true,
  usage: true,
  usagePeriodStart: true,
  validations: true,
  lastValidatedAt: true,
  firstActivatedAt: true,
  note: true,
  createdAt: true,
  updatedAt: true,
  keyConfiguration: { select: configurationColumns },
  product: { select: { id: true, name: true } },
  customer: { select: { id: true, email: true, name: true } },
  purchase: { select: { id: true, reference: true, kind: true, source: true, status: true, purchasedAt: true } },
} satisfies Prisma.LicenseKeySelect

type KeyRow = Prisma.LicenseKeyGetPayload<{ select: typeof keyColumns }>

/** What lists and the detail page show of a key, computed at `now`. */
const summary = (row: KeyRow, devices: number, now: Date) => {
  const facts = toFacts(row)
  return {
    id: row.id,
    masked: maskedKey(row),
    status: shownStatus(facts, now),
    storedStatus: row.status,
    expiresAt: row.expiresAt,
    // A key whose time has not begun has no date, but it will have one.
    expiryStarts: startsLater(row) ? ('first_activation' as const) : null,
    configuration: { id: row.keyConfiguration.id, name: row.keyConfiguration.name },
    product: row.product,
    customer: row.customer,
    purchase: row.purchase,
    limits: facts.limits,
    devices,
    usage: usageNow(facts, now),
    usageResetsAt: usageResetsAt(facts.limits.usage.reset, now),
    validations: Number(row.validations),
    lastValidatedAt: row.lastValidatedAt,
    createdAt: row.createdAt,
  }
}

const startsLater = (row: KeyRow): boolean =>
  row.expiresAt === null &&
  !row.expiryOverridden &&
  row.firstActivatedAt === null &&
  row.keyConfiguration.expiryKind === 'duration' &&
  row.keyConfiguration.expiryStart === 'first_activation' &&
  row.purchase?.kind !== 'subscription'

/** Activations a key refused within the last day for a reason that still stands; `code` is the latest one's. */
export type Refused = { times: number; code: string } | null

/** A key in a list; `week` counts its validations of seven days. */
export type LicenseKeySummary = ReturnType<typeof summary> & { week: number[]; refused: Refused }

// ---------------------------------------------------------------- the list

export type LicenseKeyFilter = {
  /** A whole key, its last characters, or part of a customer's name or address. */
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

const DAY_MS = 86_400_000

// Refused activations of the last day whose cause still stands: rules.ts (stillRefused) as SQL, for keys `k` with configuration `c`.
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
  const soon = new Date(now.getTime() + EXPIRING_DAYS * 86_400_000)
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

// For ILIKE, with the wildcards people type taken as letters.
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

function searchSql(q: string): Prisma.Sql {
  const like = containing(q)
  const tail = keyTail(q)
  return Prisma.sql`(k.key_hash = ${hashKeyString(q)} OR u.email ILIKE ${like} OR u.name ILIKE ${like}
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

/** Validations of seven days (UTC), the last one today; `refused` are those among them that were. */
export type Week = { all: number[]; refused: number[] }

const emptyWeek = (): Week => ({ all: [0, 0, 0, 0, 0, 0, 0], refused: [0, 0, 0, 0, 0, 0, 0] })

const lastSevenDays = (now: Date): string[] =>
  [6, 5, 4, 3, 2, 1, 0].map((back) => {
    const date = new Date(now.getTime() - back * DAY_MS)
    return `${date.getUTCDate()} ${date.toUTCString().slice(8, 11)}`
  })

async function validationWeeks(licenseKeyIds: string[], now: Date): Promise<Map<string, Week>> {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
  const rows = await prisma.validationDay.findMany({
    where: { licenseKeyId: { in: licenseKeyIds }, day: { gte: new Date(today - 6 * DAY_MS) } },
  })
  const weeks = new Map<string, Week>()
  for (const row of rows) {
    const week = weeks.get(row.licenseKeyId) ?? emptyWeek()
    const index = 6 - Math.round((today - row.day.getTime()) / DAY_MS)
    if (index >= 0 && index <= 6) {
      week.all[index] = row.valid + row.refused
      week.refused[index] = row.refused
    }
    weeks.set(row.licenseKeyId, week)
  }
  return weeks
}

// ---------------------------------------------------------------- issuing by hand

/** What a key can be issued from: live configurations in words, and the live products that grant each. */
export async function issueChoices(merchant: Merchant) {
  const live = { organizationId: merchant.organizationId, archivedAt: null }
  const [configurations, products] = await Promise.all([
    prisma.keyConfiguration.findMany({
      where: live,
      select: { id: true, ...settingsColumns },
      orderBy: { name: 'asc' },
    }),
    prisma.product.findMany({
      where: live,
      select: { id: true, name: true, keyConfigurations: { select: { keyConfigurationId: true } } },
      orderBy: { name: 'asc' },
    }),
  ])
  return configurations.map(({ id, ...settings }) => ({
    id,
    name: settings.name,
    sample: sampleKeyString(settings.format, settings.prefix),
    words: describeConfiguration(settings),
    takesActivations: settings.activationsMode !== 'off',
    activationRequired: settings.activationRequired && settings.activationsMode !== 'off',
    products: products
      .filter((product) => product.keyConfigurations.some((link) => link.keyConfigurationId === id))
      .map((product) => ({ id: product.id, name: product.name })),
  }))
}
export type IssueChoice = Awaited<ReturnType<typeof issueChoices>>[number]

// ---------------------------------------------------------------- one key

export type ActivationSummary = {
  id: string
  label: string
  fingerprint: string | null
  conditions: JsonObject
  meta: JsonObject
  validations: number
  lastValidatedAt: Date | null
  createdAt: Date
  deactivatedAt: Date | null
}

const activationColumns = {
  id: true,
  label: true,
  fingerprint: true,
  conditions: true,
  meta: true,
  validations: true,
  lastValidatedAt: true,
  createdAt: true,
  deactivatedAt: true,
} satisfies Prisma.ActivationSelect

const toActivation = (row: Prisma.ActivationGetPayload<{ select: typeof activationColumns }>): ActivationSummary => ({
  ...row,
  conditions: row.conditions as JsonObject,
  meta: row.meta as JsonObject,
  validations: Number(row.validations),
})

/** Refusals of the last day whose cause still stands: the trouble a merchant should see first. */
export type KeyTrouble = { code: string; times: number; lastLabel: string; lastAt: Date } | null

/** Everything the detail page shows but the key string. NOT_FOUND for another organization's key. */
export async function getLicenseKey(merchant: Merchant, licenseKeyId: string, now: Date) {
  if (!isId(licenseKeyId)) throw notFound('license key')
  const [row, activations, weeks, refusals] = await Promise.all([
    prisma.licenseKey.findFirst({
      where: { id: licenseKeyId, organizationId: merchant.organizationId },
      select: keyColumns,
    }),
    prisma.activation.findMany({
      where: { licenseKeyId, organizationId: merchant.organizationId, deactivatedAt: null },
      select: activationColumns,
      orderBy: { createdAt: 'asc' },
    }),
    validationWeeks([licenseKeyId], now),
    prisma.event.findMany({
      where: {
        licenseKeyId,
        organizationId: merchant.organizationId,
        type: 'activation.refused',
        at: { gte: new Date(now.getTime() - 86_400_000) },
      },
      select: { at: true, data: true },
      orderBy: { at: 'desc' },
      take: 100,
    }),
  ])
  if (!row) throw notFound('license key')
  const { keyConfiguration } = row
  return {
    ...summary(row, activations.length, now),
    week: { ...(weeks.get(row.id) ?? emptyWeek()), days: lastSevenDays(now) },
    activations: activations.map(toActivation),
    note: row.note,
    newDevicesBlocked: row.newDevicesBlocked,
    expiryOverridden: row.expiryOverridden,
    firstActivatedAt: row.firstActivatedAt,
    entitlements: keyConfiguration.entitlements,
    version: keyConfiguration.version,
    updatedAt: row.updatedAt,
    /** What would hold if nothing were overridden on this key. */
    configured: {
      activations: { mode: keyConfiguration.activationsMode, limit: keyConfiguration.activationLimit },
      usage: { limit: keyConfiguration.usageLimit, reset: keyConfiguration.usageReset },
      expiresAt: configuredExpiry({ ...row, ofSubscription: row.purchase?.kind === 'subscription' }, keyConfiguration),
      expiry: {
        kind: keyConfiguration.expiryKind,
        count: keyConfiguration.durationCount,
        unit: keyConfiguration.durationUnit,
        start: keyConfiguration.expiryStart,
      },
    },
    overrides: {
      activationsMode: row.activationsModeOverride,
      activationLimit: row.activationLimitOverride,
      usageOverridden: row.usageOverridden,
      usageLimit: row.usageLimitOverride,
    },
    trouble: troubleOf(refusals, (code) => stillRefused(code, toFacts(row), activations.length, now)),
  }
}
export type LicenseKeyDetail = Awaited<ReturnType<typeof getLicenseKey>>

function troubleOf(refusals: { at: Date; data: Prisma.JsonValue }[], stands: (code: string) => boolean): KeyTrouble {
  const all = refusals.map(({ at, data }) => ({ at, ...(data as { code?: string; label?: string }) }))
  const last = all.find((refusal) => stands(refusal.code ?? ''))
  if (!last) return null
  const times = all.filter((refusal) => refusal.code === last.code).length
  return { code: last.code ?? '', times, lastLabel: last.label ?? '', lastAt: last.at }
}

// ---------------------------------------------------------------- activations across keys

export type ActivationFilter = { q?: string; state?: 'live' | 'deactivated' | 'all'; idleDays?: number }

const activationOrder = {
  label: { by: Prisma.sql`lower(a.label)`, nulls: Prisma.empty },
  createdAt: { by: Prisma.sql`a.created_at`, nulls: Prisma.empty },
  lastValidatedAt: { by: Prisma.sql`a.last_validated_at`, nulls: Prisma.sql`NULLS LAST` },
} satisfies Record<ActivationSort, { by: Prisma.Sql; nulls: Prisma.Sql }>

function activationsWhere({ organizationId }: Merchant, filter: ActivationFilter, now: Date): Prisma.Sql {
  const parts = [Prisma.sql`a.organization_id = ${organizationId}::uuid`]
  if (filter.state !== 'all') {
    parts.push(
      filter.state === 'deactivated' ? Prisma.sql`a.deactivated_at IS NOT NULL` : Prisma.sql`a.deactivated_at IS NULL`,
    )
  }
  if (filter.idleDays) {
    const since = new Date(now.getTime() - filter.idleDays * DAY_MS)
    parts.push(Prisma.sql`COALESCE(a.last_validated_at, a.created_at) < ${since}`)
  }
  const q = filter.q?.trim()
  if (q) {
    parts.push(Prisma.sql`(a.label ILIKE ${containing(q)} OR a.fingerprint = ${q} OR a.license_key_id IN (
      SELECT k.id FROM license_keys k JOIN customers u ON u.id = k.customer_id
      WHERE k.organization_id = ${organizationId}::uuid AND ${searchSql(q)}))`)
  }
  return Prisma.join(parts, ' AND ')
}

/** One page of the organization's activations, newest first unless sorted otherwise. */
export async function listActivations(
  merchant: Merchant,
  filter: ActivationFilter,
  { page, size, sort, dir }: { page: number; size: number; sort: ActivationSort; dir: 'asc' | 'desc' },
  now: Date,
) {
  const where = activationsWhere(merchant, filter, now)
  const direction = dir === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`
  const { by, nulls } = activationOrder[sort]
  const [ids, counted] = await Promise.all([
    prisma.$queryRaw<{ id: string }[]>`SELECT a.id FROM activations a WHERE ${where}
      ORDER BY ${by} ${direction} ${nulls}, a.id ${direction} LIMIT ${size} OFFSET ${(page - 1) * size}`,
    prisma.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total FROM activations a WHERE ${where}`,
  ])
  const rows = await prisma.activation.findMany({
    where: { organizationId: merchant.organizationId, id: { in: ids.map((row) => row.id) } },
    select: {
      ...activationColumns,
      licenseKey: {
        select: {
          id: true,
          prefix: true,
          lastCharacters: true,
          customer: { select: { id: true, email: true, name: true } },
          product: { select: { id: true, name: true } },
        },
      },
    },
  })
  const byId = new Map(rows.map((row) => [row.id, row]))
  const activations = ids.flatMap(({ id }) => {
    const found = byId.get(id)
    if (!found) return []
    const { licenseKey, ...row } = found
    const { customer, product } = licenseKey
    return [
      { ...toActivation(row), licenseKey: { id: licenseKey.id, masked: maskedKey(licenseKey) }, customer, product },
    ]
  })
  return { activations, total: counted[0]?.total ?? 0 }
}
export type ActivationListItem = Awaited<ReturnType<typeof listActivations>>['activations'][number]
