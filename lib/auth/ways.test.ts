import { expect, test } from 'vitest'
import { type SignInWay, signInWays, wayOf, waysMissing, whyNotAdd, whyNotAllowOnly, whyNotTakeAway } from './ways.ts'

const offered: SignInWay[] = ['password', 'mail', 'passkey', 'oidc']
const words = (way: SignInWay) => way

test('every way a session can begin is one that an organization can name, or the console’s', () => {
  const hows = ['password', 'invitation', 'link', 'mailed code', 'key-mail', 'passkey', 'github', 'google', 'oidc']
  expect(hows.map(wayOf)).toEqual([
    ...['password', 'password', 'mail', 'mail', 'mail', 'passkey', 'github', 'google', 'oidc'],
  ])
  expect([wayOf('console'), wayOf(null), wayOf('something new')]).toEqual(['console', null, null])
})

test.each<[string, string[], string | null, SignInWay[] | null]>([
  ['nothing named: all do', [], 'password', null],
  ['nothing named: also what nobody knows', [], null, null],
  ['named', ['passkey', 'mail'], 'link', null],
  ['not named', ['passkey', 'oidc'], 'password', ['passkey', 'oidc']],
  ['from before it was kept', ['password'], null, ['password']],
  ['the console opens all', ['passkey'], 'console', null],
  ['no longer set up here', ['google', 'passkey'], 'google', ['passkey']],
  ['nothing of it is set up here', ['google'], 'google', []],
  ['a name of a later version', ['carrier pigeon'], 'password', []],
])('%s', (_what, allowed, how, expected) => {
  expect(waysMissing(allowed, how, offered)).toEqual(expected)
})

test('whoever narrows the ways is in by one that stays, still has it, and it is set up here', () => {
  const why = (wanted: SignInWay[], how: string | null, has: SignInWay[] = offered) =>
    whyNotAllowOnly(wanted, { how, has, offered }, words)
  expect(why([], null)).toBeNull()
  expect(why(['password', 'oidc'], 'oidc')).toBeNull()
  expect(why(['github'], 'password')).toMatch(/None of these is set up/)
  // Named, but not set up: it does not count, even for whoever came by it once.
  expect(why(['github', 'passkey'], 'github')).toMatch(/^You signed in by github\. Sign in by one/)
  expect(why(['passkey'], 'password')).toMatch(/^You signed in by password\./)
  expect(why(['passkey'], null)).toMatch(/in another way/)
  expect(why(['passkey'], 'console')).toMatch(/from the console/)
  expect(why(['passkey'], 'passkey', ['password'])).toMatch(/could not do so again/)
})

test('a session that is kept out lets itself in only where its person has no other way in', () => {
  const closed = [{ name: 'Fable', ways: ['passkey', 'mail'] as SignInWay[] }]
  expect(whyNotAdd('passkey', closed, ['password', 'mail'], words)).toBe(
    'Fable lets its members in by mail. Sign in by that first; then you can change this.',
  )
  expect(whyNotAdd('mail', closed, ['password', 'mail'], words)).toMatch(/by mail/)
  // What would not open it may be added.
  expect(whyNotAdd('github', closed, ['password', 'mail'], words)).toBeNull()
  const only = [{ name: 'Fable', ways: ['passkey'] as SignInWay[] }]
  expect(whyNotAdd('passkey', only, ['password', 'mail'], words)).toBeNull()
  expect(whyNotAdd('passkey', only, ['password', 'passkey'], words)).toMatch(/by passkey/)
  expect(whyNotAdd('passkey', [], [...signInWays], words)).toBeNull()
})

test('nor by taking away the way that would let it in, or by another address', () => {
  const closed = [{ name: 'Fable', ways: ['passkey', 'oidc'] as SignInWay[] }]
  expect(whyNotTakeAway('passkey', closed, words)).toBe(
    'Fable lets its members in by passkey or oidc only. Sign in by that first; then you can change this.',
  )
  expect(whyNotTakeAway('github', closed, words)).toBeNull()
  expect(whyNotTakeAway(null, closed, words)).toMatch(/^Fable/)
  expect(whyNotTakeAway(null, [], words)).toBeNull()
  expect(whyNotTakeAway(null, [{ name: 'Fable', ways: [] }], words)).toMatch(/by other ways only/)
})
