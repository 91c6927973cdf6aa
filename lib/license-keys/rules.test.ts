import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DurationUnit, PurchaseStatus, UsageReset } from '#prisma/enums.ts'
import { mayCustomerDeactivate, mayCustomerRename } from '../activations/rules.ts'
import { endOfDay } from '../base/days.ts'
import { type Json, type JsonObject, sameJson } from '../base/json.ts'
import { type ActivateCode, activateCodes, type ValidateCode, validateCodes } from '../error-codes/schema.ts'
import { usagePeriodStart } from '../key-configurations/rules.ts'
import {
  type ActivateAsk,
  checkValidate,
  decideActivation,
  decideDeactivation,
  unknownKey,
  type ValidateAsk,
} from '../license-calls/rules.ts'
import {
  type ActivationFacts,
  addDuration,
  configuredExpiry,
  type ExpirySettings,
  effectiveLimits,
  endToTell,
  expiryAt,
  expiryState,
  extendedExpiry,
  type KeyFacts,
  type KeyState,
  mayExtend,
  reasonsOfPurchase,
  restored,
  revokedByHand,
  startingState,
  switched,
  USAGE_MAX,
  usageMark,
  usageNow,
  usageResetsAt,
  whyContradicts,
  whyNotRestored,
  withHold,
  withPurchase,
} from './rules.ts'

const DAY = 86_400_000
const now = new Date('2026-11-21T12:00:00.000Z')
const at = (ms: number) => new Date(now.getTime() + ms)
const date = (text: string) => new Date(text)

const unlimited = effectiveLimits(
  {
    activationsModeOverride: null,
    activationLimitOverride: null,
    usageOverridden: false,
    usageLimitOverride: null,
    graceDaysOverride: null,
  },
  {
    graceDays: 0,
    activationsMode: 'unlimited',
    activationLimit: null,
    activationRequired: false,
    usageLimit: null,
    usageReset: 'never',
  },
)
const limits = {
  devices: (limit: number | null) => ({ ...unlimited, activations: { ...unlimited.activations, limit } }),
  off: { ...unlimited, activations: { mode: 'off' as const, limit: null, overridden: false } },
  usage: (limit: number | null, reset: UsageReset = 'never') => ({
    ...unlimited,
    usage: { limit, reset, overridden: false },
  }),
  grace: (days: number) => ({ ...unlimited, grace: { days, overridden: false } }),
  required: { ...unlimited, activationRequired: true },
}

const granted: KeyFacts = {
  status: 'granted',
  expiresAt: null,
  productId: 'product',
  keyConfigurationId: 'configuration',
  customerId: 'customer',
  formerIds: [],
  newDevicesBlocked: false,
  usage: 0,
  usagePeriodStart: null,
  entitlements: ['export'],
  limits: unlimited,
}
const nothingAsked: ValidateAsk = {
  activationId: null,
  fingerprint: null,
  conditions: {},
  incrementUsage: 0,
  productId: null,
  keyConfigurationId: null,
  customerId: null,
  entitlements: [],
}
const device = (id: string, more: Partial<ActivationFacts> = {}): ActivationFacts => ({
  id,
  fingerprint: null,
  conditions: {},
  ...more,
})

type Row = {
  is: string
  key?: Partial<KeyFacts>
  devices?: ActivationFacts[]
  ask?: Partial<ValidateAsk>
  code: ValidateCode
  grace?: boolean
  usage?: number
  retryAfter?: number | null
  device?: string | null
}

// ---------------------------------------------------------------- validate: a row per code and per border

const laptop = device('laptop', { fingerprint: 'f-laptop', conditions: { major: 1 } })
const phone = device('phone')
const inGrace = { expiresAt: now, limits: limits.grace(7) }

