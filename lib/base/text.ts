import { z } from 'zod'
import { INVISIBLE, isPlaceholder, withoutInvisible } from './plain-text.ts'

// How text that people and programs send is read, once for everything: what cannot be seen goes, names have one Unicode form, and
// searches know neither case nor accents.

/** PostgreSQL stores neither NUL nor half of a surrogate pair. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

// What puts a name into the wrong order or hides part of it. Joiners and variation selectors stay: scripts and emoji are written with them.
const DISORDERLY = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\u206A-\u206F\uFFF9-\uFFFB\u{E0000}-\u{E007F}\uFEFF]/gu
// Flags of regions are written with tags, behind a black flag.
const FLAG = /\u{1F3F4}[\u{E0020}-\u{E007E}]+\u{E007F}/gu

const withoutDisorder = (text: string): string => {
  const flags = text.match(FLAG) ?? []
  let at = 0
  return text
    .replace(FLAG, '\uE000')
    .replace(DISORDERLY, '')
    .replace(/\uE000/g, () => flags[at++] ?? '\uE000')
}

/** A name as it is stored: no marks of direction, one Unicode form, nothing around it; '' when nothing shows. */
export function tidyName(text: string): string {
  const name = withoutDisorder(text).normalize('NFC').trim()
  return withoutInvisible(name).trim() === '' ? '' : name
}

/** One line as it is stored: no control characters, no marks of direction, one Unicode form, nothing around it; '' when nothing shows. */
export function tidyLine(text: string): string {
  return tidyName(text.replace(/[\t-\r\u0085\u2028\u2029]+/g, ' ').replace(/\p{Cc}/gu, ''))
}

/** Text of many lines as it is stored: the same, line by line. */
export function tidyParagraphs(text: string): string {
  return tidyName(text.replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n').replace(/[^\P{Cc}\n\t]/gu, ''))
}

/** The name of a device: a blank one is "Device". */
export const tidyLabel = (text: string): string => tidyLine(text) || 'Device'

// Letters that Unicode does not take apart, as they are typed without them.
const PLAIN: Record<string, string> = {
  ...{ ł: 'l', ø: 'o', đ: 'd', ħ: 'h', ı: 'i', ŧ: 't', ƀ: 'b', ð: 'd', ŋ: 'n', ĸ: 'k', ɨ: 'i', ʉ: 'u', ɵ: 'o', ƶ: 'z' },
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th', ς: 'σ' },
}
const PLAIN_LETTER = new RegExp(`[${Object.keys(PLAIN).join('')}]`, 'g')

/**
 * The same for SQL, of text that is taken apart and has small ASCII letters already: what becomes one letter, and what becomes two. Also
 * the small letters of Latin, Greek, Cyrillic and Armenian capitals, which a database with the locale C does not know.
 */
export function lettersToFold(): { one: [string, string][]; two: [string, string][] } {
  const capitals = Array.from({ length: 0x250 - 0xc0 + (0x557 - 0x370) }, (_, i) =>
    String.fromCharCode(i < 0x250 - 0xc0 ? 0xc0 + i : 0x370 + i - (0x250 - 0xc0)),
  ).filter((letter) => letter.toLowerCase() !== letter && letter.normalize('NFKD') === letter)
  const small = [...capitals, 'ẞ'].map((letter): [string, string] => [
    letter,
    PLAIN[letter.toLowerCase()] ?? letter.toLowerCase(),
  ])
  const all = [...Object.entries(PLAIN), ...small]
  return { one: all.filter(([, plain]) => plain.length === 1), two: all.filter(([, plain]) => plain.length > 1) }
}

/** What does not count in a search: accents, and the commonest of what nobody sees; as in a pattern's brackets, here and in SQL. */
export const UNSEARCHED = '\\u0300-\\u036F\\u00AD\\u200B-\\u200F\\u2060\\uFE00-\\uFE0F\\uFEFF'
const UNSEARCHED_ALL = new RegExp(`[${UNSEARCHED}]`, 'g')

/** Text for LIKE, with the wildcards people type taken as letters. */
export const asLetters = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

/** Text as it is searched: without case and accents. `José`, `Łukasz` and `Straße` become `jose`, `lukasz` and `strasse`. */
export const foldForSearch = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(UNSEARCHED_ALL, '')
    .toLowerCase()
    .replace(PLAIN_LETTER, (letter) => PLAIN[letter] as string)

// ---------------------------------------------------------------- objects

/** PHP writes an empty object as an empty list. */
export const objectOf = (value: unknown): unknown => (Array.isArray(value) && value.length === 0 ? {} : value)

// ---------------------------------------------------------------- fingerprints

/** A fingerprint that tells devices apart, or null: a placeholder is the same as none. */
export const fingerprintOf = (text: string | null | undefined): string | null =>
  text === null || text === undefined || isPlaceholder(text) ? null : text

// ---------------------------------------------------------------- e-mail addresses

/** The longest address that mail takes. */
export const EMAIL_MAX = 254

const BASE = 36
const digitOf = (code: number): number =>
  code >= 48 && code < 58 ? code - 22 : code >= 97 && code < 123 ? code - 97 : BASE

/** A label of a domain that was written as `xn--…` (RFC 3492), in its own letters; null when it is none. */
function decodeLabel(text: string): string | null {
  const dash = text.lastIndexOf('-')
  const output = dash > 0 ? Array.from(text.slice(0, dash)) : []
  let [n, i, bias] = [128, 0, 72]
  for (let at = dash > 0 ? dash + 1 : 0; at < text.length; ) {
    const before = i
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = digitOf(text.charCodeAt(at++))
      if (!(digit < BASE)) return null
      i += digit * weight
      const threshold = Math.min(26, Math.max(1, k - bias))
      if (digit < threshold) break
      weight *= BASE - threshold
    }
    const length = output.length + 1
    let delta = before === 0 ? Math.floor(i / 700) : Math.floor((i - before) / 2)
    delta += Math.floor(delta / length)
    let k = 0
    for (; delta > 455; k += BASE) delta = Math.floor(delta / 35)
    bias = k + Math.floor((36 * delta) / (delta + 38))
    n += Math.floor(i / length)
    if (n > 0x10ffff) return null
    i %= length
    output.splice(i++, 0, String.fromCodePoint(n))
  }
  return output.join('')
}

