import '#server-only'
import type { MailStatus } from '#prisma/enums.ts'
import type { Merchant, System } from '../base/actor.ts'
import { mailIsConfigured, outboxIsOpen } from '../base/env.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { unseal } from '../secrets/secrets.ts'
import { MailContents, type MailTemplate, type MailWay } from './schema.ts'

const columns = {
  id: true,
  template: true,
  to: true,
  status: true,
  attempts: true,
  lastError: true,
  createdAt: true,
  sentAt: true,
  licenseKeyId: true,
} as const

/** A mail as lists show it. */
export type MailSummary = {
  id: string
  template: MailTemplate
  to: string
  status: MailStatus
  attempts: number
  lastError: string | null
  createdAt: Date
  sentAt: Date | null
  licenseKeyId: string | null
}

const toSummary = (row: Omit<MailSummary, 'template'> & { template: string }): MailSummary => ({
  ...row,
  template: row.template as MailTemplate,
})

/** How mail stands for this organization: can it leave at all, how much waits, how much could not be delivered. */
export async function mailState(merchant: Merchant): Promise<{ way: MailWay; waiting: number; failed: number }> {
  const where = { organizationId: merchant.organizationId }
  const [waiting, failed] = await Promise.all([
    prisma.mail.count({ where: { ...where, status: 'waiting' } }),
    prisma.mail.count({ where: { ...where, status: 'failed' } }),
  ])
  return { way: mailIsConfigured() ? 'sent' : outboxIsOpen() ? 'kept' : 'waits', waiting, failed }
}

/** Everybody's mail, newest first. It opens every door, so it exists in the demo only. */
export async function listOutbox(
  _system: System,
  filter: { to?: string } = {},
  { page, size }: { page: number; size: number } = { page: 1, size: 50 },
): Promise<{ mails: MailSummary[]; total: number }> {
  if (!outboxIsOpen()) throw notFound('page')
  const where = filter.to ? { to: { contains: filter.to, mode: 'insensitive' as const } } : {}
  const [rows, total] = await Promise.all([
    prisma.mail.findMany({
      where,
      select: columns,
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      skip: (page - 1) * size,
      take: size,
    }),
    prisma.mail.count({ where }),
  ])
  return { mails: rows.map(toSummary), total }
}

/** One mail of the outbox with what it is made from; in the demo only. */
export async function getOutboxMail(
  _system: System,
  mailId: string,
): Promise<MailSummary & { contents: MailContents }> {
  if (!outboxIsOpen() || !isId(mailId)) throw notFound('page')
  const row = await prisma.mail.findUnique({ where: { id: mailId }, select: { ...columns, payload: true } })
  if (!row) throw notFound('page')
  const { payload, ...summary } = row
  return { ...toSummary(summary), contents: openContents({ template: row.template, payload }) }
}

/** What a stored mail is made from. */
export const openContents = (row: { template: string; payload: Uint8Array }): MailContents =>
  MailContents.parse({ template: row.template, payload: JSON.parse(unseal('mail-payload', row.payload)) })
