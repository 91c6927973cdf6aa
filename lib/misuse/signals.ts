import {
  bits,
  DAY_MS,
  dayOf,
  Groups,
  type KeyMap,
  type NetworkFacts,
  type Place,
  type Sighting,
  type Turn,
} from './places.ts'
import { type Audience, type SignalName, WINDOW_DAYS } from './plain.ts'

// What may point to misuse. Every signal is a number of points with the numbers they came from, and says when it was last seen.

/** Whom the key is for. `seats` is said by the merchant; `limit` is how many devices the key takes at once, null for any number. */
export type Policy = { audience: Audience; seats: number | null; limit: number | null }

/** A trial that began on the same device or in the same network as this one; `now` is the trial in question itself. */
export type Trial = { customer: string; by: 'device' | 'network'; from: number; to: number }

export type KeyHistory = { sightings: readonly Sighting[]; turns: readonly Turn[] }

/** What is known beside the key. */
export type Surroundings = {
  network: (network: string) => NetworkFacts
  /** How often devices of this organization usually call on a day they are used; null: too few to say. */
  callsPerDay: number | null
  /** Where the key is a trial: all trials of its devices and networks, itself included. */
  trials: readonly Trial[]
  /** Of how many customers keys are used on one and the same device of this key. */
  customersOfDevice: number
}

export type Evidence = {
  signal: SignalName
  points: number
  values: Record<string, number>
  /** When it was last true, in days since 1970. */
  lastDay: number
  /** True for what cannot accuse alone. */
  supports: boolean
}

const PERSON_PLACES = 3
const isForOne = ({ audience }: Policy) => audience === 'person' || audience === 'trial'

/** How many places are to be expected of a key. */
export function expectedPlaces(policy: Policy): number {
  if (isForOne(policy)) return PERSON_PLACES
  const { audience, seats, limit } = policy
  const count = audience === 'team' ? (seats ?? limit) : limit
  // Nobody said how many: only what no team of a usual size does is much.
  if (count === null) return 8
  return count < PERSON_PLACES ? PERSON_PLACES : Math.ceil(count * 1.25) + 2
}

/** Points from a table of [from, points], straight lines between. */
export function points(value: number, table: readonly (readonly [number, number])[]): number {
  let before: readonly [number, number] | undefined
  for (const step of table) {
    if (value < step[0]) {
      if (!before) return 0
      return Math.round(before[1] + ((value - before[0]) / (step[0] - before[0])) * (step[1] - before[1]))
    }
    before = step
  }
  return before?.[1] ?? 0
}

type Context = {
  key: KeyHistory
  map: KeyMap
  policy: Policy
  around: Surroundings
  today: number
}

const SETTLED_DAYS = 3
const WEEK = 0b1111111

/** True when a place was used on enough days to be somebody's. */
export const isSettled = ({ days }: Place): boolean => bits(days) >= SETTLED_DAYS

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, each) => total + each, 0)
const weightOf = (places: Iterable<Place>) => sum(Array.from(places, ({ weight }) => weight))

// ---------------------------------------------------------------- places

// Places in use in the same week, in at least two of the four weeks: who moves house or changes jobs has no more of them for that.
function places({ map, policy, today }: Context): Evidence | null {
  const settled = map.places.filter(isSettled)
  const expected = expectedOf(map, policy)
  const weeks = [0, 7, 14, 21].map((from) => settled.filter(({ days }) => (days >>> from) & WEEK))
  const counts = weeks.map(weightOf).sort((a, b) => b - a)
  const count = counts[1] ?? 0
  const excess = count - expected
  if (excess < 1) return null
  const overlap = overlapOf(settled)
  // Taken in relation: eleven places for a team of seven are less odd than six for one person.
  const steps = [
    [1, 25],
    [1.3, 52],
    [2, 58],
    [3, 68],
    [5, 82],
    [9, 92],
  ] as const
  const found = points((excess * PERSON_PLACES) / Math.max(PERSON_PLACES, expected * 0.6), steps)
  const sure = 0.6 + 0.4 * Math.min(1, overlap / 0.3)
  return {
    signal: 'places',
    points: Math.round(found * sure),
    values: {
      places: settled.length,
      atOnce: Math.round(count),
      expected,
      devices: sum(settled.map(({ devices }) => devices.length)),
      overlapPercent: Math.round(overlap * 100),
    },
    lastDay: Math.max(...settled.map(({ lastDay }) => lastDay), today - WINDOW_DAYS),
    supports: false,
  }
}

