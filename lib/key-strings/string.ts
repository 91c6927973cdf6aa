import '#server-only'
import { randomBytes, randomUUID } from 'node:crypto'
import type { KeyFormat } from '#prisma/enums.ts'
import { withoutInvisible } from '../base/plain-text.ts'
import { hashesOf, hashSecret, hexHashOf, isReplaced, seal, unseal } from '../secrets/secrets.ts'
import { lastCharactersOf } from './rules.ts'

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
const tidy = (typed: string): string => tidyVisible(withoutInvisible(typed))

const tidyVisible = (text: string): string =>
  text
    .replace(/\u0085/g, '\n')
    .normalize('NFKC')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .trim()

const withPrefix = (prefix: string | undefined, body: string): string =>
  prefix ? `${prefix.trim().toUpperCase().normalize('NFKC')}_${body}` : body

// ---------------------------------------------------------------- what was not found as it was sent

/** The most ways in which a string that was not found is looked up once more. */
const READINGS_MAX = 12

// Words that stand before a key in mails and forms, without accents; each language's own, and what programs call it.
const LABEL_WORDS = new Set(
  [
    'a activation an app application code codes cd here id is key keys licence license my no nr number num product registration serial',
    'software subscription the this unlock user value your for purchase order token new copy paste enter',
    'aktivierungscode aktivierungsschlussel ihr ihre dein deine der die das ist lautet lizenz lizenzcode lizenznummer lizenzschlussel',
    'produktschlussel registrierungsschlussel schlussel seriennummer schluessel lizenzschluessel fur',
    'activacion au cle cles clave claves codigo de del di du el es est la le licencia licencias logiciel l d mi numero per producto',
    'produit pour serie su tu votre ta voici activation chiave chiavi codice il licenza licenze prodotto seriale tua vostra',
    'ativacao chave licenca produto sua seu aktiveringskod licens licensnyckel licensnokkel licensnogle lisens lisensnokkel nyckel',
    'nokkel nogle licentie licentiesleutel sleutel uw je jouw activatiecode klucz licencji licencyjny produktu twoj klic licencni',
    'kulcs lisanssi lisans anahtari anahtar avain lisenssi',
    'ключ лицензии лицензия лицензионный активации код ваш серийный номер',
    'ライセンスキー ライセンス キー プロダクトキー シリアル番号 シリアル 许可证 许可证密钥 授权码 序列号 密钥 激活码 授權碼 序號 라이선스 키 라이센스',
  ].flatMap((words) => words.split(' ')),
)

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .normalize('NFKD')
    // Marks of letters that have one of their own in LABEL_WORDS (ы, ガ) are put back.
    .replace(/[\u0300-\u036F]/g, '')
    .normalize('NFC')
    .match(/\p{L}+/gu) ?? []

const plainWords = new Set([...LABEL_WORDS].flatMap(wordsOf))
const isLabel = (text: string): boolean => {
  const words = wordsOf(text)
  return words.length > 0 && words.every((word) => plainWords.has(word))
}

