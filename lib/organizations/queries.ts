import '#server-only'
import type { Role } from '#prisma/enums.ts'
import type { Merchant } from '../actor.ts'
import { prisma } from '../db.ts'
import { notFound } from '../errors.ts'

let known = false

/** True once there is an organization; from then on /setup is closed. */
export async function isSetUp(): Promise<boolean> {
  // Never asked again after a yes: organizations are not deleted from within.
  known ||= (await prisma.organization.findFirst({ select: { id: true } })) !== null
  return known
}

/** What somebody belongs to, by name. */
export async function listOrganizations(user: {
  id: string
}): Promise<{ id: string; slug: string; name: string; role: Role }[]> {
  const rows = await prisma.membership.findMany({
    where: { userId: user.id },
    select: { role: true, organization: { select: { id: true, slug: true, name: true } } },
    orderBy: { organization: { name: 'asc' } },
  })
  return rows.map(({ role, organization }) => ({ ...organization, role }))
}

/** The merchant's own organization. */
export async function getOrganization(merchant: Merchant) {
  const organization = await prisma.organization.findUnique({
    where: { id: merchant.organizationId },
    select: { id: true, slug: true, name: true, supportEmail: true, websiteUrl: true, createdAt: true },
  })
  if (!organization) throw notFound('organization')
  return organization
}
