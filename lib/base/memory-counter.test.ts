import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { type Left, MemoryCounter } from './memory-counter.ts'

const SECOND = 1_000
const counted = (promise: Promise<Left>) =>
  promise.then(
    (left) => ({ ...left, isGranted: true }),
    (left: Left) => ({ ...left, isGranted: false }),
  )

test('so many points, and no more until the seconds since the first one are over', async () => {
  const counter = new MemoryCounter(2, 10)
  expect(await counted(counter.consume('a', 5_000))).toEqual({
    ...{ consumedPoints: 1, remainingPoints: 1, msBeforeNext: 10_000, isGranted: true },
  })
  expect(await counted(counter.consume('a', 9_000))).toMatchObject({ remainingPoints: 0, isGranted: true })
  expect(await counted(counter.consume('a', 14_999))).toEqual({
    ...{ consumedPoints: 3, remainingPoints: 0, msBeforeNext: 1, isGranted: false },
  })
  expect(await counted(counter.consume('b', 14_999))).toMatchObject({ consumedPoints: 1, isGranted: true })
  expect(await counted(counter.consume('a', 15_000))).toMatchObject({ consumedPoints: 1, isGranted: true })
})

test('names that are over are forgotten', async () => {
  const counter = new MemoryCounter(1, 1)
  for (let i = 0; i < 10_000; i++) await counted(counter.consume(`name ${i}`, i))
  // Those of two spans at most.
  expect(counter.size).toBeLessThanOrEqual(2 * SECOND)
})

test('it counts like one that looks through all points', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), wait: fc.integer({ min: 0, max: 1_500 }) }), {
        maxLength: 60,
      }),
      async (points, steps) => {
        const counter = new MemoryCounter(points, 1)
        const windows = new Map<string, { count: number; endsAt: number }>()
        let now = 1_700_000_000_000
        for (const { name, wait } of steps) {
          now += wait
          const known = windows.get(name)
          const window = known && known.endsAt > now ? known : { count: 0, endsAt: now + SECOND }
          windows.set(name, { ...window, count: window.count + 1 })
          expect(await counted(counter.consume(name, now))).toEqual({
            consumedPoints: window.count + 1,
            remainingPoints: Math.max(0, points - window.count - 1),
            msBeforeNext: window.endsAt - now,
            isGranted: window.count < points,
          })
        }
      },
    ),
  ))

test('the time of day plays no part: a clock that is set back locks nobody out', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 })
  try {
    const counter = new MemoryCounter(1, 0.001)
    await counter.consume('a')
    vi.setSystemTime(1_700_000_000_000 - 3_600_000)
    const since = performance.now()
    while (performance.now() - since < 2);
    expect(await counted(counter.consume('a'))).toMatchObject({ consumedPoints: 1, isGranted: true })
  } finally {
    vi.useRealTimers()
  }
})
