import { z } from 'zod'
import { blank, checkbox, line, paragraphs } from '../base/fields.ts'
import { emailAddress } from '../base/text.ts'
import { type CustomerMail, customerMails } from '../mail/plain.ts'
import { originals } from './originals.ts'
import { whyNotText } from './text.ts'

const orNothing = <T extends z.ZodType>(field: T) =>
  z.preprocess(
    (value) => (blank(value) || (typeof value === 'string' && value.trim() === '') ? null : value),
    field.nullable(),
  )

// biome-ignore lint/suspicious/noControlCharactersInRegex: no address has them
const WEB_ADDRESS = /^https?:\/\/[^\s/\u0000-\u001f\u007f"<>][^\s\u0000-\u001f\u007f"<>]*$/
const isWebAddress = (text: string) => WEB_ADDRESS.test(text) && URL.canParse(text)

const supportAddress = emailAddress('Enter an e-mail address or a web address, like https://example.com/help.')

/** How an organization's mail looks. */
export const MailLooks = z.object({
  name: orNothing(line('A name', 80)),
  color: orNothing(
    z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^#[0-9a-f]{6}$/, 'Enter a color like #1f6feb.'),
  ),
  replyTo: orNothing(emailAddress('Enter an e-mail address, like help@example.com.')),
  support: orNothing(
    z
      .string()
      .trim()
      .max(500, 'Use at most 500 characters.')
      .transform((text, context) => {
        if (isWebAddress(text)) return text
        const address = supportAddress.safeParse(text)
        if (address.success) return address.data
        context.addIssue({ code: 'custom', message: address.error.issues[0]?.message ?? '' })
        return z.NEVER
      }),
  ),
})
export type MailLooks = z.infer<typeof MailLooks>

/** A picture as base 64; which it is, is read from its bytes. */
export const MailLogo = z.object({ logo: z.base64('Choose a picture.').min(1, 'Choose a picture.').max(1_200_000) })
export type MailLogo = z.infer<typeof MailLogo>

const Mail = z.enum(customerMails, 'There is no such mail.')

/** Names one mail. */
export const MailName = z.object({ mail: Mail })
export type MailName = z.infer<typeof MailName>

/** Switches one mail on or off. */
export const SwitchMail = z.object({ mail: Mail, on: checkbox })
export type SwitchMail = z.infer<typeof SwitchMail>

const text = {
  mail: Mail,
  subject: line('A subject', 150).min(1, 'Enter a subject.'),
  intro: paragraphs('The text', 2_000).refine((intro) => intro.trim() !== '', 'Enter a text.'),
}
export type MailTextInput = { mail: CustomerMail; subject: string; intro: string }

const knownVariables = z.superRefine<MailTextInput>(({ mail, subject, intro }, context) => {
  for (const [field, written] of Object.entries({ subject, intro })) {
    const why = whyNotText(written, originals[mail].variables)
    if (why) context.addIssue({ code: 'custom', path: [field], message: why })
  }
})
/** What a merchant writes in place of our words. A variable that the mail does not have is refused by its name. */
export const MailTextInput = z.object(text).check(knownVariables)

/** What a preview is made of: words, and looks where those are just being chosen. */
export const MailPreview = z.object({ ...text, ...MailLooks.partial().shape }).check(knownVariables)
export type MailPreview = z.infer<typeof MailPreview>

/** Names one mail that was sent. */
export const MailId = z.object({ mailId: z.guid() })
export type MailId = z.infer<typeof MailId>
/** `anyway`: although what it brings does not work any more. */
export const SendMailAgain = MailId.extend({ anyway: checkbox.optional() })
export type SendMailAgain = z.infer<typeof SendMailAgain>