const validateRows: Row[] = [
  { is: 'a key without any limit', code: 'VALID' },
  { is: 'revoked', key: { status: 'revoked' }, code: 'REVOKED' },
  { is: 'disabled', key: { status: 'disabled' }, code: 'DISABLED' },

  { is: 'one millisecond before expires_at', key: { expiresAt: at(1) }, code: 'VALID' },
  { is: 'exactly at expires_at', key: { expiresAt: now }, code: 'EXPIRED' },
  { is: 'one millisecond after expires_at', key: { expiresAt: at(-1) }, code: 'EXPIRED' },
  {
    is: 'before expires_at, with grace to come',
    key: { ...inGrace, expiresAt: at(1) },
    code: 'VALID',
    grace: false,
  },
  { is: 'exactly at expires_at, with grace', key: inGrace, code: 'VALID', grace: true },
  { is: "grace's last millisecond", key: { ...inGrace, expiresAt: at(1 - 7 * DAY) }, code: 'VALID', grace: true },
  { is: 'the moment grace is over', key: { ...inGrace, expiresAt: at(-7 * DAY) }, code: 'EXPIRED' },
  { is: 'in grace but revoked', key: { ...inGrace, status: 'revoked' }, code: 'REVOKED' },
  { is: 'grace without an expiry', key: { limits: limits.grace(7) }, code: 'VALID', grace: false },

  { is: 'the product asked for', ask: { productId: 'product' }, code: 'VALID' },
  { is: 'another product', ask: { productId: 'other' }, code: 'PRODUCT_MISMATCH' },
  {
    is: 'a product asked of a key without one',
    key: { productId: null },
    ask: { productId: 'product' },
    code: 'PRODUCT_MISMATCH',
  },
  { is: 'the configuration asked for', ask: { keyConfigurationId: 'configuration' }, code: 'VALID' },
  { is: 'another configuration', ask: { keyConfigurationId: 'other' }, code: 'CONFIGURATION_MISMATCH' },
  { is: 'the customer asked for', ask: { customerId: 'customer' }, code: 'VALID' },
  { is: 'another customer', ask: { customerId: 'other' }, code: 'CUSTOMER_MISMATCH' },

  { is: 'no device where one is required', key: { limits: limits.required }, code: 'ACTIVATION_REQUIRED' },
  {
    is: 'no device where one is required, though one is active',
    key: { limits: limits.required },
    devices: [phone],
    code: 'ACTIVATION_REQUIRED',
  },
  {
    is: 'the device where one is required',
    key: { limits: limits.required },
    devices: [phone],
    ask: { activationId: 'phone' },
    code: 'VALID',
    device: 'phone',
  },
  {
    is: 'a fingerprint where a device is required',
    key: { limits: limits.required },
    devices: [device('laptop', { fingerprint: 'f-laptop' })],
    ask: { fingerprint: 'f-laptop' },
    code: 'VALID',
    device: 'laptop',
  },
  { is: 'no device where none is required', devices: [laptop], code: 'VALID', device: null },
  {
    is: 'conditions without a device',
    devices: [laptop],
    ask: { conditions: { major: 9 } },
    code: 'VALID',
    device: null,
  },

  { is: 'an unknown device', ask: { activationId: 'laptop' }, code: 'ACTIVATION_NOT_FOUND' },
  { is: 'an unknown fingerprint', devices: [phone], ask: { fingerprint: 'f' }, code: 'ACTIVATION_NOT_FOUND' },
  {
    is: 'an id in upper case',
    devices: [phone],
    ask: { activationId: 'PHONE' },
    code: 'VALID',
    device: 'phone',
  },
  {
    is: "one device's id with another's fingerprint",
    devices: [laptop, device('desk', { fingerprint: 'f-desk' })],
    ask: { activationId: 'laptop', fingerprint: 'f-desk', conditions: { major: 1 } },
    code: 'ACTIVATION_NOT_FOUND',
  },
  {
    is: 'id and fingerprint of the same device',
    devices: [laptop],
    ask: { activationId: 'laptop', fingerprint: 'f-laptop', conditions: { major: 1 } },
    code: 'VALID',
    device: 'laptop',
  },
  {
    is: 'a fingerprint beside the id of a device that has none',
    devices: [phone],
    ask: { activationId: 'phone', fingerprint: 'f' },
    code: 'VALID',
    device: 'phone',
  },
  {
    is: 'a fingerprint is exact',
    devices: [device('a', { fingerprint: 'F' })],
    ask: { fingerprint: 'f' },
    code: 'ACTIVATION_NOT_FOUND',
  },

  {
    is: 'other conditions',
    devices: [laptop],
    ask: { activationId: 'laptop', conditions: { major: 2 } },
    code: 'CONDITIONS_MISMATCH',
    device: 'laptop',
  },
  {
    is: 'no conditions where some were given',
    devices: [laptop],
    ask: { activationId: 'laptop' },
    code: 'CONDITIONS_MISMATCH',
    device: 'laptop',
  },
  {
    is: 'some conditions where none were given',
    devices: [phone],
    ask: { activationId: 'phone', conditions: { any: true } },
    code: 'VALID',
    device: 'phone',
  },

  { is: 'a feature the key includes', ask: { entitlements: ['export'] }, code: 'VALID' },
  { is: 'a feature it does not', ask: { entitlements: ['export', 'sync'] }, code: 'ENTITLEMENT_MISSING' },
  { is: 'a feature in another case', ask: { entitlements: ['Export'] }, code: 'ENTITLEMENT_MISSING' },

  {
    is: 'the last unit',
    key: { usage: 9, limits: limits.usage(10) },
    ask: { incrementUsage: 1 },
    code: 'VALID',
    usage: 10,
  },
  {
    is: 'one unit past the last',
    key: { usage: 10, limits: limits.usage(10) },
    ask: { incrementUsage: 1 },
    code: 'USAGE_LIMIT_REACHED',
    usage: 10,
  },
  {
    is: 'more than is left is refused whole',
    key: { usage: 9, limits: limits.usage(10) },
    ask: { incrementUsage: 2 },
    code: 'USAGE_LIMIT_REACHED',
    usage: 9,
  },
  { is: 'no increment at full quota', key: { usage: 10, limits: limits.usage(10) }, code: 'VALID', usage: 10 },
  {
    is: 'no increment past a limit that was lowered',
    key: { usage: 12, limits: limits.usage(10) },
    code: 'VALID',
    usage: 12,
  },
  {
    is: 'an increment past a limit that was lowered',
    key: { usage: 12, limits: limits.usage(10) },
    ask: { incrementUsage: 1 },
    code: 'USAGE_LIMIT_REACHED',
    usage: 12,
  },
  {
    is: 'the whole quota at once',
    key: { limits: limits.usage(10) },
    ask: { incrementUsage: 10 },
    code: 'VALID',
    usage: 10,
  },
  {
    is: 'unlimited, up to what a counter holds',
    key: { usage: USAGE_MAX - 1 },
    ask: { incrementUsage: 1 },
    code: 'VALID',
    usage: USAGE_MAX,
  },
  {
    is: 'unlimited, past what a counter holds',
    key: { usage: USAGE_MAX },
    ask: { incrementUsage: 1 },
    code: 'USAGE_LIMIT_REACHED',
    usage: USAGE_MAX,
  },
  {
    is: 'the largest increment on a used key',
    key: { usage: 1 },
    ask: { incrementUsage: USAGE_MAX },
    code: 'USAGE_LIMIT_REACHED',
    usage: 1,
  },

  {
    is: 'full quota of this period',
    key: { usage: 10, usagePeriodStart: date('2026-11-21'), limits: limits.usage(10, 'day') },
    ask: { incrementUsage: 1 },
    code: 'USAGE_LIMIT_REACHED',
    usage: 10,
    retryAfter: 12 * 3600,
  },
  {
    is: 'full quota of the period before',
    key: { usage: 10, usagePeriodStart: date('2026-11-20'), limits: limits.usage(10, 'day') },
    ask: { incrementUsage: 1 },
    code: 'VALID',
    usage: 1,
  },
  {
    is: 'usage from before there was a reset',
    key: { usage: 10, usagePeriodStart: null, limits: limits.usage(10, 'month') },
    ask: { incrementUsage: 1 },
    code: 'VALID',
    usage: 1,
  },
  {
    is: 'an increment that no reset will make possible',
    key: { usagePeriodStart: date('2026-11-21'), limits: limits.usage(10, 'day') },
    ask: { incrementUsage: 11 },
    code: 'USAGE_LIMIT_REACHED',
    retryAfter: null,
  },
]

describe('checkValidate', () => {
  test.each(validateRows)('$is: $code', (row) => {
    const key = { ...granted, ...row.key }
    const decision = checkValidate(key, row.devices ?? [], { ...nothingAsked, ...row.ask }, now)
    const { verdict } = decision
    expect(verdict).toMatchObject({ valid: row.code === 'VALID', code: row.code, grace: row.grace ?? false })
    expect(verdict.detail).toMatch(/^[A-Z].*\.$/)
    if (row.usage !== undefined) expect(decision.usage).toBe(row.usage)
    if (row.retryAfter !== undefined) expect(verdict.retryAfter).toBe(row.retryAfter)
    if (row.device !== undefined) expect(decision.activation?.id ?? null).toBe(row.device)
    if (row.code !== 'VALID') expect(decision.usage).toBe(usageNow(key, now))
  })

  test('has a row for every code', () => {
    const known: ValidateCode[] = ['NOT_FOUND', ...validateRows.map((row) => row.code)]
    expect(validateCodes.filter((code) => code !== 'REPLACED' && !known.includes(code))).toEqual([])
    expect(unknownKey(false)).toMatchObject({ valid: false, code: 'NOT_FOUND' })
    expect(unknownKey(true).detail).not.toBe(unknownKey(false).detail)
  })

  // Each makes a good call bad in one way; `not` are the problems a call cannot have at the same time.
  type Problem = { code: ValidateCode; key?: Partial<KeyFacts>; ask?: Partial<ValidateAsk>; not?: ValidateCode[] }
  const good = { ...granted, limits: { ...limits.usage(10), activationRequired: true } }
  const goodAsk = { ...nothingAsked, activationId: 'laptop', conditions: { major: 1 } }
  const problems: Problem[] = [
    { code: 'REVOKED', key: { status: 'revoked' }, not: ['DISABLED'] },
    { code: 'DISABLED', key: { status: 'disabled' } },
    { code: 'EXPIRED', key: { expiresAt: now } },
    { code: 'PRODUCT_MISMATCH', ask: { productId: 'other' } },
    { code: 'CONFIGURATION_MISMATCH', ask: { keyConfigurationId: 'other' } },
    { code: 'CUSTOMER_MISMATCH', ask: { customerId: 'other' } },
    { code: 'ACTIVATION_REQUIRED', ask: { activationId: null }, not: ['ACTIVATION_NOT_FOUND', 'CONDITIONS_MISMATCH'] },
    { code: 'ACTIVATION_NOT_FOUND', ask: { activationId: 'other' }, not: ['CONDITIONS_MISMATCH'] },
    { code: 'CONDITIONS_MISMATCH', ask: { conditions: { major: 2 } } },
    { code: 'ENTITLEMENT_MISSING', ask: { entitlements: ['sync'] } },
    { code: 'USAGE_LIMIT_REACHED', ask: { incrementUsage: 11 } },
  ]
  const codeOf = (...patches: Problem[]) =>
    checkValidate(
      Object.assign({}, good, ...patches.map(({ key }) => key)),
      [laptop],
      Object.assign({}, goodAsk, ...patches.map(({ ask }) => ask)),
      now,
    ).verdict.code

  test('answers each problem alone', () => {
    expect(codeOf()).toBe('VALID')
    for (const problem of problems) expect(codeOf(problem)).toBe(problem.code)
    expect(problems.map(({ code }) => code)).toEqual(validateCodes.slice(2, -1))
  })

  const pairs = problems.flatMap((first, i) =>
    problems
      .slice(i + 1)
      .filter((second) => !first.not?.includes(second.code))
      .map((second) => ({ first, second })),
  )
  test.each(pairs)('$first.code comes before $second.code', ({ first, second }) => {
    expect(codeOf(second, first)).toBe(first.code)
    expect(codeOf(first, second)).toBe(first.code)
  })

  test('with every problem at once answers the first', () => {
    expect(codeOf(...problems.toReversed())).toBe('REVOKED')
  })

  test('a device is shown with the verdict that is about it', () => {
    const decision = checkValidate(good, [laptop], { ...goodAsk, conditions: { major: 2 } }, now)
    expect(decision.activation).toBe(laptop)
  })
})

