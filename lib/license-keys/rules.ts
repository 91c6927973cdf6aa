// The heart: what a key allows, decided from facts and a clock, with no database in sight.

import type {
  ActivationsMode,
  DurationUnit,
  ExpiryKind,
  ExpiryStart,
  LicenseKeyStatus,
  PurchaseStatus,
  RevokeReason,
  UsageReset,
} from '#prisma/enums.ts'
import { DAY_MS, dayOfMonth, daysLater, endOfDay, isEndOfDay, isLastOfMonth, monthsLater } from '../base/days.ts'
import type { JsonObject } from '../base/json.ts'
import { INT4_MAX } from '../base/numbers.ts'
import { usagePeriodStart } from '../key-configurations/rules.ts'
import type { KeyChanges } from './schema.ts'

/** Counters are 32 bits wide; an increment past this is refused like one past a limit. */
export const USAGE_MAX = INT4_MAX

// ---------------------------------------------------------------- facts

/** The configuration's settings that keys read live. */
export type ConfigurationLimits = {
  graceDays: number
  activationsMode: ActivationsMode
  activationLimit: number | null
  activationRequired: boolean
  usageLimit: number | null
  usageReset: UsageReset
}

/** What one key may override. */
export type KeyOverrides = {
  activationsModeOverride: ActivationsMode | null
  activationLimitOverride: number | null
  usageOverridden: boolean
  usageLimitOverride: number | null
  graceDaysOverride: number | null
}

/** The limits that hold for one key, and which of them are its own. A null limit is unlimited. */
export type EffectiveLimits = {
  activations: { mode: ActivationsMode; limit: number | null; overridden: boolean }
  usage: { limit: number | null; reset: UsageReset; overridden: boolean }
  grace: { days: number; overridden: boolean }
  activationRequired: boolean
}

/** A key as the rules see it. */
export type KeyFacts = {
  status: LicenseKeyStatus
  expiresAt: Date | null
  productId: string | null
  keyConfigurationId: string
  /** Products and configurations that it went on from: it is good for them, too. */
  formerIds: readonly string[]
  customerId: string
  newDevicesBlocked: boolean
  usage: number
  usagePeriodStart: Date | null
  entitlements: string[]
  limits: EffectiveLimits
  /** The organization's zone, for sentences; UTC where it was not read. */
  timeZone?: string | undefined
}

/** A live activation as the rules see it. */
export type ActivationFacts = { id: string; fingerprint: string | null; conditions: JsonObject }

/** Joins a key's overrides with its configuration. */
export function effectiveLimits(key: KeyOverrides, configuration: ConfigurationLimits): EffectiveLimits {
  const ownActivations = key.activationsModeOverride !== null
  const mode = key.activationsModeOverride ?? configuration.activationsMode
  const limit = ownActivations ? key.activationLimitOverride : configuration.activationLimit
  return {
    activations: { mode, limit: mode === 'limited' ? limit : null, overridden: ownActivations },
    usage: {
      limit: key.usageOverridden ? key.usageLimitOverride : configuration.usageLimit,
      reset: configuration.usageReset,
      overridden: key.usageOverridden,
    },
    grace: { days: key.graceDaysOverride ?? configuration.graceDays, overridden: key.graceDaysOverride !== null },
    // A key that takes no activations cannot ask for one.
    activationRequired: configuration.activationRequired && mode !== 'off',
  }
}

// ---------------------------------------------------------------- time

/** Calendar arithmetic: a month after 31 January is the last day of February. `day` is the day of the month that is meant. */
export function addDuration(
  start: Date,
  count: number,
  unit: DurationUnit,
  zone = 'UTC',
  day = dayOfMonth(start, zone),
): Date {
  return unit === 'day'
    ? daysLater(start, count, zone)
    : monthsLater(start, unit === 'year' ? count * 12 : count, day, zone)
}

export type ExpirySettings = {
  expiryKind: ExpiryKind
  expiresOn: Date | null
  durationCount: number | null
  durationUnit: DurationUnit | null
  expiryStart: ExpiryStart
  /** A duration ends with the day it ends in, in the organization's zone. */
  endsWithDay: boolean
}

/** When a key expires that is issued (`moment: 'issue'`) or first activated at `now`; null is never, or not yet known. */
export function expiryAt(settings: ExpirySettings, moment: ExpiryStart, now: Date, zone: string): Date | null {
  if (settings.expiryKind === 'fixed_date') return settings.expiresOn
  if (settings.expiryKind !== 'duration' || settings.expiryStart !== moment) return null
  if (settings.durationCount === null || settings.durationUnit === null) return null
  const { durationCount: count, durationUnit: unit } = settings
  return settings.endsWithDay ? endOfDay(addDuration(now, count, unit, zone), zone) : addDuration(now, count, unit)
}

