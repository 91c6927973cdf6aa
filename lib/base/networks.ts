// Which network addresses belong to the open internet. Pure: nothing is looked up here.

/** An address as its bytes: four or sixteen. */
type Bytes = readonly number[]

/** A network: its first address, and how many of its bits all of its addresses share. */
export type Network = { first: Bytes; bits: number }

/** The bytes of an address in its plain spelling; null for anything else, such as octal, hexadecimal or shortened forms. */
export function bytesOf(text: string): Bytes | null {
  return text.includes(':') ? bytesOfIPv6(text) : bytesOfIPv4(text)
}

function bytesOfIPv4(text: string): Bytes | null {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return null
  const bytes = parts.map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : null
}

function bytesOfIPv6(text: string): Bytes | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head, tail] = halves.map(groupsOf)
  if (head === null || tail === null || head === undefined) return null
  if (tail === undefined) return head.length === 16 ? head : null
  const missing = 16 - head.length - tail.length
  return missing >= 2 ? [...head, ...new Array<number>(missing).fill(0), ...tail] : null
}

/** The bytes of groups between colons, of which the last may be an IPv4 address. */
function groupsOf(text: string): number[] | null {
  if (text === '') return []
  const groups = text.split(':')
  const bytes: number[] = []
  for (const [at, group] of groups.entries()) {
    const dotted = at === groups.length - 1 && group.includes('.') ? bytesOfIPv4(group) : null
    if (dotted) bytes.push(...dotted)
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 255)
    } else return null
  }
  return bytes
}

/** A network written like `10.0.0.0/8`, or one address; null when it is none. */
export function networkOf(text: string): Network | null {
  const [address = '', length, ...more] = text.trim().split('/')
  const first = bytesOf(address)
  if (!first || more.length > 0) return null
  const whole = first.length * 8
  if (length === undefined) return { first, bits: whole }
  if (!/^\d{1,3}$/.test(length) || Number(length) > whole) return null
  return { first, bits: Number(length) }
}

/** True when an address lies in a network. */
export function isWithin(address: Bytes, { first, bits }: Network): boolean {
  if (address.length !== first.length) return false
  for (let at = 0; at * 8 < bits; at++) {
    const mask = (0xff << Math.max(0, 8 - (bits - at * 8))) & 0xff
    if (((address[at] ?? 0) & mask) !== ((first[at] ?? 0) & mask)) return false
  }
  return true
}

const named = (text: string, what: string) => {
  const network = networkOf(text)
  if (!network) throw new Error(`Not a network: ${text}`)
  return { network, what }
}

/** Networks of IPv4 where nobody on the internet is (IANA's special-purpose registry). */
const notPublicIPv4 = [
  named('0.0.0.0/8', 'this host'),
  named('10.0.0.0/8', 'private'),
  named('100.64.0.0/10', 'shared by a provider (CGNAT)'),
  named('127.0.0.0/8', 'this host (loopback)'),
  named('169.254.0.0/16', 'link-local, where clouds keep their metadata'),
  named('172.16.0.0/12', 'private'),
  named('192.0.0.0/24', 'reserved for protocols'),
  named('192.0.2.0/24', 'for documentation'),
  named('192.88.99.0/24', 'a relay of 6to4'),
  named('192.168.0.0/16', 'private'),
  named('198.18.0.0/15', 'for benchmarks'),
  named('198.51.100.0/24', 'for documentation'),
  named('203.0.113.0/24', 'for documentation'),
  named('224.0.0.0/4', 'multicast'),
  named('240.0.0.0/4', 'reserved'),
]

const publicIPv6 = named('2000::/3', 'public').network

// Those that carry an IPv4 address in them are refused whatever it is: it would be reached by a way round these rules.
const notPublicIPv6 = [
  named('::/128', 'this host'),
  named('::1/128', 'this host (loopback)'),
  named('::ffff:0:0/96', 'an IPv4 address in disguise'),
  named('::/96', 'an IPv4 address in disguise'),
  named('64:ff9b::/96', 'an IPv4 address in disguise (NAT64)'),
  named('64:ff9b:1::/48', 'an IPv4 address in disguise (NAT64)'),
  named('2002::/16', 'an IPv4 address in disguise (6to4)'),
  named('2001::/32', 'an IPv4 address in disguise (Teredo)'),
  named('2001::/23', 'reserved for protocols'),
  named('2001:db8::/32', 'for documentation'),
  named('3fff::/20', 'for documentation'),
  named('fc00::/7', 'private'),
  named('fe80::/10', 'link-local'),
  named('fec0::/10', 'private'),
  named('ff00::/8', 'multicast'),
]

