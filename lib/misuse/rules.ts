import { dayOf, type KeyMap, placesOf } from './places.ts'
import { type Level, SHIFT, type SignalName, THRESHOLDS } from './plain.ts'
import { type Evidence, evidenceOf, type KeyHistory, type Policy, type Surroundings } from './signals.ts'

/** What came of looking at one key. */
export type Assessment = { score: number; evidence: Evidence[]; map: KeyMap }

/** What somebody said is fine about a key: its kinds of evidence, with the points they had then. */
export type Excused = Partial<Record<SignalName, number>>

const HALF_LIFE_DAYS = 14
/** What was said to be fine counts again only when it has grown by this much. */
const GROWN = 20

/** How much a key looks misused, from 0 to 100, and by what. */
export function assess(key: KeyHistory, policy: Policy, around: Surroundings, excused: Excused, now: Date): Assessment {
  const today = dayOf(now.getTime())
  const map = placesOf(key.sightings, around.network, today)
  const evidence = evidenceOf({ key, map, policy, around, today })
    .map((each) => ({
      ...each,
      points: Math.round(each.points * 0.5 ** (Math.max(0, today - each.lastDay) / HALF_LIFE_DAYS)),
    }))
    .filter(({ signal, points }) => points > 0 && points > (excused[signal] ?? -GROWN) + GROWN)
  return { score: scoreOf(evidence), evidence, map }
}

/** The strongest evidence, half of the next, a quarter of the one after; what only supports never makes a score alone. */
export function scoreOf(evidence: readonly Evidence[]): number {
  const main = evidence.filter(({ supports }) => !supports).map(({ points }) => points)
  if (main.length === 0) return 0
  const sorted = main.sort((a, b) => b - a)
  const [first = 0, ...others] = sorted
  const more = others.reduce((total, each, i) => total + each * 0.5 ** (i + 1), 0)
  const support = evidence.filter(({ supports }) => supports).reduce((total, { points }) => total + points, 0)
  // Half of what is left, so that evidence adds up and never runs over.
  const added = Math.min(more * 0.5 + support * Math.min(1, first / 50), (100 - first) * 0.6)
  return Math.round(Math.min(100, first + added))
}

/** The level of a score, given the level before: it is left only well below where it is entered. */
export function levelOf(score: number, before: Level, shift: number): Level {
  const { look, act } = THRESHOLDS
  const isAct = score >= (before === 'act' ? act.leave : act.enter) + shift
  if (isAct) return 'act'
  return score >= (before === 'none' ? look.enter : look.leave) + shift ? 'look' : 'none'
}

/** How far an organization's thresholds have moved by what it said of keys it was shown. */
export const shiftOf = (fine: number, acted: number): number =>
  Math.min(SHIFT.most, Math.max(SHIFT.least, fine * SHIFT.perFine + acted * SHIFT.perAction))

/** May the device limit be lowered to what a page offered? Devices may have come, gone or been confirmed since. The reason it may not, or null. */
export function whyNotLowered({
  asked,
  live,
  confirmed,
  present,
}: {
  asked: number
  live: number
  confirmed: number
  present: { mode: string; limit: number | null }
}): string | null {
  if (live === 0) return 'No device is active: there is nothing to lower the limit to.'
  if ((confirmed || live) !== asked) {
    const devices = confirmed ? 'devices that the owner confirmed' : 'devices in use'
    return `Meanwhile the number of ${devices} is ${confirmed || live}, not ${asked}. Nothing was changed. Open the page again.`
  }
  if (present.mode === 'off') return 'This key takes no devices: there is no limit to lower.'
  if (present.limit !== null && present.limit <= asked) return `Its limit is ${present.limit} already: no higher.`
  return null
}
