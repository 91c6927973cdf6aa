import { DAY_MS, HOUR_MS } from '../base/days.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** How long each attempt waits for an answer. */
export const ANSWER_MS = 15 * SECOND

/** The waits before the second, third, … attempt. */
const WAITS = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR_MS, 5 * HOUR_MS],
  ...[10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS],
]

/** How often a message is tried in all. */
export const ATTEMPTS_MAX = WAITS.length + 1

// So that what failed together does not come back together.
const JITTER = 0.2

/** A receiver may ask us to wait this long, and no longer. */
const RETRY_AFTER_MAX = 24 * HOUR_MS

/** After so long without one success an endpoint is disabled. */
const FAILING_MAX_MS = 5 * DAY_MS

/** Messages of one key follow one another until the first has failed so often; then the others no longer wait for it. */
export const ORDERED_ATTEMPTS = 3

/**
 * How long whoever took messages to send them has for that; then somebody else takes them. Several times an attempt, because a few are
 * taken at once.
 */
export const LEASE_MS = 2 * MINUTE

/** What an attempt came to: the status of the answer, or none with the reason. */
export type Outcome = { status: number | null; retryAfter: string | null }

export const isSuccess = ({ status }: Outcome): boolean => status !== null && status >= 200 && status <= 299

/** True when it was the endpoint that could not be reached, and not this message that it had something against. */
export const isAway = (status: number | null): boolean =>
  status === null || status === 408 || status === 429 || status >= 502

/** How long a receiver asks us to wait, in milliseconds; 0 when it does not. */
export function retryAfterMs(text: string | null, now: Date): number {
  if (text === null) return 0
  const wait = /^\d{1,9}$/.test(text.trim()) ? Number(text) * SECOND : Date.parse(text) - now.getTime()
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), RETRY_AFTER_MAX) : 0
}

/** What becomes of a message after its `attempts`-th attempt. `random` is from 0 to 1. */
export type Next = { state: 'sent' } | { state: 'failed' } | { state: 'gone' } | { state: 'waiting'; dueAt: Date }

export function afterAttempt(attempts: number, outcome: Outcome, now: Date, random: number): Next {
  if (isSuccess(outcome)) return { state: 'sent' }
  if (outcome.status === 410) return { state: 'gone' }
  const wait = WAITS[attempts - 1]
  if (wait === undefined) return { state: 'failed' }
  const jittered = wait * (1 + JITTER * random)
  return {
    state: 'waiting',
    dueAt: new Date(now.getTime() + Math.max(jittered, retryAfterMs(outcome.retryAfter, now))),
  }
}

/** Until when a receiver wants to hear nothing at all; null when it did not say so. */
export function pausedUntil({ status, retryAfter }: Outcome, now: Date): Date | null {
  const wait = status === 429 || status === 503 ? retryAfterMs(retryAfter, now) : 0
  return wait > 0 ? new Date(now.getTime() + wait) : null
}

/** True when an endpoint that has failed since then, and has just failed again, is given up. */
export const isGivenUp = (failingSince: Date | null, now: Date): boolean =>
  failingSince !== null && now.getTime() - failingSince.getTime() >= FAILING_MAX_MS

// ---------------------------------------------------------------- headers that are sent along

export const HEADERS_MAX = 10
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/
const HEADER_VALUE = /^[\x20-\x7e]{1,1000}$/

// What says how the message is framed, or what we say ourselves.
const RESERVED =
  /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|content-.*|accept-encoding|user-agent|webhook-.*|latchkey-.*)$/

/** What is wrong with headers to send along, in words; null when nothing is. Names are in lower case. */
export function whyNotHeaders(headers: Record<string, string>): string | null {
  const entries = Object.entries(headers)
  if (entries.length > HEADERS_MAX) return `At most ${HEADERS_MAX} headers.`
  for (const [name, value] of entries) {
    if (!HEADER_NAME.test(name)) return `"${name.slice(0, 40)}" is no name of a header.`
    if (RESERVED.test(name)) return `The header ${name} is set by Latchkey.`
    if (!HEADER_VALUE.test(value) || value.trim() !== value)
      return `The value of ${name} must be printable ASCII, without blanks around it.`
  }
  return null
}
