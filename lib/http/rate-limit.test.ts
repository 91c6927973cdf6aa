import { expect, test } from 'vitest'
import { newId } from '../base/ids.ts'

test('an API key has its allowance, and no other key spends it', async () => {
  process.env.LATCHKEY_SECRET ??= 'only-for-tests-only-for-tests-only-for-tests'
  process.env.DATABASE_URL ??= 'postgresql://nobody@localhost/nothing'
  process.env.API_RATE_PER_MINUTE = '3'
  const { takeFromHolder } = await import('./rate-limit.ts')
  const [one, other] = [newId(), newId()]
  const taken = await Promise.all([one, one, one, one, other].map((id) => takeFromHolder(id)))
  expect(taken.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0, 2])
  expect(taken.map(({ waitSeconds }) => waitSeconds > 0)).toEqual([false, false, false, true, false])
  for (const { limit, resetSeconds } of taken) {
    expect(limit).toBe(3)
    expect(resetSeconds).toBeGreaterThan(0)
    expect(resetSeconds).toBeLessThanOrEqual(60)
  }
})
