import { describe, expect, test } from 'vitest'
import { boundsWords, countsFrom, whyNotDevices, whyNotEnd, whyNotForSupport } from './bounds.ts'

const at = (day: string) => new Date(`${day}T23:59:59.999Z`)
const now = at('2026-03-01')
const bounds = { extendDays: 30, moreDevices: 2 }
const end = (from: string | null, to: string | null, extension: [string, string] | null = null) =>
  whyNotEnd(
    {
      ...{ from: from === null ? null : at(from), to: to === null ? null : at(to) },
      extension: extension && { countsFrom: at(extension[0]), reached: at(extension[1]) },
    },
    bounds,
    'UTC',
    now,
  )

describe('the end of a key', () => {
  test.each([
    ['to the day', '2026-04-01', '2026-05-01', null],
    ['a day too far', '2026-04-01', '2026-05-02', 'Support may extend by at most 30 days at a time: ask an admin.'],
    ['the same', '2026-04-01', '2026-04-01', null],
    ['one that is over, from now', '2025-01-01', '2026-03-31', null],
    [
      'one that is over, too far from now',
      '2025-01-01',
      '2026-04-01',
      'Support may extend by at most 30 days at a time: ask an admin.',
    ],
    ['earlier', '2026-04-01', '2026-03-31', 'Support may only put off the end of a key: ask an admin.'],
    ['never', '2026-04-01', null, 'Support may only put off the end of a key: ask an admin.'],
    ['where there was none', null, '2026-04-01', 'Support may only put off the end of a key: ask an admin.'],
  ] as const)('%s', (_, from, to, why) => {
    expect(end(from, to)).toBe(why)
  })

  test('many small steps come to no more than one', () => {
    const before: [string, string] = ['2026-04-01', '2026-04-21']
    expect(end('2026-04-21', '2026-05-01', before)).toBeNull()
    expect(end('2026-04-21', '2026-05-02', before)).toBe(
      'Support may extend by at most 30 days at a time, and has used 20 of them: ask an admin.',
    )
    // Also when what support gave is over by now.
    expect(end('2026-02-20', '2026-03-02', ['2026-02-01', '2026-02-20'])).toBeNull()
    expect(end('2026-02-20', '2026-03-10', ['2026-02-01', '2026-02-20'])).toContain('has used 19 of them')
  })

  test('begins anew when somebody else gives the key an end', () => {
    const before = { countsFrom: at('2026-04-01'), reached: at('2026-04-21') }
    expect(countsFrom(at('2026-04-21'), before, now)).toEqual(at('2026-04-01'))
    expect(countsFrom(at('2026-06-01'), before, now)).toEqual(at('2026-06-01'))
    expect(end('2026-06-01', '2026-07-01', ['2026-04-01', '2026-04-21'])).toBeNull()
  })

  test('days are counted in the zone of the organization', () => {
    const ends = { from: new Date('2026-04-01T04:00:00Z'), to: new Date('2026-05-02T03:59:59Z'), extension: null }
    // In New York that is 1 April 0:00 to 1 May 23:59: thirty days later, and its whole day.
    expect(whyNotEnd(ends, bounds, 'America/New_York', now)).toBeNull()
    expect(whyNotEnd(ends, bounds, 'UTC', now)).toContain('at most 30 days')
  })

  test('none at all', () => {
    expect(
      whyNotEnd({ from: at('2026-04-01'), to: at('2026-04-02'), extension: null }, { extendDays: 0 }, 'UTC', now),
    ).toBe('Support may not change when keys end here: ask an admin.')
  })
})

describe('devices', () => {
  const limited = (limit: number) => ({ mode: 'limited' as const, limit })
  const unlimited = { mode: 'unlimited' as const, limit: null }
  test.each([
    ['two more', limited(3), limited(5), limited(3), null],
    ['three more', limited(3), limited(6), limited(3), /at most 2 more than the configuration, 5 devices here/],
    ['step by step', limited(5), limited(6), limited(3), /5 devices here/],
    ['back', limited(5), limited(3), limited(3), null],
    ['fewer', limited(3), limited(2), limited(3), /not go below the 3 devices/],
    ['what an admin allowed', limited(10), limited(5), limited(3), /allowed this key 10 devices/],
    ['any number', limited(3), unlimited, limited(3), /nothing else about it/],
    ['from any number', unlimited, limited(3), limited(3), /nothing else about it/],
    ['as it is', unlimited, unlimited, limited(3), null],
  ] as const)('%s', (_, from, to, configured, why) => {
    const said = whyNotDevices({ from, to, configured }, bounds)
    if (why === null) expect(said).toBeNull()
    else expect(said).toMatch(why)
  })
})

test('what support changes at all', () => {
  expect(
    whyNotForSupport({ note: 'x', expiresAt: now, newDevicesBlocked: true, usage: undefined }, 'granted'),
  ).toBeNull()
  for (const changes of [
    { usage: 0 },
    { usageLimit: 5 },
    { productId: null },
    { held: true },
    { graceDays: 9 },
    { tags: [] },
  ])
    expect(whyNotForSupport(changes, 'granted')).toContain('ask an admin')
  expect(whyNotForSupport({ status: 'revoked' }, 'granted')).toContain('revoke or restore')
  expect(whyNotForSupport({ status: 'granted' }, 'revoked')).toContain('revoke or restore')
  expect(whyNotForSupport({ status: 'disabled' }, 'granted')).toBeNull()
})

test('the bounds in words', () => {
  expect(boundsWords({ extendDays: 1, moreDevices: 0, seesKeys: false })).toBe(
    'You may block new devices, put off the end by up to 1 day and write a note. For anything else, ask an admin.',
  )
})
