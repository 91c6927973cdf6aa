import '#server-only'

/** How many names are remembered as found, in each of two generations. */
const FOUND_MAX = 50_000
const FOUND_MS = 12 * 60 * 60 * 1_000
/** How many addresses are watched at once. */
const WATCHED_MAX = 50_000

/**
 * Who is guessing: an address that asked, within one span, for more different things nobody has than a person could mistype. While it
 * goes on, it is told nothing new: what was found from there before is served, and nothing else.
 *
 * It is of this process alone, like the memory of what was found: both must come from the same requests, or a busy office would be
 * taken for a stranger.
 */
export class GuessWatch {
  readonly #limit: number
  readonly #spanMs: number
  #misses = new Map<string, Set<number>>()
  #missesBefore = new Map<string, Set<number>>()
  #spanEndsAt = 0
  #found = new Set<string>()
  #foundBefore = new Set<string>()
  #foundTurnsAt = 0
  // Nobody outside can choose names that count as one.
  readonly #seed = Math.floor(Math.random() * 2 ** 32)

  /** `limit` different misses in `spanMs` make a guesser. */
  constructor(limit: number, spanMs: number) {
    this.#limit = limit
    this.#spanMs = spanMs
  }

  /** This address asked for something nobody has, or, while it was guessing, for something that was not looked up. */
  missed(address: string, name: string, now = performance.now()): void {
    this.#turn(now)
    let names = this.#misses.get(address)
    if (!names) {
      if (this.#misses.size >= WATCHED_MAX) return
      names = new Set()
      this.#misses.set(address, names)
    }
    if (names.size < this.#limit) names.add(hash(name, this.#seed))
  }

  /** True from the miss that reaches the limit until a whole span has passed with fewer. */
  isGuessing(address: string, now = performance.now()): boolean {
    if (this.#misses.size === 0 && this.#missesBefore.size === 0) return false
    this.#turn(now)
    const reaches = (names: Set<number> | undefined) => names !== undefined && names.size >= this.#limit
    return reaches(this.#misses.get(address)) || reaches(this.#missesBefore.get(address))
  }

  /** This address asked for something that is there. Remembered for half a day at least, unless fifty thousand others follow. */
  found(address: string, name: string, now = performance.now()): void {
    if (this.#found.size >= FOUND_MAX || now >= this.#foundTurnsAt) {
      this.#foundBefore = this.#found
      this.#found = new Set()
      this.#foundTurnsAt = now + FOUND_MS
    }
    this.#found.add(`${address} ${name}`)
  }

  knows(address: string, name: string): boolean {
    const both = `${address} ${name}`
    return this.#found.has(both) || this.#foundBefore.has(both)
  }

  #turn(now: number): void {
    if (now < this.#spanEndsAt) return
    this.#missesBefore = now < this.#spanEndsAt + this.#spanMs ? this.#misses : new Map()
    this.#misses = new Map()
    this.#spanEndsAt = now + this.#spanMs
  }
}

/** 32 bits of a text (FNV-1a). */
function hash(text: string, seed: number): number {
  let value = seed
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
