import { expect, test } from 'vitest'
import { amountsOf } from './amounts.ts'
import { noPayment, noRefund, withPayment, withRefund } from './registers.ts'

const at = { version: '1', occurredAt: '2026-09-01T10:00:00.000Z' }
const paid = (names: string[], amount?: number, currency?: string, isOfWholeOrder = false) => ({
  names,
  register: withPayment(noPayment, {
    ...{ kind: 'payment', ...at, ref: 'order:1', payment: names[0] ?? '' },
    ...(amount !== undefined && { amount }),
    ...(currency && { currency }),
  }),
  isOfWholeOrder,
})
const back = (
  payment: string,
  amount: number | 'all',
  { mode = 'one', state = 'succeeded' }: { mode?: 'one' | 'total'; state?: 'pending' | 'failed' | 'succeeded' } = {},
) => withRefund(noRefund, { ...{ kind: 'refund', ...at, payment, refund: 'r', amount, mode, state } })

test('payments of one currency are added up, and those of another stand alone', () => {
  const said = [paid(['a'], 900, 'eur'), paid(['b'], 900, 'EUR'), paid(['c'], 5_000, 'JPY')]
  expect(amountsOf(said, [back('b', 400)])).toEqual([
    { currency: 'EUR', paid: 1_800, refunded: 400, isOfWholeOrder: false },
    { currency: 'JPY', paid: 5_000, refunded: 0, isOfWholeOrder: false },
  ])
})

test('money that is told under several names is counted once', () => {
  const said = [
    paid(['session', 'intent'], 900, 'EUR'),
    paid(['invoice', 'charge'], 900, 'EUR'),
    paid(['x', 'intent', 'charge']),
  ]
  expect(amountsOf(said, [back('charge', 'all'), back('session', 900, { mode: 'total' })])).toEqual([
    { currency: 'EUR', paid: 900, refunded: 900, isOfWholeOrder: false },
  ])
})

test('each refund and their total are the same money; what waits or failed is not back', () => {
  const said = [paid(['a'], 900, 'EUR')]
  const refunded = (...refunds: ReturnType<typeof back>[]) => amountsOf(said, refunds)[0]?.refunded
  expect(refunded(back('a', 300), back('a', 300, { mode: 'total' }))).toBe(300)
  expect(refunded(back('a', 300), back('a', 200))).toBe(500)
  expect(refunded(back('a', 300, { state: 'pending' }), back('a', 200, { state: 'failed' }))).toBe(0)
  expect(refunded(back('elsewhere', 300))).toBe(0)
})

test('nothing is said where the store names no amount or no currency', () => {
  expect(amountsOf([paid(['a']), paid(['b'], 900)], [])).toEqual([])
})