/** A domain in its own letters, or as it is when those would not be read as it again; null when it has none. */
function domainInLetters(ascii: string): string | null {
  if (!ascii.includes('xn--')) return ascii
  const labels = ascii.split('.').map((label) => (label.startsWith('xn--') ? decodeLabel(label.slice(4)) : label))
  const letters = labels.join('.')
  if (labels.includes(null) || /\p{Cc}/u.test(letters)) return null
  return domainOnTheWire(tidyDomain(letters)) === ascii && tidyDomain(letters) === letters ? letters : ascii
}

// Some scripts join the letters of a domain; elsewhere a joiner came with copying.
const tidyDomain = (text: string): string =>
  text.replace(INVISIBLE, (character) =>
    /[\u200C\u200D]/.test(character) && !/^\p{ASCII}*$/u.test(withoutInvisible(text)) ? character : '',
  )

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/** A domain as mail servers and DNS write it, `xn--…`; null when it is no domain that could get mail. */
function domainOnTheWire(domain: string): string | null {
  if (/[\s/\\?#@:[\]%<>|^]/.test(domain)) return null
  const url = `http://${domain}/`
  if (!URL.canParse(url)) return null
  const host = new URL(url).hostname
  const labels = host.split('.')
  const [last = ''] = labels.slice(-1)
  if (labels.length < 2 || host.length > 253 || last.length < 2 || /\d$/.test(last.replace(/^xn--.*/, ''))) return null
  return labels.every((label) => LABEL.test(label)) ? host : null
}

// What may stand before the @ without quotes, and the letters of all scripts: dots anywhere, as some providers have given out.
const LOCAL = /^[\p{L}\p{M}\p{N}\p{So}.!#$%&'*+/=?^_`{|}~-]+$/u

const AROUND_ADDRESS = /^[\s\p{Cf}\u2800]+|[\s\p{Cf}\u2800]+$/gu

// Letters that become other people's when a text is tidied: the Kelvin sign, U+212A, is k. Keyboards have none of them, so it is no address.
const foldsIntoAscii = (text: string): boolean =>
  (text.match(/[^\0-\x7f]/gu) ?? []).some((letter) => /^[!-~]+$/.test(letter.normalize('NFC').toLowerCase()))

function partsOf(text: string): { local: string; domain: string } | null {
  const plain = text
    // Full-width forms, as East Asian keyboards write them.
    .replace(/[\uFF01-\uFF5E]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .replace(/\u3002/g, '.')
    .normalize('NFC')
    .replace(AROUND_ADDRESS, '')
    .replace(/^mailto:/i, '')
    .replace(/^<(.*)>$/, '$1')
  if (foldsIntoAscii(text)) return null
  const at = plain.lastIndexOf('@')
  const local = withoutInvisible(plain.slice(0, at).replace(/[’ʼ]/g, "'")).toLowerCase().normalize('NFC')
  const domain = tidyDomain(plain.slice(at + 1))
  return at > 0 && LOCAL.test(local) && plain.isWellFormed() ? { local, domain } : null
}

/**
 * An e-mail address as it is stored and compared: lower case, one Unicode form, an international domain in its own letters, however it was
 * typed. null when it is none. The one rule for customers, members, imports, vendors and sign-in: whoever can buy can sign in.
 */
export function readEmail(text: string): string | null {
  const parts = partsOf(text)
  const wire = parts && domainOnTheWire(parts.domain)
  if (!wire) return null
  const domain = domainInLetters(wire)
  if (domain === null) return null
  const address = `${parts.local}@${domain}`
  return address.length <= EMAIL_MAX && parts.local.length + wire.length < EMAIL_MAX ? address : null
}

/**
 * An address as programs say it, of somebody whom they have checked or charged: read only where that changes nothing but capitals and the
 * Unicode form. What is mended in an address that somebody types, such as full-width letters, would here be another mailbox.
 */
export function readSentEmail(text: string): string | null {
  const address = readEmail(text)
  if (address === null) return null
  const plain = text.trim().normalize('NFC').toLowerCase()
  return plain === address || plain === emailOnTheWire(address) ? address : null
}

/** An address as a mail server takes it: an international domain as `xn--…`. What is no address stays as it is. */
export function emailOnTheWire(address: string): string {
  const parts = partsOf(address)
  const wire = parts && domainOnTheWire(parts.domain)
  return wire ? `${parts.local}@${wire}` : address
}

/**
 * How an address may stand in rows that were written before there was one form: as it is, with its domain as `xn--…`, with its letters taken
 * apart. All but those that have a twin are given the one form (customers/tidy-addresses.ts).
 */
export function spellingsOf(address: string): string[] {
  const wire = emailOnTheWire(address)
  return [...new Set([address, wire, address.normalize('NFD'), wire.normalize('NFD')])]
}

/** An address to look for: as it would be stored, or in lower case when it could not be. */
export const emailToFind = (text: string): string => readEmail(text) ?? text.trim().toLowerCase()

/** Part of an address to look for: labels of a domain that are written `xn--…` in their own letters. */
export const withLettersOfDomains = (text: string): string =>
  text.replace(/\bxn--[a-z0-9-]+/gi, (label) => decodeLabel(label.slice(4).toLowerCase()) ?? label)

const addressBy = (read: (text: string) => string | null, message: string) =>
  z.string().transform((text, context) => {
    const address = read(text)
    if (address !== null) return address
    const tooLong = text.trim().length > EMAIL_MAX
    context.addIssue({ code: 'custom', message: tooLong ? 'This address is too long.' : message })
    return z.NEVER
  })

/** An e-mail address as `readEmail` reads it: typed by somebody who sees what was made of it. */
export const emailAddress = (message: string) => addressBy(readEmail, message)

/** The same as `readSentEmail` reads it: sent by a program, which nobody looks over the shoulder of. */
export const sentEmailAddress = (message: string) => addressBy(readSentEmail, message)
