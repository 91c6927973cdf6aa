import { type NetworkKind, POPULAR_KEYS, WINDOW_DAYS } from './plain.ts'

// From addresses to places. A person has many addresses and few places: devices of one key that share a network of their own belong to
// one place, however often its address changes; a network that everybody uses joins nobody and separates nobody.

/** One device of a key (or none) in one network on one day. */
export type Sighting = {
  /** Which device: the same machine has the same name after a reinstall. null: the call named none. */
  device: string | null
  /** Days since 1970, UTC. */
  day: number
  network: string
  /** One bit for each hour of the day (UTC) in which it was seen. */
  hours: number
  yes: number
  no: number
  /** Of those refused: because the key had no place left for it. */
  full: number
}

/** A device that took a slot of the key, or gave it back. */
export type Turn = { at: number; device: string; on: boolean }

/** What is known of a network beside this key. */
export type NetworkFacts = {
  keys: number
  /** The larger network that it is a part of: neighbors are mostly of one provider. */
  area: string
  kind: NetworkKind | null
  country: string | null
  owner: string | null
}

export const DAY_MS = 86_400_000
export const dayOf = (at: number): number => Math.floor(at / DAY_MS)

/** How much a place counts by the best network it has: its own, one that many keys use, or one that its owner lends to anybody. */
const WEIGHTS = { own: 1, popular: 0.5, mobile: 0.34, vpn: 0.34, hosting: 0.2 } as const
export type PlaceKind = keyof typeof WEIGHTS

export type Place = {
  devices: string[]
  networks: string[]
  kind: PlaceKind
  weight: number
  /** One bit for each day it was used; bit 0 is today. */
  days: number
  firstDay: number
  lastDay: number
  /** By day: the hours in which it was used. */
  hours: Map<number, number>
  country: string | null
}

export type SeenDevice = {
  name: string
  /** One bit for each day on which a call of it was answered with yes; bit 0 is today. */
  days: number
  firstDay: number
  lastDay: number
  /** The hours in which it was seen first and last, since 1970. */
  firstHour: number
  lastHour: number
  calls: number
  /** By network: the days it was there. */
  networks: Map<string, number>
}

export type KeyMap = {
  places: Place[]
  devices: Map<string, SeenDevice>
  /** Devices that came once and never again, as build runners and containers do. */
  passing: number
}

/** How many bits are set. */
export function bits(mask: number): number {
  let count = 0
  for (let rest = mask >>> 0; rest !== 0; rest &= rest - 1) count++
  return count
}

const kindOf = ({ keys, kind }: NetworkFacts): PlaceKind => {
  if (kind === 'hosting' || kind === 'mobile' || kind === 'vpn') return kind
  return keys >= POPULAR_KEYS ? 'popular' : 'own'
}

/** The places where the devices of a key settle, as of the day `today`. Devices that only passed by are left out. */
export function placesOf(
  sightings: readonly Sighting[],
  facts: (network: string) => NetworkFacts,
  today: number,
): KeyMap {
  const devices = seenDevices(sightings, today)
  const staying = [...devices.values()].filter(isStaying)
  const groups = new Groups(staying.map(({ name }) => name))
  const kinds = new Map<string, PlaceKind>()
  const kind = (network: string) => {
    const known = kinds.get(network) ?? kindOf(facts(network))
    kinds.set(network, known)
    return known
  }
  joinByOwnNetworks(staying, kind, groups)
  joinByPublicNetworks(staying, kind, groups)
  const places = new Map<string, Place>()
  const placeOf = (device: SeenDevice) => {
    const root = groups.rootOf(device.name)
    const place = places.get(root) ?? emptyPlace()
    places.set(root, place)
    return place
  }
  for (const device of staying) take(placeOf(device), device, kind)
  const daysOfOwn = new Map<Place, Map<string, number>>()
  for (const { device, day, hours, network, yes } of sightings) {
    const seen = device === null ? undefined : devices.get(device)
    const place = seen && places.get(groups.has(seen.name) ? groups.rootOf(seen.name) : '')
    if (!place || yes === 0 || !isWithin(day, today)) continue
    place.hours.set(day, (place.hours.get(day) ?? 0) | hours)
    const { country } = facts(network)
    if (country && kind(network) === 'own') {
      const counts = daysOfOwn.get(place) ?? new Map<string, number>()
      daysOfOwn.set(place, counts.set(country, (counts.get(country) ?? 0) + 1))
    }
  }
  for (const [place, counts] of daysOfOwn) place.country = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null
  return { places: [...places.values()], devices, passing: devices.size - staying.length }
}

// Midnight is no return: a machine that ran one job, or one night, came once.
const isStaying = ({ firstHour, lastHour }: SeenDevice) => lastHour - firstHour >= 24

const isWithin = (day: number, today: number) => day <= today && day > today - WINDOW_DAYS

