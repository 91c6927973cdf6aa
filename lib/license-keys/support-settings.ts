import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import type { BoundSupport } from './schema.ts'
import { supportBoundsOf } from './support.ts'

/** How far support may go; everybody in the organization may know it. */
export const getSupportBounds = ({ organizationId }: Merchant) => supportBoundsOf(organizationId)

const parts: EditPart<BoundSupport>[] = [
  {
    ...{ label: 'Days support may extend', fields: ['extendDays'], input: 'extendDays' },
    words: ({ extendDays }) => String(extendDays),
  },
  {
    ...{ label: 'Devices support may add', fields: ['moreDevices'], input: 'moreDevices' },
    words: ({ moreDevices }) => String(moreDevices),
  },
  {
    ...{ label: 'Support sees whole keys', fields: ['seesKeys'], input: 'seesKeys' },
    words: ({ seesKeys }) => (seesKeys ? 'yes' : 'no'),
  },
]

/** Says how far support may go. `opened` is what the form showed when it was opened. */
export async function boundSupport(merchant: Merchant, typed: BoundSupport, now: Date, opened: Opened): Promise<void> {
  assertMay(merchant, 'support.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
    const before = await supportBoundsOf(organizationId, tx)
    const { merged, mine } = mergeEdit(parts, opened, typed, before)
    const changed = mine.filter((part) => part.words(before) !== part.words(merged))
    if (changed.length === 0) return
    await tx.supportSettings.upsert({
      where: { organizationId },
      create: { organizationId, ...merged },
      update: merged,
    })
    const changes = changed.map((part) => `${part.label}: ${part.words(before)} → ${part.words(merged)}`)
    await record(tx, merchant, now, { type: 'organization.updated', organizationId, data: { changes } })
  })
}
