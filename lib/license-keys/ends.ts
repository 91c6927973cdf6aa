import '#server-only'
import type { LicenseKeyStatus } from '#prisma/enums.ts'
import type { System } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { type EndToTell, endToTell } from './rules.ts'

// That keys end is a fact that nobody makes: time does. A sweep tells of it, once for each key and end. What was told stands on the key, in
// the transaction of the event, so it does not matter how often this runs, in how many processes, or where one of them died.

/** How many days before its end a key is told of whose configuration names none. Nobody is reminded by mail of those. */
const EXPIRING_DAYS_BEFORE: readonly number[] = [7]

// Few, so that nobody who validates one of them waits for long.
const AT_ONCE = 200

type DueKey = {
  id: string
  organizationId: string
  customerId: string
  productId: string | null
  keyConfigurationId: string
  purchaseId: string | null
  status: LicenseKeyStatus
  expiresAt: Date
  createdAt: Date
  endedFor: Date | null
  remindedFor: Date | null
  remindedDays: number | null
  graceDays: number
  /** Before its end, as its configuration has them. */
  reminderDays: number[]
}

/** Tells of keys that end soon, or have ended since. May run twice; how many keys that were. */
export async function tellEnds(system: System, now: Date, organizationId?: string): Promise<number> {
  await skipOld()
  const only = organizationId ?? null
  let told = 0
  for (const look of [lookEnded, lookEnding]) {
    for (let after: DueKey | undefined; ; ) {
      const due = await prisma.$transaction(async (tx) => {
        const keys = await look(tx, now, after, only)
        const tellings = keys.flatMap((key) => {
          const telling = endToTell(key, key.reminderDays, now)
          return telling ? [{ key, telling }] : []
        })
        await remember(tx, tellings)
        await record(tx, system, now, ...tellings.map(eventOf))
        told += tellings.length
        return keys
      })
      after = due.at(-1)
      if (due.length < AT_ONCE) break
    }
  }
  return told
}

const DAYS = `CASE WHEN cardinality(c.expiry_reminder_days) > 0 THEN c.expiry_reminder_days
  ELSE '{${EXPIRING_DAYS_BEFORE.join(',')}}'::int[] END`

const COLUMNS = `k.id, k.organization_id AS "organizationId", k.customer_id AS "customerId", k.product_id AS "productId",
  k.key_configuration_id AS "keyConfigurationId", k.purchase_id AS "purchaseId", k.status::text AS status, k.expires_at AS "expiresAt",
  k.created_at AS "createdAt", k.ended_for AS "endedFor", k.reminded_for AS "remindedFor", k.reminded_days AS "remindedDays",
  COALESCE(k.grace_days_override, c.grace_days) AS "graceDays", ${DAYS} AS "reminderDays"`

// The first two conditions are those of the index, which has every end that is still to be told. A key that somebody holds is looked at the
// next time: so nobody waits for anybody.
const select = (
  when: string,
) => `SELECT ${COLUMNS} FROM license_keys k JOIN key_configurations c ON c.id = k.key_configuration_id
  WHERE k.status = 'granted' AND k.ended_for IS DISTINCT FROM k.expires_at AND ${when}
    AND ($2::uuid IS NULL OR (k.expires_at, k.id) > ($3::timestamptz, $2::uuid))
    AND ($4::uuid IS NULL OR k.organization_id = $4::uuid)
  ORDER BY k.expires_at, k.id LIMIT ${AT_ONCE} FOR NO KEY UPDATE OF k SKIP LOCKED`

const ENDED = select('k.expires_at <= $1')
const ENDING = select(`k.expires_at > $1 AND k.expires_at <= $5
    AND EXISTS (SELECT 1 FROM unnest(${DAYS}) AS day WHERE k.expires_at <= $1 + day * interval '24 hours'
      AND (k.reminded_for IS DISTINCT FROM k.expires_at OR k.reminded_days > day))`)

type Look = (tx: Tx, now: Date, after: DueKey | undefined, only: string | null) => Promise<DueKey[]>

const beyond = (after: DueKey | undefined) => [after?.id ?? null, after?.expiresAt ?? null] as const

const lookEnded: Look = (tx, now, after, only) => tx.$queryRawUnsafe<DueKey[]>(ENDED, now, ...beyond(after), only)

// What lies further away is nobody's to be told of, and is not read.
const MOST_DAYS = 'SELECT max(day) AS most FROM key_configurations c, unnest(c.expiry_reminder_days) AS day'

const lookEnding: Look = async (tx, now, after, only) => {
  const [row] = await tx.$queryRawUnsafe<{ most: number | null }[]>(MOST_DAYS)
  const most = Math.max(row?.most ?? 0, ...EXPIRING_DAYS_BEFORE)
  return tx.$queryRawUnsafe<DueKey[]>(ENDING, now, ...beyond(after), only, new Date(now.getTime() + most * DAY_MS))
}

type Telling = { key: DueKey; telling: EndToTell }

async function remember(tx: Tx, tellings: Telling[]): Promise<void> {
  const rows = tellings.map(({ key, telling }) => ({
    ...{ id: key.id, end: key.expiresAt },
    days: telling.type === 'expiring' ? telling.days : null,
  }))
  if (rows.length === 0) return
  await tx.$executeRaw`UPDATE license_keys k SET
      ended_for = CASE WHEN r.days IS NULL THEN r."end" ELSE k.ended_for END,
      reminded_for = CASE WHEN r.days IS NULL THEN k.reminded_for ELSE r."end" END,
      reminded_days = COALESCE(r.days, k.reminded_days)
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(id uuid, "end" timestamptz, days smallint) WHERE k.id = r.id`
}

function eventOf({ key, telling }: Telling): NewEvent {
  const { organizationId, customerId, productId, keyConfigurationId, purchaseId } = key
  const about = { organizationId, licenseKeyId: key.id, customerId, productId, keyConfigurationId, purchaseId }
  const endsAt = key.expiresAt.toISOString()
  if (telling.type === 'expiring')
    return { ...about, type: 'license_key.expiring', data: { endsAt, days: telling.days } }
  const worksUntil = new Date(key.expiresAt.getTime() + key.graceDays * DAY_MS).toISOString()
  return { ...about, type: 'license_key.expired', data: { endsAt, worksUntil } }
}

const SKIP_AT_ONCE = 1_000

/** What had ended before ends were told of, and was not touched since, is not told of all at once. */
async function skipOld(): Promise<void> {
  for (;;) {
    const skipped = await prisma.$executeRaw`UPDATE license_keys SET ended_for = expires_at WHERE id IN (
      SELECT k.id FROM license_keys k, key_ends_clock s WHERE s.id = 1 AND k.status = 'granted'
        AND k.ended_for IS DISTINCT FROM k.expires_at AND k.expires_at <= s.since AND k.updated_at <= s.since
      LIMIT ${SKIP_AT_ONCE} FOR NO KEY UPDATE OF k SKIP LOCKED)`
    if (skipped < SKIP_AT_ONCE) return
  }
}
