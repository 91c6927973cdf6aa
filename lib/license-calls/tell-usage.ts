import '#server-only'
import type { Software } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'

// Whoever counts usage writes a mark in the same statement when it comes to one (validate.ts, changes.ts); from those a sweep makes events.
// A call does not wait for listeners, and what a crash interrupts is told afterwards.

const AT_ONCE = 500

type Mark = {
  licenseKeyId: string
  percent: number
  periodStart: Date | null
  usage: number
  usageLimit: number
  organizationId: string
  customerId: string
  productId: string | null
  keyConfigurationId: string
  purchaseId: string | null
}

/** Tells of keys whose usage came to a mark, once for each period and limit. May run twice; how many events that were. */
export async function tellUsage(now: Date): Promise<number> {
  const software: Software = { kind: 'software', address: null }
  for (let told = 0; ; ) {
    const marks = await prisma.$transaction(async (tx) => {
      const marks = await tx.$queryRaw<Mark[]>`
        SELECT m.license_key_id AS "licenseKeyId", m.percent, m.period_start AS "periodStart", m.usage, m.usage_limit AS "usageLimit",
          k.organization_id AS "organizationId", k.customer_id AS "customerId", k.product_id AS "productId",
          k.key_configuration_id AS "keyConfigurationId", k.purchase_id AS "purchaseId"
        FROM usage_marks m JOIN license_keys k ON k.id = m.license_key_id
        WHERE NOT m.is_told ORDER BY m.reached_at LIMIT ${AT_ONCE} FOR UPDATE OF m SKIP LOCKED`
      await tx.$executeRaw`UPDATE usage_marks m SET is_told = true
        FROM json_to_recordset(${JSON.stringify(marks)}::json) AS t("licenseKeyId" uuid, percent smallint)
        WHERE m.license_key_id = t."licenseKeyId" AND m.percent = t.percent`
      await record(tx, software, now, ...marks.map(eventOf))
      return marks
    })
    told += marks.length
    if (marks.length < AT_ONCE) return told
  }
}

function eventOf({ percent, periodStart, usage, usageLimit, ...about }: Mark): NewEvent {
  const data = { usage, limit: usageLimit, percent, periodStart: periodStart?.toISOString() ?? null }
  return { ...about, type: percent === 100 ? 'usage.limit_reached' : 'usage.nearly_reached', data }
}
