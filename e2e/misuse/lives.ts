import type { Policy } from '#lib/misuse/signals.ts'
import type { Seen } from '#lib/misuse/tally.ts'
import { APPS, DAYS, PERSON, type Range } from './parameters.ts'
import type { Random } from './random.ts'
import type { Call, Place, SimulatedKey, World } from './world.ts'

// How devices are used from day to day, whoever uses them.

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** The first day of every world: a Monday. */
export const FROM = 20_451

export const person: Policy = { audience: 'person', seats: null, limit: null }
export const team = (seats: number): Policy => ({ audience: 'team', seats, limit: null })
export const unsaid = (limit: number | null): Policy => ({ audience: 'unsaid', seats: null, limit })

type Use = {
  /** Where it is at an hour of a day (local time). */
  where: (day: number, hour: number) => Place
  share?: number
  hoursADay?: Range
  /** Local hours at which a day may begin. */
  begins?: Range
  /** Days since the world's first; until is the first day no more. */
  from?: number
  until?: number
  isWorkday?: boolean
  seen?: Seen
  /** Frees its slot at the end of each day it is used. */
  frees?: boolean
}

export class Lives {
  readonly world: World
  readonly random: Random
  readonly app: (typeof APPS)[number]
  #ids = 0

  constructor(world: World) {
    this.world = world
    this.random = world.random
    this.app = APPS[Math.floor(this.random.next() * APPS.length)] as (typeof APPS)[number]
  }

  id(what: string): string {
    return `${what}${this.#ids++}`
  }

  key(policy: Policy, customer = this.id('customer')): SimulatedKey {
    return { id: this.id('key'), customer, policy, trial: null, calls: [] }
  }

  share(): number {
    return this.random.between(PERSON.use)
  }

  /** A device that is used on some days, and calls as the software does. */
  use(key: SimulatedKey, device: string | null, use: Use): void {
    const { random, app } = this
    const { from = 0, until = DAYS, hoursADay = PERSON.hoursADay, begins = [7, 16], seen = 'yes' } = use
    const share = use.share ?? this.share()
    let isActivated = use.frees === undefined ? false : !use.frees
    for (let day = from; day < until; day++) {
      if (use.isWorkday && day % 7 > 4) continue
      if (!random.chance(share)) continue
      const begin = random.int(begins)
      const end = Math.min(24, begin + random.int(hoursADay))
      const activates = seen === 'yes' && (use.frees || !isActivated)
      isActivated = true
      let nth = 0
      for (let hour = begin; hour < Math.max(end, begin + 1); hour++) {
        const times = app.onlyAtStart ? (hour === begin ? 1 + random.int([0, 1]) : 0) : app.perHour
        for (let i = 0; i < times; i++) {
          const at = use.where(day, hour)
          const call = this.call(device, at.at(day, hour, nth), at.country, day, hour + random.next() * 0.9, seen)
          if (activates && nth === 0) call.turn = 'on'
          key.calls.push(call)
          nth++
        }
      }
      const last = key.calls.at(-1)
      if (use.frees && last) key.calls.push({ ...last, at: last.at + 60_000, turn: 'off' })
    }
  }

  call(device: string | null, network: string, country: number, day: number, hour: number, seen: Seen): Call {
    // Countries lie two hours apart.
    return { at: (FROM + day) * DAY_MS + (hour - country * 2) * HOUR_MS, device, network, seen }
  }
}
