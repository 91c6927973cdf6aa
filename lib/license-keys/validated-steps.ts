import { DAY_MS } from '../base/days.ts'
import { type ValidatedSpan, validatedSpans } from './plain.ts'

/** A day or a week of a key, and its validations. */
export type ValidatedStep = { from: Date; valid: number; refused: number }

// The Monday before 1970 began: days that are too old for a chart by day are kept by week, under its Monday (lib/license-calls).
const MONDAY = -3 * DAY_MS

/** When each step of a span begins (UTC), oldest first. */
function stepsOf(span: ValidatedSpan, now: Date): number[] {
  const { days, count } = validatedSpans[span]
  const length = days * DAY_MS
  const from = days === 7 ? MONDAY : 0
  const last = Math.floor((now.getTime() - from) / length) * length + from
  return Array.from({ length: count }, (_, i) => last - (count - 1 - i) * length)
}

/** The first day that the chart of a span needs. */
export const daysToRead = (span: ValidatedSpan, now: Date): Date => new Date(stepsOf(span, now)[0] ?? 0)

/** Adds days up to the steps of a span; steps without a validation are there too. */
export function validatedSteps(
  rows: readonly { day: Date; valid: number; refused: number }[],
  span: ValidatedSpan,
  now: Date,
): ValidatedStep[] {
  const length = validatedSpans[span].days * DAY_MS
  const steps = stepsOf(span, now).map((at) => ({ from: new Date(at), valid: 0, refused: 0 }))
  const first = steps[0]?.from.getTime() ?? 0
  for (const { day, valid, refused } of rows) {
    const step = steps[Math.floor((day.getTime() - first) / length)]
    if (!step) continue
    step.valid += valid
    step.refused += refused
  }
  return steps
}
