import { expect, test } from 'vitest'
import { typesOfFormat, webhookFormats } from '../webhooks/formats.ts'
import { endpointName, inWords, typeGroupsOf } from './plain.ts'
import { endpointState, sinceOf, whyGivenUp, withoutKeyStrings } from './rules.ts'

const now = new Date('2026-11-29T12:00:00Z')
const minutes = (count: number) => new Date(now.getTime() + count * 60_000)
const none = { disabledAt: null, disabledReason: null, failingSince: null, pausedUntil: null, lastSentAt: null }

test.each([
  ['new', none],
  ['working', { ...none, lastSentAt: minutes(-1) }],
  ['failing', { ...none, lastSentAt: minutes(-9), failingSince: minutes(-5) }],
  ['failing', { ...none, failingSince: minutes(-5), pausedUntil: minutes(-1) }],
  ['paused', { ...none, failingSince: minutes(-5), pausedUntil: minutes(1) }],
  ['off', { ...none, disabledAt: minutes(-1), disabledReason: 'by_hand', failingSince: minutes(-5) }],
  ['given_up', { ...none, disabledAt: minutes(-1), disabledReason: 'gone', pausedUntil: minutes(1) }],
  ['given_up', { ...none, disabledAt: minutes(-1), disabledReason: 'failing' }],
] as const)('an endpoint that is %s', (state, endpoint) => {
  expect(endpointState(endpoint, now)).toBe(state)
})

test('only what was not done by hand has a reason', () => {
  expect(whyGivenUp({ disabledReason: 'gone' })).toBe('Its receiver answered 410 Gone.')
  expect(whyGivenUp({ disabledReason: 'by_hand' })).toBeNull()
  expect(whyGivenUp({ disabledReason: null })).toBeNull()
})

test.each(webhookFormats)('every type of %s is in one group, with one sentence', (format) => {
  const groups = typeGroupsOf(format)
  expect(groups.flatMap(({ types }) => types.map(({ type }) => type)).sort()).toEqual(typesOfFormat(format).toSorted())
  for (const { types } of groups) for (const { says } of types) expect(says).toMatch(/^[A-Z][^.:`]+\.$/)
})

test('names', () => {
  expect(endpointName({ url: 'https://shop.example/', description: 'The shop' })).toBe('The shop')
  expect(endpointName({ url: 'https://shop.example/hooks/', description: '' })).toBe('shop.example/hooks')
  expect([inWords([]), inWords(['ping']), inWords(['a', 'b'])]).toEqual(['All events', 'ping', '2 events'])
})

test('spans', () => {
  expect(sinceOf('hour', now)).toEqual(minutes(-60))
  expect(sinceOf('week', now)).toEqual(minutes(-7 * 24 * 60))
  expect(sinceOf('all', now)).toEqual(new Date(0))
})

test('a body keeps no whole key string, wherever it stands', () => {
  const masked = (body: object) => JSON.parse(withoutKeyStrings(JSON.stringify(body)))
  const key = 'EDITOR_0C3F6A52-4D2E-4F0B-9B7F-0D6A1D9E1A2B'
  expect(masked({ data: { key, display_key: '****-9E1A2B' } })).toEqual({
    data: { key: '****-9E1A2B', display_key: '****-9E1A2B' },
  })
  expect(masked({ data: [{ license_key: { key } }, { license_key: key }] })).toEqual({
    data: [{ license_key: { key: '****-9E1A2B' } }, { license_key: '****-9E1A2B' }],
  })
  // What is masked is left as it is, and so is what is the merchant's own.
  const plain = JSON.stringify({ key: '****-9E1A2B', metadata: { key: 'mine' }, keys: 1 }, null, 1)
  expect(withoutKeyStrings(plain)).toBe(plain)
  expect(withoutKeyStrings('not JSON')).toBe('not JSON')
})
