import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { noRegisters, withFact } from '../../e2e/store-registers.ts'
import { disputeStates, type Fact, lineStates, refundStates } from '../store-facts/schema.ts'
import { lineName, type Registers, saidOfLine } from './registers.ts'
import { lifecycleDefaults, standingOf } from './standing.ts'

const day = (count: number) => new Date(Date.UTC(2026, 8, 1 + count)).toISOString()
const all = (facts: Fact[]): Registers => facts.reduce(withFact, noRegisters())

// Versions repeat on purpose: stores say several things in one second.
const version = fc.integer({ min: 1, max: 6 }).map((number) => `v${number}`)
const occurredAt = fc.integer({ min: 0, max: 90 }).map(day)
const moment = fc.option(fc.integer({ min: 0, max: 120 }).map(day), { nil: null })
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const payment = fc.constantFrom('p1', 'p2', 'p3')

const fact = fc.oneof(
  fc.record({
    ...{
      kind: fc.constant('line' as const),
      version,
      occurredAt,
      ref: fc.constant('subscription:s'),
      line: fc.constantFrom('', 'b'),
    },
    type: fc.constant('subscription' as const),
    state: maybe(fc.constantFrom(...lineStates)),
    quantity: maybe(fc.integer({ min: 1, max: 4 })),
    productIds: maybe(fc.constantFrom(['a'], ['b', 'c'])),
    allLines: maybe(fc.constantFrom([''], ['b'], ['', 'b'])),
    endsAt: maybe(moment),
    graceUntil: maybe(moment),
    trialEndsAt: maybe(moment),
    paidThrough: maybe(moment),
  }),
  fc.record({
    ...{ kind: fc.constant('payment' as const), version, occurredAt, ref: fc.constant('subscription:s'), payment },
    line: maybe(fc.constantFrom(null, '', 'b')),
    aliases: maybe(fc.subarray(['x1', 'x2', 'x3'])),
    amount: maybe(fc.constantFrom(0, 100)),
    paidThrough: maybe(moment),
  }),
  fc.record({
    ...{
      kind: fc.constant('refund' as const),
      version,
      occurredAt,
      payment: fc.constantFrom('p1', 'x1', 'x2'),
      refund: fc.constantFrom('r1', 'r2'),
    },
    state: maybe(fc.constantFrom(...refundStates)),
    amount: maybe(fc.constantFrom(20, 100, 'all' as const)),
    mode: fc.constantFrom('one' as const, 'total' as const),
    revoke: maybe(fc.constantFrom(true, false, null)),
  }),
  fc.record({
    ...{
      kind: fc.constant('dispute' as const),
      version,
      occurredAt,
      payment: fc.constantFrom('p1', 'x2'),
      dispute: fc.constantFrom('d1', 'd2'),
    },
    state: fc.constantFrom(...disputeStates),
  }),
  fc.record({
    ...{ kind: fc.constant('customer' as const), version, occurredAt, customer: fc.constantFrom('c1', 'c2') },
    ...{ email: fc.constantFrom('a@x.example', 'b@x.example'), name: fc.constantFrom(null, 'Lena') },
  }),
) as fc.Arbitrary<Fact>

/** Facts, and the same ones shuffled, some of them twice or three times. */
const deliveries = fc.array(fact, { minLength: 1, maxLength: 14 }).chain((facts) =>
  fc.record({
    facts: fc.constant(facts),
    again: fc
      .tuple(fc.shuffledSubarray(facts, { minLength: facts.length }), fc.subarray(facts), fc.subarray(facts))
      .chain((parts) => fc.shuffledSubarray(parts.flat(), { minLength: parts.flat().length })),
  }),
)

describe('whatever the order, and however often', () => {
  test('the same registers come of it', () => {
    fc.assert(
      fc.property(deliveries, ({ facts, again }) => {
        expect(all(again)).toEqual(all(facts))
      }),
      { numRuns: 2_000 },
    )
  })

  test('and so the same standing, at any moment', () => {
    fc.assert(
      fc.property(deliveries, fc.integer({ min: 0, max: 150 }), ({ facts, again }, at) => {
        for (const line of ['', 'b']) {
          const [one, other] = [facts, again].map((each) => {
            const said = saidOfLine(all(each), 'subscription:s', line)
            return said && standingOf(said, lifecycleDefaults, new Date(day(at)))
          })
          expect(other).toEqual(one)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('what was lost is mended by what is so now', () => {
    fc.assert(
      fc.property(fc.array(fact, { minLength: 1, maxLength: 14 }), fc.nat(), (facts, at) => {
        const lost = facts.filter((_fact, index) => index !== at % facts.length)
        const whole = all(facts)
        // A store's answer about one line says every field as it is, at a version of its own.
        const now = Object.values(whole.lines).flatMap(({ ref, line, register: { fields } }): Fact[] => {
          const value = Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, each?.value]))
          const { stateAt = day(0), ...rest } = value as { stateAt?: string }
          return [{ kind: 'line', ref, line, type: 'subscription', version: 'v9', occurredAt: stateAt, ...rest }]
        })
        const mended = [...lost, ...now].reduce(withFact, noRegisters())
        for (const [name, { register }] of Object.entries(whole.lines)) {
          const values = (fields: object) => Object.entries(fields).map(([field, each]) => [field, each.value])
          expect(Object.fromEntries(values(mended.lines[name]?.register.fields ?? {}))).toEqual(
            Object.fromEntries(values(register.fields)),
          )
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('of two facts', () => {
  const line = (version: string, more: object): Fact => ({
    ...{ kind: 'line', ref: 'order:1', line: '', type: 'one_time', version, occurredAt: day(0) },
    ...more,
  })
  const value = (facts: Fact[], field: 'state' | 'quantity') =>
    all(facts).lines[lineName('order:1', '')]?.register.fields[field]?.value

  test.each<[string, Fact[], string]>([
    ['the newer counts', [line('2', { state: 'ended' }), line('1', { state: 'live' })], 'ended'],
    ['of one version the one of higher rank', [line('1', { state: 'grace' }), line('1', { state: 'live' })], 'grace'],
    ['what is left out changes nothing', [line('1', { state: 'live' }), line('2', { quantity: 3 })], 'live'],
  ])('%s', (_what, facts, expected) => {
    expect(value(facts, 'state')).toBe(expected)
    expect(value(facts.toReversed(), 'state')).toBe(expected)
  })

  test('each field goes by its own version', () => {
    const facts = [line('3', { quantity: 5 }), line('2', { quantity: 2, state: 'live' })]
    expect([value(facts, 'quantity'), value(facts, 'state')]).toEqual([5, 'live'])
  })

  test('a refund finds its payment by any of its names, also by one that is told later', () => {
    const refund: Fact = {
      ...{ kind: 'refund', version: '1', occurredAt: day(1), payment: 'pi_1', refund: 're_1' },
      mode: 'one',
      state: 'succeeded',
      amount: 100,
    }
    const paid: Fact = {
      kind: 'payment',
      version: '1',
      occurredAt: day(0),
      ref: 'order:1',
      payment: 'in_1',
      amount: 100,
    }
    const known: Fact = {
      kind: 'payment',
      version: '1',
      occurredAt: day(5),
      ref: 'order:1',
      payment: 'in_1',
      aliases: ['pi_1'],
    }
    const before = saidOfLine(all([line('1', {}), refund, paid]), 'order:1', '')
    const after = saidOfLine(all([line('1', {}), refund, paid, known]), 'order:1', '')
    expect([before?.refunds.length, after?.refunds.length]).toEqual([0, 1])
    expect(after?.payments.in_1?.fields.at?.value).toBe(day(0))
  })
})
