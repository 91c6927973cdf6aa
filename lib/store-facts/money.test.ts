import { expect, test } from 'vitest'
import { minorUnits, moneyText } from './money.ts'

test('an amount is shown with as many digits as its currency has', () => {
  expect(moneyText(4_900, 'eur')).toBe('€49.00')
  expect(moneyText(123_456, 'USD')).toBe('$1,234.56')
  expect(moneyText(4_900, 'JPY')).toBe('¥4,900')
  expect(moneyText(4_900, 'KWD')).toBe('KWD\u00a04.900')
  expect(moneyText(0, 'EUR')).toBe('€0.00')
})

test('in the language of whoever reads, and whatever a store calls a currency', () => {
  expect(moneyText(123_456, 'EUR', 'de')).toBe('1.234,56\u00a0€')
  expect(moneyText(4_900, 'points')).toBe('49.00 points')
})

test('what was read of whole units is shown as the same', () => {
  for (const [amount, currency] of [
    ['49.00', 'EUR'],
    ['4900', 'JPY'],
    ['4.9', 'KWD'],
  ] as const)
    expect(minorUnits(amount, currency), currency).toBe(4_900)
})
