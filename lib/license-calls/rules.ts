import { endInWords } from '../base/days.ts'
import { type JsonObject, sameJson } from '../base/json.ts'
import { isPlaceholder } from '../base/text.ts'
import type { ActivateCode, DeactivateCode, LicenseCode, ValidateCode } from '../error-codes/schema.ts'
import {
  type ActivationFacts,
  countedPeriod,
  expiryState,
  type KeyFacts,
  USAGE_MAX,
  usageNow,
  usageResetsAt,
} from '../license-keys/rules.ts'

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
