import type { NetworkFacts, Sighting, Turn } from '#lib/misuse/places.ts'
import type { NetworkKind } from '#lib/misuse/plain.ts'
import { networkKinds, POPULAR_KEYS, THRESHOLDS, WINDOW_DAYS } from '#lib/misuse/plain.ts'
import { assess } from '#lib/misuse/rules.ts'
import type { Evidence, Trial } from '#lib/misuse/signals.ts'
import { areaOf, sightingsOf, Tally } from '#lib/misuse/tally.ts'
import { ASSESS_EVERY_DAYS, WORLD } from './parameters.ts'
import { hashOf } from './random.ts'
import type { Population, SimulatedKey, Subject } from './world.ts'

// Looks at a population as the production server would: calls are tallied, and keys are assessed from what the tally kept.

const DAY_MS = 86_400_000

/** What the offline tables say: the truth, nothing, or the truth of most networks. */
export const tables = ['with tables', 'without tables', 'a fifth mislabeled'] as const
export type Tables = (typeof tables)[number]

/** What became of one subject: the first days on which it reached each level, counted from its first call; null for never. */
export type Finding = {
  subject: Subject
  lookAfter: number | null
  actAfter: number | null
  most: number
  evidence: Evidence[]
}

type About = Omit<NetworkFacts, 'keys' | 'area'>
/** `window`: the sightings that count on the day that is looked at. */
type History = { key: SimulatedKey; sightings: Sighting[]; window: Sighting[]; turns: Turn[] }

/** What is found in a population, by what the tables said. */
export function judge(population: Population, of: readonly Tables[]): Map<Tables, Finding[]> {
  const subjects = population.subjects.map((subject) => ({ subject, histories: subject.keys.map(historyOf) }))
  const all = subjects.flatMap(({ histories }) => histories)
  const callsPerDay = usualCalls(all)
  const counted = keysOfNetworks(all)
  const lookers = of.map((table) => ({
    label: remembered(labelOf(population, table)),
    findings: population.subjects.map(
      (subject): Finding => ({ subject, lookAfter: null, actAfter: null, most: 0, evidence: [] }),
    ),
  }))
  for (let today = population.from + 6; today < population.from + population.days; today += ASSESS_EVERY_DAYS) {
    const since = today - WINDOW_DAYS
    for (const history of all) history.window = history.sightings.filter(({ day }) => day > since && day <= today)
    const kin = kinOf(all, today)
    const keys = remembered((network: string) => keysIn(counted.get(network) ?? [], since, today))
    const area = remembered(areaOf)
    const now = new Date((today + 1) * DAY_MS - 1)
    for (const { label, findings } of lookers) {
      const network = remembered(
        (name: string): NetworkFacts => ({ keys: keys(name), area: area(name), ...label(name) }),
      )
      for (const [i, { histories }] of subjects.entries()) {
        const finding = findings[i] as Finding
        for (const history of histories) {
          if (history.window.length === 0) continue
          const { key, window, turns } = history
          const beside = { trials: kin.trialsOf(history), customersOfDevice: kin.customersOf(history) }
          const around = { network, callsPerDay, ...beside }
          const { score, evidence } = assess({ sightings: window, turns }, key.policy, around, {}, now)
          if (score > finding.most) Object.assign(finding, { most: score, evidence })
          const after = today - (history.sightings[0] as Sighting).day
          if (score >= THRESHOLDS.look.enter) finding.lookAfter ??= after
          if (score >= THRESHOLDS.act.enter) finding.actAfter ??= after
        }
      }
    }
  }
  return new Map(of.map((table, i) => [table, lookers[i]?.findings ?? []]))
}

function remembered<Value>(ask: (name: string) => Value): (name: string) => Value {
  const known = new Map<string, Value>()
  return (name) => {
    const value = known.get(name) ?? ask(name)
    known.set(name, value)
    return value
  }
}

/** By network: the days of each key that was there. */
function keysOfNetworks(histories: History[]): Map<string, number[][]> {
  const networks = new Map<string, number[][]>()
  for (const { sightings } of histories) {
    const own = new Map<string, number[]>()
    for (const { network, day } of sightings) {
      const days = own.get(network)
      if (!days) own.set(network, [day])
      else if (days.at(-1) !== day) days.push(day)
    }
    for (const [network, days] of own) {
      const known = networks.get(network)
      if (known) known.push(days)
      else networks.set(network, [days])
    }
  }
  return networks
}

