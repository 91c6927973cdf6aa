import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import type { Verb } from '../error-codes/schema.ts'
import { lastActivated, standsSql } from '../license-keys/list.ts'
import { type LookedAt, OTHERS, type TroubleState } from './plain.ts'
import { isSnoozed, type Snoozed, solvedAt, stateOf, stateOfAll } from './rules.ts'

// Troubles as they are stored, a row for each key, cause and device, and as people see them: one for each key and cause.

/** A trouble of one device. */
export type Row = {
  subject: string
  code: string
  device: string
  licenseKeyId: string | null
  verb: Verb
  label: string | null
  address: string | null
  count: number
  since: Date
  lastAt: Date
  stands: boolean
  keyYesAt: Date | null
  deviceYesAt: Date | null
  joinedAt: Date | null
  snoozedAt: Date | null
  snoozedBy: string | null
  snoozedUntil: Date | null
  snoozedDevices: number | null
  snoozedCount: number | null
}

// A device that was named by what it calls itself is one that asked to join.
const deviceYes = Prisma.sql`(SELECT max(greatest(a.last_validated_at, a.created_at)) FROM activations a
  WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL
    AND (a.id::text = r.device OR a.fingerprint = r.device OR (r.verb = 'activate' AND a.label = r.device)))`

/** The newest troubles of an organization since then, without what was looked at; `some` narrows them. */
export async function troubleRows(
  merchant: Merchant,
  { since, limit, some = Prisma.empty }: { since: Date; limit: number; some?: Prisma.Sql },
  now: Date,
): Promise<Row[]> {
  return prisma.$queryRaw<Row[]>`
    WITH r AS MATERIALIZED (
      SELECT * FROM troubles t WHERE t.organization_id = ${merchant.organizationId}::uuid AND t.last_at >= ${since} ${some}
      ORDER BY t.last_at DESC LIMIT ${limit}
    )
    SELECT r.subject, r.code, r.device, r.license_key_id AS "licenseKeyId", r.verb, r.label, r.address,
      r.count, r.since, r.last_at AS "lastAt", COALESCE(${standsSql(now)}, false) AS stands,
      k.last_validated_at AS "keyYesAt", ${deviceYes} AS "deviceYesAt",
      CASE WHEN r.code IN ('ACTIVATION_REQUIRED', 'ACTIVATION_NOT_FOUND') THEN ${lastActivated} END AS "joinedAt",
      s.at AS "snoozedAt", s.by AS "snoozedBy", s.until AS "snoozedUntil", s.devices AS "snoozedDevices", s.count AS "snoozedCount"
    FROM r LEFT JOIN license_keys k ON k.id = r.license_key_id AND k.organization_id = r.organization_id
    LEFT JOIN key_configurations c ON c.id = k.key_configuration_id
    LEFT JOIN trouble_snoozes s ON s.organization_id = r.organization_id AND s.subject = r.subject AND s.code = r.code
    ORDER BY r.last_at DESC`
}

/** A trouble of one key and cause. */
export type Group = {
  subject: string
  code: string
  licenseKeyId: string | null
  state: TroubleState
  /** The device that was refused last. */
  last: Row
  devices: number
  count: number
  since: Date
  solvedAt: Date | null
  snooze: { at: Date; by: string; until: Date | null } | null
}

const standingOf = (row: Row) => ({
  ...row,
  isKnown: row.licenseKeyId !== null,
  namesDevice: row.device !== '' && row.device !== OTHERS,
})

const snoozeOf = ({ snoozedAt, snoozedUntil, snoozedDevices, snoozedCount }: Row): Snoozed | null =>
  snoozedAt && { until: snoozedUntil, devices: snoozedDevices ?? 0, count: snoozedCount ?? 0 }

/** What the rules looked at, of each of these troubles in their order. */
export async function lookedAtOf(
  { organizationId }: Merchant,
  troubles: { subject: string; code: string; device: string }[],
): Promise<(LookedAt | null)[]> {
  if (troubles.length === 0) return []
  const rows = await prisma.$queryRaw<{ lookedAt: LookedAt | null }[]>`
    SELECT t.looked_at AS "lookedAt"
    FROM unnest(${troubles.map(({ subject }) => subject)}::text[], ${troubles.map(({ code }) => code)}::text[],
      ${troubles.map(({ device }) => device)}::text[]) WITH ORDINALITY AS i(subject, code, device, position)
    LEFT JOIN troubles t ON t.organization_id = ${organizationId}::uuid AND t.subject = i.subject AND t.code = i.code
      AND t.device = i.device
    ORDER BY i.position`
  return rows.map(({ lookedAt }) => lookedAt)
}

/** Rows, newest first, by key and cause. */
export function groupsOf(rows: Row[], now: Date): Group[] {
  const groups = Map.groupBy(rows, ({ subject, code }) => `${code} ${subject}`)
  return [...groups.values()].flatMap((own): Group[] => {
    const states = own.map((row) => stateOf(standingOf(row)))
    const state = stateOfAll(states)
    // What is refused still is what helps are about; of what is over, what happened last.
    const last = own[Math.max(0, states.indexOf(state))]
    if (!last) return []
    const sum = { devices: own.length, count: own.reduce((all, { count }) => all + count, 0) }
    const yes = own.flatMap((row) => solvedAt(standingOf(row)) ?? [])
    return [
      {
        ...{ subject: last.subject, code: last.code, licenseKeyId: last.licenseKeyId, last, ...sum },
        state: state === 'open' && isSnoozed(snoozeOf(last), sum, now) ? 'snoozed' : state,
        since: new Date(Math.min(...own.map(({ since }) => since.getTime()))),
        solvedAt: state === 'solved' ? new Date(Math.max(...yes.map((at) => at.getTime()))) : null,
        snooze: last.snoozedAt && { at: last.snoozedAt, by: last.snoozedBy ?? '', until: last.snoozedUntil },
      },
    ]
  })
}
