import '#server-only'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

const perMinute = () => Number(process.env.API_RATE_PER_MINUTE ?? 600)

// The module is loaded by both doors of one process; they share one memory.
const shared = globalThis as unknown as { latchkeyApiLimiter?: RateLimiterMemory }

/** What is left of an API key's allowance; `wait` is 0, or the seconds until a refused request may come again. */
export type Allowance = { limit: number; remaining: number; resetSeconds: number; wait: number }

/** A request of this API key. */
export async function takeFromApiKey(apiKeyId: string): Promise<Allowance> {
  shared.latchkeyApiLimiter ??= new RateLimiterMemory({ keyPrefix: 'api', points: perMinute(), duration: 60 })
  const limiter = shared.latchkeyApiLimiter
  const taken = await limiter.consume(apiKeyId).catch((refusal: unknown) => {
    if (refusal instanceof RateLimiterRes) return refusal
    throw refusal
  })
  const resetSeconds = Math.max(1, Math.ceil(taken.msBeforeNext / 1_000))
  const isRefused = taken.consumedPoints > limiter.points
  return {
    limit: limiter.points,
    remaining: Math.max(0, taken.remainingPoints),
    resetSeconds,
    wait: isRefused ? resetSeconds : 0,
  }
}
