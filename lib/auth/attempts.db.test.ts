import { expect, test } from 'vitest'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { type Counted, countAttempt, forgetAttempts, returnAttempt } from './attempts.ts'

test('attempts that share a network are counted, taken back and forgotten at once, and none waits for another in a circle', async () => {
  for (let round = 0; round < 8; round++) {
    const network = newId()
    const people = Array.from({ length: 12 }, (): Counted[] => [
      { limit: 'device code: account', subject: newId() },
      { limit: 'device code: network', subject: network },
    ])
    await Promise.all(
      people.map(async (counted, i) => {
        await countAttempt(counted)
        await returnAttempt(i % 2 ? counted : counted.toReversed())
        if (i % 3 === 0) await forgetAttempts(counted.toReversed())
        await countAttempt(counted)
        await returnAttempt(counted)
      }),
    )
    const [shared] = people[1]?.slice(1) ?? []
    // Nobody was wrong, so the next one need not wait.
    await countAttempt(shared ? [shared] : [])
  }
  expect(await prisma.rateLimit.count()).toBeGreaterThan(0)
})