function seenDevices(sightings: readonly Sighting[], today: number): Map<string, SeenDevice> {
  const devices = new Map<string, SeenDevice>()
  for (const { device, day, hours, network, yes } of sightings) {
    if (device === null || yes === 0 || !isWithin(day, today)) continue
    const lastHour = day * 24 + 31 - Math.clz32(hours)
    const firstHour = day * 24 + 31 - Math.clz32(hours & -hours)
    let seen = devices.get(device)
    if (!seen) {
      seen = { name: device, days: 0, firstDay: day, lastDay: day, firstHour, lastHour, calls: 0, networks: new Map() }
      devices.set(device, seen)
    }
    seen.firstHour = Math.min(seen.firstHour, firstHour)
    seen.lastHour = Math.max(seen.lastHour, lastHour)
    const bit = 1 << (today - day)
    seen.days |= bit
    seen.calls += yes
    seen.firstDay = Math.min(seen.firstDay, day)
    seen.lastDay = Math.max(seen.lastDay, day)
    seen.networks.set(network, (seen.networks.get(network) ?? 0) | bit)
  }
  return devices
}

const emptyPlace = (): Place => ({
  devices: [],
  networks: [],
  kind: 'hosting',
  weight: WEIGHTS.hosting,
  days: 0,
  firstDay: Number.POSITIVE_INFINITY,
  lastDay: 0,
  hours: new Map(),
  country: null,
})

function take(place: Place, device: SeenDevice, kind: (network: string) => PlaceKind): void {
  place.devices.push(device.name)
  place.days |= device.days
  place.firstDay = Math.min(place.firstDay, device.firstDay)
  place.lastDay = Math.max(place.lastDay, device.lastDay)
  for (const network of device.networks.keys()) {
    if (!place.networks.includes(network)) place.networks.push(network)
    const own = kind(network)
    if (WEIGHTS[own] > place.weight) Object.assign(place, { kind: own, weight: WEIGHTS[own] })
  }
}

// Two strangers of one provider may happen to have the same network once in a month, so once is not enough: twice on the same day, or
// both of them at home there.
const TOGETHER_DAYS = 2

function joinByOwnNetworks(devices: SeenDevice[], kind: (network: string) => PlaceKind, groups: Groups): void {
  const together = new Map<string, number>()
  for (const here of byNetwork(devices, (network) => kind(network) === 'own').values()) {
    for (const [i, a] of here.entries()) {
      for (const b of here.slice(i + 1)) {
        if (groups.areJoined(a.name, b.name)) continue
        const common = bits(a.days & b.days)
        const isHome = bits(a.days) >= TOGETHER_DAYS && bits(b.days) >= TOGETHER_DAYS
        const pair = `${a.name} ${b.name}`
        const days = (together.get(pair) ?? 0) + common
        together.set(pair, days)
        // Whoever was hardly seen has the benefit of the doubt.
        if (isHome || days >= TOGETHER_DAYS || (common > 0 && a.isRare) || (common > 0 && b.isRare))
          groups.join(a.name, b.name)
      }
    }
  }
}

// A device that was never seen in a network of its own belongs to whoever it was beside on some day.
function joinByPublicNetworks(devices: SeenDevice[], kind: (network: string) => PlaceKind, groups: Groups): void {
  const hasOwn = new Set(
    devices.filter(({ networks }) => [...networks.keys()].some((n) => kind(n) === 'own')).map(({ name }) => name),
  )
  const shared = [...byNetwork(devices, (network) => kind(network) !== 'own').values()]
  const areBeside = (a: There, b: There) => a !== b && (a.days & b.days) !== 0
  for (const here of shared) {
    const homeless = here.filter(({ name }) => !hasOwn.has(name))
    for (const [i, a] of homeless.entries()) {
      const beside = homeless.slice(i + 1).find((b) => areBeside(a, b))
      if (beside) groups.join(a.name, beside.name)
    }
  }
  // Once each: it must not join two places that have networks of their own.
  const attached = new Set<string>()
  for (const here of shared) {
    for (const a of here) {
      if (hasOwn.has(a.name) || attached.has(groups.rootOf(a.name))) continue
      const beside = here.find((b) => hasOwn.has(b.name) && areBeside(a, b))
      if (!beside) continue
      groups.join(a.name, beside.name)
      attached.add(groups.rootOf(a.name))
    }
  }
}

type There = { name: string; days: number; isRare: boolean }

function byNetwork(devices: SeenDevice[], isMeant: (network: string) => boolean): Map<string, There[]> {
  const found = new Map<string, There[]>()
  for (const { name, days: all, networks } of devices) {
    const isRare = bits(all) <= 2
    for (const [network, days] of networks) {
      if (!isMeant(network)) continue
      const here = found.get(network)
      if (here) here.push({ name, days, isRare })
      else found.set(network, [{ name, days, isRare }])
    }
  }
  return found
}

/** Union-find. */
export class Groups {
  readonly #parents: Map<string, string>

  constructor(names: Iterable<string>) {
    this.#parents = new Map(Array.from(names, (name) => [name, name]))
  }

  has(name: string): boolean {
    return this.#parents.has(name)
  }

  rootOf(name: string): string {
    let root = name
    for (let up = this.#parents.get(root); up !== undefined && up !== root; up = this.#parents.get(root)) root = up
    this.#parents.set(name, root)
    return root
  }

  areJoined(a: string, b: string): boolean {
    return this.rootOf(a) === this.rootOf(b)
  }

  join(a: string, b: string): void {
    const [one, other] = [this.rootOf(a), this.rootOf(b)]
    if (one !== other) this.#parents.set(one, other)
  }
}
