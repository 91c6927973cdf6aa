import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import type { LicenseCode } from '../error-codes/schema.ts'
import { isLicenseCode, verdicts } from '../error-codes/schema.ts'
import { maskedKey } from '../key-strings/rules.ts'
import type { CallFilter, CallPlace, CallVerb, ShownCall } from './plain.ts'
import { type ChartSpan, type ChartStep, chartSpans, isYes, type PartCounts, validCodes } from './rules.ts'

type Row = Omit<ShownCall, 'at' | 'writtenAt' | 'valid' | 'licenseKey' | 'durationMs'> & {
  at: Date
  writtenAt: Date
  licenseKeyId: string | null
  prefix: string | null
  lastCharacters: string
  configurationId: string
  configuration: string
  customer: string
  durationUs: number
}

const read = (where: Prisma.Sql, rest: Prisma.Sql) => prisma.$queryRaw<Row[]>`
  SELECT c.id, c.at, c.written_at AS "writtenAt", c.verb, c.code, c.stands_for AS "standsFor", c.activation_id AS "activationId",
    c.device, c.fingerprint, c.address, c.dialect, c.app, c.duration_us AS "durationUs",
    k.id AS "licenseKeyId", k.prefix, k.last_characters AS "lastCharacters", k.key_configuration_id AS "configurationId",
    g.name AS configuration, coalesce(u.name, u.email) AS customer
  FROM license_calls c LEFT JOIN license_keys k ON k.id = c.license_key_id AND k.organization_id = c.organization_id
    LEFT JOIN key_configurations g ON g.id = k.key_configuration_id
    LEFT JOIN customers u ON u.id = k.customer_id
  WHERE ${where} ORDER BY c.written_at DESC, c.id DESC ${rest}`

function shown({
  at,
  writtenAt,
  licenseKeyId,
  prefix,
  lastCharacters,
  configurationId,
  configuration,
  customer,
  durationUs,
  ...row
}: Row): ShownCall {
  const masked = licenseKeyId && maskedKey({ prefix, lastCharacters })
  return {
    ...row,
    at: at.getTime(),
    writtenAt: writtenAt.getTime(),
    verb: row.verb as CallVerb,
    valid: isYes(row.code),
    licenseKey: licenseKeyId && masked ? { id: licenseKeyId, masked, configurationId, configuration, customer } : null,
    durationMs: durationUs / 1_000,
  }
}

// A code of a version that is no longer known says nothing to anybody.
const known = (rows: Row[]): ShownCall[] => rows.filter(({ code }) => isLicenseCode(code)).map(shown)

const ofOrganization = ({ organizationId }: { organizationId: string }) =>
  Prisma.sql`c.organization_id = ${organizationId}::uuid`

function whereOf(merchant: { organizationId: string }, filter: CallFilter): Prisma.Sql {
  const { outcomes = [], codes = [], licenseKeyId, configurationIds = [] } = filter
  const some = [ofOrganization(merchant)]
  if (outcomes.length === 1)
    some.push(
      outcomes[0] === 'yes'
        ? Prisma.sql`c.code = ANY(${validCodes}::text[])`
        : Prisma.sql`c.code <> ALL(${validCodes}::text[])`,
    )
  if (codes.length > 0) some.push(Prisma.sql`c.code = ANY(${codes}::text[])`)
  if (licenseKeyId)
    some.push(isId(licenseKeyId) ? Prisma.sql`c.license_key_id = ${licenseKeyId}::uuid` : Prisma.sql`false`)
  const ids = configurationIds.filter(isId)
  if (configurationIds.length > 0)
    some.push(Prisma.sql`EXISTS (SELECT 1 FROM license_keys f WHERE f.id = c.license_key_id
      AND f.key_configuration_id = ANY(${ids}::uuid[]))`)
  return Prisma.join(some, ' AND ')
}

