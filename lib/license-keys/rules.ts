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
import { dayOfMonth, daysLater, endInWords, endOfDay, isEndOfDay, isLastOfMonth, monthsLater } from '../days.ts'
import { isPlaceholder } from '../text/schema.ts'
import type { ActivateCode, DeactivateCode, Json, JsonObject, KeyChanges, LicenseCode, ValidateCode } from './schema.ts'

export const DAY_MS = 86_400_000
/** Counters are 32 bits wide; an increment past this is refused like one past a limit. */
export const USAGE_MAX = 2_147_483_647

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

/** The start of the usage period `now` lies in (UTC calendar); null when usage is never reset. */
export function usagePeriodStart(reset: UsageReset, now: Date): Date | null {
  const year = now.getUTCFullYear()
  if (reset === 'year') return new Date(Date.UTC(year, 0, 1))
  if (reset === 'month') return new Date(Date.UTC(year, now.getUTCMonth(), 1))
  if (reset === 'day') return new Date(Date.UTC(year, now.getUTCMonth(), now.getUTCDate()))
  return null
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
function countedPeriod(key: KeyFacts, now: Date): Date | null {
  const start = usagePeriodStart(key.limits.usage.reset, now)
  return start && key.usagePeriodStart && key.usagePeriodStart > start ? key.usagePeriodStart : start
}

// ---------------------------------------------------------------- conditions

/** Deep equality of JSON values; the order of an object's keys does not matter, that of a list does. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => sameJson(item, b[i] as Json))
    )
  }
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name] as Json, b[name] as Json))
  )
}

// ---------------------------------------------------------------- verdicts

/** The answer to "may this key be used?". A value, never thrown. */
export type Verdict<Code extends LicenseCode = LicenseCode> = {
  valid: boolean
  code: Code
  detail: string
  /** Valid only because the expiry is so recent. */
  grace: boolean
  /** Seconds after which asking again may give another answer. */
  retryAfter: number | null
}

const refuse = <Code extends LicenseCode>(
  code: Code,
  detail: string,
  retryAfter: number | null = null,
): Verdict<Code> => ({
  valid: false,
  code,
  detail,
  grace: false,
  retryAfter,
})

/** The answer for a key string nobody knows in that organization. */
export const unknownKey = (mistyped: boolean): Verdict<'NOT_FOUND'> =>
  refuse(
    'NOT_FOUND',
    mistyped
      ? 'This license key has a typing mistake. Compare it with the mail it came in.'
      : 'There is no such license key.',
  )

/** The answer for a string that was rotated away and may no longer be used. It shows nothing of the key. */
export const replacedKey = (): Verdict<'REPLACED'> =>
  refuse('REPLACED', 'This license key was replaced by a new one. Use the one in the latest mail.')

/** The checks every use of a key begins with: revoked, disabled, expired. null: nothing in the way. */
function checkState(key: KeyFacts, now: Date): Verdict<'REVOKED' | 'DISABLED' | 'EXPIRED'> | null {
  if (key.status === 'revoked') return refuse('REVOKED', 'This license key has been revoked.')
  if (key.status === 'disabled') return refuse('DISABLED', 'This license key is switched off. Ask the seller.')
  if (key.expiresAt && expiryState(key, now) === 'expired') {
    return refuse('EXPIRED', `This license key expired on ${ended(key, key.expiresAt)}.`)
  }
  return null
}

const ended = ({ timeZone = 'UTC' }: KeyFacts, at: Date) => endInWords(at, timeZone)

/** True while the key's state alone refuses nothing: not revoked, disabled or expired. */
export const isUsable = (key: KeyFacts, now: Date): boolean => checkState(key, now) === null

/** What a validation asks for beyond the key itself; null fields are not asked for. */
export type ValidateAsk = {
  activationId: string | null
  fingerprint: string | null
  conditions: JsonObject
  incrementUsage: number
  productId: string | null
  keyConfigurationId: string | null
  customerId: string | null
  entitlements: string[]
}

/** A validation's verdict, the activation it is about, and the usage afterwards (unchanged unless valid). */
export type ValidateDecision<A extends ActivationFacts> = {
  verdict: Verdict<ValidateCode>
  activation: A | null
  usage: number
  usagePeriodStart: Date | null
}

/** May this key be used? The order of the checks is part of the contract (validateCodes). `activations` are the live ones. */
export function checkValidate<A extends ActivationFacts>(
  key: KeyFacts,
  activations: A[],
  ask: ValidateAsk,
  now: Date,
): ValidateDecision<A> {
  const used = usageNow(key, now)
  const periodStart = countedPeriod(key, now)
  const fingerprint = namedFingerprint(activations, ask.fingerprint)
  const asksForDevice = ask.activationId !== null || fingerprint !== null
  const activation = asksForDevice ? findActivation(activations, { activationId: ask.activationId, fingerprint }) : null

  const problem = ((): Verdict<ValidateCode> | null => {
    const state = checkState(key, now)
    if (state) return state
    if (ask.productId !== null && ask.productId !== key.productId) {
      return refuse('PRODUCT_MISMATCH', 'This license key is for another product.')
    }
    if (ask.keyConfigurationId !== null && ask.keyConfigurationId !== key.keyConfigurationId) {
      return refuse('CONFIGURATION_MISMATCH', 'This license key is of another kind.')
    }
    if (ask.customerId !== null && ask.customerId !== key.customerId) {
      return refuse('CUSTOMER_MISMATCH', 'This license key belongs to another customer.')
    }
    if (key.limits.activationRequired && !asksForDevice) {
      return refuse('ACTIVATION_REQUIRED', 'Activate this license key on this device first.')
    }
    if (asksForDevice && !activation) {
      return refuse('ACTIVATION_NOT_FOUND', 'This device is not activated for this license key.')
    }
    if (
      activation &&
      Object.keys(activation.conditions).length > 0 &&
      !sameJson(activation.conditions, ask.conditions)
    ) {
      return refuse('CONDITIONS_MISMATCH', 'The conditions differ from those this device was activated with.')
    }
    const missing = ask.entitlements.filter((name) => !key.entitlements.includes(name))
    if (missing.length > 0) {
      return refuse('ENTITLEMENT_MISSING', `This license key does not include ${missing.join(', ')}.`)
    }
    const limit = Math.min(key.limits.usage.limit ?? USAGE_MAX, USAGE_MAX)
    if (ask.incrementUsage > 0 && used + ask.incrementUsage > limit) {
      const resets = usageResetsAt(key.limits.usage.reset, now)
      return refuse(
        'USAGE_LIMIT_REACHED',
        `This license key has ${Math.max(0, limit - used)} of ${limit} uses left${resets ? ` until ${ended(key, resets)}` : ''}.`,
        // More than a whole period's uses will be refused then too.
        resets && ask.incrementUsage <= limit ? Math.ceil((resets.getTime() - now.getTime()) / 1000) : null,
      )
    }
    return null
  })()

  if (problem) {
    const shown = problem.code === 'CONDITIONS_MISMATCH' ? activation : null
    return { verdict: problem, activation: shown, usage: used, usagePeriodStart: periodStart }
  }
  const grace = expiryState(key, now) === 'grace'
  return {
    verdict: {
      valid: true,
      code: 'VALID',
      detail:
        grace && key.expiresAt
          ? `This license key expired on ${ended(key, key.expiresAt)} and works for a few more days.`
          : 'This license key is valid.',
      grace,
      retryAfter: null,
    },
    activation,
    usage: used + ask.incrementUsage,
    usagePeriodStart: periodStart,
  }
}

// A placeholder (`Default string`) names no device, except one that was activated by it before placeholders were known.
const namedFingerprint = (activations: Pick<ActivationFacts, 'fingerprint'>[], sent: string | null): string | null =>
  sent === null || activations.some(({ fingerprint }) => fingerprint === sent) || !isPlaceholder(sent) ? sent : null

// With both given, both must name the same device; an activation without a fingerprint is found by its id alone.
function findActivation<A extends Pick<ActivationFacts, 'id' | 'fingerprint'>>(
  activations: A[],
  ask: { activationId: string | null; fingerprint: string | null },
): A | null {
  return (
    activations.find((activation) => {
      if (ask.activationId === null) return activation.fingerprint === ask.fingerprint
      if (activation.id !== ask.activationId.toLowerCase()) return false
      return ask.fingerprint === null || activation.fingerprint === null || activation.fingerprint === ask.fingerprint
    }) ?? null
  )
}

/** When a string was rotated away, and until when it may still be used. */
export type OldString = { rotatedAt: Date; validUntil: Date }

/**
 * May a string that was rotated away still be used? During its overlap, by devices that were active when it was rotated; with a key that
 * takes no devices, by whoever has it.
 */
export function oldStringOpens(
  key: Pick<KeyFacts, 'limits'>,
  activations: (Pick<ActivationFacts, 'id' | 'fingerprint'> & { createdAt: Date })[],
  ask: { activationId: string | null; fingerprint: string | null },
  { rotatedAt, validUntil }: OldString,
  now: Date,
): boolean {
  if (now >= validUntil) return false
  if (key.limits.activations.mode === 'off') return true
  if (ask.activationId === null && ask.fingerprint === null) return false
  const device = findActivation(activations, ask)
  return device !== null && device.createdAt <= rotatedAt
}

/** What an activation asks for. `lostActivationId`: the one an earlier attempt of the same request made, whose answer was lost. */
export type ActivateAsk = {
  fingerprint: string | null
  replaceActivationId: string | null
  lostActivationId?: string | null
  /** False: customers may not swap devices, so what is to be replaced keeps its slot and the new device needs a free one. */
  mayReplace?: boolean
}

/** What the command has to do: refuse, hand back the device's activation, or write a new one (perhaps in place of another). */
export type ActivateDecision<A extends ActivationFacts> =
  | { do: 'refuse'; verdict: Verdict<ActivateCode> }
  | { do: 'reuse'; verdict: Verdict<'ACTIVATED'>; activation: A }
  | { do: 'create'; verdict: Verdict<'ACTIVATED'>; replaced: A | null }

/**
 * May this device use this key? A device that is known by its fingerprint keeps its slot and is never "new". A replacement counts
 * the slot it frees. `activations` are the live ones, read under the key's lock.
 */
export function decideActivation<A extends ActivationFacts>(
  key: KeyFacts,
  activations: A[],
  ask: ActivateAsk,
  now: Date,
): ActivateDecision<A> {
  const refused = (verdict: Verdict<ActivateCode>): ActivateDecision<A> => ({ do: 'refuse', verdict })
  const state = checkState(key, now)
  if (state) return refused(state)
  const { mode, limit } = key.limits.activations
  if (mode === 'off') {
    return refused(refuse('ACTIVATIONS_OFF', 'This license key needs no activation: validate it without one.'))
  }
  const granted: Verdict<'ACTIVATED'> = {
    valid: true,
    code: 'ACTIVATED',
    detail: 'This device is activated.',
    grace: expiryState(key, now) === 'grace',
    retryAfter: null,
  }
  const fingerprint = namedFingerprint(activations, ask.fingerprint)
  const known = activations.find((a) =>
    fingerprint === null ? a.id === ask.lostActivationId : a.fingerprint === fingerprint,
  )
  if (known) return { do: 'reuse', verdict: granted, activation: known }

  const replaceId = ask.replaceActivationId?.toLowerCase() ?? null
  const replaced = activations.find((a) => a.id === replaceId) ?? null
  if (replaceId !== null && !replaced) {
    return refused(refuse('ACTIVATION_NOT_FOUND', 'The device to replace is not activated for this license key.'))
  }
  if (key.newDevicesBlocked) {
    return refused(refuse('NEW_DEVICES_BLOCKED', 'This license key takes no new devices. Ask the seller.'))
  }
  const mayReplace = ask.mayReplace ?? true
  const freed = mayReplace ? replaced : null
  const taken = activations.length - (freed ? 1 : 0)
  if (limit !== null && taken >= limit) {
    const what = replaced && !mayReplace ? 'Only the seller can replace one.' : 'Deactivate one first.'
    return refused(refuse('ACTIVATION_LIMIT_REACHED', `All ${limit} devices of this license key are in use. ${what}`))
  }
  return { do: 'create', verdict: granted, replaced: freed }
}

/** The answer to a deactivation. It is given for expired, disabled and revoked keys too: a slot can always be freed. */
export function decideDeactivation(activation: { deactivatedAt: Date | null } | null): {
  do: 'remove' | 'nothing'
  verdict: Verdict<DeactivateCode>
} {
  if (!activation) {
    return { do: 'nothing', verdict: refuse('ACTIVATION_NOT_FOUND', 'This license key has no such activation.') }
  }
  return {
    do: activation.deactivatedAt ? 'nothing' : 'remove',
    verdict: { valid: true, code: 'DEACTIVATED', detail: 'The device is deactivated.', grace: false, retryAfter: null },
  }
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
  ended: 'its purchase is cancelled',
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

// ---------------------------------------------------------------- what the customer may do

/** May the key's owner free a slot themselves? The reason they may not, or null. */
export const mayCustomerDeactivate = (configuration: { customerMayDeactivate: boolean }): string | null =>
  configuration.customerMayDeactivate ? null : 'Only the seller can deactivate devices of this key.'

/** May the key's owner give a device another name? The reason they may not, or null. */
export const mayCustomerRename = (configuration: { customerMayRename: boolean }): string | null =>
  configuration.customerMayRename ? null : 'Only the seller can rename devices of this key.'
