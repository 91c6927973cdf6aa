import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RevokeReason } from '#prisma/enums.ts'
import { originalCell, safeCell } from '../base/spreadsheet.ts'
import { effectiveLimits } from '../license-keys/rules.ts'
import { readDate } from './dates.ts'
import { maskedKeyText, named } from './named.ts'
import { overridesFor, purchaseStatusOf, storedState } from './rules.ts'
import { importLook } from './status.ts'
import { readCount, readFlag, readLimit, readStatus } from './words.ts'

describe('dates', () => {
  test.each<[string, string | null | 'unclear', object?]>([
    ['2026-12-31', '2026-12-31T00:00:00.000Z'],
    ['2026-12-31', '2026-12-31T23:59:59.999Z', { ends: true }],
    ['2026-12-31', '2026-12-31T22:59:59.999Z', { ends: true, zone: 'Europe/Berlin' }],
    ['31.12.2026', '2027-01-01T04:59:59.999Z', { ends: true, zone: 'America/New_York' }],
    ['2026-12-31T18:30:00Z', '2026-12-31T18:30:00.000Z', { ends: true, zone: 'Europe/Berlin' }],
    ['2026-12-31T18:30:00Z', '2026-12-31T18:30:00.000Z'],
    ['2026-12-31T18:30:00.123456Z', '2026-12-31T18:30:00.123Z'],
    ['2026-12-31 18:30:00 UTC', '2026-12-31T18:30:00.000Z'],
    ['2026-12-31T18:30:00+02:00', '2026-12-31T16:30:00.000Z'],
    ['2026-12-31T18:30:00-0530', '2027-01-01T00:00:00.000Z'],
    ['2026-12-31 18:30', '2026-12-31T18:30:00.000Z'],
    ['2026/12/31', '2026-12-31T00:00:00.000Z'],
    ['1798675200', '2026-12-31T00:00:00.000Z'],
    ['1798675200000', '2026-12-31T00:00:00.000Z'],
    ['31.12.2026', '2026-12-31T00:00:00.000Z'],
    ['31 Dec 2026', '2026-12-31T00:00:00.000Z'],
    ['Dec 31, 2026', '2026-12-31T00:00:00.000Z'],
    ['December 31st, 2026 6:30 PM', '2026-12-31T18:30:00.000Z'],
    ['31/12/2026', '2026-12-31T00:00:00.000Z'],
    ['12/31/2026', '2026-12-31T00:00:00.000Z'],
    ['03/04/2026', 'unclear'],
    ['04/04/2026', '2026-04-04T00:00:00.000Z'],
    ['03/04/2026', '2026-04-03T00:00:00.000Z', { order: 'day-first' }],
    ['03/04/2026', '2026-03-04T00:00:00.000Z', { order: 'month-first' }],
    ['2026-02-30', null],
    ['2026-13-01', null],
    ['31 Foo 2026', null],
    ['tomorrow', null],
    ['42', null],
  ])('%s', (text, expected, options = {}) => {
    const read = readDate(text, options)
    expect(read instanceof Date ? read.toISOString() : read).toBe(expected)
  })

  test('every moment reads back as it is written', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
        (date) => {
          expect(readDate(date.toISOString())).toEqual(date)
        },
      ),
    )
  })
})

test.each([
  ['checked', { keys: 0, activations: 0 }, 'Nothing to import'],
  ['checked', { keys: 1, activations: 0 }, 'Ready to start'],
  ['checked', { keys: 0, activations: 1 }, 'Ready to start'],
  ['done', { keys: 0, activations: 0 }, 'Done'],
] as const)('an import that is %s with %j: %s', (status, counts, label) =>
  expect(importLook(status, counts).label).toBe(label),
)

test.each([
  ['31. Dezember 2026', '2026-12-31'],
  ['1 März 2026', '2026-03-01'],
  ['1er août 2026', '2026-08-01'],
  ['15 juin 2026', '2026-06-15'],
  ['15 juillet 2026', '2026-07-15'],
  ['3 de enero de 2026', '2026-01-03'],
  ['3 maggio 2026', '2026-05-03'],
  ['3 mei 2026', '2026-05-03'],
  ['3 outubro 2026', '2026-10-03'],
])('the date %s', (text, day) => expect((readDate(text) as Date).toISOString().slice(0, 10)).toBe(day))

