import '#server-only'
import { BurstyRateLimiter, RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'

// Generous: an office behind one address starts many copies of an app at nine o'clock.
const PER_SECOND = Number(process.env.LICENSE_RATE_PER_SECOND ?? 50)
const BURST = Number(process.env.LICENSE_RATE_BURST ?? 200)

// The module is loaded by both doors of one process; they share one memory.
const shared = globalThis as unknown as { latchkeyLicenseLimiter?: BurstyRateLimiter }
shared.latchkeyLicenseLimiter ??= new BurstyRateLimiter(
  new RateLimiterMemory({ points: PER_SECOND, duration: 1 }),
  new RateLimiterMemory({ keyPrefix: 'burst', points: BURST, duration: 10 }),
)
const limiter = shared.latchkeyLicenseLimiter

/** Takes one request from an address's allowance. 0: go on; otherwise the seconds to wait. */
export async function takeToken(address: string | null): Promise<number> {
  try {
    await limiter.consume(address ?? 'unknown')
    return 0
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal
    return Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1_000))
  }
}