// Most companies, and most chains of shops, have fewer than twenty people or places.
const STANDING_PLACES = 20
const STANDING_NEW = 3

/** How many places are to be expected of a key that is used so. */
export const expectedOf = (map: KeyMap, policy: Policy): number =>
  standsStill(map, policy) ? STANDING_PLACES : expectedPlaces(policy)

/** Nobody said whom the key is for, nor limited it, and its places stay the same: a team has many at once, a leak gets more. */
function standsStill(map: KeyMap, { audience, limit }: Policy): boolean {
  if (audience !== 'unsaid' || limit !== null) return false
  const since = rolledOut(map)
  return weightOf(map.places.filter((place) => isSettled(place) && place.firstDay > since)) < STANDING_NEW
}

const OVERLAP_DAYS = 3
// Software that calls only when it starts is rarely seen in the same hour.
const SAME_DAYS = 8
const PAIRS_MAX = 400

/** Of pairs of places, the share that was in use at the same time: in the same hour on several days, or on many same days. */
function overlapOf(places: readonly Place[]): number {
  let pairs = 0
  let overlapping = 0
  for (const [i, a] of places.entries()) {
    for (const b of places.slice(i + 1)) {
      if (pairs >= PAIRS_MAX) break
      pairs++
      let days = 0
      for (const [day, hours] of a.hours) if (hours & (b.hours.get(day) ?? 0)) days++
      if (days >= OVERLAP_DAYS || bits(a.days & b.days) >= SAME_DAYS) overlapping++
    }
  }
  return pairs === 0 ? 0 : overlapping / pairs
}

// ---------------------------------------------------------------- newcomers

const NEW_DAYS = 14
const ROLL_OUT_DAYS = 7

/** The day until which devices belong to how a key was first set up, as far back as is looked. */
const rolledOut = (map: KeyMap): number =>
  Math.min(...Array.from(map.devices.values(), ({ firstDay }) => firstDay)) + ROLL_OUT_DAYS

// A leaked key spreads faster than places settle. Who comes once, as build runners do, is no newcomer; nor, where the
// key was not sold to one person, is who was there in its first week: a company installs on all its machines then.
function newcomers({ map, policy, today }: Context): Evidence | null {
  const since = isForOne(policy) ? today - NEW_DAYS : Math.max(today - NEW_DAYS, rolledOut(map))
  const fresh = map.places.filter(({ firstDay }) => firstDay > since)
  // Servers that replace one another come one after the other; strangers come beside each other.
  const onDays = fresh.map(({ firstDay }) => fresh.filter((p) => p.firstDay <= firstDay && p.lastDay >= firstDay))
  const count = Math.max(0, ...onDays.map(weightOf))
  const allowed = Math.max(PERSON_PLACES + 1, expectedPlaces(policy))
  const found = points(count - allowed, [
    [2, 25],
    [4, 52],
    [7, 70],
    [12, 88],
  ])
  if (found === 0) return null
  return {
    signal: 'newcomers',
    points: found,
    values: {
      places: fresh.length,
      devices: sum(fresh.map(({ devices }) => devices.length)),
      atOnce: Math.round(count),
      days: NEW_DAYS,
      expected: allowed,
    },
    lastDay: Math.max(...fresh.map(({ lastDay }) => lastDay)),
    supports: false,
  }
}

// ---------------------------------------------------------------- refused crowd

const CROWD_DAYS = 14
const OF_KIND = { own: 1, popular: 0.5, mobile: 0.34, vpn: 0.34, hosting: 0.2 } as const

