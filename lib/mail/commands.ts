import '#server-only'
import { DAY_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { prisma, type Tx } from '../database/client.ts'
import { enqueue } from '../database/queue.ts'
import { seal } from '../secrets/secrets.ts'
import type { MailContents } from './schema.ts'

/** A mail to be sent, and whose it is. */
export type NewMail = MailContents & { to: string; organizationId?: string | null; licenseKeyId?: string | null }

/** Writes a mail in the transaction of what it tells about, and asks the background to send it after the commit. */
export async function queueMail(tx: Tx, now: Date, mail: NewMail): Promise<{ id: string }> {
  const row = rowOf(mail, now)
  await tx.mail.create({ data: row })
  await enqueue(tx, 'mail.deliver', { mailId: row.id })
  return { id: row.id }
}

/** Many mails at once, as bulk work makes them; the background sends them a batch at a time. */
export async function queueMails(tx: Tx, now: Date, mails: NewMail[]): Promise<void> {
  if (mails.length === 0) return
  await tx.mail.createMany({ data: mails.map((mail) => rowOf(mail, now)) })
  await enqueue(tx, 'mail.sweep', {})
}

function rowOf({ template, payload, to, organizationId = null, licenseKeyId = null }: NewMail, now: Date) {
  const sealed = seal('mail-payload', JSON.stringify(payload))
  return { id: newId(now), template, to, organizationId, licenseKeyId, payload: sealed, createdAt: now, dueAt: now }
}

const DAYS_7 = 7 * DAY_MS

/** Removes old sign-in mails and invitations: their links are dead, and nobody needs to know who signed in when. For the hourly sweep. */
export async function purgeMail(now: Date): Promise<number> {
  const { count } = await prisma.mail.deleteMany({
    where: { template: { in: ['sign-in', 'invitation'] }, createdAt: { lt: new Date(now.getTime() - DAYS_7) } },
  })
  return count
}
