import '#server-only'
import type { Member, Origin } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { env } from '../base/env.ts'
import { Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { mayFound, whyNotOneMore } from './rules.ts'
import type { NewOrganization } from './schema.ts'
import { reserveSlug } from './slugs.ts'

/** So many organizations somebody may own who makes another one. */
export const OWNED_MAX = 20

/** Whoever is signed in makes an organization and owns it, where the installation allows that. */
export async function foundOrganization(
  person: { userId: string; email: string; name: string | null; from: Origin; isMember: boolean },
  { name, slug }: NewOrganization,
  now: Date,
): Promise<{ slug: string }> {
  if (!mayFound(env().NEW_ORGANIZATIONS, person.isMember))
    throw new Refusal('FORBIDDEN', 'New organizations are made by whoever runs this server.')
  const { userId, email } = person
  const organizationId = newId(now)
  return prisma.$transaction(async (tx) => {
    await assertMayMakeOneMore(tx, person, now)
    if ((await tx.membership.count({ where: { userId, role: 'owner' } })) >= OWNED_MAX)
      throw new Refusal('CONFLICT', `You own ${OWNED_MAX} organizations already.`)
    await reserveSlug(tx, slug, null)
    await tx.foundedOrganization.create({ data: { id: newId(now), userId, foundedAt: now } })
    await tx.organization.create({
      data: {
        ...{ id: organizationId, name, slug, supportEmail: email, createdAt: now },
        memberships: { create: { userId, role: 'owner', createdAt: now } },
      },
    })
    const owner: Member = {
      kind: 'merchant',
      ...{ userId, email, name: person.name, from: person.from },
      organizationId,
      role: 'owner',
    }
    await record(tx, owner, now, { type: 'organization.created', organizationId })
    return { slug }
  })
}

// Made, however many of them were deleted again: each takes a name for good, and work.
async function assertMayMakeOneMore(tx: Tx, { userId }: { userId: string }, now: Date): Promise<void> {
  // Two at once count one after the other.
  const [user] = await tx.$queryRaw<{ isProved: boolean }[]>`
    SELECT email_verified_at IS NOT NULL AS "isProved" FROM users WHERE id = ${userId}::uuid FOR UPDATE`
  const since = new Date(now.getTime() - DAY_MS)
  const [made, lately] = await Promise.all([
    tx.foundedOrganization.count({ where: { userId } }),
    tx.foundedOrganization.count({ where: { userId, foundedAt: { gt: since } } }),
  ])
  const why = whyNotOneMore({ made, lately, isProved: user?.isProved ?? false })
  if (why) throw new Refusal('CONFLICT', why)
}
