import type { Policy } from '#lib/misuse/signals.ts'
import type { Call, SimulatedKey } from '../world.ts'
import type { Chance } from './chance.ts'
import type { Line, Networks } from './networks.ts'
import { CADENCES, COUNTRIES, DAYS, FROM, PERSON_LIMITS, POLICY_SAID, type Range } from './parameters.ts'

export const HOUR = 3_600_000
export const DAY = 86_400_000
const START = FROM * DAY

/** What is wanted of a key at some time; whether it is granted depends on what is active then. */
type Want = { at: number; device: string; line: Line; want: 'use' | 'free' | 'refused' }

/** One key, its devices and its limit. */
export class Account {
  readonly #wants: Want[] = []
  readonly policy: Policy
  readonly id: string
  readonly customer: string
  readonly trial: SimulatedKey['trial']
  /** Whether somebody frees the oldest device when there is no room for theirs. */
  readonly makesRoom: boolean

  constructor(name: string, policy: Policy, { makesRoom = false, trial = null as SimulatedKey['trial'] } = {}) {
    this.id = name
    this.customer = `${name} customer`
    this.policy = policy
    this.makesRoom = makesRoom
    this.trial = trial
  }

  want(at: number, device: string, line: Line, want: Want['want'] = 'use'): void {
    if (at >= START && at < START + DAYS * DAY) this.#wants.push({ at, device, line, want })
  }

  /** What the server answered, one call after another. */
  key(): SimulatedKey {
    const active = new Set<string>()
    const calls: Call[] = []
    const { limit } = this.policy
    for (const { at, device, line, want } of this.#wants.sort((a, b) => a.at - b.at)) {
      const call = (seen: Call['seen'], turn?: Call['turn']) =>
        calls.push({ at, device, network: line(at), seen, ...(turn && { turn }) })
      if (want === 'free') {
        if (active.delete(device)) call('yes', 'off')
      } else if (want === 'refused' || (this.trial && at >= this.trial.to)) call('no')
      else if (active.has(device)) call('yes')
      else {
        const [oldest] = active
        if (limit !== null && active.size >= limit && this.makesRoom && oldest) {
          active.delete(oldest)
          calls.push({ at: at - 1, device: oldest, network: line(at), seen: 'yes', turn: 'off' })
        }
        if (limit !== null && active.size >= limit) call('full')
        else {
          active.add(device)
          call('yes', 'on')
        }
      }
    }
    return { id: this.id, customer: this.customer, policy: this.policy, trial: this.trial, calls }
  }
}

export type Cadence = number | null
/** When somebody works: from an hour of their own day, for so many hours, and how likely on weekdays and at weekends. */
export type Habit = { from: number; hours: Range; weekday: number; weekend: number; every: Cadence }

/** What kinds are made of. */
export class Life {
  readonly net: Networks
  readonly chance: Chance
  readonly #prefix: string
  #count = 0

  constructor(net: Networks, prefix: string) {
    this.net = net
    this.chance = net.chance
    this.#prefix = prefix
  }

  #name(what: string): string {
    return `${this.#prefix} ${what}${this.#count++}`
  }

  device = () => this.#name('d')

  account(policy: Policy, options?: { makesRoom?: boolean; trial?: SimulatedKey['trial'] }): Account {
    return new Account(this.#name('k'), policy, options)
  }

  cadence(): Cadence {
    return CADENCES[this.chance.share(CADENCES.map(({ share }) => share))]?.everyHours ?? null
  }

  habit(overrides: Partial<Habit> = {}): Habit {
    const { chance } = this
    const most = chance.some([2, 10])
    return {
      from: chance.some([7, 19]),
      hours: [1, most],
      weekday: chance.some([0.3, 0.95]),
      weekend: chance.some([0.05, 0.6]),
      every: this.cadence(),
      ...overrides,
    }
  }

  /** Work at an office or for one. */
  work(overrides: Partial<Habit> = {}): Habit {
    const { chance } = this
    return this.habit({
      from: chance.some([7.5, 9.5]),
      hours: [6, 9],
      weekday: chance.some([0.75, 0.97]),
      weekend: chance.some([0, 0.1]),
      ...overrides,
    })
  }

  isWorkday = (day: number) => day % 7 < 5

  /** Whether somebody with a habit works on a day, counted from the first, a Monday. */
  worksOn(day: number, { weekday, weekend }: Habit): boolean {
    return this.chance.is(this.isWorkday(day) ? weekday : weekend)
  }

  /** An hour of a day in a country. */
  at(day: number, hour: number, country: number): number {
    const ahead = (COUNTRIES[country] as (typeof COUNTRIES)[number])[2]
    return START + day * DAY + Math.round((hour - ahead) * HOUR)
  }

  /** One device is used for a while. */
  sit(account: Account, device: string, line: Line, day: number, country: number, habit: Habit): void {
    const { chance } = this
    const begin = this.at(day, habit.from + chance.some([-1, 1.5]), country)
    const lasts = chance.some(habit.hours) * HOUR
    account.want(begin, device, line)
    if (habit.every === null) {
      if (chance.is(0.3)) account.want(begin + lasts * chance.next(), device, line)
      return
    }
    for (let t = habit.every * HOUR; t < lasts; t += habit.every * HOUR) account.want(begin + t, device, line)
  }

  /** One device in one country by one habit, between two days; `where` says on which line on a day. */
  live(
    account: Account,
    device: string,
    where: (day: number) => Line,
    country: number,
    habit: Habit,
    days = all,
  ): void {
    for (let day = days[0]; day < days[1]; day++)
      if (this.worksOn(day, habit)) this.sit(account, device, where(day), day, country, habit)
  }

  /** As a merchant sells to one person who has so many devices: a limit that fits, said as a policy or not. */
  personal(devices = 1): Policy {
    const { chance } = this
    const fitting = PERSON_LIMITS.filter((limit) => limit === null || limit >= devices)
    return { audience: chance.is(POLICY_SAID) ? 'person' : 'unsaid', seats: null, limit: chance.one(fitting) }
  }

  /** As a merchant sells to a group of so many. */
  group(people: number): Policy {
    const { chance } = this
    if (chance.is(POLICY_SAID))
      return { audience: 'team', seats: people, limit: chance.one([people, people * 2, null]) }
    return { audience: 'unsaid', seats: null, limit: chance.one([people, people, Math.ceil(people * 1.5), null]) }
  }
}

export const all: Range = [0, DAYS]
export type Kind = (life: Life) => Account[]
