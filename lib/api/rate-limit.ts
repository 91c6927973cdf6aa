import '#server-only'
import { env } from '../env.ts'
import type { Left } from '../memory-counter.ts'
import { type Counter, openCounter } from '../redis.ts'

// The module is loaded by both doors of one process; they share one count.
const shared = globalThis as unknown as { latchkeyApiCounter?: Counter }

/** What is left of an API key's allowance; `wait` is 0, or the seconds until a refused request may come again. */
export type Allowance = { limit: number; remaining: number; resetSeconds: number; wait: number }

/** A request of this API key. */
export async function takeFromApiKey(apiKeyId: string): Promise<Allowance> {
  const limit = env().API_RATE_PER_MINUTE
  shared.latchkeyApiCounter ??= openCounter('api', limit, 60)
  const taken = await shared.latchkeyApiCounter.consume(apiKeyId).catch((refusal: unknown) => {
    // The counter may be of the other copy, and so may its classes.
    if (refusal instanceof Error) throw refusal
    return refusal as Left
  })
  const resetSeconds = Math.max(1, Math.ceil(taken.msBeforeNext / 1_000))
  return {
    limit,
    remaining: Math.max(0, taken.remainingPoints),
    resetSeconds,
    wait: taken.consumedPoints > limit ? resetSeconds : 0,
  }
}
