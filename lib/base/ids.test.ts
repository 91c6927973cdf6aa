import { expect, test } from 'vitest'
import { idFrom, isId, newId } from './ids.ts'

const now = new Date('2026-11-21T12:00:00.000Z')

test('ids are UUIDs of version 7 that carry their time', () => {
  const id = newId(now)
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now.getTime())
})

test('ids of one millisecond are unique and sort as they were made, also when others come between', () => {
  const made: string[] = []
  for (let i = 0; i < 5_000; i++) {
    made.push(newId(now))
    newId(new Date(now.getTime() + (i % 3)))
  }
  expect(new Set(made).size).toBe(made.length)
  // The count wraps once in 67 million: at most one step back.
  const backward = made.filter((id, i) => i > 0 && id < (made[i - 1] as string))
  expect(backward.length).toBeLessThanOrEqual(1)
})

test('a later millisecond sorts later', () => {
  for (let i = 0; i < 1_000; i++) expect(newId(now) < newId(new Date(now.getTime() + 1))).toBe(true)
})

test('isId', () => {
  expect([newId(), newId().toUpperCase()].map(isId)).toEqual([true, true])
  expect(['', 'x', `${newId()} `, `${newId()}\n`, newId().slice(1)].map(isId)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})

test.each([
  ['a UUID stays, in lower case', '0F4F2E6C-8C3B-4C38-9C39-6A1D9C1B0A11', '0f4f2e6c-8c3b-4c38-9c39-6a1d9c1b0a11'],
  ['ours in a vendor’s spelling', 'lki_0f4f2e6c8c3b4c389c396a1d9c1b0a11', '0f4f2e6c-8c3b-4c38-9c39-6a1d9c1b0a11'],
  ['a vendor’s text', 'lki_qWer1234', idFrom('lki_qWer1234')],
  ['a number', '42', idFrom('42')],
])('idFrom: %s', (_, text, id) => {
  expect(idFrom(text)).toBe(id)
  expect(isId(id)).toBe(true)
})

test('idFrom: other texts become version 5, each its own', () => {
  expect(idFrom('42')[14]).toBe('5')
  expect(new Set(['42', '43', 'lki_a', 'lki_A', ''].map(idFrom)).size).toBe(5)
})