test('what speaks against a key, and how it is stored', () => {
  const stored = (status: 'granted' | 'disabled', ...reasons: RevokeReason[]) => storedState({ status, reasons }, null)
  expect(stored('granted')).toEqual({ status: 'granted', revokedFor: [] })
  expect(stored('disabled')).toEqual({ status: 'disabled', revokedFor: [] })
  expect(stored('disabled', 'dispute')).toEqual({ status: 'revoked', revokedFor: ['dispute'] })
  // A purchase that was here before has its say, too; a new one is what its record says.
  const of = (isNew: boolean) =>
    storedState({ status: 'granted', reasons: ['by_hand'] }, { reasons: ['refunded'], isNew })
  expect(of(false)).toEqual({ status: 'revoked', revokedFor: ['by_hand', 'refunded'] })
  expect(of(true)).toEqual({ status: 'revoked', revokedFor: ['by_hand'] })
  expect(
    [['dispute'], ['ended', 'refunded'], ['ended'], ['pending'], ['by_hand'], []].map((reasons) =>
      purchaseStatusOf(reasons as RevokeReason[]),
    ),
  ).toEqual([...['refunded', 'refunded', 'canceled', 'canceled', 'active', 'active']])
})

test.each([
  ['granted', 'granted'],
  ['Active', 'granted'],
  ['TRUE', 'granted'],
  ['EXPIRING', 'granted'],
  ['inactive', 'disabled'],
  ['on hold', 'disabled'],
  ['Suspended', 'disabled'],
  ['banned', 'revoked'],
  ['refunded', 'revoked'],
  ['expired', 'expired'],
  ['perhaps', null],
])('the status %s means %s', (word, meaning) => expect(readStatus(word)).toBe(meaning))

test('limits, counts and flags', () => {
  expect(
    ['5', 'unlimited', '∞', '-1', 'off', '0', '1,000', 'five', '1.5'].map((text) => readLimit(text, 100_000)),
  ).toEqual([...[5, 'unlimited', 'unlimited', 'unlimited', 'off', 'off', 1000, null, null]])
  expect(readLimit('100001', 100_000)).toBeNull()
  expect(['0', '12', '12.0', '1,234', '-1', 'x', ''].map(readCount)).toEqual([0, 12, 12, 1234, null, null, null])
  expect(['yes', 'No', '', '1', 'perhaps'].map(readFlag)).toEqual([true, false, false, true, null])
})

test('problems never name what could be a key', () => {
  for (const key of ['ABCD-1234-EFGH-5678', '12345678901234567890', '80e15db5-c796-436b-850c-8f9c98a48abe']) {
    expect(named(key)).not.toContain(key.slice(0, 8))
    expect(maskedKeyText(key).length).toBeLessThanOrEqual(10)
  }
  expect(maskedKeyText('ABCD')).toBe('••••D')
  expect(named('not an address')).toBe('“not an address”')
  expect(named('31.02.2026')).toBe('“31.02.2026”')
})

test('no cell is a formula, and every cell comes back', () => {
  expect(['=1+1', '+1', '-1', '@x', '\tx', "'=1", "it's", ''].map(safeCell)).toEqual([
    ...["'=1+1", "'+1", "'-1", "'@x", "'\tx", "''=1", "it's", ''],
  ])
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `=${text}`),
        fc.string().map((text) => `'=${text}`),
      ),
      (text) => {
        expect(safeCell(text)).not.toMatch(/^[=+\-@\t\r\n]/)
        expect(originalCell(safeCell(text))).toBe(text)
      },
    ),
  )
})

test('a limit is the key’s own only where it differs from its configuration’s', () => {
  const configuration = effectiveLimits(
    {
      activationsModeOverride: null,
      activationLimitOverride: null,
      usageOverridden: false,
      usageLimitOverride: null,
      graceDaysOverride: null,
    },
    {
      graceDays: 7,
      activationsMode: 'limited',
      activationLimit: 3,
      activationRequired: false,
      usageLimit: null,
      usageReset: 'never',
    },
  )
  const of = (
    activationLimit: 'configuration' | 'unlimited' | 'off' | number,
    usageLimit: 'configuration' | 'unlimited' | number,
    graceDays: number | null,
  ) => overridesFor({ activationLimit, usageLimit, graceDays }, configuration)
  const none = {
    activationsModeOverride: null,
    activationLimitOverride: null,
    usageOverridden: false,
    usageLimitOverride: null,
    graceDaysOverride: null,
  }
  expect(of('configuration', 'configuration', null)).toEqual({ ...none, deviceLimit: 3 })
  expect(of(3, 'unlimited', 7)).toEqual({ ...none, deviceLimit: 3 })
  expect(of(5, 10, 0)).toEqual({
    ...{
      activationsModeOverride: 'limited',
      activationLimitOverride: 5,
      usageOverridden: true,
      usageLimitOverride: 10,
    },
    ...{ graceDaysOverride: 0, deviceLimit: 5 },
  })
  expect(of('unlimited', 'configuration', null)).toMatchObject({
    activationsModeOverride: 'unlimited',
    activationLimitOverride: null,
    deviceLimit: null,
  })
  expect(of('off', 'configuration', null)).toMatchObject({ activationsModeOverride: 'off', deviceLimit: 0 })
})
