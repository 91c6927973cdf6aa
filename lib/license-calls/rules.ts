import { endInWords } from '../base/days.ts'
import { type JsonObject, sameJson } from '../base/json.ts'
import { isPlaceholder } from '../base/plain-text.ts'
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

/** The values a check looked at, at that moment; moments as ISO texts, so that they can be kept as they are. */
export type Looked = Partial<{
  mistyped: boolean
  rotatedAt: string
  validUntil: string
  status: KeyFacts['status']
  expiresAt: string | null
  graceDays: number
  askedProductId: string | null
  productId: string | null
  askedConfigurationId: string | null
  keyConfigurationId: string
  askedCustomerId: string | null
  customerId: string
  activationRequired: boolean
  namesDevice: boolean
  activationId: string | null
  fingerprint: string | null
  replaceActivationId: string | null
  /** What the device was bound to; null: there is no device, or it is bound to nothing. */
  deviceConditions: JsonObject | null
  askedConditions: JsonObject
  askedEntitlements: readonly string[]
  entitlements: readonly string[]
  usage: number
  increment: number
  usageLimit: number | null
  usageResetsAt: string | null
  activationsMode: KeyFacts['limits']['activations']['mode']
  /** The device has a slot already. */
  isKnown: boolean
  newDevicesBlocked: boolean
  devices: number
  deviceLimit: number | null
  mayReplace: boolean
}>

