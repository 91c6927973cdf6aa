import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { prisma, type Tx } from '../database/client.ts'
import { searchedIds } from '../database/folded.ts'
import type { Opened } from '../web/edits.ts'
import type { ArchiveFilter, KeyConfigurationSort } from './plain.ts'
import {
  assertExpiryAhead,
  type Change,
  type ChangeCounts,
  changesBetween,
  describeConfiguration,
  type Effect,
  effectsOf,
  type Keepable,
  keepableBetween,
  keptWords,
  mergeSettings,
  type Term,
  usagePeriodStart,
  type Warning,
  warningsFor,
  withDayIn,
} from './rules.ts'
import type { KeyConfigurationSettings } from './schema.ts'

// ---------------------------------------------------------------- rows to settings

/** Every column a person decides about. */
export const settingsColumns = {
  name: true,
  prefix: true,
  format: true,
  expiryKind: true,
  expiresOn: true,
  durationCount: true,
  durationUnit: true,
  expiryStart: true,
  endsWithDay: true,
  graceDays: true,
  expiryReminderDays: true,
  activationsMode: true,
  activationLimit: true,
  activationRequired: true,
  usageLimit: true,
  usageReset: true,
  instructions: true,
  customerMayDeactivate: true,
  customerMayRename: true,
  customerMayReplace: true,
  version: true,
  entitlements: true,
} satisfies Prisma.KeyConfigurationSelect

/** Settings, and what stands beside them. */
export const detailColumns = {
  ...settingsColumns,
  id: true,
  archivedAt: true,
  createdAt: true,
  updatedAt: true,
  organization: { select: { timeZone: true } },
  products: {
    select: { product: { select: { id: true, name: true, archivedAt: true } } },
    orderBy: { product: { name: 'asc' } },
  },
} satisfies Prisma.KeyConfigurationSelect

type DetailRow = Prisma.KeyConfigurationGetPayload<{ select: typeof detailColumns }>

/** A row of those columns, with its settings as the rules see them. */
export const toDetail = ({
  id,
  archivedAt,
  createdAt,
  updatedAt,
  organization,
  products: links,
  ...row
}: DetailRow) => {
  const products = links.map((link) => link.product)
  const settings: KeyConfigurationSettings = { ...row, productIds: products.map((product) => product.id) }
  return { id, archivedAt, createdAt, updatedAt, products, settings, timeZone: organization.timeZone }
}

/** One configuration as it stands, also inside a command's transaction; NOT_FOUND when it is not this organization's. */
export async function readKeyConfiguration(db: Tx, merchant: Merchant, id: string) {
  if (!isId(id)) throw notFound('key configuration')
  const row = await db.keyConfiguration.findFirst({
    where: { id, organizationId: merchant.organizationId },
    select: detailColumns,
  })
  if (!row) throw notFound('key configuration')
  return toDetail(row)
}

// ---------------------------------------------------------------- the list

export type KeyConfigurationListParams = {
  q: string
  status: ArchiveFilter
  sort: KeyConfigurationSort
  dir: 'asc' | 'desc'
  page: number
  size: number
}

/** What the archive filter of a catalogue list means. */
export const archivedAtFilter = {
  active: { archivedAt: null },
  archived: { archivedAt: { not: null } },
  all: {},
} as const satisfies Record<ArchiveFilter, { archivedAt?: null | { not: null } }>

/** One page of configurations, with how many keys and which products use each. `page` counts from 1. */
export async function listKeyConfigurations(merchant: Merchant, params: KeyConfigurationListParams) {
  const q = params.q.trim()
  const [named, sold] = q
    ? await Promise.all([
        searchedIds(merchant, 'key_configurations', ['name', 'prefix'], q),
        searchedIds(merchant, 'products', ['name'], q),
      ])
    : [[], []]
  const where: Prisma.KeyConfigurationWhereInput = {
    organizationId: merchant.organizationId,
    ...archivedAtFilter[params.status],
    ...(q && {
      OR: [{ id: { in: named } }, { products: { some: { productId: { in: sold } } } }],
    }),
  }
  const orderBy = {
    name: { name: params.dir },
    createdAt: { createdAt: params.dir },
    keys: { licenseKeys: { _count: params.dir } },
  } as const satisfies Record<KeyConfigurationSort, Prisma.KeyConfigurationOrderByWithRelationInput>
  const [rows, total] = await Promise.all([
    prisma.keyConfiguration.findMany({
      where,
      select: { ...detailColumns, _count: { select: { licenseKeys: true } } },
      orderBy: [orderBy[params.sort], { id: 'asc' }],
      skip: (params.page - 1) * params.size,
      take: params.size,
    }),
    prisma.keyConfiguration.count({ where }),
  ])
  const configurations = rows.map(({ _count, ...row }) => {
    const { settings, timeZone, ...detail } = toDetail(row)
    return {
      ...detail,
      name: settings.name,
      prefix: settings.prefix,
      format: settings.format,
      words: describeConfiguration(settings, timeZone),
      keys: _count.licenseKeys,
    }
  })
  return { configurations, total }
}
export type KeyConfigurationListItem = Awaited<ReturnType<typeof listKeyConfigurations>>['configurations'][number]

