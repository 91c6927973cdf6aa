import '#server-only'
import type { Visitor } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { isId, newId } from '../base/ids.ts'
import { prisma, type Tx } from '../database/client.ts'
import type { Identity } from './commands.ts'
import { knownBrowser } from './known-browser.ts'
import { tellOfAccount } from './news.ts'
import type { SignInProvider } from './plain.ts'
import type { SessionToken } from './queries.ts'
import { sessionDays } from './rules.ts'
import { recordForMember } from './security-log.ts'

// A session is a row. The cookie only names it, so whatever ends the row ends the cookie, however often it was copied.

const SESSIONS_MAX = 50

/** Begins a session for whoever just proved who they are. Throws UNAUTHORIZED when all their sessions were ended meanwhile. */
export async function openSession(
  visitor: Visitor,
  { id: userId, sessionEpoch, isTwoStep = false }: Omit<Identity, 'how'> & { isTwoStep?: boolean },
  how: 'password' | 'link' | 'mailed code' | 'key-mail' | 'invitation' | 'passkey' | 'console' | SignInProvider,
  now: Date,
): Promise<string> {
  const sessionId = newId(now)
  const { address, device = null } = visitor
  await prisma.$transaction(async (tx) => {
    // Waits for a password change at this moment, and then sees that what was proved is no longer true.
    const user = await lockUser(tx, userId)
    if (user?.epoch !== sessionEpoch) throw new Refusal('UNAUTHORIZED', 'Please sign in again.')
    // A passkey is checked with its owner's finger, face or PIN: both steps at once. A provider may say that both were passed there.
    const isBoth = how === 'passkey' || isTwoStep
    const isWhole = !user.twoStepAt || isBoth
    await tx.session.create({
      data: {
        ...{ id: sessionId, userId, address, device, how, createdAt: now, lastSeenAt: now },
        ...(isBoth && { secondStepAt: now }),
      },
    })
    // Nobody has so many browsers; a program that signs in every minute must not fill the table.
    await tx.$executeRaw`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = ${userId}::uuid
      ORDER BY last_seen_at DESC, id DESC OFFSET ${SESSIONS_MAX})`
    // With two steps it begins with the second.
    if (isWhole) await tellStarted(tx, userId, how, visitor, now)
  })
  return sessionId
}

async function lockUser(tx: Tx, userId: string) {
  const [user] = await tx.$queryRaw<{ epoch: number; twoStepAt: Date | null }[]>`
    SELECT session_epoch AS epoch, two_step_at AS "twoStepAt" FROM users WHERE id = ${userId}::uuid FOR UPDATE`
  return user
}

// Whoever made the account a moment ago knows that they signed in.
const NEW_MS = 60 * 60_000

/** A session can be used from now on: that is written down, and mailed when the browser is a new one. */
export async function tellStarted(tx: Tx, userId: string, how: string, visitor: Visitor, now: Date): Promise<void> {
  await recordForMember(tx, userId, visitor, now, { type: 'session.started', data: { how } })
  const { email, createdAt, _count } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { email: true, createdAt: true, _count: { select: { memberships: true } } },
  })
  // A customer who followed a link from their mailbox reads of it there already.
  if (how === 'link' && _count.memberships === 0) return
  if (knownBrowser(visitor.known, email, now) || now.getTime() - createdAt.getTime() < NEW_MS) return
  await tellOfAccount(tx, email, 'new-device', { visitor, now })
}

/** Signs out: the session of this cookie opens nothing from now on. No error when it was over already. */
export async function endSession({ userId, sessionId }: SessionToken, now: Date, from?: Visitor): Promise<void> {
  if (!userId || !sessionId || !isId(sessionId)) return
  await prisma.$transaction(async (tx) => {
    const { count } = await tx.session.deleteMany({ where: { id: sessionId, userId } })
    if (count > 0)
      await recordForMember(tx, userId, from ?? null, now, { type: 'session.ended', data: { how: 'sign-out' } })
  })
}

/** Ends another of one's own sessions. NOT_FOUND for one of somebody else. */
export async function endOwnSession(
  user: { userId: string },
  sessionId: string,
  from: Visitor,
  now: Date,
): Promise<void> {
  const { userId } = user
  await prisma.$transaction(async (tx) => {
    const [session] = await tx.$queryRaw<{ address: string | null; device: string | null }[]>`
      DELETE FROM sessions WHERE id = ${sessionId}::uuid AND user_id = ${userId}::uuid RETURNING address, device`
    if (!session) throw notFound('session')
    const data = { how: 'ended', device: session.device, address: session.address }
    await recordForMember(tx, userId, from, now, { type: 'session.ended', data })
  })
}

/** Ends every session of this person but `except`, in the transaction of what makes it necessary; sign-ins under way fail. */
export async function endSessions(tx: Tx, userId: string, except: string | null = null): Promise<number> {
  await tx.user.update({ where: { id: userId }, data: { sessionEpoch: { increment: 1 } } })
  // Whoever asked for them may be whom this is meant to shut out.
  await tx.accountLink.deleteMany({ where: { userId } })
  const { count } = await tx.session.deleteMany({ where: { userId, ...(except && { id: { not: except } }) } })
  return count
}

/** Signs out everywhere else: on every other browser, or on all. */
export async function signOutEverywhere(
  user: { userId: string },
  except: string | null,
  from: Visitor,
  now: Date,
): Promise<number> {
  return prisma.$transaction(async (tx) => {
    const count = await endSessions(tx, user.userId, except)
    const data = { how: 'everywhere', sessions: count }
    await recordForMember(tx, user.userId, from, now, { type: 'session.ended', data })
    return count
  })
}

/** Keeps where and when a session was last seen, to five minutes. */
export async function touchSession(sessionId: string, seen: Visitor, now: Date): Promise<void> {
  const { address, device = null } = seen
  await prisma.session.updateMany({ where: { id: sessionId }, data: { address, device, lastSeenAt: now } })
}

/** Forgets sessions that are over. For the hourly sweep. */
export async function purgeSessions(now: Date): Promise<void> {
  const ago = (days: number) => new Date(now.getTime() - days * DAY_MS)
  const { idle, longest } = sessionDays.customer
  await prisma.session.deleteMany({
    where: { OR: [{ lastSeenAt: { lte: ago(idle) } }, { createdAt: { lte: ago(longest) } }] },
  })
}
