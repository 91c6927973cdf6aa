import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { limits } from './plain.ts'
import { CreateKeyConfiguration, newKeyConfiguration, UpdateKeyConfiguration } from './schema.ts'

const fieldErrors = (input: unknown): Record<string, string[] | undefined> => {
  const result = CreateKeyConfiguration.safeParse(input)
  return result.success ? {} : z.flattenError(result.error).fieldErrors
}
const accepted = (input: Record<string, unknown>) => CreateKeyConfiguration.parse({ name: 'Editor', ...input })

describe('what is accepted', () => {
  test('a form with everything filled in', () => {
    expect(
      CreateKeyConfiguration.parse({
        name: '  Editor, yearly ',
        prefix: ' editor ',
        format: 'short',
        expiryKind: 'duration',
        durationCount: '1',
        durationUnit: 'year',
        expiryStart: 'first_activation',
        endsWithDay: 'on',
        graceDays: '14',
        expiryReminderDays: '7, 30 1;7',
        activationsMode: 'limited',
        activationLimit: '3',
        activationRequired: 'on',
        usageMode: 'limited',
        usageLimit: '10,000',
        usageReset: 'month',
        instructions: 'Paste the key.\r\nThen restart.\r\n',
        customerMayDeactivate: 'on',
        version: '4.x',
        entitlements: 'export sync,export',
        productIds: '01900000-0000-7000-8000-000000000001',
      }),
    ).toEqual({
      name: 'Editor, yearly',
      prefix: 'EDITOR',
      format: 'short',
      expiryKind: 'duration',
      expiresOn: null,
      durationCount: 1,
      durationUnit: 'year',
      expiryStart: 'first_activation',
      endsWithDay: true,
      graceDays: 14,
      expiryReminderDays: [30, 7, 1],
      activationsMode: 'limited',
      activationLimit: 3,
      activationRequired: true,
      usageLimit: 10_000,
      usageReset: 'month',
      instructions: 'Paste the key.\nThen restart.',
      customerMayDeactivate: true,
      customerMayRename: false,
      customerMayReplace: false,
      version: '4.x',
      entitlements: ['export', 'sync'],
      productIds: ['01900000-0000-7000-8000-000000000001'],
    })
  })

  test('what a new configuration starts with, once it has a name', () => {
    expect(accepted({ ...newKeyConfiguration, name: 'Editor' })).toEqual({ ...newKeyConfiguration, name: 'Editor' })
  })

  test('a day ends when it ends in UTC', () => {
    expect(accepted({ expiryKind: 'fixed_date', expiresOn: '2028-02-29' }).expiresOn).toEqual(
      new Date('2028-02-29T23:59:59.999Z'),
    )
  })

  test('what a choice makes meaningless is dropped, even when it is nonsense', () => {
    expect(
      accepted({
        expiryKind: 'never',
        expiresOn: 'soon',
        durationCount: '-1',
        graceDays: 'x',
        activationsMode: 'off',
        activationLimit: 'x',
        usageMode: 'unlimited',
        usageLimit: 'x',
        usageReset: 'day',
      }),
    ).toMatchObject({
      expiresOn: null,
      durationCount: null,
      durationUnit: null,
      graceDays: 0,
      activationLimit: null,
      usageLimit: null,
      usageReset: 'never',
    })
  })

  test.each([
    ['', null],
    ['myapp', 'MYAPP'],
    ['my-app_2', 'MY-APP_2'],
    ['A', 'A'],
    ['1234567890ABCDEF', '1234567890ABCDEF'],
  ])('prefix %j is %j', (typed, prefix) => expect(accepted({ prefix: typed }).prefix).toBe(prefix))
})

