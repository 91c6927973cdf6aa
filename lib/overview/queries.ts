import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { HOUR_MS } from '../base/days.ts'
import { prisma } from '../database/client.ts'
import { latestEvents } from '../events/queries.ts'
import { countActiveDevices, countLicenseKeys } from '../license-keys/counts.ts'
import { listLicenseKeys } from '../license-keys/list.ts'
import { figuresOf } from './figures.ts'
import { kept } from './kept.ts'
import type { Span } from './plain.ts'
import { type FirstSteps, plainSteps, refusalReasons, type StepCount, stepsOf, validationSteps } from './rules.ts'

/** How many keys each of the overview's lists shows. */
export const OVERVIEW_KEYS = 6

/** What the dashboard says at a glance; charts reach as far back as `span` says. */
export async function getOverview(merchant: Merchant, span: Span, now: Date) {
  const { organizationId } = merchant
  const first = { page: 1, size: OVERVIEW_KEYS } as const
  const [keys, devices, hours, expiring, events, steps, charts, figures] = await Promise.all([
    countLicenseKeys(merchant, now),
    countActiveDevices(merchant),
    // Counts are kept by the hour, so "24 hours" is the running one and the 23 before it.
    prisma.validationHour.groupBy({
      by: ['code'],
      where: { organizationId, hour: { gt: new Date(now.getTime() - 24 * HOUR_MS) } },
      _sum: { count: true },
    }),
    listLicenseKeys(merchant, { statuses: ['expiring'] }, { ...first, sort: 'expiresAt', dir: 'asc' }, now),
    latestEvents(merchant, {}, 8),
    firstSteps(merchant),
    span === 'year' ? null : chartsOf(merchant, span, now),
    kept(`overview ${organizationId}`, () => figuresOf(merchant, firstStepOf('year', now), now)),
  ])
  const validations = hours.reduce((sum, row) => sum + (row._sum.count ?? 0), 0)
  const valid = hours.find((row) => row.code === 'VALID')?._sum.count ?? 0
  const { year, ...others } = figures.value
  const rows = charts ?? year
  return {
    keys,
    devices,
    lastDay: { validations, refused: validations - valid },
    validations: validationSteps(rows.validations, span, now),
    reasons: refusalReasons(rows.validations),
    newDevices: plainSteps(rows.devices, span, now),
    expiring,
    events,
    steps,
    ...others,
    /** When what goes through everything was read. */
    figuresAt: figures.at,
  }
}
export type Overview = Awaited<ReturnType<typeof getOverview>>

const firstStepOf = (span: Span, now: Date): Date => stepsOf(span, now)[0] as Date

/** Validations and new devices by hour or by day. */
async function chartsOf({ organizationId }: Merchant, span: Exclude<Span, 'year'>, now: Date) {
  const step = span === 'day' ? 'hour' : 'day'
  const from = firstStepOf(span, now)
  const [validations, devices] = await Promise.all([
    prisma.$queryRaw<StepCount[]>`
      SELECT date_trunc(${step}::text, hour, 'UTC') AS at, code, sum(count)::float8 AS count FROM validation_hours
      WHERE organization_id = ${organizationId}::uuid AND hour >= ${from} GROUP BY 1, 2`,
    prisma.$queryRaw<{ at: Date; count: number }[]>`
      SELECT date_trunc(${step}::text, created_at, 'UTC') AS at, count(*)::int AS count FROM activations
      WHERE organization_id = ${organizationId}::uuid AND created_at >= ${from} GROUP BY 1`,
  ])
  return { validations, devices }
}

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
