import '#server-only'
import type { Visitor } from '../base/actor.ts'
import { isRefusal } from '../base/errors.ts'
import { prisma, type Tx } from '../database/client.ts'
import { proofWords, STEP_UP_MINUTES, type StepUpWay } from '../web/proof.ts'
import { StepUpNeeded } from '../web/step-up.ts'
import { type Counted, countAttempt, forgetAttempts } from './attempts.ts'
import { passkeyProofOptions, provePasskey } from './passkeys.ts'
import { isPassword } from './passwords.ts'
import { withCode } from './second-step.ts'
import { noteWrongPassword, recordForMember } from './security-log.ts'

/** What is asked of whoever is signed in: how they can prove it, and when they last did. */
export type Confirmable = {
  id: string
  sessionId: string
  email: string
  hasPassword: boolean
  /** An authenticator app is set up. */
  hasApp: boolean
  hasPasskey: boolean
  confirmedAt: Date
}

/** The way this person proves who they are. */
export const stepUpWay = ({
  hasApp,
  hasPassword,
  hasPasskey,
}: Pick<Confirmable, 'hasApp' | 'hasPassword' | 'hasPasskey'>): StepUpWay =>
  hasApp ? 'code' : hasPassword ? 'password' : hasPasskey ? 'passkey' : 'link'

/** True while the last proof is good. A clock that was set back does not prolong it. */
export const isConfirmed = ({ confirmedAt }: Pick<Confirmable, 'confirmedAt'>, now: Date): boolean =>
  Math.abs(now.getTime() - confirmedAt.getTime()) < STEP_UP_MINUTES * 60_000

/** What somebody offers as proof: what they typed, and what a passkey of theirs signed. */
export type Proof = { typed: string; passkey: string }

/** Lets through whoever proved lately who they are, or does so now with `proof`. Throws StepUpNeeded otherwise. */
export async function assertConfirmed(user: Confirmable, proof: Proof, visitor: Visitor, now: Date): Promise<void> {
  if (isConfirmed(user, now)) return
  const way = stepUpWay(user)
  try {
    await prove(user, way, proof, visitor, now)
  } catch (error) {
    if (!isRefusal(error)) throw error
    const message = error instanceof StepUpNeeded && error.message === proofWords[error.stepUp].description
    const passkey = user.hasPasskey ? await passkeyProofOptions(user.id, now) : undefined
    throw new StepUpNeeded(way, message ? undefined : error.message, passkey)
  }
}

async function prove(user: Confirmable, way: StepUpWay, proof: Proof, visitor: Visitor, now: Date): Promise<void> {
  if (proof.passkey && user.hasPasskey) {
    await provePasskey(user.id, proof.passkey, visitor, now)
    return prisma.$transaction((tx) => confirm(tx, user, 'passkey', visitor, now))
  }
  if (!proof.typed || way === 'link' || way === 'passkey') throw new StepUpNeeded(way)
  if (way === 'code') {
    const who = { userId: user.id, email: user.email }
    await withCode(who, proof.typed, visitor, now, (tx, used) => confirm(tx, user, used.how, visitor, now))
  } else await confirmByPassword(user, proof.typed, visitor, now)
}

async function confirmByPassword(user: Confirmable, password: string, visitor: Visitor, now: Date): Promise<void> {
  // Whoever finds a browser signed in must not find out the password with it.
  const counted: Counted[] = [{ limit: 'password: known browser', subject: `password change\n${user.id}` }]
  await countAttempt(counted)
  const { passwordHash } = await prisma.user.findUniqueOrThrow({
    where: { id: user.id },
    select: { passwordHash: true },
  })
  if (!(await isPassword(password.slice(0, 200), passwordHash))) {
    noteWrongPassword(visitor, user.email, now)
    throw new StepUpNeeded('password', 'This is not your password.')
  }
  await prisma.$transaction((tx) => confirm(tx, user, 'password', visitor, now))
  await forgetAttempts(counted)
}

async function confirm(tx: Tx, user: Confirmable, how: string, visitor: Visitor, now: Date): Promise<void> {
  await tx.session.updateMany({ where: { id: user.sessionId, userId: user.id }, data: { confirmedAt: now } })
  await recordForMember(tx, user.id, visitor, now, { type: 'session.confirmed', data: { how } })
}
