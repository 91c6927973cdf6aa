import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import type { KeepSecurityLog } from './schema.ts'

const logParts: EditPart<KeepSecurityLog>[] = [
  { label: 'Security log', fields: ['months'], input: 'months', words: ({ months }) => `kept ${months} months` },
]

/** Says how many months the security log is kept. `opened` is what the form showed when it was opened. */
export async function keepSecurityLog(
  merchant: Merchant,
  typed: KeepSecurityLog,
  now: Date,
  opened: Opened | null = null,
): Promise<void> {
  assertMay(merchant, 'security.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    const [before] = await tx.$queryRaw<{ months: number }[]>`
      SELECT security_log_months AS months FROM organizations WHERE id = ${organizationId}::uuid FOR UPDATE`
    if (!before) return
    const { months } = opened ? mergeEdit(logParts, opened, typed, before).merged : typed
    if (before.months === months) return
    await tx.organization.update({ where: { id: organizationId }, data: { securityLogMonths: months } })
    const changes = [`Security log kept for ${months} months instead of ${before.months}`]
    await record(tx, merchant, now, { type: 'organization.updated', organizationId, data: { changes } })
  })
}
