import '#server-only'
import { randomBytes } from 'node:crypto'
import type { System, Visitor } from '../base/actor.ts'
import { env } from '../base/env.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { prisma } from '../database/client.ts'
import { linkLifetimeMinutes } from '../mail/plain.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import * as paths from '../web/paths.ts'
import { type Counted, countAttempt, forgetAttempts } from './attempts.ts'
import { forgetOwnAttempts } from './commands.ts'
import { tellOfAccount } from './news.ts'
import { hashNewPassword, isPassword } from './passwords.ts'
import { hashToken } from './queries.ts'
import type { ChangeName, ChangePassword } from './schema.ts'
import { recordForMember } from './security-log.ts'
import { endSessions } from './sessions.ts'

// What people do with their own account, and what the emergency command does for them.

/** Changes one's own password, or sets the first one; ends every other session. */
export async function changePassword(
  user: { userId: string; sessionId: string },
  { current, password }: ChangePassword,
  visitor: Visitor,
  now: Date,
): Promise<{ ended: number }> {
  const { userId, sessionId } = user
  // Whoever finds a browser signed in must not find out the password with it.
  const counted: Counted[] = [{ limit: 'password: known browser', subject: `password change\n${userId}` }]
  await countAttempt(counted)
  const before = await prisma.user.findUniqueOrThrow({
    where: { id: userId },
    select: { passwordHash: true, email: true },
  })
  if (before.passwordHash && !(await isPassword(current, before.passwordHash)))
    throw new Refusal('UNAUTHORIZED', 'This is not your current password.', 'current')
  const passwordHash = await hashNewPassword(password)
  const ended = await prisma.$transaction(async (tx) => {
    // Of two changes at once the second has given a password that is no longer the current one.
    const { count } = await tx.user.updateMany({
      where: { id: userId, passwordHash: before.passwordHash },
      data: { passwordHash },
    })
    if (count === 0) throw new Refusal('CONFLICT', 'The password was changed in the meantime. Try again.')
    const sessions = await endSessions(tx, userId, sessionId)
    await recordForMember(tx, userId, visitor, now, { type: 'member.password_changed', data: { how: 'account' } })
    await tellOfAccount(tx, before.email, 'password-changed', { visitor, now })
    return sessions
  })
  await forgetAttempts(counted)
  return { ended }
}

const nameParts: EditPart<{ name: string | null }>[] = [
  { label: 'Name', fields: ['name'], input: 'name', words: ({ name }) => `“${name ?? ''}”` },
]

/** Changes the name that others see. `opened` is what the form showed when it was opened: another browser may have changed it since. */
export async function changeName(user: { userId: string }, typed: ChangeName, opened: Opened | null): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const [present] = await tx.$queryRaw<{ name: string | null }[]>`
      SELECT COALESCE(name, '') AS name FROM users WHERE id = ${user.userId}::uuid FOR NO KEY UPDATE`
    if (!present) throw notFound('account')
    const { name } = opened ? mergeEdit(nameParts, opened, typed, present).merged : typed
    if (name !== present.name) await tx.user.update({ where: { id: user.userId }, data: { name } })
  })
}

// ---------------------------------------------------------------- emergencies, from the console

async function userBy(email: string) {
  const user = await prisma.user.findUnique({ where: { email }, select: { id: true } })
  if (!user) throw notFound('account')
  return user
}

/** Sets a password for somebody who lost theirs; ends all their sessions. */
export async function setPassword(_system: System, email: string, password: string, now: Date): Promise<void> {
  const { id } = await userBy(email)
  const passwordHash = await hashNewPassword(password)
  await prisma.$transaction(async (tx) => {
    await tx.user.update({ where: { id }, data: { passwordHash } })
    await endSessions(tx, id)
    await recordForMember(tx, id, null, now, { type: 'member.password_changed', data: { how: 'console' } })
  })
  await forgetOwnAttempts({ kind: 'visitor', address: null }, email, now)
}

/** Takes the password away, ends all sessions and makes a link that signs in once; a new password is set on the account page. */
export async function resetPassword(_system: System, email: string, now: Date): Promise<{ url: string }> {
  const { id } = await userBy(email)
  const token = randomBytes(32).toString('base64url')
  const expires = new Date(now.getTime() + linkLifetimeMinutes * 60_000)
  await prisma.$transaction(async (tx) => {
    await tx.user.update({ where: { id }, data: { passwordHash: null } })
    await endSessions(tx, id)
    await tx.verificationToken.deleteMany({ where: { identifier: email } })
    await tx.verificationToken.create({
      data: { identifier: email, token: hashToken(token), expires, fromConsole: true },
    })
    await recordForMember(tx, id, null, now, { type: 'member.password_changed', data: { how: 'console' } })
  })
  await forgetOwnAttempts({ kind: 'visitor', address: null }, email, now)
  const path = paths.signInLink({ email, token, callbackUrl: paths.account() })
  return { url: new URL(path, env().LATCHKEY_URL).href }
}

/** Every member of every organization; for whoever runs the server. */
export async function listAccounts(_system: System) {
  return prisma.user.findMany({
    where: { memberships: { some: {} } },
    select: {
      ...{ email: true, name: true, passwordHash: true },
      memberships: { select: { role: true, organization: { select: { slug: true } } } },
      sessions: { select: { lastSeenAt: true }, orderBy: { lastSeenAt: 'desc' }, take: 1 },
    },
    orderBy: { email: 'asc' },
  })
}
