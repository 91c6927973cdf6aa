import type { NetworkKind } from '#lib/misuse/plain.ts'
import type { Policy } from '#lib/misuse/signals.ts'
import type { Seen } from '#lib/misuse/tally.ts'
import { WORLD } from './parameters.ts'
import { hashOf, Random } from './random.ts'

// A world of networks. The name of a network says what it really is, which only the tables may look at.

/** What client software sent, and what it was told. */
export type Call = { at: number; device: string | null; network: string; seen: Seen; turn?: 'on' | 'off' }
export type SimulatedKey = {
  id: string
  customer: string
  policy: Policy
  /** When the trial began and ends; null for a key that was paid for. */
  trial: { from: number; to: number } | null
  calls: Call[]
}
/** One person or group and their keys: accused when any of the keys is. */
export type Subject = { kind: string; isHonest: boolean; keys: SimulatedKey[] }
/** What a population is: anybody's generator may make one (`npm run misuse:evaluate -- --population file.ts`). */
export type Population = {
  name: string
  /** The first day, in days since 1970, and how many there are. */
  from: number
  days: number
  subjects: Subject[]
  /** What a network really is. */
  truth: (network: string) => { kind: NetworkKind; country: string | null; owner: string }
}

export type Place = { at: (day: number, hour: number, nth: number) => string; country: number }

/** What a network is by its name, `kind/country/owner/…`. */
export function truthOf(network: string): ReturnType<Population['truth']> {
  const [kind = '', country = '', owner = ''] = network.split('/')
  const known = kind === 'mobile' || kind === 'vpn' || kind === 'hosting' ? kind : 'home'
  return { kind: known, country: country === '-' ? null : country, owner: `${country}/${owner}` }
}

export class World {
  readonly random: Random
  #offices = 0

  constructor(seed: number) {
    this.random = new Random(seed)
  }

  country(): number {
    // Most customers are in a few countries.
    return Math.floor(WORLD.countries * this.random.next() ** 1.7)
  }

  /** Somebody's home: how its address changes depends on the provider. */
  home(country = this.country()): Place {
    const { random } = this
    const provider = random.int([0, WORLD.providersPerCountry - 1])
    const region = random.int([0, WORLD.regionsPerProvider - 1])
    const house = random.int([0, 1e9])
    const { fixed, weekly, daily } = WORLD.addressing
    // A provider gives its addresses in one way.
    const way = (hashOf(country, provider, 7) % 1_000) / 1_000
    const of = (...when: number[]) => hashOf(country, provider, region, house, ...when)
    const name = (number: number) => `home/${country}/p${provider}/r${region}/${number % WORLD.networksPerRegion}`
    if (way < fixed) return { country, at: () => name(of()) }
    if (way < fixed + weekly) return { country, at: (day) => name(of(Math.floor((day + house) / 7))) }
    if (way < fixed + weekly + daily) return { country, at: (day) => name(of(day)) }
    return { country, at: (day, hour, nth) => name(of() + (of(day, hour, nth) % WORLD.sharedNetworks)) }
  }

  office(country = this.country(), exits = 1): Place {
    const number = this.#offices++
    return { country, at: (day, hour, nth) => `office/${country}/o${number}/${hashOf(day, hour, nth) % exits}` }
  }

  cafe(country: number): Place {
    const number = this.random.int([0, WORLD.cafesPerCountry - 1])
    return { country, at: () => `cafe/${country}/c${number}/0` }
  }

  mobile(country: number): Place {
    const carrier = this.random.int([0, WORLD.mobileCarriersPerCountry - 1])
    const phone = this.random.int([0, 1e9])
    const at = (day: number, hour: number) => hashOf(phone, day, hour) % WORLD.networksPerCarrier
    return { country, at: (day, hour) => `mobile/${country}/m${carrier}/${at(day, hour)}` }
  }

  vpn(): (exit: number) => string {
    const provider = this.random.int([0, WORLD.vpnProviders - 1])
    return (exit) => {
      const number = exit % WORLD.exitsPerVpnProvider
      return `vpn/${hashOf(provider, number) % WORLD.countries}/v${provider}/${number}`
    }
  }

  cloud(): (machine: number) => string {
    const cloud = this.random.int([0, WORLD.clouds - 1])
    return (machine) => `hosting/${cloud % WORLD.countries}/h${cloud}/${machine % WORLD.networksPerCloud}`
  }
}
