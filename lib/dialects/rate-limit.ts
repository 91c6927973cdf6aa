import '#server-only'
import { env } from '../env.ts'
import { lookupOf } from '../license-keys/key-string.ts'
import type { Left } from '../memory-counter.ts'
import { type Counter, openCounter } from '../redis.ts'

/** What is left of an allowance after one request was taken from it. With `waitSeconds` 0 the request may go on. */
export type Allowance = { limit: number; remaining: number; resetSeconds: number; waitSeconds: number }

/** So many requests in each span; what is too much for one span may come from the burst, whose spans are longer. */
type Limit = { points: number; each: Counter; burst?: Counter }
type Limits = { address: Limit; key: Limit; guess: Limit; nameOfKey: (keyString: string) => string }

const BURST_SECONDS = 10

function open(): Limits {
  const settings = env()
  const bursty = (name: string, perSecond: number, burst: number): Limit => ({
    points: perSecond,
    each: openCounter(name, perSecond, 1),
    burst: openCounter(`${name}-burst`, burst, BURST_SECONDS),
  })
  const guesses = settings.LICENSE_GUESSES_PER_MINUTE
  return {
    // Generous: an office behind one address starts many copies of an app at nine o'clock.
    address: bursty('address', settings.LICENSE_RATE_PER_SECOND, settings.LICENSE_RATE_BURST),
    // One key in a client that runs wild must not slow the others down.
    key: bursty('key', settings.LICENSE_RATE_PER_KEY, settings.LICENSE_RATE_PER_KEY_BURST),
    // Strings nobody was issued. Known keys are never counted here, so a neighbour's mistake locks nobody out.
    guess: { points: guesses, each: openCounter('guess', guesses, 60) },
    // No key string leaves this process. Within it, it is kept as long as it counts: hashing would cost more than counting.
    nameOfKey: settings.REDIS_URL ? lookupOf : (keyString) => keyString,
  }
}

// Opened at the first request, not when a build imports this. Both doors of one process share one memory.
const shared = globalThis as unknown as { latchkeyLicenseLimits?: Limits }

function limits(): Limits {
  shared.latchkeyLicenseLimits ??= open()
  return shared.latchkeyLicenseLimits
}

function take(limit: Limit, name: string): Promise<Allowance> {
  const granted = (left: Left) => allowance(limit, left)
  const refused = (left: Left) => ({ ...granted(left), waitSeconds: secondsOf(left) })
  return limit.each.consume(name).then(granted, (left: Left) =>
    limit.burst
      ? limit.burst.consume(name).then(
          () => granted(left),
          () => refused(left),
        )
      : refused(left),
  )
}

const secondsOf = ({ msBeforeNext }: Left) => Math.max(1, Math.ceil(msBeforeNext / 1_000))

const allowance = ({ points }: Limit, left: Left): Allowance => ({
  limit: points,
  remaining: left.remainingPoints,
  resetSeconds: secondsOf(left),
  waitSeconds: 0,
})

/** A request from this address. */
export const takeFromAddress = (address: string | null): Promise<Allowance> => take(limits().address, network(address))

/** A request about this key string. */
export const takeFromKey = (keyString: string): Promise<Allowance> => take(limits().key, limits().nameOfKey(keyString))

/** A key string from this address that nobody was issued. */
export const takeGuess = (address: string | null): Promise<Allowance> => take(limits().guess, network(address))

/** Whoever has one IPv6 address has 2^64 of them, which count as one. */
function network(address: string | null): string {
  if (!address?.includes(':')) return address ?? 'unknown'
  const groups = (address.split('::', 1)[0] ?? '').split(':')
  return `${[0, 1, 2, 3].map((i) => groups[i] || '0').join(':')}::`
}

/** An allowance in the headers of an answer. */
export const rateHeaders = ({ limit, remaining, resetSeconds }: Allowance): Record<string, string> => ({
  'ratelimit-limit': String(limit),
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': String(resetSeconds),
})
