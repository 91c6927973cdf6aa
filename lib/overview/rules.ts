import { DAY_MS } from '../base/days.ts'
import { type ChartPart, isLicenseCode, verdicts } from '../error-codes/schema.ts'

/** The parts of the chart of validations, as it shows them. */
export const outcomes = {
  valid: { label: 'Valid', tone: 'ok' },
  expired: { label: 'Expired', tone: 'warn' },
  off: { label: 'Revoked or disabled', tone: 'off' },
  other: { label: 'Device, usage or other', tone: 'bad' },
} as const satisfies Record<ChartPart, { label: string; tone: string }>
export type Outcome = ChartPart

/** A verdict as the overview shows it; a code that is not known any more speaks for itself. */
const lookOf = (code: string): { label: string; outcome: Outcome } =>
  isLicenseCode(code)
    ? { label: verdicts[code].label, outcome: verdicts[code].part }
    : { label: code, outcome: 'other' }

export type DayCount = { day: string; code: string; count: number }

/** One entry per day (UTC) up to and with today, oldest first; days without a validation are there too. */
export function validationDays(
  rows: DayCount[],
  days: number,
  now: Date,
): { day: string; counts: Record<Outcome, number> }[] {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
  return Array.from({ length: days }, (_, i) => {
    const day = new Date(today - (days - 1 - i) * DAY_MS).toISOString().slice(0, 10)
    const counts: Record<Outcome, number> = { valid: 0, expired: 0, off: 0, other: 0 }
    for (const row of rows) {
      if (row.day === day) counts[lookOf(row.code).outcome] += row.count
    }
    return { day, counts }
  })
}

/** Why validations were refused, the most frequent reason first. */
export function refusalReasons(rows: DayCount[]): { code: string; label: string; outcome: Outcome; count: number }[] {
  const byCode = new Map<string, number>()
  for (const row of rows) if (row.code !== 'VALID') byCode.set(row.code, (byCode.get(row.code) ?? 0) + row.count)
  return [...byCode].map(([code, count]) => ({ code, count, ...lookOf(code) })).sort((a, b) => b.count - a.count)
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
