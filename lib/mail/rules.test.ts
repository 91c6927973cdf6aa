import { describe, expect, test } from 'vitest'
import type { EffectiveLimits } from '../license-keys/rules.ts'
import { factsInWords, type KeyLimits } from '../mailer/rules.ts'
import { afterFailure, isStale } from './rules.ts'

const now = new Date('2026-11-21T12:00:00Z')
const seconds = (date: Date) => (date.getTime() - now.getTime()) / 1000

describe('after a failed attempt', () => {
  const busy = { code: 'ECONNECTION', message: 'connection refused' }

  test.each([
    [1, 10],
    [2, 60],
    [3, 300],
    [4, 1_800],
    [5, 7_200],
  ])('%i: the next one comes after %i s', (attempts, wait) => {
    const next = afterFailure(attempts, busy, now)
    if (next.status !== 'waiting') throw new Error('given up too early')
    expect(seconds(next.dueAt)).toBe(wait)
  })

  test('the sixth was the last', () => expect(afterFailure(6, busy, now)).toEqual({ status: 'failed' }))

  test('a mailbox that does not exist is given up at once, a full one or a refused login is not', () => {
    expect(afterFailure(1, { code: 'EENVELOPE', responseCode: 550, message: 'no such user' }, now).status).toBe(
      'failed',
    )
    expect(afterFailure(1, { code: 'EENVELOPE', responseCode: 452, message: 'mailbox full' }, now).status).toBe(
      'waiting',
    )
    expect(afterFailure(1, { code: 'EAUTH', responseCode: 535, message: 'bad login' }, now).status).toBe('waiting')
  })
})

test('a sign-in mail is of no use after twenty minutes, a key always is', () => {
  const createdAt = new Date(now.getTime() - 20 * 60_000)
  expect(isStale({ template: 'sign-in', createdAt }, now)).toBe(true)
  expect(isStale({ template: 'sign-in', createdAt: new Date(createdAt.getTime() + 1) }, now)).toBe(false)
  expect(isStale({ template: 'license-key', createdAt: new Date(0) }, now)).toBe(false)
})

describe('what a key allows, in words', () => {
  const limits: EffectiveLimits = {
    activations: { mode: 'limited', limit: 3, overridden: false },
    usage: { limit: null, reset: 'never', overridden: false },
    grace: { days: 0, overridden: false },
    activationRequired: false,
  }
  const key: KeyLimits = {
    limits,
    expiresAt: null,
    expiryOverridden: false,
    firstActivatedAt: null,
    expiryKind: 'never',
    expiryStart: 'issue',
    timeZone: 'UTC',
    durationCount: null,
    durationUnit: null,
  }

  test('devices', () => {
    expect(factsInWords(key)).toEqual(['Never expires.', 'Works on 3 devices at a time.'])
    const one = { ...limits, activations: { ...limits.activations, limit: 1 } }
    expect(factsInWords({ ...key, limits: one })[1]).toBe('Works on 1 device at a time.')
    const any = { ...limits, activations: { mode: 'unlimited' as const, limit: null, overridden: false } }
    expect(factsInWords({ ...key, limits: any })[1]).toBe('Works on any number of devices.')
    const none = { ...limits, activations: { mode: 'off' as const, limit: null, overridden: false } }
    expect(factsInWords({ ...key, limits: none })).toHaveLength(1)
  })

  test('expiry', () => {
    expect(factsInWords({ ...key, expiresAt: new Date('2027-08-30T23:59:59.999Z') })[0]).toBe(
      'Valid until 30 August 2027.',
    )
    expect(factsInWords({ ...key, expiresAt: new Date('2027-08-30T09:00:00Z') })[0]).toBe(
      'Valid until 30 August 2027, 09:00 UTC.',
    )
    const later = { ...key, expiryKind: 'duration', expiryStart: 'first_activation', durationCount: 1 } as const
    expect(factsInWords({ ...later, durationUnit: 'year' })[0]).toBe('Valid for 1 year from the first activation.')
    expect(factsInWords({ ...later, durationUnit: 'year', expiryOverridden: true })[0]).toBe('Never expires.')
  })

  test('usage', () => {
    const usage = { limit: 1_000, reset: 'month' as const, overridden: false }
    expect(factsInWords({ ...key, limits: { ...limits, usage } })[2]).toBe('Includes 1,000 uses each month.')
    expect(factsInWords({ ...key, limits: { ...limits, usage: { ...usage, reset: 'never' } } })[2]).toBe(
      'Includes 1,000 uses.',
    )
  })
})
