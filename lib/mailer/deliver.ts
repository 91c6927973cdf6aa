import '#server-only'
import { createTransport, type Transporter } from 'nodemailer'
import type { System } from '../base/actor.ts'
import { env, mailIsConfigured } from '../base/env.ts'
import { log } from '../base/log.ts'
import { count } from '../base/metrics.ts'
import { prisma, type Tx } from '../database/client.ts'
import { enqueue } from '../database/queue.ts'
import { type NewEvent, record } from '../events/commands.ts'
import type { EventData } from '../events/schema.ts'
import type { MailTemplate } from '../mail/plain.ts'
import { openContents } from '../mail/queries.ts'
import { afterFailure, explained, isStale, LEASE_MS, type SendError, serversWords } from '../mail/rules.ts'
import type { Brand } from '../mail-settings/queries.ts'
import { LOGO_ID, type MailFile } from './customer-message.ts'
import { keysOfMail } from './keys-facts.ts'
import { whyDropped, writeMail } from './message.ts'

/** Mails to customers that are about no key. */
const aboutCustomers: ReadonlySet<string> = new Set<MailTemplate>([
  ...(['address-changed', 'keys-moved', 'key-offered', 'offer-sent', 'which-devices', 'purchase-news'] as const),
])

const CONNECTIONS = 3
const SWEEP_SIZE = 500
const SWEEP_FAILURES_MAX = 3

let transport: { url: string; mailer: Transporter } | undefined

function mailer(): Transporter {
  const url = env().SMTP_URL ?? ''
  if (transport?.url !== url) {
    closeMailer()
    transport = {
      url,
      mailer: createTransport({
        url,
        pool: true,
        maxConnections: CONNECTIONS,
        connectionTimeout: 10_000,
        greetingTimeout: 10_000,
        socketTimeout: 30_000,
      }),
    }
  }
  return transport.mailer
}

/** Closes the connections to the SMTP server; the next mail opens them again. */
export function closeMailer(): void {
  transport?.mailer.close()
  transport = undefined
}

/**
 * Sends one mail if it is due. The row is taken for a few minutes first, so of many processes one sends it and a crash only delays
 * it. Never throws for what SMTP says: the row keeps it, and the next attempt comes later.
 */
export async function deliverMail(
  system: System,
  mailId: string,
  now: Date,
): Promise<'sent' | 'retry' | 'failed' | 'dropped' | 'not due'> {
  if (!mailIsConfigured()) return 'not due'
  const [mail] = await prisma.mail.updateManyAndReturn({
    where: { id: mailId, status: 'waiting', dueAt: { lte: now } },
    data: { attempts: { increment: 1 }, dueAt: new Date(now.getTime() + LEASE_MS) },
  })
  if (!mail) return 'not due'
  const template = mail.template as MailTemplate
  let keyIds: string[] | undefined
  try {
    if (isStale({ template, createdAt: mail.createdAt }, now)) {
      return await settle(system, mail, { status: 'failed', error: 'It waited until it was of no more use.' }, now)
    }
    const contents = openContents(mail)
    if (contents.template === 'license-keys') keyIds = (await keysOfMail(contents.payload, mail.to)).map(({ id }) => id)
    const why = await whyDropped({ contents, to: mail.to, organizationId: mail.organizationId }, now)
    if (why) return await settle(system, mail, { status: 'dropped', error: why }, now)
    const { from, logo, file, stopUrl, ...message } = await writeMail(contents, mail.to, mail.id)
    await mailer().sendMail({
      ...message,
      from: fromWithName(from),
      to: { name: '', address: mail.to },
      ...((logo || file) && {
        attachments: [...(logo ? [attached(logo)] : []), ...(file ? [fileOf(file)] : [])],
      }),
      // The same for every attempt, so that a mail sent twice can be recognised.
      messageId: `<${mail.id}@${new URL(env().LATCHKEY_URL).hostname}>`,
      headers: {
        'Auto-Submitted': 'auto-generated',
        'X-Auto-Response-Suppress': 'All',
        ...(stopUrl && stops(stopUrl)),
      },
    })
  } catch (error) {
    const failure = explained(error as SendError, mail.to)
    const next = afterFailure(mail.attempts, failure, now)
    const words = serversWords(failure)
    log.warn({ mailId, attempts: mail.attempts, reason: words }, 'mail could not be delivered')
    const smtpCode = failure.responseCode ?? null
    return settle(system, { ...mail, keyIds }, { ...next, error: words.slice(0, 500), smtpCode }, now)
  }
  return settle(system, { ...mail, keyIds }, { status: 'sent' }, now)
}