/** What the configuration says of one key's expiry; a subscription's key has no date of its own. */
export function configuredExpiry(
  key: { createdAt: Date; firstActivatedAt: Date | null; ofSubscription: boolean },
  settings: ExpirySettings,
  zone: string,
): Date | null {
  if (key.ofSubscription) return null
  const byActivation = key.firstActivatedAt && expiryAt(settings, 'first_activation', key.firstActivatedAt, zone)
  return byActivation ?? expiryAt(settings, 'issue', key.createdAt, zone)
}

/** A key that gets more time, and what its present date came from. */
export type Extendable = {
  expiresAt: Date
  /** The day of the month that earlier extensions kept. */
  expiryDay: number | null
  expiryOverridden: boolean
  createdAt: Date
  firstActivatedAt: Date | null
}

// A date on the last day of a month may have been cut to it: then the day it began with is meant.
function intendedDay(key: Extendable, settings: ExpirySettings, zone: string): number {
  const day = dayOfMonth(key.expiresAt, zone)
  const start = settings.expiryStart === 'first_activation' ? key.firstActivatedAt : key.createdAt
  const began =
    key.expiryDay ??
    (key.expiryOverridden || settings.expiryKind !== 'duration' || !start ? day : dayOfMonth(start, zone))
  return isLastOfMonth(key.expiresAt, zone) ? Math.max(day, began) : day
}

/**
 * The new date of a key that gets more time: it goes on where it ends, or starts now when it has ended. Months keep the day of the month
 * the key began with, which the next extension has to know (`expiryDay`). What ends with a day goes on doing so.
 */
export function extendedExpiry(
  key: Extendable,
  more: { count: number; unit: DurationUnit },
  settings: ExpirySettings,
  zone: string,
  now: Date,
): { expiresAt: Date; expiryDay: number | null } {
  const goesOn = key.expiresAt > now
  const start = goesOn ? key.expiresAt : now
  const withDay = goesOn ? isEndOfDay(key.expiresAt, zone) : settings.endsWithDay
  const there = withDay ? zone : 'UTC'
  const day = goesOn ? intendedDay(key, settings, there) : dayOfMonth(now, there)
  const end = addDuration(start, more.count, more.unit, there, day)
  return { expiresAt: withDay ? endOfDay(end, zone) : end, expiryDay: more.unit === 'day' ? null : day }
}

/** May this key get more time? The reason it may not, or null. A disabled one may: switching it on again brings the time with it. */
export const mayExtend = ({ status, revokedFor }: KeyState): string | null =>
  status === 'revoked'
    ? `This key is revoked: ${reasonsInWords(revokedFor)}. More time would not make it work; restore it first.`
    : null

/** Where a key stands with its expiry: it has expired from `expires_at` on, and may be used until its grace is over. */
export function expiryState(key: Pick<KeyFacts, 'expiresAt' | 'limits'>, now: Date): 'live' | 'grace' | 'expired' {
  if (key.expiresAt === null || now < key.expiresAt) return 'live'
  return now.getTime() < key.expiresAt.getTime() + key.limits.grace.days * DAY_MS ? 'grace' : 'expired'
}

/** Why a key does not work, as the rest of a sentence; null when it does. `end`: its last moment in words. */
export function whyNotWorking(
  key: Pick<KeyFacts, 'status' | 'expiresAt' | 'limits'> & { revokedFor: readonly RevokeReason[]; end: string | null },
  now: Date,
): string | null {
  if (key.status === 'revoked') return `it is revoked because ${reasonsInWords(key.revokedFor)}`
  if (key.status === 'disabled') return 'it is disabled'
  return expiryState(key, now) === 'expired' ? `it expired${key.end ? ` on ${key.end}` : ''}` : null
}

/** How a key ends, and what was told of that: for which end the last time, and how many days before. */
export type KeyEnd = {
  status: LicenseKeyStatus
  expiresAt: Date | null
  createdAt: Date
  endedFor: Date | null
  remindedFor: Date | null
  remindedDays: number | null
}

/** What is to be told of a key's end now: that it has come, or that it will in so many days. */
export type EndToTell = { type: 'expired' } | { type: 'expiring'; days: number }

/**
 * What is to be told of how a key ends and was not yet; null: nothing. `days`: how long before it is told. Each end is told of anew, a key
 * that does not work otherwise has none, and of days that were over when the key was made nothing is told.
 */