/** Why an address is not on the open internet, in words that go after "is"; null when it is. */
export function whyNotPublic(text: string): string | null {
  const address = bytesOf(text)
  if (!address) return 'no address'
  const found = (address.length === 4 ? notPublicIPv4 : notPublicIPv6).find(({ network }) => isWithin(address, network))
  if (found) return found.what
  return address.length === 16 && !isWithin(address, publicIPv6) ? 'reserved' : null
}

/** Networks beside the internet that may be asked; plain http is spoken in these only. */
export type Allowed = readonly Network[]

/** True when somebody allowed the network of this address by name. */
const isNamed = (text: string, allowed: Allowed): boolean => {
  const address = bytesOf(text)
  return address !== null && allowed.some((network) => isWithin(address, network))
}

/** Why a connection to this address is refused, as a sentence; null when it may be made. */
export function whyNotConnect(address: string, protocol: string, allowed: Allowed): string | null {
  if (isNamed(address, allowed)) return null
  const why = whyNotPublic(address)
  if (why)
    return `${address} is ${why}: only the internet is asked, and what the server allows with WEBHOOK_PRIVATE_NETWORKS.`
  return protocol === 'https:' ? null : 'Use https: what is sent over http can be read and changed on its way.'
}

const URL_MAX = 2_000

/** Names that lead to this host or into its own network, wherever they are looked up. */
const LOCAL_NAME = /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home|corp|home\.arpa)$/

// Control and format characters, and blanks: the parser drops them, so something else would be shown than is asked.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Z}]/u
// The parser takes these for slashes.
const ODD_SLASHES = /^https?:(?!\/\/)|\\/i

/**
 * Why nothing may be sent to a URL, as far as its text says; null when that depends on where its name leads. Nobody writes an address in
 * octal or as one number who does not want to pass by such rules.
 */
export function whyNotUrl(text: string, allowed: Allowed): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || text.length > URL_MAX || text.trim() !== text || UNSEEN.test(text) || ODD_SLASHES.test(text))
    return 'Enter a whole address, like https://example.com/webhooks.'
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'The address must begin with https://.'
  if (url.username || url.password) return 'Leave out the name and password in the address; set a header instead.'
  // What the parser made of odd spellings is no longer what stands there.
  const written = /^https?:[\\/]+([^\\/?#]*)/i.exec(text)?.[1] ?? ''
  if (written.includes('@')) return 'Leave out the name and password in the address; set a header instead.'
  if (url.port === '0') return 'Port 0 is no port.'
  const { address, name } = hostOf(url)
  if (address) {
    const spelled = written.replace(/:\d*$/, '').replace(/^\[|\]$/g, '')
    const isPlain = address.includes(':') ? bytesOf(spelled) !== null : spelled === address
    if (!isPlain) return `Write the address plainly, as ${address}.`
    return whyNotConnect(address, url.protocol, allowed)
  }
  if (name === '') return 'Enter a whole address, like https://example.com/webhooks.'
  if (allowed.length > 0) return null
  if (url.protocol === 'http:') return 'The address must begin with https://.'
  return LOCAL_NAME.test(name) || !name.includes('.') ? `${name} is not on the internet.` : null
}

/** What the host of a URL is: an address, or a name that leads to some. */
export function hostOf({ hostname }: URL): { address: string | null; name: string } {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return bytesOf(bare) ? { address: bare, name: '' } : { address: null, name: bare.replace(/\.$/, '').toLowerCase() }
}

const loopback = ['127.0.0.0/8', '::1'].flatMap((text) => networkOf(text) ?? [])

/** True when an address of the web leads to the machine it is opened on, and so to nothing anywhere else. */
export function isOfThisMachine(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : ''
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  const bytes = bytesOf(host)
  return bytes !== null && loopback.some((network) => isWithin(bytes, network))
}
