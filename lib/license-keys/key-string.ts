import '#server-only'
import { randomBytes, randomUUID } from 'node:crypto'
import type { KeyFormat } from '#prisma/enums.ts'
import { hashSecret, hexHashOf, seal, unseal } from '../secrets.ts'
import { lastCharactersOf } from './shown.ts'

/** Crockford base 32: no I, L, O, U, so nothing that looks alike or reads badly. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const SHORT_LENGTH = 25

/** A new key string: `PREFIX_<UUID4>` in upper case, or `PREFIX_` and five groups of five whose last character checks the others. */
export function makeKeyString(format: KeyFormat, prefix: string | null): string {
  const body = format === 'uuid' ? randomUUID().toUpperCase() : makeShortBody()
  return prefix ? `${prefix}_${body}` : body
}

function makeShortBody(): string {
  // A byte's low five bits are uniform: 24 characters carry 120 bits.
  const data = Array.from(randomBytes(SHORT_LENGTH - 1), (byte) => byte & 31)
  return grouped([...data, checkValue(data)].map((value) => ALPHABET[value]).join(''))
}

const grouped = (body: string): string => body.replace(/.{5}(?=.)/g, '$&-')

// ---------------------------------------------------------------- the check character

/** Multiplication by x in GF(2^5), modulo x^5 + x^2 + 1. */
const timesX = (value: number): number => (value & 16 ? ((value << 1) ^ 0b100101) & 31 : value << 1)

/**
 * The weighted sum of the characters over GF(32), each place weighing another power of x. As all 25 weights differ and none is
 * zero, one wrong character and one swap of any two characters always change it.
 */
function checkValue(data: number[]): number {
  return data.reduceRight((sum, value) => timesX(sum ^ value), 0)
}

const valuesOf = (body: string): number[] => Array.from(body, (character) => ALPHABET.indexOf(character))

/** True when the 25 characters of a short key belong together. */
function checks(body: string): boolean {
  const values = valuesOf(body)
  return !values.includes(-1) && checkValue(values.slice(0, -1)) === values.at(-1)
}

// ---------------------------------------------------------------- reading what people type

const UUID_KEY =
  /^(?:(.+?)[_\s-]+)?([0-9a-f]{8})[\s-]*([0-9a-f]{4})[\s-]*([0-9a-f]{4})[\s-]*([0-9a-f]{4})[\s-]*([0-9a-f]{12})$/i
/** What is its own normal form, as programs send it. */
const AS_ISSUED = /^(?:[A-Z0-9]{1,64}_)?[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/
const SHORT_KEY = /^(?:(.+?)[_\s-]+)?([0-9a-z](?:[\s-]*[0-9a-z]){24})$/i

/**
 * The form a key string is looked up by. Keys of our own two formats are read tolerantly: case, spaces and dashes do not matter, and
 * in short keys O is 0, I and L are 1. Anything else (imported keys) is taken as it is, without the white space around it.
 */
export function normaliseKeyString(typed: string): string {
  if (AS_ISSUED.test(typed)) return typed
  const text = tidy(typed)
  const uuid = UUID_KEY.exec(text)
  if (uuid) return withPrefix(uuid[1], uuid.slice(2).join('-').toUpperCase())
  const short = readShort(text)
  if (short && checks(short.body)) return withPrefix(short.prefix, grouped(short.body))
  return text
}

/** True for what was meant to be a short key but holds a typing mistake. Imported keys of the same shape may look so too: look before you refuse. */
export function isMistyped(typed: string): boolean {
  const text = tidy(typed)
  if (UUID_KEY.test(text)) return false
  const short = readShort(text)
  return short !== null && !checks(short.body)
}

function readShort(text: string): { prefix: string | undefined; body: string } | null {
  const match = SHORT_KEY.exec(text)
  if (!match?.[2]) return null
  const body = match[2].replace(/[\s-]/g, '').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')
  return { prefix: match[1], body }
}

// What copying out of mails and documents does to a key: invisible characters (they keep accents from composing, so they go first),
// typographic dashes, no-break spaces.
const tidy = (typed: string): string =>
  typed
    .replace(/[\u200B-\u200D\u2060\uFEFF\u00AD]/g, '')
    .normalize('NFKC')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .trim()

const withPrefix = (prefix: string | undefined, body: string): string =>
  prefix ? `${prefix.trim().toUpperCase().normalize('NFKC')}_${body}` : body

// ---------------------------------------------------------------- at rest

/** The HMAC a key is looked up by. 32 bytes. */
export const hashKeyString = (typed: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(hashSecret('license-key-lookup', normaliseKeyString(typed)))

/** The same HMAC in hexadecimal. */
export const lookupOf = (typed: string): string => hexHashOf('license-key-lookup', normaliseKeyString(typed))

/** The columns that hold a key string: look-up hash, sealed copy, whether that copy is the normal form, last characters. */
export const keyStringColumns = (keyString: string, prefix: string | null) => ({
  keyIsNormal: normaliseKeyString(keyString) === keyString,
  keyHash: hashKeyString(keyString),
  keyCipher: seal('license-key-cipher', keyString),
  lastCharacters: lastCharactersOf(keyString),
  prefix,
})

/** The key string of a row, for those who may see it. */
export const openKeyString = (keyCipher: Uint8Array): string => unseal('license-key-cipher', keyCipher)

// Opening costs more than all else that a validation computes, and imported keys in use are shown again and again. Two generations: what was not
// asked for while one filled up is forgotten. A cipher never opens to anything else: each has a nonce of its own.
const OPENED_MAX = 10_000
let opened = new Map<string, string>()
let openedBefore = new Map<string, string>()

/** openKeyString of a cipher in hexadecimal, remembered. */
export function openCached(cipher: string): string {
  let text = opened.get(cipher)
  if (text !== undefined) return text
  text = openedBefore.get(cipher) ?? openKeyString(Buffer.from(cipher, 'hex'))
  if (opened.size >= OPENED_MAX) {
    openedBefore = opened
    opened = new Map()
  }
  opened.set(cipher, text)
  return text
}
