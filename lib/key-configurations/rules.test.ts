import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  assertExpiryAhead,
  type ChangeCounts,
  changeLine,
  changesBetween,
  describeConfiguration,
  effectsOf,
  type Term,
  warningsFor,
} from './rules.ts'
import { CreateKeyConfiguration, type KeyConfigurationSettings, newKeyConfiguration } from './schema.ts'

const now = new Date('2026-11-21T12:00:00Z')
const settings = (over: Partial<KeyConfigurationSettings>): KeyConfigurationSettings => ({
  ...newKeyConfiguration,
  name: 'Editor',
  instructions: 'Paste it.',
  ...over,
})
const yearly = { expiryKind: 'duration', durationCount: 1, durationUnit: 'year' } as const

describe('in words', () => {
  test.each<[Term, Partial<KeyConfigurationSettings>, string]>([
    ['key', {}, 'UUID'],
    ['key', { format: 'short', prefix: 'INK' }, 'Short, 5 groups of 5, with the prefix INK'],
    ['expiry', {}, 'Never'],
    ['expiry', { expiryKind: 'fixed_date', expiresOn: new Date('2027-01-02T23:59:59.999Z') }, 'After 2 Jan 2027'],
    ['expiry', yearly, '1 year after issue'],
    ['expiry', { ...yearly, endsWithDay: true }, '1 year after issue, when that day ends'],
    [
      'expiry',
      { ...yearly, durationCount: 30, durationUnit: 'day', expiryStart: 'first_activation' },
      '30 days after the first activation',
    ],
    ['grace', {}, 'None'],
    ['grace', { ...yearly, graceDays: 1 }, '1 day'],
    ['devices', { activationsMode: 'off', activationLimit: null }, 'No activations'],
    ['devices', { activationsMode: 'unlimited', activationLimit: null }, 'Any number'],
    ['devices', { activationLimit: 1 }, '1 device'],
    ['devices', { activationLimit: 2_500 }, '2,500 devices'],
    ['activation', { activationRequired: true }, 'Required before a key is valid'],
    ['usage', {}, 'Unlimited'],
    ['usage', { usageLimit: 1 }, '1 use in total'],
    ['usage', { usageLimit: 10_000, usageReset: 'month' }, '10,000 uses per month'],
    ['rights', {}, 'Deactivate, rename, and replace devices'],
    ['rights', { customerMayRename: false, customerMayReplace: false }, 'Deactivate devices'],
    ['rights', { customerMayDeactivate: false, customerMayRename: false, customerMayReplace: false }, 'None'],
    ['version', { version: '4.x' }, '4.x'],
    ['entitlements', { entitlements: ['export', 'sync'] }, 'export, sync'],
  ])('%s %j: %s', (term, over, words) => expect(describeConfiguration(settings(over))[term]).toBe(words))
})

