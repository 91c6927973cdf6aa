/** What becomes of a mail: it is sent, a demo keeps it in its outbox, or it waits until mail is set up. */
export type MailWay = 'sent' | 'kept' | 'waits'

/** How long a mailed sign-in link may be used. */
export const linkLifetimeMinutes = 20

/** How long an invitation may be accepted. */
export const INVITATION_DAYS = 7

/** How long somebody may take a key that is offered to them. */
export const OFFER_DAYS = 7

/** How long both mailboxes may take to say yes to another address. */
export const ADDRESS_MOVE_HOURS = 24

/** How a mail is called in lists. */
export const templateNames = {
  'license-key': 'License key',
  'license-keys': 'License keys',
  'key-replaced': 'Key replaced',
  'key-expiring': 'Expiry reminder',
  'key-expired': 'Key expired',
  'key-revoked': 'Key revoked',
  'device-activated': 'New device',
  'purchase-news': 'Purchase news',
  'address-changed': 'Address changed',
  'keys-moved': 'Keys moved',
  'key-offered': 'Key offered',
  'offer-sent': 'Offer of a key',
  'address-move': 'Link to change an address',
  'address-moved': 'Address changed',
  'which-devices': 'Which devices are yours?',
  test: 'Test',
  'webhook-off': 'Webhook endpoint switched off',
  'store-trouble': 'A store needs attention',
  'sign-in': 'Sign-in link',
  invitation: 'Invitation',
  'password-link': 'Link for a new password',
  'address-link': 'Link to confirm an address',
  'account-news': 'News of your account',
} as const

export type MailTemplate = keyof typeof templateNames

/** Every mail whose words a merchant can change, in the order of a key's life. */
export const customerMails = [
  'key-issued',
  'keys-issued',
  'key-again',
  'key-replaced',
  'key-expiring',
  'key-expired',
  'key-revoked',
  'device-activated',
  'renewed',
  'payment_failed',
  'ended',
  'canceled',
  'refunded',
] as const
export type CustomerMail = (typeof customerMails)[number]

/** Those that tell of a purchase. */
export const purchaseNews = [
  'renewed',
  'payment_failed',
  'ended',
  'canceled',
  'refunded',
] as const satisfies CustomerMail[]
export type PurchaseNews = (typeof purchaseNews)[number]

const newsNames = {
  renewed: 'Subscription renewed',
  payment_failed: 'Payment failed',
  ended: 'Subscription ended',
  canceled: 'Order canceled',
  refunded: 'Refunded',
} as const satisfies Record<PurchaseNews, string>

/** How this mail is called in lists: news of a purchase by what they say. */
export const mailName = ({ template, news }: { template: MailTemplate; news: PurchaseNews | null }): string =>
  news ? newsNames[news] : templateNames[template]

/** Which of them go out unless somebody decides otherwise; null for those that somebody asks for each time. */
export const onByDefault = {
  'key-issued': true,
  'keys-issued': true,
  'key-again': null,
  'key-replaced': null,
  'key-expiring': true,
  'key-expired': true,
  'key-revoked': true,
  'device-activated': false,
  renewed: true,
  payment_failed: true,
  ended: true,
  canceled: true,
  refunded: true,
} as const satisfies Record<CustomerMail, boolean | null>

/** How a mail stands, as people are told it. */
export const mailStates = ['waiting', 'sent', 'bounced', 'failed', 'dropped'] as const
export type MailState = (typeof mailStates)[number]

/** Those states as words and colours. */
export const mailStateLook = {
  waiting: { tone: 'warn', label: 'Waiting' },
  sent: { tone: 'ok', label: 'Sent' },
  bounced: { tone: 'bad', label: 'Bounced' },
  failed: { tone: 'bad', label: 'Failed' },
  dropped: { tone: 'off', label: 'Not sent' },
} as const satisfies Record<MailState, { tone: 'ok' | 'warn' | 'bad' | 'off'; label: string }>

/** How this mail stands, as a word and a color. In a demo nothing leaves, so waiting is how a mail ends. */
export const mailLook = ({ state, isKept }: Pick<SentMail, 'state' | 'isKept'>) =>
  isKept ? keptLook : mailStateLook[state]

/** Of a mail that stays in the outbox of a demo. */
export const keptLook = { tone: 'off', label: 'Kept here' } as const

const onceOnly: readonly MailTemplate[] = [
  ...([
    'sign-in',
    'invitation',
    'which-devices',
    'key-offered',
    'offer-sent',
    'address-move',
    'address-moved',
    'test',
    'password-link',
    'address-link',
    'account-news',
    'store-trouble',
  ] as const),
]

/** Links that let somebody in are not repeated from a list, and a member's own test is sent from where it was written. */
export const isRepeated = (template: MailTemplate): boolean => !onceOnly.includes(template)

/** Why a store does not work, where its owners are mailed about it. */
export const mailedTroubles = ['refused', 'access', 'failing', 'silent'] as const
export type MailedTrouble = (typeof mailedTroubles)[number]

/** What people are told of their own account. */
export const accountNews = [
  'new-device',
  'password-changed',
  'password-ended',
  'address-asked',
  'address-changed',
  'two-step-on',
  'two-step-off',
  'recovery-code-used',
  'recovery-codes-made',
  'passkey-added',
  'passkey-removed',
  'ownership-given',
  'ownership-received',
  'sign-in-linked',
  'sign-in-unlinked',
  'organization-archive-asked',
  'organization-archive-ready',
  'organization-deletion-asked',
  'organization-deletion-stopped',
  'organization-deleted',
  'organization-keys-left',
] as const
export type AccountNews = (typeof accountNews)[number]

/** A mail as the organization that sent it sees it: never what it says, which may be a key or a way in. */
export type SentMail = {
  id: string
  template: MailTemplate
  /** What news it brings of a purchase. */
  news: PurchaseNews | null
  to: string
  state: MailState
  /** It stays in the outbox of this demo. */
  isKept: boolean
  attempts: number
  /** Why it was not sent, in the mail server's words or ours. */
  lastError: string | null
  createdAt: Date
  sentAt: Date | null
  licenseKeyId: string | null
  purchaseId: string | null
  /** Whom it goes to when it is sent again: whoever has the key or the purchase by now. */
  goesTo: string
}
