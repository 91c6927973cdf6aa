import '#server-only'
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { env } from './env.ts'
import { hmacSha256 } from './hmac.ts'

// Every secret at rest depends on one master secret that is kept outside the database. Each purpose has its own key (HKDF, RFC 5869).
type Purpose =
  | 'license-key-lookup'
  | 'license-key-cipher'
  | 'mail-payload'
  | 'idempotent-outcome'
  | 'api-key'
  | 'customer-session'
  | 'demo-api-key'
  | 'setup-token'
  | 'sign-in'
  | 'rate-limit'
  | 'import'

const keys = new Map<Purpose, KeyObject>()

// Key objects, not bytes: Node would make one of the bytes at every call, which costs four times the hash itself.
function keyFor(purpose: Purpose): KeyObject {
  let key = keys.get(purpose)
  if (!key) {
    key = createSecretKey(Buffer.from(hkdfSync('sha256', env().LATCHKEY_SECRET, '', purpose, 32)))
    keys.set(purpose, key)
  }
  return key
}

const hashes = new Map<Purpose, (text: string) => string>()

/** HMAC-SHA-256: finds a secret again without storing it. 32 bytes, in hexadecimal. */
export function hexHashOf(purpose: Purpose, text: string): string {
  let hash = hashes.get(purpose)
  if (!hash) {
    hash = hmacSha256(keyFor(purpose).export())
    hashes.set(purpose, hash)
  }
  return hash(text)
}

/** The same as bytes. */
export const hashSecret = (purpose: Purpose, text: string): Buffer => Buffer.from(hexHashOf(purpose, text), 'hex')

/** AES-256-GCM: 12 bytes nonce, 16 bytes tag, then the ciphertext. */
export function seal(purpose: Purpose, content: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyFor(purpose), nonce)
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
  const body = Buffer.concat([cipher.update(bytes), cipher.final()])
  return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), body]))
}

/** The text that `seal` sealed; throws when it was changed or sealed with another master secret. */
export function unseal(purpose: Purpose, sealed: Uint8Array): string {
  const { decipher, body } = open(purpose, sealed)
  return decipher.update(body, undefined, 'utf8') + decipher.final('utf8')
}

/** The bytes that `seal` sealed. */
export function unsealBytes(purpose: Purpose, sealed: Uint8Array): Buffer {
  const { decipher, body } = open(purpose, sealed)
  return Buffer.concat([decipher.update(body), decipher.final()])
}

function open(purpose: Purpose, sealed: Uint8Array) {
  const bytes = Buffer.from(sealed)
  // The length is said because Node otherwise takes shorter tags too, which can be guessed.
  const decipher = createDecipheriv('aes-256-gcm', keyFor(purpose), bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAuthTag(bytes.subarray(12, 28))
  return { decipher, body: bytes.subarray(28) }
}

/** The one-time token of /setup. Derived, so every process knows it and nothing is stored; void once there is an organization. */
export const setupToken = (): string => keyFor('setup-token').export().toString('base64url').slice(0, 24)
