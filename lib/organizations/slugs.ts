import '#server-only'
import type { Member, Merchant } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import type { ChangeSlug } from './schema.ts'

// Any fixed number: it only has to be the same in every process.
const SLUG_LOCK = 7_236_002n

/** Former ones stay an organization's, so that addresses that people kept never lead to somebody else. */
const FORMER_MAX = 20

/** Refuses a slug that is another organization's, or was. Until the transaction ends nobody else takes one. */
export async function reserveSlug(tx: Tx, slug: string, organizationId: string | null): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${SLUG_LOCK})`
  const [is, was] = [
    await tx.organization.findUnique({ where: { slug }, select: { id: true } }),
    await tx.formerSlug.findUnique({ where: { slug }, select: { organizationId: true } }),
  ]
  if ((is && is.id !== organizationId) || (was && was.organizationId !== organizationId))
    throw new Refusal('CONFLICT', 'This address is taken. Choose another one.', 'slug')
}

/** Gives the organization another address. Those with the former one lead there. `from` is what the form showed. */
export async function changeSlug(merchant: Merchant, { slug, from }: ChangeSlug, now: Date): Promise<{ slug: string }> {
  assertMay(merchant, 'organization.write')
  assertPerson(merchant)
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
    const { slug: before } = await tx.organization.findUniqueOrThrow({
      where: { id: organizationId },
      select: { slug: true },
    })
    if (before === slug) return { slug }
    if (before !== from)
      throw new Refusal('CONFLICT', `Somebody else changed the address to ${before} meanwhile. Look again.`, 'slug')
    await reserveSlug(tx, slug, organizationId)
    await tx.formerSlug.deleteMany({ where: { slug, organizationId } })
    if ((await tx.formerSlug.count({ where: { organizationId } })) >= FORMER_MAX)
      throw new Refusal('CONFLICT', 'The address was changed too often. Use one that it had before.', 'slug')
    await tx.formerSlug.create({ data: { slug: before, organizationId, leftAt: now } })
    await tx.organization.update({ where: { id: organizationId }, data: { slug } })
    const data = { changes: [`Dashboard address: ${slug} instead of ${before}`] }
    await record(tx, merchant, now, { type: 'organization.updated', organizationId, data })
    return { slug }
  })
}

function assertPerson(merchant: Merchant): asserts merchant is Member {
  if (merchant.kind !== 'merchant')
    throw new Refusal('FORBIDDEN', 'The address is changed by people, in the dashboard.')
}
