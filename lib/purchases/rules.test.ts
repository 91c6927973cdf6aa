import { describe, expect, test } from 'vitest'
import { shownStatuses } from '../license-keys/plain.ts'
import { languages } from '../words/plain.ts'
import { wordsIn } from '../words/rules.ts'
import { decideEnd, deviceFacts, deviceMark, idleDays, statusAdvice, statusDetail, wayBack } from './rules.ts'

const now = new Date('2026-11-21T12:00:00Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)

test('a device is idle after ninety days, counted from when it was last seen, or added', () => {
  expect(idleDays({ lastValidatedAt: daysAgo(89), createdAt: daysAgo(400) }, now)).toBeNull()
  expect(idleDays({ lastValidatedAt: daysAgo(91), createdAt: daysAgo(400) }, now)).toBe(91)
  expect(idleDays({ lastValidatedAt: null, createdAt: daysAgo(90) }, now)).toBe(90)
})

describe('a status in words', () => {
  test.each(languages.flatMap((language) => shownStatuses.map((status) => [language, status] as const)))(
    '%s %s',
    (language, status) => {
      const words = wordsIn(language)
      expect(statusDetail(status, '30 August 2027', words)).not.toContain('null')
      expect(statusAdvice(status, 'Inkwell', '30 August 2027', words) === null).toBe(status === 'active')
    },
  )
})

test.each([
  [
    { os: 'Windows 11', app_version: '2.1' },
    { platform: 'Windows 11', version: '2.1' },
  ],
  [
    { platform: 'macOS', version: 3 },
    { platform: 'macOS', version: '3' },
  ],
  [
    { os: { name: 'x' }, version: ' ' },
    { platform: null, version: null },
  ],
])('%o says %o', (meta, facts) => expect(deviceFacts(meta)).toEqual(facts))

test.each([
  [{ label: 'Studio iMac', meta: {} }, 'mac'],
  [{ label: 'Office', meta: { os: 'Windows 12' } }, 'win'],
  [{ label: 'ThinkPad X1', meta: {} }, 'win'],
  [{ label: 'build-7', meta: { platform: 'linux' } }, 'lin'],
  [{ label: 'Ada', meta: {} }, 'ad'],
  [{ label: ' ', meta: {} }, '·'],
])('%o is marked %s', (device, mark) => expect(deviceMark(device)).toBe(mark))

test.each([
  ['active', 'refunded', { do: 'end' }],
  ['active', 'canceled', { do: 'end' }],
  ['canceled', 'refunded', { do: 'end' }],
  ['refunded', 'refunded', { do: 'nothing' }],
  ['canceled', 'canceled', { do: 'nothing' }],
  ['refunded', 'canceled', { why: expect.stringContaining('refunded') }],
] as const)('from %s to %s', (from, to, decision) => {
  expect(decideEnd(from, to)).toEqual(decision)
})

describe('a key belongs to the last of its purchases that stands', () => {
  const steps = [
    { fromId: 'a', toId: 'b' },
    { fromId: 'b', toId: 'c' },
  ]
  test.each([
    ['the last stands', 'c', 'abc', []],
    ['only the last stands', 'c', 'c', []],
    ['the last fell', 'c', 'ab', ['b']],
    ['two fell', 'c', 'a', ['b', 'a']],
    ['none stands', 'c', '', []],
    ['moved by hand to one that fell', 'x', 'abc', []],
    ['with none at all', null, 'abc', []],
  ])('%s', (_name, at, standing, back) => {
    expect(wayBack(at, steps, (id) => standing.includes(id)).map(({ fromId }) => fromId)).toEqual(back)
  })
})