/** Configurations to choose from, by name. Archived ones issue no keys, so they are left out unless already chosen. */
export async function keyConfigurationChoices(merchant: Merchant, chosen: string[] = []) {
  const rows = await prisma.keyConfiguration.findMany({
    where: {
      organizationId: merchant.organizationId,
      OR: [{ archivedAt: null }, { id: { in: chosen.filter(isId) } }],
    },
    select: { ...settingsColumns, id: true, archivedAt: true, organization: { select: { timeZone: true } } },
    orderBy: { name: 'asc' },
  })
  return rows.map(({ id, archivedAt, organization, ...settings }) => ({
    id,
    name: settings.name,
    archived: archivedAt !== null,
    words: describeConfiguration(settings, organization.timeZone),
  }))
}

// ---------------------------------------------------------------- one configuration

/** One configuration with its words, warnings, products and the keys that follow it. */
export async function getKeyConfiguration(merchant: Merchant, id: string, now: Date) {
  const configuration = await readKeyConfiguration(prisma, merchant, id)
  const [counts] = await prisma.$queryRaw<
    { total: bigint; active: bigint; expired: bigint; disabled: bigint; revoked: bigint }[]
  >`
    SELECT count(*) AS total,
      count(*) FILTER (WHERE k.status = 'disabled') AS disabled,
      count(*) FILTER (WHERE k.status = 'revoked') AS revoked,
      count(*) FILTER (WHERE k.status = 'granted' AND ${isOver} <= ${now}) AS expired,
      count(*) FILTER (WHERE k.status = 'granted' AND (k.expires_at IS NULL OR ${isOver} > ${now})) AS active
    FROM license_keys k JOIN key_configurations c ON c.id = k.key_configuration_id
    WHERE k.organization_id = ${merchant.organizationId}::uuid AND k.key_configuration_id = ${configuration.id}::uuid`
  return {
    ...configuration,
    words: describeConfiguration(configuration.settings, configuration.timeZone),
    warnings: warningsFor(configuration.settings, now, configuration.timeZone),
    keys: {
      total: Number(counts?.total ?? 0),
      active: Number(counts?.active ?? 0),
      expired: Number(counts?.expired ?? 0),
      disabled: Number(counts?.disabled ?? 0),
      revoked: Number(counts?.revoked ?? 0),
    },
  }
}
// When a key stops working for good: its expiry and the grace that holds for it.
const isOver = Prisma.sql`k.expires_at + make_interval(days => COALESCE(k.grace_days_override, c.grace_days))`

// ---------------------------------------------------------------- the review step

/** What the review step shows. `changes` and `effects` are empty for a new configuration. */
export type Review = {
  words: Record<Term, string>
  products: string[]
  warnings: Warning[]
  changes: Change[]
  effects: Effect[]
  /** What of it existing keys can be spared, in words what they would keep, and how many of them there are. */
  keepable: Keepable[]
  kept: string
  existing: number
}

/** Asks everything `createKeyConfiguration` and `updateKeyConfiguration` would ask, and tells what they would do. */
export async function reviewKeyConfiguration(
  merchant: Merchant,
  input: KeyConfigurationSettings & { id?: string },
  now: Date,
  opened: Opened | null = null,
): Promise<Review> {
  const { id, ...named } = input
  const before = id ? await readKeyConfiguration(prisma, merchant, id) : null
  const timeZone = before?.timeZone ?? (await timeZoneOf(prisma, merchant))
  const typed = withDayIn(named, timeZone, [before?.settings.expiresOn, openedDay(opened)])
  const productNames = await grantingProducts(prisma, merchant, typed.productIds)
  for (const product of before?.products ?? []) productNames.set(product.id, product.name)
  const productName = (productId: string) => productNames.get(productId) ?? ''
  const after = before && opened ? mergeSettings(opened, typed, before.settings, productName, timeZone) : typed
  assertExpiryAhead(after, before?.settings ?? null, now)
  const taken = await prisma.keyConfiguration.findFirst({
    where: { organizationId: merchant.organizationId, name: after.name, ...(id && { id: { not: id } }) },
    select: { archivedAt: true },
  })
  if (taken) throw nameTaken(taken.archivedAt !== null)
  const counts = before && (await previewChange(merchant, before.id, after, now))
  const keepable = before ? keepableBetween(before.settings, after) : []
  return {
    words: describeConfiguration(after, timeZone),
    products: after.productIds.map(productName).sort(),
    warnings: warningsFor(after, now, timeZone),
    changes: before ? changesBetween(before.settings, after, productName, timeZone) : [],
    effects: before && counts ? effectsOf(before.settings, after, counts) : [],
    keepable,
    kept: before ? keptWords(before.settings, keepable) : '',
    existing: counts?.keys ?? 0,
  }
}

