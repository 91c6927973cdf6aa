import '#server-only'
import { RateLimiterRedis, RLWrapperTimeouts } from 'rate-limiter-flexible'
import { createClient } from 'redis'
import { env } from './env.ts'
import { log } from './log.ts'
import { type Left, MemoryCounter } from './memory-counter.ts'
import { perProcess } from './per-process.ts'

/** Counts one more for a name; rejects with the same when there are too many. */
export type Counter = { consume: (name: string) => Promise<Left> }

type CounterOptions = { keyPrefix: string; points: number; duration: number }
type OpenCounter = (options: CounterOptions, memory: Counter) => Counter

/** A count of so many points in so many seconds, by name: of all processes together where there is a Redis, of this one otherwise. */
export function openCounter(name: string, points: number, duration: number): Counter {
  const { REDIS_URL } = env()
  const memory = new MemoryCounter(points, duration)
  if (!REDIS_URL) return memory
  // Opened at first use, not when a build imports this.
  const open = perProcess('redis', () => openRedis(REDIS_URL))
  return open({ keyPrefix: `latchkey:${name}`, points, duration }, memory)
}

const ANSWER_MS = 100
const AGAIN_MS = 5_000

// Nobody waits for Redis: while it is away or slow, each process counts in its `memory`.
function openRedis(url: string): OpenCounter {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: 2_000, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, AGAIN_MS) },
  })
  let state: 'connecting' | 'there' | 'away' = 'connecting'
  let askAgainAt = -Infinity
  const lost = (error: unknown) => {
    askAgainAt = performance.now() + AGAIN_MS
    if (state !== 'away')
      log.warn({ err: error }, 'Redis does not answer; until it does each process counts for itself')
    state = 'away'
  }
  const found = () => {
    if (state !== 'there') log.info(state === 'away' ? 'Redis answers again' : 'Redis counts for all processes')
    state = 'there'
  }
  client.on('error', lost)
  client.on('ready', found)
  client.connect().catch(lost)
  client.unref()

  return (options, memory) => {
    const limiter = new RateLimiterRedis({ ...options, storeClient: client, useRedisPackage: true })
    const redis = new RLWrapperTimeouts({ limiter, timeoutMs: ANSWER_MS })
    const ask = (name: string) =>
      redis.consume(name).then(
        (left) => {
          found()
          return left
        },
        (refusal: unknown) => {
          if (refusal instanceof Error) lost(refusal)
          else found()
          throw refusal
        },
      )
    return {
      consume: (name) => {
        if (state === 'there')
          return ask(name).catch((refusal: unknown) => {
            if (refusal instanceof Error) return memory.consume(name)
            throw refusal
          })
        if (client.isReady && performance.now() >= askAgainAt) {
          askAgainAt = performance.now() + AGAIN_MS
          ask(name).catch(() => {}) // whether it is back; nobody waits for that
        }
        return memory.consume(name)
      },
    }
  }
}
