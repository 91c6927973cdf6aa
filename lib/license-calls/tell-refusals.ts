import '#server-only'
import type { Software } from '../base/actor.ts'
import { DAY_MS, HOUR_MS } from '../base/days.ts'
import { prisma } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'

// Refused validations as facts. A call only counts (counts.ts); from what was counted a sweep tells of the first refusal of a kind at once,
// and an hour later of how many there were since. So what software asks in a loop costs an event an hour, and calls nothing.

/** So long after a refusal was told, the next of its kind is not. */
const QUIET_MS = HOUR_MS
/** What nobody has told by then is not told any more. */
const FORGOTTEN_MS = 2 * DAY_MS

const AT_ONCE = 500

type Untold = {
  licenseKeyId: string
  code: string
  day: string
  times: number
  organizationId: string
  customerId: string
  productId: string | null
  keyConfigurationId: string
  purchaseId: string | null
}

/**
 * Tells of refused validations, in organizations with a webhook endpoint that wants to hear of them: pages show the counts themselves, and
 * a history of millions of them would serve nobody. May run twice; how many events that were.
 */
export async function tellRefusals(now: Date, organizationId?: string): Promise<number> {
  const software: Software = { kind: 'software', address: null }
  const organizations = await prisma.webhookEndpoint.groupBy({
    by: ['organizationId'],
    where: {
      ...(organizationId && { organizationId }),
      ...{ disabledAt: null, removedAt: null, format: 'latchkey' },
      OR: [{ types: { isEmpty: true } }, { types: { has: 'validation.refused' } }],
    },
    // What was refused before anybody wanted to hear of it is not told.
    _min: { createdAt: true },
  })
  let told = 0
  for (const { organizationId, _min } of organizations) {
    const since = new Date(Math.max(now.getTime() - FORGOTTEN_MS, _min.createdAt?.getTime() ?? 0))
    for (;;) {
      const rows = await prisma.$transaction(async (tx) => {
        const untold = await tx.$queryRaw<Untold[]>`
          SELECT r.license_key_id AS "licenseKeyId", r.code, r.day::text AS day, r.count - r.told AS times,
            k.organization_id AS "organizationId", k.customer_id AS "customerId", k.product_id AS "productId",
            k.key_configuration_id AS "keyConfigurationId", k.purchase_id AS "purchaseId"
          FROM validation_refusals r JOIN license_keys k ON k.id = r.license_key_id
          WHERE r.organization_id = ${organizationId}::uuid AND r.last_at > ${since} AND r.count > r.told
            AND NOT EXISTS (SELECT 1 FROM validation_refusals o
              WHERE o.license_key_id = r.license_key_id AND o.code = r.code AND o.day >= r.day - 1
                AND o.told_at > ${new Date(now.getTime() - QUIET_MS)})
          ORDER BY r.license_key_id, r.code, r.day LIMIT ${AT_ONCE} FOR UPDATE OF r SKIP LOCKED`
        await tx.$executeRaw`UPDATE validation_refusals r SET told = r.count, told_at = ${now}
          FROM json_to_recordset(${JSON.stringify(untold)}::json) AS t("licenseKeyId" uuid, code text, day date)
          WHERE r.license_key_id = t."licenseKeyId" AND r.code = t.code AND r.day = t.day`
        const kinds = [...Map.groupBy(untold, ({ licenseKeyId, code }) => `${licenseKeyId} ${code}`).values()]
        const events = kinds.flatMap(([first, ...others]): NewEvent[] => {
          if (!first) return []
          const { code, day: _, times, ...about } = first
          const data = { code, times: others.reduce((sum, each) => sum + each.times, times) }
          return [{ ...about, type: 'validation.refused', data }]
        })
        await record(tx, software, now, ...events)
        told += events.length
        return untold
      })
      if (rows.length < AT_ONCE) break
    }
  }
  return told
}
