// Times as people write them in a filter: `<30d`, `>1y`, `2026-12`, `<2026-12-31`, `2026-01-01..2026-03-31`.

import { DAY_MS, HOUR_MS, lastMomentOf, monthsLater } from '../base/days.ts'

const SPAN = /^([<>]?)0*([1-9]\d{0,3})([hdwmy])$/
const DAY = String.raw`\d{4}(?:-\d{2}(?:-\d{2})?)?`
const DAYS = new RegExp(String.raw`^(?:([<>]=?)?(${DAY})|(${DAY})?\.\.(${DAY})?)$`)

/** "a, b or c" */
export const oneOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

/** A time as it is kept, such as `<30d`; with `days` also days of the calendar. Otherwise what was expected, `words` with it. */
export function readTime(
  text: string,
  days: boolean,
  words: readonly string[],
): { value: string } | { expected: string } {
  const samples = days ? ['2026-12-31', '<2026-12', '2026-01-01..2026-03-31'] : ['>24h']
  const expected = oneOf(['a time such as <30d', ...samples, ...words])
  const span = SPAN.exec(text)
  if (span) return { value: `${span[1] || '<'}${span[2]}${span[3]}` }
  const match = days ? DAYS.exec(text) : null
  if (!match) return { expected }
  const [, sign, day, from, to] = match
  const all = [day, from, to].filter((each) => each !== undefined)
  if (all.length === 0) return { expected }
  for (const each of all) if (!isDay(each)) return { expected: `a day there is; ${each} is none` }
  if (from && to && firstDay(from) > lastDay(to)) return { expected: 'a first day before the last one' }
  if (sign === '<=') return { value: `..${day}` }
  if (sign === '>=') return { value: `${day}..` }
  return { value: day ? `${sign ?? ''}${day}` : `${from ?? ''}..${to ?? ''}` }
}

function isDay(text: string): boolean {
  const [year = '', month = '01', day = '01'] = text.split('-')
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  return (
    Number(year) >= 1900 && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${year}-${month}-${day}`)
  )
}

const firstDay = (text: string): string => `${text}-01-01`.slice(0, 10)

function lastDay(text: string): string {
  const [year = '', month = '12', day] = text.split('-')
  if (day) return text
  return new Date(Date.UTC(Number(year), Number(month), 0)).toISOString().slice(0, 10)
}

const dayBefore = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10)

/** Moments from one on and before another. */
export type Stretch = { from: Date | null; before: Date | null }

/** How long a span such as `30d` reaches: from `now` on, or back from it. */
function reach(count: number, unit: string, now: Date, back: boolean): Date {
  const n = back ? -count : count
  if (unit === 'h') return new Date(now.getTime() + n * HOUR_MS)
  if (unit === 'd') return new Date(now.getTime() + n * DAY_MS)
  if (unit === 'w') return new Date(now.getTime() + n * 7 * DAY_MS)
  return monthsLater(now, unit === 'm' ? n : n * 12, now.getUTCDate(), 'UTC')
}

/**
 * The moments that a kept time means. `past`: a span reaches back from now, `<30d` is less than thirty days ago; otherwise it reaches ahead, and
 * what is over already is not meant. Days begin and end in `zone`.
 */
export function stretchOf(value: string, past: boolean, now: Date, zone: string): Stretch {
  const span = SPAN.exec(value)
  if (span) {
    const [, sign, count, unit = 'd'] = span
    const border = reach(Number(count), unit, now, past)
    const within = sign === '<'
    if (past) return within ? { from: border, before: null } : { from: null, before: border }
    return within ? { from: now, before: border } : { from: border, before: null }
  }
  const startOf = (day: string) => new Date(lastMomentOf(dayBefore(firstDay(day)), zone).getTime() + 1)
  const endOf = (day: string) => new Date(lastMomentOf(lastDay(day), zone).getTime() + 1)
  const [, sign, day, from, to] = DAYS.exec(value) ?? []
  if (sign === '<' && day) return { from: null, before: startOf(day) }
  if (sign === '>' && day) return { from: endOf(day), before: null }
  if (day) return { from: startOf(day), before: endOf(day) }
  return { from: from ? startOf(from) : null, before: to ? endOf(to) : null }
}
