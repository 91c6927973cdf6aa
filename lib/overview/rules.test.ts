import { expect, test } from 'vitest'
import { validateCodes } from '../error-codes/schema.ts'
import { spanNames, spans } from './plain.ts'
import {
  forecastWeeks,
  howToServe,
  isStarting,
  mostNamed,
  plainSteps,
  refusalReasons,
  shadesOf,
  stepsOf,
  validationSteps,
} from './rules.ts'

const now = new Date('2026-11-21T00:30:00.000Z')

const at = (text: string) => new Date(text)

test('every step is there, the last one running in UTC, each verdict in its part', () => {
  const rows = [
    { at: at('2026-11-21T00:00:00Z'), code: 'VALID', count: 5 },
    { at: at('2026-11-21T00:00:00Z'), code: 'EXPIRED', count: 1 },
    { at: at('2026-11-19T00:00:00Z'), code: 'REVOKED', count: 2 },
    { at: at('2026-11-19T00:00:00Z'), code: 'DISABLED', count: 3 },
    { at: at('2026-11-19T00:00:00Z'), code: 'A_CODE_OF_TOMORROW', count: 4 },
    { at: at('2026-11-01T00:00:00Z'), code: 'VALID', count: 99 },
  ]
  const steps = validationSteps(rows, 'fortnight', now)
  expect(steps).toHaveLength(14)
  expect(steps.slice(-3)).toEqual([
    { at: at('2026-11-19T00:00:00Z'), counts: { valid: 0, limit: 0, over: 3, no: 6 } },
    { at: at('2026-11-20T00:00:00Z'), counts: { valid: 0, limit: 0, over: 0, no: 0 } },
    { at: at('2026-11-21T00:00:00Z'), counts: { valid: 5, limit: 0, over: 1, no: 0 } },
  ])
  expect(plainSteps(rows.slice(0, 1), 'fortnight', now).slice(-2)).toEqual([
    { at: at('2026-11-20T00:00:00Z'), count: 0 },
    { at: at('2026-11-21T00:00:00Z'), count: 5 },
  ])
})

test('steps begin on the hour, at midnight and on Monday, as PostgreSQL cuts time', () => {
  expect(stepsOf('day', now).at(-1)).toEqual(at('2026-11-21T00:00:00Z'))
  expect(stepsOf('day', now)[0]).toEqual(at('2026-11-20T01:00:00Z'))
  expect(stepsOf('year', now).at(-1)).toEqual(at('2026-11-16T00:00:00Z'))
  expect(stepsOf('year', now)[0]).toEqual(at('2025-11-17T00:00:00Z'))
  for (const span of spanNames) expect(stepsOf(span, now)).toHaveLength(spans[span].count)
})

test('a calendar has its weeks from Monday on, and every day once', () => {
  // A Friday.
  const counts = Array.from({ length: 366 }, (_, i) => i)
  const weeks = forecastWeeks('2026-11-20', counts)
  expect(weeks[0]).toEqual({
    monday: '2026-11-16',
    days: [null, null, null, null, ...['2026-11-20', '2026-11-21', '2026-11-22'].map((day, i) => ({ day, count: i }))],
    total: 3,
  })
  expect(weeks[1]?.monday).toBe('2026-11-23')
  const days = weeks.flatMap((week) => week.days.flatMap((day) => day ?? []))
  expect(days.map(({ count }) => count)).toEqual(counts)
  expect(days.at(-1)?.day).toBe('2027-11-20')
  expect(weeks.at(-1)?.days).toHaveLength(7)
})

test('shades go from nothing to as many as full days have, and one extraordinary day does not bleach the others', () => {
  const shade = shadesOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9_000])
  expect([0, 1, 4, 8, 9_000].map(shade)).toEqual([0, 1, 2, 4, 4])
  expect(shadesOf([])(0)).toBe(0)
  expect(shadesOf([3])(3)).toBe(4)
})

test('the most frequent names are told, others and silence are counted', () => {
  const rows = [
    { name: '', count: 5 },
    { name: '1.0', count: 2 },
    { name: '2.0', count: 9 },
    { name: '1.5', count: 2 },
  ]
  expect(mostNamed(rows, 2)).toEqual({
    named: [
      { name: '2.0', count: 9 },
      { name: '1.0', count: 2 },
    ],
    ...{ others: 2, untold: 5 },
  })
})

test('figures that cost nothing are always read, dear ones are shown again and renewed at most every hundredth of the time', () => {
  const t = 1_000_000_000
  expect(howToServe(undefined, t)).toBe('read')
  expect(howToServe({ at: t - 1, tookMs: 20 }, t)).toBe('read')
  const dear = { at: t - 50_000, tookMs: 300 }
  expect(howToServe(dear, t)).toBe('show')
  expect(howToServe(dear, t + 20_000)).toBe('renew')
  expect(howToServe({ ...dear, tookMs: 3_000 }, t + 20_000)).toBe('show')
  expect(howToServe(dear, t + 4_000_000)).toBe('read')
  // A clock that was put back.
  expect(howToServe({ at: t + 10, tookMs: 300 }, t)).toBe('read')
})

test('refusals are named and ordered by how often they happen', () => {
  const rows = [
    { code: 'VALID', count: 50 },
    { code: 'EXPIRED', count: 2 },
    { code: 'EXPIRED', count: 2 },
    { code: 'USAGE_LIMIT_REACHED', count: 3 },
    { code: 'A_CODE_OF_TOMORROW', count: 9 },
  ]
  expect(refusalReasons(rows)).toEqual([
    { code: 'A_CODE_OF_TOMORROW', label: 'A_CODE_OF_TOMORROW', outcome: 'no', count: 9 },
    { code: 'EXPIRED', label: 'The key has expired', outcome: 'over', count: 4 },
    { code: 'USAGE_LIMIT_REACHED', label: 'The usage limit is reached', outcome: 'limit', count: 3 },
  ])
  const known = refusalReasons(validateCodes.map((code) => ({ code, count: 1 })))
  expect(known.every(({ code, label }) => label !== code)).toBe(true)
  expect(known).toHaveLength(validateCodes.length - 1)
})

test('the first steps stay until a key was validated; a store is for those who sell at one', () => {
  const all = { product: true, configuration: true, key: true, validation: true, store: true }
  expect(isStarting(all)).toBe(false)
  expect(isStarting({ ...all, product: false, store: false })).toBe(false)
  expect(isStarting({ ...all, key: false })).toBe(true)
  expect(isStarting({ ...all, validation: false })).toBe(true)
})