/** Where the organization's days begin and end. */
export async function timeZoneOf(db: Tx, { organizationId }: Merchant): Promise<string> {
  const row = await db.organization.findUnique({ where: { id: organizationId }, select: { timeZone: true } })
  if (!row) throw notFound('organization')
  return row.timeZone
}

/** The date of expiry that a form showed when it was opened. */
export const openedDay = (opened: Opened | null): Date | null =>
  typeof opened?.expiresOn === 'string' ? new Date(opened.expiresOn) : null

/** The refusal of a second configuration with the same name. */
export const nameTaken = (archived = false): Refusal =>
  new Refusal(
    'CONFLICT',
    archived
      ? 'An archived key configuration has this name. Restore it or choose another name.'
      : 'Another key configuration has this name.',
    'name',
  )

/** The names of products by id; NOT_FOUND unless every one is this organization's. */
export async function grantingProducts(db: Tx, merchant: Merchant, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const products = await db.product.findMany({
    where: { organizationId: merchant.organizationId, id: { in: ids } },
    select: { id: true, name: true },
  })
  if (products.length !== new Set(ids).size) throw new Refusal('NOT_FOUND', 'There is no such product.', 'productIds')
  return new Map(products.map((product) => [product.id, product.name]))
}

/** Counts whom new settings would reach. All keys are counted; of the effects, revoked keys feel none. */
export async function previewChange(
  merchant: Merchant,
  id: string,
  after: KeyConfigurationSettings,
  now: Date,
): Promise<ChangeCounts> {
  const { settings: before } = await readKeyConfiguration(prisma, merchant, id)
  const periodStart = usagePeriodStart(after.usageReset, now)
  const startsLater = before.expiryKind === 'duration' && before.expiryStart === 'first_activation'
  const graceOf = (days: number) =>
    Prisma.sql`k.expires_at + make_interval(days => COALESCE(k.grace_days_override, ${days}::int))`
  const [row] = await prisma.$queryRaw<Record<string, bigint>[]>`
    WITH mine AS (
      SELECT k.*, d.devices,
        COALESCE(k.activations_mode_override::text, ${after.activationsMode}) AS mode,
        k.status = 'granted' AND (k.expires_at IS NULL OR ${graceOf(before.graceDays)} > ${now}) AS usable,
        CASE WHEN ${periodStart}::timestamptz IS NULL OR k.usage_period_start >= ${periodStart}::timestamptz
          THEN k.usage ELSE 0 END AS used
      FROM license_keys k
      CROSS JOIN LATERAL (
        SELECT count(*) AS devices FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL
      ) d
      WHERE k.organization_id = ${merchant.organizationId}::uuid AND k.key_configuration_id = ${id}::uuid
    )
    SELECT (SELECT count(*) FROM mine) AS "keys",
      count(*) FILTER (WHERE activations_mode_override IS NOT NULL) AS "ownDevices",
      count(*) FILTER (WHERE usage_overridden) AS "ownUsage",
      count(*) FILTER (WHERE grace_days_override IS NOT NULL) AS "ownGrace",
      count(*) FILTER (WHERE activations_mode_override IS NULL AND devices > ${after.activationLimit}::int)
        AS "overActivationLimit",
      count(*) FILTER (WHERE activations_mode_override IS NULL AND devices > 0) AS "followersWithDevices",
      count(*) FILTER (WHERE usable AND mode <> 'off' AND devices > 0) AS "usableWithDevices",
      count(*) FILTER (WHERE usable AND mode <> 'off' AND devices = 0) AS "usableWithoutDevices",
      count(*) FILTER (WHERE usable AND NOT usage_overridden AND used >= ${after.usageLimit}::int) AS "overUsageLimit",
      count(*) FILTER (WHERE ${startsLater} AND first_activated_at IS NULL AND expires_at IS NULL AND NOT expiry_overridden)
        AS "notStarted",
      count(*) FILTER (WHERE status = 'granted' AND expires_at <= ${now} AND ${graceOf(before.graceDays)} > ${now}
        AND ${graceOf(after.graceDays)} <= ${now}) AS "graceLost",
      count(*) FILTER (WHERE status = 'granted' AND ${graceOf(before.graceDays)} <= ${now}
        AND ${graceOf(after.graceDays)} > ${now}) AS "graceWon"
    FROM mine k WHERE status <> 'revoked'`
  const count = (name: string) => Number(row?.[name] ?? 0)
  return {
    keys: count('keys'),
    ownDevices: count('ownDevices'),
    ownUsage: count('ownUsage'),
    ownGrace: count('ownGrace'),
    overActivationLimit: count('overActivationLimit'),
    followersWithDevices: count('followersWithDevices'),
    usableWithDevices: count('usableWithDevices'),
    usableWithoutDevices: count('usableWithoutDevices'),
    overUsageLimit: count('overUsageLimit'),
    notStarted: count('notStarted'),
    graceLost: count('graceLost'),
    graceWon: count('graceWon'),
  }
}
