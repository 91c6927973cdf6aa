import '#server-only'
import { timingSafeEqual } from 'node:crypto'
import { hashSecret } from '../secrets/secrets.ts'
import type { SignInProvider } from './plain.ts'

// That a browser went to a provider to link it, and not to sign in: a signed cookie of one session, for some minutes.

/** The cookie that says so. */
export const LINKING_COOKIE = 'latchkey-linking'

/** How long linking may take, in seconds. */
export const LINKING_SECONDS = 600

const signature = (provider: SignInProvider, sessionId: string, until: string) =>
  hashSecret('sign-in', `linking\n${provider}\n${sessionId}\n${until}`).toString('base64url')

/** The cookie of somebody who has just proved who they are. */
export function linkingCookie(provider: SignInProvider, sessionId: string, now: Date): string {
  const until = String(Math.floor(now.getTime() / 1_000) + LINKING_SECONDS)
  return `${until}.${signature(provider, sessionId, until)}`
}

/** True when this session set out to link this provider. */
export function isLinking(cookie: string | undefined, provider: SignInProvider, sessionId: string, now: Date): boolean {
  const [until = '', mac = ''] = (cookie ?? '').split('.')
  if (!/^\d{1,11}$/.test(until) || Number(until) * 1_000 < now.getTime()) return false
  const [given, right] = [Buffer.from(mac), Buffer.from(signature(provider, sessionId, until))]
  return given.length === right.length && timingSafeEqual(given, right)
}
