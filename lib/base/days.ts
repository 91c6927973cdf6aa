// Days of the calendar somewhere in the world, and how people read a moment. Pure, for browsers too; a zone is an IANA name.

/** Milliseconds of an hour, and of a day that has 24 of them. */
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
const SECOND_MS = 1_000

/** True for a time zone that the calendar of this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    const two = '2-digit' as const
    format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', era: 'short' },
      ...{ year: 'numeric', month: two, day: two, hour: two, minute: two, second: two },
    })
    formats.set(zone, format)
  }
  return format
}

/** What clocks and calendars there show at a moment, as a moment in UTC that shows the same. */
function localOf(moment: Date, zone: string): Date {
  if (zone === 'UTC') return moment
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  )
  const [year, month, day] = [Number(parts.year), Number(parts.month), Number(parts.day)]
  const local = new Date(0)
  local.setUTCFullYear(parts.era === 'BC' ? 1 - year : year, month - 1, day)
  local.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second), moment.getUTCMilliseconds())
  return local
}

const offsetAt = (moment: number, zone: string): number => localOf(new Date(moment), zone).getTime() - moment

/** The moments that may show `local` there; clocks that are put back show it twice, the later one comes first. */
function candidates(local: number, zone: string): number[] {
  const offsets = [local - DAY_MS, local, local + DAY_MS].map((near) => offsetAt(near, zone))
  return [...new Set(offsets)].map((offset) => local - offset).sort((a, b) => b - a)
}

/** The moment at which clocks there show `local`; where they skip it, as much later as they were put forward. */
function momentOf(local: Date, zone: string): Date {
  if (zone === 'UTC') return local
  const moments = candidates(local.getTime(), zone)
  const shown = moments.findLast((moment) => localOf(new Date(moment), zone).getTime() === local.getTime())
  return new Date(shown ?? (moments[0] as number))
}

const dayNumber = (moment: number, zone: string) => Math.floor(localOf(new Date(moment), zone).getTime() / DAY_MS)

/** The last moment of the day there in which `moment` lies. */
export function endOfDay(moment: Date, zone: string): Date {
  const day = dayNumber(moment.getTime(), zone)
  const midnight = (day + 1) * DAY_MS
  if (zone === 'UTC') return new Date(midnight - 1)
  const ends = candidates(midnight, zone)
  const next = ends.find((end) => dayNumber(end - 1, zone) <= day && dayNumber(end, zone) > day)
  return new Date((next ?? (ends[0] as number)) - 1)
}

/** The day there in which a moment lies, as YYYY-MM-DD. */
export const dayOf = (moment: Date, zone: string): string => localOf(moment, zone).toISOString().slice(0, 10)

/**
 * The last moment of a day (YYYY-MM-DD) there. One of `known` that lies in that day is taken as it is: a date that nobody meant to change
 * keeps its time, wherever it came from.
 */
export function lastMomentOf(day: string, zone: string, known: readonly (Date | null | undefined)[] = []): Date {
  const same = known.find((moment) => moment && dayOf(moment, zone) === day)
  return same ?? endOfDay(momentOf(new Date(`${day}T12:00:00Z`), zone), zone)
}

/** Does a day there end with this moment? Whole seconds count: other systems write 23:59:59. */
export const isEndOfDay = (moment: Date, zone: string): boolean =>
  dayNumber(moment.getTime(), zone) !== dayNumber(moment.getTime() + SECOND_MS, zone)

/** The day of the month there. */
export const dayOfMonth = (moment: Date, zone: string): number => localOf(moment, zone).getUTCDate()

/** True on the last day of a month there. */
export const isLastOfMonth = (moment: Date, zone: string): boolean =>
  new Date(localOf(moment, zone).getTime() + DAY_MS).getUTCDate() === 1

/** So many days later, at the same time by the clocks there. */
export function daysLater(start: Date, days: number, zone: string): Date {
  if (zone === 'UTC') return new Date(start.getTime() + days * DAY_MS)
  return momentOf(new Date(localOf(start, zone).getTime() + days * DAY_MS), zone)
}

/** So many months later, on that day of the month or the last one there is. */
export function monthsLater(start: Date, months: number, day: number, zone: string): Date {
  const end = new Date(localOf(start, zone))
  end.setUTCDate(1)
  end.setUTCMonth(end.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate()
  end.setUTCDate(Math.min(day, lastDay))
  return momentOf(end, zone)
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')

function dayWords(local: Date, short: boolean): string {
  const month = MONTHS[local.getUTCMonth()] as string
  return `${local.getUTCDate()} ${short ? month.slice(0, 3) : month} ${local.getUTCFullYear()}`
}

/** "UTC", or how far clocks there are from it: "UTC+5:30". */
function zoneWords(moment: Date, zone: string): string {
  const minutes = Math.round(offsetAt(moment.getTime(), zone) / 60_000)
  if (minutes === 0) return 'UTC'
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `UTC${minutes < 0 ? '−' : '+'}${hours}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`
}

/** A zone as people read it: "the time of Europe/Berlin". */
export const zoneName = (zone: string): string => (zone === 'UTC' ? 'UTC' : `the time of ${zone.replaceAll('_', ' ')}`)

/** "30 August 2027": the day there in which a moment lies. */
export const longDay = (moment: Date, zone: string): string => dayWords(localOf(moment, zone), false)

/** The same where room is scarce: "30 Aug 2027". */
export const dayInShort = (moment: Date, zone: string): string => dayWords(localOf(moment, zone), true)

function words(moment: Date, zone: string, short: boolean): string {
  const local = localOf(moment, zone)
  const time = local.toISOString().slice(-13, -8)
  return isEndOfDay(moment, zone)
    ? dayWords(local, short)
    : `${dayWords(local, short)}, ${time} ${zoneWords(moment, zone)}`
}

/** An end as people read it: "30 August 2027" when that whole day counts, else with its time, "30 August 2027, 14:05 UTC". */
export const endInWords = (moment: Date, zone: string): string => words(moment, zone, false)

/** The same where room is scarce: "30 Aug 2027". */
export const endInShort = (moment: Date, zone: string): string => words(moment, zone, true)
