import { describe, expect, test } from 'vitest'
import { noRegisters, withFact } from '../../e2e/store-registers.ts'
import type { Fact, LineState } from '../store-facts/schema.ts'
import { saidOfLine } from './registers.ts'
import { type LifecycleSettings, lifecycleDefaults, type Standing, standingOf, unitsThatHold } from './standing.ts'

// Days are counted from the day of the purchase.
const day = (count: number) => new Date(Date.UTC(2026, 8, 1 + count))
const iso = (count: number) => day(count).toISOString()

/** Facts of one purchase; each is newer than the one before it. */
function story(type: 'one_time' | 'subscription') {
  const facts: Fact[] = []
  const ref = type === 'one_time' ? 'order:1' : 'subscription:1'
  const add = (at: number, fact: object) => {
    const version = String(facts.length + 10)
    facts.push({ version, occurredAt: iso(at), ...fact } as Fact)
    return told
  }
  const told = {
    line: (at: number, more: object) => add(at, { kind: 'line', ref, line: '', type, ...more }),
    state: (at: number, state: LineState) => told.line(at, { state }),
    paid: (at: number, payment: string, more: object = {}) =>
      add(at, { kind: 'payment', ref, payment, amount: 100, currency: 'EUR', ...more }),
    refund: (at: number, payment: string, more: object) =>
      add(at, { kind: 'refund', payment, refund: `r-${payment}`, mode: 'one', state: 'succeeded', ...more }),
    dispute: (at: number, state: 'open' | 'won' | 'lost') =>
      add(at, { kind: 'dispute', payment: 'p1', dispute: 'd1', state }),
    at: (now: number, settings: Partial<LifecycleSettings> = {}): Standing => {
      const said = saidOfLine(facts.reduce(withFact, noRegisters()), ref, '')
      if (!said) throw new Error('There is no line.')
      return standingOf(said, { ...lifecycleDefaults, ...settings }, day(now))
    },
  }
  return told
}

const order = () => story('one_time').line(0, { state: 'live', quantity: 3 }).paid(0, 'p1')
const subscription = () =>
  story('subscription')
    .line(0, { state: 'live', quantity: 1 })
    .paid(0, 'p1', { paidThrough: iso(30) })

const granted = { reasons: [] }
const revoked = (...reasons: string[]) => ({ reasons })

describe('a one-time purchase', () => {
  test.each<[string, Standing, object]>([
    ['that was not paid yet', story('one_time').state(0, 'pending').at(1), { state: 'pending', ...revoked('pending') }],
    ['that was paid', order().at(1), { state: 'active', ...granted, units: 3, expiresAt: null, changesAt: null }],
    ['of nothing to pay', story('one_time').state(0, 'live').paid(0, 'p1', { amount: 0 }).at(1), granted],
    ['that the store calls pending again after the money came', order().state(1, 'pending').at(2), granted],
    [
      'whose payment failed for good',
      story('one_time').state(0, 'pending').state(3, 'ended').at(4),
      { state: 'ended', ...revoked('ended') },
    ],
    [
      'that was refunded whole',
      order().refund(5, 'p1', { amount: 100 }).at(6),
      { state: 'refunded', ...revoked('refunded') },
    ],
    [
      'that was refunded whole, whatever that is',
      order().refund(5, 'p1', { amount: 'all' }).at(6),
      revoked('refunded'),
    ],
    [
      'of nothing to pay that was refunded',
      story('one_time').state(0, 'live').paid(0, 'p1', { amount: 0 }).refund(5, 'p1', { amount: 0 }).at(6),
      revoked('refunded'),
    ],
    ['a part of whose amount was refunded', order().refund(5, 'p1', { amount: 40 }).at(6), { ...granted, units: 3 }],
    [
      'refunded in two parts',
      order().refund(5, 'p1', { amount: 40 }).refund(6, 'p1', { refund: 'r2', amount: 60 }).at(7),
      revoked('refunded'),
    ],
    [
      'one part of which is told alone and in a total',
      order().refund(5, 'p1', { amount: 60 }).refund(5, 'p1', { refund: 't', mode: 'total', amount: 60 }).at(7),
      granted,
    ],
    [
      'one unit of which was refunded',
      order()
        .refund(5, 'p1', { amount: 33, lines: [{ line: '', quantity: 1 }] })
        .at(6),
      { ...granted, units: 2 },
    ],
    [
      'all units of which were refunded',
      order()
        .refund(5, 'p1', { amount: 90, lines: [{ line: '', quantity: 3 }] })
        .at(6),
      revoked('refunded'),
    ],
    [
      'a unit of another line of which was refunded',
      order()
        .refund(5, 'p1', { amount: 33, lines: [{ line: 'x', quantity: 1 }] })
        .at(6),
      { ...granted, units: 3 },
    ],
    [
      'refunded in part, keys wanted back',
      order().refund(5, 'p1', { amount: 10, revoke: true }).at(6),
      revoked('refunded'),
    ],
    ['refunded whole, keys left', order().refund(5, 'p1', { amount: 100, revoke: false }).at(6), granted],
    [
      'refunded whole, keys left, but the merchant goes by the money',
      order().refund(5, 'p1', { amount: 100, revoke: false }).at(6, { obeysRefundWish: false }),
      revoked('refunded'),
    ],
    [
      '90 of 100 refunded where 80 are as good as all',
      order().refund(5, 'p1', { amount: 90 }).at(6, { fullRefundPercent: 80 }),
      revoked('refunded'),
    ],
    ['whose refund is under way', order().refund(5, 'p1', { amount: 100, state: 'pending' }).at(6), granted],
    [
      'whose refund failed afterwards',
      order().refund(5, 'p1', { amount: 100 }).refund(6, 'p1', { state: 'failed' }).at(7),
      granted,
    ],
    ['that is disputed', order().dispute(5, 'open').at(6), { state: 'disputed', ...revoked('dispute') }],
    [
      'that is disputed, where keys are kept meanwhile',
      order().dispute(5, 'open').at(6, { keepsDuringDispute: true }),
      granted,
    ],
    ['whose dispute was won', order().dispute(5, 'open').dispute(9, 'won').at(10), granted],
    [
      'whose dispute was lost',
      order().dispute(5, 'open').dispute(9, 'lost').at(10, { keepsDuringDispute: true }),
      revoked('dispute'),
    ],
    [
      'refunded, disputed, and the dispute won',
      order().refund(5, 'p1', { amount: 100 }).dispute(6, 'open').dispute(9, 'won').at(10),
      revoked('refunded'),
    ],
    [
      'refunded and disputed',
      order().refund(5, 'p1', { amount: 100 }).dispute(6, 'open').at(10),
      { state: 'refunded', ...revoked('refunded', 'dispute') },
    ],
  ])('%s', (_what, standing, expected) => {
    expect(standing).toMatchObject(expected)
  })
})

