import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY_MS } from '../base/days.ts'
import { validatedSpanNames, validatedSpans } from './plain.ts'
import { daysToRead, validatedSteps } from './validated-steps.ts'

const now = new Date('2026-11-21T15:00:00Z')
const row = (day: string, valid: number, refused = 0) => ({ day: new Date(day), valid, refused })

test('a day is a step of a week and of a month, and a week begins on Monday', () => {
  const rows = [row('2026-11-21', 5, 2), row('2026-11-15', 1), row('2026-11-14', 9)]
  const week = validatedSteps(rows, 'week', now)
  expect(week.map(({ valid }) => valid)).toEqual([1, 0, 0, 0, 0, 0, 5])
  expect(week.map(({ refused }) => refused)).toEqual([0, 0, 0, 0, 0, 0, 2])
  expect(week[0]?.from).toEqual(new Date('2026-11-15'))
  expect(validatedSteps(rows, 'month', now).slice(-8)[0]).toMatchObject({ valid: 9 })
  const year = validatedSteps(rows, 'year', now)
  expect(year.at(-1)).toEqual({ from: new Date('2026-11-16'), valid: 5, refused: 2 })
  expect(year.at(-2)).toEqual({ from: new Date('2026-11-09'), valid: 10, refused: 0 })
})

test('every day of a span is counted once, and no other', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...validatedSpanNames),
      fc.date({ min: new Date('2020-01-01'), max: new Date('2060-01-01'), noInvalidDate: true }),
      fc.array(fc.integer({ min: -500, max: 5 }), { maxLength: 40 }),
      (span, at, back) => {
        const today = Math.floor(at.getTime() / DAY_MS) * DAY_MS
        const rows = back.map((days) => ({ day: new Date(today + days * DAY_MS), valid: 1, refused: 2 }))
        const steps = validatedSteps(rows, span, at)
        expect(steps).toHaveLength(validatedSpans[span].count)
        const first = daysToRead(span, at)
        expect(steps[0]?.from).toEqual(first)
        const end = first.getTime() + validatedSpans[span].count * validatedSpans[span].days * DAY_MS
        const within = rows.filter(({ day }) => day >= first && day.getTime() < end).length
        expect(steps.reduce((sum, { valid }) => sum + valid, 0)).toBe(within)
        expect(steps.reduce((sum, { refused }) => sum + refused, 0)).toBe(2 * within)
        expect(today < end && today >= first.getTime()).toBe(true)
      },
    ),
  )
})
