import '#server-only'
import { prisma } from '../db.ts'
import { hashSecret } from '../secrets.ts'
import type { SignInLink } from './schema.ts'

/** How a sign-in token is stored. */
export const hashToken = (token: string): string => hashSecret('sign-in', `link:${token}`).toString('base64url')

/** True while the link can still be used; does not use it up. */
export async function linkIsOpen(link: SignInLink, now: Date): Promise<boolean> {
  const row = await prisma.verificationToken.findUnique({
    where: { identifier_token: { identifier: link.email, token: hashToken(link.token) } },
    select: { expires: true },
  })
  return row !== null && row.expires > now
}

/** True when somebody may sign in with this address: a member, or a customer of any organization. */
export async function addressIsKnown(email: string): Promise<boolean> {
  const [user, customer] = await Promise.all([
    prisma.user.findUnique({ where: { email }, select: { id: true } }),
    prisma.customer.findFirst({ where: { email }, select: { id: true } }),
  ])
  return Boolean(user ?? customer)
}
