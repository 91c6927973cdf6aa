import { describe, expect, test } from 'vitest'
import type { Fact } from '../store-facts/schema.ts'
import { troubleOf, whyNothing } from './rules.ts'

const now = new Date('2026-11-29T12:00:00Z')
const days = (count: number) => new Date(now.getTime() - count * 86_400_000)

describe('what is odd about a connection', () => {
  const fine = { mode: 'live', offAt: null, lastRefusedAt: null, lastDeliveryAt: days(1), longestGapDays: null }
  test.each([
    ['heard of yesterday', {}, null],
    ['refused after that', { lastRefusedAt: now }, 'refused'],
    ['refused before that', { lastRefusedAt: days(2) }, null],
    ['refused, and never heard', { lastRefusedAt: days(6), lastDeliveryAt: null }, 'refused'],
    ['refused long ago', { lastRefusedAt: days(8), lastDeliveryAt: null }, null],
    ['silent for a month', { lastDeliveryAt: days(31) }, 'silent'],
    ['silent for eight days, though it is not known for how long it usually is', { lastDeliveryAt: days(8) }, null],
    ['silent for eight days, though it sells daily', { lastDeliveryAt: days(8), longestGapDays: 1 }, 'silent'],
    ['silent for six days, though it sells daily', { lastDeliveryAt: days(6), longestGapDays: 1 }, null],
    ['silent for eight days, as it often is', { lastDeliveryAt: days(8), longestGapDays: 5 }, null],
    ['silent for eleven days, and never for six before', { lastDeliveryAt: days(11), longestGapDays: 5 }, 'silent'],
    ['silent for a month, as it often is', { lastDeliveryAt: days(31), longestGapDays: 40 }, 'silent'],
    ['never heard', { lastDeliveryAt: null }, null],
    ['a silent test connection', { mode: 'test', lastDeliveryAt: days(31) }, null],
    ['switched off', { offAt: days(3), lastRefusedAt: now }, null],
  ] as const)('%s', (_, more, trouble) => {
    expect(troubleOf({ ...fine, ...more }, now)).toBe(trouble)
  })
})

describe('why nothing followed', () => {
  const base = { version: '1', occurredAt: '2026-11-29T12:00:00.000Z' }
  const fact = (more: object) => ({ ...base, ...more }) as unknown as Fact
  test.each([
    [
      'a refund of an unknown payment',
      fact({ kind: 'refund', payment: 'pay_9', refund: 're_1' }),
      0,
      'has the payment pay_9 yet',
    ],
    ['a dispute of one', fact({ kind: 'dispute', payment: 'pay_9' }), 0, 'has the payment pay_9 yet'],
    [
      'a payment for an unknown order',
      fact({ kind: 'payment', ref: 'order:W-1', payment: 'pay_1' }),
      0,
      'no purchase here is W-1 yet',
    ],
    ['a payment for nobody knows what', fact({ kind: 'payment', ref: null, payment: 'pay_1' }), 0, 'what was paid for'],
    ['an address', fact({ kind: 'customer', customer: '1' }), 0, 'bought by them'],
    ['what is known', fact({ kind: 'line' }), 1, 'this was known'],
  ])('%s', (_, said, purchases, words) => {
    expect(whyNothing([said], purchases)).toContain(words)
  })
})
