import { dayText } from '#components/ui/relative-time.ts'
import type { Span } from '#lib/overview/plain.ts'

/** How far back, as a sentence goes on. */
export const inSpan = {
  day: 'in the last 24 hours',
  fortnight: 'in the last 14 days',
  year: 'in the last year',
} as const satisfies Record<Span, string>

/** A step of a chart: "14:00", "30 Nov", "30 Nov 2026". */
export function stepText(at: Date, span: Span): string {
  if (span === 'day') return `${at.toISOString().slice(11, 13)}:00`
  const day = dayText(at.toISOString())
  return span === 'year' ? day : day.replace(/ \d{4}$/, '')
}
