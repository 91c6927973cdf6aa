import '#server-only'
import { hash } from 'node:crypto'
import { BurstyRateLimiter, RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'

type Limiter = { consume: (key: string) => Promise<RateLimiterRes> }
type Limiters = { address: Limiter; key: Limiter; guess: Limiter }

const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback)

function burst(name: string, perSecond: number, burst: number): Limiter {
  return new BurstyRateLimiter(
    new RateLimiterMemory({ keyPrefix: name, points: perSecond, duration: 1 }),
    new RateLimiterMemory({ keyPrefix: `${name}-burst`, points: burst, duration: 10 }),
  )
}

const make = (): Limiters => ({
  // Generous: an office behind one address starts many copies of an app at nine o'clock.
  address: burst('address', number('LICENSE_RATE_PER_SECOND', 50), number('LICENSE_RATE_BURST', 200)),
  // One key in a client that runs wild must not slow the others down.
  key: burst('key', number('LICENSE_RATE_PER_KEY', 50), number('LICENSE_RATE_PER_KEY_BURST', 200)),
  // Strings nobody was issued. Known keys are never counted here, so a neighbour's mistake locks nobody out.
  guess: new RateLimiterMemory({ keyPrefix: 'guess', points: number('LICENSE_GUESSES_PER_MINUTE', 30), duration: 60 }),
})

// The module is loaded by both doors of one process; they share one memory.
const shared = globalThis as unknown as { latchkeyLicenseLimiters?: Limiters }
shared.latchkeyLicenseLimiters ??= make()
const limiters = shared.latchkeyLicenseLimiters

/** Takes one request from an allowance. 0: go on; otherwise the seconds to wait. */
async function take(limiter: Limiter, name: string): Promise<number> {
  try {
    await limiter.consume(name)
    return 0
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal
    return Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1_000))
  }
}

/** A request from this address. */
export const takeFromAddress = (address: string | null) => take(limiters.address, address ?? 'unknown')

/** A request about this key string, which is not kept. */
export const takeFromKey = (keyString: string) => take(limiters.key, hash('sha256', keyString, 'base64'))

/** A key string from this address that nobody was issued. */
export const takeGuess = (address: string | null) => take(limiters.guess, address ?? 'unknown')
