import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { type CustomerMail, customerMails, onByDefault } from '../mail/plain.ts'
import type { Language } from '../words/plain.ts'
import { originals } from './originals.ts'
import { originalsDe } from './originals-de.ts'
import type { MailLooks } from './schema.ts'

const originalsIn: Record<Language, Record<CustomerMail, { subject: string; intro: string }>> = {
  en: originals,
  de: originalsDe,
}

const looksColumns = { name: true, color: true, replyTo: true, support: true } as const
const logoColumns = { logo: true, logoType: true, logoWidth: true, logoHeight: true } as const

/** Where customers are sent for help: an address, or a page. */
export type Support = { label: string; href: string }

/** How an organization's mail looks and where answers go, with what holds where nothing was chosen. */
export type Brand = {
  organizationId: string
  name: string
  color: string | null
  logo: { base64: string; type: string; width: number; height: number } | null
  replyTo: string | null
  support: Support | null
  websiteUrl: string | null
  timeZone: string
}

/** The looks of an organization's mail, for whoever writes it. */
export async function brandOf(organizationId: string): Promise<Brand> {
  const { mailSettings, ...organization } = await prisma.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: {
      ...{ name: true, supportEmail: true, websiteUrl: true, timeZone: true },
      mailSettings: { select: { ...looksColumns, ...logoColumns } },
    },
  })
  const { name, color, replyTo, support, logo, logoType, logoWidth, logoHeight } = mailSettings ?? {}
  const help = support ?? organization.supportEmail
  return {
    organizationId,
    name: name ?? organization.name,
    color: color ?? null,
    logo:
      logo && logoType && logoWidth && logoHeight
        ? { base64: logo, type: logoType, width: logoWidth, height: logoHeight }
        : null,
    replyTo: replyTo ?? organization.supportEmail,
    support: help ? supportOf(help) : null,
    websiteUrl: organization.websiteUrl,
    timeZone: organization.timeZone,
  }
}

/** The same with looks that are just being chosen. */
export const withLooks = (brand: Brand, { name, color, support }: Partial<MailLooks>): Brand => ({
  ...brand,
  ...(name && { name }),
  ...(color !== undefined && { color }),
  ...(support && { support: supportOf(support) }),
})

const supportOf = (help: string): Support =>
  help.includes('://')
    ? { label: help.replace(/^https?:\/\//, ''), href: help }
    : { label: help, href: `mailto:${help}` }

/** What an organization's mail says: its own words, else ours in the language of its reader. */
export async function textOf(
  organizationId: string,
  mail: CustomerMail,
  language: Language = 'en',
): Promise<{ subject: string; intro: string }> {
  const own = await prisma.mailText.findUnique({
    where: { organizationId_mail: { organizationId, mail } },
    select: { subject: true, intro: true },
  })
  const { subject, intro } = originalsIn[language][mail]
  return own ?? { subject, intro }
}

/** True for a mail whose words are ours. */
export const isOriginal = (mail: CustomerMail, { subject, intro }: { subject: string; intro: string }): boolean =>
  subject === originals[mail].subject && intro === originals[mail].intro

/** What was chosen for the looks, and what holds where nothing was. */
export async function getMailLooks({ organizationId }: Merchant) {
  const [chosen, brand] = await Promise.all([
    prisma.mailSettings.findUnique({ where: { organizationId }, select: looksColumns }),
    brandOf(organizationId),
  ])
  return { chosen: chosen ?? { name: null, color: null, replyTo: null, support: null }, brand }
}

/** Every mail to customers: whether it goes out, and whether its words are the merchant's own. */
export async function listCustomerMails({ organizationId }: Merchant) {
  const [settings, texts] = await Promise.all([
    prisma.mailSettings.findUnique({ where: { organizationId }, select: { switches: true } }),
    prisma.mailText.findMany({ where: { organizationId }, select: { mail: true, subject: true } }),
  ])
  const switches = (settings?.switches ?? {}) as Partial<Record<CustomerMail, boolean>>
  const subjects = new Map(texts.map(({ mail, subject }) => [mail, subject]))
  return customerMails.map((mail) => ({
    mail,
    label: originals[mail].label,
    when: originals[mail].when,
    /** null: whoever asks for it gets it. */
    on: onByDefault[mail] === null ? null : (switches[mail] ?? onByDefault[mail]),
    onByDefault: onByDefault[mail],
    subject: subjects.get(mail) ?? originals[mail].subject,
    isOwn: subjects.has(mail),
  }))
}
export type CustomerMailItem = Awaited<ReturnType<typeof listCustomerMails>>[number]

/** One mail with its words, for its editor. */
export async function getMailText({ organizationId }: Merchant, mail: CustomerMail) {
  const text = await textOf(organizationId, mail)
  return { ...text, isOwn: !isOriginal(mail, text) }
}
