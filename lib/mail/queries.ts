import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { MailStatus } from '#prisma/enums.ts'
import type { Merchant, System } from '../base/actor.ts'
import { mailIsConfigured, outboxIsOpen } from '../base/env.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { asLetters } from '../base/text.ts'
import { prisma } from '../database/client.ts'
import type { FarPages, PageOf } from '../database/marks.ts'
import { pageByTime } from '../database/pages.ts'
import { unseal } from '../secrets/secrets.ts'
import type { MailState, MailTemplate, MailWay, PurchaseNews, SentMail } from './plain.ts'
import { mailStateOf } from './rules.ts'
import { MailContents } from './schema.ts'

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
  /** What news it brings of a purchase. */
  news: PurchaseNews | null
  to: string
  status: MailStatus
  attempts: number
  lastError: string | null
  createdAt: Date
  sentAt: Date | null
  licenseKeyId: string | null
}

type MailRow = Omit<MailSummary, 'template' | 'news'> & { template: string }

const toSummary = (row: MailRow, news: PurchaseNews | null): MailSummary => ({
  ...row,
  template: row.template as MailTemplate,
  news,
})

/** What those of these mails say that bring news of a purchase, by id. */
async function newsOf(rows: readonly { id: string; template: string }[]): Promise<Map<string, PurchaseNews>> {
  const ids = rows.flatMap(({ id, template }) => (template === 'purchase-news' ? id : []))
  if (ids.length === 0) return new Map()
  const found = await prisma.mail.findMany({
    where: { id: { in: ids } },
    select: { id: true, template: true, payload: true },
  })
  return new Map(
    found.flatMap(({ id, ...sealed }) => {
      const contents = openContents(sealed)
      return contents.template === 'purchase-news' ? [[id, contents.payload.news] as const] : []
    }),
  )
}

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
  const news = await newsOf(rows)
  return { mails: rows.map((row) => toSummary(row, news.get(row.id) ?? null)), total }
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
  const contents = openContents({ template: row.template, payload })
  const news = contents.template === 'purchase-news' ? contents.payload.news : null
  return { ...toSummary(summary, news), contents }
}

// ---------------------------------------------------------------- what an organization sent

const sentColumns = { ...columns, smtpCode: true, purchaseId: true } as const

type SentRow = Prisma.MailGetPayload<{ select: typeof sentColumns }>

/** Mails with whom each would go to today. */
async function toSent(organizationId: string, rows: SentRow[]): Promise<SentMail[]> {
  const select = { id: true, customer: { select: { email: true } } }
  const [news, keys, purchases] = await Promise.all([
    newsOf(rows),
    prisma.licenseKey.findMany({
      where: { organizationId, id: { in: rows.flatMap(({ licenseKeyId }) => licenseKeyId ?? []) } },
      select,
    }),
    prisma.purchase.findMany({
      where: { organizationId, id: { in: rows.flatMap(({ purchaseId }) => purchaseId ?? []) } },
      select,
    }),
  ])
  const isKept = !mailIsConfigured() && outboxIsOpen()
  const owners = new Map([...keys, ...purchases].map(({ id, customer }) => [id, customer.email]))
  return rows.map(({ status, smtpCode, ...row }) => ({
    ...row,
    template: row.template as MailTemplate,
    news: news.get(row.id) ?? null,
    state: mailStateOf({ status, smtpCode }),
    isKept: status === 'waiting' && isKept,
    goesTo: owners.get(row.licenseKeyId ?? '') ?? owners.get(row.purchaseId ?? '') ?? row.to,
  }))
}

const BOUNCED: Prisma.MailWhereInput = { status: 'failed', smtpCode: { gte: 500 } }
const whereState = {
  waiting: { status: 'waiting' },
  sent: { status: 'sent' },
  bounced: BOUNCED,
  failed: { status: 'failed', OR: [{ smtpCode: null }, { smtpCode: { lt: 500 } }] },
  dropped: { status: 'dropped' },
} as const satisfies Record<MailState, Prisma.MailWhereInput>

/** The organization's mail, newest first: part of an address, states and templates narrow it down. */
export async function listMails(
  { organizationId }: Merchant,
  { q, states, templates }: { q: string; states: readonly MailState[]; templates: readonly MailTemplate[] },
  { dir = 'desc', ...pageOf }: PageOf & { dir?: 'asc' | 'desc' },
): Promise<{ mails: SentMail[]; total: number; far: FarPages }> {
  const where: Prisma.MailWhereInput = {
    organizationId,
    ...(q.trim() && { to: { contains: asLetters(q.trim()), mode: 'insensitive' } }),
    ...(templates.length > 0 && { template: { in: [...templates] } }),
    ...(states.length > 0 && { OR: states.map((state) => whereState[state]) }),
  }
  const { rows, total, far } = await pageByTime(
    pageOf,
    { column: 'createdAt', dir },
    (asked) => prisma.mail.count({ where, ...asked }),
    ({ beyond, ...asked }) => prisma.mail.findMany({ where: { ...where, AND: beyond }, select: sentColumns, ...asked }),
  )
  return { mails: await toSent(organizationId, rows), total, far }
}

// So many are shown where they belong; the list has all.
const SHOWN = 8

type About =
  | { licenseKeyId: string }
  | { purchaseId: string }
  | { to: string; before: readonly { address: string; until: Date }[] }

// What tells an old mailbox of a change is queued in the same transaction, a moment after the change says it was.
const SAME_MOMENT_MS = 60_000

/** The newest mails about one key, or one purchase with its keys, or to one person at every address they had. */
export async function mailsAbout({ organizationId }: Merchant, about: About): Promise<SentMail[]> {
  const rows = await prisma.mail.findMany({
    where: { organizationId, ...(await mailsAre(organizationId, about)) },
    select: sentColumns,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: SHOWN,
  })
  return toSent(organizationId, rows)
}

async function mailsAre(organizationId: string, about: About): Promise<Prisma.MailWhereInput> {
  if ('to' in about) {
    const before = about.before.map(({ address, until }) => ({
      to: address,
      createdAt: { lte: new Date(until.getTime() + SAME_MOMENT_MS) },
    }))
    return { OR: [{ to: about.to }, ...before] }
  }
  if ('licenseKeyId' in about) {
    const key = await prisma.licenseKey.findFirst({
      where: { id: about.licenseKeyId, organizationId },
      select: { purchaseId: true },
    })
    // Several keys of a purchase come in one mail.
    const together = key?.purchaseId ? [{ purchaseId: key.purchaseId, template: 'license-keys' }] : []
    return { OR: [about, ...together] }
  }
  const keys = await prisma.licenseKey.findMany({
    where: { organizationId, purchaseId: about.purchaseId },
    select: { id: true },
    take: 500,
  })
  return { OR: [{ purchaseId: about.purchaseId }, { licenseKeyId: { in: keys.map(({ id }) => id) } }] }
}

/** When somebody asked not to be reminded of keys that end; null: they did not. */
export async function remindersStoppedAt({ organizationId }: Merchant, email: string): Promise<Date | null> {
  const stop = await prisma.mailStop.findUnique({ where: { organizationId_email: { organizationId, email } } })
  return stop?.stoppedAt ?? null
}

/** What a stored mail is made from. */
export const openContents = (row: { template: string; payload: Uint8Array }): MailContents =>
  MailContents.parse({ template: row.template, payload: JSON.parse(unseal('mail-payload', row.payload)) })