// ---------------------------------------------------------------- activate

type ActivateRow = {
  is: string
  key?: Partial<KeyFacts>
  devices?: ActivationFacts[]
  ask?: Partial<ActivateAsk>
  code: ActivateCode
  do?: 'refuse' | 'reuse' | 'create'
  replaced?: string
  grace?: boolean
}

const three = [device('a'), device('b'), device('c', { fingerprint: 'f-c' })]

const activateRows: ActivateRow[] = [
  { is: 'a first device', code: 'ACTIVATED', do: 'create' },
  { is: 'revoked', key: { status: 'revoked' }, code: 'REVOKED' },
  { is: 'disabled', key: { status: 'disabled' }, code: 'DISABLED' },
  { is: 'one millisecond before expires_at', key: { expiresAt: at(1) }, code: 'ACTIVATED' },
  { is: 'exactly at expires_at', key: { expiresAt: now }, code: 'EXPIRED' },
  { is: 'in grace', key: inGrace, code: 'ACTIVATED', grace: true },
  { is: 'after grace', key: { ...inGrace, expiresAt: at(-7 * DAY) }, code: 'EXPIRED' },
  { is: 'activations off', key: { limits: limits.off }, code: 'ACTIVATIONS_OFF' },
  { is: 'unlimited, with many devices', devices: three, code: 'ACTIVATED', do: 'create' },
  {
    is: 'the last slot',
    key: { limits: limits.devices(3) },
    devices: three.slice(1),
    code: 'ACTIVATED',
    do: 'create',
  },
  {
    is: 'one past the last slot',
    key: { limits: limits.devices(3) },
    devices: three,
    code: 'ACTIVATION_LIMIT_REACHED',
  },
  {
    is: 'over a limit that was lowered',
    key: { limits: limits.devices(2) },
    devices: three,
    code: 'ACTIVATION_LIMIT_REACHED',
  },
  {
    is: 'a known fingerprint at the limit',
    key: { limits: limits.devices(3) },
    devices: three,
    ask: { fingerprint: 'f-c' },
    code: 'ACTIVATED',
    do: 'reuse',
  },
  {
    is: 'a known fingerprint over the limit',
    key: { limits: limits.devices(1) },
    devices: three,
    ask: { fingerprint: 'f-c' },
    code: 'ACTIVATED',
    do: 'reuse',
  },
  {
    is: 'a known fingerprint while new devices are blocked',
    key: { newDevicesBlocked: true },
    devices: three,
    ask: { fingerprint: 'f-c' },
    code: 'ACTIVATED',
    do: 'reuse',
  },
  {
    is: 'a known fingerprint of an expired key',
    key: { expiresAt: now },
    devices: three,
    ask: { fingerprint: 'f-c' },
    code: 'EXPIRED',
  },
  {
    is: 'a known fingerprint with activations switched off since',
    key: { limits: limits.off },
    devices: three,
    ask: { fingerprint: 'f-c' },
    code: 'ACTIVATIONS_OFF',
  },
  {
    is: 'an unknown fingerprint at the limit',
    key: { limits: limits.devices(3) },
    devices: three,
    ask: { fingerprint: 'f-d' },
    code: 'ACTIVATION_LIMIT_REACHED',
  },
  {
    is: 'a device without fingerprint never is a known one',
    devices: [device('a', { fingerprint: null })],
    ask: { fingerprint: null },
    code: 'ACTIVATED',
    do: 'create',
  },
  { is: 'new devices blocked', key: { newDevicesBlocked: true }, code: 'NEW_DEVICES_BLOCKED' },
  {
    is: 'a replacement while new devices are blocked',
    key: { newDevicesBlocked: true },
    devices: three,
    ask: { replaceActivationId: 'a' },
    code: 'NEW_DEVICES_BLOCKED',
  },
  {
    is: 'a replacement at the limit',
    key: { limits: limits.devices(3) },
    devices: three,
    ask: { replaceActivationId: 'a' },
    code: 'ACTIVATED',
    do: 'create',
    replaced: 'a',
  },
  {
    is: 'a replacement named in upper case',
    key: { limits: limits.devices(3) },
    devices: three,
    ask: { replaceActivationId: 'A' },
    code: 'ACTIVATED',
    do: 'create',
    replaced: 'a',
  },
  {
    is: 'a replacement one over the limit',
    key: { limits: limits.devices(2) },
    devices: three,
    ask: { replaceActivationId: 'a' },
    code: 'ACTIVATION_LIMIT_REACHED',
  },
  {
    is: 'a replacement below the limit',
    key: { limits: limits.devices(5) },
    devices: three,
    ask: { replaceActivationId: 'b' },
    code: 'ACTIVATED',
    do: 'create',
    replaced: 'b',
  },
  {
    is: 'a replacement of an unknown device, also with a slot free',
    devices: three,
    ask: { replaceActivationId: 'x' },
    code: 'ACTIVATION_NOT_FOUND',
  },
  {
    is: 'a replacement of a device that is gone (not among the live ones)',
    key: { limits: limits.devices(3) },
    devices: three.slice(1),
    ask: { replaceActivationId: 'a' },
    code: 'ACTIVATION_NOT_FOUND',
  },
  {
    is: 'a known device keeps its slot and replaces nobody',
    key: { limits: limits.devices(3) },
    devices: three,
    ask: { fingerprint: 'f-c', replaceActivationId: 'a' },
    code: 'ACTIVATED',
    do: 'reuse',
  },
  {
    is: 'what an unanswered attempt made, also at the limit and when no new devices are taken',
    key: { limits: limits.devices(3), newDevicesBlocked: true },
    devices: three,
    ask: { lostActivationId: 'b' },
    code: 'ACTIVATED',
    do: 'reuse',
  },
  {
    is: 'an unanswered attempt that made nothing',
    key: { limits: limits.devices(3) },
    devices: three,
    ask: { lostActivationId: null },
    code: 'ACTIVATION_LIMIT_REACHED',
  },
  {
    is: 'what an unanswered attempt made of a key that is off now',
    key: { status: 'disabled' },
    devices: three,
    ask: { lostActivationId: 'b' },
    code: 'DISABLED',
  },
  {
    is: 'a known device that names itself as the one to replace',
    key: { limits: limits.devices(3) },
    devices: three,
    ask: { fingerprint: 'f-c', replaceActivationId: 'c' },
    code: 'ACTIVATED',
    do: 'reuse',
  },
]

