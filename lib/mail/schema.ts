import { z } from 'zod'

/** Every mail there is, and what it is made from. Contents are looked up when it is sent, so a payload holds ids and links only. */
export const MailContents = z.discriminatedUnion('template', [
  z.object({ template: z.literal('license-key'), payload: z.object({ licenseKeyId: z.uuid() }) }),
  z.object({
    template: z.literal('invitation'),
    payload: z.object({ url: z.url(), organization: z.string(), invitedBy: z.string() }),
  }),
  z.object({
    template: z.literal('address-changed'),
    payload: z.object({ organizationId: z.uuid(), address: z.string() }),
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
  z.object({ template: z.literal('sign-in'), payload: z.object({ url: z.url() }) }),
])
export type MailContents = z.infer<typeof MailContents>
export type MailTemplate = MailContents['template']

/** How a mail is called in lists. */
export const templateNames = {
  'license-key': 'License key',
  'address-changed': 'Address changed',
  'keys-moved': 'Keys moved',
  'sign-in': 'Sign-in link',
  invitation: 'Invitation',
} as const satisfies Record<MailTemplate, string>

/** What becomes of a mail: it is sent, a demo keeps it in its outbox, or it waits until mail is set up. */
export type MailWay = 'sent' | 'kept' | 'waits'

/** How long a mailed sign-in link may be used. */
export const linkLifetimeMinutes = 20

/** How long an invitation may be accepted. */
export const INVITATION_DAYS = 7