// Counted in places, so a device that tries again all day is one, wherever its address goes; and so is a whole office.
function crowd({ key, map, policy, around, today }: Context): Evidence | null {
  const refused = thatCameBack(
    key.sightings.filter(({ full, day, device }) => full > 0 && device && day > today - CROWD_DAYS && day <= today),
  )
  if (refused.length === 0) return null
  const known = new Set(key.sightings.filter(({ yes }) => yes > 0).map(({ network }) => network))
  const nodes = new Groups(refused.flatMap(({ device, network }) => [`d ${device}`, `n ${network}`]))
  for (const { device, network } of refused) nodes.join(`d ${device}`, `n ${network}`)
  const groups = new Map<string, { weight: number; isKnown: boolean; devices: Set<string>; lastDay: number }>()
  for (const { device, network, day } of refused) {
    const root = nodes.rootOf(`d ${device}`)
    const group = groups.get(root) ?? { weight: 0, isKnown: false, devices: new Set(), lastDay: 0 }
    groups.set(root, group)
    const { keys, kind } = around.network(network)
    const weight = kind && kind !== 'home' ? OF_KIND[kind] : keys >= 5 ? OF_KIND.popular : 1
    group.weight = Math.max(group.weight, weight)
    group.isKnown ||= known.has(network) || map.devices.has(device as string)
    group.devices.add(device as string)
    group.lastDay = Math.max(group.lastDay, day)
  }
  const strangers = [...groups.values()].filter(({ isKnown }) => !isKnown)
  if (strangers.length === 0) return null
  // They come beside those who have a slot.
  const using = inUse(map, today)
  const count = sum(strangers.map(({ weight }) => weight)) + weightOf(using)
  const allowed = Math.max(PERSON_PLACES + 1, expectedPlaces(policy))
  const found = points(count - allowed, [
    [2, 25],
    [4, 52],
    [8, 70],
    [16, 88],
  ])
  if (found === 0) return null
  return {
    signal: 'crowd',
    points: found,
    values: {
      places: strangers.length,
      devices: sum(strangers.map(({ devices }) => devices.size)),
      inUse: using.length,
      days: CROWD_DAYS,
    },
    lastDay: Math.max(...strangers.map(({ lastDay }) => lastDay)),
    supports: false,
  }
}

const inUse = ({ places }: KeyMap, today: number) =>
  places.filter((place) => isSettled(place) && place.lastDay > today - CROWD_DAYS)

// Whoever was refused on one day and never came back took nothing; build jobs that find no room are a hundred of those.
function thatCameBack(refused: Sighting[]): Sighting[] {
  const days = new Map<string | null, Set<number>>()
  for (const { device, day } of refused) days.set(device, (days.get(device) ?? new Set()).add(day))
  return refused.filter(({ device }) => (days.get(device)?.size ?? 0) > 1)
}

// ---------------------------------------------------------------- taking turns

const HANDOVER_MS = 2 * DAY_MS

// A device of one place gives its slot back and one of another takes it, again and again. Who moves between two desks of their own does
// so twice a day at most, between few places.
function turns({ key, map, policy, today }: Context): Evidence | null {
  const placeOf = new Map<string, Place>()
  for (const place of map.places) {
    if (!isSettled(place) || place.weight < OF_KIND.popular) continue
    for (const device of place.devices) placeOf.set(device, place)
  }
  if (new Set(placeOf.values()).size < PERSON_PLACES) return null
  const since = (today + 1 - WINDOW_DAYS) * DAY_MS
  const until = (today + 1) * DAY_MS
  const ordered = key.turns.filter(({ at }) => at >= since && at < until).sort((a, b) => a.at - b.at)
  const taken = new Map<Place, number>()
  const byDay = new Map<number, number>()
  let handovers = 0
  let left: { at: number; place: Place } | null = null
  for (const { at, device, on } of ordered) {
    const place = placeOf.get(device)
    if (!place) continue
    if (!on) left = { at, place }
    else if (left && left.place !== place && at - left.at <= HANDOVER_MS) {
      handovers++
      taken.set(place, (taken.get(place) ?? 0) + 1)
      byDay.set(dayOf(at), (byDay.get(dayOf(at)) ?? 0) + 1)
      left = null
    }
  }
  const taking = [...taken.values()].filter((times) => times >= 3).length
  const busyDays = [...byDay.values()].filter((times) => times >= 4).length
  const expected = Math.max(PERSON_PLACES, Math.min(expectedPlaces(policy), (policy.limit ?? 0) + 2))
  const byPlaces =
    handovers >= 4 * taking
      ? points(taking - expected, [
          [1, 54],
          [2, 66],
          [4, 85],
        ])
      : 0
  const byPace =
    taking >= PERSON_PLACES
      ? points(busyDays, [
          [4, 40],
          [6, 55],
          [12, 80],
        ])
      : 0
  const found = Math.max(byPlaces, byPace)
  if (found === 0) return null
  return {
    signal: 'turns',
    points: found,
    values: { places: taking, handovers, busyDays, days: WINDOW_DAYS },
    lastDay: Math.max(...byDay.keys()),
    supports: false,
  }
}

// ---------------------------------------------------------------- copies of one device

const COPY_DAYS = 5
const HOURS = 24

/** By area: the hours in which it was there. */
type DeviceDay = { areas: Map<string, number>; calls: number }

