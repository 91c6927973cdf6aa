import '#server-only'
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { hashSecret } from '../secrets/secrets.ts'

// A browser that signed in to an account carries a signed proof of it, so that others who guess passwords do not slow it down. It is no
// session: without the password it opens nothing.

/** The cookie that holds the proofs, one for each of the last accounts. */
export const KNOWN_COOKIE = 'latchkey-known'

const ACCOUNTS_MAX = 5
const DAYS_400 = 400 * 24 * 60 * 60

/** How long a browser keeps it, in seconds; browsers allow no more. */
export const knownCookieAge = DAYS_400

const signature = (email: string, id: string, seconds: string) =>
  hashSecret('sign-in', `known browser\n${id}\n${seconds}\n${email}`).subarray(0, 16)

function isProof(proof: string, email: string, now: Date): boolean {
  const [id = '', seconds = '', mac = ''] = proof.split('.')
  if (!/^[\w-]{16}$/.test(id) || !/^\d{1,11}$/.test(seconds)) return false
  if (now.getTime() / 1_000 - Number(seconds) > DAYS_400) return false
  const [given, right] = [Buffer.from(mac, 'base64url'), signature(email, id, seconds)]
  return given.length === right.length && timingSafeEqual(given, right)
}

const proofsIn = (cookie: string | null | undefined) => (cookie ?? '').slice(0, 1_000).split('~', ACCOUNTS_MAX * 2)

/** What names this browser if it signed in to the account before; null for every other. */
export function knownBrowser(cookie: string | null | undefined, email: string, now: Date): string | null {
  return (
    proofsIn(cookie)
      .find((proof) => isProof(proof, email, now))
      ?.split('.', 1)[0] ?? null
  )
}

/** The cookie after this account was signed in to. */
export function rememberAccount(cookie: string | null | undefined, email: string, now: Date): string {
  const others = proofsIn(cookie).filter((proof) => /^[\w.-]{20,80}$/.test(proof) && !isProof(proof, email, now))
  const id = knownBrowser(cookie, email, now) ?? randomBytes(12).toString('base64url')
  const seconds = String(Math.floor(now.getTime() / 1_000))
  const proof = `${id}.${seconds}.${signature(email, id, seconds).toString('base64url')}`
  return [proof, ...others].slice(0, ACCOUNTS_MAX).join('~')
}