describe('decideActivation', () => {
  test.each(activateRows)('$is: $code', (row) => {
    const ask: ActivateAsk = { fingerprint: null, replaceActivationId: null, ...row.ask }
    const decision = decideActivation({ ...granted, ...row.key }, row.devices ?? [], ask, now)
    const valid = row.code === 'ACTIVATED'
    expect(decision.verdict).toMatchObject({ valid, code: row.code, grace: row.grace ?? false })
    expect(decision.verdict.detail).toMatch(/^[A-Z].*\.$/)
    if (!valid) expect(decision.do).toBe('refuse')
    if (row.do) expect(decision.do).toBe(row.do)
    if (decision.do === 'create') expect(decision.replaced?.id).toBe(row.replaced)
    if (decision.do === 'reuse') {
      const { id, fingerprint } = decision.activation
      expect([id, fingerprint]).toContain(ask.fingerprint ?? ask.lostActivationId)
    }
  })

  test('has a row for every code', () => {
    const known: ActivateCode[] = ['NOT_FOUND', ...activateRows.map((row) => row.code)]
    expect(activateCodes.filter((code) => code !== 'REPLACED' && !known.includes(code))).toEqual([])
  })

  type Problem = { code: ActivateCode; key?: Partial<KeyFacts>; replace?: string; not?: ActivateCode[] }
  const full = { ...granted, limits: limits.devices(4) }
  const problems: Problem[] = [
    { code: 'REVOKED', key: { status: 'revoked' }, not: ['DISABLED'] },
    { code: 'DISABLED', key: { status: 'disabled' } },
    { code: 'EXPIRED', key: { expiresAt: now } },
    { code: 'ACTIVATIONS_OFF', key: { limits: limits.off }, not: ['ACTIVATION_LIMIT_REACHED'] },
    { code: 'ACTIVATION_NOT_FOUND', replace: 'x' },
    { code: 'NEW_DEVICES_BLOCKED', key: { newDevicesBlocked: true } },
    { code: 'ACTIVATION_LIMIT_REACHED', key: { limits: limits.devices(3) } },
  ]
  const codeOf = (...patches: Problem[]) =>
    decideActivation(
      Object.assign({}, full, ...patches.map(({ key }) => key)),
      three,
      { fingerprint: null, replaceActivationId: patches.find(({ replace }) => replace)?.replace ?? null },
      now,
    ).verdict.code

  test('answers each problem alone', () => {
    expect(codeOf()).toBe('ACTIVATED')
    for (const problem of problems) expect(codeOf(problem)).toBe(problem.code)
    expect(problems.map(({ code }) => code)).toEqual(activateCodes.slice(2, -1))
  })

  const pairs = problems.flatMap((first, i) =>
    problems
      .slice(i + 1)
      .filter((second) => !first.not?.includes(second.code))
      .map((second) => ({ first, second })),
  )
  test.each(pairs)('$first.code comes before $second.code', ({ first, second }) => {
    expect(codeOf(second, first)).toBe(first.code)
    expect(codeOf(first, second)).toBe(first.code)
  })
})

test.each([
  ['granted', true, 'disabled'],
  ['disabled', true, 'disabled'],
  ['revoked', true, 'revoked'],
  ['granted', false, 'granted'],
  ['disabled', false, 'granted'],
  ['revoked', false, 'revoked'],
] as const)('switched: %s, off: %s, is %s', (from, off, to) => {
  const revokedFor = from === 'revoked' ? (['by_hand'] as const) : []
  expect(switched({ status: from, revokedFor: [...revokedFor], held: false }, off).status).toBe(to)
})

describe('why a key is revoked', () => {
  const { active, canceled, refunded } = reasonsOfPurchase
  const plain: KeyState = { status: 'granted', revokedFor: [], held: false }
  const revoked = (...revokedFor: KeyState['revokedFor']): KeyState => ({ ...plain, status: 'revoked', revokedFor })

  test('a purchase that has ended ends its keys, whatever was done in between', () => {
    const ended = withPurchase(plain, canceled)
    expect(ended).toEqual(revoked('ended'))
    expect(restored(ended, canceled)).toEqual(ended)
    expect(whyNotRestored(ended, restored(ended, canceled))).toContain('its purchase no longer covers it')
    expect(withPurchase(restored(ended, canceled), refunded)).toEqual(revoked('refunded'))
    expect(startingState('granted', refunded)).toEqual(revoked('refunded'))
    expect(startingState('revoked', active)).toEqual(revoked('by_hand'))
    expect(startingState('disabled', active)).toEqual({ ...plain, status: 'disabled' })
  })

  test('each reason is lifted alone', () => {
    const both = withPurchase(revokedByHand(plain, active), canceled)
    expect(both).toEqual(revoked('ended', 'by_hand'))
    expect(restored(both, canceled)).toEqual(revoked('ended'))
    expect(whyNotRestored(both, restored(both, canceled))).toBeNull()
    expect(withPurchase(both, active)).toEqual(revoked('by_hand'))
  })

  test('what a person switched off is off again when its purchase goes on', () => {
    const off: KeyState = { ...plain, status: 'disabled' }
    const paused = withPurchase(off, ['paused'])
    expect(paused.status).toBe('revoked')
    expect(withPurchase(paused, [])).toEqual(off)
    expect(withPurchase(withPurchase(paused, ['paused', 'ended']), [])).toEqual(off)
    expect(withHold(paused, true, ['paused'])).toEqual({ ...off, held: true })
    expect(whyNotRestored(paused, restored(paused, ['paused']))).toContain('paused')
    expect(restored(revokedByHand(off, []), [])).toEqual(plain)
  })

  test('a hold survives a later end, and ends when somebody revokes the key', () => {
    const held = withHold(revoked('ended'), true, canceled)
    expect(held).toEqual({ ...plain, held: true })
    expect(withPurchase(held, refunded)).toEqual(held)
    expect(revokedByHand(held, refunded)).toEqual(revoked('refunded', 'by_hand'))
    expect(withHold(held, false, refunded)).toEqual(revoked('refunded'))
  })

  test('after anything that happens, a key is granted only when no reason is left', () => {
    type Step = (state: KeyState, purchase: PurchaseStatus) => [KeyState, PurchaseStatus]
    const steps: Record<string, Step> = {
      cancel: (state, purchase) => {
        const to = purchase === 'refunded' ? purchase : 'canceled'
        return [withPurchase(state, reasonsOfPurchase[to]), to]
      },
      refund: (state) => [withPurchase(state, refunded), 'refunded'],
      revoke: (state, purchase) => [revokedByHand(state, reasonsOfPurchase[purchase]), purchase],
      restore: (state, purchase) => [restored(state, reasonsOfPurchase[purchase]), purchase],
      disable: (state, purchase) => [switched(state, true), purchase],
      enable: (state, purchase) => [switched(state, false), purchase],
      hold: (state, purchase) => [withHold(state, true, reasonsOfPurchase[purchase]), purchase],
      release: (state, purchase) => [withHold(state, false, reasonsOfPurchase[purchase]), purchase],
    }
    const start = fc.tuple(
      fc.constantFrom<KeyState['status']>('granted', 'disabled', 'revoked'),
      fc.constantFrom<PurchaseStatus>('active', 'refunded', 'canceled'),
    )
    fc.assert(
      fc.property(
        start,
        fc.array(fc.constantFrom(...Object.keys(steps)), { maxLength: 12 }),
        ([status, first], names) => {
          let [state, purchase] = [startingState(status, reasonsOfPurchase[first]), first]
          let byHand = status === 'revoked'
          let held = false
          for (const name of names) {
            ;[state, purchase] = (steps[name] as Step)(state, purchase)
            if (name === 'revoke') [byHand, held] = [true, false]
            if (name === 'restore') byHand = false
            if (name === 'hold' || name === 'release') held = name === 'hold'
            expect(state.status === 'revoked').toBe(state.revokedFor.length > 0)
            expect(state.status === 'revoked').toBe(byHand || (purchase !== 'active' && !held))
            expect(state.held).toBe(held)
          }
        },
      ),
    )
  })
})