/** How many keys, as far as it matters. */
function keysIn(keys: number[][], since: number, today: number): number {
  let count = 0
  for (const days of keys) {
    if (days.some((day) => day > since && day <= today)) count++
    if (count >= POPULAR_KEYS) break
  }
  return count
}

function historyOf(key: SimulatedKey): History {
  const tally = new Tally()
  const calls = key.calls.toSorted((a, b) => a.at - b.at)
  // A deactivation shows no sighting: the owner's page or another machine may have asked for it.
  for (const { device, network, seen, at, turn } of calls)
    if (turn !== 'off') tally.add(key.id, device, network, seen, at)
  const sightings = [...tally.days].flatMap(([day, keys]) =>
    [...keys.values()].flatMap((of) => [...sightingsOf(day, of)]),
  )
  const turns = calls.flatMap(({ at, device, turn }) => (turn && device ? [{ at, device, on: turn === 'on' }] : []))
  return { key, sightings, window: [], turns }
}

/** The median of how often a device calls on a day. */
function usualCalls(histories: History[]): number | null {
  const counts = histories.flatMap(({ sightings }) => {
    const days = new Map<string, number>()
    for (const { device, day, yes } of sightings)
      days.set(`${device} ${day}`, (days.get(`${device} ${day}`) ?? 0) + yes)
    return [...days.values()].filter((count) => count > 0)
  })
  return counts.sort((a, b) => a - b)[Math.floor(counts.length / 2)] ?? null
}

/** Which keys have devices or networks in common. */
function kinOf(histories: History[], today: number) {
  const customers = new Map<string, Set<string>>()
  const trialsByDevice = new Map<string, Set<SimulatedKey>>()
  const trialsByNetwork = new Map<string, Set<SimulatedKey>>()
  const add = <Value>(to: Map<string, Set<Value>>, name: string, value: Value) => {
    const known = to.get(name)
    if (known) known.add(value)
    else to.set(name, new Set([value]))
  }
  for (const { key, sightings, window } of histories) {
    for (const { device, yes } of window) if (device && yes > 0) add(customers, device, key.customer)
    if (!key.trial) continue
    const days = new Map<string, number>()
    for (const { device, network, day, yes } of sightings) {
      if (yes === 0 || day > today) continue
      if (device) add(trialsByDevice, device, key)
      days.set(network, (days.get(network) ?? 0) + 1)
    }
    for (const [network, count] of days) if (count >= 2) add(trialsByNetwork, network, key)
  }
  const seenIn = ({ window }: History) => window.filter(({ yes }) => yes > 0)
  return {
    customersOf: (history: History) =>
      Math.max(0, ...seenIn(history).map(({ device }) => (device ? (customers.get(device)?.size ?? 0) : 0))),
    trialsOf: (history: History): Trial[] => {
      if (!history.key.trial) return []
      const seen = seenIn(history)
      const by = (kind: Trial['by'], index: Map<string, Set<SimulatedKey>>, names: string[]) =>
        [...new Set(names.flatMap((name) => [...(index.get(name) ?? [])]))].flatMap(({ customer, trial }) =>
          trial && trial.from <= (today + 1) * DAY_MS ? [{ customer, by: kind, ...trial }] : [],
        )
      return [
        ...by('device', trialsByDevice, [...new Set(seen.flatMap(({ device }) => device ?? []))]),
        ...by('network', trialsByNetwork, [...new Set(seen.map(({ network }) => network))]),
      ]
    },
  }
}

function labelOf({ truth }: Population, table: Tables): (network: string) => About {
  if (table === 'without tables') return () => ({ kind: null, country: null, owner: null })
  return (network) => {
    const real = truth(network)
    const chance = hashOf(...Buffer.from(network))
    if (table === 'with tables' || (chance % 1_000) / 1_000 >= WORLD.mislabeled) return real
    const kind = networkKinds[(chance >>> 10) % networkKinds.length] as NetworkKind
    return { kind, country: String((chance >>> 12) % WORLD.countries), owner: `wrong ${(chance >>> 12) % 50}` }
  }
}
