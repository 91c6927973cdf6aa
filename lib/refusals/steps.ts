// The checks of a call in words: what each looked at, whether or not it passed. Pure, for browsers too.

import { endInShort } from '../base/days.ts'
import type { JsonObject } from '../base/json.ts'
import type { LicenseCode } from '../error-codes/schema.ts'
import type { Looked, Step } from '../license-calls/rules.ts'
import type { RefusalCode } from '../license-keys/refusals.ts'

/** What names and moments are called. */
export type InWords = { names: ReadonlyMap<string, string>; timeZone: string; at: Date }

const count = (amount: number, one: string) => `${amount.toLocaleString('en')} ${one}${amount === 1 ? '' : 's'}`

const list = (names: readonly string[] | undefined, none: string): string =>
  names && names.length > 0 ? names.map((name) => `“${name}”`).join(', ') : none

const json = (value: JsonObject | null | undefined): string => JSON.stringify(value ?? {})

const name = (id: string | null | undefined, { names }: InWords, none: string): string =>
  id ? `“${names.get(id) ?? id}”` : none

const device = ({ activationId, fingerprint }: Looked): string =>
  [activationId && `the activation ${activationId}`, fingerprint && `the fingerprint “${fingerprint}”`]
    .filter(Boolean)
    .join(' and ')

const words = {
  NOT_FOUND: () => 'The key is known in this organization.',
  REPLACED: () => 'Its current string is sent, not one that was rotated away.',
  REVOKED: ({ status }) => (status === 'revoked' ? 'The key is revoked.' : 'The key is not revoked.'),
  DISABLED: ({ status }) => (status === 'disabled' ? 'The key is switched off.' : 'The key is not switched off.'),
  EXPIRED: ({ expiresAt, graceDays = 0 }, { timeZone, at }) => {
    if (!expiresAt) return 'It never expires.'
    const end = new Date(expiresAt)
    const grace = graceDays > 0 ? `${count(graceDays, 'day')} of grace` : 'no grace'
    return `It ${end > at ? 'expires' : 'expired'} on ${endInShort(end, timeZone)}, with ${grace}.`
  },
  PRODUCT_MISMATCH: (looked, around) =>
    looked.askedProductId
      ? `${name(looked.askedProductId, around, '')} is asked for, the key is for ${name(looked.productId, around, 'no product')}.`
      : 'No product is asked for.',
  CONFIGURATION_MISMATCH: (looked, around) =>
    looked.askedConfigurationId
      ? `${name(looked.askedConfigurationId, around, '')} is asked for, the key is of ${name(looked.keyConfigurationId, around, 'none')}.`
      : 'No configuration is asked for.',
  CUSTOMER_MISMATCH: (looked, around) =>
    looked.askedCustomerId
      ? `${name(looked.askedCustomerId, around, '')} is asked for, the key belongs to ${name(looked.customerId, around, 'nobody')}.`
      : 'No customer is asked for.',
  ACTIVATION_REQUIRED: ({ activationRequired, namesDevice }) =>
    `${activationRequired ? 'The key has to be activated' : 'The key need not be activated'}, and ${namesDevice ? 'a device' : 'no device'} is named.`,
  ACTIVATIONS_OFF: ({ activationsMode }) =>
    activationsMode === 'off' ? 'The key takes no activations.' : 'The key takes activations.',
  ACTIVATION_NOT_FOUND: (looked) => {
    if ('replaceActivationId' in looked)
      return looked.replaceActivationId
        ? `The activation ${looked.replaceActivationId}, which is to be replaced, is ${looked.isKnown ? '' : 'not '}active.`
        : 'No device is to be replaced.'
    if (!looked.namesDevice) return 'No device is named.'
    return `${looked.isKnown ? 'There is an active device' : 'There is no active device'} with ${device(looked)}.`
  },
  CONDITIONS_MISMATCH: ({ deviceConditions, askedConditions }) =>
    deviceConditions
      ? `The device is bound to ${json(deviceConditions)}, and ${json(askedConditions)} is sent.`
      : 'No device is bound to conditions.',
  ENTITLEMENT_MISSING: ({ askedEntitlements, entitlements }) =>
    askedEntitlements && askedEntitlements.length > 0
      ? `${list(askedEntitlements, '')} asked for, the key has ${list(entitlements, 'none')}.`
      : 'No entitlements are asked for.',
  USAGE_LIMIT_REACHED: ({ usage = 0, usageLimit = null, increment = 0 }) => {
    const asked =
      increment === 0
        ? 'none are asked for'
        : `${increment.toLocaleString('en')} more ${increment === 1 ? 'is' : 'are'} asked for`
    return usageLimit === null
      ? `Uses are not limited; ${asked}.`
      : `${usage.toLocaleString('en')} of ${count(usageLimit, 'use')} ${usage === 1 ? 'is' : 'are'} spent; ${asked}.`
  },
  NEW_DEVICES_BLOCKED: ({ newDevicesBlocked }) =>
    newDevicesBlocked ? 'New devices are blocked.' : 'New devices are not blocked.',
  ACTIVATION_LIMIT_REACHED: ({ devices = 0, deviceLimit = null, mayReplace }) => {
    const whoseTurn = mayReplace === false ? '; customers may not replace one' : ''
    return deviceLimit === null
      ? 'Devices are not limited.'
      : `${devices.toLocaleString('en')} of ${count(deviceLimit, 'device')} ${devices === 1 ? 'is' : 'are'} taken${whoseTurn}.`
  },
} as const satisfies Record<RefusalCode, (looked: Looked, around: InWords) => string>

/** What a check looked at, as a sentence. */
export const stepWords = ({ code, looked }: Step, around: InWords): string =>
  Object.hasOwn(words, code)
    ? (words[code as RefusalCode] as (looked: Looked, around: InWords) => string)(looked, around)
    : code

/** What a check is called, before it is known how it ends. */
const checkNames = {
  NOT_FOUND: 'The key is known',
  REPLACED: 'Its string is the current one',
  REVOKED: 'It is not revoked',
  DISABLED: 'It is switched on',
  EXPIRED: 'It has not expired',
  PRODUCT_MISMATCH: 'The product is the right one',
  CONFIGURATION_MISMATCH: 'The configuration is the right one',
  CUSTOMER_MISMATCH: 'The customer is the right one',
  ACTIVATION_REQUIRED: 'A device is named where one is needed',
  ACTIVATIONS_OFF: 'It takes activations',
  ACTIVATION_NOT_FOUND: 'The named device is active',
  CONDITIONS_MISMATCH: 'The conditions are those of the activation',
  ENTITLEMENT_MISSING: 'It includes what is asked for',
  USAGE_LIMIT_REACHED: 'There are uses left',
  NEW_DEVICES_BLOCKED: 'New devices may join',
  ACTIVATION_LIMIT_REACHED: 'There is a free slot',
} as const satisfies Record<RefusalCode, string>

export const checkName = (code: LicenseCode): string =>
  Object.hasOwn(checkNames, code) ? checkNames[code as RefusalCode] : code
