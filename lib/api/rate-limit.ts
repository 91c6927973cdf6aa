import '#server-only'
import { env } from '../base/env.ts'
import type { Left } from '../base/memory-counter.ts'
import { perProcess } from '../base/per-process.ts'
import { type Counter, openCounter } from '../base/redis.ts'
import { networkOf } from '../http/client.ts'

/** What is left of an allowance; `wait` is 0, or the seconds until a refused request may come again. */
export type Allowance = { limit: number; remaining: number; resetSeconds: number; wait: number }

/** A request with this API key, or of a customer's session. */
export function takeFromApiKey(id: string): Promise<Allowance> {
  const limit = env().API_RATE_PER_MINUTE
  return take(
    perProcess('api-counter', () => openCounter('api', limit, 60)),
    limit,
    id,
  )
}

/** A token from this address that opens nothing. Right ones are never counted, so a neighbour's mistake locks nobody out. */
export function takeWrongToken(address: string | null): Promise<Allowance> {
  const limit = env().LICENSE_GUESSES_PER_MINUTE
  return take(
    perProcess('token-counter', () => openCounter('token', limit, 60)),
    limit,
    networkOf(address),
  )
}

async function take(counter: Counter, limit: number, name: string): Promise<Allowance> {
  const taken = await counter.consume(name).catch((refusal: unknown) => {
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
