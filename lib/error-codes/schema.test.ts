import { expect, test } from 'vitest'
import { activateCodes, deactivateCodes, isLicenseCode, validateCodes, verdicts } from './schema.ts'

// The order is part of the contract: clients are told the first check that fails.
test('each call has its codes, in the order of the checks', () => {
  expect(validateCodes).toEqual([
    ...['NOT_FOUND', 'REPLACED', 'REVOKED', 'DISABLED', 'EXPIRED', 'PRODUCT_MISMATCH', 'CONFIGURATION_MISMATCH'],
    ...['CUSTOMER_MISMATCH', 'ACTIVATION_REQUIRED', 'ACTIVATION_NOT_FOUND', 'CONDITIONS_MISMATCH'],
    ...['ENTITLEMENT_MISSING', 'USAGE_LIMIT_REACHED', 'VALID'],
  ])
  expect(activateCodes).toEqual([
    ...['NOT_FOUND', 'REPLACED', 'REVOKED', 'DISABLED', 'EXPIRED', 'ACTIVATIONS_OFF', 'ACTIVATION_NOT_FOUND'],
    ...['NEW_DEVICES_BLOCKED', 'ACTIVATION_LIMIT_REACHED', 'ACTIVATED'],
  ])
  expect(deactivateCodes).toEqual(['NOT_FOUND', 'REPLACED', 'ACTIVATION_NOT_FOUND', 'DEACTIVATED'])
})

test('a yes is answered 200, everything else is not; whoever refuses a device says why', () => {
  for (const [code, { status, part, ...row }] of Object.entries(verdicts)) {
    expect(status === 200, code).toBe(part === 'valid')
    if (activateCodes.includes(code as never) && status !== 200 && code !== 'NOT_FOUND')
      expect('device' in row, code).toBe(true)
  }
  expect(isLicenseCode('VALID')).toBe(true)
  expect(isLicenseCode('toString')).toBe(false)
})
