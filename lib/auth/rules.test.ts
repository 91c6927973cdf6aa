import { describe, expect, test } from 'vitest'
import {
  deviceInWords,
  homePath,
  inWords,
  type Limit,
  limits,
  loginPath,
  safePath,
  sessionIsOver,
  type Tries,
  tryNow,
} from './rules.ts'
import { newRecoveryCode, RECOVERY_CODES } from './totp.ts'

describe('where sign-in may lead', () => {
  test.each([
    ['/purchases', '/purchases'],
    ['/dashboard/inkwell/keys?q=a%20b&page=2#row', '/dashboard/inkwell/keys?q=a%20b&page=2#row'],
    ['/', '/'],
    ['/a/../b', '/b'],
  ])('%s leads there', (wanted, path) => expect(safePath(wanted)).toBe(path))

  test.each([
    null,
    undefined,
    '',
    'purchases',
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/..//evil.example',
    '/.//evil.example',
    'javascript:alert(1)',
    '/login?callbackUrl=/purchases',
    '/setup',
    '/api/auth/signout',
    `/${'a'.repeat(4_000)}`,
  ])('%s leads nowhere', (wanted) => expect(safePath(wanted)).toBeNull())

  test('the sign-in page carries the way back only when it is safe', () => {
    expect(loginPath('/purchases?a=1')).toBe('/login?callbackUrl=%2Fpurchases%3Fa%3D1')
    expect(loginPath('//evil.example')).toBe('/login')
    expect(loginPath()).toBe('/login')
  })

  test('members go to their dashboard, everybody else to their purchases', () => {
    expect(homePath({ memberships: [{}] })).toBe('/dashboard')
    expect(homePath({ memberships: [] })).toBe('/purchases')
  })
})

test.each([
  [0, 'in 1 second'],
  [1_000, 'in 1 second'],
  [59_001, 'in 1 minute'],
  [40_000, 'in 40 seconds'],
  [60_001, 'in 2 minutes'],
  [15 * 60_000, 'in 15 minutes'],
])('%i ms is "%s"', (milliseconds, words) => expect(inWords(milliseconds)).toBe(words))

describe('how long a session lasts', () => {
  const start = new Date('2026-03-01T12:00:00Z')
  const day = (days: number) => new Date(start.getTime() + days * 86_400_000)
  test.each([
    ['member', 0, 13.9, false],
    ['member', 0, 14, true],
    ['member', 29, 29.9, false],
    ['member', 29.9, 30, true],
    ['customer', 0, 29.9, false],
    ['customer', 0, 30, true],
    ['customer', 89, 89.9, false],
    ['customer', 89.9, 90, true],
  ] as const)('of a %s last seen on day %d, on day %d: over is %s', (who, seen, now, over) => {
    expect(sessionIsOver({ createdAt: start, lastSeenAt: day(seen) }, who, day(now))).toBe(over)
  })
})

describe('slowing down', () => {
  const start = new Date('2026-03-01T12:00:00Z')
  const later = (seconds: number) => new Date(start.getTime() + seconds * 1_000)
  const limit: Limit = { free: 3, firstWait: 2, longestWait: 10, fade: 600 }

  /** What happens at each of these seconds. */
  function attempts(at: number[], limit: Limit): (number | 'tried')[] {
    let tries: Tries | null = null
    return at.map((second) => {
      const answer = tryNow(tries, limit, later(second))
      if ('wait' in answer) return Math.round(answer.wait / 1_000)
      tries = answer.next
      return 'tried'
    })
  }

  test.each<[string, number[], (number | 'tried')[]]>([
    ['a few are free', [0, 0, 0], ['tried', 'tried', 'tried']],
    ['then there is a wait', [0, 0, 0, 0, 1, 2], ['tried', 'tried', 'tried', 2, 1, 'tried']],
    ['it doubles', [0, 0, 0, 2, 3, 6, 7], ['tried', 'tried', 'tried', 'tried', 3, 'tried', 7]],
    ['up to a bound', [0, 0, 0, 2, 6, 14, 15, 24, 25], [...Array(6).fill('tried'), 9, 'tried', 9]],
    ['a refused attempt does not prolong it', [0, 0, 0, 0.5, 1, 1.5, 2], ['tried', 'tried', 'tried', 2, 1, 1, 'tried']],
    ['they fade', [0, 0, 0, 1200, 1200, 1200], [...Array(5).fill('tried'), 2]],
    ['a clock that was set back makes nobody wait for it', [7200, 7200, 7200, 0, 2], ['tried', 'tried', 'tried', 2, 2]],
  ])('%s', (_name, at, expected) => expect(attempts(at, limit)).toEqual(expected))

  test('a refusal after the clock was set back says from when the wait counts', () => {
    const tries = { count: 3, lastAt: later(7200) }
    const answer = tryNow(tries, limit, start)
    expect(answer).toEqual({ wait: 2_000, since: start })
    expect(tryNow({ count: 3, lastAt: start }, limit, later(2))).toHaveProperty('next')
  })

  test.each(Object.entries(limits))(
    '%s: nobody waits longer than its bound, and patience always helps',
    (_name, limit) => {
      let tries: Tries | null = null
      let now = 0
      for (let i = 0; i < 200; i++) {
        const answer = tryNow(tries, limit, later(now))
        if ('wait' in answer) {
          expect(answer.wait).toBeLessThanOrEqual(limit.longestWait * 1_000)
          now += answer.wait / 1_000
        } else tries = answer.next
      }
    },
  )

  test('what an attacker gets in a day stays small', () => {
    const inADay = (limit: Limit) => {
      let tries: Tries | null = null
      let made = 0
      for (let now = 0; now < 86_400; ) {
        const answer = tryNow(tries, limit, later(now))
        if ('wait' in answer) now += Math.max(0.001, answer.wait / 1_000)
        else {
          tries = answer.next
          made++
        }
      }
      return made
    }
    expect(inADay(limits['password: account and network'])).toBeLessThan(200)
    expect(inADay(limits['password: network'])).toBeLessThan(1_600)
    expect(inADay(limits['password: account'])).toBeLessThan(3_000)
    expect(inADay(limits['link: address'])).toBeLessThan(170)
    // Of a million codes: 1 in 20,000 a day for one address, however many mails are asked for, and 1 in 3,000 for all from one network.
    expect(inADay(limits['mailed code: request'])).toBe(5)
    expect(inADay(limits['mailed code: address'])).toBeLessThan(50)
    expect(inADay(limits['mailed code: network'])).toBeLessThan(330)
    // Ten recovery codes of 80 random bits, tried by somebody who knows the password already: not once in the age of the universe.
    expect(newRecoveryCode().replaceAll('-', '')).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/)
    const steps = inADay(limits['code: account'])
    expect(steps).toBeLessThan(160)
    expect((steps * RECOVERY_CODES) / 2 ** 80).toBeLessThan(1e-20)
    expect(inADay(limits['code: network'])).toBeLessThan(1_600)
    // Links have 256 random bits, also those that change an address; a network of attackers opens some thousands a day.
    const links = inADay(limits['token: network'])
    expect(links).toBeLessThan(10_000)
    expect((links * 1e9) / 2 ** 256).toBeLessThan(1e-60)
  })
})

describe('a browser in words', () => {
  test.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
      'Chrome on Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1',
      'Chrome on iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    ['curl/8.5.0', 'curl'],
    ['<script>alert(1)</script>', 'Another browser'],
    ['', null],
    [null, null],
  ])('%s', (userAgent, words) => expect(deviceInWords(userAgent)).toBe(words))
})
