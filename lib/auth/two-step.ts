import '#server-only'
import type { System, Visitor } from '../base/actor.ts'
import { env } from '../base/env.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { prisma, type Tx } from '../database/client.ts'
import { seal, unseal } from '../secrets/secrets.ts'
import { tellOfAccount } from './news.ts'
import { recordForMember } from './security-log.ts'
import { endSessions } from './sessions.ts'
import { hashRecoveryCode, newRecoveryCode, newTotpSecret, RECOVERY_CODES, stepOf, totpUri } from './totp.ts'

// The second step: what it is made of, and how it is turned on and off. Signing in with it is second-step.ts.

/** Whoever changes their own account. */
export type Me = { userId: string; sessionId: string; email: string }

/** What an authenticator app has to be told. */
export type AuthenticatorToSetUp = { secret: string; uri: string }

/** Begins to set up an authenticator app; one that is not confirmed yet is replaced. */
export async function beginAuthenticator(me: Me, now: Date): Promise<void> {
  const secret = seal('totp', newTotpSecret())
  const made = await prisma.$executeRaw`
    INSERT INTO authenticators (user_id, secret, created_at) VALUES (${me.userId}::uuid, ${secret}, ${now})
    ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at, last_step = NULL
      WHERE authenticators.confirmed_at IS NULL`
  if (made === 0)
    throw new Refusal('CONFLICT', 'There is an authenticator app already. Turn two-step sign-in off first.')
}

const SET_UP_MS = 60 * 60_000

/** The authenticator that waits to be confirmed; null when there is none, or it was begun more than an hour ago. */
export async function authenticatorToSetUp(me: Me, now: Date): Promise<AuthenticatorToSetUp | null> {
  const row = await prisma.authenticator.findUnique({ where: { userId: me.userId } })
  if (!row || row.confirmedAt || now.getTime() - row.createdAt.getTime() > SET_UP_MS) return null
  const secret = unseal('totp', row.secret)
  const { host } = new URL(env().LATCHKEY_URL)
  return { secret, uri: totpUri(secret, { issuer: `Latchkey (${host})`, label: me.email }) }
}

/** Turns the authenticator app on with a code of it. Hands back recovery codes, once, unless there are some already. */
export async function confirmAuthenticator(
  me: Me,
  code: string,
  visitor: Visitor,
  now: Date,
): Promise<{ recoveryCodes: string[] }> {
  return prisma.$transaction(async (tx) => {
    const { twoStepAt } = await lockUser(tx, me.userId)
    const row = await tx.authenticator.findUnique({ where: { userId: me.userId } })
    if (!row || row.confirmedAt) throw new Refusal('CONFLICT', 'Begin again: this was set up or given up meanwhile.')
    const step = stepOf(unseal('totp', row.secret), digitsOf(code), null, now)
    if (step === null)
      throw new Refusal('INVALID_INPUT', 'This code does not fit. Enter the one that the app shows now.', 'code')
    await tx.authenticator.update({ where: { userId: me.userId }, data: { confirmedAt: now, lastStep: step } })
    return { recoveryCodes: await turnOn(tx, me, { how: 'app', isFirst: twoStepAt === null }, visitor, now) }
  })
}

/** What follows when a second step is added: the first one turns two-step sign-in on. */
export async function turnOn(
  tx: Tx,
  me: Me,
  { how, isFirst }: { how: 'app' | 'passkey'; isFirst: boolean },
  visitor: Visitor,
  now: Date,
): Promise<string[]> {
  await endSessions(tx, me.userId, me.sessionId)
  await tx.session.updateMany({ where: { id: me.sessionId }, data: { secondStepAt: now } })
  if (isFirst) {
    await tx.user.update({ where: { id: me.userId }, data: { twoStepAt: now } })
    await tellOfAccount(tx, me.email, 'two-step-on', { visitor, now })
  }
  await recordForMember(tx, me.userId, visitor, now, { type: 'member.two_step_on', data: { how } })
  return (await tx.recoveryCode.count({ where: { userId: me.userId } })) > 0 ? [] : makeRecoveryCodes(tx, me.userId)
}