describe('whyContradicts', () => {
  const key = { devices: 2, activationsMode: 'limited', ofSubscription: true } as const
  const off = { activations: { mode: 'off' as const, limit: null } }
  const limited = (limit: number) => ({ activations: { mode: 'limited' as const, limit } })
  test.each([
    [{}, null],
    [limited(1), 'activations'],
    [limited(2), null],
    [off, 'activations'],
    [{ activations: { mode: 'unlimited' as const, limit: null } }, null],
    [{ activations: 'configuration' as const }, null],
    [{ expiresAt: now }, 'expiresAt'],
    [{ expiresAt: null }, null],
    [{ expiresAt: 'configuration' as const }, null],
  ])('%o: %s', (changes, field) => {
    expect(whyContradicts(changes, key)?.field ?? null).toBe(field)
  })
  test('off is what no device contradicts, and what a key that is off already may be told again', () => {
    expect(whyContradicts(off, { ...key, devices: 0 })).toBeNull()
    expect(whyContradicts(off, { ...key, activationsMode: 'off' })).toBeNull()
  })
  test('a key that was bought once may have a date', () => {
    expect(whyContradicts({ expiresAt: now }, { ...key, ofSubscription: false })).toBeNull()
  })
})

describe('decideDeactivation', () => {
  test.each([
    ['a live device', { deactivatedAt: null }, 'remove', 'DEACTIVATED', true],
    ['a device that is gone already', { deactivatedAt: now }, 'nothing', 'DEACTIVATED', true],
    ['no such device', null, 'nothing', 'ACTIVATION_NOT_FOUND', false],
  ] as const)('%s', (_is, activation, what, code, valid) => {
    expect(decideDeactivation(activation)).toMatchObject({ do: what, verdict: { code, valid, grace: false } })
  })
})

// ---------------------------------------------------------------- conditions

describe('sameJson', () => {
  test.each<[string, Json, Json, boolean]>([
    ['the order of names does not matter', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
    ['nor further down', { a: { x: 1, y: [{ p: 1, q: 2 }] } }, { a: { y: [{ q: 2, p: 1 }], x: 1 } }, true],
    ['the order of a list does', [1, 2], [2, 1], false],
    ['a list that goes on', [1], [1, 2], false],
    ['1 is not "1"', { major: 1 }, { major: '1' }, false],
    ['1 is not true', { a: 1 }, { a: true }, false],
    ['0 is not false', { a: 0 }, { a: false }, false],
    ['0 is not null', { a: 0 }, { a: null }, false],
    ['0 is -0', { a: 0 }, { a: -0 }, true],
    ['1 is 1.0', JSON.parse('{"a":1}'), JSON.parse('{"a":1.0}'), true],
    ['a missing name', { a: 1, b: 2 }, { a: 1 }, false],
    ['an extra name', { a: 1 }, { a: 1, b: 2 }, false],
    ['another name', { a: 1 }, { b: 1 }, false],
    ['null is not missing', { a: null }, {}, false],
    ['null is not an object', { a: null }, { a: {} }, false],
    ['a list is not an object', [], {}, false],
    ['not even with the same names', ['x'], { 0: 'x' }, false],
    ['two empty objects', {}, {}, true],
    ['two empty lists', [], [], true],
    ['strings are exact', { a: 'é' }, { a: 'e\u0301' }, false],
    ['case matters', { a: 'A' }, { a: 'a' }, false],
    ['names every object inherits are not conditions', { toString: 1 }, {}, false],
    ['nor the other way about', {}, JSON.parse('{"__proto__":{}}'), false],
    ['nor as many others', JSON.parse('{"__proto__":{}}'), { x: 1 }, false],
    ['__proto__ is a name like others', JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}'), true],
    ['also when it differs', JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":2}'), false],
    ['also beside nothing', JSON.parse('{"__proto__":null}'), JSON.parse('{"constructor":null}'), false],
  ])('%s', (_is, a, b, same) => {
    expect(sameJson(a, b)).toBe(same)
    expect(sameJson(b, a)).toBe(same)
  })

  const json = () => fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>
  const shuffled = (value: Json): Json => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(shuffled)
    const copy: JsonObject = {}
    for (const [name, child] of Object.entries(value).reverse())
      Object.defineProperty(copy, name, { value: shuffled(child), enumerable: true, configurable: true })
    return copy
  }

  test('is reflexive, symmetric and blind to the order of names', () => {
    fc.assert(
      fc.property(json(), json(), (a, b) => {
        expect(sameJson(a, a)).toBe(true)
        expect(sameJson(a, JSON.parse(JSON.stringify(a)))).toBe(true)
        expect(sameJson(a, shuffled(a))).toBe(true)
        expect(sameJson(a, b)).toBe(sameJson(b, a))
      }),
    )
  })

  test('sees any one change', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json(), { minKeys: 1 }), fc.nat(), (object, pick) => {
        const names = Object.keys(object)
        const name = names[pick % names.length] as string
        const without = Object.fromEntries(Object.entries(object).filter(([other]) => other !== name))
        expect(sameJson(object as JsonObject, without as JsonObject)).toBe(false)
        const wrapped = Object.fromEntries(Object.entries(object).map(([n, v]) => [n, n === name ? [v] : v]))
        expect(sameJson(object as JsonObject, wrapped as JsonObject)).toBe(false)
      }),
    )
  })
})

// ---------------------------------------------------------------- limits

