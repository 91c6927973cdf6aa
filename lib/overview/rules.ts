import { DAY_MS, HOUR_MS } from '../base/days.ts'
import { type ChartPart, isLicenseCode, verdicts } from '../error-codes/schema.ts'
import { type Span, spans } from './plain.ts'

/** The parts of the chart of validations, as it shows them. */
export const outcomes = {
  valid: { label: 'Valid', tone: 'ok' },
  limit: { label: 'At a limit', tone: 'warn' },
  over: { label: 'Expired or disabled', tone: 'off' },
  no: { label: 'Revoked or other', tone: 'bad' },
} as const satisfies Record<ChartPart, { label: string; tone: string }>
export type Outcome = ChartPart

/** A verdict as the overview shows it; a code that is not known any more speaks for itself. */
const lookOf = (code: string): { label: string; outcome: Outcome } =>
  isLicenseCode(code) ? { label: verdicts[code].label, outcome: verdicts[code].part } : { label: code, outcome: 'no' }

/** So many of a code within the step that begins then. */
export type StepCount = { at: Date; code: string; count: number }

// The Monday before 1970 began.
const MONDAY = -3 * DAY_MS
const STEP_MS = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS } as const

/** When each step of a span begins (UTC), oldest first; the last one is running. */
export function stepsOf(span: Span, now: Date): Date[] {
  const { step, count } = spans[span]
  const length = STEP_MS[step]
  const from = step === 'week' ? MONDAY : 0
  const last = Math.floor((now.getTime() - from) / length) * length + from
  return Array.from({ length: count }, (_, i) => new Date(last - (count - 1 - i) * length))
}

/** One entry per step of the span; steps without a validation are there too. */
export function validationSteps(
  rows: readonly StepCount[],
  span: Span,
  now: Date,
): { at: Date; counts: Record<Outcome, number> }[] {
  const steps = stepsOf(span, now).map((at) => ({ at, counts: { valid: 0, limit: 0, over: 0, no: 0 } }))
  const byTime = new Map(steps.map((step) => [step.at.getTime(), step.counts]))
  for (const { at, code, count } of rows) {
    const counts = byTime.get(at.getTime())
    if (counts) counts[lookOf(code).outcome] += count
  }
  return steps
}

/** The same of what has no outcome. */
export function plainSteps(
  rows: readonly { at: Date; count: number }[],
  span: Span,
  now: Date,
): { at: Date; count: number }[] {
  const byTime = new Map(rows.map(({ at, count }) => [at.getTime(), count]))
  return stepsOf(span, now).map((at) => ({ at, count: byTime.get(at.getTime()) ?? 0 }))
}

/** Why validations were refused, the most frequent reason first. */
export function refusalReasons(
  rows: readonly Pick<StepCount, 'code' | 'count'>[],
): { code: string; label: string; outcome: Outcome; count: number }[] {
  const byCode = new Map<string, number>()
  for (const row of rows) if (row.code !== 'VALID') byCode.set(row.code, (byCode.get(row.code) ?? 0) + row.count)
  return [...byCode].map(([code, count]) => ({ code, count, ...lookOf(code) })).sort((a, b) => b.count - a.count)
}

/** A calendar of keys that end: a column per week from Monday on, of which the first and the last may be cut. */
export type ForecastWeek = { monday: string; total: number; days: ({ day: string; count: number } | null)[] }

/** The weeks of the days from the first one on; `counts` has one number per day. */
export function forecastWeeks(first: string, counts: readonly number[]): ForecastWeek[] {
  const start = Date.parse(`${first}T00:00:00Z`)
  const textOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  // Monday is 0.
  const lead = (new Date(start).getUTCDay() + 6) % 7
  const weeks: ForecastWeek[] = []
  for (let at = -lead; at < counts.length; at += 7) {
    const days = [0, 1, 2, 3, 4, 5, 6].map((day) => {
      const count = counts[at + day]
      return count === undefined ? null : { day: textOf(start + (at + day) * DAY_MS), count }
    })
    weeks.push({
      ...{ monday: textOf(start + at * DAY_MS), days },
      total: days.reduce((sum, day) => sum + (day?.count ?? 0), 0),
    })
  }
  return weeks
}

/** Shades of a calendar, from 0 for nothing to 4 for as many as the fullest days have: a fifth of the days with any are that full. */
export function shadesOf(counts: readonly number[]): (count: number) => number {
  const some = counts.filter((count) => count > 0).toSorted((a, b) => a - b)
  const most = some[Math.floor(some.length * 0.8)] ?? 1
  return (count) => (count <= 0 ? 0 : Math.min(4, Math.max(1, Math.ceil((count / most) * 4))))
}

/** What was counted of a name; '' for those that tell none. */
export type Named = { name: string; count: number }

/** The most frequent ones, what is left of others, and those that tell nothing. */
export function mostNamed(rows: readonly Named[], most: number): { named: Named[]; others: number; untold: number } {
  const told = rows
    .filter(({ name }) => name !== '')
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
  const sum = (some: readonly Named[]) => some.reduce((all, { count }) => all + count, 0)
  return {
    named: told.slice(0, most),
    others: sum(told.slice(most)),
    untold: sum(rows.filter(({ name }) => name === '')),
  }
}

const MINUTE_MS = 60_000
/** What took no longer is read anew each time. */
const CHEAP_MS = 60
/** Reading takes at most this share of the time. */
const SHARE = 100
/** Longer than this nobody is shown what was read before. */
const OLDEST_MS = 60 * MINUTE_MS

/** What to do with figures that were read before: show them, show them and read them again, or read them first. */
export function howToServe(read: { at: number; tookMs: number } | undefined, now: number): 'show' | 'renew' | 'read' {
  if (!read || read.tookMs <= CHEAP_MS) return 'read'
  const age = now - read.at
  if (age < 0 || age > OLDEST_MS) return 'read'
  return age <= Math.max(MINUTE_MS, read.tookMs * SHARE) ? 'show' : 'renew'
}

/** What a new organization does first, in order. */
export type FirstSteps = {
  configuration: boolean
  key: boolean
  validation: boolean
  product: boolean
  store: boolean
}

/** True while there is a first step to take. A store is for those who sell at one, and so is what they sell there. */
export const isStarting = ({ configuration, key, validation }: FirstSteps): boolean =>
  !(configuration && key && validation)
