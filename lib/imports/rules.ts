// What the values of a record mean, decided without a database.
import type { ImportStatus, LicenseKeyStatus, PurchaseStatus, RevokeReason } from '#prisma/enums.ts'
import { dayOf, lastMomentOf } from '../base/days.ts'
import type { JsonObject } from '../base/json.ts'
import { INT4_MAX } from '../base/numbers.ts'
import type { DateOrder, EmptyMeans, InactiveMeaning, Limit, ZeroMeaning } from '../import-fields/schema.ts'
import { lastCharactersOf } from '../key-strings/rules.ts'
import { type EffectiveLimits, reasonsOfPurchase } from '../license-keys/rules.ts'
import type { ImportCounts } from './schema.ts'

// ---------------------------------------------------------------- words for values

const DATE_LIKE = /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}/
const EMAIL_LIKE = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** A value as a problem may name it: words, dates and addresses whole, of anything else the beginning. Columns get mistaken, and it may be a key. */
export function named(value: string): string {
  if (DATE_LIKE.test(value)) return `“${value.slice(0, 10)}”`
  const tokens = value.split(/[\s,.;:_()/-]+/).filter(Boolean)
  const numbers = tokens.filter((token) => /^\d{1,6}$/.test(token))
  const isWords = numbers.length <= 1 && tokens.every((token) => /^\p{L}+$/u.test(token) || numbers.includes(token))
  if (EMAIL_LIKE.test(value) || (isWords && (value.length <= 12 || /\p{Ll}/u.test(value))))
    return `“${value.slice(0, 60).toWellFormed()}”`
  return `“${value.slice(0, Math.min(3, Math.floor(value.length / 4))).toWellFormed()}…”`
}

/** A key as reports name it: its last few characters. */
export const maskedKeyText = (key: string): string => `••••${lastCharactersOf(key)}`

// ---------------------------------------------------------------- dates

// As they begin in English, German, French, Spanish, Italian, Dutch and Portuguese, without accents.
const MONTHS = [
  ...['jan ene gen', 'feb fev', 'mar mrz maerz mrt', 'apr avr abr', 'may mai mag mei', 'jun juin giu'],
  ...['jul juil lug', 'aug aou ago', 'sep set', 'oct okt ott out', 'nov', 'dec dez dic'],
].map((names) => names.split(' '))

type Parts = { year: number; month: number; day: number; rest: string }

function moment({ year, month, day }: Parts, clock: string, zone: string): Date | null {
  const two = (number: number) => String(number).padStart(2, '0')
  const date = `${year}-${two(month)}-${two(day)}`
  const at = new Date(`${date}T${clock}${zone}`)
  // The thirty-first of a month that has no such day would silently be the next month's first.
  const isThere = new Date(`${date}T00:00:00Z`).getUTCDate() === day
  return isThere && !Number.isNaN(at.getTime()) ? at : null
}

/**
 * A date in one of the ways exports write it: ISO 8601 first, then `31.12.2026`, `31 Dec 2026`, `Dec 31, 2026`, seconds or milliseconds
 * since 1970, and with slashes only when it is clear which part is the day. Without a zone it is UTC; a day alone is its first
 * moment, or, when something ends on it, its last one in the organization's `zone`.
 */
export function readDate(
  text: string,
  { order = null, ends = false, zone = 'UTC' }: { order?: DateOrder | null; ends?: boolean; zone?: string } = {},
): Date | 'unclear' | null {
  const trimmed = text.trim()
  if (/^\d{9,10}$/.test(trimmed)) return new Date(Number(trimmed) * 1000)
  if (/^\d{12,13}$/.test(trimmed)) return new Date(Number(trimmed))
  const parts = dateParts(trimmed, order)
  if (parts === null || parts === 'unclear') return parts
  const time = readTime(parts.rest)
  if (time === null) return null
  if (time !== 'none') return moment(parts, time.clock, time.zone)
  const day = moment(parts, '00:00:00', 'Z')
  return ends && day ? lastMomentOf(dayOf(day, 'UTC'), zone) : day
}

