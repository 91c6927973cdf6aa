/** Answers to "may this key be used?", in the order the checks are made. The order is part of the contract. */
export const validateCodes = [
  'NOT_FOUND',
  'REPLACED',
  'REVOKED',
  'DISABLED',
  'EXPIRED',
  'PRODUCT_MISMATCH',
  'CONFIGURATION_MISMATCH',
  'CUSTOMER_MISMATCH',
  'ACTIVATION_REQUIRED',
  'ACTIVATION_NOT_FOUND',
  'CONDITIONS_MISMATCH',
  'ENTITLEMENT_MISSING',
  'USAGE_LIMIT_REACHED',
  'VALID',
] as const

export type ValidateCode = (typeof validateCodes)[number]

/** Answers to "may this device use this key?", in the order of the checks. */
export const activateCodes = [
  'NOT_FOUND',
  'REPLACED',
  'REVOKED',
  'DISABLED',
  'EXPIRED',
  'ACTIVATIONS_OFF',
  'ACTIVATION_NOT_FOUND',
  'NEW_DEVICES_BLOCKED',
  'ACTIVATION_LIMIT_REACHED',
  'ACTIVATED',
] as const

export type ActivateCode = (typeof activateCodes)[number]

/** Answers to "free this device's slot". */
export const deactivateCodes = ['NOT_FOUND', 'REPLACED', 'ACTIVATION_NOT_FOUND', 'DEACTIVATED'] as const

export type DeactivateCode = (typeof deactivateCodes)[number]

export type LicenseCode = ValidateCode | ActivateCode | DeactivateCode

/** What can be wrong with a request of client software; none of these says anything about the key. */
export const requestCodes = [
  'INVALID_JSON',
  'ROUTE_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'PAYLOAD_TOO_LARGE',
  'INVALID_INPUT',
  'IDEMPOTENCY_KEY_REUSED',
  'RATE_LIMITED',
  'INTERNAL_ERROR',
  'UNAVAILABLE',
] as const

export type RequestCode = (typeof requestCodes)[number]
