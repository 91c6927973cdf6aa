import { expect, test } from 'vitest'
import { countryOf, readTable } from './countries.ts'

test.each([
  ['8.8.8.0/24', 'US'],
  ['193.0.6.0/24', 'NL'],
  ['133.11.0.0/24', 'JP'],
  ['2001:4860:4860::/48', 'US'],
  ['2a02:2e0:3fe::/48', 'DE'],
  ['10.0.0.0/24', null],
  ['192.168.1.0/24', null],
  ['192.168.0.0/24', null],
  ['172.16.3.0/24', null],
  ['100.64.0.0/24', null],
  ['fe80::/48', null],
  ['fd00:1::/48', null],
  ['2001:db8:1::/48', null],
  ['', null],
  ['nowhere', null],
])('%s is in %s', (network, country) => {
  expect(countryOf(network)).toBe(country)
})

test('who has no table is told of no country', () => {
  expect(readTable('@ip-location-db/absent').country('8.8.8.8')).toBeNull()
})
