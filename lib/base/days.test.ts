import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  dayOf,
  daysLater,
  endInShort,
  endInWords,
  endOfDay,
  isEndOfDay,
  isTimeZone,
  lastMomentOf,
  longDay,
  monthsLater,
} from './days.ts'

const at = (text: string) => new Date(text)
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Africa/Cairo']
const zone = fc.constantFrom(...zones, 'America/Sao_Paulo', 'Pacific/Pago_Pago', 'Australia/Lord_Howe')
const moment = fc.date({ min: at('1990-01-01'), max: at('2090-01-01'), noInvalidDate: true })

test.each([
  ['UTC', '2027-11-28T14:05:00Z', '2027-11-28T23:59:59.999Z'],
  ['Europe/Berlin', '2027-11-28T23:30:00Z', '2027-11-29T22:59:59.999Z'],
  ['Europe/Berlin', '2027-07-01T12:00:00Z', '2027-07-01T21:59:59.999Z'],
  // The days on which clocks are changed have 23 and 25 hours.
  ['Europe/Berlin', '2027-03-27T23:30:00Z', '2027-03-28T21:59:59.999Z'],
  ['Europe/Berlin', '2027-10-30T22:30:00Z', '2027-10-31T22:59:59.999Z'],
  // There midnight was skipped: the day began at one.
  ['America/Sao_Paulo', '2018-11-03T15:00:00Z', '2018-11-04T02:59:59.999Z'],
  // And there it came twice.
  ['America/Sao_Paulo', '2018-02-17T15:00:00Z', '2018-02-18T02:59:59.999Z'],
])('in %s the day of %s ends at %s', (there, moment, end) => {
  expect(endOfDay(at(moment), there).toISOString()).toBe(at(end).toISOString())
})

test('a day ends after every moment of it, and the next one begins', () => {
  fc.assert(
    fc.property(moment, zone, (start, there) => {
      const end = endOfDay(start, there)
      expect(end >= start).toBe(true)
      expect(end.getTime() - start.getTime()).toBeLessThanOrEqual(25 * 3_600_000)
      expect(longDay(end, there)).toBe(longDay(start, there))
      expect(longDay(new Date(end.getTime() + 1), there)).not.toBe(longDay(start, there))
      expect(isEndOfDay(end, there)).toBe(true)
      expect(endInWords(end, there)).toBe(longDay(start, there))
    }),
    { numRuns: 300 },
  )
})

test('a day that was chosen ends there, and is read as that day again', () => {
  expect(lastMomentOf('2027-08-30', 'UTC')).toEqual(at('2027-08-30T23:59:59.999Z'))
  expect(lastMomentOf('2027-08-30', 'Pacific/Kiritimati')).toEqual(at('2027-08-30T09:59:59.999Z'))
  expect(lastMomentOf('2027-08-30', 'America/New_York')).toEqual(at('2027-08-31T03:59:59.999Z'))
  fc.assert(
    fc.property(moment, zone, (some, there) => {
      const day = dayOf(some, there)
      const end = lastMomentOf(day, there)
      expect(dayOf(end, there)).toBe(day)
      expect(end).toEqual(endOfDay(some, there))
      expect(endInWords(end, there)).not.toContain(':')
      // One that lies in it already stays as it is.
      expect(lastMomentOf(day, there, [null, new Date(end.getTime() + 1), some])).toBe(some)
    }),
  )
})

test('days and months later are at the same time by the clocks there', () => {
  expect(daysLater(at('2027-03-27T11:00:00Z'), 1, 'Europe/Berlin')).toEqual(at('2027-03-28T10:00:00Z'))
  expect(monthsLater(at('2027-01-31T22:59:59.999Z'), 6, 31, 'Europe/Berlin')).toEqual(at('2027-07-31T21:59:59.999Z'))
  expect(monthsLater(at('2027-01-31T12:00:00Z'), 1, 31, 'UTC')).toEqual(at('2027-02-28T12:00:00Z'))
})

describe('an end in words', () => {
  test.each([
    ['2027-11-28T23:59:59.999Z', 'UTC', '28 November 2027'],
    ['2027-11-28T23:59:59Z', 'UTC', '28 November 2027'],
    ['2027-11-28T14:05:59Z', 'UTC', '28 November 2027, 14:05 UTC'],
    ['2027-11-29T00:00:00Z', 'UTC', '29 November 2027, 00:00 UTC'],
    ['2027-11-28T23:59:59.999Z', 'Europe/Berlin', '29 November 2027, 00:59 UTC+1'],
    ['2027-11-28T22:59:59.999Z', 'Europe/Berlin', '28 November 2027'],
    ['2027-11-28T14:05:00Z', 'Asia/Kolkata', '28 November 2027, 19:35 UTC+5:30'],
    ['2027-11-28T14:05:00Z', 'America/New_York', '28 November 2027, 09:05 UTC−5'],
  ])('%s in %s: %s', (end, there, words) => {
    expect(endInWords(at(end), there)).toBe(words)
    expect(endInShort(at(end), there)).toBe(words.replace('November', 'Nov'))
  })
})

test.each([...zones, 'Europe/Lisbon'])('%s is a time zone', (name) => expect(isTimeZone(name)).toBe(true))

test.each(['Mars/Olympus', '', '+02:00'])('%j is no time zone', (name) => expect(isTimeZone(name)).toBe(false))
