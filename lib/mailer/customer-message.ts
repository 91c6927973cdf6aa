import '#server-only'
import { render } from '@react-email/render'
import { createElement } from 'react'
import type { CustomerMail as CustomerMailName } from '../mail/plain.ts'
import { type Brand, textOf } from '../mail-settings/queries.ts'
import { fillSubject, fillText, type Values } from '../mail-settings/text.ts'
import type { Language } from '../words/plain.ts'
import { CustomerMail, type CustomerMailProps, customerMailText } from './templates/customer-mail.tsx'
import type { LetterLook } from './templates/letter.tsx'

/**
 * A mail ready to be sent. `from` is the name to show beside our address, `replyTo` who reads answers; `logo` goes with it under LOGO_ID, and
 * `stopUrl` is where whoever wants no more of its kind posts.
 */
export type Message = {
  from: string | null
  replyTo: string | undefined
  subject: string
  html: string
  text: string
  logo: Brand['logo']
  stopUrl: string | null
  /** A file that comes with it. */
  file: MailFile | null
}

export type MailFile = { name: string; type: string; content: string }

/** What a logo that comes with a mail is called in it (RFC 2392). */
export const LOGO_ID = 'logo@latchkey'

/** A message without its bodies. */
export const plainMessage = (subject: string, brand?: Brand): Omit<Message, 'html' | 'text'> => ({
  ...{ subject, from: brand?.name ?? null, replyTo: brand?.replyTo ?? undefined },
  ...{ logo: brand?.logo ?? null, stopUrl: null, file: null },
})

/** A brand as letters show it. */
export const lookOf = ({ name, color, logo, websiteUrl }: Brand): LetterLook => ({
  ...{ name, color, websiteUrl },
  logo: logo && { src: `cid:${LOGO_ID}`, width: logo.width, height: logo.height },
})

/** The HTML of a message for a browser, which has no parts of a mail beside it. */
export const htmlForBrowsers = ({ html, logo }: Pick<Message, 'html' | 'logo'>): string =>
  logo ? html.replaceAll(`cid:${LOGO_ID}`, `data:${logo.type};base64,${logo.base64}`) : html

/** What one mail to a customer is made from: everything but its words. */
export type MailFacts = Omit<
  CustomerMailProps,
  'from' | 'subject' | 'heading' | 'intro' | 'support' | 'stopUrl' | 'language'
> & {
  /** English where nothing is said. */
  language?: Language
  mail: CustomerMailName
  brand: Brand
  values: Values
  /** What stands above the text; the subject where there is none. */
  heading: string | null
  /** A file that comes with it. */
  file?: MailFile | null
  /** `page` is for people, `post` for mail programs. */
  stop: { page: string; post: string } | null
}

/** Writes a mail to a customer with the organization's words, or with those it is just trying. */
export async function customerMessage(
  { mail, brand, language = 'en', values, heading, stop, file = null, ...facts }: MailFacts,
  draft?: { subject: string; intro: string },
): Promise<Message> {
  const words = draft ?? (await textOf(brand.organizationId, mail, language))
  const subject = fillSubject(words.subject, values)
  const props: CustomerMailProps = {
    ...{ ...facts, from: lookOf(brand), subject, heading: heading ?? subject, intro: fillText(words.intro, values) },
    ...{ language, support: brand.support, stopUrl: stop?.page ?? null },
  }
  return {
    ...plainMessage(subject, brand),
    html: await render(createElement(CustomerMail, props)),
    text: customerMailText(props),
    stopUrl: stop?.post ?? null,
    file,
  }
}
