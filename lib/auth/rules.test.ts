import { describe, expect, test } from 'vitest'
import { homePath, inWords, loginPath, safePath } from './rules.ts'

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
    `/${'a'.repeat(1_000)}`,
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
