import '#server-only'
import type { Visitor } from '../base/actor.ts'
import { env } from '../base/env.ts'
import { Refusal } from '../base/errors.ts'
import { prisma } from '../database/client.ts'
import { queueMail } from '../mail/commands.ts'
import * as paths from '../web/paths.ts'
import { countToken, requestSignInLink } from './commands.ts'
import { makeLink, takeLink } from './links.ts'
import { tellOfAccount } from './news.ts'
import type { ChangeAddress } from './schema.ts'
import { recordForMember } from './security-log.ts'
import { endSessions } from './sessions.ts'

// Another address: the old mailbox is told at once, the new one confirms. Until then nothing changes.

type Me = { userId: string; sessionId: string; email: string }

/** Mails a link to the new address, and word of it to the old one. */
export async function askForAddress(me: Me, { email }: ChangeAddress, visitor: Visitor, now: Date): Promise<void> {
  if (email === me.email) throw new Refusal('INVALID_INPUT', 'This is your address already.', 'email')
  await requestSignInLink(visitor, { email, callbackUrl: '' })
  await prisma.$transaction(async (tx) => {
    // Whether somebody has that address is said to whoever reads its mail, and to nobody else.
    const token = await makeLink(tx, 'address', { userId: me.userId, email }, now)
    const url = new URL(paths.newAddress({ token }), env().LATCHKEY_URL).href
    await queueMail(tx, now, { template: 'address-link', to: email, payload: { url, from: me.email } })
    await tellOfAccount(tx, me.email, 'address-asked', { visitor, now, about: email })
    await recordForMember(tx, me.userId, visitor, now, { type: 'member.address_asked', data: { to: email } })
  })
}

/** Takes the new address with the link that was mailed to it; ends every other session. */
export async function confirmAddress(
  me: Me,
  token: string,
  visitor: Visitor,
  now: Date,
): Promise<{ email: string; ended: number }> {
  const takeBack = await countToken(visitor)
  const done = await prisma.$transaction(async (tx) => {
    const link = await takeLink(tx, 'address', token, now)
    if (link?.userId !== me.userId)
      throw new Refusal('UNAUTHORIZED', 'This link has already been used, has expired, or is for another account.')
    const [before] = await tx.$queryRaw<{ email: string }[]>`
      SELECT email FROM users WHERE id = ${me.userId}::uuid FOR UPDATE`
    const { email } = link
    if (await tx.user.findUnique({ where: { email }, select: { id: true } }))
      throw new Refusal('CONFLICT', 'There is another account with this address. Sign in to that one instead.')
    await tx.user.update({ where: { id: me.userId }, data: { email, emailVerifiedAt: now, byPassedLink: false } })
    const ended = await endSessions(tx, me.userId, me.sessionId)
    const from = before?.email ?? me.email
    await tx.verificationToken.deleteMany({ where: { identifier: from } })
    await recordForMember(tx, me.userId, visitor, now, { type: 'member.address_changed', data: { from, to: email } })
    await tellOfAccount(tx, from, 'address-changed', { visitor, now, about: email })
    return { email, ended }
  })
  await takeBack()
  return done
}
