import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { describeActor } from '../base/actor.ts'
import { DAY_MS, HOUR_MS } from '../base/days.ts'
import { notFound } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { pool, prisma } from '../database/client.ts'
import { KEPT_DAYS } from './plain.ts'
import type { SnoozeTrouble, WakeTrouble } from './schema.ts'

const days = { day: 1, week: 7 } as const

/** Puts a trouble aside: for a day or a week, or until it gets worse than it is. */
export async function snoozeTrouble(merchant: Merchant, input: SnoozeTrouble, now: Date): Promise<void> {
  assertMay(merchant, 'keys.help')
  const { organizationId } = merchant
  const { subject, code } = input
  await prisma.$transaction(async (tx) => {
    const rows = await tx.trouble.findMany({ where: { organizationId, subject, code }, select: { count: true } })
    if (rows.length === 0) throw notFound('trouble')
    const aside = {
      until: input.for === 'worse' ? null : new Date(now.getTime() + days[input.for] * DAY_MS),
      devices: rows.length,
      count: rows.reduce((sum, { count }) => sum + count, 0),
      ...{ at: now, by: describeActor(merchant).actorLabel },
    }
    await tx.troubleSnooze.upsert({
      where: { organizationId_subject_code: { organizationId, subject, code } },
      create: { organizationId, subject, code, ...aside },
      update: aside,
    })
  })
}

/** Brings a trouble back that was put aside. One that was not is left as it is. */
export async function wakeTrouble(merchant: Merchant, { subject, code }: WakeTrouble): Promise<void> {
  assertMay(merchant, 'keys.help')
  const where = { organizationId: merchant.organizationId, subject, code }
  if ((await prisma.trouble.count({ where })) === 0) throw notFound('trouble')
  await prisma.troubleSnooze.deleteMany({ where })
}

const PURGED_AT_ONCE = 5_000

/** Removes what is older than anything shows, some thousand rows at a time. For the hourly sweep. */
export async function purgeRefusals(now: Date, { atOnce = PURGED_AT_ONCE } = {}): Promise<void> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS)
  // The hour it lies in is kept whole.
  const hour = new Date(before.getTime() - HOUR_MS)
  const some = async (table: string, column: string, moment: Date) => {
    for (;;) {
      const { rowCount } = await pool.query(
        `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${column} < $1 LIMIT $2))`,
        [moment, atOnce],
      )
      if ((rowCount ?? 0) < atOnce) return
    }
  }
  await some('call_refusals', 'hour', hour)
  await some('troubles', 'last_at', before)
  // Of a key that nobody knows the queue shows no more than a week.
  await some('troubles', 'license_key_id IS NULL AND last_at', new Date(now.getTime() - 8 * DAY_MS))
  await pool.query(
    `DELETE FROM trouble_snoozes s WHERE NOT EXISTS (SELECT 1 FROM troubles t
      WHERE t.organization_id = s.organization_id AND t.subject = s.subject AND t.code = s.code)`,
  )
}
