import { expect, test } from 'vitest'
import { validateCodes } from '../error-codes/schema.ts'
import { isStarting, refusalReasons, validationDays } from './rules.ts'

const now = new Date('2026-11-21T00:30:00.000Z')

test('every day is there, the last one today in UTC, each verdict in its part', () => {
  const rows = [
    { day: '2026-11-21', code: 'VALID', count: 5 },
    { day: '2026-11-21', code: 'EXPIRED', count: 1 },
    { day: '2026-11-19', code: 'REVOKED', count: 2 },
    { day: '2026-11-19', code: 'DISABLED', count: 3 },
    { day: '2026-11-19', code: 'A_CODE_OF_TOMORROW', count: 4 },
    { day: '2026-11-18', code: 'VALID', count: 99 },
  ]
  expect(validationDays(rows, 3, now)).toEqual([
    { day: '2026-11-19', counts: { valid: 0, expired: 0, off: 5, other: 4 } },
    { day: '2026-11-20', counts: { valid: 0, expired: 0, off: 0, other: 0 } },
    { day: '2026-11-21', counts: { valid: 5, expired: 1, off: 0, other: 0 } },
  ])
})

test('refusals are named and ordered by how often they happen', () => {
  const rows = [
    { day: '1', code: 'VALID', count: 50 },
    { day: '1', code: 'EXPIRED', count: 2 },
    { day: '2', code: 'EXPIRED', count: 2 },
    { day: '2', code: 'USAGE_LIMIT_REACHED', count: 3 },
    { day: '2', code: 'A_CODE_OF_TOMORROW', count: 9 },
  ]
  expect(refusalReasons(rows)).toEqual([
    { code: 'A_CODE_OF_TOMORROW', label: 'A_CODE_OF_TOMORROW', outcome: 'other', count: 9 },
    { code: 'EXPIRED', label: 'The key has expired', outcome: 'expired', count: 4 },
    { code: 'USAGE_LIMIT_REACHED', label: 'The usage limit is reached', outcome: 'other', count: 3 },
  ])
  const known = refusalReasons(validateCodes.map((code) => ({ day: '2026-11-20', code, count: 1 })))
  expect(known.every(({ code, label }) => label !== code)).toBe(true)
  expect(known).toHaveLength(validateCodes.length - 1)
})

test('the first steps stay until a key was validated; a store is for those who sell at one', () => {
  const all = { product: true, configuration: true, key: true, validation: true, store: true }
  expect(isStarting(all)).toBe(false)
  expect(isStarting({ ...all, product: false, store: false })).toBe(false)
  expect(isStarting({ ...all, key: false })).toBe(true)
  expect(isStarting({ ...all, validation: false })).toBe(true)
})
