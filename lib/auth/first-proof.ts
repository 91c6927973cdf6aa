import '#server-only'
import type { Tx } from '../database/client.ts'
import { tellOfAccount } from './news.ts'
import { recordForMember } from './security-log.ts'
import { endSessions } from './sessions.ts'
import { forgetTwoStep } from './two-step.ts'

/**
 * Somebody proves for the first time that they read an account's mailbox. Where its password was set with a link that somebody passed on, that
 * was perhaps not them: then every way in that was set before ends (password, passkeys, linked sign-ins, sessions), and they are told. An
 * authenticator app stays, for it opens nothing by itself, and whoever reads a mailbox must not take a second step away.
 */
export async function proveMailbox(tx: Tx, userId: string, now: Date): Promise<{ sessionEpoch: number }> {
  const [user] = await tx.$queryRaw<
    { email: string; verifiedAt: Date | null; byPassedLink: boolean; sessionEpoch: number }[]
  >`
    SELECT email, email_verified_at AS "verifiedAt", by_passed_link AS "byPassedLink", session_epoch AS "sessionEpoch"
    FROM users WHERE id = ${userId}::uuid FOR UPDATE`
  if (!user) throw new Error('Nobody has this account.')
  if (!user.verifiedAt) await tx.user.update({ where: { id: userId }, data: { emailVerifiedAt: now } })
  if (!user.byPassedLink) return user
  const { sessionEpoch } = await tx.user.update({
    where: { id: userId },
    data: { passwordHash: null, byPassedLink: false },
    select: { sessionEpoch: true },
  })
  await tx.passkey.deleteMany({ where: { userId } })
  // What passkeys alone turned on goes with them: nothing else could pass the second step.
  const apps = await tx.authenticator.count({ where: { userId, confirmedAt: { not: null } } })
  if (apps === 0) await forgetTwoStep(tx, userId)
  await tx.linkedSignIn.deleteMany({ where: { userId } })
  await endSessions(tx, userId)
  await recordForMember(tx, userId, null, now, { type: 'member.password_changed', data: { how: 'proved' } })
  await tellOfAccount(tx, user.email, 'password-ended', { visitor: null, now })
  return { sessionEpoch: sessionEpoch + 1 }
}
