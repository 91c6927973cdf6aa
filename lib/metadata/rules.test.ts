import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeMetadata, metadataChanges, tagChanges } from './rules.ts'
import { limits, MetadataPatch, Tags } from './schema.ts'

const metadata = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 5 }).filter((name) => name !== '__proto__'),
  fc.string({ minLength: 1, maxLength: 5 }),
  { maxKeys: 20, noNullPrototype: true },
)

test('merging: what is named changes, null and empty take away, the rest stays; said name by name', () => {
  expect(mergeMetadata({ a: '1', b: '2', c: '3' }, { a: null, b: '', d: '4' })).toEqual({ c: '3', d: '4' })
  fc.assert(
    fc.property(metadata, metadata, (before, patch) => {
      const after = mergeMetadata(before, patch)
      expect(after).toEqual({ ...before, ...patch })
      expect(metadataChanges(before, after)).toHaveLength(
        Object.keys(patch).filter((name) => !Object.hasOwn(before, name) || before[name] !== patch[name]).length,
      )
      expect(mergeMetadata(after, Object.fromEntries(Object.keys(after).map((name) => [name, null])))).toEqual({})
    }),
  )
})

test('what becomes too much is refused, and nothing is cut off', () => {
  const many = (count: number, letter: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${letter}${at}`, 'x']))
  expect(() => mergeMetadata(many(limits.names, 'a'), { one: 'more' })).toThrow('51 names')
  expect(Object.keys(mergeMetadata(many(limits.names, 'a'), { a0: null, one: 'more' }))).toHaveLength(limits.names)
  for (const bad of [
    many(51, 'a'),
    { ['n'.repeat(41)]: '' },
    { a: 'v'.repeat(501) },
    { 'a[b]': '' },
    { a: 1 },
    { '': 'x' },
  ])
    expect(MetadataPatch.safeParse(bad).success, JSON.stringify(bad).slice(0, 60)).toBe(false)
  expect(MetadataPatch.safeParse({ ...many(49, 'a'), ['n'.repeat(40)]: 'v'.repeat(500) }).success).toBe(true)
})

test('tags are short words, each once', () => {
  expect(Tags.parse(['vip', 'beta', 'vip'])).toEqual(['vip', 'beta'])
  for (const bad of [[''], [' a'], ['a\n'], ['t'.repeat(41)], Array.from({ length: 21 }, (_, at) => `${at}`)])
    expect(Tags.safeParse(bad).success).toBe(false)
  expect(tagChanges(['vip'], ['vip'])).toEqual([])
  expect(tagChanges([], ['vip', 'beta'])).toEqual(['Tags: none → vip, beta'])
})
