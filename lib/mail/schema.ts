import { z } from 'zod'
import { languages } from '../words/plain.ts'
import { accountNews, type CustomerMail, customerMails, mailedTroubles, purchaseNews } from './plain.ts'

/** Every mail there is, and what it is made from. Contents are looked up when it is sent, so a payload holds ids and links only. */
export const MailContents = z.discriminatedUnion('template', [
  z.object({
    template: z.literal('license-key'),
    /** `again`: somebody asked for it once more. */
    payload: z.object({ licenseKeyId: z.uuid(), again: z.boolean().optional() }),
  }),
  // All keys of a purchase that were issued together.
  z.object({
    template: z.literal('license-keys'),
    payload: z.object({ purchaseId: z.uuid(), licenseKeyIds: z.array(z.uuid()) }),
  }),
  z.object({ template: z.literal('key-replaced'), payload: z.object({ licenseKeyId: z.uuid() }) }),
  z.object({
    template: z.literal('key-expiring'),
    /** ISO 8601: the end that it is about, and how many days before it. `code` stops such mails: only its reader has it. */
    payload: z.object({ licenseKeyId: z.uuid(), endsAt: z.string(), days: z.int(), code: z.string() }),
  }),
  z.object({
    template: z.literal('key-expired'),
    payload: z.object({ licenseKeyId: z.uuid(), endsAt: z.string() }),
  }),
  z.object({ template: z.literal('key-revoked'), payload: z.object({ licenseKeyId: z.uuid() }) }),
  z.object({
    template: z.literal('device-activated'),
    payload: z.object({ licenseKeyId: z.uuid(), device: z.string(), at: z.string() }),
  }),
  z.object({
    template: z.literal('invitation'),
    payload: z.object({ url: z.url(), organization: z.string(), invitedBy: z.string() }),
  }),
  z.object({
    template: z.literal('address-changed'),
    payload: z.object({
      organizationId: z.uuid(),
      /** The other one. */
      address: z.string(),
      /** Which mailbox is told; the old one, where nothing is said. */
      side: z.enum(['old', 'new']).optional(),
      /** That of the old mailbox, for a new one that never read anything here. */
      language: z.enum(languages).optional(),
    }),
  }),
  z.object({
    template: z.literal('keys-moved'),
    payload: z.object({
      organizationId: z.uuid(),
      direction: z.enum(['away', 'here']),
      product: z.string().nullable(),
      address: z.string(),
    }),
  }),
  // The link makes the key its reader's.
  z.object({
    template: z.literal('key-offered'),
    payload: z.object({ organizationId: z.uuid(), product: z.string(), address: z.string(), url: z.url() }),
  }),
  z.object({
    template: z.literal('offer-sent'),
    payload: z.object({ organizationId: z.uuid(), product: z.string(), address: z.string(), licenseKeyId: z.uuid() }),
  }),
  // To both mailboxes of a customer who changes their address; each says yes by its link. No organization: it is about all of them.
  z.object({
    template: z.literal('address-move'),
    payload: z.object({
      side: z.enum(['old', 'new']),
      from: z.string(),
      to: z.string(),
      url: z.url(),
      language: z.enum(languages),
    }),
  }),
  z.object({
    template: z.literal('address-moved'),
    payload: z.object({
      side: z.enum(['old', 'new']),
      from: z.string(),
      to: z.string(),
      keepsAccount: z.boolean(),
      language: z.enum(languages),
    }),
  }),
  // The link lets its reader free devices of the key, and nothing else.
  z.object({
    template: z.literal('which-devices'),
    payload: z.object({ organizationId: z.uuid(), key: z.string(), devices: z.int(), url: z.url() }),
  }),
  z.object({
    template: z.literal('purchase-news'),
    payload: z.object({
      purchaseId: z.uuid(),
      news: z.enum(purchaseNews),
      /** ISO 8601: until when it is paid, or the keys work. */
      until: z.string().nullable(),
    }),
  }),
  z.object({
    template: z.literal('webhook-off'),
    payload: z.object({ organizationId: z.uuid(), url: z.string(), reason: z.enum(['gone', 'failing']) }),
  }),
  z.object({
    template: z.literal('store-trouble'),
    payload: z.object({
      ...{ organizationId: z.uuid(), connectionId: z.uuid(), trouble: z.enum(mailedTroubles) },
      /** ISO 8601: since when, where that is known. */
      since: z.string().nullable(),
    }),
  }),
  z.object({
    template: z.literal('sign-in'),
    payload: z.object({ url: z.url(), code: z.string().optional(), language: z.enum(languages).optional() }),
  }),
  z.object({
    template: z.literal('password-link'),
    payload: z.object({ url: z.url(), language: z.enum(languages).optional() }),
  }),
  z.object({ template: z.literal('address-link'), payload: z.object({ url: z.url(), from: z.string() }) }),
  z.object({
    template: z.literal('account-news'),
    payload: z.object({
      news: z.enum(accountNews),
      /** ISO 8601, and from where it was done. */
      at: z.string(),
      device: z.string().nullable(),
      address: z.string().nullable(),
      /** The new address, the name of a passkey. */
      about: z.string().nullable(),
    }),
  }),
  z.object({
    template: z.literal('test'),
    payload: z.object({
      organizationId: z.uuid(),
      mail: z.enum(customerMails),
      subject: z.string(),
      intro: z.string(),
    }),
  }),
])
export type MailContents = z.infer<typeof MailContents>

/** What somebody is told by mail. */
export type MailTo = MailContents & {
  to: string
  /** So long it waits for second thoughts. */
  delayMs?: number
}

/** Which of the mails whose words a merchant can change it is; null for all others. */
export function customerMailOf({ template, payload }: MailContents): CustomerMail | null {
  switch (template) {
    case 'license-key':
      return payload.again ? 'key-again' : 'key-issued'
    case 'license-keys':
      return 'keys-issued'
    case 'purchase-news':
      return payload.news
    case 'key-replaced':
    case 'key-expiring':
    case 'key-expired':
    case 'key-revoked':
    case 'device-activated':
      return template
    case 'test':
      return payload.mail
    default:
      return null
  }
}