export function endToTell(key: KeyEnd, days: readonly number[], now: Date): EndToTell | null {
  const end = key.expiresAt
  if (end === null || key.status !== 'granted' || key.endedFor?.getTime() === end.getTime()) return null
  if (end <= now) return { type: 'expired' }
  const due = days.filter((each) => {
    const at = end.getTime() - each * DAY_MS
    return at <= now.getTime() && at > key.createdAt.getTime()
  })
  if (due.length === 0) return null
  const fewest = Math.min(...due)
  const told = key.remindedFor?.getTime() === end.getTime() ? (key.remindedDays ?? 0) : Infinity
  return fewest < told ? { type: 'expiring', days: fewest } : null
}

/** When usage starts again from zero; null when it never does. */
export function usageResetsAt(reset: UsageReset, now: Date): Date | null {
  const start = usagePeriodStart(reset, now)
  return start && reset !== 'never' ? addDuration(start, 1, reset) : null
}

/** Marks of a limit that are told of when usage comes to them, in percent. */
const USAGE_MARKS = [80, 100] as const
export type UsageMark = (typeof USAGE_MARKS)[number]

/** The highest mark that usage came to between two numbers of one period; null when none. */
export function usageMark(before: number, after: number, limit: number | null): UsageMark | null {
  if (limit === null) return null
  const isPast = (usage: number, mark: number) => usage * 100 >= limit * mark
  return USAGE_MARKS.findLast((mark) => isPast(after, mark) && !isPast(before, mark)) ?? null
}

/** Usage of the current period: what was counted in an earlier one no longer counts. */
export function usageNow(key: Pick<KeyFacts, 'usage' | 'usagePeriodStart' | 'limits'>, now: Date): number {
  const start = usagePeriodStart(key.limits.usage.reset, now)
  if (start === null) return key.usage
  return key.usagePeriodStart !== null && key.usagePeriodStart >= start ? key.usage : 0
}

// The clocks of several processes differ a little: what one has counted for the new period, a slower one must not put back.
export function countedPeriod(key: KeyFacts, now: Date): Date | null {
  const start = usagePeriodStart(key.limits.usage.reset, now)
  return start && key.usagePeriodStart && key.usagePeriodStart > start ? key.usagePeriodStart : start
}

// ---------------------------------------------------------------- why a key is revoked

/** What is stored of a key's state. It is revoked exactly while there is a reason. */
export type KeyState = {
  status: LicenseKeyStatus
  revokedFor: RevokeReason[]
  /** Somebody chose to keep the key although its purchase has ended, or will: then the purchase gives no reason. */
  held: boolean
  /** A person had switched it off when it was revoked: it comes back so. */
  switchedOff?: boolean
}

/** Why a purchase revokes its keys: what its row says; none where the key belongs to no purchase. */
export type PurchaseReasons = readonly RevokeReason[]

/** Why its purchase revokes one key: as it does all of them, or because it no longer pays for this one. */
export function reasonsFor(
  purchase: { reasons: PurchaseReasons } | null,
  unit: { isSurplus: boolean } | null | undefined,
): PurchaseReasons {
  const reasons = purchase?.reasons ?? []
  return unit?.isSurplus && !reasons.includes('ended') ? [...reasons, 'ended'] : reasons
}

/** The reasons of a purchase of which no store says more than this one word. */
export const reasonsOfPurchase = {
  active: [],
  refunded: ['refunded'],
  canceled: ['ended'],
} as const satisfies Record<PurchaseStatus, readonly RevokeReason[]>

/** Why a key is revoked, as the rest of a sentence that begins with what holds it. */
export const reasonWords = {
  pending: 'its purchase is not paid yet',
  paused: 'its purchase is paused',
  // It ended, or pays for fewer now.
  ended: 'its purchase no longer covers it',
  lapsed: 'its purchase was not paid again',
  refunded: 'its purchase is refunded',
  dispute: 'its payment is disputed',
  by_hand: 'it was revoked by hand',
} as const satisfies Record<RevokeReason, string>

/** All reasons in one sentence's rest: "its purchase is refunded and it was revoked by hand". */
export function reasonsInWords(reasons: readonly RevokeReason[]): string {
  // A purchase that is refunded and ended is over: said once, not as two causes that sound alike.
  const isOver = reasons.includes('refunded') && reasons.includes('ended')
  return reasons
    .filter((reason) => !isOver || reason !== 'ended')
    .map((reason) => (isOver && reason === 'refunded' ? 'its purchase is refunded and has ended' : reasonWords[reason]))
    .join(' and ')
}

const isByHand = (reason: RevokeReason) => reason === 'by_hand'

