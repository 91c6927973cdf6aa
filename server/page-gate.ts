// How much of pages and the management API is carried out at once, so that those who load pages do not take the machine from each other.

import { MemoryCounter } from '#lib/base/memory-counter.ts'
import { networkOf } from '#lib/http/client.ts'

export type GateOptions = {
  /** Requests of one address each second, and beyond that within ten seconds. Null: as many as come. */
  rate: { perSecond: number; burst: number } | null
  /** At once, of all and of one address. What comes on top waits. */
  atOnce: number
  atOnceOfOne: number
  /** How many may wait, of all and of one address, and how long. */
  waiting: number
  waitingOfOne: number
  waitMs: number
}

/** What a request gets: a place, which it gives back by calling it, or the reason why it does not. */
export type Place = (() => void) | { status: 429 | 503; retryAfterSeconds: number }

type Waiter = { address: string; enter: () => void; giveUp: NodeJS.Timeout }

const BURST_SECONDS = 10

export class Gate {
  readonly #options: GateOptions
  readonly #each: MemoryCounter | null
  readonly #burst: MemoryCounter | null
  readonly #inside = new Map<string, number>()
  readonly #waitingOf = new Map<string, number>()
  #total = 0
  #waiters: Waiter[] = []

  constructor(options: GateOptions) {
    this.#options = options
    this.#each = options.rate && new MemoryCounter(options.rate.perSecond, 1)
    this.#burst = options.rate && new MemoryCounter(options.rate.burst, BURST_SECONDS)
  }

  /** A place for a request of this address, when there is one. */
  async enter(from: string): Promise<Place> {
    const address = networkOf(from)
    const seconds = await this.#tooMany(address)
    if (seconds > 0) return { status: 429, retryAfterSeconds: seconds }
    if (this.#hasRoom(address)) return this.#take(address)
    const { waiting, waitingOfOne, waitMs } = this.#options
    if (this.#waiters.length >= waiting || (this.#waitingOf.get(address) ?? 0) >= waitingOfOne)
      return { status: 503, retryAfterSeconds: 2 }
    return new Promise((resolve) => {
      const leave = () => {
        clearTimeout(waiter.giveUp)
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        add(this.#waitingOf, address, -1)
      }
      const waiter: Waiter = {
        address,
        enter: () => {
          leave()
          resolve(this.#take(address))
        },
        giveUp: setTimeout(() => {
          leave()
          resolve({ status: 503, retryAfterSeconds: 2 })
        }, waitMs).unref(),
      }
      this.#waiters.push(waiter)
      add(this.#waitingOf, address, 1)
    })
  }

  /** Seconds until this address may come again; 0: now. */
  async #tooMany(address: string): Promise<number> {
    if (!this.#each || !this.#burst) return 0
    try {
      await this.#each.consume(address)
      return 0
    } catch (left) {
      const { msBeforeNext } = left as { msBeforeNext: number }
      return this.#burst.consume(address).then(
        () => 0,
        () => Math.max(1, Math.ceil(msBeforeNext / 1_000)),
      )
    }
  }

  #hasRoom = (address: string): boolean =>
    this.#total < this.#options.atOnce && (this.#inside.get(address) ?? 0) < this.#options.atOnceOfOne

  #take(address: string): () => void {
    this.#total++
    add(this.#inside, address, 1)
    let isBack = false
    return () => {
      if (isBack) return
      isBack = true
      this.#total--
      add(this.#inside, address, -1)
      // Whoever waited longest, of those whose address has room.
      this.#waiters.find((waiter) => this.#hasRoom(waiter.address))?.enter()
    }
  }
}

function add(counts: Map<string, number>, name: string, by: number): void {
  const count = (counts.get(name) ?? 0) + by
  if (count > 0) counts.set(name, count)
  else counts.delete(name)
}
