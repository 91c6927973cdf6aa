/** The three calls of client software. */
export type Verb = 'validate' | 'activate' | 'deactivate'

/** What a verdict comes to, and so its color: four can be told apart, thirteen cannot. */
export type ChartPart = 'valid' | 'limit' | 'over' | 'no'

type Row = {
  /** The calls that may be answered so. */
  calls: readonly Verb[]
  /** Status of a native activate or deactivate; a validate is always answered 200. */
  status: 200 | 403 | 404
  /** What the overview calls it, and the part of its chart. */
  label: string
  part: ChartPart
  /** Why a device was refused, as history says it. */
  device?: string
}

const everyCall = ['validate', 'activate', 'deactivate'] as const
const firstUse = ['validate', 'activate'] as const

/**
 * Every verdict about a key, in the order of the checks; the order is part of the contract. A new code is one row here, and the compiler
 * asks for the rest: what it means (rules.ts), what helps (license-keys/refusals.ts), how each vendor says it.
 */
export const verdicts = {
  NOT_FOUND: { calls: everyCall, status: 404, label: 'There is no such key', part: 'no' },
  REPLACED: {
    ...{ calls: everyCall, status: 404, label: 'The key string was replaced', part: 'no' },
    device: 'it sent a key string that was replaced',
  },
  REVOKED: {
    ...{ calls: firstUse, status: 403, label: 'The key is revoked', part: 'no' },
    device: 'the key is revoked',
  },
  DISABLED: {
    ...{ calls: firstUse, status: 403, label: 'The key is disabled', part: 'over' },
    device: 'the key is disabled',
  },
  EXPIRED: {
    ...{ calls: firstUse, status: 403, label: 'The key has expired', part: 'over' },
    device: 'the key has expired',
  },
  PRODUCT_MISMATCH: { calls: ['validate'], status: 403, label: 'The key is for another product', part: 'no' },
  CONFIGURATION_MISMATCH: { calls: ['validate'], status: 403, label: 'The key is of another kind', part: 'no' },
  CUSTOMER_MISMATCH: { calls: ['validate'], status: 403, label: 'The key belongs to another customer', part: 'no' },
  ACTIVATION_REQUIRED: { calls: ['validate'], status: 403, label: 'Asked without a device', part: 'no' },
  ACTIVATIONS_OFF: {
    ...{ calls: ['activate'], status: 403, label: 'The key takes no devices', part: 'no' },
    device: 'this key takes no activations',
  },
  ACTIVATION_NOT_FOUND: {
    ...{ calls: everyCall, status: 404, label: 'The device is not activated', part: 'no' },
    device: 'the device to replace is not active',
  },
  CONDITIONS_MISMATCH: {
    ...{ calls: ['validate'], status: 403, label: 'Other conditions than at activation', part: 'no' },
  },
  ENTITLEMENT_MISSING: { calls: ['validate'], status: 403, label: 'The feature is not included', part: 'no' },
  USAGE_LIMIT_REACHED: { calls: ['validate'], status: 403, label: 'The usage limit is reached', part: 'limit' },
  NEW_DEVICES_BLOCKED: {
    ...{ calls: ['activate'], status: 403, label: 'New devices are blocked', part: 'no' },
    device: 'new devices are blocked',
  },
  ACTIVATION_LIMIT_REACHED: {
    ...{ calls: ['activate'], status: 403, label: 'Every device slot is taken', part: 'limit' },
    device: 'device limit reached',
  },
  VALID: { calls: ['validate'], status: 200, label: 'Valid', part: 'valid' },
  ACTIVATED: { calls: ['activate'], status: 200, label: 'Activated', part: 'valid' },
  DEACTIVATED: { calls: ['deactivate'], status: 200, label: 'Deactivated', part: 'valid' },
} as const satisfies Record<string, Row>

type Verdicts = typeof verdicts
export type LicenseCode = keyof Verdicts
type CodeOf<Call extends Verb> = {
  [Code in LicenseCode]: Call extends Verdicts[Code]['calls'][number] ? Code : never
}[LicenseCode]

/** Answers to "may this key be used?". */
export type ValidateCode = CodeOf<'validate'>
/** Answers to "may this device use this key?". */
export type ActivateCode = CodeOf<'activate'>
/** Answers to "free this device's slot". */
export type DeactivateCode = CodeOf<'deactivate'>

const codesOf = <Call extends Verb>(call: Call) =>
  (Object.keys(verdicts) as LicenseCode[]).filter((code) =>
    (verdicts[code].calls as readonly Verb[]).includes(call),
  ) as [CodeOf<Call>, ...CodeOf<Call>[]]

/** What each call may be answered, in the order the checks are made. */
export const validateCodes: readonly [ValidateCode, ...ValidateCode[]] = codesOf('validate')
export const activateCodes: readonly [ActivateCode, ...ActivateCode[]] = codesOf('activate')
export const deactivateCodes: readonly [DeactivateCode, ...DeactivateCode[]] = codesOf('deactivate')

/** True for a code that a key may be answered with. */
export const isLicenseCode = (code: string): code is LicenseCode => Object.hasOwn(verdicts, code)

/** What software is answered that waits for somebody to approve it in a browser, by the names of RFC 8628 in capitals. */
export const deviceCodes = ['AUTHORIZATION_PENDING', 'SLOW_DOWN', 'ACCESS_DENIED', 'EXPIRED_TOKEN'] as const

export type DeviceAnswerCode = (typeof deviceCodes)[number]

/** What can be wrong with a request of client software; none of these says anything about the key. */
export const requestCodes = [
  'INVALID_JSON',
  'ROUTE_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'PAYLOAD_TOO_LARGE',
  'INVALID_INPUT',
  'IDEMPOTENCY_KEY_REUSED',
  ...deviceCodes,
  'RATE_LIMITED',
  'INTERNAL_ERROR',
  'UNAVAILABLE',
] as const

export type RequestCode = (typeof requestCodes)[number]
