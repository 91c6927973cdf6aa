import type { Range } from './parameters.ts'

/** Chance that repeats itself (splitmix32): the same seed makes the same people. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) >>> 0
  }

  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    return mix(this.#state) / 4_294_967_296
  }

  is(share: number): boolean {
    return this.next() < share
  }

  whole([least, most]: Range): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  some([least, most]: Range): number {
    return least + this.next() * (most - least)
  }

  one<Value>(of: readonly Value[]): Value {
    return of[Math.floor(this.next() * of.length)] as Value
  }

  /** The index of one of several shares; the last where they do not add up. */
  share(shares: readonly number[]): number {
    let rest = this.next()
    const found = shares.findIndex((share) => {
      rest -= share
      return rest < 0
    })
    return found < 0 ? shares.length - 1 : found
  }
}

function mix(number: number): number {
  let mixed = number
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

/** A number from 0 to below 2³² that always belongs to these. */
export function numberOf(...of: number[]): number {
  let hash = 0x2545f491
  for (const number of of) hash = mix((hash ^ number) + 0x9e3779b9)
  return hash >>> 0
}
