import '#server-only'

// What spreadsheets make of key strings and other values, and how it is told. Their users seldom notice: the cells looked right on the screen.

// Error values in the languages spreadsheets speak.
const ERROR =
  /^#[¡¿]?(?:N\/?[ADBV]|REF|VALUE|NAME|DIV\/0|NULL|NUM|SPILL|CALC|FIELD|BLOCKED|CONNECT|UNKNOWN|ERROR|GETTING_DATA|BUSY|PYTHON|EXTERNAL|BEZUG|WERT|ZAHL|LEER|ÜBERLAUF|KALK|VALEUR|NOM|NOMBRE|NUL|VALOR|NULO|DESBORDAMIENTO|RIF|VALORE|NOME|NUMERO|NULLO|VERW|WAARDE|NAAM|GETAL|LEEG|OVERLOOP|NÚM|NÚMERO|DESPEJAR)[!?]?$/iu
const HASHES = /^#{3,}$/
const SCIENTIFIC = /^[+-]?\d(?:[.,]\d+)?E[+-]?\d{1,3}$/i
const SCIENTIFIC_SIGNED = /^[+-]?\d+(?:[.,]\d+)?E[+-]\d{1,3}$/i
const TRUTH = /^(?:TRUE|FALSE|WAHR|FALSCH|VRAI|FAUX|VERDADERO|FALSO|VERO|WAAR|ONWAAR|VERDADEIRO)$/i
// Month names of the languages above, as short as spreadsheets write them.
const MONTH =
  '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mrz|mär|maerz|mai|okt|dez|janv|févr|fevr|mars|avr|avril|juin|juil|août|aout|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|mrt|mei|fev|out)[a-zäéû]{0,7}\\.?'
const TIME = '(?:[ T]\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?: ?[ap]m)?Z?)?'
const DATES = [
  new RegExp(`^(?:19|20)\\d{2}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\\d|3[01])${TIME}$`, 'i'),
  new RegExp(`^(?:0?[1-9]|[12]\\d|3[01])([./-])(?:0?[1-9]|[12]\\d|3[01])\\1(?:(?:19|20)\\d{2}|\\d{2})${TIME}$`, 'i'),
  new RegExp(`^(?:0?[1-9]|[12]\\d|3[01])[-. /]{1,2}${MONTH}(?:[-. /]{1,2}(?:(?:19|20)?\\d{2}))?${TIME}$`, 'iu'),
  new RegExp(`^${MONTH}[-. /]{1,2}(?:(?:19|20)?\\d{2})$`, 'iu'),
  new RegExp(`^${MONTH} (?:0?[1-9]|[12]\\d|3[01]),? (?:19|20)\\d{2}${TIME}$`, 'iu'),
  /^\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?$/i,
]

/** What a spreadsheet left instead of any value at all; null when it is none of that. */
export function whyNoValue(text: string): string | null {
  const first = text.charCodeAt(0)
  if (first === 35 && ERROR.test(text)) return `${shown(text)} is what a spreadsheet shows for an error`
  if (first === 35 && HASHES.test(text)) return `${shown(text)} is what a spreadsheet shows when a column is too narrow`
  if (first === 61) return 'it is the formula of a spreadsheet, not what the formula came to'
  return null
}

/** Why a cell is no key but what a spreadsheet made of one; null when it may be one. */
export function whyNoKey(text: string): string | null {
  const none = whyNoValue(text)
  if (none) return none
  if (/^[+@-]\p{L}+[\d.]*\(/u.test(text)) return 'it is the formula of a spreadsheet, not what the formula came to'
  if (SCIENTIFIC_SIGNED.test(text) || (SCIENTIFIC.test(text) && /[.,]/.test(text)))
    return 'a spreadsheet has turned the key into a rounded number, and the digits it cut off are lost'
  if (TRUTH.test(text)) return 'a spreadsheet has turned it into true or false'
  if (/^\d+[.,]0+$/.test(text)) return 'a spreadsheet has turned the key into a number with decimals'
  if (/^\d{1,3}(?:([.,'’  ])\d{3})(?:\1\d{3})+$/u.test(text)) return 'a spreadsheet has turned the key into a number'
  if (text.length <= 30 && DATES.some((date) => date.test(text))) return 'a spreadsheet has turned the key into a date'
  if (text.includes('\uFFFD')) return 'it holds characters that could not be read: save the file as UTF-8'
  return null
}

/** Why a value is no date or number, where a spreadsheet is to blame. */
export function whyDamaged(text: string): string | null {
  const none = whyNoValue(text)
  if (none) return none
  if (SCIENTIFIC_SIGNED.test(text)) return 'a spreadsheet has rounded it'
  if (/^[34]\d{4}(?:[.,]\d+)?$/.test(text))
    return 'a spreadsheet counts the days since 1900 like this: format the cells as dates'
  return null
}

const shown = (text: string): string => (HASHES.test(text) ? '“####”' : `“${text}”`)

// ---------------------------------------------------------------- keys beside each other

/** What all keys of a file have in common, as far as damage shows only there. */
export type KeyShape = {
  /** So many digits the keys have, nothing else, and zeros among the first: fewer digits are a loss. */
  digits: number | null
  /** Every key of more than 15 digits ends in zeros from the sixteenth on. */
  rounded: boolean
}

/** Looks at some keys of a file. */
export function keyShapeOf(keys: readonly string[]): KeyShape {
  const numbers = keys.filter((key) => /^\d+$/.test(key))
  const lengths = new Map<number, number>()
  for (const { length } of numbers) lengths.set(length, (lengths.get(length) ?? 0) + 1)
  const [digits = 0, count = 0] = [...lengths].sort(([, a], [, b]) => b - a)[0] ?? []
  const isUsual = numbers.length === keys.length && count >= 2 && count * 2 > keys.length
  const hasZeros = numbers.some((key) => key.length === digits && key.startsWith('0'))
  // Running numbers grow by a digit now and then; where ten digits or more differ in length, zeros were lost.
  const isLong = digits >= 10 && count >= 5 && [...lengths.keys()].every((length) => length <= digits)
  const long = numbers.filter(({ length }) => length > 15)
  return {
    digits: isUsual && (hasZeros || isLong) ? digits : null,
    rounded: long.length >= 3 && long.every((key) => /^0+$/.test(key.slice(15))),
  }
}

/** Why a key that looks like one is not whole, seen beside the others; null when nothing tells. */
export function whyNotWhole(key: string, { digits, rounded }: KeyShape): string | null {
  if (digits !== null && key.length < digits && /^\d+$/.test(key))
    return `it has ${key.length} digits where the others have ${digits}: a spreadsheet removes leading zeros`
  if (rounded && key.length > 15 && /^\d{15}0+$/.test(key))
    return 'a spreadsheet keeps only 15 digits of a number and writes zeros for the others'
  return null
}