describe('effectiveLimits', () => {
  const configuration = {
    graceDays: 7,
    activationsMode: 'limited' as const,
    activationLimit: 3,
    activationRequired: true,
    usageLimit: 100,
    usageReset: 'month' as const,
  }
  const none = {
    activationsModeOverride: null,
    activationLimitOverride: null,
    usageOverridden: false,
    usageLimitOverride: null,
    graceDaysOverride: null,
  }
  test('without overrides are those of the configuration', () => {
    expect(effectiveLimits(none, configuration)).toEqual({
      activations: { mode: 'limited', limit: 3, overridden: false },
      usage: { limit: 100, reset: 'month', overridden: false },
      grace: { days: 7, overridden: false },
      activationRequired: true,
    })
  })
  test.each([
    ['another number', 'limited', 5, { mode: 'limited', limit: 5, overridden: true }],
    ['the same number is still an override', 'limited', 3, { mode: 'limited', limit: 3, overridden: true }],
    ['unlimited', 'unlimited', null, { mode: 'unlimited', limit: null, overridden: true }],
    ['a number beside unlimited means nothing', 'unlimited', 5, { mode: 'unlimited', limit: null, overridden: true }],
    ['off', 'off', null, { mode: 'off', limit: null, overridden: true }],
    ['a number without a mode means nothing', null, 5, { mode: 'limited', limit: 3, overridden: false }],
  ] as const)('activations: %s', (_is, activationsModeOverride, activationLimitOverride, activations) => {
    const found = effectiveLimits({ ...none, activationsModeOverride, activationLimitOverride }, configuration)
    expect(found.activations).toEqual(activations)
    expect(found.activationRequired).toBe(activations.mode !== 'off')
  })
  test.each([
    [true, 5, { limit: 5, overridden: true }],
    [true, null, { limit: null, overridden: true }],
    [false, 5, { limit: 100, overridden: false }],
  ])('usage: overridden %s with %s', (usageOverridden, usageLimitOverride, usage) => {
    const found = effectiveLimits({ ...none, usageOverridden, usageLimitOverride }, configuration)
    expect(found.usage).toEqual({ ...usage, reset: 'month' })
  })
  test('grace: none is an override too', () => {
    const found = effectiveLimits({ ...none, graceDaysOverride: 0 }, configuration)
    expect(found.grace).toEqual({ days: 0, overridden: true })
  })
})

// ---------------------------------------------------------------- time

describe('addDuration', () => {
  test.each([
    ['2026-01-31T10:00:00.000Z', 1, 'month', '2026-02-28T10:00:00.000Z'],
    ['2028-01-31T10:00:00.000Z', 1, 'month', '2028-02-29T10:00:00.000Z'],
    ['2026-01-31T10:00:00.000Z', 2, 'month', '2026-03-31T10:00:00.000Z'],
    ['2026-08-31T23:59:59.999Z', 1, 'month', '2026-09-30T23:59:59.999Z'],
    ['2026-11-30T00:00:00.000Z', 3, 'month', '2027-02-28T00:00:00.000Z'],
    ['2026-12-31T00:00:00.000Z', 1, 'month', '2027-01-31T00:00:00.000Z'],
    ['2028-02-29T12:00:00.000Z', 1, 'year', '2029-02-28T12:00:00.000Z'],
    ['2028-02-29T12:00:00.000Z', 4, 'year', '2032-02-29T12:00:00.000Z'],
    ['2028-02-29T12:00:00.000Z', 12, 'month', '2029-02-28T12:00:00.000Z'],
    ['2096-02-29T12:00:00.000Z', 4, 'year', '2100-02-28T12:00:00.000Z'],
    ['2026-02-28T12:00:00.000Z', 2, 'year', '2028-02-28T12:00:00.000Z'],
    ['2026-03-28T12:00:00.000Z', 1, 'day', '2026-03-29T12:00:00.000Z'],
    ['2026-10-24T12:00:00.000Z', 1, 'day', '2026-10-25T12:00:00.000Z'],
    ['2026-12-31T00:00:00.000Z', 365, 'day', '2027-12-31T00:00:00.000Z'],
    ['2026-11-21T12:00:00.000Z', 457, 'year', '2483-11-21T12:00:00.000Z'],
  ] as const)('%s + %i %s', (start, count, unit, end) => {
    const from = date(start)
    expect(addDuration(from, count, unit).toISOString()).toBe(end)
    expect(from.toISOString()).toBe(start)
  })

  test('does not know summer time', () => {
    const zone = process.env.TZ
    for (const TZ of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia']) {
      process.env.TZ = TZ
      expect(addDuration(date('2026-03-08T02:30:00Z'), 1, 'month').toISOString()).toBe('2026-04-08T02:30:00.000Z')
      expect(addDuration(date('2026-03-28T23:30:00Z'), 1, 'day').toISOString()).toBe('2026-03-29T23:30:00.000Z')
      expect(usagePeriodStart('day', date('2026-03-29T00:30:00Z'))?.toISOString()).toBe('2026-03-29T00:00:00.000Z')
    }
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  })

  const moments = fc.date({ min: date('1990-01-01'), max: date('2400-01-01'), noInvalidDate: true })
  const units = fc.constantFrom<DurationUnit>('day', 'month', 'year')
  test('goes on with time: a later start and a longer duration never end earlier', () => {
    fc.assert(
      fc.property(moments, moments, units, fc.nat(1_200), fc.nat(1_200), (a, b, unit, m, n) => {
        const [early, late] = a <= b ? [a, b] : [b, a]
        const [short, long] = m <= n ? [m, n] : [n, m]
        expect(addDuration(early, short, unit) <= addDuration(early, long, unit)).toBe(true)
        // Of two starts in one month's last days both may end on the last day of a shorter one, each at its own time.
        const end = (start: Date) => addDuration(start, short, unit).toISOString().slice(0, 10)
        expect(end(early) <= end(late)).toBe(true)
        expect(addDuration(early, short, unit) >= early).toBe(true)
      }),
    )
  })
})

describe('expiryAt', () => {
  const duration = {
    expiryKind: 'duration' as const,
    expiresOn: null,
    durationCount: 1,
    durationUnit: 'year' as const,
    expiryStart: 'issue' as const,
  }
  const fixed = { ...duration, expiryKind: 'fixed_date' as const, expiresOn: date('2027-01-01') }
  test.each([
    ['never', { ...duration, expiryKind: 'never' as const }, 'issue', null],
    ['a duration from issue', duration, 'issue', '2027-11-21T12:00:00.000Z'],
    ['a duration from issue, at activation', duration, 'first_activation', null],
    ['from first activation, at issue', { ...duration, expiryStart: 'first_activation' as const }, 'issue', null],
    [
      'from first activation, then',
      { ...duration, expiryStart: 'first_activation' as const },
      'first_activation',
      '2027-11-21T12:00:00.000Z',
    ],
    ['a fixed date, at issue', fixed, 'issue', '2027-01-01T00:00:00.000Z'],
    ['a duration half filled in', { ...duration, durationUnit: null }, 'issue', null],
  ] as const)('%s', (_is, settings, moment, end) => {
    expect(expiryAt({ endsWithDay: false, ...settings }, moment, now, 'UTC')?.toISOString() ?? null).toBe(end)
  })
})

test('expiry only ever goes forward: live, grace, expired', () => {
  const order = ['live', 'grace', 'expired']
  const ms = fc.integer({ min: -40 * DAY, max: 40 * DAY })
  fc.assert(
    fc.property(ms, ms, ms, fc.nat(30), (expires, a, b, grace) => {
      const key = { expiresAt: at(expires), limits: limits.grace(grace) }
      const [early, late] = a <= b ? [a, b] : [b, a]
      const states = [early, late].map((offset) => order.indexOf(expiryState(key, at(offset))))
      expect(states[0]).toBeLessThanOrEqual(states[1] as number)
    }),
  )
})

