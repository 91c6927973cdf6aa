'use server'
import { redirect } from 'next/navigation'
import { currentVisitor, requireUser } from '#lib/auth/session.ts'
import { foundOrganization } from '#lib/organizations/found.ts'
import { NewOrganization } from '#lib/organizations/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { inOther, readerAction } from '#lib/web/reader-action.ts'

const founder = async () => {
  const { id: userId, email, name, memberships } = await requireUser(paths.newOrganization())
  const { address, device = null } = await currentVisitor()
  return { userId, email, name, from: { address, device }, isMember: memberships.length > 0 }
}

/** Makes an organization, and leads there. */
export const newOrganizationAction = readerAction(
  founder,
  NewOrganization,
  async (person, input) => {
    const { slug } = await foundOrganization(person, input, new Date())
    redirect(paths.overview({ organization: slug }))
  },
  inOther(({ account: { newOrganization: say } }) => ({
    ...{ name: say.nameRule, slug: say.slugRule, CONFLICT: say.tooMany, FORBIDDEN: say.closed },
  })),
)
