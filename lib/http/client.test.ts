import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientAddress, isApi, isOwned, networkOf, ownHeaders, readTarget, safetyHeaders } from './client.ts'

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

describe('the path that was meant', () => {
  const at = '/api/license/validate'

  test.each([
    [at, at],
    ['/', '/'],
    ['/login?next=%2Fdashboard//x/../y', '/login?next=%2Fdashboard//x/../y'],
    ['//api/license/validate', at],
    ['/api//license///validate', at],
    ['/////api/license/validate', at],
    ['/api/%6cicense/validate', at],
    ['/api/%6Cicense/validate', at],
    ['/%61%70%69/license/validate', at],
    ['/api/license/v%61lidate', at],
    ['/api/license%2dx', '/api/license-x'],
    ['http://a.test/api/license/validate', at],
    ['HTTP://a.test/api/license/validate', at],
    ['https://a.test:8080/api/license/validate?a=b', `${at}?a=b`],
    ['http://user:word@a.test/api/license/validate', at],
    ['http://a.test//api/license/validate', at],
    ['http://a.test', '/'],
    ['http://a.test?x', '/?x'],
    ['/api/license/polar/v1/%2F%5C%00', '/api/license/polar/v1/%2F%5C%00'],
    ['/api/v1/customers?q=%00', '/api/v1/customers?q=%00'],
    ['/outbox?to=%2500', '/outbox?to=%2500'],
    ['/api/license/lemonsqueezy/a%20b', '/api/license/lemonsqueezy/a%20b'],
    ['/api/license;x/validate', '/api/license;x/validate'],
    ['/api/license/validate;x=1', `${at};x=1`],
    ['/api/%256cicense/validate', '/api/%256cicense/validate'],
    ['/api/...', '/api/...'],
    ['/.well-known/x', '/.well-known/x'],
    ['/api/license/a..b', '/api/license/a..b'],
    ['/dashboard/caf%C3%A9', '/dashboard/caf%C3%A9'],
    ['/API/license', '/API/license'],
  ])('%s is %s', (sent, url) => {
    expect(readTarget(sent)).toEqual({ url })
    expect(readTarget(url)).toEqual({ url })
  })

  test.each([
    '/api/./license/validate',
    '/x/../api/license/validate',
    '/api/license/../license/validate',
    '/api/x/../license/validate',
    '/../api/license/validate',
    '/./api/license/validate',
    '/api/license/.',
    '/api/license/..',
    '/api/%2e/license/validate',
    '/api/%2E/license/validate',
    '/x/%2e%2e/api/license/validate',
    '/x/.%2e/api/license/validate',
    '/x/%2E./api/license/validate',
    '/x//../api/license/validate',
    'http://a.test/x/../api/license/validate',
    '/api\\license\\validate',
    '\\api/license/validate',
    '/api/license\\..\\validate',
    '/api/license/x\\validate',
    'http:\\\\a.test\\api\\license',
    '/api%2flicense/validate',
    '/api%2Flicense%2Fvalidate',
    '/%2fapi/license/validate',
    '/api/license%2fvalidate',
    '/api/license%2Fvalidate',
    '/api%5clicense/validate',
    '/api/license%5Cvalidate',
    '/x/..%2fapi/license/validate',
    '/x%2f../api/license/validate',
    '/api/license/validate#x',
    '/api#/license/validate',
    '/api/li\tcense/validate',
    '/api/license/validate ',
    '/api/lic\x00ense/validate',
    '/api/lic\x7fense/validate',
    '/api/license\r\n/validate',
    '/api/%c0%ae%c0%ae/license/validate',
    '/api/%/license',
    '/api/%zz/license',
    '/%ff',
    '/dashboard/x%00y',
    '/outbox?to=%00',
    '/%64ashboard?q=a%00b',
    'api/license/validate',
    '*',
    '',
    '?x',
    'ftp://a.test/api/license/validate',
    'http:///api/license/validate',
    'file:///api/license/validate',
    'a.test:443',
    'http://\\a.test/api/license/validate',
  ])('%j is refused', (sent) => {
    expect(readTarget(sent)).toEqual({ problem: expect.stringMatching(/^The path .+\.$/) })
  })

  test('nobody who reads URLs finds another path in what is let through', () => {
    const part = fc.constantFrom(
      ...[
        'api',
        'license',
        'validate',
        'x',
        '',
        '.',
        '..',
        '%2e',
        '%2E.',
        '%6c',
        'icense',
        '%2f',
        '%5c',
        '\\',
        ';',
        '#',
      ],
      ...['?', '%', '%00', '\t', '%25', '2e', 'v1', 'http:', '@', ':80', '%u002e', '..;'],
    )
    const sent = fc.array(fc.tuple(fc.constantFrom('/', '/', '/', '', '//', '\\'), part), { maxLength: 8 })
    fc.assert(
      fc.property(sent, (parts) => {
        const target = readTarget(parts.flat().join(''))
        if ('problem' in target) return
        const [path] = target.url.split('?') as [string]
        const { pathname } = new URL(`http://a.test${target.url}`)
        expect(pathname).toBe(path)
        // Neither does one that decodes first and looks for dot segments then: not before the part that tells the doors apart.
        const [first, second] = path.split('/').slice(1, 3).map(decodeURIComponent)
        for (const early of [first, second]) if (early) expect(early).not.toMatch(/^\.\.?$|[/\\]/)
        expect(isApi(target.url)).toBe(first === 'api')
      }),
      { numRuns: 5_000 },
    )
  })
})

test('what clients send under our names is dropped, however it is spelled', () => {
  const rawHeaders = [
    'Host',
    'a',
    'X-Latchkey-Address',
    '6.6.6.6',
    'x-latchkey-ADDRESS',
    '7.7.7.7',
    'X_Latchkey_Path',
    '/',
  ]
  const headers = { host: 'a', 'x-latchkey-address': '6.6.6.6', x_latchkey_path: '/', 'x-latchkey-other': '1' }
  const request = { rawHeaders, headers } as unknown as IncomingMessage
  ownHeaders(request, '1.2.3.4', '/login')
  expect(request.headers).toEqual({ host: 'a', 'x-latchkey-address': '1.2.3.4', 'x-latchkey-path': '/login' })
  expect(request.rawHeaders).toEqual(['Host', 'a', 'x-latchkey-address', '1.2.3.4', 'x-latchkey-path', '/login'])
  expect(['x-latchkeyaddress', 'x-latchkey-', 'latchkey-address'].some(isOwned)).toBe(false)
})

test.each([
  [null, 'unknown'],
  ['', 'unknown'],
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
  ['2001:DB8:0001:2::9', '2001:db8:1:2::'],
  ['2001:db8::9', '2001:db8:0:0::'],
  ['::1', '0:0:0:0::'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('with an https address browsers are told to stay with it', () => {
  expect(safetyHeaders('https://keys.example.com')).toHaveProperty('strict-transport-security')
  expect(safetyHeaders('http://localhost:3000')).not.toHaveProperty('strict-transport-security')
})

describe('which network an address lies in', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    [null, 'unknown'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
    ['2001:db8:1:2::ffff', '2001:db8:1:2::'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::'],
    ['2001:db8::1', '2001:db8:0:0::'],
    ['2001::5:6:7:8:9', '2001:0:0:5::'],
    ['::1', '0:0:0:0::'],
    ['fe80::1%eth0', 'fe80:0:0:0::'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0::'],
  ])('%s lies in %s', (address, network) => expect(networkOf(address)).toBe(network))
})
