import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shownPurchaseStates } from '../purchases/plain.ts'
import { parseQuery, parseTerm, printQuery, termQuery } from './language.ts'
import { stretchOf } from './term-times.ts'
import {
  type Asked,
  kindOf,
  type Names,
  pairText,
  purchaseTerms,
  type TermName,
  type Terms,
  termNames,
  termsOf,
  withTerm,
} from './terms.ts'

const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`
const names: Names = {
  product: ['Inkwell', 'Inkwell Pro', 'none', 'a,b "c" \\ “d”', id(90), 'ÉDITEUR', '-beta', 'inkwell'].map(
    (name, i) => ({
      id: id(i + 1),
      name,
    }),
  ),
  configuration: ['Editor', 'Team: 5 seats'].map((name, i) => ({ id: id(50 + i), name })),
}

const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.constantFrom('beta', 'a b', '"x"', 'a,b', '-x', '“q”', 'tag:x', '\\', 'a=b', '<30d', 'never', 'none', 'x\ny'),
  )
  .map((each) => each.trim())
  .filter((each) => each.length > 0 && each.length <= 40)
const day = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const period = fc.tuple(day, fc.constantFrom(4, 7, 10)).map(([date, length]) => date.slice(0, length))
const span = fc
  .tuple(fc.constantFrom('<', '>'), fc.integer({ min: 1, max: 999 }), fc.constantFrom('h', 'd', 'w', 'm', 'y'))
  .map((parts) => parts.join(''))
const days = fc.oneof(
  period,
  period.map((each) => `<${each}`),
  period.map((each) => `>${each}`),
  period.map((each) => `${each}..`),
  period.map((each) => `..${each}`),
  fc.tuple(day, day).map((pair) => pair.sort().join('..')),
)

function someValue(name: TermName): fc.Arbitrary<string> {
  const kind = kindOf(name)
  if (kind.kind === 'choice') return fc.constantFrom(...kind.of)
  if (kind.kind === 'named') {
    const ids = names[name as keyof Names].map((row) => row.id)
    return fc.constantFrom(...ids, id(99), ...(kind.none ? ['none'] : []))
  }
  if (kind.kind === 'time')
    return fc.oneof(
      span,
      ...(kind.days ? [days] : []),
      ...(kind.words.length > 0 ? [fc.constantFrom(...kind.words)] : []),
    )
  if (kind.kind === 'number') return fc.constantFrom('>0', '>60', '<30', '0', '100', '40..60')
  if (kind.kind === 'id') return fc.constantFrom(id(70), id(71))
  if (kind.kind === 'pair') return fc.tuple(text, fc.option(text)).map(([key, value]) => pairText(key, value))
  return text
}

const asked: fc.Arbitrary<Asked> = fc
  .constantFrom(...termNames)
  .chain((name) => fc.record({ name: fc.constant(name), not: fc.boolean(), value: someValue(name) }))
const terms: fc.Arbitrary<Terms> = fc.array(asked, { maxLength: 8 }).map(termsOf)
const word = fc
  .oneof(
    text,
    fc.constantFrom(
      'status:expired',
      '"status:expired"',
      'statsu:expired',
      '-tag:x',
      'http://x',
      'seen:',
      '"',
      '""',
      'key:',
    ),
  )
  .map((each) => each.replace(/\s/g, ''))
  .filter(Boolean)
const words = fc.array(word, { maxLength: 4 }).map((list) => list.join(' '))

test('what is written is read as it was', () => {
  fc.assert(
    fc.property(terms, words, (some, more) => {
      const written = printQuery({ terms: some, words: more }, names)
      expect({ written, ...parseQuery(written, names) }).toEqual({ written, terms: some, words: more, problems: [] })
    }),
    { numRuns: 2_000 },
  )
})

test('whatever is typed, writing what was read changes nothing any more', () => {
  const typed = fc.array(
    fc.oneof(
      text,
      asked.map((each) => printQuery({ terms: termsOf([each]), words: '' }, names)),
      fc.constantFrom(':', 'status:', ',', ' ', '"'),
    ),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(typed, fc.constantFrom('', ' '), (parts, between) => {
      const read = parseQuery(parts.join(between), names)
      const written = printQuery(read, names)
      const again = parseQuery(written, names)
      expect(again.problems).toEqual([])
      expect(printQuery(again, names)).toBe(written)
      expect(again.terms).toEqual(read.terms)
    }),
    { numRuns: 2_000 },
  )
})

test('places of problems lie within the text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(text, fc.constantFrom('status:', 'seen:', 'meta:', '"', ',', ' ', '=')), { maxLength: 9 }),
      (parts) => {
        const all = parts.join('')
        for (const { from, to } of parseQuery(all, names).problems) {
          expect(from).toBeLessThanOrEqual(to)
          expect(to).toBeLessThanOrEqual(all.length)
        }
      },
    ),
  )
})

test('an address says the same, by ids', () => {
  fc.assert(
    fc.property(terms, (some) => {
      const query = Object.entries(termQuery(some)) as [TermName, string][]
      expect(Object.fromEntries(query.map(([name, text]) => [name, parseTerm(name, text)]))).toEqual(some)
    }),
  )
})

const read = (typed: string) => parseQuery(typed, names)
const is = (...values: string[]) => ({ is: values, not: [] })

describe('people type it', () => {
  test.each<[string, Terms, string]>([
    ['status:expired product:"Inkwell" seen:<30d', { status: is('expired'), product: is(id(1)), seen: is('<30d') }, ''],
    [
      '-tag:beta expires:<2026-12-31 limit:at',
      { tag: { is: [], not: ['beta'] }, expires: is('<2026-12-31'), limit: is('at') },
      '',
    ],
    ['herrera Status:Expired,revoked thinkpad', { status: is('expired', 'revoked') }, 'herrera thinkpad'],
    ['product: inkwell pro', { product: is(id(8)) }, 'pro'],
    ['product:“Inkwell Pro”', { product: is(id(2)) }, ''],
    ['product:"inkwell pro"', { product: is(id(2)) }, ''],
    ['product:none', { product: is('none') }, ''],
    ['product:"none"', { product: is(id(3)) }, ''],
    ['seen:30d', { seen: is('<30d') }, ''],
    ['issued:>=2026-01 -seen:<90d', { seen: { is: [], not: ['<90d'] }, issued: is('2026-01..') }, ''],
    ['meta:team=red meta:"the plan"="big one"', { meta: is('"the plan"="big one"', 'team=red') }, ''],
    ['tag:a tag:b,-c', { tag: { is: ['a', 'b'], not: ['c'] } }, ''],
    ['reason:by-hand', { reason: is('by_hand') }, ''],
    ['License key: ABC-1', {}, 'License key: ABC-1'],
    ['https://a.example/x', {}, 'https://a.example/x'],
    ['Order: SO-10482', { order: is('SO-10482') }, ''],
    ['"status:expired"', {}, 'status:expired'],
  ])('%s', (typed, expected, rest) => {
    expect(read(typed)).toEqual({ terms: expected, words: rest, problems: [] })
  })

  test.each<[string, number, number, RegExp]>([
    ['jo status:expird', 10, 16, /^“expird” does not fit status\. Expected: active, expiring, .* or revoked\.$/],
    ['risk:>100', 5, 9, /Expected: a number from 0 to 100, such as >60 or 40\.\.60/],
    ['risk:9..3', 5, 9, /Expected: a number from 0 to 100/],
    ['seen:<30', 5, 8, /Expected: a time such as <30d, .* or never/],
    ['expires:2026-02-30', 8, 18, /a day there is; 2026-02-30 is none/],
    ['issued:2026-05..2026-01', 7, 23, /a first day before the last one/],
    ['product:Quill', 8, 13, /the name of a product: “Inkwell”, .* or 4 more/],
    ['statsu:expired', 0, 14, /There is no filter “statsu”\. Did you mean status\?/],
    ['seen:<30d seen:>90d', 10, 19, /“seen” is asked twice.*\.\. between/],
    ['tag:"a"b', 7, 8, /a blank or a comma, not “b”/],
    ['tag:a,,b', 6, 6, /Expected behind tag: a text/],
  ])('%s is told where it is wrong', (typed, from, to, message) => {
    const { problems } = read(typed)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ from, to })
    expect(problems[0]?.message).toMatch(message)
    expect(problems[0]?.begun).toBeUndefined()
  })

  test.each(['status:', 'status:expired,', 'product:"Ink', '-tag: '])('%s has only begun', (typed) => {
    expect(read(typed).problems).toMatchObject([{ begun: true }])
  })
})

test('a chip changes its own term alone', () => {
  const before = read('status:expired tag:a').terms
  expect(withTerm(before, 'status', null)).toEqual({ tag: is('a') })
  expect(withTerm(before, 'seen', is('never'))).toEqual({ ...before, seen: is('never') })
})

test('times mean stretches, days those of a zone', () => {
  const now = new Date('2026-11-29T12:00:00Z')
  const of = (value: string, past: boolean, zone = 'UTC') => {
    const { from, before } = stretchOf(value, past, now, zone)
    return [from?.toISOString() ?? null, before?.toISOString() ?? null]
  }
  expect(of('<30d', true)).toEqual(['2026-10-30T12:00:00.000Z', null])
  expect(of('>30d', true)).toEqual([null, '2026-10-30T12:00:00.000Z'])
  expect(of('<1m', false)).toEqual(['2026-11-29T12:00:00.000Z', '2026-12-29T12:00:00.000Z'])
  expect(of('>24h', false)).toEqual(['2026-11-30T12:00:00.000Z', null])
  expect(of('2026-02', true)).toEqual(['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'])
  expect(of('2026', false, 'Europe/Berlin')).toEqual(['2025-12-31T23:00:00.000Z', '2026-12-31T23:00:00.000Z'])
  expect(of('<2026-12-31', false, 'America/New_York')).toEqual([null, '2026-12-31T05:00:00.000Z'])
  expect(of('>2026-12-31', false)).toEqual(['2027-01-01T00:00:00.000Z', null])
  expect(of('..2026-12-31', false)).toEqual([null, '2027-01-01T00:00:00.000Z'])
  expect(of('2026-03-28..2026-03-29', true, 'Europe/Berlin')).toEqual([
    '2026-03-27T23:00:00.000Z',
    '2026-03-29T22:00:00.000Z',
  ])
})

test('purchases stand as their own list says', () => {
  expect([...purchaseTerms].sort()).toEqual([...shownPurchaseStates, 'none'].sort())
})
