import { describe, expect, test } from 'vitest'
import { isSnoozed, type Standing, solvedAt, stateOf, stateOfAll } from './rules.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 10, 21, hour))
const refused: Standing = {
  ...{ code: 'EXPIRED', isKnown: true, namesDevice: true, lastAt: at(10), stands: true },
  ...{ keyYesAt: null, deviceYesAt: null, joinedAt: null },
}

type Row = { is: string; trouble: Partial<Standing>; state: ReturnType<typeof stateOf> }

const rows: Row[] = [
  { is: 'refused and nothing changed', trouble: {}, state: 'open' },
  { is: 'a cause that is gone, and nobody asked', trouble: { stands: false }, state: 'fixed' },
  { is: 'a yes before the refusal', trouble: { keyYesAt: at(9), deviceYesAt: at(9) }, state: 'open' },
  { is: 'a key that is good for another device', trouble: { stands: false, keyYesAt: at(11) }, state: 'solved' },
  {
    is: 'a device at the limit, while another validates',
    trouble: { code: 'ACTIVATION_LIMIT_REACHED', keyYesAt: at(11) },
    state: 'open',
  },
  {
    is: 'a device at the limit that joined',
    trouble: { code: 'ACTIVATION_LIMIT_REACHED', deviceYesAt: at(11) },
    state: 'solved',
  },
  {
    is: 'a limit that was raised',
    trouble: { code: 'ACTIVATION_LIMIT_REACHED', stands: false, keyYesAt: at(11) },
    state: 'fixed',
  },
  {
    is: 'a device that joined under another id',
    trouble: { code: 'ACTIVATION_NOT_FOUND', joinedAt: at(11) },
    state: 'solved',
  },
  {
    is: 'a feature that is missing still, though the program runs',
    trouble: { code: 'ENTITLEMENT_MISSING', deviceYesAt: at(11) },
    state: 'open',
  },
  {
    is: 'a feature that was added, and asked for',
    trouble: { code: 'ENTITLEMENT_MISSING', stands: false, deviceYesAt: at(11) },
    state: 'solved',
  },
  {
    is: 'software without a device, and the key was told yes',
    trouble: { code: 'REPLACED', namesDevice: false, keyYesAt: at(11) },
    state: 'solved',
  },
  { is: 'a key that nobody knows', trouble: { code: 'NOT_FOUND', isKnown: false, stands: false }, state: 'open' },
]

describe('where a trouble stands', () => {
  test.each(rows)('$is: $state', ({ trouble, state }) => {
    const whole = { ...refused, ...trouble }
    expect(stateOf(whole)).toBe(state)
    if (whole.isKnown) expect(solvedAt(whole) !== null).toBe(state === 'solved')
  })

  test('one device that is refused still is what counts, then one that was told yes', () => {
    expect(stateOfAll(['fixed', 'solved', 'open'])).toBe('open')
    expect(stateOfAll(['fixed', 'solved'])).toBe('solved')
    expect(stateOfAll(['fixed', 'fixed'])).toBe('fixed')
  })
})

test.each([
  ['for a day', { until: at(12) }, { devices: 9, count: 99 }, 11, true],
  ['for a day that is over', { until: at(12) }, { devices: 1, count: 1 }, 12, false],
  ['until it gets worse, and it did not', { until: null }, { devices: 2, count: 9 }, 11, true],
  ['until it gets worse, and another device is refused', { until: null }, { devices: 3, count: 6 }, 11, false],
  ['until it gets worse, and it is twice as often', { until: null }, { devices: 2, count: 10 }, 11, false],
  ['until it gets worse, and it began anew', { until: null }, { devices: 2, count: 1 }, 11, true],
])('put aside %s', (_, { until }, is, hour, expected) => {
  expect(isSnoozed({ until, devices: 2, count: 5 }, is, at(hour))).toBe(expected)
  expect(isSnoozed(null, is, at(hour))).toBe(false)
})