describe('what is refused, and beside which field', () => {
  const date = { expiryKind: 'fixed_date' }
  const time = { expiryKind: 'duration', durationUnit: 'year' }
  test.each<[string, Record<string, unknown>, string]>([
    ['no name', { name: ' ' }, 'name'],
    ['a reminder on no day', { ...time, durationCount: 1, expiryReminderDays: '7, soon' }, 'expiryReminderDays'],
    ['a reminder at the end', { ...time, durationCount: 1, expiryReminderDays: '0' }, 'expiryReminderDays'],
    [
      'a reminder a year and a day before',
      { ...time, durationCount: 1, expiryReminderDays: [366] },
      'expiryReminderDays',
    ],
    ['too many reminders', { ...time, durationCount: 1, expiryReminderDays: '7 6 5 4 3 2 1' }, 'expiryReminderDays'],
    ['a long name', { name: 'x'.repeat(81) }, 'name'],
    ['a name with NUL', { name: 'a\0b' }, 'name'],
    ['a name with half a surrogate pair', { name: 'a\ud800b' }, 'name'],
    ['a name of two lines', { name: 'a\nb' }, 'name'],
    ['a prefix with a dash at its end', { prefix: 'APP-' }, 'prefix'],
    ['a prefix with a space', { prefix: 'MY APP' }, 'prefix'],
    ['a prefix that is not ASCII', { prefix: 'ÄPP' }, 'prefix'],
    ['a long prefix', { prefix: 'X'.repeat(17) }, 'prefix'],
    ['an unknown format', { format: 'hex' }, 'format'],
    ['an unknown expiry', { expiryKind: 'sometimes' }, 'expiryKind'],
    ['a fixed date without a date', date, 'expiresOn'],
    ['a day that does not exist', { ...date, expiresOn: '2027-02-29' }, 'expiresOn'],
    ['a duration without a count', time, 'durationCount'],
    ['no time at all', { ...time, durationCount: '0' }, 'durationCount'],
    ['half a year', { ...time, durationCount: '0.5' }, 'durationCount'],
    ['too many days', { ...time, durationUnit: 'day', durationCount: '36501' }, 'durationCount'],
    ['too many months', { ...time, durationUnit: 'month', durationCount: '1201' }, 'durationCount'],
    ['too many years', { ...time, durationCount: '458' }, 'durationCount'],
    ['a long grace', { ...time, durationCount: '1', graceDays: '366' }, 'graceDays'],
    ['a negative grace', { ...time, durationCount: '1', graceDays: '-1' }, 'graceDays'],
    [
      'a start at the first activation when there is none',
      { ...time, durationCount: '1', expiryStart: 'first_activation', activationsMode: 'off' },
      'expiryStart',
    ],
    ['a limit without a number', { activationsMode: 'limited' }, 'activationLimit'],
    ['a limit of none', { activationsMode: 'limited', activationLimit: '0' }, 'activationLimit'],
    ['a limit past 32 bits', { activationsMode: 'limited', activationLimit: '2147483648' }, 'activationLimit'],
    ['an activation required but off', { activationsMode: 'off', activationRequired: 'on' }, 'activationRequired'],
    ['limited usage without a limit', { usageMode: 'limited', usageLimit: '' }, 'usageLimit'],
    ['usage past 32 bits', { usageLimit: '2147483648' }, 'usageLimit'],
    ['usage in words', { usageLimit: 'ten' }, 'usageLimit'],
    ['long instructions', { instructions: 'x'.repeat(5_001) }, 'instructions'],
    ['instructions with NUL', { instructions: 'a\0' }, 'instructions'],
    ['a long version', { version: 'x'.repeat(41) }, 'version'],
    ['an entitlement in capitals', { entitlements: 'Export' }, 'entitlements'],
    ['51 entitlements', { entitlements: Array.from({ length: 51 }, (_, i) => `e${i}`) }, 'entitlements'],
    ['a product that is no id', { productIds: ['x'] }, 'productIds'],
    ['a checkbox with a strange value', { customerMayRename: 'perhaps' }, 'customerMayRename'],
  ])('%s', (_, input, field) => {
    expect(Object.keys(fieldErrors({ name: 'Editor', ...input }))).toEqual([field])
  })

  test('everything that is wrong is said at once', () => {
    const errors = fieldErrors({
      name: '',
      expiryKind: 'duration',
      durationCount: '2000',
      durationUnit: 'month',
      expiryStart: 'first_activation',
      activationsMode: 'off',
      activationRequired: 'on',
      usageMode: 'limited',
    })
    expect(Object.keys(errors).sort()).toEqual([
      'activationRequired',
      'durationCount',
      'expiryStart',
      'name',
      'usageLimit',
    ])
    expect(Object.values(errors).every((messages) => messages?.length === 1)).toBe(true)
  })

  test.each([null, undefined, 'x', 7, [], [['name', 'x']]])('%j is no form, and no crash', (input) => {
    expect(CreateKeyConfiguration.safeParse(input).success).toBe(false)
  })
})

test('the borders of every number are accepted', () => {
  const upTo = { day: limits.durationCount.day, month: limits.durationCount.month, year: limits.durationCount.year }
  for (const [durationUnit, durationCount] of Object.entries(upTo)) {
    expect(accepted({ expiryKind: 'duration', durationUnit, durationCount }).durationCount).toBe(durationCount)
  }
  expect(accepted({ activationsMode: 'limited', activationLimit: 999_999 }).activationLimit).toBe(999_999)
  expect(accepted({ usageLimit: 2_147_483_647 }).usageLimit).toBe(2_147_483_647)
})

test('an update names the configuration and may say which version was seen', () => {
  const id = '01900000-0000-7000-8000-000000000001'
  expect(UpdateKeyConfiguration.parse({ id, name: 'Editor', seenAt: '2026-11-21T10:00:00.000Z' })).toMatchObject({
    id,
    seenAt: '2026-11-21T10:00:00.000Z',
  })
  expect(UpdateKeyConfiguration.safeParse({ name: 'Editor' }).success).toBe(false)
})
