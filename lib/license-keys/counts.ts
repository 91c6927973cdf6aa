import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { prisma } from '../database/client.ts'
import { EXPIRING_DAYS } from './look.ts'
import type { ShownStatus } from './plain.ts'

// How many keys and devices an organization has, from rows that triggers add where something changes and that are added up here. They are
// exact in every moment: they commit with what they count.

/**
 * How many keys there are in each state; with `configurationIds`, of these configurations. Keys are counted by the day (UTC) of their
 * end: what a whole day has come to follows from the clock, and of the few days within which something changes now, keys are looked at.
 */
export async function countLicenseKeys(
  { organizationId }: Merchant,
  now: Date,
  { configurationIds }: { configurationIds?: string[] } = {},
): Promise<Record<ShownStatus, number>> {
  const soon = new Date(now.getTime() + EXPIRING_DAYS * DAY_MS)
  // shownStatus (look.ts) as SQL, of a key that ends then.
  const stateOf = (
    end: Prisma.Sql,
    grace: Prisma.Sql,
  ) => Prisma.sql`CASE WHEN ${end} IS NULL OR ${end} > ${soon} THEN 'active'
    WHEN ${end} > ${now} THEN 'expiring' WHEN ${end} + make_interval(days => ${grace}) > ${now} THEN 'grace' ELSE 'expired' END`
  const rows = await prisma.$queryRaw<{ state: ShownStatus; count: number }[]>`
    WITH counted AS (
      SELECT n.key_configuration_id, n.status, COALESCE(n.grace_days, c.grace_days) AS grace, n.ends_on,
        n.ends_on::timestamp AT TIME ZONE 'UTC' AS first, (n.ends_on + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 millisecond' AS last,
        sum(n.count) AS count
      FROM key_counts n JOIN key_configurations c ON c.id = n.key_configuration_id
      WHERE n.organization_id = ${organizationId}::uuid
        ${configurationIds ? Prisma.sql`AND n.key_configuration_id = ANY(${configurationIds}::uuid[])` : Prisma.empty}
      GROUP BY 1, 2, 3, 4 HAVING sum(n.count) <> 0
    ), judged AS (
      SELECT *, CASE WHEN status <> 'granted' THEN status::text
        WHEN ${stateOf(Prisma.sql`first`, Prisma.sql`grace`)} = ${stateOf(Prisma.sql`last`, Prisma.sql`grace`)}
        THEN ${stateOf(Prisma.sql`first`, Prisma.sql`grace`)} END AS state
      FROM counted
    ), open_days AS MATERIALIZED (
      SELECT DISTINCT ends_on, first FROM judged WHERE state IS NULL
    ), looked_at AS (
      SELECT ${stateOf(Prisma.sql`k.expires_at`, Prisma.sql`k.grace`)} AS state
      -- Day by day, by the index of ends: an offset keeps PostgreSQL from beginning elsewhere.
      FROM open_days d CROSS JOIN LATERAL (
        SELECT l.expires_at, l.key_configuration_id, COALESCE(l.grace_days_override, c.grace_days) AS grace
        FROM license_keys l JOIN key_configurations c ON c.id = l.key_configuration_id
        WHERE l.organization_id = ${organizationId}::uuid AND l.expires_at >= d.first AND l.expires_at < d.first + interval '1 day'
          AND l.status = 'granted' OFFSET 0) k
      WHERE EXISTS (SELECT 1 FROM judged j WHERE j.state IS NULL AND j.ends_on = d.ends_on
        AND j.key_configuration_id = k.key_configuration_id AND j.grace = k.grace)
    )
    SELECT state, sum(count)::int AS count FROM (
      SELECT state, count FROM judged WHERE state IS NOT NULL UNION ALL SELECT state, 1 FROM looked_at) s GROUP BY 1`
  const counts = { active: 0, expiring: 0, grace: 0, expired: 0, disabled: 0, revoked: 0 }
  for (const { state, count } of rows) counts[state] = count
  return counts
}

/** How many devices are active. */
export async function countActiveDevices({ organizationId }: Merchant): Promise<number> {
  const [row] = await prisma.$queryRaw<{ count: number }[]>`
    SELECT COALESCE(sum(count), 0)::int AS count FROM device_counts WHERE organization_id = ${organizationId}::uuid`
  return row?.count ?? 0
}

const TABLES = {
  key_counts: 'organization_id, key_configuration_id, status, grace_days, ends_on',
  device_counts: 'organization_id',
} as const

/** So many rows of an organization may wait to be added up: as many as are read in no time. */
const FEW = 100

/** Puts the rows of counts together. Nobody waits for it, and it for nobody: what is added meanwhile is left for the next time. */
export async function addUpCounts(): Promise<void> {
  for (const [table, group] of Object.entries(TABLES)) {
    const name = Prisma.raw(table)
    const parts = Prisma.raw(group)
    const due = await prisma.$queryRaw<{ id: string }[]>`SELECT organization_id AS id FROM (
        SELECT ${parts}, count(*) AS rows FROM ${name} GROUP BY ${parts}) g
      GROUP BY 1 HAVING sum(rows) - count(*) > ${FEW}`
    for (const { id } of due)
      await prisma.$executeRaw`WITH taken AS (
          DELETE FROM ${name} WHERE id IN (SELECT id FROM ${name} WHERE organization_id = ${id}::uuid ORDER BY id FOR UPDATE SKIP LOCKED)
          RETURNING ${parts}, count)
        INSERT INTO ${name} (${parts}, count) SELECT ${parts}, sum(count) FROM taken GROUP BY ${parts} HAVING sum(count) <> 0`
    await prisma.$executeRaw`DELETE FROM ${name} n WHERE NOT EXISTS (SELECT 1 FROM organizations o WHERE o.id = n.organization_id)`
  }
}

/** Compares the counts with what they count, and adds what they lack; how many were wrong. Both are seen as of one moment. */
export async function correctCounts(): Promise<number> {
  const keys =
    await prisma.$executeRaw`INSERT INTO key_counts (organization_id, key_configuration_id, status, grace_days, ends_on, count)
    SELECT organization_id, key_configuration_id, status, grace_days, ends_on, sum(n) FROM (
      SELECT organization_id, key_configuration_id, status, grace_days_override AS grace_days,
        (expires_at AT TIME ZONE 'UTC')::date AS ends_on, count(*) AS n
      FROM license_keys GROUP BY 1, 2, 3, 4, 5
      UNION ALL
      SELECT organization_id, key_configuration_id, status, grace_days, ends_on, -sum(count) FROM key_counts GROUP BY 1, 2, 3, 4, 5) difference
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0`
  const devices = await prisma.$executeRaw`INSERT INTO device_counts (organization_id, count)
    SELECT organization_id, sum(n) FROM (
      SELECT organization_id, count(*) AS n FROM activations WHERE deactivated_at IS NULL GROUP BY 1
      UNION ALL
      SELECT organization_id, -sum(count) FROM device_counts GROUP BY 1) difference
    GROUP BY 1 HAVING sum(n) <> 0`
  return keys + devices
}