function withReasons(state: KeyState, byHand: boolean, held: boolean, purchase: PurchaseReasons): KeyState {
  const ofPurchase = held ? [] : purchase
  const revokedFor: RevokeReason[] = [...ofPurchase, ...(byHand ? (['by_hand'] as const) : [])]
  const isOff = state.status === 'disabled' || state.switchedOff === true
  if (revokedFor.length === 0) return { status: isOff ? 'disabled' : 'granted', revokedFor, held }
  return { status: 'revoked', revokedFor, held, ...(isOff && { switchedOff: true }) }
}

/** A key after its purchase came to give these reasons. What a person did stays. */
export const withPurchase = (state: KeyState, purchase: PurchaseReasons): KeyState =>
  withReasons(state, state.revokedFor.some(isByHand), state.held, purchase)

/** The state a key begins in: an ended purchase ends a key that comes to it later too. For imports and new keys. */
export const startingState = (status: LicenseKeyStatus, purchase: PurchaseReasons): KeyState =>
  withReasons({ status, revokedFor: [], held: false }, status === 'revoked', false, purchase)

/** Revoked by a person, who thereby no longer holds it. */
export const revokedByHand = (state: KeyState, purchase: PurchaseReasons): KeyState =>
  withReasons(state, true, false, purchase)

/** Given back by a person: only what people did is lifted. Whoever wants the key to work in spite of its purchase holds it. */
export function restored(state: KeyState, purchase: PurchaseReasons): KeyState {
  const after = withReasons({ ...state, switchedOff: false }, false, state.held, purchase)
  return after.status === 'revoked' ? withReasons(state, false, state.held, purchase) : after
}

/** Held in spite of its purchase, or left to it again. */
export const withHold = (state: KeyState, held: boolean, purchase: PurchaseReasons): KeyState =>
  withReasons(state, state.revokedFor.some(isByHand), held, purchase)

/**
 * What becomes of the end that a subscription gave its key: a key that is kept loses it, since only people end it from then on, and one
 * that follows again has it again. An end that somebody chose stays. Null: nothing changes.
 */
export function endWithHold(
  expiresAt: Date | null,
  held: boolean,
  purchase: { kind: string; endsAt: Date | null } | null,
): { expiresAt: Date | null; expiryOverridden: boolean } | null {
  if (purchase?.kind !== 'subscription' || !purchase.endsAt) return null
  const isOfPurchase = expiresAt?.getTime() === purchase.endsAt.getTime()
  if (held) return isOfPurchase ? { expiresAt: null, expiryOverridden: false } : null
  return isOfPurchase ? null : { expiresAt: purchase.endsAt, expiryOverridden: true }
}

/** Switched off or on by a person. What is revoked stays so. */
export const switched = (state: KeyState, off: boolean): KeyState =>
  state.status === 'revoked' ? state : { ...state, status: off ? 'disabled' : 'granted' }

/** True when both say the same; the order of reasons does not matter. */
export const sameState = (a: KeyState, b: KeyState): boolean =>
  a.status === b.status &&
  a.held === b.held &&
  (a.switchedOff ?? false) === (b.switchedOff ?? false) &&
  a.revokedFor.length === b.revokedFor.length &&
  a.revokedFor.every((reason) => b.revokedFor.includes(reason))

/** Why giving a key back would change nothing, and what would; null when it changes something. */
export function whyNotRestored(before: KeyState, after: KeyState): string | null {
  if (before.status !== 'revoked' || !sameState(before, after)) return null
  return `The key stays revoked: ${reasonsInWords(after.revokedFor)}. Hold the key to keep it in spite of that.`
}

/** Why changes contradict how a key is used or sold, and which; null when they do not. */
export function whyContradicts(
  { activations, expiresAt }: KeyChanges,
  key: { devices: number; activationsMode: ActivationsMode; ofSubscription: boolean },
): { field: 'activations' | 'expiresAt'; message: string } | null {
  const asked = activations === 'configuration' ? undefined : activations
  // A key whose activations were switched off keeps the devices it had.
  const isSwitchedOff = asked?.mode === 'off' && key.activationsMode !== 'off'
  const limit = isSwitchedOff ? 0 : asked?.mode === 'limited' ? asked.limit : null
  if (limit !== null && limit < key.devices) {
    return { field: 'activations', message: `${key.devices} devices are in use, which is more than ${limit}.` }
  }
  if (expiresAt instanceof Date && key.ofSubscription) {
    return { field: 'expiresAt', message: 'The key of a subscription ends with the subscription and has no date.' }
  }
  return null
}

/** May this key get another string? The reason it may not, or null. */
export const mayRotate = (status: LicenseKeyStatus): string | null =>
  status === 'revoked' ? 'A revoked key gets no new string; restore it first.' : null