describe('what changed', () => {
  test('nothing, when nothing did', () => expect(changesBetween(settings({}), settings({}))).toEqual([]))

  test('several things, each in words', () => {
    const changes = changesBetween(
      settings({ productIds: ['1'] }),
      settings({ ...yearly, name: 'Editor 2', activationLimit: 5, instructions: '', productIds: ['2', '1'] }),
      (id) => ({ 1: 'Suite', 2: 'App' })[id] ?? '?',
    )
    expect(changes.map(changeLine)).toEqual([
      'Name: Editor → Editor 2',
      'Expires: Never → 1 year after issue',
      'Devices: 3 devices → 5 devices',
      'Products: Suite → App · Suite',
      'Instructions: 9 characters → None',
    ])
  })

  test('instructions of the same length but with other words', () => {
    expect(changesBetween(settings({}), settings({ instructions: 'Type it!!' })).map(changeLine)).toEqual([
      'Instructions: 9 characters → Reworded',
    ])
  })

  // Silence would hide an edit from history: words must tell any two different settings apart.
  test('no difference goes unsaid', () => {
    const anySettings = fc
      .record({
        name: fc.constantFrom('A', 'B'),
        prefix: fc.constantFrom('', 'APP'),
        format: fc.constantFrom('uuid', 'short'),
        expiryKind: fc.constantFrom('never', 'fixed_date', 'duration'),
        expiresOn: fc.constantFrom('2027-01-01', '2027-01-02'),
        durationCount: fc.constantFrom(1, 12),
        durationUnit: fc.constantFrom('day', 'month', 'year'),
        expiryStart: fc.constantFrom('issue', 'first_activation'),
        endsWithDay: fc.boolean(),
        graceDays: fc.constantFrom(0, 7),
        activationsMode: fc.constantFrom('off', 'unlimited', 'limited'),
        activationLimit: fc.constantFrom(1, 3),
        activationRequired: fc.boolean(),
        usageLimit: fc.constantFrom('', 10),
        usageReset: fc.constantFrom('never', 'day', 'month', 'year'),
        instructions: fc.constantFrom('', 'a', 'b'),
        customerMayDeactivate: fc.boolean(),
        customerMayRename: fc.boolean(),
        customerMayReplace: fc.boolean(),
        version: fc.constantFrom('', '4'),
        entitlements: fc.subarray(['export', 'sync']),
        productIds: fc.subarray(['01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002']),
      })
      .map((input) => CreateKeyConfiguration.safeParse(input).data)
      .filter((parsed) => parsed !== undefined)
    fc.assert(
      fc.property(anySettings, anySettings, (before, after) => {
        expect(changesBetween(before, after).length === 0).toBe(JSON.stringify(before) === JSON.stringify(after))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('warnings', () => {
  const terms = (over: Partial<KeyConfigurationSettings>) =>
    warningsFor(settings({ activationRequired: true, ...over }), now).map((warning) => warning.term)

  test.each<[string, Partial<KeyConfigurationSettings>, string[]]>([
    ['three devices that must be activated are fine', {}, []],
    ['nothing limits a leaked key', { activationsMode: 'unlimited', activationLimit: null }, ['devices']],
    ['expiry limits a leaked key', { ...yearly, activationsMode: 'unlimited', activationLimit: null }, []],
    ['usage limits a leaked key', { activationsMode: 'unlimited', activationLimit: null, usageLimit: 5 }, []],
    [
      'time that may never start',
      {
        ...yearly,
        expiryStart: 'first_activation',
        activationRequired: false,
        activationsMode: 'unlimited',
        activationLimit: null,
      },
      ['expiry'],
    ],
    [
      'one device that nobody can move',
      { activationLimit: 1, customerMayDeactivate: false, customerMayReplace: false },
      ['rights'],
    ],
    ['replacing is enough to move', { activationLimit: 1, customerMayDeactivate: false }, []],
    ['a day soon', { expiryKind: 'fixed_date', expiresOn: new Date('2026-12-01T23:59:59.999Z') }, ['expiry']],
    ['a day far off', { expiryKind: 'fixed_date', expiresOn: new Date('2027-12-01T23:59:59.999Z') }, []],
    [
      'a day that has passed',
      { expiryKind: 'fixed_date', expiresOn: new Date('2026-11-01T23:59:59.999Z') },
      ['expiry'],
    ],
    ['a mail without a word', { instructions: '' }, ['instructions']],
  ])('%s', (_, over, expected) => expect(terms(over)).toEqual(expected))
})

describe('a day that has passed', () => {
  const past = settings({ expiryKind: 'fixed_date', expiresOn: new Date('2026-11-20T23:59:59.999Z') })
  const today = settings({ expiryKind: 'fixed_date', expiresOn: new Date('2026-11-21T23:59:59.999Z') })

  test('cannot be chosen', () => {
    expect(() => assertExpiryAhead(past, null, now)).toThrow(expect.objectContaining({ field: 'expiresOn' }))
    expect(() => assertExpiryAhead(past, today, now)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
  test('may stay', () => expect(() => assertExpiryAhead(past, past, now)).not.toThrow())
  test('today has not passed', () => expect(() => assertExpiryAhead(today, null, now)).not.toThrow())
})

describe('what a change does to keys that exist', () => {
  const none: ChangeCounts = {
    keys: 12,
    ownDevices: 0,
    ownUsage: 0,
    ownGrace: 0,
    overActivationLimit: 0,
    followersWithDevices: 0,
    usableWithDevices: 0,
    usableWithoutDevices: 0,
    overUsageLimit: 0,
    notStarted: 0,
    graceLost: 0,
    graceWon: 0,
  }
  const effects = (after: Partial<KeyConfigurationSettings>, counts: Partial<ChangeCounts>, before = {}) =>
    effectsOf(settings(before), settings(after), { ...none, ...counts }).map(
      (effect) => `${effect.tone}: ${effect.text}`,
    )

  test('no key yet', () =>
    expect(effects({ activationLimit: 1 }, { keys: 0 })).toEqual([
      'note: No key has been issued from this configuration yet.',
    ]))

  test('only a name', () =>
    expect(effects({ name: 'Other' }, { ownDevices: 3 })).toEqual(['note: 12 keys follow this configuration.']))

  test('a lower device limit', () =>
    expect(effects({ activationLimit: 1 }, { overActivationLimit: 4, ownDevices: 1 }).slice(1)).toEqual([
      'stops: 4 keys have more devices than the new limit: they keep them, but cannot add more.',
      'note: 1 key has a device limit of its own and keeps it.',
    ]))

  test('activations off', () =>
    expect(effects({ activationsMode: 'off', activationLimit: null }, { followersWithDevices: 1 })[1]).toBe(
      'stops: 1 key has devices: it keeps them, but cannot add more.',
    ))

  test('an activation required from now on', () =>
    expect(effects({ activationRequired: true }, { usableWithDevices: 5, usableWithoutDevices: 7 }).slice(1)).toEqual([
      'stops: 7 keys have no device: validation will refuse them until one is activated.',
      'note: Software has to send the activation with each validation from now on.',
    ]))

  test('a usage limit', () =>
    expect(effects({ usageLimit: 10, usageReset: 'month' }, { overUsageLimit: 2 })[1]).toBe(
      'stops: 2 keys have already used up the new limit: further use is refused until the next month.',
    ))

  test('another expiry moves no date that was told', () =>
    expect(effects(yearly, { notStarted: 2 }).slice(1)).toEqual([
      'note: 10 keys keep the expiry they were issued with.',
      'note: 2 keys wait for a first activation: the new expiry applies.',
    ]))

  test('grace', () =>
    expect(
      effects({ ...yearly, graceDays: 7 }, { graceLost: 1, graceWon: 2 }, { ...yearly, graceDays: 3 }).slice(1),
    ).toEqual([
      'stops: 1 key in the old grace period will be refused immediately.',
      'starts: 2 keys that expired will be valid again, within the new grace period.',
    ]))

  test('entitlements and the look of new keys', () =>
    expect(effects({ entitlements: ['sync'], prefix: 'NEW' }, {}, { entitlements: ['export'] }).slice(1)).toEqual([
      'stops: All of them lose export: software that asks for it is refused.',
      'starts: All of them gain sync.',
      'note: Existing key strings stay as they are; new keys get the new look.',
    ]))
})
