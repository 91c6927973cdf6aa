import { describe, expect, test } from 'vitest'
import { idFrom } from '../base/ids.ts'
import { idIn, inTable, momentIn, namesOf, narrowed, numberId, numberIn, prefixedId, wholeNumber } from './spelling.ts'

const id = '0f4f2e6c-8c3b-4c38-9c39-6a1d9c1b0a11'

test.each<[string, Parameters<typeof prefixedId>[1], string]>([
  ['ours', { id }, 'lic_0f4f2e6c8c3b4c389c396a1d9c1b0a11'],
  ['theirs', { id, externalId: 'lic_W0ZC' }, 'lic_W0ZC'],
  ["another vendor's", { id, externalId: '4711' }, 'lic_0f4f2e6c8c3b4c389c396a1d9c1b0a11'],
  ['theirs among others', { id, externalIds: ['4711', 'licence', 'lic_a', 'lic_b'] }, 'lic_a'],
  ['none', { id, externalId: null }, 'lic_0f4f2e6c8c3b4c389c396a1d9c1b0a11'],
])('an id with a prefix: %s', (_, row, text) => {
  expect(prefixedId('lic', row)).toBe(text)
  expect(idIn(prefixedId('lic', { id: row.id }))).toBe(id)
})

test.each<[string, Parameters<typeof numberId>[0], number]>([
  ['ours', { id, number: 5 }, 5],
  ['theirs', { id, number: 5, externalId: '4711' }, 4711],
  ["another vendor's", { id, number: 5, externalId: 'pdt_1' }, 5],
  ['the first that is one', { id, number: 5, externalIds: ['x', '99999999999', '42', '43'] }, 42],
])('a number: %s', (_, row, number) => {
  expect(numberId(row)).toBe(number)
})

test.each([
  ['0', 0],
  ['007', 7],
  ['2147483647', 2_147_483_647],
  ['2147483648', null],
  ['', null],
  ['-1', null],
  ['1.5', null],
  ['1e3', null],
  [' 1', null],
  ['٣', null],
])('wholeNumber(%j)', (text, number) => {
  expect(wholeNumber(text)).toBe(number)
})

test('a number in a query is there, is not, or is refused later', () => {
  expect(['7', '', null, 'x', '-1'].map(numberIn)).toEqual([7, null, null, 'x', '-1'])
})

test.each([
  ['2026-12-31', '2026-12-31T00:00:00.000Z'],
  ['2026-12-31T23:30:00Z', '2026-12-31T23:30:00.000Z'],
  ['2026-12-31T23:30:00.123456Z', '2026-12-31T23:30:00.123Z'],
  ['2026-12-31T23:30:00+02:00', '2026-12-31T21:30:00.000Z'],
  ['2026-12-31T23:30', '2026-12-31T23:30:00.000Z'],
  ['2026-12-31 23:30:00', '2026-12-31T23:30:00.000Z'],
])('momentIn(%j)', (text, iso) => {
  expect(momentIn(text)).toEqual(new Date(iso))
})

test.each([null, undefined, '', 'soon', '2026', '5', '2026-13-01', '2026-12-31T99:00:00Z', 5, {}])(
  'momentIn leaves what is no moment: %j',
  (value) => {
    expect(momentIn(value)).toBe(value)
  },
)

test('what is no text is no id', () => {
  expect([idIn(5), idIn(null), idIn(undefined)]).toEqual([5, null, undefined])
  expect(namesOf('cus_W0ZC')).toEqual([idFrom('cus_W0ZC'), 'cus_W0ZC'])
  expect(namesOf(id)).toEqual([id])
})

describe('tables', () => {
  test('have nothing under the names every object has', () => {
    expect(['a', 'constructor', '__proto__', 'toString'].map((name) => inTable({ a: 1 }, name))).toEqual([
      1,
      undefined,
      undefined,
      undefined,
    ])
  })
  test('narrow by their own words alone', () => {
    const by = { on: { expired: false } }
    expect(narrowed(by, new URLSearchParams('status=on'), 'status')).toEqual({ expired: false })
    expect(narrowed(by, new URLSearchParams('status='), 'status')).toEqual({})
    expect(() => narrowed(by, new URLSearchParams('status=constructor'), 'status')).toThrow(/status/)
  })
})
