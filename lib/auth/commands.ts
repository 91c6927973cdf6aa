import '#server-only'
import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import type { Visitor } from '../base/actor.ts'
import { env } from '../base/env.ts'
import { Refusal } from '../base/errors.ts'
import { prisma, type Tx } from '../database/client.ts'
import { networkOf } from '../http/client.ts'
import { queueMail } from '../mail/commands.ts'
import { linkLifetimeMinutes } from '../mail/plain.ts'
import * as paths from '../web/paths.ts'
import { type Counted, countAttempt, forgetAttempts, returnAttempt } from './attempts.ts'
import { proveMailbox } from './first-proof.ts'
import { knownBrowser } from './known-browser.ts'
import { isPassword } from './passwords.ts'
import { addressIsKnown, hashCode, hashRequest, hashToken } from './queries.ts'
import { safePath } from './rules.ts'
import type { LinkRequest, SignInCode, SignInLink } from './schema.ts'
import { noteSlowDown, noteWrongPassword } from './security-log.ts'

/** Who somebody is, as they just proved; `how` where it is another way than what was asked for. A session begins with it, unless all were ended meanwhile. */
export type Identity = { id: string; email: string; sessionEpoch: number; how?: 'console' }

function countsOfPassword(visitor: Visitor, email: string, now: Date): { own: Counted[]; shared: Counted[] } {
  const browser = knownBrowser(visitor.known, email, now)
  if (browser) return { own: [{ limit: 'password: known browser', subject: `${browser}\n${email}` }], shared: [] }
  const network = visitor.address && networkOf(visitor.address)
  return {
    own: [{ limit: 'password: account and network', subject: `${email}\n${network}` }],
    shared: [
      { limit: 'password: account', subject: email },
      ...(network ? [{ limit: 'password: network' as const, subject: network }] : []),
    ],
  }
}

/** The person with this e-mail address and password. Throws UNAUTHORIZED, or RATE_LIMITED after too many wrong ones. */
export async function signInByPassword(
  visitor: Visitor,
  { email, password }: { email: string; password: string },
  now = new Date(),
): Promise<Identity> {
  const { own, shared } = countsOfPassword(visitor, email, now)
  try {
    await countAttempt([...own, ...shared])
  } catch (error) {
    noteSlowDown(visitor, email, now)
    throw error
  }
  const user = await prisma.user.findUnique({
    where: { email },
    select: { id: true, sessionEpoch: true, passwordHash: true },
  })
  if (!(await isPassword(password, user?.passwordHash)) || !user) {
    noteWrongPassword(visitor, email, now)
    throw new Refusal('UNAUTHORIZED', 'E-mail address and password do not match.')
  }
  await forgetAttempts(own)
  await returnAttempt(shared)
  return { id: user.id, email, sessionEpoch: user.sessionEpoch }
}

/** Counts a request for a sign-in link. Apart from `sendSignInLink`, so that the page answers before anything is looked up. */
export async function requestSignInLink(visitor: Visitor, { email }: LinkRequest): Promise<void> {
  const network = visitor.address && networkOf(visitor.address)
  await countAttempt([
    { limit: 'link: address and network', subject: `${email}\n${network}` },
    { limit: 'link: address', subject: email },
    ...(network ? [{ limit: 'link: network' as const, subject: network }] : []),
  ])
}

/** Counts the opening of a link with a secret in it; taken back when the secret is good. */
export async function countToken(visitor: Visitor): Promise<() => Promise<void>> {
  if (!visitor.address) return async () => {}
  const counted: Counted[] = [{ limit: 'token: network', subject: networkOf(visitor.address) }]
  await countAttempt(counted)
  return () => returnAttempt(counted)
}

/** Names a new request for a sign-in mail. */
export const newRequest = (): string => randomBytes(24).toString('base64url')

/** Mails a sign-in link and a code when the address is known; does nothing when it is not. */
export async function sendSignInLink(_visitor: Visitor, request: LinkRequest, now: Date): Promise<void> {
  const { email, request: asked, language } = request
  const code = asked ? String(randomInt(1_000_000)).padStart(6, '0') : null
  if (!(await addressIsKnown(email))) return
  const token = randomBytes(32).toString('base64url')
  const path = paths.signInLink({ email, token, callbackUrl: safePath(request.callbackUrl) })
  const url = new URL(path, env().LATCHKEY_URL)
  await prisma.$transaction(async (tx) => {
    const expires = new Date(now.getTime() + linkLifetimeMinutes * 60_000)
    const coded = asked && code && { request: hashRequest(asked), codeHash: hashCode(asked, code) }
    await tx.verificationToken.create({ data: { identifier: email, token: hashToken(token), expires, ...coded } })
    await queueMail(tx, now, {
      template: 'sign-in',
      to: email,
      payload: { url: url.href, ...(code && { code }), ...(language && { language }) },
    })
  })
}

