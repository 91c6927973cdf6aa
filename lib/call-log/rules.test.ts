import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ShownCall } from './plain.ts'
import { appText, deviceText, fingerprintText, matches, placeFor, type Sample, standsFor, stepsOf } from './rules.ts'

test('of any number of calls, the kept ones stand for exactly those that were seen, and are no more than they may be', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 70 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999_999, noNaN: true })),
      (calls, most, chances) => {
        const sample: Sample<number> = { seen: 0, kept: [] }
        for (let i = 0; i < calls; i++) {
          const place = placeFor(sample, most, chances.next().value as number)
          if (place !== null) sample.kept[place] = i
        }
        expect(sample.kept).toHaveLength(Math.min(calls, most))
        expect(sample.kept).not.toContain(undefined)
        const stand = standsFor(sample)
        expect(stand.reduce((sum, each) => sum + each, 0)).toBe(calls)
        expect(Math.max(...stand) - Math.min(...stand)).toBeLessThanOrEqual(1)
      },
    ),
  )
})

test('every call has the same chance to be kept', () => {
  const kept = new Array<number>(20).fill(0)
  let seed = 7
  const chance = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
  for (let round = 0; round < 4_000; round++) {
    const sample: Sample<number> = { seen: 0, kept: [] }
    for (let i = 0; i < 20; i++) {
      const place = placeFor(sample, 5, chance())
      if (place !== null) sample.kept[place] = i
    }
    for (const i of sample.kept) kept[i] = (kept[i] ?? 0) + 1
  }
  for (const times of kept) expect(Math.abs(times - 1_000)).toBeLessThan(120)
})

test.each([
  [{ app_version: '2.4.1' }, 'curl/8.5', '2.4.1'],
  [{ version: 7 }, null, '7'],
  [{ version: {} }, 'Inkwell/2.4.1 (macOS 15)', 'Inkwell 2.4.1'],
  [null, 'Inkwell/2.4.1', 'Inkwell 2.4.1'],
  [null, 'okhttp', 'okhttp'],
  [null, 'Mozilla/5.0 (Windows NT 10.0)', null],
  [null, null, null],
  [null, '', null],
  [{ version: 'a\u0000b\n' }, null, 'ab'],
  [{ version: 'x'.repeat(200) }, null, 'x'.repeat(60)],
])('the software of %j and %j is %j', (meta, userAgent, text) => {
  expect(appText(meta, userAgent)).toBe(text)
})

test('of a device the log has its name, and of what it is known by the beginning', () => {
  expect(deviceText('  Studio iMac ')).toBe('Studio iMac')
  expect(deviceText(' ')).toBeNull()
  expect(fingerprintText('short')).toBe('short')
  expect(fingerprintText('0123456789abcdefXYZ')).toBe('0123456789abcdef…')
  expect(fingerprintText(null)).toBeNull()
})

const call = (more: Partial<ShownCall> = {}): ShownCall => ({
  ...{ id: 'a', at: 120_400, writtenAt: 120_700, verb: 'validate', code: 'VALID', valid: true, standsFor: 1 },
  ...{ activationId: null, device: null, fingerprint: null, address: null, dialect: '', app: null, durationMs: 1 },
  licenseKey: { id: 'k', masked: '', configurationId: 'c', configuration: '', customer: '' },
  ...more,
})

test('filters narrow, and one that asks for nothing takes all', () => {
  expect(matches({}, call())).toBe(true)
  expect(matches({ outcomes: ['no'] }, call())).toBe(false)
  expect(matches({ outcomes: ['yes', 'no'], codes: ['VALID'] }, call())).toBe(true)
  expect(matches({ codes: ['EXPIRED'] }, call())).toBe(false)
  expect(matches({ licenseKeyId: 'k', configurationIds: ['c'] }, call())).toBe(true)
  expect(matches({ licenseKeyId: 'k' }, call({ licenseKey: null }))).toBe(false)
  expect(matches({ configurationIds: ['d'] }, call())).toBe(false)
})

test('calls are counted in the step they were answered in, by what they stand for', () => {
  const calls = [
    call({ standsFor: 3 }),
    call({ code: 'EXPIRED', valid: false }),
    call({ at: 121_000, code: 'ACTIVATED' }),
  ]
  expect(stepsOf(calls, 1_000)).toEqual([
    { at: 120_000, counts: { valid: 3, over: 1 } },
    { at: 121_000, counts: { valid: 1 } },
  ])
  expect(stepsOf(calls, 60_000)).toEqual([{ at: 120_000, counts: { valid: 4, over: 1 } }])
})
