import '#server-only'
import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Visitor } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { Refusal } from '../base/errors.ts'
import { prisma, type Tx } from '../database/client.ts'
import { hashesOf, hexHashOf } from '../secrets/secrets.ts'
import { countToken, type Identity, readerOf } from './commands.ts'

// The link in a mail that brings a key opens that key: whoever presses it reads that mailbox. It has no row of its own: the mail is its row.

/** So long after its mail the link may be used. */
export const KEY_LINK_DAYS = 7

/** What the link of such a mail carries. */
export const KeyLink = z.object({ mail: z.uuid(), code: z.string().min(20).max(100) })
export type KeyLink = z.infer<typeof KeyLink>

const content = (mailId: string) => `key mail\n${mailId}`

/** What only the mail's reader knows of it. */
export const keyLinkCode = (mailId: string): string => hexHashOf('sign-in', content(mailId))

const isCode = ({ mail, code }: KeyLink): boolean =>
  hashesOf('sign-in', content(mail)).some((right) => {
    const [given, wanted] = [Buffer.from(code), Buffer.from(right)]
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  })

/** Whom such a link is for, which key it opens, and whether it still signs in; null when it is none. */
export async function keyLinkOf(
  _visitor: Visitor,
  link: KeyLink,
  now: Date,
): Promise<{ to: string; licenseKeyId: string; isOpen: boolean } | null> {
  if (!isCode(link)) return null
  const mail = await prisma.mail.findFirst({
    where: { id: link.mail, template: { in: ['license-key', 'key-replaced'] } },
    select: { to: true, licenseKeyId: true, linkUsedAt: true, createdAt: true },
  })
  if (!mail?.licenseKeyId) return null
  const { to, licenseKeyId, linkUsedAt, createdAt } = mail
  const isYoung = now.getTime() - createdAt.getTime() < KEY_LINK_DAYS * DAY_MS
  return { to, licenseKeyId, isOpen: !linkUsedAt && isYoung && !(await hasMore(prisma, to)) }
}

// A key is forwarded more easily than a sign-in link: whoever has a dashboard or a password is not let in by it.
const hasMore = async (tx: Tx, email: string): Promise<boolean> =>
  (await tx.user.count({ where: { email, OR: [{ passwordHash: { not: null } }, { memberships: { some: {} } }] } })) > 0

/** Uses up the link and signs its reader in. */
export async function signInByKeyMail(visitor: Visitor, link: KeyLink, now: Date): Promise<Identity> {
  const takeBack = await countToken(visitor)
  const wrong = new Refusal('UNAUTHORIZED', 'This link has already been used or has expired.')
  if (!isCode(link)) throw wrong
  const identity = await prisma.$transaction(async (tx) => {
    const since = new Date(now.getTime() - KEY_LINK_DAYS * DAY_MS)
    // Of two at once only one finds it unused.
    const { count } = await tx.mail.updateMany({
      where: {
        id: link.mail,
        linkUsedAt: null,
        createdAt: { gt: since },
        template: { in: ['license-key', 'key-replaced'] },
      },
      data: { linkUsedAt: now },
    })
    if (count === 0) throw wrong
    const { to } = await tx.mail.findUniqueOrThrow({ where: { id: link.mail }, select: { to: true } })
    if (await hasMore(tx, to)) throw wrong
    return readerOf(tx, to, now)
  })
  await takeBack()
  return identity
}
