import '#server-only'
import { render } from '@react-email/render'
import { createElement } from 'react'
import { countryOf } from '../base/countries.ts'
import { countryName } from '../base/country-names.ts'
import { endInWords } from '../base/days.ts'
import { env } from '../base/env.ts'
import { prisma } from '../database/client.ts'
import type { MailContents } from '../mail/schema.ts'
import { brandOf } from '../mail-settings/queries.ts'
import * as paths from '../web/paths.ts'
import { endInMail, wordsIn } from '../words/rules.ts'
import { customerMessage, lookOf, type Message, plainMessage } from './customer-message.ts'
import { keyMailFacts, purchaseMailFacts } from './facts.ts'
import { keysMailFacts, keysOfMail } from './keys-facts.ts'
import { languageFor } from './language.ts'
import { addressMessage, noticeMessage } from './notices.ts'
import { whyOldNews } from './rules.ts'
import { sampleMessage } from './sample.ts'
import { storeMessage } from './store-notices.ts'
import { AccountLinkMail, accountLinkSubject, accountLinkText } from './templates/account-link-mail.tsx'
import { AccountNewsMail, accountNewsSubject, accountNewsText } from './templates/account-news-mail.tsx'
import { InvitationMail, invitationText } from './templates/invitation-mail.tsx'
import { SignInMail, signInSubject, signInText } from './templates/sign-in-mail.tsx'
import { WebhookOffMail, webhookOffText } from './templates/webhook-off-mail.tsx'

const url = (path: string): string => new URL(path, env().LATCHKEY_URL).href

/** Writes a mail from what is true now: a key that changed since it was queued is mailed as it is. `mailId` is whose it is. */
export async function writeMail(contents: MailContents, to: string, mailId: string): Promise<Message> {
  switch (contents.template) {
    case 'license-key':
    case 'key-replaced':
    case 'key-expiring':
    case 'key-expired':
    case 'key-revoked':
    case 'device-activated':
      return customerMessage(await keyMailFacts(contents, to, mailId))
    case 'license-keys':
      return customerMessage(await keysMailFacts(contents.payload, to))
    case 'purchase-news':
      return customerMessage(await purchaseMailFacts(contents.payload))
    case 'test': {
      const { organizationId, ...draft } = contents.payload
      const message = await sampleMessage(organizationId, draft)
      return { ...message, subject: `Test: ${message.subject}` }
    }
    case 'sign-in': {
      const seller = await sellerFor(to)
      const brand = seller && (await brandOf(seller.id))
      const { url, code = null, language = 'en' } = contents.payload
      const props = {
        words: wordsIn(language),
        language,
        url,
        code,
        seller: brand?.name ?? null,
        host: new URL(url).host,
      }
      return {
        ...plainMessage(signInSubject(props)),
        from: props.seller,
        html: await render(createElement(SignInMail, { ...props, from: brand && lookOf(brand) })),
        text: signInText(props),
        logo: brand?.logo ?? null,
      }
    }
    case 'invitation': {
      const { payload } = contents
      return {
        ...plainMessage(`${payload.invitedBy} invites you to ${payload.organization}`),
        from: payload.organization,
        html: await render(createElement(InvitationMail, payload)),
        text: invitationText(payload),
      }
    }
    case 'password-link':
    case 'address-link': {
      const { url: link } = contents.payload
      // Of a new address nobody has signed in yet.
      const language =
        contents.template === 'address-link'
          ? await languageFor(contents.payload.from)
          : (contents.payload.language ?? (await languageFor(to)))
      const props = {
        ...{ url: link, host: new URL(link).host, language, words: wordsIn(language) },
        ...(contents.template === 'address-link'
          ? { kind: 'address' as const, from: contents.payload.from }
          : { kind: 'password' as const }),
      }
      return {
        ...plainMessage(accountLinkSubject(props)),
        html: await render(createElement(AccountLinkMail, props)),
        text: accountLinkText(props),
      }
    }
    case 'account-news': {
      const { at, ...payload } = contents.payload
      // After a change of address the account is at the other one.
      const isAway = payload.news === 'address-changed' && payload.about
      const language = await languageFor(to, isAway ? await languageFor(isAway) : 'en')
      const words = wordsIn(language)
      const country = payload.address && countryOf(payload.address)
      const props = {
        ...{
          ...payload,
          words,
          language,
          country: country && countryName(country, words.locale),
          at: endInMail(words, new Date(at), 'UTC'),
          host: new URL(env().LATCHKEY_URL).host,
        },
        ...{ passwordUrl: url(paths.forgottenPassword({ email: to })), accountUrl: url(paths.account()) },
      }
      return {
        ...plainMessage(accountNewsSubject(props)),
        html: await render(createElement(AccountNewsMail, props)),
        text: accountNewsText(props),
      }
    }
    case 'address-changed':
    case 'keys-moved':
    case 'which-devices':
    case 'key-offered':
    case 'offer-sent':
      return noticeMessage(contents, to)
    case 'address-move':
    case 'address-moved':
      return addressMessage(contents)
    case 'store-trouble':
      return storeMessage(contents.payload, to)
    case 'webhook-off': {
      const { organizationId, ...payload } = contents.payload
      const { name, slug } = await prisma.organization.findUniqueOrThrow({
        where: { id: organizationId },
        select: { name: true, slug: true },
      })
      const props = { ...payload, organization: name, webhooksUrl: url(paths.webhooks({ organization: slug })) }
      return {
        ...plainMessage(`Webhook switched off at ${name}`),
        html: await render(createElement(WebhookOffMail, props)),
        text: webhookOffText(props),
      }
    }
  }
}

