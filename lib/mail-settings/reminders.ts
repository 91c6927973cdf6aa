import '#server-only'
import { timingSafeEqual } from 'node:crypto'
import type { Visitor } from '../base/actor.ts'
import { isId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { openContents } from '../mail/queries.ts'

// Whoever got a reminder may stop them, without an account: the link in the mail says whose they are.

/** What a link to stop reminders carries: a mail, and the code that only its reader has. */
export type StopLink = { mail: string; code: string }

async function reminderOf({ mail: id, code }: StopLink) {
  if (!isId(id)) return null
  const mail = await prisma.mail.findFirst({
    where: { id, template: 'key-expiring' },
    select: { template: true, payload: true, organizationId: true, to: true, organization: { select: { name: true } } },
  })
  if (!mail?.organizationId || !mail.organization) return null
  const contents = openContents(mail)
  if (contents.template !== 'key-expiring') return null
  const [given, known] = [Buffer.from(code), Buffer.from(contents.payload.code)]
  if (given.length !== known.length || !timingSafeEqual(given, known)) return null
  return { organizationId: mail.organizationId, email: mail.to, organization: mail.organization.name }
}

/** Whose reminders a link is about, and whether they are stopped; null for no link of ours. */
export async function remindersOf(_visitor: Visitor, link: StopLink) {
  const found = await reminderOf(link)
  if (!found) return null
  const { organizationId, email, organization } = found
  const stops = await prisma.mailStop.count({ where: { organizationId, email } })
  return { organization, email, areStopped: stops > 0 }
}

/** Stops an organization's reminders to one address, or lets them come again; false for no link of ours. Doing it twice is no error. */
export async function stopReminders(_visitor: Visitor, link: StopLink, stop: boolean, now: Date): Promise<boolean> {
  const found = await reminderOf(link)
  if (!found) return false
  const { organizationId, email } = found
  if (stop) await prisma.mailStop.createMany({ data: { organizationId, email, stoppedAt: now }, skipDuplicates: true })
  else await prisma.mailStop.deleteMany({ where: { organizationId, email } })
  return true
}
