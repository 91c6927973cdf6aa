import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Column } from './column.ts'
import {
  dropped,
  inOrder,
  moved,
  readLayout,
  shownColumns,
  type TableLayout,
  usualLayout,
  writeLayout,
} from './table-layout.ts'

const columns: Column<object>[] = ['key', 'status', 'customer', 'seen', 'issued'].map((id) => ({
  ...{ id, header: id, cell: () => null },
  ...(id === 'key' && { fixed: true }),
  ...(id === 'issued' && { hidden: true }),
}))
const ids = (order: readonly string[]) => inOrder(columns, order).map(({ id }) => id)

test('a layout is read as it was written', () => {
  const id = fc.constantFrom(...columns.map((column) => column.id))
  const layout: fc.Arbitrary<TableLayout> = fc.record({
    shown: fc.dictionary(id, fc.boolean()),
    order: fc.uniqueArray(id),
    widths: fc.dictionary(id, fc.integer({ min: 56, max: 640 })),
    dense: fc.boolean(),
  })
  fc.assert(
    fc.property(layout, (some) => {
      expect(readLayout(writeLayout(some))).toEqual(some)
    }),
  )
  expect(writeLayout(usualLayout)).toBe('')
})

test.each(['', 'x', '[]', 'null', '{"s":7,"o":{},"w":[1],"d":true}', '{"o":[1,"key"],"w":{"key":"wide"}}'])(
  '%s harms nothing',
  (text) => {
    expect(() => inOrder(columns, readLayout(text).order)).not.toThrow()
    expect(ids(readLayout(text).order)).toEqual(ids([]))
  },
)

test('a width is kept within bounds', () => {
  expect(readLayout('{"w":{"key":1,"status":99999}}').widths).toEqual({ key: 56, status: 640 })
})

describe('order', () => {
  test('the first column stays; columns that came later stand behind those they follow', () => {
    expect(ids(['seen', 'key', 'status'])).toEqual(['key', 'seen', 'issued', 'status', 'customer'])
    expect(ids(['gone', 'customer'])).toEqual(['key', 'status', 'customer', 'seen', 'issued'])
  })

  test('one place left or right, and no further than there are places', () => {
    expect(moved(columns, [], 'seen', -1)).toEqual(['key', 'status', 'seen', 'customer', 'issued'])
    expect(ids(moved(columns, [], 'status', -1))).toEqual(ids([]))
    expect(ids(moved(columns, [], 'issued', 1))).toEqual(ids([]))
    expect(ids(moved(columns, [], 'key', 1))).toEqual(ids([]))
  })

  test('dropped before another one, or at the end', () => {
    expect(dropped(columns, [], 'issued', 'status')).toEqual(['key', 'issued', 'status', 'customer', 'seen'])
    expect(dropped(columns, [], 'status', null)).toEqual(['key', 'customer', 'seen', 'issued', 'status'])
    expect(dropped(columns, [], 'status', 'key')).toEqual(['key', 'status', 'customer', 'seen', 'issued'])
  })
})

test('what is sorted by is shown, unless it was switched off', () => {
  expect(shownColumns(columns, usualLayout)).toMatchObject({ status: true, issued: false })
  expect(shownColumns(columns, usualLayout, 'issued').issued).toBe(true)
  expect(shownColumns(columns, { ...usualLayout, shown: { issued: false, key: false } }, 'issued')).toMatchObject({
    issued: false,
    key: true,
  })
})