/** The one organization somebody signs in for; null for several or none, which a subject cannot name. */
async function sellerFor(email: string): Promise<{ id: string } | null> {
  const found = await prisma.organization.findMany({
    where: { OR: [{ customers: { some: { email } } }, { memberships: { some: { user: { email } } } }] },
    select: { id: true },
    take: 2,
  })
  return found.length === 1 ? (found[0] ?? null) : null
}

/** Why a mail that waits is not to be sent any more: what it says is true no longer, or its reader wants none. Null when it is. */
export async function whyDropped(
  mail: { contents: MailContents; to: string; organizationId: string | null },
  now: Date,
): Promise<string | null> {
  const { contents, to, organizationId } = mail
  if (contents.template === 'license-keys')
    return (await keysOfMail(contents.payload, to)).length === 0 ? 'Its reader has none of these keys any more.' : null
  if (contents.template === 'store-trouble') return whyNoTrouble(contents.payload)
  if (contents.template === 'purchase-news') return whyNoNews(contents.payload, organizationId)
  if (!['key-expiring', 'key-expired', 'key-revoked'].includes(contents.template)) return null
  if (!('licenseKeyId' in contents.payload) || !organizationId) return null
  const key = await prisma.licenseKey.findFirst({
    where: { id: contents.payload.licenseKeyId, organizationId },
    select: { status: true, expiresAt: true, organization: { select: { timeZone: true } } },
  })
  if (!key) return 'The key is gone.'
  if (contents.template === 'key-revoked')
    return key.status === 'revoked' ? null : 'The key was restored before this was sent.'
  if (key.status !== 'granted') return 'The key was switched off or revoked before this was sent.'
  const end = 'endsAt' in contents.payload ? contents.payload.endsAt : ''
  if (key.expiresAt?.toISOString() !== end)
    return key.expiresAt
      ? `The key was given another end before this was sent: ${endInWords(key.expiresAt, key.organization.timeZone)}.`
      : 'The key was given no end before this was sent.'
  if (contents.template === 'key-expired') return null
  if (key.expiresAt <= now) return 'The key had ended before this was sent.'
  const stops = await prisma.mailStop.count({ where: { organizationId, email: to } })
  return stops > 0 ? 'Its reader wants no more reminders.' : null
}

/** Why nothing is said of a store any more; null while its trouble lasts. */
async function whyNoTrouble({
  connectionId,
  trouble,
}: Extract<MailContents, { template: 'store-trouble' }>['payload']): Promise<string | null> {
  const told = await prisma.storeTrouble.findUnique({
    where: { connectionId_trouble: { connectionId, trouble } },
    select: { overAt: true, connection: { select: { offAt: true } } },
  })
  if (!told) return 'The store is not connected any more.'
  return told.overAt || told.connection.offAt ? 'It was over before this was sent.' : null
}

/** Why news of a purchase are old; null while they are true. */
async function whyNoNews(
  { purchaseId, news }: Extract<MailContents, { template: 'purchase-news' }>['payload'],
  organizationId: string | null,
): Promise<string | null> {
  const purchase = await prisma.purchase.findFirst({
    where: { id: purchaseId, ...(organizationId && { organizationId }) },
    select: { status: true, state: true },
  })
  return purchase ? whyOldNews(news, purchase) : 'The purchase is gone.'
}
