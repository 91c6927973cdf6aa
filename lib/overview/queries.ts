import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { HOUR_MS } from '../base/days.ts'
import { prisma } from '../database/client.ts'
import { latestEvents } from '../events/queries.ts'
import { countActiveDevices, countLicenseKeys } from '../license-keys/counts.ts'
import { listLicenseKeys } from '../license-keys/list.ts'
import { type DayCount, type FirstSteps, refusalReasons, validationDays } from './rules.ts'

const CHART_DAYS = 14
/** How many keys each of the overview's lists shows. */
export const OVERVIEW_KEYS = 6

/** What the dashboard says at a glance. */
export async function getOverview(merchant: Merchant, now: Date) {
  const { organizationId } = merchant
  const first = { page: 1, size: OVERVIEW_KEYS } as const
  const [keys, devices, hours, days, expiring, events, steps] = await Promise.all([
    countLicenseKeys(merchant, now),
    countActiveDevices(merchant),
    // Counts are kept by the hour, so "24 hours" is the running one and the 23 before it.
    prisma.validationHour.groupBy({
      by: ['code'],
      where: { organizationId, hour: { gt: new Date(now.getTime() - 24 * HOUR_MS) } },
      _sum: { count: true },
    }),
    prisma.$queryRaw<DayCount[]>`
      SELECT to_char(hour, 'YYYY-MM-DD') AS day, code, sum(count)::float8 AS count FROM validation_hours
      WHERE organization_id = ${organizationId}::uuid AND hour >= date_trunc('day', ${now}::timestamptz) - make_interval(days => ${CHART_DAYS - 1})
      GROUP BY 1, 2`,
    listLicenseKeys(merchant, { statuses: ['expiring'] }, { ...first, sort: 'expiresAt', dir: 'asc' }, now),
    latestEvents(merchant, {}, 8),
    firstSteps(merchant),
  ])
  const validations = hours.reduce((sum, row) => sum + (row._sum.count ?? 0), 0)
  const valid = hours.find((row) => row.code === 'VALID')?._sum.count ?? 0
  return {
    keys,
    devices,
    lastDay: { validations, refused: validations - valid },
    days: validationDays(days, CHART_DAYS, now),
    reasons: refusalReasons(days),
    expiring,
    events,
    steps,
  }
}
export type Overview = Awaited<ReturnType<typeof getOverview>>

async function firstSteps({ organizationId }: Merchant): Promise<FirstSteps> {
  const where = { organizationId }
  const [product, configuration, key, validation, store] = await Promise.all([
    prisma.product.findFirst({ where, select: { id: true } }),
    prisma.keyConfiguration.findFirst({ where, select: { id: true } }),
    prisma.licenseKey.findFirst({ where, select: { id: true } }),
    prisma.licenseKey.findFirst({ where: { ...where, validations: { gt: 0 } }, select: { id: true } }),
    prisma.storeConnection.findFirst({ where, select: { id: true } }),
  ])
  return {
    product: product !== null,
    configuration: configuration !== null,
    key: key !== null,
    validation: validation !== null,
    store: store !== null,
  }
}
