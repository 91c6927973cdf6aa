import type { MailTemplate } from './schema.ts'
import { INVITATION_DAYS, linkLifetimeMinutes } from './schema.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** The waits after the first, second, ... failed attempt. */
const waits = [10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR] as const

/** How long one attempt may hold a mail. Longer than SMTP's own time limits, so that nobody sends it a second time meanwhile. */
export const LEASE_MS = 3 * MINUTE

// A sign-in link is no use after its token ran out; a key stays good.
const lifetimes = {
  'license-key': null,
  'address-changed': null,
  'keys-moved': null,
  'sign-in': linkLifetimeMinutes * MINUTE,
  invitation: INVITATION_DAYS * 24 * HOUR,
} as const satisfies Record<MailTemplate, number | null>

/** True when a mail has waited so long that it must not be sent any more. */
export function isStale(mail: { template: MailTemplate; createdAt: Date }, now: Date): boolean {
  const lifetime = lifetimes[mail.template]
  return lifetime !== null && now.getTime() - mail.createdAt.getTime() >= lifetime
}

/** What went wrong with an attempt, as nodemailer tells it. */
export type SendError = { code?: string; responseCode?: number; message: string }

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
  // "No such mailbox" stays true; refused logins and closed ports get better.
  const isRefusedForGood = error.code === 'EENVELOPE' && (error.responseCode ?? 0) >= 500
  const wait = waits[attempts - 1]
  if (isRefusedForGood || wait === undefined) return { status: 'failed' }
  return { status: 'waiting', dueAt: new Date(now.getTime() + wait) }
}
