import type { LicenseCode } from '../error-codes/schema.ts'
import { type ChartPart, verdicts } from '../error-codes/schema.ts'
import { versionNames } from '../metadata/plain.ts'
import type { CallFilter, ShownCall } from './plain.ts'

// ---------------------------------------------------------------- which calls are kept

/** How many calls of one organization and code are kept of those written together; what comes on top is counted. */
export const keptOf = (code: string): number => (code === 'VALID' ? 2 : 60)

/** Some of many calls, each as likely as the others, and how many there were. */
export type Sample<Call> = { seen: number; kept: Call[] }

/**
 * Where the next call of a sample goes, or null when it is only counted: the first ones fill it, and each later one takes the place of one
 * with the chance that makes all equally likely to stay. `chance` is from 0 to 1.
 */
export function placeFor(sample: Sample<unknown>, most: number, chance: number): number | null {
  const nth = ++sample.seen
  if (nth <= most) return nth - 1
  const at = Math.floor(chance * nth)
  return at < most ? at : null
}

/** How many calls each of the kept ones stands for: together exactly those that were seen. */
export function standsFor({ seen, kept }: Sample<unknown>): number[] {
  const each = Math.floor(seen / kept.length)
  const more = seen - each * kept.length
  return kept.map((_, i) => each + (i < more ? 1 : 0))
}

// ---------------------------------------------------------------- what is written of a call

const DEVICE_MAX = 120
const FINGERPRINT_MAX = 16
const APP_MAX = 60

/** What a device is called, as far as a list has room for it. */
export const deviceText = (label: string | null | undefined): string | null =>
  label?.trim().slice(0, DEVICE_MAX) || null

/** The beginning of what a device is known by: enough to compare, too little to pretend to be it. */
export const fingerprintText = (fingerprint: string | null | undefined): string | null =>
  fingerprint
    ? fingerprint.length > FINGERPRINT_MAX
      ? `${fingerprint.slice(0, FINGERPRINT_MAX)}…`
      : fingerprint
    : null

/** The software and its version, by what the device told of itself (`meta`), or else by the first word of its user agent. */
export function appText(meta: Record<string, unknown> | null | undefined, userAgent: string | null): string | null {
  const told = versionNames.map((name) => meta?.[name])
  const version = told.find((value) => typeof value === 'string' || typeof value === 'number')
  if (version !== undefined) return tidy(String(version))
  const [, name, number] = /^\s*([^\s/()]+)(?:\/([^\s()]+))?/.exec(userAgent ?? '') ?? []
  if (!name || name === 'Mozilla') return null
  return tidy(number ? `${name} ${number}` : name)
}

// Control characters have no place in a list, and PostgreSQL takes no NUL.
const tidy = (text: string): string | null =>
  text
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, APP_MAX) || null

// ---------------------------------------------------------------- who sees which

/** True for a call that the filter asks for; queries.ts asks the same of the database. */
export const matches = ({ outcomes, codes, licenseKeyId, configurationIds }: CallFilter, call: ShownCall): boolean =>
  (!outcomes?.length || outcomes.includes(call.valid ? 'yes' : 'no')) &&
  (!codes?.length || codes.includes(call.code)) &&
  (!licenseKeyId || call.licenseKey?.id === licenseKeyId) &&
  (!configurationIds?.length || configurationIds.includes(call.licenseKey?.configurationId ?? ''))

/** Every code a call may be answered with. */
export const loggedCodes = Object.keys(verdicts) as LicenseCode[]

/** Codes that are a yes. */
export const validCodes = loggedCodes.filter((code) => verdicts[code].part === 'valid')

/** True for a code that is a yes. */
export const isYes = (code: LicenseCode): boolean => verdicts[code].part === 'valid'

// ---------------------------------------------------------------- the chart

/** How many calls came to what, by the parts of the chart. */
export type PartCounts = Partial<Record<ChartPart, number>>

/** Calls in steps of time: milliseconds at which the step begins, and what was answered in it. */
export type ChartStep = { at: number; counts: PartCounts }

/** How long the steps of the chart may be, and how many there are. */
export const chartSpans = { minute: { stepMs: 1_000, steps: 60 }, hour: { stepMs: 60_000, steps: 60 } } as const
export type ChartSpan = keyof typeof chartSpans

/** What calls add to the chart. */
export function stepsOf(calls: readonly ShownCall[], stepMs: number): ChartStep[] {
  const steps = new Map<number, PartCounts>()
  for (const { at, code, standsFor } of calls) {
    const step = at - (at % stepMs)
    const counts = steps.get(step) ?? {}
    const { part } = verdicts[code]
    counts[part] = (counts[part] ?? 0) + standsFor
    steps.set(step, counts)
  }
  return [...steps].map(([at, counts]) => ({ at, counts }))
}
