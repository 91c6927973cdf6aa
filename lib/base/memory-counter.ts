import '#server-only'

/** What is left of a name's points, and when they are all there again. */
export type Left = { consumedPoints: number; remainingPoints: number; msBeforeNext: number }

type Window = { count: number; endsAt: number }

/**
 * A count of so many points in so many seconds, by name, of this process alone. A name's seconds begin with its first point.
 *
 * A name in use costs a map's entry and nothing else. A timer for each of ten thousand names a second, as libraries have it, outlives
 * the young generation of the garbage collector.
 */
export class MemoryCounter {
  readonly #points: number
  readonly #milliseconds: number
  // Names move from young to old and out, so that nobody has to look for those whose time is over.
  #young = new Map<string, Window>()
  #old = new Map<string, Window>()
  #turnsAt = 0

  constructor(points: number, seconds: number) {
    this.#points = points
    this.#milliseconds = seconds * 1_000
  }

  /**
   * Counts one more for a name at `now`, milliseconds of a clock that only goes forward (not the time of day, which may be set back).
   * Rejects with the same value when there are too many.
   */
  consume(name: string, now = performance.now()): Promise<Left> {
    const window = this.#windowOf(name, now)
    window.count++
    const left = {
      consumedPoints: window.count,
      remainingPoints: Math.max(0, this.#points - window.count),
      msBeforeNext: Math.round(window.endsAt - now),
    }
    return window.count > this.#points ? Promise.reject(left) : Promise.resolve(left)
  }

  /** How many names are in memory. */
  get size(): number {
    return this.#young.size + this.#old.size
  }

  #windowOf(name: string, now: number): Window {
    // What is young at a turn ends before the next one, and so is over when it goes.
    if (now >= this.#turnsAt) {
      this.#old = this.#young
      this.#young = new Map()
      this.#turnsAt = now + this.#milliseconds
    }
    const known = this.#young.get(name) ?? this.#old.get(name)
    if (known && known.endsAt > now) return known
    const window = { count: 0, endsAt: now + this.#milliseconds }
    this.#young.set(name, window)
    return window
  }
}
