import { describe, expect, test } from 'vitest'
import { languageOf, languages } from './plain.ts'
import { agoFor, dayFor, endFor, waitFor, wordsIn } from './rules.ts'

describe('the language of a request', () => {
  test.each([
    [null, null, 'en'],
    [null, '', 'en'],
    [null, 'de-AT,de;q=0.9,en;q=0.8', 'de'],
    [null, 'fr-FR,fr;q=0.9,de;q=0.3,en;q=0.2', 'de'],
    [null, 'en;q=0.5, DE', 'de'],
    [null, 'de;q=0, fr', 'en'],
    [null, 'fr, *;q=0.1', 'en'],
    [null, '*,de;q=0.5', 'en'],
    [null, 'de;q=abc', 'de'],
    ['en', 'de', 'en'],
    ['de', 'en', 'de'],
    ['xx', 'de', 'de'],
    [null, ','.repeat(2_000), 'en'],
  ] as const)('%#: %s', (chosen, accepted, language) => expect(languageOf(chosen, accepted)).toBe(language))
})

/** Every text of a language by its place; functions said with made-up values. */
function saidBy(value: unknown, place: string): [string, string][] {
  if (typeof value === 'string') return [[place, value]]
  if (typeof value === 'function') {
    const said = [1, 2].map((count) => String((value as (...all: unknown[]) => string)(count, count, count)))
    return said.map((text, i) => [`${place}(${i + 1})`, text])
  }
  return Object.entries(value as object).flatMap(([name, part]) => saidBy(part, `${place}.${name}`))
}

// Names and words that are the same in both.
const SAME = /\.(version|website|dashboard|name|locale)(\(|$)|devices\.version|frame\.(dashboard)|approve\.code|number/

describe.each(languages)('%s', (language) => {
  const words = wordsIn(language)

  test('says something everywhere, with every value in it', () => {
    for (const [place, text] of saidBy(words, language)) {
      expect(text.trim(), place).not.toBe('')
      expect(text, place).not.toMatch(/undefined|null|NaN|\[object/)
    }
  })

  test('is not another language', () => {
    if (language === 'en') return
    const english = new Map(saidBy(wordsIn('en'), ''))
    const same = saidBy(words, '').filter(([place, text]) => english.get(place) === text && /[a-z]{3}/.test(text))
    expect(same.map(([place]) => place).filter((place) => !SAME.test(place))).toEqual([])
  })
})

test('dates are those of their reader', () => {
  const [en, de] = [wordsIn('en'), wordsIn('de')]
  const end = new Date('2027-08-30T21:59:59.999Z')
  expect(endFor(en, end, 'Europe/Berlin')).toBe('30 August 2027')
  expect(endFor(de, end, 'Europe/Berlin')).toBe('30. August 2027')
  expect(endFor(en, end, 'America/New_York')).toBe('30 August 2027, 17:59 GMT-4')
  expect(endFor(en, end, 'Asia/Tokyo')).toMatch(/^31 August 2027, 06:59/)
  expect(dayFor(de, new Date('2027-03-01T00:30:00Z'), 'America/Los_Angeles')).toBe('28. Februar 2027')
  const now = new Date('2027-01-10T12:00:00Z')
  const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
  expect(agoFor(en, ago(3), now)).toBe('3 hours ago')
  expect(agoFor(de, ago(3), now)).toBe('vor 3 Stunden')
  expect(agoFor(de, ago(24 * 400), now)).toBe('vor 13 Monaten')
  expect(waitFor(de, 61_000)).toBe('in 2 Minuten')
  expect(waitFor(en, 400)).toBe('in 1 second')
})
