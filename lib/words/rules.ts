import { DAY_MS, endInWords, HOUR_MS, isEndOfDay } from '../base/days.ts'
import { de } from './de.ts'
import { en, type Words } from './en.ts'
import type { Language } from './plain.ts'

const all: Record<Language, Words> = { en, de }

/** Everything that customers read, in a language. */
export const wordsIn = (language: Language): Words => all[language]

const formats = new Map<string, Intl.DateTimeFormat>()
function format(locale: string, timeZone: string, style: 'day' | 'short' | 'time'): Intl.DateTimeFormat {
  const name = `${locale} ${timeZone} ${style}`
  let found = formats.get(name)
  if (!found) {
    const day = { day: 'numeric', month: style === 'short' ? 'short' : 'long', year: 'numeric' } as const
    const clock = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const
    found = new Intl.DateTimeFormat(locale, { timeZone, ...(style === 'time' ? clock : day) })
    formats.set(name, found)
  }
  return found
}

/** "30 August 2027": the day in which a moment lies, where and as its reader calls it. */
export const dayFor = ({ locale }: Words, moment: Date, zone: string): string =>
  format(locale, zone, 'day').format(moment)

/** The same where room is scarce: "30 Aug 2027". */
export const shortDayFor = ({ locale }: Words, moment: Date, zone: string): string =>
  format(locale, zone, 'short').format(moment)

/** A moment to the minute. */
export const momentFor = (words: Words, moment: Date, zone: string): string =>
  `${shortDayFor(words, moment, zone)}, ${format(words.locale, zone, 'time').format(moment)}`

/** An end: the day when all of it counts where its reader is, else with its time. */
export const endFor = (words: Words, moment: Date, zone: string): string =>
  isEndOfDay(moment, zone)
    ? dayFor(words, moment, zone)
    : `${dayFor(words, moment, zone)}, ${format(words.locale, zone, 'time').format(moment)}`

/** An end in a mail, which is read anywhere: the seller's day, else with its time. */
export const endInMail = (words: Words, moment: Date, zone: string): string =>
  words === en ? endInWords(moment, zone) : endFor(words, moment, zone)

/** How long ago: "3 minutes ago". */
export function agoFor({ locale }: Words, moment: Date, now: Date): string {
  const passed = moment.getTime() - now.getTime()
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const size = Math.abs(passed)
  if (size < 45_000) return relative.format(0, 'second')
  if (size < 45 * 60_000) return relative.format(Math.round(passed / 60_000), 'minute')
  if (size < 22 * HOUR_MS) return relative.format(Math.round(passed / HOUR_MS), 'hour')
  if (size < 100 * DAY_MS) return relative.format(Math.round(passed / DAY_MS), 'day')
  if (size < 700 * DAY_MS) return relative.format(Math.round(passed / (30.44 * DAY_MS)), 'month')
  return relative.format(Math.round(passed / (365.25 * DAY_MS)), 'year')
}

/** "in 40 seconds", "in 12 minutes". */
export function waitFor({ signIn }: Words, milliseconds: number): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1_000))
  return seconds < 60 ? signIn.inSeconds(seconds) : signIn.inMinutes(Math.ceil(seconds / 60))
}
