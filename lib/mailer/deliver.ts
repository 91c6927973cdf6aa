import '#server-only'
import { createTransport, type Transporter } from 'nodemailer'
import type { System } from '../base/actor.ts'
import { env, mailIsConfigured } from '../base/env.ts'
import { log } from '../base/log.ts'
import { prisma } from '../database/client.ts'
import { enqueue } from '../database/queue.ts'
import { record } from '../events/commands.ts'
import { openContents } from '../mail/queries.ts'
import { afterFailure, explained, isStale, LEASE_MS, type SendError } from '../mail/rules.ts'
import type { MailTemplate } from '../mail/schema.ts'
import { writeMail } from './message.ts'

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
        maxConnections: 3,
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
): Promise<'sent' | 'retry' | 'failed' | 'not due'> {
  if (!mailIsConfigured()) return 'not due'
  const [mail] = await prisma.mail.updateManyAndReturn({
    where: { id: mailId, status: 'waiting', dueAt: { lte: now } },
    data: { attempts: { increment: 1 }, dueAt: new Date(now.getTime() + LEASE_MS) },
  })
  if (!mail) return 'not due'
  const template = mail.template as MailTemplate
  try {
    if (isStale({ template, createdAt: mail.createdAt }, now)) {
      return await settle(system, mail, { status: 'failed', error: 'It waited until it was of no more use.' }, now)
    }
    const { from, ...message } = await writeMail(openContents(mail), mail.to)
    await mailer().sendMail({
      ...message,
      from: fromWithName(from),
      to: { name: '', address: mail.to },
      // The same for every attempt, so that a mail sent twice can be recognised.
      messageId: `<${mail.id}@${new URL(env().LATCHKEY_URL).hostname}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    })
  } catch (error) {
    const { code, responseCode, message } = explained(error as SendError, mail.to)
    const next = afterFailure(mail.attempts, { code, responseCode, message }, now)
    log.warn({ mailId, attempts: mail.attempts, reason: message }, 'mail could not be delivered')
    return settle(system, mail, { ...next, error: message.slice(0, 500) }, now)
  }
  return settle(system, mail, { status: 'sent' }, now)
}

type Row = { id: string; to: string; organizationId: string | null; licenseKeyId: string | null }
type Outcome =
  | { status: 'sent' }
  | { status: 'failed'; error: string }
  | { status: 'waiting'; dueAt: Date; error: string }

async function settle(system: System, mail: Row, outcome: Outcome, now: Date) {
  const { id, to, organizationId, licenseKeyId } = mail
  await prisma.$transaction(async (tx) => {
    await tx.mail.update({
      where: { id },
      data:
        outcome.status === 'sent'
          ? { status: 'sent', sentAt: now, lastError: null }
          : {
              status: outcome.status,
              lastError: outcome.error,
              ...(outcome.status === 'waiting' && { dueAt: outcome.dueAt }),
            },
    })
    if (outcome.status === 'waiting') {
      await enqueue(tx, 'mail.deliver', { mailId: id }, { startAfter: outcome.dueAt })
    } else if (organizationId && licenseKeyId) {
      const type = outcome.status === 'sent' ? 'license_key.mailed' : 'license_key.mail_failed'
      await record(tx, system, now, { type, organizationId, licenseKeyId, data: { to } })
    }
  })
  return outcome.status === 'waiting' ? 'retry' : outcome.status
}

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
  for (const { id } of rows) {
    // An SMTP server that is away would cost every mail one of its attempts.
    if (failures >= SWEEP_FAILURES_MAX) break
    const outcome = await deliverMail(system, id, now)
    if (outcome === 'sent') sent++
    failures = outcome === 'retry' ? failures + 1 : 0
  }
  return sent
}

// "Inkwell Software <no-reply@…>": customers know the seller, not the system; the address stays the one SMTP may send from.
function fromWithName(name: string | null): string | { name: string; address: string } {
  const configured = env().MAIL_FROM
  const address = /<([^<>]+)>\s*$/.exec(configured)?.[1] ?? configured
  return name ? { name, address } : configured
}