/** The newest calls that the filter asks for, or those before a place of the list. `next` is where older ones begin. */
export async function listCalls(
  merchant: Merchant,
  filter: CallFilter,
  before: CallPlace | null,
  limit: number,
): Promise<{ calls: ShownCall[]; next: CallPlace | null }> {
  assertMay(merchant, 'keys.read')
  const where = whereOf(merchant, filter)
  const page = before
    ? Prisma.sql`${where} AND (c.written_at, c.id) < (${new Date(before.writtenAt)}, ${before.id}::uuid)`
    : where
  const rows = await read(page, Prisma.sql`LIMIT ${limit + 1}`)
  const calls = known(rows.slice(0, limit))
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { calls, next: last ? { writtenAt: last.writtenAt.getTime(), id: last.id } : null }
}

/** The calls of an organization that were written at these moments, newest first. For those who are told that there are some. */
export async function callsWrittenAt(organizationId: string, moments: number[], limit: number): Promise<ShownCall[]> {
  const dates = moments.map((moment) => new Date(moment))
  const where = Prisma.sql`${ofOrganization({ organizationId })} AND c.written_at = ANY(${dates}::timestamptz[])`
  return known(await read(where, Prisma.sql`LIMIT ${limit}`))
}

/** The calls that the filter asks for since a moment, newest first. For those who may have missed some. */
export async function callsSince(
  of: { organizationId: string },
  filter: CallFilter,
  moment: number,
  limit: number,
): Promise<ShownCall[]> {
  const where = Prisma.sql`${whereOf(of, filter)} AND c.written_at >= ${new Date(moment)}`
  return known(await read(where, Prisma.sql`LIMIT ${limit}`))
}

/** Where whoever follows from now on begins, by the database's clock. */
export async function logClock(): Promise<number> {
  const [row] = await prisma.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  return row?.now.getTime() ?? 0
}

/**
 * How many calls came to what, step by step up to now, and which of the newest calls are in it: whoever adds what comes later can leave
 * those out. Steps without a call are not there.
 */
export async function callChart(
  merchant: Merchant,
  filter: CallFilter,
  span: ChartSpan,
  now: Date,
): Promise<{ steps: ChartStep[]; counted: string[] }> {
  assertMay(merchant, 'keys.read')
  const { stepMs, steps } = chartSpans[span]
  const first = now.getTime() - (now.getTime() % stepMs) - (steps - 1) * stepMs
  const where = whereOf(merchant, filter)
  // Written a little after they were answered, by another clock.
  const since = Prisma.sql`${where} AND c.written_at >= ${new Date(first - 5_000)} AND c.at >= ${new Date(first)}`
  const [found] = await prisma.$queryRaw<
    { counts: [number, LicenseCode, number][] | null; counted: string[] | null }[]
  >`
    SELECT (SELECT json_agg(json_build_array(s.step, s.code, s.times)) FROM (
        SELECT (floor(extract(epoch FROM c.at) * 1000 / ${stepMs}) * ${stepMs})::bigint AS step, c.code, sum(c.stands_for)::int AS times
        FROM license_calls c WHERE ${since} GROUP BY 1, 2) s) AS counts,
      (SELECT json_agg(c.id) FROM license_calls c WHERE ${since} AND c.written_at >= now() - make_interval(secs => ${COUNTED_S})) AS counted`
  const byStep = new Map<number, PartCounts>()
  for (const [at, code, times] of found?.counts ?? []) {
    if (!isLicenseCode(code)) continue
    const counts = byStep.get(at) ?? {}
    const { part } = verdicts[code]
    counts[part] = (counts[part] ?? 0) + times
    byStep.set(at, counts)
  }
  return {
    steps: [...byStep].map(([at, counts]) => ({ at, counts })).sort((a, b) => a.at - b.at),
    counted: found?.counted ?? [],
  }
}

// Longer than the notes of what was read with it are on their way.
const COUNTED_S = 10

/** How a key is shown where only its calls are; null when it is not theirs or not there. */
export async function maskedKeyOf(merchant: Merchant, licenseKeyId: string): Promise<string | null> {
  assertMay(merchant, 'keys.read')
  if (!isId(licenseKeyId)) return null
  const key = await prisma.licenseKey.findFirst({
    where: { id: licenseKeyId, organizationId: merchant.organizationId },
    select: { prefix: true, lastCharacters: true },
  })
  return key && maskedKey(key)
}
