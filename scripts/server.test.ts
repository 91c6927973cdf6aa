import { describe, expect, test } from 'vitest'
import { clientAddress } from './server.ts'

describe('the address a request came from', () => {
  test.each([
    ['without proxies nobody is believed', '6.6.6.6', '203.0.113.9', 0, '203.0.113.9'],
    ['one proxy vouches for the last entry', '6.6.6.6, 198.51.100.7', '10.0.0.1', 1, '198.51.100.7'],
    ['two proxies vouch for one more', '6.6.6.6, 198.51.100.7, 10.0.0.2', '10.0.0.1', 2, '198.51.100.7'],
    ['fewer entries than proxies', '198.51.100.7', '10.0.0.1', 3, '198.51.100.7'],
    ['a proxy that adds no header', undefined, '10.0.0.1', 1, '10.0.0.1'],
    ['what is no address is passed over', 'unknown', '10.0.0.1', 1, '10.0.0.1'],
    ['ports and brackets are not part of it', '[2001:db8::1]:443', '10.0.0.1', 1, '2001:db8::1'],
    ['an IPv4 address with a port', '198.51.100.7:5555', '10.0.0.1', 1, '198.51.100.7'],
    ['IPv4 inside IPv6', undefined, '::ffff:203.0.113.9', 0, '203.0.113.9'],
  ])('%s', (_name, forwarded, peer, proxies, expected) => {
    expect(clientAddress(forwarded, peer, proxies)).toBe(expected)
  })
})
