// Signed in without the sign-in page, for tests that are about something else.
import type { BrowserContext } from '@playwright/test'
import { encode } from 'next-auth/jwt'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { hashSecret } from '#lib/secrets/secrets.ts'
import { appUrl } from './http.ts'

/** The cookie that a sign-in leaves behind; `how` it was begun. */
export async function sessionCookie(userId: string, how = 'password'): Promise<{ name: string; value: string }> {
  const now = new Date()
  const sessionId = newId(now)
  await prisma.session.create({
    data: { id: sessionId, userId, how, createdAt: now, lastSeenAt: now, secondStepAt: now },
  })
  // The secret is made as in lib/auth/options.ts.
  const secret = hashSecret('sign-in', 'session').toString('base64url')
  const value = await encode({ token: { userId, sessionId }, secret })
  return { name: 'next-auth.session-token', value }
}

/** The same as a request header. */
export async function sessionHeader(userId: string, how?: string): Promise<{ cookie: string }> {
  const { name, value } = await sessionCookie(userId, how)
  return { cookie: `${name}=${value}` }
}

/** Signs a browser in. */
export async function signIn(context: BrowserContext, who: { userId: string }, how?: string): Promise<void> {
  await context.addCookies([{ ...(await sessionCookie(who.userId, how)), url: appUrl }])
}

/** Somebody whose address is verified, as a mailed link leaves them. */
export async function makePerson(email: string): Promise<{ userId: string; email: string }> {
  const { id } = await prisma.user.upsert({
    where: { email },
    create: { email, emailVerifiedAt: new Date() },
    update: { emailVerifiedAt: new Date() },
  })
  return { userId: id, email }
}
