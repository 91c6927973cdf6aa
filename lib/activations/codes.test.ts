import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits, type Tries, tryNow } from '../auth/rules.ts'
import { answerOf, CODE_LETTERS, codeTyped, type Polled, shownCode } from './codes.ts'

const now = new Date('2027-03-01T09:30:00Z')
const ago = (ms: number) => new Date(now.getTime() - ms)
const open: Polled = {
  ...{ state: 'open', expiresAt: ago(-60_000), before: null, waited: 5, decidedAt: null, collectedAt: null },
}

describe('a code', () => {
  test('has 20 letters to choose from, none a vowel and no digit', () => {
    expect(new Set(CODE_LETTERS).size).toBe(20)
    expect(CODE_LETTERS).not.toMatch(/[AEIOUY\d]/)
  })

  test('is read as people type it', () => {
    const code = fc.array(fc.constantFrom(...CODE_LETTERS), { minLength: 8, maxLength: 8 }).map((all) => all.join(''))
    fc.assert(
      fc.property(code, (each) => {
        expect(codeTyped(shownCode(each))).toBe(each)
        expect(codeTyped(` ${shownCode(each).toLowerCase().replace('-', ' ')} `)).toBe(each)
      }),
    )
  })

  test.each(['', 'BCDF-GHJ', 'BCDF-GHJKL', 'ACDF-GHJK', 'BCDF-GHJ1', 'ÄCDF-GHJK'])('%s is none', (text) =>
    expect(codeTyped(text)).toBeNull(),
  )
})

describe('a poll', () => {
  test.each<[string, Polled | null, ReturnType<typeof answerOf>]>([
    ['unknown', null, 'expired'],
    ['the first', open, 'pending'],
    ['after the interval', { ...open, before: ago(5_000) }, 'pending'],
    ['a little early, by the network', { ...open, before: ago(4_000) }, 'pending'],
    ['too early', { ...open, before: ago(3_999) }, 'slow_down'],
    ['in time for the first interval, which has grown', { ...open, before: ago(5_000), waited: 10 }, 'slow_down'],
    ['at the last moment', { ...open, expiresAt: ago(-1) }, 'pending'],
    ['too late', { ...open, expiresAt: now }, 'expired'],
    ['denied', { ...open, state: 'denied', before: ago(1) }, 'denied'],
    ['approved, however soon', { ...open, state: 'approved', before: ago(1), decidedAt: ago(1) }, 'approved'],
    ['approved just before the end', { ...open, state: 'approved', expiresAt: ago(1), decidedAt: ago(2) }, 'approved'],
    ['the answer was lost', { ...open, state: 'approved', decidedAt: ago(1), collectedAt: ago(60_000) }, 'approved'],
    ['used a while ago', { ...open, state: 'approved', decidedAt: ago(1), collectedAt: ago(60_001) }, 'expired'],
    ['never asked for again', { ...open, state: 'approved', decidedAt: ago(600_001) }, 'expired'],
  ])('%s', (_what, request, answer) => expect(answerOf(request, now)).toBe(answer))
})

/** How often somebody who never stops may try within a day. */
function triesADay(name: keyof typeof limits): number {
  let tries: Tries | null = null
  let count = 0
  for (let second = 0; second < 86_400; second++) {
    for (;;) {
      const step = tryNow(tries, limits[name], new Date(now.getTime() + second * 1_000))
      if (!('next' in step)) break
      tries = step.next
      count++
    }
  }
  return count
}

test('who guesses codes all day hits one of a thousand that are open with a chance of less than 1 in 100,000', () => {
  const [account, network] = [triesADay('device code: account'), triesADay('device code: network')]
  expect(account).toBeLessThanOrEqual(40)
  expect(network).toBeLessThanOrEqual(320)
  const codes = 20 ** 8
  expect((account * 1_000) / codes).toBeLessThan(1 / 100_000)
  expect((network * 1_000) / codes).toBeLessThan(1 / 70_000)
})
