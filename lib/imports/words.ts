// What words and numbers in cells mean, in the languages of those who write them.
import type { LicenseKeyStatus, RevokeReason } from '#prisma/enums.ts'
import type { Limit } from '../import-fields/schema.ts'

/** A word as it is compared: without case, accents and the difference between spaces and dashes. */
export const plainWord = (word: string): string =>
  word
    .trim()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[\s-]+/g, '_')

/** What a vendor's word for a key's state means. `expired` is no state of ours: the date must say so too. */
export type StatusMeaning = LicenseKeyStatus | 'expired'

const STATUS_WORDS: Record<StatusMeaning, string> = {
  granted: `granted active activated enabled valid ok live issued expiring grace yes true 1 on
    sold delivered available unused not_activated aktiv aktiviert gultig gueltig freigeschaltet ja
    actif active valide oui activo activa valido valida vigente si attivo attiva actief geldig
    ativo ativa sim trialing trial in_trial`,
  disabled: `disabled suspended inactive deactivated paused on_hold blocked locked off no false 0
    deaktiviert gesperrt ausgesetzt pausiert nein inaktiv desactive suspendu bloque inactif non
    desactivado desactivada suspendido suspendida bloqueado inactivo inactiva disattivato sospeso
    bloccato inattivo uitgeschakeld opgeschort geblokkeerd inactief nee desativado suspenso inativo`,
  revoked: `revoked banned refunded canceled cancelled chargebacked chargeback disputed terminated deleted void voided
    charged_back fraud fraudulent invalid widerrufen storniert erstattet gekundigt gekuendigt
    ungultig ungueltig geloscht geloescht revoque rembourse annule resilie revocado reembolsado
    cancelado anulado revocato rimborsato annullato ingetrokken terugbetaald geannuleerd revogado`,
  expired: `expired lapsed ended past abgelaufen beendet expire expiree expirado caducado vencido
    scaduto scaduta verlopen expirada`,
}
const meanings = new Map(
  (Object.entries(STATUS_WORDS) as [StatusMeaning, string][]).flatMap(([meaning, words]) =>
    words.split(/\s+/).map((word) => [word, meaning] as const),
  ),
)

/** The meaning of a status word, whatever its language and spelling; null for one that is not known. */
export const readStatus = (word: string): StatusMeaning | null => meanings.get(plainWord(word)) ?? null

const INACTIVE = new Set('inactive inaktiv inactif inactivo inactiva inattivo inactief inativo'.split(' '))

/** True for the word that means “not used yet” in one shop and “switched off” in the next. */
export const saysInactive = (word: string): boolean => INACTIVE.has(plainWord(word))

/** Why keys of this status word were taken back. */
export function reasonIn(word: string): RevokeReason {
  const plain = plainWord(word)
  if (/refund|erstattet|rembours|reembols|rimbors|terugbetaald/.test(plain)) return 'refunded'
  return /charge|disput|fraud/.test(plain) ? 'dispute' : 'by_hand'
}

const YES = new Set('1 true yes y on t ja j oui si sí sim wahr vrai'.split(' '))
const NO = new Set('0 false no n off f null - nein non não nao nee falsch faux'.split(' ')).add('')

/** Yes or no; null when it is neither. */
export function readFlag(value: string): boolean | null {
  const plain = value.trim().toLowerCase()
  return YES.has(plain) || (NO.has(plain) ? false : null)
}

const UNLIMITED = new Set(
  `unlimited infinite infinity ∞ -1 none unbegrenzt unlimitiert illimité illimitée ilimitado ilimitada illimitato
    illimitata onbeperkt`.split(/\s+/),
).add('no limit')

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