type Row = {
  id: string
  template: string
  to: string
  organizationId: string | null
  licenseKeyId: string | null
  keyIds?: string[]
}
type Outcome =
  | { status: 'sent' }
  | { status: 'failed' | 'dropped'; error: string; smtpCode?: number | null }
  | { status: 'waiting'; dueAt: Date; error: string; smtpCode: number | null }

async function settle(system: System, mail: Row, outcome: Outcome, now: Date) {
  const { id, template, to, organizationId, licenseKeyId } = mail
  const keyIds = mail.keyIds ?? (licenseKeyId ? [licenseKeyId] : [])
  await prisma.$transaction(async (tx) => {
    await tx.mail.update({
      where: { id },
      data:
        outcome.status === 'sent'
          ? { status: 'sent', sentAt: now, lastError: null, smtpCode: null }
          : {
              status: outcome.status,
              lastError: outcome.error,
              smtpCode: outcome.smtpCode ?? null,
              ...(outcome.status === 'waiting' && { dueAt: outcome.dueAt }),
            },
    })
    if (outcome.status === 'waiting') {
      await enqueue(tx, 'mail.deliver', { mailId: id }, { startAfter: outcome.dueAt })
    } else if (organizationId && outcome.status !== 'dropped') {
      const how = outcome.status === 'sent' ? 'mailed' : 'mail_failed'
      await record(tx, system, now, ...(await mailEvents(tx, { organizationId, to, template, keyIds }, how)))
    }
  })
  const came = outcome.status === 'waiting' ? 'retry' : outcome.status
  count('mails', came)
  return came
}

/** What history says of a mail: of each of its keys, or of its customer; of one to members nothing. */
async function mailEvents(
  tx: Tx,
  { organizationId, to, template, keyIds }: { organizationId: string; to: string; template: string; keyIds: string[] },
  how: 'mailed' | 'mail_failed',
): Promise<NewEvent[]> {
  const customer = await tx.customer.findUnique({
    where: { organizationId_email: { organizationId, email: to } },
    select: { id: true },
  })
  const bringsKeys = template === 'license-key' || template === 'license-keys'
  const data: EventData = bringsKeys ? { to } : { to, mail: template }
  const about = { organizationId, customerId: customer?.id ?? null, data }
  if (keyIds.length > 0) return keyIds.map((licenseKeyId) => ({ ...about, type: `license_key.${how}`, licenseKeyId }))
  return customer && aboutCustomers.has(template) ? [{ ...about, type: `customer.${how}` }] : []
}

// The logo comes with the mail and is shown at its place (RFC 2392): a picture that is loaded from a server is hidden by most mail programs,
// tells that server who reads when, and is gone when the merchant chooses another one.
const attached = ({ base64, type }: NonNullable<Brand['logo']>) => ({
  ...{ filename: type === 'image/png' ? 'logo.png' : 'logo.jpg', content: base64, encoding: 'base64' },
  ...{ contentType: type, cid: LOGO_ID, contentDisposition: 'inline' as const },
})

const fileOf = ({ name, type, content }: MailFile) => ({ filename: name, content, contentType: type })

/** How mail programs stop such mails by themselves (RFC 2369); by one click only where nobody can listen in (RFC 8058). */
const stops = (url: string): Record<string, string> => ({
  'List-Unsubscribe': `<${url}>`,
  ...(url.startsWith('https:') && { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
})

/** Sends every mail that is due and has nobody working on it: lost prompts, crashes, SMTP that was set up later. */
export async function sweepMail(system: System, now: Date): Promise<number> {
  if (!mailIsConfigured()) return 0
  const rows = await prisma.mail.findMany({
    where: { status: 'waiting', dueAt: { lte: now } },
    select: { id: true },
    orderBy: { dueAt: 'asc' },
    take: SWEEP_SIZE,
  })
  let sent = 0
  let failures = 0
  const left = rows.values()
  const sendOneByOne = async () => {
    for (const { id } of left) {
      // An SMTP server that is away would cost every mail one of its attempts.
      if (failures >= SWEEP_FAILURES_MAX) return
      const outcome = await deliverMail(system, id, now)
      if (outcome === 'sent') sent++
      failures = outcome === 'retry' ? failures + 1 : 0
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, sendOneByOne))
  return sent
}

// "Inkwell Software <no-reply@…>": customers know the seller, not the system; the address stays the one SMTP may send from.
function fromWithName(name: string | null): string | { name: string; address: string } {
  const configured = env().MAIL_FROM
  const address = /<([^<>]+)>\s*$/.exec(configured)?.[1] ?? configured
  return name ? { name, address } : configured
}