describe('usage periods', () => {
  const borders = [
    ['day', '2026-11-20T23:59:59.999Z', '2026-11-21T00:00:00.000Z', '2026-11-20', '2026-11-21', '2026-11-22'],
    ['month', '2026-11-30T23:59:59.999Z', '2026-12-01T00:00:00.000Z', '2026-11-01', '2026-12-01', '2027-01-01'],
    ['year', '2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z', '2026-01-01', '2027-01-01', '2028-01-01'],
  ] as const
  test.each(borders)('a %s ends at midnight UTC', (reset, last, first, period, next, afterNext) => {
    expect(usagePeriodStart(reset, date(last))).toEqual(date(period))
    expect(usagePeriodStart(reset, date(first))).toEqual(date(next))
    expect(usageResetsAt(reset, date(last))).toEqual(date(next))
    expect(usageResetsAt(reset, date(first))).toEqual(date(afterNext))
    const key = { usage: 4, usagePeriodStart: date(period), limits: limits.usage(4, reset) }
    expect(usageNow(key, date(last))).toBe(4)
    expect(usageNow(key, date(first))).toBe(0)
    const one = { ...nothingAsked, incrementUsage: 1 }
    const before = checkValidate({ ...granted, ...key }, [], one, date(last))
    expect(before.verdict).toMatchObject({ code: 'USAGE_LIMIT_REACHED', retryAfter: 1 })
    const after = checkValidate({ ...granted, ...key }, [], one, date(first))
    expect(after).toMatchObject({ verdict: { code: 'VALID' }, usage: 1, usagePeriodStart: date(next) })
  })
  test('never', () => {
    expect(usagePeriodStart('never', now)).toBeNull()
    expect(usageResetsAt('never', now)).toBeNull()
    expect(usageNow({ usage: 4, usagePeriodStart: date('2020-01-01'), limits: limits.usage(4) }, now)).toBe(4)
  })
})

// ---------------------------------------------------------------- no sequence of calls passes a limit

