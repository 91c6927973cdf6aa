import '#server-only'
import { countryOf } from '../base/countries.ts'
import { isId } from '../base/ids.ts'
import { spellingsOf } from '../base/text.ts'
import { prisma } from '../database/client.ts'
import { hashSecret } from '../secrets/secrets.ts'
import { offeredWays } from './offered-ways.ts'
import { isPending, mayPass, sessionIsOver } from './rules.ts'
import type { SignInLink } from './schema.ts'
import { waysMissing } from './ways.ts'

/** How a sign-in token is stored. */
export const hashToken = (token: string): string => hashSecret('sign-in', `link:${token}`).toString('base64url')

/** How the name of a request is stored. */
export const hashRequest = (request: string): string =>
  hashSecret('sign-in', `request:${request}`).toString('base64url')

/** How a code is stored: with its request, so that no table of a million codes opens any. */
export const hashCode = (request: string, code: string): string =>
  hashSecret('sign-in', `code:${request}\n${code}`).toString('base64url')

/** True while the link can still be used; does not use it up. */
export async function linkIsOpen(link: SignInLink, now: Date): Promise<boolean> {
  const row = await prisma.verificationToken.findUnique({
    where: { identifier_token: { identifier: link.email, token: hashToken(link.token) } },
    select: { expires: true },
  })
  return row !== null && row.expires > now
}

/** True when somebody may sign in with this address: a member, or a customer of any organization. */
export async function addressIsKnown(email: string): Promise<boolean> {
  const [user, customer] = await Promise.all([
    prisma.user.findUnique({ where: { email }, select: { id: true } }),
    prisma.customer.findFirst({ where: { email: { in: spellingsOf(email) } }, select: { id: true } }),
  ])
  return Boolean(user ?? customer)
}

/** What a session cookie says: who, and which session. */
export type SessionToken = { userId?: string | undefined; sessionId?: string | undefined }

/** True while the session of a cookie has not ended. The cookie alone proves nothing. */
export async function sessionIsOpen({ userId, sessionId }: SessionToken, now: Date): Promise<boolean> {
  if (!userId || !sessionId || !isId(sessionId)) return false
  const session = await prisma.session.findFirst({
    where: { id: sessionId, userId },
    select: {
      ...{ createdAt: true, lastSeenAt: true, secondStepAt: true },
      user: { select: { twoStepAt: true, _count: { select: { memberships: true } } } },
    },
  })
  if (!session || isPending({ ...session, twoStepAt: session.user.twoStepAt })) return false
  return !sessionIsOver(session, session.user._count.memberships > 0 ? 'member' : 'customer', now)
}

/** The address of whose session this is, when it is open. */
export async function emailOfOpen(token: SessionToken, now: Date): Promise<string | null> {
  if (!(await sessionIsOpen(token, now)) || !token.userId) return null
  const user = await prisma.user.findUnique({ where: { id: token.userId }, select: { email: true } })
  return user?.email ?? null
}

/** Whose second step a session waits for; null when it is whole, over, or waited too long. */
export async function pendingOf({ userId, sessionId }: SessionToken, now: Date) {
  if (!userId || !sessionId || !isId(sessionId)) return null
  const session = await prisma.session.findFirst({
    where: { id: sessionId, userId },
    select: {
      ...{ how: true, createdAt: true, secondStepAt: true },
      user: {
        select: {
          ...{ email: true, twoStepAt: true, authenticator: { select: { confirmedAt: true } } },
          _count: { select: { passkeys: true } },
        },
      },
    },
  })
  if (!session) return null
  const { how, createdAt, user } = session
  if (!isPending({ ...session, twoStepAt: user.twoStepAt }) || !mayPass({ createdAt }, now)) return null
  return {
    userId,
    sessionId,
    email: user.email,
    how,
    hasApp: Boolean(user.authenticator?.confirmedAt),
    hasPasskey: user._count.passkeys > 0,
  }
}

/** Where somebody is signed in, last seen first. */
export async function listSessions({ userId }: { userId: string }, isMember: boolean, now: Date) {
  const rows = await prisma.session.findMany({
    where: { userId, OR: [{ secondStepAt: { not: null } }, { user: { twoStepAt: null } }] },
    select: { id: true, address: true, device: true, createdAt: true, lastSeenAt: true },
    orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }],
    take: 100,
  })
  return rows
    .filter((row) => !sessionIsOver(row, isMember ? 'member' : 'customer', now))
    .map((row) => ({ ...row, country: row.address && countryOf(row.address) }))
}
export type SessionSummary = Awaited<ReturnType<typeof listSessions>>[number]

/** Which of these sessions still show which organizations: of members, not ended, not over, and not kept out by how they were begun. */
export async function sessionsOfMembers(
  sessionIds: string[],
  now: Date,
): Promise<{ sessionId: string; organizationId: string }[]> {
  const rows = await prisma.$queryRaw<
    {
      sessionId: string
      organizationId: string
      createdAt: Date
      lastSeenAt: Date
      how: string | null
      signInWays: string[]
      needsTwoStep: boolean
    }[]
  >`SELECT s.id AS "sessionId", m.organization_id AS "organizationId", s.created_at AS "createdAt", s.last_seen_at AS "lastSeenAt",
           s.how, o.sign_in_ways AS "signInWays", o.require_two_step AND u.two_step_at IS NULL AS "needsTwoStep"
    FROM sessions s
    JOIN users u ON u.id = s.user_id
    JOIN memberships m ON m.user_id = s.user_id
    JOIN organizations o ON o.id = m.organization_id
    WHERE s.id = ANY(${sessionIds}::uuid[])`
  const offered = offeredWays()
  return rows.filter(
    (row) =>
      !sessionIsOver(row, 'member', now) && !row.needsTwoStep && waysMissing(row.signInWays, row.how, offered) === null,
  )
}
