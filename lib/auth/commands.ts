import '#server-only'
import { randomBytes } from 'node:crypto'
import { prisma } from '../db.ts'
import { env } from '../env.ts'
import { Refusal } from '../errors.ts'
import { queueMail } from '../mail/commands.ts'
import { countAttempt, forgetAttempts, returnAttempt } from './attempts.ts'
import { isPassword } from './passwords.ts'
import { addressIsKnown, hashToken } from './queries.ts'
import { safePath } from './rules.ts'
import { type LinkRequest, linkLifetimeMinutes, type SignInLink } from './schema.ts'

/** Somebody who has not signed in; `address` is the client's, as our server saw it. */
export type Visitor = { kind: 'visitor'; address: string | null }

/** What a session is made of. */
export type Identity = { id: string; sessionEpoch: number }

/** The person with this e-mail address and password. Throws UNAUTHORIZED, or RATE_LIMITED after too many wrong ones. */
export async function signInByPassword(
  visitor: Visitor,
  { email, password }: { email: string; password: string },
): Promise<Identity> {
  if (visitor.address) await countAttempt('address', visitor.address)
  await countAttempt('password', email)
  const user = await prisma.user.findUnique({
    where: { email },
    select: { id: true, sessionEpoch: true, passwordHash: true },
  })
  if (!(await isPassword(password, user?.passwordHash)) || !user) {
    throw new Refusal('UNAUTHORIZED', 'E-mail address and password do not match.')
  }
  await forgetAttempts('password', email)
  if (visitor.address) await returnAttempt('address', visitor.address)
  return { id: user.id, sessionEpoch: user.sessionEpoch }
}

/** Counts a request for a sign-in link. Apart from `sendSignInLink`, so that the page answers before anything is looked up. */
export async function requestSignInLink(visitor: Visitor, { email }: LinkRequest): Promise<void> {
  if (visitor.address) await countAttempt('address', visitor.address)
  await countAttempt('link', email)
}

/** Mails a sign-in link when the address is known; does nothing when it is not. */
export async function sendSignInLink(_visitor: Visitor, request: LinkRequest, now: Date): Promise<void> {
  const { email } = request
  if (!(await addressIsKnown(email))) return
  const token = randomBytes(32).toString('base64url')
  const url = new URL('/login/link', env().LATCHKEY_URL)
  url.search = new URLSearchParams({ email, token }).toString()
  const back = safePath(request.callbackUrl)
  if (back) url.searchParams.set('callbackUrl', back)
  await prisma.$transaction(async (tx) => {
    const expires = new Date(now.getTime() + linkLifetimeMinutes * 60_000)
    await tx.verificationToken.create({ data: { identifier: email, token: hashToken(token), expires } })
    await queueMail(tx, now, { template: 'sign-in', to: email, payload: { url: url.href } })
  })
}

/** Uses up a mailed link and signs its owner in: whoever holds it reads that mailbox, so the address is verified. */
export async function signInByLink(visitor: Visitor, link: SignInLink, now: Date): Promise<Identity> {
  if (visitor.address) await countAttempt('address', visitor.address)
  const identity = await prisma.$transaction(async (tx) => {
    // Deleting is what makes it single use: of two at once only one finds the row.
    const { count } = await tx.verificationToken.deleteMany({
      where: { identifier: link.email, token: hashToken(link.token), expires: { gt: now } },
    })
    if (count === 0) throw new Refusal('UNAUTHORIZED', 'This link was used already or has expired.')
    const user = await tx.user.upsert({
      where: { email: link.email },
      create: { email: link.email, emailVerifiedAt: now },
      update: {},
      select: { id: true, sessionEpoch: true, emailVerifiedAt: true },
    })
    if (!user.emailVerifiedAt) await tx.user.update({ where: { id: user.id }, data: { emailVerifiedAt: now } })
    return { id: user.id, sessionEpoch: user.sessionEpoch }
  })
  await forgetAttempts('link', link.email)
  await forgetAttempts('password', link.email)
  if (visitor.address) await returnAttempt('address', visitor.address)
  return identity
}

/** Ends every session of this person. */
export async function endSessions(userId: string): Promise<void> {
  await prisma.user.update({ where: { id: userId }, data: { sessionEpoch: { increment: 1 } } })
}

/** Removes links that ran out; for the hourly sweep. */
export async function purgeLinks(now: Date): Promise<number> {
  const { count } = await prisma.verificationToken.deleteMany({ where: { expires: { lt: now } } })
  return count
}
