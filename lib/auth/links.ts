import '#server-only'
import { randomBytes } from 'node:crypto'
import { prisma, type Tx } from '../database/client.ts'
import { linkLifetimeMinutes } from '../mail/plain.ts'
import { hashToken } from './queries.ts'

// Links that change an account. Each works once, for some minutes, and all of a person are void when their sessions end.

/** What a link lets its reader do. */
export type LinkKind = 'password' | 'address'

export type AccountLink = { userId: string; email: string }

const hashOf = (kind: LinkKind, token: string) => hashToken(`${kind}\n${token}`)

/** Makes a link; an earlier one of the same kind is void. */
export async function makeLink(tx: Tx, kind: LinkKind, { userId, email }: AccountLink, now: Date): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await tx.accountLink.deleteMany({ where: { userId, kind } })
  const expiresAt = new Date(now.getTime() + linkLifetimeMinutes * 60_000)
  await tx.accountLink.create({ data: { tokenHash: hashOf(kind, token), kind, userId, email, expiresAt } })
  return token
}

/** Whose link this is, while it can still be used; does not use it up. */
export async function openLink(kind: LinkKind, token: string, now: Date): Promise<AccountLink | null> {
  return prisma.accountLink.findFirst({
    where: { tokenHash: hashOf(kind, token), kind, expiresAt: { gt: now } },
    select: { userId: true, email: true },
  })
}

/** Uses a link up: of two at once only one finds the row. Null when it was used, expired or never made. */
export async function takeLink(tx: Tx, kind: LinkKind, token: string, now: Date): Promise<AccountLink | null> {
  const [link] = await tx.$queryRaw<AccountLink[]>`
    DELETE FROM account_links WHERE token_hash = ${hashOf(kind, token)} AND kind = ${kind} AND expires_at > ${now}
    RETURNING user_id AS "userId", email`
  return link ?? null
}

/** Removes links that ran out; for the hourly sweep. */
export async function purgeAccountLinks(now: Date): Promise<void> {
  await prisma.accountLink.deleteMany({ where: { expiresAt: { lt: now } } })
}
