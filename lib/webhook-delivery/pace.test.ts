import { expect, test } from 'vitest'
import { BUSY_RATE, openPace } from './pace.ts'

/** How many messages of very many begin within `seconds`, asked every millisecond, on a machine of which `idle` is idle. */
function begunIn(seconds: number, idle: (ms: number) => number): number[] {
  let at = 0
  const times = { idle: 0, all: 0 }
  const pace = openPace(
    () => ({ ...times }),
    () => at,
  )
  const begun = Array.from({ length: seconds }, () => 0)
  for (; at < seconds * 1_000; at++) {
    times.all += 2
    times.idle += 2 * idle(at)
    for (let i = 0; i < 5 && pace.mayBegin(); i++)
      begun[Math.floor(at / 1_000)] = (begun[Math.floor(at / 1_000)] ?? 0) + 1
  }
  return begun
}

test('an idle machine sends as fast as it can', () => {
  expect(begunIn(3, () => 0.5)).toEqual([5_000, 5_000, 5_000])
})

test('a busy machine sends so many a second, and no more at once after a rest', () => {
  const [, ...rest] = begunIn(5, () => 0.05)
  for (const begun of rest) expect(Math.abs(begun - BUSY_RATE)).toBeLessThanOrEqual(BUSY_RATE / 10)
})

test('what was busy and no longer is sends as fast as it can again', () => {
  const begun = begunIn(6, (ms) => (ms < 3_000 ? 0 : 0.9))
  expect(begun[2]).toBeLessThanOrEqual(BUSY_RATE * 1.1)
  expect(begun[4]).toBe(5_000)
})
