import '#server-only'
import type { Visitor } from '../base/actor.ts'
import { env } from '../base/env.ts'
import { Refusal } from '../base/errors.ts'
import { prisma } from '../database/client.ts'
import { queueMail } from '../mail/commands.ts'
import * as paths from '../web/paths.ts'
import type { Language } from '../words/plain.ts'
import { countToken, forgetOwnAttempts, sendSignInLink } from './commands.ts'
import { proveMailbox } from './first-proof.ts'
import { makeLink, takeLink } from './links.ts'
import { tellOfAccount } from './news.ts'
import { hashNewPassword } from './passwords.ts'
import type { NewPasswordByLink } from './schema.ts'
import { recordForMember } from './security-log.ts'
import { endSessions } from './sessions.ts'

/**
 * Mails a link that sets a new password; to a customer without an account one that signs in, to anybody else nothing. Called after the
 * answer has left, and counted by `requestSignInLink` before it.
 */
export async function sendPasswordLink(
  visitor: Visitor,
  { email, language }: { email: string; language?: Language },
  now: Date,
): Promise<void> {
  const user = await prisma.user.findUnique({ where: { email }, select: { id: true } })
  if (!user) return sendSignInLink(visitor, { email, callbackUrl: '', language }, now)
  await prisma.$transaction(async (tx) => {
    const token = await makeLink(tx, 'password', { userId: user.id, email }, now)
    const url = new URL(paths.newPassword({ token }), env().LATCHKEY_URL).href
    await queueMail(tx, now, { template: 'password-link', to: email, payload: { url, ...(language && { language }) } })
  })
}

/** Sets a new password with a mailed link, which is used up, and ends all sessions. The mail about it is in `language`. */
export async function setForgottenPassword(
  visitor: Visitor,
  { token, password, language }: NewPasswordByLink & { language?: Language },
  now: Date,
): Promise<{ email: string }> {
  const takeBack = await countToken(visitor)
  const passwordHash = await hashNewPassword(password)
  const { email } = await prisma.$transaction(async (tx) => {
    const link = await takeLink(tx, 'password', token, now)
    // The address may have been changed since: then the link went to a mailbox that is no longer theirs.
    const user = link && (await tx.user.findUnique({ where: { id: link.userId, email: link.email } }))
    if (!user) throw new Refusal('UNAUTHORIZED', 'This link has already been used or has expired.')
    await proveMailbox(tx, user.id, now)
    await tx.user.update({ where: { id: user.id }, data: { passwordHash, language } })
    await endSessions(tx, user.id)
    await recordForMember(tx, user.id, visitor, now, { type: 'member.password_changed', data: { how: 'mail' } })
    await tellOfAccount(tx, user.email, 'password-changed', { visitor, now })
    return user
  })
  await takeBack()
  await forgetOwnAttempts(visitor, email, now)
  return { email }
}
