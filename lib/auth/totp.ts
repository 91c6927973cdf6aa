import '#server-only'
import { createHash, randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'

// Codes of authenticator apps (RFC 6238): six digits, thirty seconds, SHA-1, which is what every app can.

/** How many steps of thirty seconds a clock may be wrong, either way. */
export const STEPS_OFF = 1

/** The secret of a new authenticator: 160 bits, as apps take them. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32

const totpOf = (secret: string) => new TOTP({ secret: Secret.fromBase32(secret) })

/** What the QR code says. */
export const totpUri = (secret: string, { issuer, label }: { issuer: string; label: string }): string =>
  new TOTP({ secret: Secret.fromBase32(secret), issuer, label }).toString()

/** The step a code belongs to, or null when it is wrong, or belongs to a step whose code was used, or to one before that. */
export function stepOf(secret: string, code: string, lastStep: number | null, now: Date): number | null {
  const timestamp = now.getTime()
  const off = totpOf(secret).validate({ token: code, timestamp, window: STEPS_OFF })
  if (off === null) return null
  const step = TOTP.counter({ timestamp }) + off
  return lastStep !== null && step <= lastStep ? null : step
}

/** How many recovery codes there are at first. */
export const RECOVERY_CODES = 10

// Crockford's letters: none is mistaken for another.
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'

/** A code of eighty random bits, in groups: "7k2m-…". */
export function newRecoveryCode(): string {
  const letters = Array.from(randomBytes(16), (byte) => LETTERS[byte % 32]).join('')
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}

/** How it is stored: a plain hash, since nobody can try eighty bits. Read as people type it. */
export const hashRecoveryCode = (code: string): string =>
  createHash('sha256')
    .update(code.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1'))
    .digest('base64url')