describe('whatever the order of calls', () => {
  type Step =
    | { do: 'activate'; fingerprint: string | null; replace: number | null }
    | { do: 'deactivate'; which: number }
    | { do: 'limit'; limit: number | null }
  const steps = fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('activate' as const),
          fingerprint: fc.option(fc.constantFrom('f1', 'f2', 'f3')),
          replace: fc.option(fc.nat(9)),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('deactivate' as const), which: fc.nat(9) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('limit' as const), limit: fc.option(fc.nat(5)) }) },
    ) as fc.Arbitrary<Step>,
    { maxLength: 60 },
  )

  test('a slot is granted only within the limit of that moment, and a device has one', () => {
    fc.assert(
      fc.property(steps, (list) => {
        let limit: number | null = 3
        let live: ActivationFacts[] = []
        let made = 0
        for (const step of list) {
          if (step.do === 'limit') limit = step.limit
          else if (step.do === 'deactivate') live = live.filter((_, i) => i !== step.which)
          else {
            const replaceActivationId = step.replace === null ? null : (live[step.replace]?.id ?? 'unknown')
            const key = { ...granted, limits: limits.devices(limit) }
            key.limits.activations.mode = limit === null ? 'unlimited' : 'limited'
            const before = live.length
            const decision = decideActivation(key, live, { fingerprint: step.fingerprint, replaceActivationId }, now)
            if (decision.do === 'create') {
              live = live.filter((each) => each !== decision.replaced)
              live.push(device(`d${++made}`, { fingerprint: step.fingerprint }))
              if (limit !== null) expect(live.length).toBeLessThanOrEqual(limit)
            } else {
              expect(live.length).toBe(before)
              // Nobody is sent away from a free slot without one of the other reasons.
              if (decision.verdict.code === 'ACTIVATION_LIMIT_REACHED') {
                expect(before - (step.replace === null ? 0 : 1)).toBeGreaterThanOrEqual(limit as number)
              }
            }
          }
          const known = live.map((each) => each.fingerprint).filter((each) => each !== null)
          expect(new Set(known).size).toBe(known.length)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('usage never passes the limit of its period, also where clocks of several processes differ', () => {
    const use = fc.record({
      increment: fc.nat(6),
      // Mostly near midnight, where it matters.
      forward: fc.oneof({ weight: 9, arbitrary: fc.nat(2_000) }, { weight: 1, arbitrary: fc.constant(DAY) }),
      skew: fc.integer({ min: -5_000, max: 0 }),
    })
    fc.assert(
      fc.property(
        fc.array(use, { maxLength: 80 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom<UsageReset>('never', 'day', 'month', 'year'),
        (list, limit, reset) => {
          let clock = date('2026-12-31T23:59:55Z').getTime()
          let key = { ...granted, limits: limits.usage(limit, reset) }
          let latest = 0
          const spent = new Map<number, number>()
          for (const step of list) {
            clock += step.forward
            const here = new Date(clock + step.skew)
            const decision = checkValidate(key, [], { ...nothingAsked, incrementUsage: step.increment }, here)
            if (!decision.verdict.valid) {
              expect(decision.usage).toBe(usageNow(key, here))
              continue
            }
            if (step.increment === 0) continue // not written
            latest = Math.max(latest, usagePeriodStart(reset, here)?.getTime() ?? 0)
            key = { ...key, usage: decision.usage, usagePeriodStart: decision.usagePeriodStart }
            spent.set(latest, (spent.get(latest) ?? 0) + step.increment)
            expect(spent.get(latest)).toBeLessThanOrEqual(limit)
            expect(decision.usage).toBeLessThanOrEqual(limit)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})

// ---------------------------------------------------------------- what people read

test('what the customer may do is for the configuration to say', () => {
  expect(mayCustomerDeactivate({ customerMayDeactivate: true })).toBeNull()
  expect(mayCustomerDeactivate({ customerMayDeactivate: false })).toContain('Only the seller')
  expect(mayCustomerRename({ customerMayRename: true })).toBeNull()
  expect(mayCustomerRename({ customerMayRename: false })).toContain('Only the seller')
})

test('a key follows the clock of its configuration, unless a subscription decides', () => {
  const year = {
    expiryKind: 'duration',
    durationCount: 1,
    durationUnit: 'year',
    expiresOn: null,
    endsWithDay: false,
  } as const
  const key = { createdAt: now, firstActivatedAt: null, ofSubscription: false }
  const fromIssue = { ...year, expiryStart: 'issue' } as const
  const fromUse = { ...year, expiryStart: 'first_activation' } as const
  expect(configuredExpiry(key, fromIssue, 'UTC')).toEqual(date('2027-11-21T12:00:00.000Z'))
  expect(configuredExpiry(key, fromUse, 'UTC')).toBeNull()
  expect(configuredExpiry({ ...key, firstActivatedAt: at(DAY) }, fromUse, 'UTC')).toEqual(
    date('2027-11-22T12:00:00.000Z'),
  )
  expect(configuredExpiry({ ...key, ofSubscription: true }, fromIssue, 'UTC')).toBeNull()
})

const perMonth: ExpirySettings = {
  expiryKind: 'duration',
  durationCount: 1,
  durationUnit: 'month',
  expiresOn: null,
  expiryStart: 'issue',
  endsWithDay: false,
}
const plainKey = {
  ...{ expiresAt: now, expiryDay: null as number | null, expiryOverridden: false },
  ...{ createdAt: now, firstActivatedAt: null },
}

test.each<[string, number, DurationUnit, string]>([
  // One that still works goes on where it ends.
  ['2027-01-31T08:00:00.000Z', 1, 'month', '2027-02-28T08:00:00.000Z'],
  ['2028-02-29T08:00:00.000Z', 1, 'year', '2029-02-28T08:00:00.000Z'],
  ['2026-11-21T12:00:00.001Z', 2, 'day', '2026-11-23T12:00:00.001Z'],
  // One that has ended starts now.
  ['2026-11-21T12:00:00.000Z', 1, 'day', '2026-11-22T12:00:00.000Z'],
  ['2020-01-01T00:00:00.000Z', 1, 'year', '2027-11-21T12:00:00.000Z'],
])('%s and %i more %s: %s', (expiresAt, count, unit, then) => {
  const key = { ...plainKey, expiresAt: date(expiresAt), expiryOverridden: true }
  expect(extendedExpiry(key, { count, unit }, perMonth, 'UTC', now).expiresAt).toEqual(date(then))
})

describe('more time', () => {
  const more = (start: object, unit: DurationUnit, times: number, zone = 'UTC') => {
    let key = { ...plainKey, ...start }
    const ends: string[] = []
    for (let i = 0; i < times; i++) {
      const later = extendedExpiry(key, { count: 1, unit }, perMonth, zone, now)
      key = { ...key, ...later, expiryOverridden: true }
      ends.push(later.expiresAt.toISOString())
    }
    return ends
  }
  const days = (ends: string[]) => ends.map((end) => end.slice(0, 10))

  test('months keep the day the key began with', () => {
    const january = { expiresAt: date('2027-01-31T08:00:00Z'), expiryOverridden: true }
    expect(days(more(january, 'month', 4))).toEqual(['2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31'])
    // Also one that its first month has cut already.
    const issued = { createdAt: date('2027-01-31T08:00:00Z'), expiresAt: date('2027-02-28T08:00:00Z') }
    expect(days(more(issued, 'month', 3))).toEqual(['2027-03-31', '2027-04-30', '2027-05-31'])
    const leap = { expiresAt: date('2028-02-29T08:00:00Z'), expiryOverridden: true }
    expect(days(more(leap, 'year', 4))).toEqual(['2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29'])
    // A date that somebody set is what is meant.
    const set = {
      createdAt: date('2027-01-31T08:00:00Z'),
      expiresAt: date('2027-02-28T08:00:00Z'),
      expiryOverridden: true,
    }
    expect(days(more(set, 'month', 2))).toEqual(['2027-03-28', '2027-04-28'])
  })

  test('what ends with a day goes on doing so, whatever the clocks do', () => {
    const berlin = { expiresAt: date('2027-01-31T22:59:59.999Z'), expiryOverridden: true }
    expect(more(berlin, 'month', 3, 'Europe/Berlin')).toEqual([
      ...['2027-02-28T22:59:59.999Z', '2027-03-31T21:59:59.999Z', '2027-04-30T21:59:59.999Z'],
    ])
    expect(more(berlin, 'day', 60, 'Europe/Berlin').at(-1)).toBe('2027-04-01T21:59:59.999Z')
  })

  test('n months at once or one by one: the same day, never an earlier one', () => {
    const moment = fc.date({ min: now, max: date('2090-01-01'), noInvalidDate: true })
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata')
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 30 }), fc.boolean(), zone, (start, count, withDay, zone) => {
        const expiresAt = withDay ? endOfDay(start, zone) : start
        const key = { ...plainKey, expiresAt, expiryOverridden: true }
        const once = extendedExpiry(key, { count, unit: 'month' }, perMonth, zone, now).expiresAt
        const ends = more({ expiresAt, expiryOverridden: true }, 'month', count, zone)
        expect(ends.at(-1)).toBe(once.toISOString())
        expect(ends.toSorted()).toEqual(ends)
      }),
    )
  })

  test('a revoked key gets none, a disabled one does', () => {
    const state = { status: 'revoked' as const, revokedFor: ['refunded' as const], held: false }
    expect(mayExtend(state)).toContain('its purchase is refunded')
    expect(mayExtend({ status: 'disabled', revokedFor: [], held: false })).toBeNull()
  })
})

describe('a duration that ends with its day', () => {
  const settings = { ...perMonth, endsWithDay: true }
  test.each([
    ['UTC', '2026-12-21T23:59:59.999Z'],
    ['Europe/Berlin', '2026-12-21T22:59:59.999Z'],
    ['Pacific/Kiritimati', '2026-12-22T09:59:59.999Z'],
  ])('in %s', (zone, end) => {
    expect(expiryAt(settings, 'issue', now, zone)).toEqual(date(end))
    const key = { ...granted, expiresAt: date(end), timeZone: zone }
    const verdict = checkValidate(key, [], nothingAsked, new Date(date(end).getTime() + 1)).verdict
    expect(verdict.detail).toMatch(/^This license key expired on 2[12] December 2026\.$/)
  })
})

test('on the day a key expired its time is said', () => {
  const key = { ...granted, expiresAt: at(-60_000) }
  expect(checkValidate(key, [], nothingAsked, now).verdict.detail).toBe(
    'This license key expired on 21 November 2026, 11:59 UTC.',
  )
})

describe('what is told of an end', () => {
  const end = at(30 * DAY)
  const key = {
    status: 'granted' as const,
    expiresAt: end as Date | null,
    createdAt: at(-100 * DAY),
    ...{ endedFor: null, remindedFor: null, remindedDays: null },
  }
  const days = [30, 7, 1]
  const until = (count: number, ms = 0) => new Date(end.getTime() - count * DAY + ms)
  test.each<[string, Partial<Parameters<typeof endToTell>[0]>, Date, ReturnType<typeof endToTell>]>([
    ['no end', { expiresAt: null }, now, null],
    ['a moment before the first day', {}, until(30, -1), null],
    ['on the first day', {}, until(30), { type: 'expiring', days: 30 }],
    ['told of it', { remindedFor: end, remindedDays: 30 }, until(30), null],
    ['between two days', { remindedFor: end, remindedDays: 30 }, until(7, -1), null],
    ['on the next day', { remindedFor: end, remindedDays: 30 }, until(7), { type: 'expiring', days: 7 }],
    ['two days missed: only the later is told', {}, until(3), { type: 'expiring', days: 7 }],
    ['the last day', { remindedFor: end, remindedDays: 7 }, until(1), { type: 'expiring', days: 1 }],
    ['after the last day', { remindedFor: end, remindedDays: 1 }, until(0, -1), null],
    ['told of another end', { remindedFor: until(9), remindedDays: 1 }, until(7), { type: 'expiring', days: 7 }],
    ['a day that was over when the key was made', { createdAt: until(7, 1) }, until(6), null],
    ['a later day of the same key', { createdAt: until(7, 1) }, until(1), { type: 'expiring', days: 1 }],
    ['at its end', {}, end, { type: 'expired' }],
    ['long after, untold', { endedFor: until(9) }, until(-90), { type: 'expired' }],
    ['told that it ended', { endedFor: end }, until(-90), null],
    ['disabled', { status: 'disabled' }, end, null],
    ['revoked', { status: 'revoked' }, until(7), null],
  ])('%s', (_, over, when, told) => {
    expect(endToTell({ ...key, ...over }, days, when)).toEqual(told)
  })
  test('without days only that it ended', () => {
    expect(endToTell(key, [], until(1))).toBeNull()
    expect(endToTell(key, [], end)).toEqual({ type: 'expired' })
  })
})

test.each([
  [0, 79, 100, null],
  [79, 80, 100, 80],
  [80, 99, 100, null],
  [99, 100, 100, 100],
  [0, 100, 100, 100],
  [100, 100, 100, null],
  [0, 1, 1, 100],
  [3, 4, 5, 80],
  [2, 3, 4, null],
  [0, 5, null, null],
] as const)('usage from %d to %d of %s comes to %s percent', (before, after, limit, mark) => {
  expect(usageMark(before, after, limit)).toBe(mark)
})
