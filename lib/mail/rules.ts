import type { MailStatus } from '#prisma/enums.ts'
import { ADDRESS_MOVE_HOURS, INVITATION_DAYS, linkLifetimeMinutes, type MailState, type MailTemplate } from './plain.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The waits after the first, second, ... failed attempt. */
const waits = [10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR] as const

/** How long one attempt may hold a mail. Longer than SMTP's own time limits, so that nobody sends it a second time meanwhile. */
export const LEASE_MS = 3 * MINUTE

/** So long a mail about a revoked key waits, so that nobody hears of what was undone at once. */
export const SECOND_THOUGHTS_MS = 5 * MINUTE

// A sign-in link is no use after its token ran out; a key stays good. News get old.
const lifetimes = {
  'license-key': null,
  'license-keys': null,
  'key-replaced': null,
  // It knows by itself when the end it is about is past.
  'key-expiring': null,
  'key-expired': 7 * DAY,
  'key-revoked': 7 * DAY,
  'device-activated': 2 * DAY,
  test: HOUR,
  'address-changed': null,
  'keys-moved': null,
  'key-offered': 7 * DAY,
  'offer-sent': 7 * DAY,
  'address-move': ADDRESS_MOVE_HOURS * HOUR,
  'address-moved': null,
  'which-devices': 14 * DAY,
  'purchase-news': null,
  'webhook-off': null,
  'store-trouble': 2 * DAY,
  'sign-in': linkLifetimeMinutes * MINUTE,
  invitation: INVITATION_DAYS * 24 * HOUR,
  'password-link': linkLifetimeMinutes * MINUTE,
  'address-link': linkLifetimeMinutes * MINUTE,
  'account-news': 7 * DAY,
} as const satisfies Record<MailTemplate, number | null>

/** True when a mail has waited so long that it must not be sent any more. */
export function isStale(mail: { template: MailTemplate; createdAt: Date }, now: Date): boolean {
  const lifetime = lifetimes[mail.template]
  return lifetime !== null && now.getTime() - mail.createdAt.getTime() >= lifetime
}

/** What went wrong with an attempt, as nodemailer tells it. */
export type SendError = { code?: string; responseCode?: number; response?: string; message: string }

/** What the mail server said, as it said it; what went wrong on the way to it in the words of the library. */
export const serversWords = ({ response, message }: SendError): string => response?.trim() || message

/** How a mail stands. What a mail server refused for good has bounced. */
export const mailStateOf = (mail: { status: MailStatus; smtpCode: number | null }): MailState =>
  mail.status === 'failed' && mail.smtpCode !== null && mail.smtpCode >= 500 ? 'bounced' : mail.status

/**
 * The error of an attempt, in words that help. Letters beyond ASCII before the @ need a server that knows SMTPUTF8 (RFC 6531), and one that does
 * not may say anything: no such mailbox, a syntax error, or nothing of use. What it says stands behind.
 */
export function explained(error: SendError, to: string): SendError {
  const local = to.slice(0, to.lastIndexOf('@'))
  if (/^\p{ASCII}*$/u.test(local) || (error.responseCode ?? 0) < 500) return error
  return {
    code: 'EENVELOPE',
    ...(error.responseCode && { responseCode: error.responseCode }),
    message: `The mail server did not take an address with letters like these before the @; it needs SMTPUTF8. It said: ${error.message}`,
  }
}

/** What follows a failed attempt: another at `dueAt`, or giving up. */
export function afterFailure(
  attempts: number,
  error: SendError,
  now: Date,
): { status: 'waiting'; dueAt: Date } | { status: 'failed' } {
  // "No such mailbox" and "we do not take this" stay true; refused logins and closed ports get better.
  const isOfThisMail = error.code === 'EENVELOPE' || error.code === 'EMESSAGE'
  const isRefusedForGood = isOfThisMail && (error.responseCode ?? 0) >= 500
  const wait = waits[attempts - 1]
  if (isRefusedForGood || wait === undefined) return { status: 'failed' }
  return { status: 'waiting', dueAt: new Date(now.getTime() + wait) }
}
