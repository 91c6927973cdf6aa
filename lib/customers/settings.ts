import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import type { CustomerSettings } from './schema.ts'

/** What holds until an organization says otherwise. */
export const usualSettings: CustomerSettings = {
  mayRotate: false,
  mayHandOn: false,
  cooldownHours: 0,
  releasesAYear: null,
}

const columns = { mayRotate: true, mayHandOn: true, cooldownHours: true, releasesAYear: true } as const

/** What customers of an organization may do for themselves. */
export const customerSettingsOf = async (organizationId: string, tx: Tx = prisma): Promise<CustomerSettings> =>
  (await tx.customerSettings.findUnique({ where: { organizationId }, select: columns })) ?? usualSettings

/** The same, for the form that changes it. */
export async function getCustomerSettings(merchant: Merchant): Promise<CustomerSettings> {
  assertMay(merchant, 'organization.write')
  return customerSettingsOf(merchant.organizationId)
}

const parts: EditPart<CustomerSettings>[] = [
  {
    ...{ label: 'Customers may replace a key', fields: ['mayRotate'], input: 'mayRotate' },
    words: ({ mayRotate }) => (mayRotate ? 'yes' : 'no'),
  },
  {
    ...{ label: 'Customers may hand a key on', fields: ['mayHandOn'], input: 'mayHandOn' },
    words: ({ mayHandOn }) => (mayHandOn ? 'yes' : 'no'),
  },
  {
    ...{ label: 'Hours between freed devices', fields: ['cooldownHours'], input: 'cooldownHours' },
    words: ({ cooldownHours }) => String(cooldownHours),
  },
  {
    ...{ label: 'Freed devices a year', fields: ['releasesAYear'], input: 'releasesAYear' },
    words: ({ releasesAYear }) => (releasesAYear === null ? 'any number' : String(releasesAYear)),
  },
]

/** Changes what customers may do. `opened` is what the form showed when it was opened. */
export async function saveCustomerSettings(
  merchant: Merchant,
  typed: CustomerSettings,
  now: Date,
  opened: Opened,
): Promise<void> {
  assertMay(merchant, 'organization.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
    const before = await customerSettingsOf(organizationId, tx)
    const { merged, mine } = mergeEdit(parts, opened, typed, before)
    const changed = mine.filter((part) => part.words(before) !== part.words(merged))
    if (changed.length === 0) return
    await tx.customerSettings.upsert({
      where: { organizationId },
      create: { organizationId, ...merged },
      update: merged,
    })
    const changes = changed.map((part) => `${part.label}: ${part.words(before)} → ${part.words(merged)}`)
    await record(tx, merchant, now, { type: 'organization.updated', organizationId, data: { changes } })
  })
}
