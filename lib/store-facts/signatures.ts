import '#server-only'
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Distrust } from './reader.ts'

// One verifier for all stores. The vendors' own read the real clock, take a single secret, and some accept the future or look at the
// last signature only; tests hold ours against theirs.

/** How far the clocks of a store and ours may be apart, in seconds. */
const TOLERANCE_S = 300

/** What was signed, how, and what was sent. */
export type Signed = {
  /** The signatures of the request; one that fits is enough, as a store may sign with the old secret too. */
  given: readonly string[]
  /** The bytes that were signed. */
  content: string | Uint8Array
  encoding: 'hex' | 'base64'
  /** The key's bytes of a secret as the store shows it; as UTF-8 where nothing else is said. */
  keyOf?: (secret: string) => string | Uint8Array
  /** When it was signed, in seconds; left out where the store signs no time. */
  at?: number
}

/** Why a request is not believed, or null. HMAC-SHA-256, compared in constant time. */
export function distrustOf(signed: Signed, secrets: readonly string[], now: Date): Distrust | null {
  const { given, content, encoding, keyOf = (secret) => secret, at } = signed
  if (secrets.length === 0) return 'no_secret'
  if (given.length === 0 || (at !== undefined && !Number.isFinite(at))) return 'unsigned'
  const fits = secrets.some((secret) => {
    const key = keyOf(secret)
    // What was pasted is no secret of this kind: anybody could sign with nothing.
    if (key.length === 0) return false
    const expected = createHmac('sha256', key).update(content).digest()
    return given.some((each) => {
      const sent = decode(each, encoding)
      return sent !== null && sent.byteLength === expected.byteLength && timingSafeEqual(sent, expected)
    })
  })
  if (!fits) return 'wrong_signature'
  if (at === undefined) return null
  // Only said of what is really the store's: others learn nothing about our clock.
  const age = now.getTime() / 1_000 - at
  if (age > TOLERANCE_S) return 'too_old'
  return age < -TOLERANCE_S ? 'from_the_future' : null
}

function decode(text: string, encoding: 'hex' | 'base64'): Buffer | null {
  const plain = text.trim()
  const isWhole = encoding === 'hex' ? /^[0-9a-f]{64}$/i.test(plain) : /^[A-Za-z0-9+/]{43}=?$/.test(plain)
  return isWhole ? Buffer.from(plain, encoding) : null
}

/**
 * Standard Webhooks (standardwebhooks.com): headers `webhook-id`, `webhook-timestamp`, `webhook-signature` with entries `v1,<base64>`.
 * The key is what follows `whsec_`, decoded, where nothing else is said.
 */
export function standardSigned(
  delivery: { header: (name: string) => string | null; body: Uint8Array },
  keyOf: (secret: string) => string | Uint8Array = decodedSecret,
): Signed {
  const [id, at] = [delivery.header('webhook-id') ?? '', delivery.header('webhook-timestamp') ?? '']
  const entries = (delivery.header('webhook-signature') ?? '').split(' ')
  return {
    given: entries.flatMap((entry) => (entry.startsWith('v1,') ? [entry.slice(3)] : [])),
    content: Buffer.concat([Buffer.from(`${id}.${at}.`), delivery.body]),
    encoding: 'base64',
    keyOf,
    at: /^\d{1,12}$/.test(at) ? Number(at) : Number.NaN,
  }
}

/** The bytes of a secret that is base 64 after `whsec_`. */
export const decodedSecret = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
