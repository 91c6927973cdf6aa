import '#server-only'
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { env } from '../base/env.ts'
import { hmacSha256 } from '../base/hmac.ts'
import { perProcess } from '../base/per-process.ts'

// Every secret at rest depends on one master secret that is kept outside the database. Each purpose has its own key (HKDF, RFC 5869).
export type Purpose =
  | 'license-key-lookup'
  | 'license-key-folded'
  | 'license-key-cipher'
  | 'mail-payload'
  | 'idempotent-outcome'
  | 'api-key'
  | 'customer-session'
  | 'demo-api-key'
  | 'setup-token'
  | 'sign-in'
  | 'device-ask'
  | 'totp'
  | 'rate-limit'
  | 'import'
  | 'store'
  | 'store-token'
  | 'webhook'
  | 'sighting'
  | 'erasure'
  | 'archive'
  | 'check'
  | 'kept-keys'

/** Hashes of these are stored without what they were made of, so no rotation can rewrite them: they name their version instead. */
const TOKENS = ['api-key', 'customer-session'] as const satisfies Purpose[]
export type TokenPurpose = (typeof TOKENS)[number]
const isOfToken = (purpose: Purpose): purpose is TokenPurpose => (TOKENS as readonly Purpose[]).includes(purpose)

// ---------------------------------------------------------------- which secrets there are

/** A master secret, and its number in the database. */
export type Held = { version: number; secret: string }

/** The keys that check tokens made under a former secret, in base 64. They find such a token's row and open nothing. */
export type KeptKeys = Record<number, Record<TokenPurpose, string>>

/** What this process works with. While a secret is replaced there is another one, whose rows are read too. */
export type Secrets = { current: Held; other: Held | null; kept: KeptKeys }

const shared = perProcess('secrets', (): { inUse?: Secrets } => ({}))

/** The secrets of this process: what `takeSecrets` said last, before that the one of the environment. */
export function secretsInUse(): Secrets {
  shared.inUse ??= { current: { version: 1, secret: env().LATCHKEY_SECRET }, other: null, kept: {} }
  return shared.inUse
}

/** From now on these. What is already being computed is not disturbed. */
export function takeSecrets(secrets: Secrets): void {
  shared.inUse = secrets
}

type Keys = {
  version: number
  key: (purpose: Purpose) => KeyObject
  hash: (purpose: Purpose, text: string) => string
}

/** The keys of one master secret, made as they are needed. */
export function keysOf({ version, secret }: Held): Keys {
  const keys = new Map<Purpose, KeyObject>()
  const hashes = new Map<Purpose, (text: string) => string>()
  // Key objects, not bytes: Node would make one of the bytes at every call, which costs four times the hash itself.
  const key = (purpose: Purpose) => {
    let made = keys.get(purpose)
    if (!made) {
      made = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)))
      keys.set(purpose, made)
    }
    return made
  }
  const hash = (purpose: Purpose, text: string) => {
    let made = hashes.get(purpose)
    if (!made) {
      made = hmacSha256(key(purpose).export())
      hashes.set(purpose, made)
    }
    return made(text)
  }
  return { version, key, hash }
}

let madeFor: Secrets | undefined
let current: Keys
let other: Keys | null

function keys(): Keys {
  const secrets = secretsInUse()
  if (secrets !== madeFor) {
    current = keysOf(secrets.current)
    other = secrets.other && keysOf(secrets.other)
    madeFor = secrets
  }
  return current
}

function otherKeys(): Keys | null {
  keys()
  return other
}

// ---------------------------------------------------------------- hashes

/** HMAC-SHA-256: finds a secret again without storing it. 32 bytes, in hexadecimal. */
export const hexHashOf = (purpose: Purpose, text: string): string => keys().hash(purpose, text)

/** The same as bytes. Those of tokens begin with their version, except the first, which has none. */
export function hashSecret(purpose: Purpose, text: string): Buffer {
  const { version, hash } = keys()
  const bytes = Buffer.from(hash(purpose, text), 'hex')
  return isOfToken(purpose) ? withVersion(version, bytes) : bytes
}

/**
 * The hashes under which something may be stored, in hexadecimal: one, and another while the master secret is replaced. One statement
 * has to ask for all of them: between two statements a row may move from the one to the other.
 */
