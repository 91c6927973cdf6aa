import type { NetworkKind } from '#lib/misuse/plain.ts'
import { areaOf } from '#lib/misuse/tally.ts'
import { Chance, numberOf } from './chance.ts'
import { ADDRESSING, COUNTRIES, IPV6, PROVIDERS, WORLD } from './parameters.ts'

// Who runs which addresses. Networks are written as the server writes them: the /24 of IPv4 and the /48 of IPv6.

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** Where somebody is online: the network at a time. */
export type Line = (at: number) => string
type Owner = { kind: NetworkKind; country: number; name: string }
type Provider = {
  areas: number[]
  way: 'fixed' | 'sticky' | 'nightly' | 'shared'
  /** Its IPv6, where it has one. */
  six: number | null
  sixNightly: boolean
  perRegion: number
}

const hex = (number: number) => number.toString(16)

export class Networks {
  readonly chance: Chance
  readonly #owners = new Map<string, Owner>()
  #areas = 0
  #sixes = 0
  readonly #providers: Provider[][]
  readonly #carriers: Provider[][]
  readonly #vpns: { areas: number[] }[]
  readonly #clouds: { areas: number[] }[]
  #sites = 0

  constructor(seed: number) {
    this.chance = new Chance(seed)
    const { chance } = this
    this.#providers = COUNTRIES.map(([name], country) =>
      PROVIDERS.map((_, i) => this.#provider({ kind: 'home', country, name: `${name} provider ${i}` })),
    )
    this.#carriers = COUNTRIES.map(([name], country) =>
      Array.from({ length: WORLD.carriersPerCountry }, (_, i) =>
        this.#provider({ kind: 'mobile', country, name: `${name} mobile ${i}` }),
      ),
    )
    // Tables do not know every VPN as one: some are listed as the hosting company they rent from.
    this.#vpns = Array.from({ length: WORLD.vpnProviders }, (_, i) => {
      const kind = chance.is(0.6) ? 'vpn' : 'hosting'
      return { areas: COUNTRIES.map((_, country) => this.#area({ kind, country, name: `VPN ${i}` })) }
    })
    this.#clouds = Array.from({ length: WORLD.cloudProviders }, (_, i) => ({
      areas: Array.from({ length: WORLD.areasPerCloud }, (_, n) =>
        this.#area({ kind: 'hosting', country: n % 4, name: `cloud ${i}` }),
      ),
    }))
  }

  #area(owner: Owner): number {
    const number = this.#areas++
    this.#owners.set(areaOf(this.#four(number, 0)), owner)
    return number
  }

  #four(area: number, third: number): string {
    return `${1 + (area >> 8)}.${area & 255}.${third & 255}.0/24`
  }

  #six(block: number, site: number): string {
    return `2a${hex(16 + (block >> 8))}:${hex(256 + (block & 255))}:${hex(1 + (site % 65_535))}::/48`
  }

  #provider(owner: Owner): Provider {
    const { chance } = this
    const areas = Array.from({ length: chance.whole(WORLD.areasPerProvider) }, () => this.#area(owner))
    const { fixed, sticky, nightly } = ADDRESSING
    const way = (['fixed', 'sticky', 'nightly', 'shared'] as const)[chance.share([fixed, sticky, nightly])] ?? 'shared'
    let six: number | null = null
    if (chance.is(IPV6.providers)) {
      six = this.#sixes++
      this.#owners.set(areaOf(this.#six(six, 0)), owner)
    }
    const perRegion = chance.whole(owner.kind === 'mobile' ? WORLD.networksPerCarrier : WORLD.networksPerRegion)
    return { areas, way, six, sixNightly: chance.is(IPV6.newPrefixNightly), perRegion }
  }

  truth = (network: string) => {
    const owner = this.#owners.get(areaOf(network))
    if (!owner) throw new Error(`nobody runs ${network}`)
    const { kind, country, name } = owner
    return { kind, country: (COUNTRIES[country] as (typeof COUNTRIES)[number])[0], owner: name }
  }

  country(): number {
    return this.chance.share(COUNTRIES.map(([, share]) => share))
  }

  other(country: number): number {
    const found = this.country()
    return found === country ? (found + 3) % COUNTRIES.length : found
  }

  /** One of the networks that a provider uses in a region; those of a region lie in two of its areas. */
  #inRegion({ areas, perRegion }: Provider, region: number, nth: number): string {
    const n = nth % perRegion
    return this.#four(areas[(region * 2 + (n & 1)) % areas.length] as number, numberOf(region, n))
  }

  /** Somebody's home. `city` keeps people of one city with one region; without it, anywhere in the country. */
  home(country = this.country(), city = this.chance.whole([0, 1e6])): Line {
    const { chance } = this
    const provider = this.#providers[country]?.[chance.share(PROVIDERS)] as Provider
    const region = city % WORLD.regionsPerProvider
    const house = chance.whole([0, 1e9])
    const stays = chance.whole(WORLD.stickyDays) * DAY_MS
    const exits = chance.whole(WORLD.cgnatExits)
    const period = { fixed: Number.MAX_SAFE_INTEGER, sticky: stays, nightly: DAY_MS, shared: 3 * HOUR_MS }[provider.way]
    const offset = house % DAY_MS
    return (at) => {
      if (provider.six !== null && (numberOf(house, Math.floor(at / 60_000)) % 1_000) / 1_000 < IPV6.calls) {
        const when = Math.floor((at + offset) / (provider.sixNightly ? DAY_MS : stays * 2))
        return this.#six(provider.six, numberOf(house, when))
      }
      const when = Math.floor((at + offset) / period)
      const nth = provider.way === 'shared' ? house + (numberOf(house, when) % exits) : numberOf(house, when)
      return this.#inRegion(provider, region, nth)
    }
  }

  /** An office, a school, a hotel: a line for business, whose address stays. Its neighbors are its provider's houses. */
  site(country = this.country()): Line {
    return this.#sited(country, this.#sites++)
  }

  #sited(country: number, site: number): Line {
    const providers = this.#providers[country] as Provider[]
    const provider = providers[numberOf(country, site) % providers.length] as Provider
    const network = this.#inRegion(provider, site, numberOf(site, 5))
    return () => network
  }

  hotel(country: number): Line {
    return this.#sited(country, 1e6 + this.chance.whole([0, WORLD.hotelsPerCountry]))
  }

  cafe(country: number): Line {
    return this.#sited(country, 2e6 + this.chance.whole([0, WORLD.cafesPerCountry]))
  }

  /** A university: its own addresses, another in each building. */
  campus(country: number): { line: Line } {
    const area = this.#area({ kind: 'home', country, name: `university ${this.#areas}` })
    const networks = this.chance.whole(WORLD.campusNetworks)
    return { line: (at) => this.#four(area, numberOf(area, Math.floor(at / HOUR_MS)) % networks) }
  }

  mobile(country: number): Line {
    const { chance } = this
    const carrier = chance.one(this.#carriers[country] as Provider[])
    const phone = chance.whole([0, 1e9])
    const session = chance.whole(WORLD.carrierSessionHours) * HOUR_MS
    return (at) => {
      const when = Math.floor((at + phone) / session)
      if (carrier.six !== null && numberOf(phone, when) % 10 < 6)
        return this.#six(carrier.six, numberOf(phone, when, 1))
      return this.#inRegion(carrier, 0, numberOf(phone, when, 2))
    }
  }

  /** A VPN: the country of the exit is chosen by whoever uses it. */
  vpn(): (country: number, session: number) => Line {
    const { areas } = this.chance.one(this.#vpns)
    return (country, session) => {
      const network = this.#four(areas[country] as number, numberOf(session) % WORLD.networksPerVpnCountry)
      return () => network
    }
  }

  /** A company's traffic through a filtering service: each connection may leave in another of its regions. */
  proxy(): Line {
    const { areas } = this.chance.one(this.#clouds)
    const regions = Array.from({ length: WORLD.proxyRegions }, () => this.chance.one(areas))
    return (at) => {
      const which = numberOf(Math.floor(at / 300_000))
      return this.#four(regions[which % regions.length] as number, 250 + (which % 4))
    }
  }

  /** A rented machine: an address of its own for as long as it lives. */
  machine(cloud: number): Line {
    const { areas } = this.#clouds[cloud % this.#clouds.length] as { areas: number[] }
    const network = this.#four(this.chance.one(areas), this.chance.whole([0, 249]))
    return () => network
  }
}
