import { describe, expect, test } from 'vitest'
import { bytesOf, isOfThisMachine, isWithin, networkOf, whyNotConnect, whyNotUrl } from './networks.ts'

const only = (text: string) => [networkOf(text)].flatMap((network) => network ?? [])

/** Hosts as somebody writes them into a URL. All of them are refused. */
const refused: [why: string, hosts: string[]][] = [
  ['private', ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.254']],
  ['this host', ['127.0.0.1', '127.1.2.3', '127.255.255.255', '0.0.0.0', '0.1.2.3', '[::1]', '[::]']],
  ['link-local and metadata', ['169.254.0.1', '169.254.169.254', '169.254.170.2', '[fe80::1]', '[febf::1]']],
  ['a provider’s', ['100.64.0.1', '100.127.255.255', '100.100.100.200']],
  ['multicast', ['224.0.0.1', '239.255.255.250', '[ff02::1]', '[ff0e::1]']],
  ['reserved', ['240.0.0.1', '255.255.255.255', '192.0.0.1', '192.0.0.170', '192.88.99.1', '[5f00::1]', '[100::1]']],
  ['for documentation', ['192.0.2.1', '198.51.100.7', '203.0.113.9', '[2001:db8::1]', '[3fff::1]', '[3fff:fff::1]']],
  ['for benchmarks', ['198.18.0.1', '198.19.255.255', '[2001:2::1]']],
  ['private IPv6', ['[fc00::1]', '[fd00:ec2::254]', '[fdff:ffff::1]', '[fec0::1]', '[4000::1]', '[1::1]', '[e000::1]']],
  ['mapped', ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:8.8.8.8]', '[0:0:0:0:0:ffff:a9fe:a9fe]']],
  ['compatible', ['[::127.0.0.1]', '[::7f00:1]', '[::8.8.8.8]']],
  ['NAT64', ['[64:ff9b::127.0.0.1]', '[64:ff9b::a00:1]', '[64:ff9b:1::1]']],
  ['6to4', ['[2002:7f00:1::]', '[2002:a9fe:a9fe::1]', '[2002:808:808::1]']],
  [
    'Teredo and other protocols',
    ['[2001::1]', '[2001:0:4136:e378:8000:63bf:3fff:fdd2]', '[2001:10::1]', '[2001:20::1]'],
  ],
  ['decimal', ['2130706433', '3232235521', '134744072']],
  ['octal', ['0177.0.0.1', '0177.0.0.01', '012.0.0.1', '010.010.010.010']],
  ['hexadecimal', ['0x7f.0.0.1', '0x7f000001', '0x08080808', '0xa9fea9fe']],
  ['shortened', ['127.1', '127.0.1', '10.1', '8.8']],
  ['with a dot behind', ['127.0.0.1.', '8.8.8.8.']],
  ['in other letters', ['１２７.0.0.1', '①②⑦.0.0.1', '127。0。0。1', '%31%32%37.0.0.1']],
  ['names of this host', ['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'localhost.localdomain']],
  ['names of its network', ['printer.local', 'metadata.google.internal', 'nas', 'router.lan', 'a.home.arpa']],
  ['with a name before it', ['user@example.com', 'user:password@example.com', '@example.com', ':@example.com']],
  ['with a port that is none', ['example.com:0', 'example.com:65536', 'example.com:-1', '8.8.8.8:0']],
]
const hosts = refused.flatMap(([why, all]) => all.map((host) => [why, host] as const))

describe('refused wherever they lead', () => {
  test('there are many of them', () => expect(new Set(hosts.map(([, host]) => host)).size).toBeGreaterThanOrEqual(100))

  test.each(hosts)('%s: %s', (_, host) => {
    expect(whyNotUrl(`https://${host}/hook`, [])).toMatch(/\.$/)
    expect(whyNotUrl(`https://${host}`, [])).toMatch(/\.$/)
  })

  test.each([
    ...[
      '',
      ' ',
      'example.com',
      '/hook',
      '//example.com',
      'https://',
      'https:///',
      'https://exa mple.com',
      'https://[::1',
    ],
    ...['ftp://example.com', 'file:///etc/passwd', 'gopher://example.com:70/_', 'javascript:alert(1)', 'data:,x'],
    ...[
      'ws://example.com',
      'http://example.com/',
      'HTTP://example.com/',
      ' https://example.com',
      'https://example.com\n',
    ],
    ...['https:\\\\127.0.0.1\\', 'https:127.0.0.1', 'https:/127.0.0.1', 'https://[fe80::1%25eth0]/'],
    `https://example.com/${'x'.repeat(2_000)}`,
  ])('%j', (url) => expect(whyNotUrl(url, [])).toMatch(/\.$/))
})

test.each([
  ...[
    'https://example.com',
    'https://example.com/hooks?a=b#c',
    'https://EXAMPLE.com:8443/x',
    'https://xn--bcher-kva.example.com/',
  ],
  ...[
    'https://bücher.example.com/',
    'https://8.8.8.8/',
    'https://1.1.1.1:444/x',
    'https://172.15.255.255/',
    'https://172.32.0.1/',
  ],
  ...[
    'https://100.63.255.255/',
    'https://100.128.0.1/',
    'https://169.253.1.1/',
    'https://192.0.1.1/',
    'https://223.255.255.1/',
  ],
  ...[
    'https://[2606:4700::1111]/',
    'https://[2a00:1450:4001::200e]:8443/',
    'https://[2001:4860:4860::8888]/x',
    'https://[2003::1]/',
  ],
])('%s may be asked', (url) => expect(whyNotUrl(url, [])).toBeNull())

describe('where a network is named', () => {
  const own = [...only('127.0.0.0/8'), ...only('fd00::/8'), ...only('192.168.7.9')]

  test('its addresses may be asked, over http too', () => {
    for (const host of ['127.0.0.1:8080', '127.9.9.9', '[fd12::1]', '192.168.7.9'])
      for (const protocol of ['http', 'https']) expect(whyNotUrl(`${protocol}://${host}/`, own), host).toBeNull()
  })

  test('no others, and none of them in an odd spelling', () => {
    for (const host of [
      '10.0.0.1',
      '192.168.7.8',
      '[fe80::1]',
      '[::ffff:127.0.0.1]',
      '2130706433',
      '0x7f.1',
      '169.254.169.254',
    ])
      expect(whyNotUrl(`https://${host}/`, own), host).toMatch(/\.$/)
    expect(whyNotUrl('http://8.8.8.8/', own)).toContain('https')
  })

  test('a name is judged by where it leads', () => {
    expect(whyNotUrl('http://localhost:3000/', own)).toBeNull()
    expect(whyNotConnect('127.0.0.1', 'http:', own)).toBeNull()
    expect(whyNotConnect('10.0.0.1', 'http:', own)).toContain('private')
    expect(whyNotConnect('8.8.8.8', 'http:', own)).toContain('https')
    expect(whyNotConnect('8.8.8.8', 'https:', own)).toBeNull()
    expect(whyNotConnect('no address', 'https:', own)).toMatch(/\.$/)
  })
})

test('networks and addresses are read or are none', () => {
  for (const wrong of [
    '',
    'a',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::/129',
    '1::2::3',
    ':::',
    '1:2:3',
    '::1.2.3',
  ])
    expect(networkOf(wrong), wrong).toBeNull()
  expect(bytesOf('::1.2.3.4')).toEqual([...new Array(12).fill(0), 1, 2, 3, 4])
  expect(bytesOf('1:2:3:4:5:6:7:8')).toHaveLength(16)
  expect(bytesOf('1:2:3:4:5:6:7:8:9')).toBeNull()
  const [odd] = only('10.32.0.0/11')
  expect(
    [bytesOf('10.63.255.255'), bytesOf('10.64.0.0'), bytesOf('10.31.255.255')].map(
      (each) => each && odd && isWithin(each, odd),
    ),
  ).toEqual([true, false, false])
})

test.each([
  ['http://localhost:4710/api/stores/stripe/x', true],
  ['http://demo.localhost/', true],
  ['http://127.1.2.3:3000/', true],
  ['http://[::1]:3000/', true],
  ['https://keys.example.com/localhost', false],
  ['http://192.168.0.9/', false],
  ['https://localhost.example.com/', false],
])('%s is of this machine: %s', (url, is) => {
  expect(isOfThisMachine(url)).toBe(is)
})
