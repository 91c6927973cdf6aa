import '#server-only'
import { env } from '../base/env.ts'
import type { Left } from '../base/memory-counter.ts'
import { perProcess } from '../base/per-process.ts'
import { type Counter, openCounter } from '../base/redis.ts'
import { hexHashOf } from '../secrets/secrets.ts'
import { networkOf } from './client.ts'
import { GuessWatch } from './guess-watch.ts'

/** What is left of an allowance after one request was taken from it. With `waitSeconds` 0 the request may go on. */
export type Allowance = { limit: number; remaining: number; resetSeconds: number; waitSeconds: number }

/** So many requests in each span; what is too much for one span may come from the burst, whose spans are longer. */
type Limit = { points: number; each: Counter; burst?: Counter }
type Limits = Record<'address' | 'key' | 'guess' | 'holder' | 'token' | 'ask', Limit> & {
  watch: GuessWatch
  nameOfKey: (keyString: string) => string
}

const BURST_SECONDS = 10
/** Who asks, within this time, about as many different unknown keys as its minutes allow, is guessing. */
const GUESSING_MS = 10 * 60_000

function open(): Limits {
  const settings = env()
  const bursty = (name: string, perSecond: number, burst: number): Limit => ({
    points: perSecond,
    each: openCounter(name, perSecond, 1),
    burst: openCounter(`${name}-burst`, burst, BURST_SECONDS),
  })
  const guesses = settings.LICENSE_GUESSES_PER_MINUTE
  const asks = settings.DEVICE_CODES_PER_MINUTE
  return {
    // Generous: an office behind one address starts many copies of an app at nine o'clock.
    address: bursty('address', settings.LICENSE_RATE_PER_SECOND, settings.LICENSE_RATE_BURST),
    // One key in a client that runs wild must not slow the others down.
    key: bursty('key', settings.LICENSE_RATE_PER_KEY, settings.LICENSE_RATE_PER_KEY_BURST),
    // Strings nobody was issued. Known keys are never counted here, so a neighbor's mistake locks nobody out.
    guess: { points: guesses, each: openCounter('guess', guesses, 60) },
    // Programs of merchants, by API key, and customers' sessions.
    holder: { points: settings.API_RATE_PER_MINUTE, each: openCounter('api', settings.API_RATE_PER_MINUTE, 60) },
    // Tokens that open nothing, as key strings that nobody was issued.
    token: { points: guesses, each: openCounter('token', guesses, 60) },
    // Each is a row for an hour.
    ask: { points: asks, each: openCounter('device-ask', asks, 60) },
    watch: new GuessWatch((guesses * GUESSING_MS) / 60_000, GUESSING_MS),
    // No key string leaves this process. Within it, it is kept as long as it counts: hashing would cost more than counting.
    nameOfKey: settings.REDIS_URL ? (keyString) => hexHashOf('rate-limit', endOf(keyString)) : endOf,
  }
}

// Opened at the first request, not when a build imports this.
const limits = (): Limits => perProcess('license-limits', open)

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
export const takeFromAddress = (address: string | null): Promise<Allowance> =>
  take(limits().address, networkOf(address))

/** A request about this key string. */
export const takeFromKey = (keyString: string): Promise<Allowance> => take(limits().key, limits().nameOfKey(keyString))

/** A key string from this address that nobody was issued. */
export const takeGuess = (address: string | null): Promise<Allowance> => take(limits().guess, networkOf(address))

/** A device at this address that begins to ask for a key. */
export const takeDeviceAsk = (address: string | null): Promise<Allowance> => take(limits().ask, networkOf(address))

/** A request with this API key, or of this customer's session. */
export const takeFromHolder = (id: string): Promise<Allowance> => take(limits().holder, id)

/** A token from this address that opens nothing. Right ones are never counted, so a neighbor's mistake locks nobody out. */
export const takeWrongToken = (address: string | null): Promise<Allowance> => take(limits().token, networkOf(address))

/**
 * True for a call that is not looked at: its address is guessing (many times as often as people mistype), and nothing was found under
 * this key from there before. A right guess would look like any other key that was issued, so until the guessing ends only keys that are
 * known there are served, and others are told to come back.
 */
export function isStranger(address: string | null, keyString: string): boolean {
  const { watch, nameOfKey } = limits()
  const network = networkOf(address)
  return watch.isGuessing(network) && !watch.knows(network, nameOfKey(keyString))
}

/** A call of a stranger that was not answered, or one about a key that nobody was issued. */
export function noteMiss(address: string | null, keyString: string): void {
  const { watch, nameOfKey } = limits()
  watch.missed(networkOf(address), nameOfKey(keyString))
}

/** A call about a key that was issued. */
export function noteFound(address: string | null, keyString: string): void {
  const { watch, nameOfKey } = limits()
  watch.found(networkOf(address), nameOfKey(keyString))
}

/** What a stranger is told. */
export const strangerWaits = (): Allowance => ({
  limit: limits().guess.points,
  remaining: 0,
  resetSeconds: 60,
  waitSeconds: 60,
})

/**
 * What all spellings of a key have in common: its last 25 letters and digits, and what looks alike taken for the same. However tolerant a
 * look-up becomes, no spelling gets a limit of its own; two keys that differ only there would share one.
 */
function endOf(keyString: string): string {
  if (AS_ISSUED.test(keyString)) return keyString.slice(-29).replaceAll('-', '')
  const characters = keyString
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
  return characters.slice(-25).replaceAll('O', '0').replace(/[IL]/g, '1')
}

/** A UUID at the end, in capitals, as programs send it. */
const AS_ISSUED = /[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/

/** An allowance in the headers of an answer. */
export const rateHeaders = ({ limit, remaining, resetSeconds }: Allowance): Record<string, string> => ({
  'ratelimit-limit': String(limit),
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': String(resetSeconds),
})
