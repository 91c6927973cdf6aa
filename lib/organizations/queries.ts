import '#server-only'
import { deviceInWords } from '../auth/rules.ts'
import type { ApiClient, Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { type ApiScope, apiScopes, assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { hashSecret, rehashed, tokenHashes } from '../secrets/secrets.ts'
import { makerOf, whyApiKeyIsVoid } from './rules.ts'

let known = false

/** True once there is an organization; from then on /setup is closed. */
export async function isSetUp(): Promise<boolean> {
  // Never asked again after a yes: organizations are not deleted from within.
  known ||= (await prisma.organization.findFirst({ select: { id: true } })) !== null
  return known
}

/** The name of the only organization of this installation, whose door /login is then; null when several share it. */
export async function soleOrganization(): Promise<string | null> {
  const [first, second] = await prisma.organization.findMany({ select: { name: true }, take: 2 })
  return first && !second ? first.name : null
}

/** The merchant's own organization. */
export async function getOrganization(merchant: Merchant) {
  const organization = await prisma.organization.findUnique({
    where: { id: merchant.organizationId },
    select: {
      id: true,
      slug: true,
      name: true,
      supportEmail: true,
      websiteUrl: true,
      timeZone: true,
      createdAt: true,
      deletionDueAt: true,
    },
  })
  if (!organization) throw notFound('organization')
  return organization
}

/** True for the id of the merchant's own organization, and for an id other systems know it by. */
export async function isOwnOrganization({ organizationId }: Merchant, id: string): Promise<boolean> {
  if (id.toLowerCase() === organizationId) return true
  return (await prisma.organization.count({ where: { id: organizationId, externalIds: { has: id } } })) > 0
}

// ---------------------------------------------------------------- API keys

const scopesOf = (stored: string[]): ApiScope[] =>
  stored.filter((scope): scope is ApiScope => (apiScopes as readonly string[]).includes(scope))

/** The organization's API keys, newest first, revoked and expired ones too; `void` says why a key opens nothing, `maker` what became of who made it. */
export async function listApiKeys(merchant: Merchant, now: Date) {
  assertMay(merchant, 'api_keys.write')
  const rows = await prisma.apiKey.findMany({
    where: { organizationId: merchant.organizationId },
    omit: { tokenHash: true, organizationId: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  })
  const members = await prisma.membership.findMany({
    where: { organizationId: merchant.organizationId },
    select: { userId: true, role: true },
  })
  const roleOf = new Map(members.map(({ userId, role }) => [userId, role]))
  return rows.map(({ createdById, ...row }) => ({
    ...row,
    scopes: scopesOf(row.scopes),
    void: whyApiKeyIsVoid(row, now),
    maker: makerOf(createdById, (id) => roleOf.get(id)),
  }))
}
export type ApiKeySummary = Awaited<ReturnType<typeof listApiKeys>>[number]

const USED_EVERY_MS = 60_000

/** Who holds this token, or null when it opens nothing. Notes its use, to the minute. `seen` is from where it is used. */
export async function apiClientOf(
  token: string,
  now: Date,
  seen?: { address: string | null; userAgent: string | null | undefined },
): Promise<ApiClient | null> {
  // Longer than any token of ours: not worth a hash.
  if (token.length > 200) return null
  const hashes = tokenHashes('api-key', token)
  const key = await prisma.apiKey.findFirst({ where: { tokenHash: { in: hashes } } })
  if (!key || whyApiKeyIsVoid(key, now)) return null
  // Its token was hashed under the master secret of its day; this is the moment to know it.
  const anew = rehashed(key, hashes[0])
  if (anew.tokenHash || !key.lastUsedAt || now.getTime() - key.lastUsedAt.getTime() >= USED_EVERY_MS)
    await prisma.apiKey.updateMany({ where: { id: key.id }, data: { lastUsedAt: now, ...anew } })
  return {
    kind: 'api_key',
    apiKeyId: key.id,
    name: key.name,
    organizationId: key.organizationId,
    scopes: scopesOf(key.scopes),
    ...(seen && { from: { address: seen.address, device: deviceInWords(seen.userAgent) } }),
  }
}

// ---------------------------------------------------------------- members

/** Who belongs to the organization, owners first. Everybody in it may see who the others are. */
export async function listMembers({ organizationId }: Merchant) {
  const rows = await prisma.membership.findMany({
    where: { organizationId },
    select: {
      ...{ userId: true, role: true, createdAt: true },
      user: {
        select: {
          email: true,
          name: true,
          twoStepAt: true,
          sessions: { select: { lastSeenAt: true }, orderBy: { lastSeenAt: 'desc' }, take: 1 },
        },
      },
    },
    // The enum's own order: owner, admin, support, viewer.
    orderBy: [{ role: 'asc' }, { user: { email: 'asc' } }],
  })
  return rows.map(({ user: { sessions, ...user }, ...membership }) => ({
    ...membership,
    ...user,
    lastSeenAt: sessions[0]?.lastSeenAt ?? null,
  }))
}
export type MemberSummary = Awaited<ReturnType<typeof listMembers>>[number]

/** Who is invited, newest first; `isOver` when the link opens nothing anymore. */
export async function listInvitations(merchant: Merchant, now: Date) {
  assertMay(merchant, 'members.write')
  const rows = await prisma.invitation.findMany({
    where: { organizationId: merchant.organizationId },
    select: { id: true, email: true, role: true, invitedBy: true, createdAt: true, expiresAt: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  })
  return rows.map((row) => ({ ...row, isOver: row.expiresAt <= now }))
}
export type InvitationSummary = Awaited<ReturnType<typeof listInvitations>>[number]

/** How the token of an invitation is stored. */
export const hashInvitation = (token: string) => new Uint8Array(hashSecret('sign-in', `invitation:${token}`))

/** What the holder of an invitation may know: who invites whom to what, and whether there is an account already. Null when it is void. */
export async function invitationOf(token: string, now: Date) {
  const found = await prisma.invitation.findUnique({
    where: { tokenHash: hashInvitation(token) },
    select: { email: true, role: true, invitedBy: true, expiresAt: true, organization: { select: { name: true } } },
  })
  if (!found || found.expiresAt <= now) return null
  const { email, role, invitedBy, organization } = found
  const hasAccount = (await prisma.user.count({ where: { email } })) > 0
  return { email, role, invitedBy, organization: organization.name, hasAccount }
}

/** True when all members have to sign in by two steps. */
export async function isTwoStepRequired({ organizationId: id }: Merchant): Promise<boolean> {
  const found = await prisma.organization.findUnique({ where: { id }, select: { requireTwoStep: true } })
  return found?.requireTwoStep ?? false
}

/** How long the security log is kept, in months. */
export async function getSecurityLogMonths(merchant: Merchant): Promise<number> {
  assertMay(merchant, 'security.read')
  const { organizationId: id } = merchant
  const found = await prisma.organization.findUniqueOrThrow({ where: { id }, select: { securityLogMonths: true } })
  return found.securityLogMonths
}
