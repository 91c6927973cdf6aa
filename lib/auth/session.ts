import '#server-only'
import type { Route } from 'next'
import { cookies, headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { getToken } from 'next-auth/jwt'
import { cache } from 'react'
import type { Role } from '#prisma/enums.ts'
import type { Customer, Member, Origin, Visitor } from '../base/actor.ts'
import { isId } from '../base/ids.ts'
import { isStorable } from '../base/text.ts'
import { prisma } from '../database/client.ts'
import * as paths from '../web/paths.ts'
import { PASSKEY_PROOF, PROOF } from '../web/proof.ts'
import { isLanguage, LANGUAGE_COOKIE } from '../words/plain.ts'
import { offeredWays } from './offered-ways.ts'
import { secureCookies, sessionSecret, visitorOf } from './options.ts'
import { pendingOf, type SessionToken } from './queries.ts'
import { isPending, loginPath, safePath, secondStepPath, sessionIsOver } from './rules.ts'
import { touchSession } from './sessions.ts'
import { assertConfirmed, isConfirmed } from './step-up.ts'
import { type SignInWay, waysMissing } from './ways.ts'

/** Whoever is signed in, and what they belong to. */
export type SignedIn = {
  id: string
  /** This browser's own session. */
  sessionId: string
  email: string
  name: string | null
  emailVerifiedAt: Date | null
  hasPassword: boolean
  /** Since when signing in takes two steps. */
  twoStepSince: Date | null
  /** An authenticator app is part of that. */
  hasApp: boolean
  hasPasskey: boolean
  /** When they last proved who they are. */
  confirmedAt: Date
  /** How this session was begun. */
  how: string | null
  /** `needsTwoStep`: closed until they have set up two-step sign-in. `needsWay`: closed to this session; one begun in these ways opens it. */
  memberships: {
    organizationId: string
    slug: string
    name: string
    role: Role
    needsTwoStep: boolean
    needsWay: SignInWay[] | null
    supportSeesKeys: boolean
    /** When they last looked at it; kept only of those who have several. */
    lastUsedAt: Date | null
  }[]
}

type Row = Omit<SignedIn, 'memberships' | 'sessionId' | 'confirmedAt'> & {
  secondStepAt: Date | null
  language: string | null
  confirmedAt: Date | null
  requiresTwoStep: boolean | null
  signInWays: string[] | null
  createdAt: Date
  lastSeenAt: Date
  organizationId: string | null
  slug: string | null
  organizationName: string | null
  role: Role | null
  supportSeesKeys: boolean | null
  lastUsedAt: Date | null
}

const SEEN_EVERY_MS = 5 * 60_000

/** What the session cookie of this request says; whether it still holds is for the database to say. */
export async function sessionToken(): Promise<SessionToken> {
  // Only the cookie: next-auth would also take a session from an Authorization header.
  const req = { cookies: await cookies(), headers: {} } as unknown as Parameters<typeof getToken>[0]['req']
  const token = await getToken({ req, secret: sessionSecret(), secureCookie: secureCookies() })
  return { userId: token?.userId, sessionId: token?.sessionId }
}

/** The person of this request, or null. One query per request: it also sees that the session was not ended meanwhile. */
export const currentUser = cache(async (): Promise<SignedIn | null> => {
  const { userId, sessionId } = await sessionToken()
  if (!userId || !sessionId || !isId(userId) || !isId(sessionId)) return null
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT u.id, u.email, u.name, u.email_verified_at AS "emailVerifiedAt", u.password_hash IS NOT NULL AS "hasPassword",
           u.two_step_at AS "twoStepSince", s.second_step_at AS "secondStepAt",
           EXISTS (SELECT 1 FROM authenticators a WHERE a.user_id = u.id AND a.confirmed_at IS NOT NULL) AS "hasApp",
           EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id) AS "hasPasskey",
           s.confirmed_at AS "confirmedAt", s.how, u.language,
           s.created_at AS "createdAt", s.last_seen_at AS "lastSeenAt", o.require_two_step AS "requiresTwoStep", o.sign_in_ways AS "signInWays",
           o.id AS "organizationId", o.slug, o.name AS "organizationName", m.role::text AS role,
           h.sees_keys AS "supportSeesKeys", m.last_used_at AS "lastUsedAt"
      FROM sessions s
      JOIN users u ON u.id = s.user_id
      LEFT JOIN memberships m ON m.user_id = u.id
      LEFT JOIN organizations o ON o.id = m.organization_id
      LEFT JOIN support_settings h ON h.organization_id = o.id
     WHERE s.id = ${sessionId}::uuid AND s.user_id = ${userId}::uuid
     ORDER BY o.name`
  const [user] = rows
  const now = new Date()
  if (!user || sessionIsOver(user, user.organizationId ? 'member' : 'customer', now)) return null
  if (isPending({ secondStepAt: user.secondStepAt, twoStepAt: user.twoStepSince })) return null
  if (now.getTime() - user.lastSeenAt.getTime() >= SEEN_EVERY_MS)
    await touchSession(sessionId, await currentVisitor(), now)
  await keepChosen(user)
  const offered = offeredWays()
  return {
    id: user.id,
    sessionId,
    email: user.email,
    name: user.name,
    emailVerifiedAt: user.emailVerifiedAt,
    hasPassword: user.hasPassword,
    twoStepSince: user.twoStepSince,
    hasApp: user.hasApp,
    hasPasskey: user.hasPasskey,
    confirmedAt: user.confirmedAt ?? user.createdAt,
    how: user.how,
    memberships: rows.flatMap(
      ({ organizationId, slug, organizationName, role, requiresTwoStep, signInWays, supportSeesKeys, lastUsedAt }) =>
        organizationId && slug && organizationName && role
          ? [
              {
                organizationId,
                slug,
                name: organizationName,
                role,
                needsTwoStep: Boolean(requiresTwoStep && !user.twoStepSince),
                needsWay: waysMissing(signInWays ?? [], user.how, offered),
                supportSeesKeys: supportSeesKeys ?? false,
                lastUsedAt,
              },
            ]
          : [],
    ),
  }
})

// What is mailed to them follows the language that they chose here, from the next page on.
async function keepChosen({ id, language }: Row): Promise<void> {
  const chosen = (await cookies()).get(LANGUAGE_COOKIE)?.value
  if (isLanguage(chosen) && chosen !== language)
    await prisma.user.updateMany({ where: { id }, data: { language: chosen } })
}

/** Whoever is signed in; otherwise the sign-in page, which leads back. */
export async function requireUser(path: Route): Promise<SignedIn> {
  const user = await currentUser()
  if (user) return user
  const back = await pathOfPage(path)
  redirect((await pendingSignIn()) ? secondStepPath(back) : loginPath(back))
}

/** Whoever has passed the first step of signing in, and not the second. */
export const pendingSignIn = async () => pendingOf(await sessionToken(), new Date())

/** The signed-in member of the organization with this slug; somebody else's organization looks like none. */
export async function requireMerchant(slug: string): Promise<Member> {
  const user = await requireUser(paths.overview({ organization: slug }))
  const membership = await membershipOf(user, slug)
  if (!membership) notFound()
  if (membership.slug !== slug) await leadOn(slug, membership.slug)
  if (membership.needsWay) {
    const callbackUrl = safePath(await pathOfPage(paths.overview({ organization: slug })))
    redirect(paths.anotherWay({ organization: slug, callbackUrl }))
  }
  await noteUsed(user, membership)
  if (membership.needsTwoStep) redirect(paths.twoStep({ required: slug }))
  return memberOf(user, membership, await currentOrigin())
}

/** The same where nobody can be led anywhere: null when there is no such organization for them, or it is closed to this session. */
export async function merchantIfOpen(user: SignedIn, slug: string): Promise<Member | null> {
  const membership = await membershipOf(user, slug)
  return membership && isOpen(membership) ? memberOf(user, membership, await currentOrigin()) : null
}

type Membership = SignedIn['memberships'][number]

/** True when this session may see the organization: every way in asks this, or `requireMerchant`. */
export const isOpen = ({ needsTwoStep, needsWay }: Pick<Membership, 'needsTwoStep' | 'needsWay'>): boolean =>
  !needsTwoStep && needsWay === null

const memberOf = (user: SignedIn, membership: Membership, from: Origin): Member => ({
  kind: 'merchant',
  userId: user.id,
  email: user.email,
  name: user.name,
  organizationId: membership.organizationId,
  role: membership.role,
  supportSeesKeys: membership.supportSeesKeys,
  from,
})

/** Somebody's membership in the organization that has this slug, or had it before. */
export async function membershipOf({ memberships }: SignedIn, slug: string) {
  const membership = memberships.find((candidate) => candidate.slug === slug)
  if (membership) return membership
  // Of a form: addresses of pages have none (lib/http/client.ts).
  if (!isStorable(slug)) return undefined
  const former = await prisma.formerSlug.findUnique({ where: { slug }, select: { organizationId: true } })
  return memberships.find(({ organizationId }) => organizationId === former?.organizationId)
}

/** From an address with a former slug to the same with that of today. A form that was open meanwhile goes through where it stands. */
async function leadOn(from: string, to: string): Promise<void> {
  if ((await headers()).get('next-action')) return
  const here = paths.overview({ organization: from })
  const path = await pathOfPage(here)
  const rest = path.startsWith(here) ? path.slice(here.length) : ''
  redirect(paths.of(new URL(paths.overview({ organization: to }) + rest, 'http://here.invalid')))
}

/** Keeps which of several organizations somebody was last in, to five minutes: signing in leads there. */
async function noteUsed(user: SignedIn, { organizationId, lastUsedAt }: SignedIn['memberships'][number]) {
  if (user.memberships.length < 2 || (await headers()).get('next-router-prefetch')) return
  const now = new Date()
  const isLast = user.memberships.every((other) => (other.lastUsedAt ?? 0) <= (lastUsedAt ?? 0))
  if (lastUsedAt && isLast && now.getTime() - lastUsedAt.getTime() < SEEN_EVERY_MS) return
  const where = { userId: user.id, organizationId }
  await prisma.membership.updateMany({ where, data: { lastUsedAt: now } })
}

/** Lets through whoever proved within the last minutes who they are, or does so in this form: for what a found browser must not do. */
export async function requireConfirmed(form: FormData, path: Route = paths.account()): Promise<SignedIn> {
  const user = await requireUser(path)
  const field = (name: string) => {
    const value = form.get(name)
    return typeof value === 'string' ? value : ''
  }
  const proof = { typed: field(PROOF), passkey: field(PASSKEY_PROOF) }
  await assertConfirmed(user, proof, await currentVisitor(), new Date())
  return user
}

/** True while whoever is signed in proved lately who they are: for what is asked for by a link. */
export async function hasFreshProof(): Promise<boolean> {
  const user = await currentUser()
  return user !== null && isConfirmed(user, new Date())
}

/** As `merchantOf`, of whoever proved lately who they are. */
export async function confirmedMerchantOf(form: FormData): Promise<Member> {
  const merchant = await merchantOf(form)
  await requireConfirmed(form)
  return merchant
}

/** For actions of merchant pages: their forms carry the slug in the field `organization`. */
export const merchantOf = (form: FormData): Promise<Member> => requireMerchant(String(form.get('organization') ?? ''))

/** The signed-in person with a verified address. A password proves nothing about a mailbox, so those confirm it by a link first. */
export async function requireCustomer(path: Route = paths.purchases()): Promise<Customer> {
  const user = await requireUser(path)
  if (!user.emailVerifiedAt) redirect(paths.confirmAddress())
  return { kind: 'customer', userId: user.id, email: user.email }
}

/** Whoever asks, signed in or not. */
export const currentVisitor = async (): Promise<Visitor> => visitorOf(Object.fromEntries(await headers()))

/** From where whoever asks acts, for history. */
async function currentOrigin(): Promise<Origin> {
  const { address, device = null } = await currentVisitor()
  return { address, device }
}

// Pages cannot know their own path. Our server tells it, and an action knows where its form stood.
async function pathOfPage(fallback: string): Promise<string> {
  const sent = await headers()
  const referer = sent.get('next-action') && sent.get('referer')
  const told = referer && URL.canParse(referer) ? referer : sent.get('x-latchkey-path')
  if (!told || !URL.canParse(told, 'http://here.invalid')) return fallback
  const { pathname, searchParams } = new URL(told, 'http://here.invalid')
  searchParams.delete('_rsc') // how Next asks for a page it is about to show
  return searchParams.size > 0 ? `${pathname}?${searchParams}` : pathname
}