// One device that is in many networks in the same hours, and calls as often as many devices: its id was copied. A phone that changes
// address every hour is in many networks, too, but in one area, and calls like one device; so does a house whose provider lends it
// another address at each call. A device of a company's image sits in one network.
function copies({ key, policy, around, today }: Context): Evidence | null {
  // An id that so many share is what the software sends everywhere.
  if (around.callsPerDay === null || around.customersOfDevice > SHARED_MAX) return null
  const everywhere = new Set<string>()
  for (const { network } of key.sightings) {
    everywhere.add(around.network(network).area)
    if (everywhere.size > PERSON_PLACES) break
  }
  if (everywhere.size <= PERSON_PLACES) return null
  const devices = new Map<string, Map<number, DeviceDay>>()
  for (const { device, day, network, hours, yes } of key.sightings) {
    if (yes === 0 || day > today || day <= today - WINDOW_DAYS) continue
    const { kind, area } = around.network(network)
    const name = device ?? ''
    const days = devices.get(name) ?? new Map<number, DeviceDay>()
    devices.set(name, days)
    const of = days.get(day) ?? { areas: new Map(), calls: 0 }
    days.set(day, of)
    of.calls += yes
    if (kind === null || kind === 'home') of.areas.set(area, (of.areas.get(area) ?? 0) | hours)
  }
  const allowed = Math.max(0, expectedPlaces(policy) - PERSON_PLACES)
  const steps = [
    [3, 30],
    [4, 53],
    [7, 75],
    [10, 90],
  ] as const
  let best: Evidence | null = null
  for (const days of devices.values()) {
    if (days.size < COPY_DAYS) continue
    const seen = new Map<string, number>()
    for (const { areas } of days.values()) for (const area of areas.keys()) seen.set(area, (seen.get(area) ?? 0) + 1)
    const busy = [...days].map(([day, { areas, calls }]) => ({
      day,
      calls,
      inHour: mostAtOnce(areas),
      // Where it comes back to; a traveler does not.
      inDay: [...areas.keys()].filter((area) => (seen.get(area) ?? 0) >= COPY_DAYS).length,
    }))
    const nth = (of: (each: (typeof busy)[number]) => number) =>
      busy.map(of).sort((a, b) => b - a)[COPY_DAYS - 1] as number
    const [inHour, inDay] = [nth((each) => each.inHour), nth((each) => each.inDay)]
    const rate = sum(busy.map((each) => each.calls)) / busy.length / around.callsPerDay
    const found = Math.max(
      rate >= 2 ? points(inHour - allowed, steps) : 0,
      // One person is at three or four places on some days.
      rate >= 2 ? points(inDay - 2 - allowed, steps) : 0,
    )
    if (found > (best?.points ?? 0))
      best = {
        signal: 'copies',
        points: found,
        values: { atOnce: inHour, networks: inDay, days: days.size, times: Math.round(rate) },
        lastDay: Math.max(...busy.filter((each) => each.inDay >= inDay).map(({ day }) => day)),
        supports: false,
      }
  }
  return best
}

function mostAtOnce(networks: Map<string, number>): number {
  if (networks.size < 3) return networks.size
  let most = 0
  for (let hour = 0; hour < HOURS; hour++) {
    let count = 0
    for (const hours of networks.values()) if (hours & (1 << hour)) count++
    most = Math.max(most, count)
  }
  return most
}

// ---------------------------------------------------------------- many at once in one place

const TOGETHER_DAYS = 6
const LASTING = { span: 14, days: 8 } as const

// Only where the merchant said that the key is one person's: an office behind one address is one place like any other. Devices have to
// stay for two weeks, as machines restored from snapshots do not.
function together({ key, map, policy, today }: Context): Evidence | null {
  if (policy.audience !== 'person') return null
  const lasting = new Map<string, number>()
  for (const { name, firstDay, lastDay, days } of map.devices.values())
    if (lastDay - firstDay >= LASTING.span && bits(days) >= LASTING.days) lasting.set(name, days)
  // In the second busiest week, and in the hours of the sixth busiest day.
  const weeks = [0, 7, 14, 21].map((from) => [...lasting.values()].filter((days) => (days >>> from) & WEEK).length)
  const inWeek = weeks.sort((a, b) => b - a)[1] ?? 0
  const byDay = new Map<number, Map<string, number>>()
  for (const { device, day, hours, yes } of key.sightings) {
    if (device === null || yes === 0 || !lasting.has(device) || day > today || day <= today - WINDOW_DAYS) continue
    const devices = byDay.get(day) ?? new Map<string, number>()
    byDay.set(day, devices.set(device, (devices.get(device) ?? 0) | hours))
  }
  const busy = [...byDay].map(([day, devices]) => ({ day, inHour: mostAtOnce(devices) }))
  const inHour = busy.map((each) => each.inHour).sort((a, b) => b - a)[TOGETHER_DAYS - 1] ?? 0
  const found = Math.max(
    points(inHour, [
      [6, 35],
      [7, 53],
      [12, 72],
      [25, 85],
    ]),
    points(inWeek, [
      [7, 35],
      [8, 53],
      [15, 72],
      [30, 85],
    ]),
  )
  if (found === 0) return null
  return {
    signal: 'together',
    points: found,
    values: { devices: inWeek, atOnce: inHour, days: busy.filter((each) => each.inHour >= inHour).length },
    lastDay: Math.max(...busy.map(({ day }) => day)),
    supports: false,
  }
}

