import '#server-only'
import type { Visitor } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { prisma, type Tx } from '../database/client.ts'
import { networkOf } from '../http/client.ts'
import { type Counted, countAttempt, forgetAttempts, returnAttempt } from './attempts.ts'
import { knownBrowser } from './known-browser.ts'
import { tellOfAccount } from './news.ts'
import { noteSlowDown, noteWrongCode } from './security-log.ts'
import { tellStarted } from './sessions.ts'
import { lockUser, type UsedCode, useCode } from './two-step.ts'

/** Whoever has passed the first step and no more: their session opens nothing but the second. */
export type Pending = { userId: string; sessionId: string; email: string; how: string | null }

function countsOfCode(visitor: Visitor, { userId, email }: { userId: string; email: string }, now: Date) {
  const browser = knownBrowser(visitor.known, email, now)
  const own: Counted = browser
    ? { limit: 'code: known browser', subject: `${browser}\n${userId}` }
    : { limit: 'code: account', subject: userId }
  const network = visitor.address && networkOf(visitor.address)
  const shared: Counted[] = network ? [{ limit: 'code: network', subject: network }] : []
  return { own: [own], shared }
}

/** Counts a code before it is looked at, and carries `use` out with it in one transaction. Throws UNAUTHORIZED when it is wrong. */
export async function withCode<Done>(
  who: { userId: string; email: string },
  code: string,
  visitor: Visitor,
  now: Date,
  use: (tx: Tx, used: UsedCode) => Promise<Done>,
): Promise<Done> {
  const { own, shared } = countsOfCode(visitor, who, now)
  try {
    await countAttempt([...own, ...shared])
  } catch (error) {
    noteSlowDown(visitor, who.email, now, 'code')
    throw error
  }
  const done = await prisma.$transaction(async (tx) => {
    await lockUser(tx, who.userId)
    const used = await useCode(tx, who.userId, code, now)
    if (!used) return null
    if (used.how === 'recovery')
      await tellOfAccount(tx, who.email, 'recovery-code-used', { visitor, now, about: String(used.left) })
    return { value: await use(tx, used) }
  })
  if (!done) {
    noteWrongCode(visitor, who.email, now)
    throw new Refusal(
      'UNAUTHORIZED',
      'This code is wrong or was used already. Enter the one that the app shows now.',
      'code',
    )
  }
  await forgetAttempts(own)
  await returnAttempt(shared)
  return done.value
}

/** Passes the second step of signing in: from now on the session opens what it may. */
export async function passSecondStep(pending: Pending, code: string, visitor: Visitor, now: Date): Promise<void> {
  await withCode(pending, code, visitor, now, (tx, used) => completeSession(tx, pending, used.how, visitor, now))
}

/** Makes a session whole that has passed the first step. */
export async function completeSession(
  tx: Tx,
  { userId, sessionId, how }: Pending,
  second: 'code' | 'recovery' | 'passkey',
  visitor: Visitor,
  now: Date,
): Promise<void> {
  const { count } = await tx.session.updateMany({
    where: { id: sessionId, userId, secondStepAt: null },
    data: { secondStepAt: now, confirmedAt: now },
  })
  if (count === 0) throw new Refusal('UNAUTHORIZED', 'Please sign in again.')
  await tellStarted(tx, userId, `${how ?? 'password'} ${second}`, visitor, now)
}