/** Turns two-step sign-in off: no app, no passkey, no recovery code is left. Ends every other session. */
export async function endTwoStep(me: Me, visitor: Visitor, now: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const { twoStepAt } = await lockUser(tx, me.userId)
    if (!twoStepAt) return
    await forgetTwoStep(tx, me.userId)
    await endSessions(tx, me.userId, me.sessionId)
    await recordForMember(tx, me.userId, visitor, now, { type: 'member.two_step_off', data: { how: 'account' } })
    await tellOfAccount(tx, me.email, 'two-step-off', { visitor, now })
  })
}

/** The same on the console, for somebody who lost every second step; ends all their sessions. */
export async function endTwoStepOf(_system: System, email: string, now: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { email }, select: { id: true } })
    if (!user) throw notFound('account')
    await lockUser(tx, user.id)
    await forgetTwoStep(tx, user.id)
    await endSessions(tx, user.id)
    await recordForMember(tx, user.id, null, now, { type: 'member.two_step_off', data: { how: 'console' } })
    await tellOfAccount(tx, email, 'two-step-off', { visitor: null, now })
  })
}

/** Nothing of somebody's second step is left. */
export async function forgetTwoStep(tx: Tx, userId: string): Promise<void> {
  await tx.passkey.deleteMany({ where: { userId } })
  await tx.authenticator.deleteMany({ where: { userId } })
  await tx.recoveryCode.deleteMany({ where: { userId } })
  await tx.user.update({ where: { id: userId }, data: { twoStepAt: null } })
}

/** New recovery codes; the former ones are void. */
export async function renewRecoveryCodes(me: Me, visitor: Visitor, now: Date): Promise<string[]> {
  return prisma.$transaction(async (tx) => {
    const { twoStepAt } = await lockUser(tx, me.userId)
    if (!twoStepAt) throw new Refusal('CONFLICT', 'Two-step sign-in is off.')
    await recordForMember(tx, me.userId, visitor, now, { type: 'member.recovery_codes_made', data: {} })
    await tellOfAccount(tx, me.email, 'recovery-codes-made', { visitor, now })
    return makeRecoveryCodes(tx, me.userId)
  })
}

async function makeRecoveryCodes(tx: Tx, userId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
  await tx.recoveryCode.deleteMany({ where: { userId } })
  await tx.recoveryCode.createMany({ data: codes.map((code) => ({ userId, codeHash: hashRecoveryCode(code) })) })
  return codes
}

/** Every change of somebody's second step waits for the one before. */
export async function lockUser(tx: Tx, userId: string): Promise<{ twoStepAt: Date | null; sessionEpoch: number }> {
  const [user] = await tx.$queryRaw<{ twoStepAt: Date | null; sessionEpoch: number }[]>`
    SELECT two_step_at AS "twoStepAt", session_epoch AS "sessionEpoch" FROM users WHERE id = ${userId}::uuid FOR UPDATE`
  if (!user) throw notFound('account')
  return user
}

const digitsOf = (code: string): string => code.replace(/\s/g, '')

/** What a code turned out to be. */
export type UsedCode = { how: 'code' } | { how: 'recovery'; left: number }

/** Uses up a code of the app or a recovery code; null when it is wrong or was used. The user's row is locked by whoever calls. */
export async function useCode(tx: Tx, userId: string, code: string, now: Date): Promise<UsedCode | null> {
  const digits = digitsOf(code)
  if (!/^\d{6}$/.test(digits)) {
    const { count } = await tx.recoveryCode.deleteMany({ where: { userId, codeHash: hashRecoveryCode(code) } })
    return count === 0 ? null : { how: 'recovery', left: await tx.recoveryCode.count({ where: { userId } }) }
  }
  const row = await tx.authenticator.findUnique({ where: { userId } })
  if (!row?.confirmedAt) return null
  const step = stepOf(unseal('totp', row.secret), digits, row.lastStep, now)
  if (step === null) return null
  await tx.authenticator.update({ where: { userId }, data: { lastStep: step } })
  return { how: 'code' }
}

/** How somebody's second step stands, for their account page. */
export async function twoStepOf({ userId }: { userId: string }) {
  const [user, authenticator, recoveryCodes] = await Promise.all([
    prisma.user.findUniqueOrThrow({ where: { id: userId }, select: { twoStepAt: true } }),
    prisma.authenticator.findUnique({ where: { userId }, select: { confirmedAt: true } }),
    prisma.recoveryCode.count({ where: { userId } }),
  ])
  return { since: user.twoStepAt, appSince: authenticator?.confirmedAt ?? null, recoveryCodes }
}
export type TwoStep = Awaited<ReturnType<typeof twoStepOf>>
