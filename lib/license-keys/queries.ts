import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import type { JsonObject } from '../base/json.ts'
import { prisma } from '../database/client.ts'
import { prismaSelect } from '../database/columns.ts'
import { settingsColumns } from '../key-configurations/queries.ts'
import { describeConfiguration } from '../key-configurations/rules.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { metadataOf } from '../metadata/rules.ts'
import { editOf, shownStatus } from './look.ts'
import { sampleKeyString } from './plain.ts'
import { configurationTable, factsOf, keyTable } from './row.ts'
import { configuredExpiry, usageNow, usageResetsAt } from './rules.ts'

// ---------------------------------------------------------------- columns

/** The configuration columns every rule about a key needs. */
export const configurationColumns = {
  ...prismaSelect(configurationTable),
  id: true,
  name: true,
  expiryKind: true,
  expiresOn: true,
  durationCount: true,
  durationUnit: true,
  expiryStart: true,
  endsWithDay: true,
  updatedAt: true,
} satisfies Prisma.KeyConfigurationSelect

/** Everything about a key but its string. */
export const keyColumns = {
  ...prismaSelect(keyTable),
  purchaseId: true,
  prefix: true,
  revokedFor: true,
  switchedOff: true,
  held: true,
  expiryDay: true,
  note: true,
  metadata: true,
  tags: true,
  organization: { select: { timeZone: true } },
  keyConfiguration: { select: configurationColumns },
  product: { select: { id: true, name: true } },
  customer: { select: { id: true, email: true, name: true } },
  purchaseUnit: { select: { isSurplus: true } },
  purchase: {
    select: {
      ...{ id: true, reference: true, kind: true, source: true, status: true, reasons: true, purchasedAt: true },
      isTest: true,
      // Where its store says it stands (lib/purchases/look.ts).
      ...{ store: true, state: true, endedByHand: true, paidThrough: true, endsAt: true, graceUntil: true },
    },
  },
} satisfies Prisma.LicenseKeySelect

export type KeyRow = Prisma.LicenseKeyGetPayload<{ select: typeof keyColumns }>

/** What lists and the detail page show of a key, computed at `now`. */
export const summary = (row: KeyRow, devices: number, now: Date) => {
  const facts = factsOf(row, row.keyConfiguration)
  return {
    id: row.id,
    masked: maskedKey(row),
    status: shownStatus(facts, now),
    storedStatus: row.status,
    revokedFor: row.revokedFor,
    held: row.held,
    expiresAt: row.expiresAt,
    timeZone: row.organization.timeZone,
    // A key whose time has not begun has no date, but it will have one.
    expiryStarts: startsLater(row) ? ('first_activation' as const) : null,
    configuration: { id: row.keyConfiguration.id, name: row.keyConfiguration.name },
    product: row.product,
    customer: row.customer,
    purchase: row.purchase,
    /** Its purchase is one of a store's test mode: nobody paid for it. */
    isTest: row.purchase?.isTest ?? false,
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

/** Validations of seven days (UTC), the last one today: all, those that were refused, and the valid ones that named no device. */
export type Week = { all: number[]; refused: number[]; deviceless: number[] }

const noDays = () => [0, 0, 0, 0, 0, 0, 0]
export const emptyWeek = (): Week => ({ all: noDays(), refused: noDays(), deviceless: noDays() })

/** How often a key without its devices was validated lately. */
export type Used = { today: number; week: number; lastValidatedAt: Date | null }

// Where no device is active, none was named; days that were counted before that was told apart are known so.
function usedWithoutDevice(week: Week, devices: number, lastValidatedAt: Date | null): Used {
  const days = week.deviceless.map((count, i) =>
    devices === 0 ? Math.max(count, (week.all[i] ?? 0) - (week.refused[i] ?? 0)) : count,
  )
  return { today: days[6] ?? 0, week: days.reduce((sum, count) => sum + count, 0), lastValidatedAt }
}

export async function validationWeeks(licenseKeyIds: string[], now: Date): Promise<Map<string, Week>> {
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
      week.deviceless[index] = row.deviceless
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
      select: { id: true, ...settingsColumns, organization: { select: { timeZone: true } } },
      orderBy: { name: 'asc' },
    }),
    prisma.product.findMany({
      where: live,
      select: { id: true, name: true, keyConfigurations: { select: { keyConfigurationId: true } } },
      orderBy: { name: 'asc' },
    }),
  ])
  return configurations.map(({ id, organization, ...settings }) => ({
    id,
    name: settings.name,
    sample: sampleKeyString(settings.format, settings.prefix),
    words: describeConfiguration(settings, organization.timeZone),
    takesActivations: settings.activationsMode !== 'off',
    activationRequired: settings.activationRequired && settings.activationsMode !== 'off',
    products: products
      .filter((product) => product.keyConfigurations.some((link) => link.keyConfigurationId === id))
      .map((product) => ({ id: product.id, name: product.name })),
  }))
}
export type IssueChoice = Awaited<ReturnType<typeof issueChoices>>[number]

/** The products a key of this configuration can be sold as, and the one it has. */
export async function productsFor(merchant: Merchant, keyConfigurationId: string, chosen: string | null) {
  return prisma.product.findMany({
    where: {
      organizationId: merchant.organizationId,
      OR: [
        { archivedAt: null, keyConfigurations: { some: { keyConfigurationId } } },
        { id: { in: chosen ? [chosen] : [] } },
      ],
    },
    select: { id: true, name: true },
    orderBy: { name: 'asc' },
  })
}

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

export const activationColumns = {
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

export const toActivation = (
  row: Prisma.ActivationGetPayload<{ select: typeof activationColumns }>,
): ActivationSummary => ({
  ...row,
  conditions: row.conditions as JsonObject,
  meta: row.meta as JsonObject,
  validations: Number(row.validations),
})

/** Everything the detail page shows but the key string. NOT_FOUND for another organization's key. */
export async function getLicenseKey(merchant: Merchant, licenseKeyId: string, now: Date) {
  if (!isId(licenseKeyId)) throw notFound('license key')
  const [row, activations, weeks] = await Promise.all([
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
  ])
  if (!row) throw notFound('license key')
  const { keyConfiguration } = row
  const week = weeks.get(row.id) ?? emptyWeek()
  return {
    ...summary(row, activations.length, now),
    /** Who uses it without a device, which stopping it would stop, too. */
    used: usedWithoutDevice(week, activations.length, row.lastValidatedAt),
    week,
    activations: activations.map(toActivation),
    /** What its form is opened with. */
    edit: editOf(row),
    note: row.note,
    metadata: metadataOf(row.metadata),
    tags: row.tags,
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
      expiresAt: configuredExpiry(
        { ...row, ofSubscription: row.purchase?.kind === 'subscription' },
        keyConfiguration,
        row.organization.timeZone,
      ),
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
  }
}
export type LicenseKeyDetail = Awaited<ReturnType<typeof getLicenseKey>>