export function hashesOf(purpose: Purpose, text: string): string[] {
  const now = keys()
  const also = otherKeys()
  return also ? [now.hash(purpose, text), also.hash(purpose, text)] : [now.hash(purpose, text)]
}

/** True while the master secret is replaced, so that a miss under the current one says nothing. */
export const isReplaced = (): boolean => secretsInUse().other !== null

/** The hashes a token may be stored under; the first is the one it is stored under today. */
export function tokenHashes(purpose: TokenPurpose, token: string): Uint8Array<ArrayBuffer>[] {
  const secrets = secretsInUse()
  const held = [keys(), otherKeys()].flatMap((each) =>
    each ? [withVersion(each.version, Buffer.from(each.hash(purpose, token), 'hex'))] : [],
  )
  const kept = Object.entries(secrets.kept).map(([version, of]) =>
    withVersion(Number(version), Buffer.from(hmacSha256(Buffer.from(of[purpose], 'base64'))(token), 'hex')),
  )
  return [...held, ...kept].map((bytes) => new Uint8Array(bytes))
}

/** What is to be written of a row that was found by a token's former hash, while its secret leaves or after it left. */
export const rehashed = (row: { tokenHash: Uint8Array }, tokenHash: Uint8Array<ArrayBuffer> | undefined) =>
  tokenHash && !Buffer.from(tokenHash).equals(row.tokenHash) ? { tokenHash } : {}

const withVersion = (version: number, hash: Buffer): Buffer =>
  version === 1 ? hash : Buffer.concat([Buffer.from([version]), hash])

/** What must stay known of a secret that leaves. */
export function keptOf(held: Held): KeptKeys[number] {
  const { key } = keysOf(held)
  return Object.fromEntries(
    TOKENS.map((purpose) => [purpose, key(purpose).export().toString('base64')]),
  ) as KeptKeys[number]
}

// ---------------------------------------------------------------- sealed values

/** AES-256-GCM: 12 bytes nonce, 16 bytes tag, then the ciphertext. */
export const seal = (purpose: Purpose, content: string | Uint8Array): Uint8Array<ArrayBuffer> =>
  sealWith(keys(), purpose, content)

/** `seal` with the keys of one secret. */
export function sealWith(keys: Keys, purpose: Purpose, content: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keys.key(purpose), nonce)
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
  const body = Buffer.concat([cipher.update(bytes), cipher.final()])
  return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), body]))
}

/** The text that `seal` sealed; throws when it was changed or sealed with another master secret. */
export const unseal = (purpose: Purpose, sealed: Uint8Array): string =>
  tried((each) => {
    const { decipher, body } = open(each, purpose, sealed)
    return decipher.update(body, undefined, 'utf8') + decipher.final('utf8')
  })

/** The bytes that `seal` sealed. */
export const unsealBytes = (purpose: Purpose, sealed: Uint8Array): Buffer =>
  tried((each) => unsealWith(each, purpose, sealed))

/** `unsealBytes` with the keys of one secret. */
export function unsealWith(keys: Keys, purpose: Purpose, sealed: Uint8Array): Buffer {
  const { decipher, body } = open(keys, purpose, sealed)
  return Buffer.concat([decipher.update(body), decipher.final()])
}

// What opens with a key was sealed with it, so nothing needs to say which: the other one is tried while there is another.
function tried<T>(unsealing: (keys: Keys) => T): T {
  try {
    return unsealing(keys())
  } catch (error) {
    const also = otherKeys()
    if (!also) throw error
    return unsealing(also)
  }
}

function open(keys: Keys, purpose: Purpose, sealed: Uint8Array) {
  const bytes = Buffer.from(sealed)
  // The length is said because Node otherwise takes shorter tags too, which can be guessed.
  const decipher = createDecipheriv('aes-256-gcm', keys.key(purpose), bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAuthTag(bytes.subarray(12, 28))
  return { decipher, body: bytes.subarray(28) }
}

/** The one-time token of /setup. Derived, so every process knows it and nothing is stored; void once there is an organization. */
export const setupToken = (): string => keys().key('setup-token').export().toString('base64url').slice(0, 24)
