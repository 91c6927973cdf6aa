import { describe, expect, test } from 'vitest'
import { keyTail, maskedKey } from '../key-strings/rules.ts'
import { daysUntil, EXPIRING_DAYS, idleDays, overrideEffects, shownStatus, statusLook, statusWords } from './look.ts'
import { shownStatuses } from './plain.ts'
import { effectiveLimits } from './rules.ts'

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
const inGrace = { expiresAt: now, limits: { ...unlimited, grace: { days: 7, overridden: false } } }

describe('shownStatus', () => {
  const soon = EXPIRING_DAYS * DAY
  test.each([
    ['no expiry', { expiresAt: null }, 'active'],
    ['a millisecond more than soon', { expiresAt: at(soon + 1) }, 'active'],
    ['exactly soon', { expiresAt: at(soon) }, 'expiring'],
    ['the last millisecond', { expiresAt: at(1) }, 'expiring'],
    ['now', { expiresAt: now }, 'expired'],
    ['now, with grace', inGrace, 'grace'],
    ['after grace', { ...inGrace, expiresAt: at(-7 * DAY) }, 'expired'],
    ['disabled, though expired', { status: 'disabled' as const, expiresAt: at(-1) }, 'disabled'],
    ['revoked, though expired', { status: 'revoked' as const, expiresAt: at(-1) }, 'revoked'],
  ])('%s', (_is, key, status) => {
    expect(shownStatus({ status: 'granted', limits: unlimited, ...key }, now)).toBe(status)
  })
  test('every status has a look', () => {
    expect(Object.keys(statusLook).sort()).toEqual([...shownStatuses].sort())
  })
})

test('what lists and customers read', () => {
  expect([at(0), at(-1), at(1), at(DAY), at(DAY + 1)].map((moment) => daysUntil(moment, now))).toEqual([0, 0, 1, 1, 2])
  expect(maskedKey({ prefix: 'APP', lastCharacters: 'E304DA' })).toBe('APP_••••E304DA')
  expect(maskedKey({ prefix: null, lastCharacters: 'E304DA' })).toBe('••••E304DA')
})

test.each([
  ['active', null, 'Active'],
  ['expiring', at(14 * DAY), 'Expires in 14 days'],
  ['expiring', at(DAY + 1), 'Expires in 2 days'],
  ['expiring', at(DAY), 'Expires within a day'],
  ['expired', at(-DAY), 'Expired'],
  ['revoked', at(DAY), 'Revoked'],
] as const)('a list says of a key that is %s until %s: %s', (status, expiresAt, words) => {
  expect(statusWords({ status, expiresAt }, now)).toBe(words)
})

test.each([
  ['E304DA', 'E304DA'],
  ['4da', '4da'],
  ['da', null],
  ['EDITOR_••••E304DA', 'E304DA'],
  ['…-9WJ3S', '9WJ3S'],
  ['APP_1C285B2D-6CE6-4BC7-B8BE-ADB6A7E304DA', 'E304DA'],
  ['****E304DA', 'E304DA'],
  ['tomas@shop.ade', null],
  ['shop.ade', null],
  ['Aria Lindqvist', 'dqvist'],
  ["' OR 1=1", null],
])('the end of a key in %j is %j', (typed, tail) => {
  expect(keyTail(typed)).toBe(tail)
})

test('a device is idle since its last validation, or since it was activated', () => {
  expect(idleDays({ lastValidatedAt: at(-61 * DAY), createdAt: at(-99 * DAY) }, now)).toBe(61)
  expect(idleDays({ lastValidatedAt: null, createdAt: at(-5 * DAY + 1) }, now)).toBe(4)
})

describe('what overrides would mean', () => {
  const key = { devices: 3, usage: 40, expiresAt: null, graceDays: 7, usageResetsAt: null, timeZone: 'UTC' }
  const draft = {
    mode: 'limited',
    limit: 3,
    newDevicesBlocked: false,
    usageLimit: null,
    expiresAt: null,
    startsLater: false,
  } as const
  const texts = (over: object, of: object = {}) =>
    overrideEffects({ ...key, ...of }, { ...draft, ...over }, now).map((effect) => effect.text)

  test.each([
    [{ limit: 5 }, '2 more devices can join.'],
    [{ limit: 4 }, '1 more device can join.'],
    [{ limit: 3 }, 'The 3 active devices keep working; a new one can join once one is deactivated.'],
    [{ limit: 1 }, 'The 3 active devices keep working; a new one can join once 3 are deactivated.'],
    [{ mode: 'unlimited' }, 'Any number of devices can join.'],
    [{ mode: 'off' }, 'No device can join. The 3 active devices keep working.'],
    [{ newDevicesBlocked: true }, 'No new device can join while they are blocked. The 3 active devices keep working.'],
  ])('devices: %j', (over, text) => {
    expect(texts(over)[0]).toBe(text)
  })

  test('devices, while there is none', () => {
    expect(texts({ limit: 1 }, { devices: 0 })[0]).toBe('1 device can join.')
    expect(texts({ mode: 'off' }, { devices: 0 })[0]).toBe('No device can join.')
  })

  test.each([
    [{ usageLimit: null }, {}, 'Usage is not limited.'],
    [{ usageLimit: 41 }, {}, '1 use left of 41.'],
    [{ usageLimit: 40 }, {}, '40 uses of 40 counted: every further use is refused.'],
    [
      { usageLimit: 10 },
      { usageResetsAt: date('2026-12-01T00:00:00Z') },
      '40 uses of 10 counted: every further use is refused until 1 Dec 2026, 00:00 UTC.',
    ],
  ])('usage: %j', (over, of, text) => {
    expect(texts(over, of)[1]).toBe(text)
  })

  test.each([
    [{}, {}, 'It never expires.'],
    [{ startsLater: true }, {}, 'Its time starts with the first activation.'],
    [{ expiresAt: at(10 * DAY) }, {}, 'It works until 1 Dec 2026, 12:00 UTC, 10 days from now.'],
    [
      { expiresAt: at(10 * DAY) },
      { expiresAt: at(-8 * DAY) },
      'It works again until 1 Dec 2026, 12:00 UTC, 10 days from now.',
    ],
    [{ expiresAt: null }, { expiresAt: at(-8 * DAY) }, 'It works again and never expires.'],
    [{ expiresAt: at(-DAY) }, {}, 'It has expired and works in its grace period until 27 Nov 2026, 12:00 UTC.'],
    [{ expiresAt: at(-7 * DAY) }, {}, 'It has expired: the next validation is refused.'],
    [{ expiresAt: at(-7 * DAY) }, { expiresAt: at(-8 * DAY) }, 'It stays expired.'],
  ])('expiry: %j', (over, of, text) => {
    expect(texts(over, of)[2]).toBe(text)
  })
})
