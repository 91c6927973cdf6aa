import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EditPart, mergeEdit, readOpened, StaleEdit } from './edits.ts'

type Values = { name: string; mode: string; limit: number | null; productIds: string[] }
const parts: EditPart<Values>[] = [
  { label: 'Name', input: 'name', fields: ['name'], words: ({ name }) => name },
  { label: 'Devices', input: 'limit', fields: ['mode', 'limit'], words: ({ mode, limit }) => `${mode} ${limit}` },
  { label: 'Products', input: 'productIds', fields: ['productIds'], words: ({ productIds }) => productIds.join(' ') },
]
const opened: Values = { name: 'Editor', mode: 'limited', limit: 3, productIds: ['a', 'b'] }
const merge = (typed: Partial<Values>, present: Partial<Values>, was: object = opened) =>
  mergeEdit(parts, was as Record<string, unknown>, { ...opened, ...typed }, { ...opened, ...present })

describe('an edit', () => {
  test('changes what was changed and leaves what others changed', () => {
    const { merged, mine } = merge({ name: 'Editor 2' }, { limit: 10, productIds: ['c'] })
    expect(merged).toEqual({ name: 'Editor 2', mode: 'limited', limit: 10, productIds: ['c'] })
    expect(mine.map(({ label }) => label)).toEqual(['Name'])
  })

  test('is refused where both changed the same, naming theirs and yours and what is true now', () => {
    const refused = (() => {
      try {
        return merge({ limit: 5, name: 'Mine' }, { mode: 'unlimited', limit: null })
      } catch (error) {
        return error as StaleEdit
      }
    })()
    expect(refused).toBeInstanceOf(StaleEdit)
    expect(refused).toMatchObject({
      code: 'CONFLICT',
      field: 'limit',
      conflicts: [{ label: 'Devices', theirs: 'unlimited null', yours: 'limited 5' }],
      present: { mode: 'unlimited', limit: null },
    })
  })

  test('is fine where both changed it to the same, and where a list only changed its order', () => {
    expect(merge({ limit: 5 }, { limit: 5 }).merged.limit).toBe(5)
    expect(merge({ productIds: ['b', 'a'] }, { productIds: ['c'] }).merged.productIds).toEqual(['c'])
  })

  test('leaves what the form did not show', () => {
    expect(merge({ name: 'Mine', limit: 1 }, { limit: 7 }, { name: 'Editor' }).merged).toMatchObject({
      name: 'Mine',
      limit: 7,
    })
  })

  test('never undoes what somebody else did, whatever was typed', () => {
    const values = fc.record({
      name: fc.constantFrom('x', 'y', 'z'),
      mode: fc.constantFrom('limited', 'off'),
      limit: fc.constantFrom(1, 2, null),
      productIds: fc.constantFrom<string[]>(['a'], ['b'], ['a', 'b']),
    })
    fc.assert(
      fc.property(values, values, values, (was, typed, present) => {
        let merged: Values
        try {
          merged = mergeEdit(parts, was, typed, present).merged
        } catch (error) {
          expect(error).toBeInstanceOf(StaleEdit)
          return
        }
        const isTheirs = (field: keyof Values) => JSON.stringify(present[field]) !== JSON.stringify(was[field])
        for (const field of ['name', 'productIds'] as const) {
          if (isTheirs(field)) expect(merged[field]).toEqual(present[field])
        }
        if (isTheirs('limit') || isTheirs('mode')) {
          expect([merged.mode, merged.limit]).toEqual([present.mode, present.limit])
        }
      }),
    )
  })
})

test('what a form was opened with is an object or nothing', () => {
  expect(readOpened('{"name":"x"}')).toEqual({ name: 'x' })
  for (const bad of ['', '[1]', 'null', '{', '7', undefined, ['{}']]) expect(readOpened(bad)).toBeNull()
})