// ---------------------------------------------------------------- trials one after another

const TRIALS_OVERLAP_MS = 3 * DAY_MS
// In one network strangers may try things one after another; whoever goes round a trial's end begins anew within days.
const TRIALS_GAP_MS = 4 * DAY_MS

// One trial ends and the next begins under another address. A classroom's trials run side by side.
function trials({ around, today }: Context): Evidence | null {
  const byDevice = chainOf(
    around.trials.filter(({ by }) => by === 'device'),
    Number.POSITIVE_INFINITY,
  )
  const byNetwork = chainOf(
    around.trials.filter(({ by }) => by === 'network'),
    TRIALS_GAP_MS,
  )
  const ofDevice = points(byDevice.length, [
    [3, 56],
    [4, 72],
    [6, 88],
  ])
  const ofNetwork = points(byNetwork.length, [
    [3, 30],
    [4, 53],
    [6, 75],
  ])
  const found = Math.max(ofDevice, ofNetwork)
  if (found === 0) return null
  const chain = ofDevice >= ofNetwork ? byDevice : byNetwork
  return {
    signal: 'trials',
    points: found,
    values: { trials: chain.length, byDevice: ofDevice >= ofNetwork ? 1 : 0 },
    lastDay: Math.min(today, dayOf(chain.at(-1)?.to ?? 0)),
    supports: false,
  }
}

/** The trials that follow one another, each another customer's; none when others run beside them. */
function chainOf(trials: Trial[], gapMs: number): Trial[] {
  const chain: Trial[] = []
  const customers = new Set<string>()
  for (const trial of trials.sort((a, b) => a.from - b.from)) {
    const last = chain.at(-1)
    if (customers.has(trial.customer)) continue
    if (last && (trial.from < last.to - TRIALS_OVERLAP_MS || trial.from > last.to + gapMs)) continue
    chain.push(trial)
    customers.add(trial.customer)
  }
  return chain.length < 0.8 * trials.length ? [] : chain
}

// ---------------------------------------------------------------- what only supports

const COUNTRIES_MIN = 3

function countries({ map, today }: Context): Evidence | null {
  const settled = map.places.filter((place) => isSettled(place) && place.country && place.kind === 'own')
  const found = new Set(settled.map(({ country }) => country))
  if (found.size < COUNTRIES_MIN || overlapOf(settled) === 0) return null
  return {
    signal: 'countries',
    points: Math.min(15, found.size * 3),
    values: { countries: found.size, places: settled.length },
    lastDay: Math.max(...settled.map(({ lastDay }) => lastDay), today - WINDOW_DAYS),
    supports: true,
  }
}

const SHARED_MIN = 3
/** More customers than that do not share a device: the software sends the same id everywhere. */
const SHARED_MAX = 20

function sharedDevice({ around, today }: Context): Evidence | null {
  const { customersOfDevice: customers } = around
  if (customers < SHARED_MIN || customers > SHARED_MAX) return null
  return {
    signal: 'shared_device',
    points: Math.min(15, customers * 3),
    values: { customers },
    lastDay: today,
    supports: true,
  }
}

const signals: Record<SignalName, (context: Context) => Evidence | null> = {
  places,
  newcomers,
  crowd,
  turns,
  copies,
  together,
  trials,
  countries,
  shared_device: sharedDevice,
}

/** Everything that points to misuse, strongest first. */
export function evidenceOf(context: Context): Evidence[] {
  if (context.policy.audience === 'anyone') return []
  return Object.values(signals)
    .flatMap((signal) => signal(context) ?? [])
    .sort((a, b) => b.points - a.points)
}