/** Uses up a mailed link and signs its owner in: whoever holds it reads that mailbox, so the address is verified. */
export async function signInByLink(visitor: Visitor, link: SignInLink, now: Date): Promise<Identity> {
  const takeBack = await countToken(visitor)
  const identity = await prisma.$transaction(async (tx) => {
    // Deleting is what makes it single use: of two at once only one finds the row.
    const [used] = await tx.$queryRaw<{ fromConsole: boolean }[]>`
      DELETE FROM verification_tokens WHERE identifier = ${link.email} AND token = ${hashToken(link.token)} AND expires > ${now}
      RETURNING from_console AS "fromConsole"`
    if (!used) throw new Refusal('UNAUTHORIZED', 'This link has already been used or has expired.')
    return { ...(await readerOf(tx, link.email, now)), ...(used.fromConsole && { how: 'console' as const }) }
  })
  await takeBack()
  await forgetOwnAttempts(visitor, link.email, now)
  return identity
}

/** Who somebody is that has what was mailed: they read that mailbox, so the address is verified. */
export async function readerOf(tx: Tx, email: string, now: Date): Promise<Identity> {
  // Two at once with the same new address must meet in one row.
  await tx.user.createMany({ data: [{ email, emailVerifiedAt: now }], skipDuplicates: true })
  const { id } = await tx.user.findUniqueOrThrow({ where: { email }, select: { id: true } })
  const { sessionEpoch } = await proveMailbox(tx, id, now)
  return { id, email, sessionEpoch }
}

/**
 * Uses up a mailed code and signs its owner in. It works only for the request that it was mailed for, and is counted for that, for the address
 * and for the network before it is looked at: an address that is not known here costs the same.
 */
export async function signInByCode(visitor: Visitor, typed: SignInCode, now: Date): Promise<Identity> {
  const { email, request, code } = typed
  const network = visitor.address && networkOf(visitor.address)
  const own: Counted[] = [
    { limit: 'mailed code: request', subject: `${email}\n${request}` },
    { limit: 'mailed code: address', subject: email },
  ]
  const shared: Counted[] = network ? [{ limit: 'mailed code: network', subject: network }] : []
  await countAttempt([...own, ...shared])
  const identity = await prisma.$transaction(async (tx) => {
    const row = await tx.verificationToken.findUnique({
      where: { request: hashRequest(request), identifier: email, expires: { gt: now } },
      select: { token: true, codeHash: true },
    })
    const [given, right] = [Buffer.from(hashCode(request, code)), Buffer.from(row?.codeHash ?? hashCode('', ''))]
    const isRight = timingSafeEqual(given, right)
    // As with links: of two at once only one finds the row.
    const { count } =
      row && isRight
        ? await tx.verificationToken.deleteMany({ where: { identifier: email, token: row.token } })
        : { count: 0 }
    if (count === 0) throw new Refusal('UNAUTHORIZED', WRONG_CODE)
    return readerOf(tx, email, now)
  })
  await returnAttempt(shared)
  await forgetAttempts(own)
  await forgetOwnAttempts(visitor, email, now)
  return identity
}

/** What a code is answered that opens nothing, for whatever reason. */
export const WRONG_CODE = 'This code is not right, or no longer works. Look in the newest mail.'

/** Whoever reads the mailbox, or has the emergency command, need not wait for the wrong passwords of others. */
export async function forgetOwnAttempts(visitor: Visitor, email: string, now: Date): Promise<void> {
  const { own } = countsOfPassword({ ...visitor, known: null }, email, now)
  await forgetAttempts([
    ...own,
    { limit: 'password: account', subject: email },
    { limit: 'link: address', subject: email },
  ])
}

/** Removes links that ran out; for the hourly sweep. */
export async function purgeLinks(now: Date): Promise<number> {
  const { count } = await prisma.verificationToken.deleteMany({ where: { expires: { lt: now } } })
  return count
}
