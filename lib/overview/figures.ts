import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { DAY_MS, dayOf } from '../base/days.ts'
import { prisma } from '../database/client.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { systemNames, versionNames } from '../metadata/plain.ts'
import { FORECAST_DAYS, NAMED } from './plain.ts'
import { mostNamed, type Named, type StepCount } from './rules.ts'

// What goes through all keys, devices or validations of an organization. Kept for a while where that takes long (kept.ts).

const BUSY_DAYS = 7

/** How many keys end on each day to come, days being those of the organization: from today on, one number per day. */
async function forecast({ organizationId }: Merchant, now: Date): Promise<{ first: string; counts: number[] }> {
  const { timeZone } = await prisma.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { timeZone: true },
  })
  const first = dayOf(now, timeZone)
  const rows = await prisma.$queryRaw<{ day: number; count: number }[]>`
    SELECT ((expires_at AT TIME ZONE ${timeZone})::date - ${first}::date) AS day, count(*)::int AS count FROM license_keys
    WHERE organization_id = ${organizationId}::uuid AND status = 'granted' AND expires_at > ${now}
      AND expires_at < ${new Date(now.getTime() + (FORECAST_DAYS + 1) * DAY_MS)}
    GROUP BY 1`
  const counts = Array.from({ length: FORECAST_DAYS }, () => 0)
  for (const { day, count } of rows) if (day >= 0 && day < counts.length) counts[day] = count
  return { first, counts }
}

/** Validations and new devices by week. */
async function year({ organizationId }: Merchant, from: Date) {
  const [validations, devices] = await Promise.all([
    prisma.$queryRaw<StepCount[]>`
      SELECT date_trunc('week', hour, 'UTC') AS at, code, sum(count)::float8 AS count FROM validation_hours
      WHERE organization_id = ${organizationId}::uuid AND hour >= ${from} GROUP BY 1, 2`,
    prisma.$queryRaw<{ at: Date; count: number }[]>`
      SELECT date_trunc('week', created_at, 'UTC') AS at, count(*)::int AS count FROM activations
      WHERE organization_id = ${organizationId}::uuid AND created_at >= ${from} GROUP BY 1`,
  ])
  return { validations, devices }
}

const told = (names: readonly string[]) =>
  Prisma.sql`COALESCE(${Prisma.join(
    names.map((name) => Prisma.sql`left(meta->>${name}, 60)`),
    ', ',
  )}, '')`

/** Which versions of the software active devices run, and on which systems: what they told when they were activated. */
async function running({ organizationId }: Merchant) {
  const rows = await prisma.$queryRaw<(Named & { isVersion: boolean })[]>`
    SELECT COALESCE(version, system) AS name, GROUPING(version) = 0 AS "isVersion", count(*)::int AS count FROM (
      SELECT ${told(versionNames)} AS version, ${told(systemNames)} AS system FROM activations
      WHERE organization_id = ${organizationId}::uuid AND deactivated_at IS NULL) a
    GROUP BY GROUPING SETS ((version), (system))`
  const those = (isVersion: boolean) =>
    mostNamed(
      // What is a list or a record names nothing.
      rows
        .filter((row) => row.isVersion === isVersion)
        .map(({ name, count }) => ({ name: /^[[{]/.test(name) ? '' : name, count })),
      NAMED,
    )
  return { versions: those(true), systems: those(false) }
}

/** The keys that are validated most. */
async function busiest({ organizationId }: Merchant, now: Date) {
  const since = new Date(now.getTime() - (BUSY_DAYS - 1) * DAY_MS).toISOString().slice(0, 10)
  const rows = await prisma.$queryRaw<{ id: string; count: number; refused: number }[]>`
    SELECT license_key_id AS id, sum(valid + refused)::int AS count, sum(refused)::int AS refused FROM validation_days
    WHERE day >= ${since}::date AND license_key_id IN (SELECT id FROM license_keys WHERE organization_id = ${organizationId}::uuid)
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${NAMED}`
  const keys = await prisma.licenseKey.findMany({
    where: { organizationId, id: { in: rows.map(({ id }) => id) } },
    select: { id: true, prefix: true, lastCharacters: true, customer: { select: { name: true, email: true } } },
  })
  const byId = new Map(keys.map((key) => [key.id, key]))
  return rows.flatMap(({ id, count, refused }) => {
    const key = byId.get(id)
    return key ? [{ id, count, refused, masked: maskedKey(key), customer: key.customer }] : []
  })
}

/** All of these, one after the other: together they would keep every connection busy. */
export async function figuresOf(merchant: Merchant, yearFrom: Date, now: Date) {
  const ends = await forecast(merchant, now)
  const { validations, devices } = await year(merchant, yearFrom)
  const { versions, systems } = await running(merchant)
  return { ends, year: { validations, devices }, versions, systems, busiest: await busiest(merchant, now) }
}
