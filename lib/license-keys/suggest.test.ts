import { expect, test } from 'vitest'
import { parseQuery } from './language.ts'
import { suggestionsAt } from './suggest.ts'
import type { Names } from './terms.ts'

const id = (n: number) => `01900000-0000-7000-8000-00000000000${n}`
const names: Names = {
  product: [
    { id: id(1), name: 'Inkwell' },
    { id: id(2), name: 'Inkwell Pro' },
  ],
  configuration: [{ id: id(3), name: 'Editor' }],
}
const labels = (text: string) => suggestionsAt(text, text.length, names).map(({ label }) => label)

test.each<[string, string[]]>([
  ['st', ['status:']],
  ['herrera ex', ['expires:', 'status:expiring', 'status:expired']],
  ['ink', ['product:Inkwell', 'product:"Inkwell Pro"']],
  ['status:', ['active', 'expiring', 'grace', 'expired', 'disabled', 'revoked'].map((each) => `status:${each}`)],
  ['status:expired,re', ['status:revoked']],
  ['-status:re', ['status:revoked']],
  ['product:"ink', ['product:Inkwell', 'product:"Inkwell Pro"']],
  ['product:n', ['product:none']],
  ['seen:', ['seen:<24h', 'seen:<30d', 'seen:>90d', 'seen:never']],
  ['', []],
  ['a', []],
  ['https:', []],
])('after %s', (text, expected) => {
  expect(labels(text)).toEqual(expected)
})

test('each leads to a text that can be read, or goes on', () => {
  for (const text of ['st', 'ex', 'ink', 'ed', 'status:', 'product:"', 'purchase:', 'refused:', 'jo configuration:e'])
    for (const { text: next, caret } of suggestionsAt(text, text.length, names)) {
      expect(
        parseQuery(next, names).problems.filter(({ begun }) => !begun),
        next,
      ).toEqual([])
      expect(caret).toBe(next.length)
    }
})

test('the middle of a word is left alone, what stands behind stays', () => {
  expect(suggestionsAt('status', 2, names)).toEqual([])
  expect(suggestionsAt('st herrera', 2, names)[0]).toMatchObject({ text: 'status: herrera', caret: 7 })
  expect(suggestionsAt('status:exp herrera', 10, names)[1]).toMatchObject({ text: 'status:expired herrera', caret: 14 })
})