/** The answer to "may this key be used?". A value, never thrown. */
export type Verdict<Code extends LicenseCode = LicenseCode> = {
  valid: boolean
  code: Code
  detail: string
  /** Valid only because the expiry is so recent. */
  grace: boolean
  /** Seconds after which asking again may give another answer. */
  retryAfter: number | null
  /** What a refusal was made of; for the seller, never for whoever asks. */
  looked?: Looked
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
export const unknownKey = (mistyped: boolean): Verdict<'NOT_FOUND'> => ({
  ...refuse(
    'NOT_FOUND',
    mistyped
      ? 'This license key has a typing mistake. Compare it with the mail it came in.'
      : 'There is no such license key.',
  ),
  looked: { mistyped },
})

/** The answer for a string that was rotated away and may no longer be used. It shows nothing of the key. */
export const replacedKey = (old: OldString | null = null): Verdict<'REPLACED'> => ({
  ...refuse('REPLACED', 'This license key was replaced by a new one. Use the one in the latest mail.'),
  ...(old && { looked: { rotatedAt: old.rotatedAt.toISOString(), validUntil: old.validUntil.toISOString() } }),
})

// ---------------------------------------------------------------- checks

/**
 * One check of the contract. `refuse` gives the verdict, or null when it passes; `looks` says what it looked at, which is asked only of a
 * check that refused, and by whoever wants to see all of them.
 */
type Check<Situation, Code extends LicenseCode> = {
  code: Code
  refuse: (situation: Situation) => Verdict<Code> | null
  looks: (situation: Situation) => Looked
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

function firstRefusal<Situation, Code extends LicenseCode>(
  checks: readonly Check<Situation, Code>[],
  situation: Situation,
): Verdict<Code> | null {
  for (const check of checks) {
    const verdict = check.refuse(situation)
    if (verdict !== null) return { ...verdict, looked: check.looks(situation) }
  }
  return null
}

type OfKey = { key: KeyFacts; now: Date }
type StateCode = 'REVOKED' | 'DISABLED' | 'EXPIRED'

/** The checks every use of a key begins with. */
const stateChecks: readonly Check<OfKey, StateCode>[] = [
  {
    code: 'REVOKED',
    refuse: ({ key }) => (key.status === 'revoked' ? refuse('REVOKED', 'This license key has been revoked.') : null),
    looks: ({ key }) => ({ status: key.status }),
  },
  {
    code: 'DISABLED',
    refuse: ({ key }) =>
      key.status === 'disabled' ? refuse('DISABLED', 'This license key is switched off. Ask the seller.') : null,
    looks: ({ key }) => ({ status: key.status }),
  },
  {
    code: 'EXPIRED',
    refuse: ({ key, now }) =>
      key.expiresAt && expiryState(key, now) === 'expired'
        ? refuse('EXPIRED', `This license key expired on ${ended(key, key.expiresAt)}.`)
        : null,
    looks: ({ key }) => ({ expiresAt: iso(key.expiresAt), graceDays: key.limits.grace.days }),
  },
]

const ended = ({ timeZone = 'UTC' }: KeyFacts, at: Date) => endInWords(at, timeZone)

/** True while the key's state alone refuses nothing: not revoked, disabled or expired. */
export const isUsable = (key: KeyFacts, now: Date): boolean => firstRefusal(stateChecks, { key, now }) === null

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

/** A validation as its checks see it. */
type Validation<A extends ActivationFacts = ActivationFacts> = OfKey & {
  ask: ValidateAsk
  used: number
  asksForDevice: boolean
  activation: A | null
}

function validationOf<A extends ActivationFacts>(
  key: KeyFacts,
  activations: A[],
  ask: ValidateAsk,
  now: Date,
): Validation<A> {
  const fingerprint = namedFingerprint(activations, ask.fingerprint)
  const asksForDevice = ask.activationId !== null || fingerprint !== null
  const used = usageNow(key, now)
  const activation = asksForDevice ? findActivation(activations, { activationId: ask.activationId, fingerprint }) : null
  // Written out: this is made for every call.
  return { key, ask, now, used, asksForDevice, activation }
}

const isFor = (asked: string | null, own: string | null, { formerIds }: KeyFacts) =>
  asked === null || asked === own || formerIds.includes(asked)

const usageLimitOf = (key: KeyFacts): number => Math.min(key.limits.usage.limit ?? USAGE_MAX, USAGE_MAX)

/** The checks of a validation, in the order of the contract (validateCodes). */
const validateChecks: readonly Check<Validation, ValidateCode>[] = [
  ...stateChecks,
  {
    code: 'PRODUCT_MISMATCH',
    refuse: ({ key, ask }) =>
      isFor(ask.productId, key.productId, key)
        ? null
        : refuse('PRODUCT_MISMATCH', 'This license key is for another product.'),
    looks: ({ key, ask }) => ({ askedProductId: ask.productId, productId: key.productId }),
  },
  {
    code: 'CONFIGURATION_MISMATCH',
    refuse: ({ key, ask }) =>
      isFor(ask.keyConfigurationId, key.keyConfigurationId, key)
        ? null
        : refuse('CONFIGURATION_MISMATCH', 'This license key is of another kind.'),
    looks: ({ key, ask }) => ({
      askedConfigurationId: ask.keyConfigurationId,
      keyConfigurationId: key.keyConfigurationId,
    }),
  },
  {
    code: 'CUSTOMER_MISMATCH',
    refuse: ({ key, ask }) =>
      ask.customerId !== null && ask.customerId !== key.customerId
        ? refuse('CUSTOMER_MISMATCH', 'This license key belongs to another customer.')
        : null,
    looks: ({ key, ask }) => ({ askedCustomerId: ask.customerId, customerId: key.customerId }),
  },
  {
    code: 'ACTIVATION_REQUIRED',
    refuse: ({ key, asksForDevice }) =>
      key.limits.activationRequired && !asksForDevice
        ? refuse('ACTIVATION_REQUIRED', 'Activate this license key on this device first.')
        : null,
    looks: ({ key, asksForDevice }) => ({
      activationRequired: key.limits.activationRequired,
      namesDevice: asksForDevice,
    }),
  },
  {
    code: 'ACTIVATION_NOT_FOUND',
    refuse: ({ asksForDevice, activation }) =>
      asksForDevice && !activation
        ? refuse('ACTIVATION_NOT_FOUND', 'This device is not activated for this license key.')
        : null,
    looks: ({ ask, asksForDevice, activation }) => ({
      ...{ activationId: ask.activationId, fingerprint: ask.fingerprint },
      ...{ namesDevice: asksForDevice, isKnown: activation !== null },
    }),
  },
  {
    code: 'CONDITIONS_MISMATCH',
    refuse: ({ ask, activation }) =>
      activation && Object.keys(activation.conditions).length > 0 && !sameJson(activation.conditions, ask.conditions)
        ? refuse('CONDITIONS_MISMATCH', 'The conditions differ from those this device was activated with.')
        : null,
    looks: ({ ask, activation }) => ({
      deviceConditions: activation && Object.keys(activation.conditions).length > 0 ? activation.conditions : null,
      askedConditions: ask.conditions,
    }),
  },
  {
    code: 'ENTITLEMENT_MISSING',
    refuse: ({ key, ask }) => {
      const missing = ask.entitlements.filter((name) => !key.entitlements.includes(name))
      return missing.length > 0
        ? refuse('ENTITLEMENT_MISSING', `This license key does not include ${missing.join(', ')}.`)
        : null
    },
    looks: ({ key, ask }) => ({ askedEntitlements: ask.entitlements, entitlements: key.entitlements }),
  },
  {
    code: 'USAGE_LIMIT_REACHED',
    refuse: ({ key, ask, used, now }) => {
      const limit = usageLimitOf(key)
      if (ask.incrementUsage <= 0 || used + ask.incrementUsage <= limit) return null
      const resets = usageResetsAt(key.limits.usage.reset, now)
      return refuse(
        'USAGE_LIMIT_REACHED',
        `This license key has ${Math.max(0, limit - used)} of ${limit} uses left${resets ? ` until ${ended(key, resets)}` : ''}.`,
        // More than a whole period's uses will be refused then too.
        resets && ask.incrementUsage <= limit ? Math.ceil((resets.getTime() - now.getTime()) / 1000) : null,
      )
    },
    looks: ({ key, ask, used, now }) => ({
      ...{ usage: used, increment: ask.incrementUsage, usageLimit: key.limits.usage.limit },
      usageResetsAt: iso(usageResetsAt(key.limits.usage.reset, now)),
    }),
  },
]

/** May this key be used? The order of the checks is part of the contract (validateCodes). `activations` are the live ones. */
export function checkValidate<A extends ActivationFacts>(
  key: KeyFacts,
  activations: A[],
  ask: ValidateAsk,
  now: Date,
): ValidateDecision<A> {
  const validation = validationOf(key, activations, ask, now)
  const { used, activation } = validation
  const periodStart = countedPeriod(key, now)
  const problem = firstRefusal(validateChecks, validation)
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

/** An activation as its checks see it. */
type Activation<A extends ActivationFacts = ActivationFacts> = OfKey & {
  ask: ActivateAsk
  /** The device has a slot already. */
  known: A | undefined
  replaceId: string | null
  /** The one that is to give its slot to it. */
  replaced: A | null
  mayReplace: boolean
  /** How many slots are taken once it has given it. */
  taken: number
}

function activationFor<A extends ActivationFacts>(
  key: KeyFacts,
  activations: A[],
  ask: ActivateAsk,
  now: Date,
): Activation<A> {
  const fingerprint = namedFingerprint(activations, ask.fingerprint)
  const known = activations.find((a) =>
    fingerprint === null ? a.id === ask.lostActivationId : a.fingerprint === fingerprint,
  )
  const replaceId = ask.replaceActivationId?.toLowerCase() ?? null
  const replaced = activations.find((a) => a.id === replaceId) ?? null
  const mayReplace = ask.mayReplace ?? true
  const taken = activations.length - (replaced && mayReplace ? 1 : 0)
  return { key, ask, now, known, replaceId, replaced, mayReplace, taken }
}

/** The checks of an activation, in the order of the contract (activateCodes), before it is known whether the device is new. */
const activateChecks: readonly Check<Activation, ActivateCode>[] = [
  ...stateChecks,
  {
    code: 'ACTIVATIONS_OFF',
    refuse: ({ key }) =>
      key.limits.activations.mode === 'off'
        ? refuse('ACTIVATIONS_OFF', 'This license key needs no activation: validate it without one.')
        : null,
    looks: ({ key }) => ({ activationsMode: key.limits.activations.mode }),
  },
]

/** And what only a new device is checked for. */
const newDeviceChecks: readonly Check<Activation, ActivateCode>[] = [
  {
    code: 'ACTIVATION_NOT_FOUND',
    refuse: ({ replaceId, replaced }) =>
      replaceId !== null && !replaced
        ? refuse('ACTIVATION_NOT_FOUND', 'The device to replace is not activated for this license key.')
        : null,
    looks: ({ replaceId, replaced }) => ({ replaceActivationId: replaceId, isKnown: replaced !== null }),
  },
  {
    code: 'NEW_DEVICES_BLOCKED',
    refuse: ({ key }) =>
      key.newDevicesBlocked
        ? refuse('NEW_DEVICES_BLOCKED', 'This license key takes no new devices. Ask the seller.')
        : null,
    looks: ({ key, taken }) => ({ newDevicesBlocked: key.newDevicesBlocked, devices: taken }),
  },
  {
    code: 'ACTIVATION_LIMIT_REACHED',
    refuse: ({ key, replaced, mayReplace, taken }) => {
      const { limit } = key.limits.activations
      if (limit === null || taken < limit) return null
      const what = replaced && !mayReplace ? 'Only the seller can replace one.' : 'Deactivate one first.'
      return refuse('ACTIVATION_LIMIT_REACHED', `All ${limit} devices of this license key are in use. ${what}`)
    },
    looks: ({ key, replaced, mayReplace, taken }) => ({
      ...{ devices: taken, deviceLimit: key.limits.activations.limit },
      ...(replaced && { mayReplace }),
    }),
  },
]

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
  const activation = activationFor(key, activations, ask, now)
  const problem = firstRefusal(activateChecks, activation)
  if (problem) return { do: 'refuse', verdict: problem }
  const granted: Verdict<'ACTIVATED'> = {
    valid: true,
    code: 'ACTIVATED',
    detail: 'This device is activated.',
    grace: expiryState(key, now) === 'grace',
    retryAfter: null,
  }
  const { known, replaced, mayReplace } = activation
  if (known) return { do: 'reuse', verdict: granted, activation: known }
  const whyNotNew = firstRefusal(newDeviceChecks, activation)
  if (whyNotNew) return { do: 'refuse', verdict: whyNotNew }
  return { do: 'create', verdict: granted, replaced: mayReplace ? replaced : null }
}

// ---------------------------------------------------------------- traces

/** One check of a trace; `not_needed`: of a device that has its slot, which is not asked again. */
export type Step = {
  code: LicenseCode
  outcome: 'passed' | 'refused' | 'not_reached' | 'not_needed'
  looked: Looked
}

function stepsOf<Situation, Code extends LicenseCode>(
  checks: readonly Check<Situation, Code>[],
  situation: Situation,
  before: readonly Step[] = [],
): Step[] {
  const steps = [...before]
  for (const { code, refuse, looks } of checks) {
    const isOver = steps.some(({ outcome }) => outcome === 'refused')
    const outcome = isOver ? 'not_reached' : refuse(situation) ? 'refused' : 'passed'
    steps.push({ code, outcome, looked: looks(situation) })
  }
  return steps
}

/** Every check that `checkValidate` makes of this, in its order and with what it looks at. */
export const traceValidate = (key: KeyFacts, activations: ActivationFacts[], ask: ValidateAsk, now: Date): Step[] =>
  stepsOf(validateChecks, validationOf(key, activations, ask, now))

/** Every check that `decideActivation` makes of this, in its order and with what it looks at. */
export function traceActivation(key: KeyFacts, activations: ActivationFacts[], ask: ActivateAsk, now: Date): Step[] {
  const activation = activationFor(key, activations, ask, now)
  const first = stepsOf(activateChecks, activation)
  const isRefused = first.some(({ outcome }) => outcome === 'refused')
  if (!activation.known || isRefused) return stepsOf(newDeviceChecks, activation, first)
  const others = newDeviceChecks.map(({ code, looks }): Step => {
    return { code, outcome: 'not_needed', looked: looks(activation) }
  })
  return [...first, ...others]
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
