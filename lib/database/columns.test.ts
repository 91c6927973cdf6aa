import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { date } from './columns.ts'

describe('date', () => {
  test.each([
    ['2026-02-28 23:59:59+00', '2026-02-28T23:59:59.000Z'],
    ['2024-02-29 00:00:00.5+00', '2024-02-29T00:00:00.500Z'],
    ['2026-01-01 00:00:00.05+00', '2026-01-01T00:00:00.050Z'],
    ['2026-12-31 12:34:56.789+00', '2026-12-31T12:34:56.789Z'],
    ['2026-01-01 00:00:00.123456+00', '2026-01-01T00:00:00.123Z'],
    ['0099-01-01 00:00:00+00', '0099-01-01T00:00:00.000Z'],
    ['12345-06-07 00:00:00+00', '+012345-06-07T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(date(text)?.toISOString()).toBe(iso)
  })

  test('null is null', () => {
    expect(date(null)).toBeNull()
  })

  test('reads back every moment as PostgreSQL writes it', () => {
    const moments = fc.date({ min: new Date('1000-01-01Z'), max: new Date('9999-12-31Z'), noInvalidDate: true })
    fc.assert(
      fc.property(moments, (moment) => {
        const text = moment
          .toISOString()
          .replace('T', ' ')
          .replace(/\.?0*Z$/, '+00')
        expect(date(text)).toEqual(moment)
      }),
    )
  })
})
