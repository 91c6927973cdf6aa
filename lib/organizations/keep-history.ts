import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import { historyWords } from './plain.ts'
import type { KeepHistory } from './schema.ts'

/** How many months events stay in the history; null: for ever. */
export async function getHistoryMonths({ organizationId: id }: Merchant): Promise<number | null> {
  const found = await prisma.organization.findUniqueOrThrow({ where: { id }, select: { historyMonths: true } })
  return found.historyMonths
}

const parts: EditPart<KeepHistory>[] = [
  { label: 'History', fields: ['months'], input: 'months', words: ({ months }) => `kept ${historyWords(months)}` },
]

/** Says how long the history is kept; older events are deleted at night. `opened` is what the form showed when it was opened. */
export async function keepHistory(
  merchant: Merchant,
  typed: KeepHistory,
  now: Date,
  opened: Opened | null = null,
): Promise<void> {
  assertMay(merchant, 'security.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    const [before] = await tx.$queryRaw<{ months: number | null }[]>`
      SELECT history_months AS months FROM organizations WHERE id = ${organizationId}::uuid FOR UPDATE`
    if (!before) return
    const { months } = opened ? mergeEdit(parts, opened, typed, before).merged : typed
    if (before.months === months) return
    await tx.organization.update({ where: { id: organizationId }, data: { historyMonths: months } })
    const changes = [`History kept ${historyWords(months)} instead of ${historyWords(before.months)}`]
    await record(tx, merchant, now, { type: 'organization.updated', organizationId, data: { changes } })
  })
}