// Quotes, brackets, bullets, marks of quoting and emphasis, and what ends a sentence.
const AROUND = '\\p{Ps}\\p{Pe}\\p{Pi}\\p{Pf}"\'`*~<>|•·,.;:!?。、…_\\s'
const BEFORE = new RegExp(`^[${AROUND}-]+`, 'u')
const BEHIND = new RegExp(`[${AROUND}-]+$`, 'u')
const QUOTES = /^([\p{Ps}\p{Pi}"'`*<]+)(.+?)([\p{Pe}\p{Pf}\p{Pi}"'`*>]+[.,;:!?]?)$/su
const LABEL = /^([\p{L}\p{M}\s'"`*._/()#-]{1,80}?)\s*(?:[:=]+>?|=>|->)\s*(?=\S)/u
const LABEL_WORD = /^(["'`*#(\s]*[\p{L}\p{M}]+)[\s#.]+(?=\S)/u

/** Takes off one thing that does not belong to the key: quotes, what ends the sentence, a label. null: nothing is left to take off. */
function peel(text: string): string | null {
  const inner = QUOTES.exec(text)?.[2]?.trim()
  if (inner) return inner
  const label = LABEL.exec(text) ?? LABEL_WORD.exec(text)
  if (label && isLabel(label[1] as string)) return text.slice(label[0].length)
  const shorter = text.replace(BEHIND, '')
  if (shorter !== text && shorter !== '') return shorter
  const bare = text.replace(BEFORE, '')
  return bare !== text && bare !== '' ? bare : null
}

// What looks like another letter: in Latin print, and on keyboards and in documents of other scripts.
const LOOK_ALIKES: Record<string, string> = {
  ...{ o: '0', i: '1', l: '1', ı: '1' },
  ...{
    а: 'a',
    в: 'b',
    с: 'c',
    е: 'e',
    ё: 'e',
    н: 'h',
    к: 'k',
    м: 'm',
    о: '0',
    р: 'p',
    т: 't',
    х: 'x',
    у: 'y',
    і: '1',
    ѕ: 's',
    ј: 'j',
  },
  ...{ α: 'a', β: 'b', ε: 'e', ζ: 'z', η: 'h', ι: '1', κ: 'k', μ: 'm', ν: 'n', ο: '0', ρ: 'p', τ: 't', υ: 'y', χ: 'x' },
}
const LOOK_ALIKE = new RegExp(`[${Object.keys(LOOK_ALIKES).join('')}]`, 'gu')

/**
 * A key string without what people get wrong: case, blanks, line breaks and dashes, look-alikes, what stands around it. Two keys may fold
 * alike; then neither is found by it.
 */
export function foldKeyString(text: string): string {
  return tidyVisible(withoutInvisible(text).replace(/[´‘’‚‛′ʼ]/g, "'"))
    .replace(/[\r\n]+[\s>|]*/g, '')
    .replace(BEHIND, '')
    .replace(BEFORE, '')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replace(/i\u0307/g, 'i')
    .replace(LOOK_ALIKE, (letter) => LOOK_ALIKES[letter] as string)
    .replace(/[\s_\p{Pd}\u2043\u02D7]/gu, '')
}

/** How many guesses a folded form must stand for, in bits, before a key is found by it. */
const FOLDED_BITS = 48
const FOLDED_LENGTH = 10

/** True when a folded form is long enough that nobody meets it by chance or guesses it. */
export function isStrongFolded(folded: string): boolean {
  const characters = [...folded]
  const bits = /^\d+$/.test(folded) ? Math.log2(10) : /^[0-9a-f]+$/.test(folded) ? 4 : 5
  return characters.length >= FOLDED_LENGTH && characters.length * bits >= FOLDED_BITS && new Set(characters).size > 3
}

/** What a key is found by when it was mistyped; null for one that is too short to be found so. */
export function strongFolded(keyString: string): string | null {
  const folded = foldKeyString(keyString)
  return isStrongFolded(folded) ? folded : null
}

/** The column that finds a key by its folded form: the hash, or no bytes for a key that is too short to be found so. */
export function foldedHashOf(keyString: string): Uint8Array<ArrayBuffer> {
  const folded = strongFolded(keyString)
  return new Uint8Array(folded === null ? [] : hashSecret('license-key-folded', folded))
}

/** A look-up hash in hexadecimal, of a reading as it is or of its folded form. */
export type KeyReading = { exact: string } | { folded: string }

/**
 * How a string that was not found by `keyHash` may have been meant, best first: without a label, quotes or a full stop, then folded.
 * Each is one hash to look up; while the master secret is replaced there are two of each, and the string as it was sent is among them.
 */
export function readingsOf(typed: string, keyHash = keyHashOf(typed)): KeyReading[] {
  // What is longer than any key with words around it is none.
  if (typed.length > 1_024) return []
  const texts = new Set<string>()
  let text = tidyVisible(withoutInvisible(typed).replace(/[´‘’‚‛′ʼ]/g, "'"))
  const whole = text
  for (let next: string | null = text; next !== null && texts.size < READINGS_MAX; next = peel(text)) {
    text = next
    texts.add(text)
  }
  const exact = new Set([normaliseKeyString(typed), ...[...texts].map(normaliseKeyString)])
  // Keys that were stored with characters nobody sees, before those were taken away.
  exact.add(tidyVisible(typed.replace(/[\u200B-\u200D\u2060\uFEFF\u00AD]/g, '')))
  const folded = new Set([whole, ...[...texts].reverse()].map(foldKeyString).filter(isStrongFolded))
  // A row may get the hash it was looked for by between two looks (secrets.ts).
  const isOpen = (hash: string) => isReplaced() || hash !== keyHash
  return [
    ...[...exact]
      .filter(Boolean)
      .flatMap((each) => hashesOf('license-key-lookup', each).filter(isOpen))
      .map((hash) => ({ exact: hash })),
    ...[...folded]
      .slice(0, READINGS_MAX)
      .flatMap((each) => hashesOf('license-key-folded', each))
      .map((hash) => ({ folded: hash })),
  ]
}

// ---------------------------------------------------------------- at rest

/** A key string as it is stored: what cannot be seen cannot be typed either. */
export const storedKeyString = (text: string): string => withoutInvisible(text).trim()

/** The HMAC a key is looked up by. 32 bytes. */
export const hashKeyString = (typed: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(hashSecret('license-key-lookup', normaliseKeyString(typed)))

/** The same HMAC in hexadecimal. */
export const keyHashOf = (typed: string): string => hexHashOf('license-key-lookup', normaliseKeyString(typed))

/** Every HMAC a key may be stored under at this moment, for statements that ask for any of them. */
export const keyHashesOf = (typed: string): Uint8Array<ArrayBuffer>[] =>
  hashesOf('license-key-lookup', normaliseKeyString(typed)).map((hash) => new Uint8Array(Buffer.from(hash, 'hex')))

/** The columns that hold a key string: look-up hashes, sealed copy, whether that copy is the normal form, last characters. */
export const keyStringColumns = (written: string, prefix: string | null) => {
  const keyString = storedKeyString(written)
  return {
    keyIsNormal: normaliseKeyString(keyString) === keyString,
    keyHash: hashKeyString(keyString),
    foldedHash: foldedHashOf(keyString),
    keyCipher: seal('license-key-cipher', keyString),
    lastCharacters: lastCharactersOf(keyString),
    prefix,
  }
}

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
