import { expect, test } from 'vitest'
import { moneyText } from './money-text.ts'

test.each([
  [4_900, 'EUR', '€49.00'],
  [4_900, 'jpy', '¥4,900'],
  [1_234_500, 'usd', '$12,345.00'],
  [5, 'no money', '5 no money'],
])('%d %s is %s', (amount, currency, text) => {
  expect(moneyText(amount, currency)).toBe(text)
})
