// A month of validations: one by one, so that the charts, the counters and "last seen" tell the same story.

import { newId } from '#lib/base/ids.ts'
import { KEPT_DAYS } from '#lib/call-log/plain.ts'
import { fingerprintText } from '#lib/call-log/rules.ts'
import type { KeyRow, Scene, Source } from './scene.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
/** As far back as charts look. */
const WINDOW_DAYS = 30

// The hours of somebody's day, each as often as it is likely.
const likely = [1, 0, 0, 0, 0, 0, 1, 3, 9, 14, 14, 12, 8, 11, 13, 13, 11, 8, 5, 4, 5, 5, 4, 2]
const hoursOf = (weights: number[]) => weights.flatMap((times, hour) => Array<number>(times).fill(hour))
const people = hoursOf(likely)
const servers = hoursOf(likely.map((times) => times + 7))
const weekend = { people: 0.3, servers: 0.62 }

/** Makes up the validations of every source and counts them where the server would have. */
export function addTraffic(scene: Scene): void {
  const hours = new Map<string, number>()
  const days = new Map<string, { valid: number; refused: number }>()
  const count = (key: KeyRow, at: Date, code: string) => {
    const hour = `${new Date(Math.floor(at.getTime() / HOUR) * HOUR).toISOString()}|${code}`
    hours.set(hour, (hours.get(hour) ?? 0) + 1)
    const day = `${key.id}|${at.toISOString().slice(0, 10)}`
    const counts = days.get(day) ?? { valid: 0, refused: 0 }
    days.set(day, counts)
    if (code === 'VALID') counts.valid++
    else counts.refused++
  }

  for (const source of scene.sources) {
    addEarlier(scene, source)
    for (const at of moments(scene, source)) {
      const code = codeAt(scene, source, at)
      if (!code) continue
      count(source.key, at, code)
      log(scene, source, at, code)
      if (code === 'VALID') seen(source, at, 1)
    }
  }
  for (const { licenseKeyId, at } of refusals(scene)) {
    const key = scene.keys.find(({ id }) => id === licenseKeyId)
    if (key) count(key, at, 'ACTIVATION_NOT_FOUND')
  }

  const { organizationId } = scene
  for (const [place, count] of hours) {
    const [hour, code = ''] = place.split('|')
    scene.hours.push({ organizationId, hour: new Date(hour ?? 0), code, count })
  }
  for (const [place, counts] of days) {
    const [licenseKeyId = '', day] = place.split('|')
    scene.days.push({ licenseKeyId, day: new Date(`${day}T00:00:00Z`), ...counts })
  }
}

/** The call as the live page has it, if it is not too long ago. */
function log({ now, random, organizationId, calls }: Scene, { key, activation }: Source, at: Date, code: string): void {
  if (at > now || now.getTime() - at.getTime() > KEPT_DAYS * DAY) return
  const meta = (activation?.meta ?? {}) as { ip?: string; app_version?: string }
  calls.push({
    ...{ id: newId(at), organizationId, writtenAt: at, at, verb: 'validate', code, licenseKeyId: key.id },
    ...{ activationId: activation?.id ?? null, device: activation?.label ?? null, standsFor: 1, dialect: '' },
    fingerprint: fingerprintText(activation?.fingerprint),
    address: meta.ip ?? `203.0.113.${random.int(2, 250)}`,
    app: meta.app_version ?? null,
    durationUs: Math.round(700 + 2_600 * random.next() ** 3),
  })
}

/** Counts a valid answer on the key and on the device. */
function seen({ key, activation }: Source, at: Date, times: number): void {
  for (const row of [key, activation]) {
    if (!row) continue
    row.validations = BigInt(row.validations ?? 0) + BigInt(times)
    if (!row.lastValidatedAt || at > row.lastValidatedAt) row.lastValidatedAt = at
  }
}

/** What came before the window is only a number. */
function addEarlier({ now, random }: Scene, source: Source): void {
  const ends = [source.until.getTime(), source.refusedFrom?.getTime() ?? Infinity, now.getTime() - WINDOW_DAYS * DAY]
  const end = Math.min(...ends)
  const days = (end - source.from.getTime()) / DAY
  if (days < 0.1) return
  const times = Math.round(days * source.rate * (0.6 + 0.3 * random.next()))
  const last = new Date(end - random.next() * Math.min(days * DAY, 9 * HOUR))
  if (times > 0) seen(source, last, times)
}

/** When this source asked during the window. */
function* moments({ now, random }: Scene, { rate, hours, isServer, from, until }: Source): Generator<Date> {
  const likelyHours = isServer ? servers : people
  const today = Math.floor(now.getTime() / DAY)
  for (let day = today - WINDOW_DAYS; day <= today; day++) {
    const weekday = (day + 4) % 7 // 1 January 1970 was a Thursday
    const isWeekend = weekday === 0 || weekday === 6
    const growth = 0.82 + (0.3 * (day - today + WINDOW_DAYS)) / WINDOW_DAYS
    const mood = 0.6 + 0.8 * random.next()
    const times = rate * growth * mood * (isWeekend ? weekend[isServer ? 'servers' : 'people'] : 1)
    for (let left = Math.floor(times + random.next()); left > 0; left--) {
      const hour = (random.pick(likelyHours) - hours + 24) % 24
      const at = new Date(day * DAY + (hour + random.next()) * HOUR)
      if (at >= from && at <= until) yield at
    }
  }
  // Servers ask around the clock, so at any hour somebody was seen just now.
  if (isServer) yield new Date(now.getTime() - (10 + 900 * random.next()) * 1_000)
}

/** The answer at that moment; null when the software has given up asking. */
function codeAt({ now, random, configurations }: Scene, source: Source, at: Date): string | null {
  const { key, activation, refusedFrom, refusedWith } = source
  if (refusedFrom && at >= refusedFrom) {
    const days = (at.getTime() - refusedFrom.getTime()) / DAY
    return random.chance(0.7 ** (1 + days)) ? refusedWith : null
  }
  const limit = key.usageOverridden
    ? key.usageLimitOverride
    : configurations.find(({ id }) => id === key.keyConfigurationId)?.usageLimit
  const isSpent = Boolean(limit) && (key.usage ?? 0) >= (limit ?? 0)
  if (isSpent && now.getTime() - at.getTime() < 2.2 * DAY) return 'USAGE_LIMIT_REACHED'
  // Somebody updated the app and kept the old conditions, or wiped a computer.
  if (activation && random.chance(0.006)) return random.chance(0.5) ? 'CONDITIONS_MISMATCH' : 'ACTIVATION_NOT_FOUND'
  return 'VALID'
}

/** A device that was refused goes on asking. */
const refusals = ({ events }: Scene) =>
  events.flatMap(({ type, at, licenseKeyId }) =>
    type === 'activation.refused' && licenseKeyId && at instanceof Date ? [{ licenseKeyId, at }] : [],
  )
