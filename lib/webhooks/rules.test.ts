import { describe, expect, test } from 'vitest'
import {
  ATTEMPTS_MAX,
  afterAttempt,
  isAway,
  isGivenUp,
  isSuccess,
  type Outcome,
  pausedUntil,
  retryAfterMs,
  whyNotHeaders,
} from './rules.ts'

const now = new Date('2026-11-29T12:00:00Z')
const failed = (status: number | null, retryAfter: string | null = null): Outcome => ({ status, retryAfter })
const waitOf = (attempts: number, outcome: Outcome, random = 0) => {
  const next = afterAttempt(attempts, outcome, now, random)
  return next.state === 'waiting' ? (next.dueAt.getTime() - now.getTime()) / 1_000 : next.state
}

test('ten attempts, the waits between them as promised', () => {
  const waits = Array.from({ length: ATTEMPTS_MAX }, (_, i) => waitOf(i + 1, failed(500)))
  const h = 3_600
  expect(waits).toEqual([5, 300, 1_800, 2 * h, 5 * h, 10 * h, 14 * h, 20 * h, 24 * h, 'failed'])
})

test('what failed together does not come back together', () => {
  expect([waitOf(2, failed(500), 0), waitOf(2, failed(500), 0.5), waitOf(2, failed(500), 1)]).toEqual([300, 330, 360])
})

test.each([
  [200, 'sent'],
  [204, 'sent'],
  [299, 'sent'],
  [410, 'gone'],
  [100, 5],
  [301, 5],
  [302, 5],
  [400, 5],
  [404, 5],
  [429, 5],
  [500, 5],
  [null, 5],
])('an answer of %s', (status, comes) => {
  expect(waitOf(1, failed(status))).toBe(comes)
  expect(isSuccess(failed(status))).toBe(comes === 'sent')
})

describe('Retry-After', () => {
  test('a longer wait than ours is kept, a shorter one is not', () => {
    expect(waitOf(1, failed(503, '120'))).toBe(120)
    expect(waitOf(3, failed(503, '120'))).toBe(1_800)
    expect(waitOf(1, failed(429, 'Sun, 29 Nov 2026 13:00:00 GMT'))).toBe(3_600)
    expect(waitOf(ATTEMPTS_MAX, failed(503, '120'))).toBe('failed')
  })
  test('nonsense and centuries are not', () => {
    for (const text of ['', 'soon', '-5', 'Sun, 29 Nov 2020 13:00:00 GMT', '1e9'])
      expect(retryAfterMs(text, now), text).toBe(0)
    expect(waitOf(1, failed(503, '999999999'))).toBe(24 * 3_600)
  })
  test('who is busy wants to hear nothing else meanwhile', () => {
    expect(pausedUntil(failed(429, '60'), now)).toEqual(new Date('2026-11-29T12:01:00Z'))
    expect(pausedUntil(failed(503, '60'), now)).not.toBeNull()
    expect(pausedUntil(failed(500, '60'), now)).toBeNull()
    expect(pausedUntil(failed(429), now)).toBeNull()
  })
})

test('an endpoint is given up after five days without one success', () => {
  const ago = (ms: number) => new Date(now.getTime() - ms)
  expect(isGivenUp(null, now)).toBe(false)
  expect(isGivenUp(ago(5 * 86_400_000 - 1), now)).toBe(false)
  expect(isGivenUp(ago(5 * 86_400_000), now)).toBe(true)
})

test('an answer that is about the message is no sign that the endpoint is away', () => {
  expect([null, 429, 502, 503, 504].map(isAway)).not.toContain(false)
  expect([400, 401, 404, 422, 500, 302].map(isAway)).not.toContain(true)
})

test('headers that are sent along', () => {
  expect(whyNotHeaders({ authorization: 'Bearer abc', 'x-my-key': 'a b' })).toBeNull()
  for (const name of [
    'host',
    'content-length',
    'content-type',
    'transfer-encoding',
    'connection',
    'webhook-id',
    'expect',
    'a b',
    '',
    'ä',
    'x:',
  ])
    expect(whyNotHeaders({ [name]: 'x' }), name).not.toBeNull()
  for (const value of ['', 'a\nb', 'a\r\nx: y', ' a', 'ä', 'x'.repeat(1_001)])
    expect(whyNotHeaders({ 'x-a': value }), value).not.toBeNull()
  expect(whyNotHeaders(Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`x-${i}`, 'a'])))).not.toBeNull()
})