describe('a subscription', () => {
  test.each<[string, Standing, object]>([
    [
      'that begins, unpaid',
      story('subscription').state(0, 'pending').at(0),
      { state: 'pending', ...revoked('pending') },
    ],
    [
      'that is paid',
      subscription().at(1),
      { state: 'active', ...granted, expiresAt: null, paidThrough: day(30), changesAt: day(44) },
    ],
    ['whose renewal we heard nothing of yet', subscription().at(31), granted],
    [
      'whose renewal never came, and the store is silent',
      subscription().at(45),
      { state: 'lapsed', ...revoked('lapsed') },
    ],
    [
      'that was renewed',
      subscription()
        .paid(30, 'p2', { paidThrough: iso(60) })
        .at(45),
      { ...granted, paidThrough: day(60) },
    ],
    [
      'renewed, and the earlier period told late',
      subscription()
        .paid(30, 'p2', { paidThrough: iso(60) })
        .paid(30, 'p0', { paidThrough: iso(1) })
        .at(45),
      { paidThrough: day(60) },
    ],
    [
      'whose payment failed',
      subscription().state(30, 'grace').at(31),
      { state: 'past_due', ...granted, graceUntil: day(44), expiresAt: day(44) },
    ],
    [
      'whose payment failed again and again',
      subscription().state(30, 'grace').state(33, 'grace').state(37, 'grace').at(38),
      { graceUntil: day(44) },
    ],
    [
      'whose payment failed, and that is paid for longer than anybody waits',
      subscription()
        .line(5, { state: 'grace', paidThrough: iso(300) })
        .at(6),
      { state: 'past_due', ...granted, graceUntil: day(300), expiresAt: day(300) },
    ],
    [
      'whose payment failed early in a period that a payment paid for',
      subscription()
        .paid(1, 'p2', { paidThrough: iso(90) })
        .state(5, 'grace')
        .at(6),
      { graceUntil: day(90) },
    ],
    [
      'whose payment failed after the store spoke of the period that it was for',
      story('subscription')
        .line(0, { state: 'live', paidThrough: iso(365) })
        .state(5, 'grace')
        .at(6),
      { graceUntil: day(19) },
    ],
    [
      'that the store is patient with',
      subscription()
        .line(30, { state: 'grace', graceUntil: iso(51) })
        .at(45),
      { ...granted, expiresAt: day(51) },
    ],
    ['whose patience is over', subscription().state(30, 'grace').at(44), { state: 'lapsed', ...revoked('lapsed') }],
    [
      'that recovered',
      subscription()
        .state(30, 'grace')
        .state(35, 'live')
        .paid(35, 'p2', { paidThrough: iso(60) })
        .at(50),
      { state: 'active', ...granted, graceUntil: null },
    ],
    [
      'that recovered and fails a year later',
      subscription()
        .state(30, 'grace')
        .state(35, 'live')
        .paid(35, 'p2', { paidThrough: iso(60) })
        .state(60, 'grace')
        .at(61),
      { graceUntil: day(74) },
    ],
    ['that is paused', subscription().state(10, 'paused').at(11), { state: 'paused', ...revoked('paused') }],
    ['that goes on after a pause', subscription().state(10, 'paused').state(20, 'live').at(21), granted],
    [
      'that will end',
      subscription()
        .line(10, { endsAt: iso(30) })
        .at(11),
      { state: 'ending', ...granted, expiresAt: day(30), changesAt: day(30) },
    ],
    [
      'that was to end and goes on',
      subscription()
        .line(10, { endsAt: iso(30) })
        .line(12, { endsAt: null })
        .at(13),
      { state: 'active', ...granted, expiresAt: null },
    ],
    [
      'whose end has come',
      subscription()
        .line(10, { endsAt: iso(30) })
        .at(30),
      { state: 'ended', ...revoked('ended') },
    ],
    ['that ended at once', subscription().state(10, 'ended').at(10), { state: 'ended', ...revoked('ended') }],
    [
      'that ended, with a payment that comes late',
      subscription()
        .state(10, 'ended')
        .paid(11, 'p2', { paidThrough: iso(60) })
        .at(12),
      revoked('ended'),
    ],
    [
      'that ended and began anew',
      subscription()
        .state(10, 'ended')
        .state(50, 'live')
        .paid(50, 'p2', { paidThrough: iso(80) })
        .at(51),
      granted,
    ],
    [
      'in a trial',
      story('subscription')
        .line(0, { state: 'live', trialEndsAt: iso(14) })
        .at(1),
      { state: 'trial', ...granted, changesAt: day(14) },
    ],
    [
      'in a trial, where trials have no keys',
      story('subscription')
        .line(0, { state: 'live', trialEndsAt: iso(14) })
        .paid(0, 'p1', { amount: 0 })
        .at(1, { keysDuringTrials: false }),
      revoked('pending'),
    ],
    [
      'whose trial came to nothing',
      story('subscription')
        .line(0, { state: 'live', trialEndsAt: iso(14) })
        .at(28),
      revoked('lapsed'),
    ],
    [
      'the only payment of which was refunded',
      subscription().refund(5, 'p1', { amount: 100 }).at(6),
      { state: 'refunded', ...revoked('refunded') },
    ],
    [
      'the last renewal of which was refunded',
      subscription()
        .paid(30, 'p2', { paidThrough: iso(60) })
        .refund(31, 'p2', { amount: 100 })
        .at(32),
      { ...granted, paidThrough: day(30) },
    ],
    [
      'the last renewal of which was refunded, later',
      subscription()
        .paid(30, 'p2', { paidThrough: iso(60) })
        .refund(31, 'p2', { amount: 100 })
        .at(44),
      revoked('lapsed'),
    ],
    [
      'whose line alone says until when it is paid',
      story('subscription')
        .line(0, { state: 'live', paidThrough: iso(30) })
        .paid(0, 'p1')
        .at(1),
      { paidThrough: day(30) },
    ],
    [
      'the same, and the newest payment went back',
      story('subscription')
        .line(0, { state: 'live', paidThrough: iso(60) })
        .paid(0, 'p1')
        .paid(30, 'p2')
        .refund(31, 'p2', { amount: 'all' })
        .at(32),
      { ...granted, paidThrough: day(30) },
    ],
    ['that is disputed', subscription().dispute(5, 'open').at(6), revoked('dispute')],
    [
      'paused and disputed, and the dispute won',
      subscription().state(4, 'paused').dispute(5, 'open').dispute(6, 'won').at(7),
      revoked('paused'),
    ],
  ])('%s', (_what, standing, expected) => {
    expect(standing).toMatchObject(expected)
  })
})

describe('which units hold', () => {
  const issued = (...used: number[]) => [1, 2, 3].map((unit) => ({ unit, wasActivated: used.includes(unit) }))
  test.each<[string, number[], number[]]>([
    ['the first when none was used', [...unitsThatHold(issued(), 2)], [1, 2]],
    ['those that were used', [...unitsThatHold(issued(3), 2)], [3, 1]],
    ['all when there are enough', [...unitsThatHold(issued(), 3)], [1, 2, 3]],
    ['new ones when there are more', [...unitsThatHold(issued(2), 5)], [2, 1, 3, 4, 5]],
    ['none when nothing is paid for', [...unitsThatHold(issued(1), 0)], []],
  ])('%s', (_what, held, expected) => {
    expect(held).toEqual(expected)
  })
})
