import { expect, test } from 'vitest'
import { GuessWatch } from './guess-watch.ts'

const SPAN = 600_000

const asking = (watch: GuessWatch, from: number, count: number, now: number, address = 'a') => {
  for (let i = 0; i < count; i++) watch.missed(address, `guess ${from + i}`, now)
}

test('so many different ones make a guesser, the same one again and again does not', () => {
  const watch = new GuessWatch(3, SPAN)
  for (let i = 0; i < 1_000; i++) watch.missed('a', 'MISTYPED', 1_000)
  expect(watch.isGuessing('a', 1_000)).toBe(false)
  asking(watch, 0, 1, 1_000)
  expect(watch.isGuessing('a', 1_000)).toBe(false)
  asking(watch, 1, 1, 1_000)
  expect(watch.isGuessing('a', 1_000)).toBe(true)
  expect(watch.isGuessing('b', 1_000)).toBe(false)
})

test('it is over when a whole span has passed with fewer', () => {
  const watch = new GuessWatch(3, SPAN)
  asking(watch, 0, 3, 1_000)
  expect(watch.isGuessing('a', SPAN + 1_001)).toBe(true)
  asking(watch, 10, 3, SPAN + 1_001)
  expect(watch.isGuessing('a', 2 * SPAN + 1_002)).toBe(true)
  asking(watch, 20, 2, 2 * SPAN + 1_002)
  expect(watch.isGuessing('a', 3 * SPAN + 1_003)).toBe(false)
})

test('nobody is asked about for long: then nothing is left of it', () => {
  const watch = new GuessWatch(3, SPAN)
  asking(watch, 0, 3, 1_000)
  expect(watch.isGuessing('a', 10 * SPAN)).toBe(false)
})

test('what was found is known there, for half a day and not for ever', () => {
  const watch = new GuessWatch(3, SPAN)
  const hour = 3_600_000
  watch.found('a', 'K', 0)
  expect([watch.knows('a', 'K'), watch.knows('b', 'K'), watch.knows('a', 'L')]).toEqual([true, false, false])
  watch.found('a', 'L', 13 * hour)
  expect(watch.knows('a', 'K')).toBe(true)
  watch.found('a', 'L', 26 * hour)
  expect(watch.knows('a', 'K')).toBe(false)
  expect(watch.knows('a', 'L')).toBe(true)
})

test('however many are found and missed, what is kept has a bound', () => {
  const watch = new GuessWatch(2, SPAN)
  for (let i = 0; i < 120_000; i++) watch.found('a', `K ${i}`, 1)
  expect(watch.knows('a', 'K 0')).toBe(false)
  expect(watch.knows('a', 'K 119999')).toBe(true)
  for (let i = 0; i < 60_000; i++) asking(watch, 0, 2, 1, `address ${i}`)
  expect(watch.isGuessing('address 0', 1)).toBe(true)
  expect(watch.isGuessing('address 59999', 1)).toBe(false)
})