function dateParts(text: string, order: DateOrder | null): Parts | 'unclear' | null {
  const make = (year?: string, month?: string | number, day?: string, rest = ''): Parts => ({
    ...{ year: Number(year), month: Number(month), day: Number(day), rest },
  })
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(.*)$/.exec(text)
  if (iso) return make(iso[1], iso[2], iso[3], iso[4])
  const dotted = /^(\d{1,2})[.](\d{1,2})[.](\d{4})(.*)$/.exec(text)
  if (dotted) return make(dotted[3], dotted[2], dotted[1], dotted[4])
  const slashed = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})(.*)$/.exec(text)
  if (slashed) {
    const [first, second] = [Number(slashed[1]), Number(slashed[2])]
    const dayFirst = first > 12 || (second <= 12 && order === 'day-first')
    if (first <= 12 && second <= 12 && first !== second && order === null) return 'unclear'
    return dayFirst
      ? make(slashed[3], slashed[2], slashed[1], slashed[4])
      : make(slashed[3], slashed[1], slashed[2], slashed[4])
  }
  const monthOf = (name = '') => {
    const plain = plainWord(name)
    const at = MONTHS.findIndex((names) => names.some((each) => plain.startsWith(each)))
    return at + 1
  }
  const dayMonth = /^(\d{1,2})(?:st|nd|rd|th|er|\.|º)?[ -](?:de )?(\p{L}{3,10})\.?,?[ -](?:de )?(\d{4})(.*)$/iu.exec(
    text,
  )
  if (dayMonth && monthOf(dayMonth[2])) return make(dayMonth[3], monthOf(dayMonth[2]), dayMonth[1], dayMonth[4])
  const monthDay = /^(\p{L}{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(.*)$/iu.exec(text)
  if (monthDay && monthOf(monthDay[1])) return make(monthDay[3], monthOf(monthDay[1]), monthDay[2], monthDay[4])
  return null
}

function readTime(rest: string): { clock: string; zone: string } | 'none' | null {
  if (rest.trim() === '') return 'none'
  const match =
    /^[T,]?\s*(?:at )?(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*([ap]m)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$/i.exec(
      rest,
    )
  if (!match) return null
  const [, hours = '', minutes = '', seconds = '00', fraction = '', half, zone] = match
  const hour = half ? (Number(hours) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0) : Number(hours)
  const offset = /^[+-]/.test(zone ?? '') ? `${zone?.slice(0, 3)}:${zone?.slice(3).replace(':', '') || '00'}` : 'Z'
  return { clock: `${String(hour).padStart(2, '0')}:${minutes}:${seconds}${fraction.slice(0, 4)}`, zone: offset }
}

// ---------------------------------------------------------------- status, flags, limits

/** What a vendor's word for a key's state means. `expired` is no state of ours: the date must say so too. */
export type StatusMeaning = LicenseKeyStatus | 'expired'

const STATUS_WORDS: Record<string, StatusMeaning> = {
  ...fromWords('granted', 'granted active activated enabled valid ok live issued expiring grace yes true 1 on'),
  ...fromWords(
    'granted',
    'sold delivered available unused not_activated aktiv aktiviert gultig gueltig freigeschaltet ja',
  ),
  ...fromWords('granted', 'actif active valide oui activo activa valido valida vigente si attivo attiva actief geldig'),
  ...fromWords('granted', 'ativo ativa sim trialing trial in_trial'),
  ...fromWords('disabled', 'disabled suspended inactive deactivated paused on_hold blocked locked off no false 0'),
  ...fromWords(
    'disabled',
    'deaktiviert gesperrt ausgesetzt pausiert nein inaktiv desactive suspendu bloque inactif non',
  ),
  ...fromWords(
    'disabled',
    'desactivado desactivada suspendido suspendida bloqueado inactivo inactiva disattivato sospeso',
  ),
  ...fromWords(
    'disabled',
    'bloccato inattivo uitgeschakeld opgeschort geblokkeerd inactief nee desativado suspenso inativo',
  ),
  ...fromWords(
    'revoked',
    'revoked banned refunded canceled cancelled chargebacked chargeback disputed terminated deleted void voided',
  ),
  ...fromWords('revoked', 'charged_back fraud fraudulent invalid widerrufen storniert erstattet gekundigt gekuendigt'),
  ...fromWords(
    'revoked',
    'ungultig ungueltig geloscht geloescht revoque rembourse annule resilie revocado reembolsado',
  ),
  ...fromWords(
    'revoked',
    'cancelado anulado revocato rimborsato annullato ingetrokken terugbetaald geannuleerd revogado',
  ),
  ...fromWords('expired', 'expired lapsed ended past abgelaufen beendet expire expiree expirado caducado vencido'),
  ...fromWords('expired', 'scaduto scaduta verlopen expirada'),
}

function fromWords(meaning: StatusMeaning, words: string): Record<string, StatusMeaning> {
  return Object.fromEntries(words.split(' ').map((word) => [word, meaning]))
}

/** The meaning of a status word, whatever its language and spelling; null for one that is not known. */
export const readStatus = (word: string): StatusMeaning | null => {
  const plain = plainWord(word)
  return Object.hasOwn(STATUS_WORDS, plain) ? (STATUS_WORDS[plain] ?? null) : null
}

const plainWord = (word: string): string =>
  word
    .trim()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[\s-]+/g, '_')

const INACTIVE = new Set('inactive inaktiv inactif inactivo inactiva inattivo inactief inativo'.split(' '))

/** True for the word that means “not used yet” in one shop and “switched off” in the next. */
export const saysInactive = (word: string): boolean => INACTIVE.has(plainWord(word))

/** Why keys of this status word were taken back. */
export function reasonIn(word: string): RevokeReason {
  const plain = plainWord(word)
  if (/refund|erstattet|rembours|reembols|rimbors|terugbetaald/.test(plain)) return 'refunded'
  return /charge|disput|fraud/.test(plain) ? 'dispute' : 'by_hand'
}

/** What a purchase is that gives these reasons. */
export function purchaseStatusOf(reasons: readonly RevokeReason[]): PurchaseStatus {
  if (reasons.includes('refunded') || reasons.includes('dispute')) return 'refunded'
  return reasons.includes('ended') || reasons.includes('pending') ? 'canceled' : 'active'
}

/** What a key is stored as: the reasons its record has against it, and those of a purchase that was here before. */
export function storedState(
  { status, reasons }: Pick<KeyDraft, 'status' | 'reasons'>,
  purchase: { status: PurchaseStatus; isNew: boolean } | null,
): { status: LicenseKeyStatus; revokedFor: RevokeReason[] } {
  const ofPurchase = purchase && !purchase.isNew ? reasonsOfPurchase[purchase.status] : []
  const revokedFor = [...new Set([...reasons, ...ofPurchase])]
  return { status: revokedFor.length > 0 ? 'revoked' : status, revokedFor }
}

/** Yes or no; null when it is neither. */
export function readFlag(value: string): boolean | null {
  const plain = value.trim().toLowerCase()
  if (['1', 'true', 'yes', 'y', 'on', 't', 'ja', 'j', 'oui', 'si', 'sí', 'sim', 'wahr', 'vrai'].includes(plain))
    return true
  const noes = [
    '0',
    'false',
    'no',
    'n',
    'off',
    'f',
    'null',
    '-',
    '',
    'nein',
    'non',
    'não',
    'nao',
    'nee',
    'falsch',
    'faux',
  ]
  return noes.includes(plain) ? false : null
}

const UNLIMITED = new Set(
  ['unlimited', 'infinite', 'infinity', '∞', '-1', 'none', 'no limit', 'unbegrenzt', 'unlimitiert', 'illimité'].concat([
    'illimitée',
    'ilimitado',
    'ilimitada',
    'illimitato',
    'illimitata',
    'onbeperkt',
  ]),
)

/** A limit as exports write it; null when it cannot be read. */
export function readLimit(text: string, max: number): Limit | null {
  const plain = text.trim().toLowerCase()
  if (UNLIMITED.has(plain)) return 'unlimited'
  if (['off', '0', 'disabled'].includes(plain)) return 'off'
  const number = readCount(plain)
  return number !== null && number <= max ? number : null
}

/** A whole number from zero; thousands may be written `1,000`. */
export function readCount(text: string): number | null {
  const plain = text.trim().replace(/(?<=\d),(?=\d{3}\b)/g, '')
  if (!/^\d+(\.0+)?$/.test(plain)) return null
  const number = Number(plain)
  return Number.isSafeInteger(number) ? number : null
}

// ---------------------------------------------------------------- a record

/** The value of a column; undefined when the record has no such column. */
export type Values = (column: string) => unknown

/** A vendor's habits that no column says. */
export type Habits = {
  empty: EmptyMeans
  skipsWithoutKey: boolean
  /** A key stands once for each payment; elsewhere once for each device. */
  linePerPayment: boolean
  zeroDevices: ZeroMeaning | null
  inactive: InactiveMeaning | null
}

/** A device to be kept. `id` and `externalId` are texts as they were written. */
export type ActivationDraft = {
  id: string | null
  externalId: string | null
  label: string
  fingerprint: string | null
  createdAt: Date | null
  lastValidatedAt: Date | null
  validations: number
  conditions: JsonObject
  meta: JsonObject
}

/** A key to be kept, as its record says it. */
export type KeyDraft = {
  key: string
  id: string | null
  externalId: string | null
  customer: { email: string; name: string | null; id: string | null }
  configuration: string | null
  product: { text: string; name: string } | null
  order: string | null
  /** What its organization and configuration were called there: software in the field goes on sending those ids. */
  knownAs: { organization: string | null; configuration: string | null }
  status: LicenseKeyStatus
  saysExpired: boolean
  /** Why it was taken back; none when it was not. */
  reasons: RevokeReason[]
  isSubscription: boolean
  /** A later payment for a key that was sold before. */
  isRenewal: boolean
  quantity: number
  createdAt: Date | null
  /** null is never, `configuration` what its configuration says. */
  expiresAt: Date | null | 'configuration'
  activationLimit: Limit
  usageLimit: Limit
  usage: number
  validations: number
  lastValidatedAt: Date | null
  firstActivatedAt: Date | null
  graceDays: number | null
  newDevicesBlocked: boolean
  note: string
  activations: ActivationDraft[]
}

/** A customer that other records name by an id. */
export type Person = { id: string; email: string; name: string | null }

const SHORT_KEY = 8

/** True for a key that is easily guessed. */
export const isShortKey = ({ key }: KeyDraft): boolean => key.length < SHORT_KEY

// ---------------------------------------------------------------- ids

/** What is kept of an id beside ours: its text, where ours is not the same. */
export const elsewhere = (text: string | null, id: string): string | null =>
  text !== null && text.toLowerCase() !== id ? text : null

// ---------------------------------------------------------------- limits of its own

export const ACTIVATION_LIMIT_MAX = INT4_MAX

/** What a key's limits are stored as: overrides, and only where they differ from what its configuration says. */
export function overridesFor(
  draft: Pick<KeyDraft, 'activationLimit' | 'usageLimit' | 'graceDays'> & { quantity?: number },
  configuration: EffectiveLimits,
) {
  const { activationLimit, usageLimit, quantity = 1 } = draft
  // Three copies of one key are three times the devices.
  const limit =
    activationLimit === 'configuration' && quantity > 1 && configuration.activations.mode === 'limited'
      ? Math.min((configuration.activations.limit ?? 1) * quantity, ACTIVATION_LIMIT_MAX)
      : activationLimit
  const mode =
    typeof limit === 'number' ? 'limited' : limit === 'configuration' ? configuration.activations.mode : limit
  const devices = limit === 'configuration' ? configuration.activations.limit : typeof limit === 'number' ? limit : null
  const ownDevices = mode !== configuration.activations.mode || devices !== configuration.activations.limit
  const uses =
    usageLimit === 'configuration' ? configuration.usage.limit : typeof usageLimit === 'number' ? usageLimit : null
  const ownUses = uses !== configuration.usage.limit
  const ownGrace = draft.graceDays !== null && draft.graceDays !== configuration.grace.days
  return {
    activationsModeOverride: ownDevices ? mode : null,
    activationLimitOverride: ownDevices ? devices : null,
    usageOverridden: ownUses,
    usageLimitOverride: ownUses ? uses : null,
    graceDaysOverride: ownGrace ? draft.graceDays : null,
    /** As many devices as the key will take; null for any number. */
    deviceLimit: mode === 'off' ? 0 : devices,
  }
}

// ---------------------------------------------------------------- what people read

type Look = { label: string; tone: 'ok' | 'warn' | 'bad' | 'off' | 'accent' }

/** The state of an import as a word and a colour. */
export const importStatusLook = {
  uploading: { label: 'Uploading', tone: 'off' },
  draft: { label: 'Not checked yet', tone: 'off' },
  checking: { label: 'Checking', tone: 'accent' },
  checked: { label: 'Ready to start', tone: 'warn' },
  running: { label: 'Running', tone: 'accent' },
  done: { label: 'Done', tone: 'ok' },
  stopped: { label: 'Stopped', tone: 'off' },
  failed: { label: 'Failed', tone: 'bad' },
} as const satisfies Record<ImportStatus, Look>

/** The same, where nothing is left to be started. */
export const importLook = (
  status: ImportStatus,
  { keys, activations }: Pick<ImportCounts, 'keys' | 'activations'>,
): Look =>
  status === 'checked' && keys === 0 && activations === 0
    ? { label: 'Nothing to import', tone: 'off' }
    : importStatusLook[status]

/** True while a process is at work on it. */
export const isAtWork = (status: ImportStatus): boolean => status === 'checking' || status === 'running'
