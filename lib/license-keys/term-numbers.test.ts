import { expect, test } from 'vitest'
import { rangeOf, readNumber } from './term-numbers.ts'

const bounds = { least: 0, most: 100 }
const read = (text: string) => {
  const found = readNumber(text, bounds)
  return 'value' in found ? found.value : null
}

test('numbers are kept in one way each, and mean all that was asked for', () => {
  const table: [typed: string, kept: string | null, from?: number, to?: number][] = [
    ['60', '60', 60, 60],
    ['060', '60', 60, 60],
    ['>60', '>60', 61, 100],
    ['<60', '<60', 0, 59],
    ['>=60', '60..100', 60, 100],
    ['<=60', '0..60', 0, 60],
    ['>=100', '100', 100, 100],
    ['<=0', '0', 0, 0],
    ['40..60', '40..60', 40, 60],
    ['40..40', '40', 40, 40],
    ['>100', null],
    ['<0', null],
    ['101', null],
    ['60..40', null],
    ['', null],
    ['high', null],
    ['-5', null],
  ]
  for (const [typed, kept, from, to] of table) {
    expect([typed, read(typed)]).toEqual([typed, kept])
    if (kept === null) continue
    expect(read(kept), kept).toBe(kept)
    expect(rangeOf(kept, bounds), kept).toEqual({ from, to })
  }
})
