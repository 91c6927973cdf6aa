import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { assertWorkOrAnyway } from '../license-keys/working.ts'
import { queueMail } from '../mail/commands.ts'
import { isRepeated, type MailTemplate } from '../mail/plain.ts'
import { openContents } from '../mail/queries.ts'
import type { MailContents } from '../mail/schema.ts'
import type { SendMailAgain } from '../mail-settings/schema.ts'
import { keysOfMail } from './keys-facts.ts'
import { whyDropped } from './message.ts'

/**
 * Sends one mail once more, as a mail of its own; what became of the first stays. What is about a key or a purchase goes to whoever has it
 * today, so that no key goes to an address it was taken from.
 */
export async function sendAgain(
  merchant: Merchant,
  { mailId, anyway = false }: SendMailAgain,
  now: Date,
): Promise<{ to: string }> {
  assertMay(merchant, 'mails.resend')
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM mails WHERE id = ${mailId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
    const mail = await tx.mail.findFirst({
      where: { id: mailId, organizationId },
      select: { template: true, payload: true, to: true, status: true },
    })
    if (!mail) throw notFound('mail')
    if (mail.status === 'waiting') throw new Refusal('CONFLICT', 'This mail still waits to be sent.')
    if (!isRepeated(mail.template as MailTemplate))
      throw new Refusal('CONFLICT', 'This mail is not sent again from here.')
    const contents = openContents(mail)
    const to = (await readerOf(organizationId, contents)) ?? mail.to
    const why = await whyDropped({ contents, to, organizationId }, now)
    if (why) throw new Refusal('CONFLICT', `This mail is not true any more. ${why}`)
    await assertWorkOrAnyway(tx, { organizationId, licenseKeyIds: await keysIn(contents, to), anyway }, now)
    await queueMail(tx, now, { ...asAsked(contents), to, organizationId })
    return { to }
  })
}

/** The keys whose strings such a mail brings. */
async function keysIn(contents: MailContents, to: string): Promise<string[]> {
  if (contents.template === 'license-keys') return (await keysOfMail(contents.payload, to)).map(({ id }) => id)
  const bringsKey = contents.template === 'license-key' || contents.template === 'key-replaced'
  return bringsKey ? [contents.payload.licenseKeyId] : []
}

const asAsked = (contents: MailContents): MailContents =>
  contents.template === 'license-key' ? { ...contents, payload: { ...contents.payload, again: true } } : contents

/** Who reads what such a mail says today; null for mails that are to an address. */
async function readerOf(organizationId: string, { payload }: MailContents): Promise<string | null> {
  const select = { customer: { select: { email: true } } }
  const owner =
    'licenseKeyId' in payload
      ? await prisma.licenseKey.findFirst({ where: { id: payload.licenseKeyId, organizationId }, select })
      : 'purchaseId' in payload
        ? await prisma.purchase.findFirst({ where: { id: payload.purchaseId, organizationId }, select })
        : null
  return owner?.customer.email ?? null
}
