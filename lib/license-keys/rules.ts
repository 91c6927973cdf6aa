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

/** When usage starts again from zero; null when it never does. */
export function usageResetsAt(reset: UsageReset, now: Date): Date | null {
  const start = usagePeriodStart(reset, now)
  return start && reset !== 'never' ? addDuration(start, 1, reset) : null
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
}

/** The reasons a purchase gives for revoking its keys. */
export const reasonsOfPurchase = {
  active: [],
  refunded: ['refunded'],
  canceled: ['ended'],
} as const satisfies Record<PurchaseStatus, readonly RevokeReason[]>

/** Why a key is revoked, as the rest of a sentence that begins with what holds it. */
export const reasonWords = {
  pending: 'its purchase is not paid yet',
  paused: 'its purchase is paused',
  ended: 'its purchase is canceled',
  lapsed: 'its purchase was not paid again',
  refunded: 'its purchase is refunded',
  dispute: 'its payment is disputed',
  by_hand: 'it was revoked by hand',
} as const satisfies Record<RevokeReason, string>

/** All reasons in one sentence's rest: "its purchase is refunded and it was revoked by hand". */
export const reasonsInWords = (reasons: readonly RevokeReason[]): string =>
  reasons.map((reason) => reasonWords[reason]).join(' and ')

const isByHand = (reason: RevokeReason) => reason === 'by_hand'

function withReasons(state: KeyState, byHand: boolean, held: boolean, purchase: PurchaseStatus | null): KeyState {
  const ofPurchase = purchase === null || held ? [] : reasonsOfPurchase[purchase]
  const revokedFor: RevokeReason[] = [...ofPurchase, ...(byHand ? (['by_hand'] as const) : [])]
  const rest = state.status === 'revoked' ? 'granted' : state.status
  return { status: revokedFor.length > 0 ? 'revoked' : rest, revokedFor, held }
}

/** A key after its purchase came to `purchase` (null: it belongs to none). What a person did stays. */
export const withPurchase = (state: KeyState, purchase: PurchaseStatus | null): KeyState =>
  withReasons(state, state.revokedFor.some(isByHand), state.held, purchase)

/** The state a key begins in: an ended purchase ends a key that comes to it later too. For imports and new keys. */
export const startingState = (status: LicenseKeyStatus, purchase: PurchaseStatus | null): KeyState =>
  withReasons({ status, revokedFor: [], held: false }, status === 'revoked', false, purchase)

/** Revoked by a person, who thereby no longer holds it. */
export const revokedByHand = (state: KeyState, purchase: PurchaseStatus | null): KeyState =>
  withReasons(state, true, false, purchase)

/** Given back by a person: only what a person did is lifted. Whoever wants the key to work in spite of its purchase holds it. */
export const restored = (state: KeyState, purchase: PurchaseStatus | null): KeyState =>
  withReasons(state, false, state.held, purchase)

/** Held in spite of its purchase, or left to it again. */
export const withHold = (state: KeyState, held: boolean, purchase: PurchaseStatus | null): KeyState =>
  withReasons(state, state.revokedFor.some(isByHand), held, purchase)

/** Switched off or on by a person. What is revoked stays so. */
export const switched = (state: KeyState, off: boolean): KeyState =>
  state.status === 'revoked' ? state : { ...state, status: off ? 'disabled' : 'granted' }

/** True when both say the same; the order of reasons does not matter. */
export const sameState = (a: KeyState, b: KeyState): boolean =>
  a.status === b.status &&
  a.held === b.held &&
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
