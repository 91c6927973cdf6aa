import { dayOf, lastMomentOf } from '../base/days.ts'
import type { DateOrder } from '../import-fields/schema.ts'
import { plainWord } from './words.ts'

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
