import '#server-only'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP, isIPv4 } from 'node:net'

// What every door agrees on: who calls, which path was meant, and what goes with each answer. Decided once, by whatever holds the
// client's connection; everything behind it reads the headers below, which no client can send.

/** The address of the client, in one spelling. */
export const ADDRESS_HEADER = 'x-latchkey-address'
/** The path that was asked for, normalised, with its query. Pages cannot know their own. */
const PATH_HEADER = 'x-latchkey-path'

/** Names that begin so are ours: what a client sends under them is dropped. */
const OWNED = 'x-latchkey-'

/** Where a request that no route can be asked (Next knows seven methods) is sent to be refused. */
export const UNKNOWN_METHOD_PATH = '/api/unknown-method'
/** The same for a path that cannot be read in one way. */
export const REFUSED_PATH = '/api/refused-path'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** True for the methods that a route may have. */
export const isKnownMethod = (method: string | undefined): boolean => METHODS.has(method ?? '')

// ---------------------------------------------------------------- the path

export type Target = { url: string } | { problem: string }

/**
 * The target of a request in the one form that every door reads in the same way: a path with its query, repeated slashes made one, and no
 * letter encoded that may stand for itself. What two readers could take for different paths (dot segments, backslashes, an encoded
 * slash before the third part, a fragment, control characters, spoilt encoding) is refused, and so is an encoded NUL for a page.
 */
export function readTarget(sent: string): Target {
  if (PLAIN_TARGET.test(sent) && !sent.includes('//') && !sent.includes('/.')) return { url: sent }
  let url = sent
  // As clients write it to a proxy.
  const absolute = /^https?:\/\/[^/?#\\]+/i.exec(url)
  if (absolute) {
    url = url.slice(absolute[0].length)
    if (!url.startsWith('/')) url = `/${url}`
  }
  if (!url.startsWith('/')) return { problem: 'The path is missing.' }
  const mark = url.indexOf('?')
  const query = mark < 0 ? '' : url.slice(mark)
  let path = mark < 0 ? url : url.slice(0, mark)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x20\x7f]/.test(url)) return { problem: 'The path has a control character or a blank.' }
  if (url.includes('#')) return { problem: 'The path has a "#": fragments are not sent.' }
  if (path.includes('\\')) return { problem: 'The path has a backslash.' }
  path = path.replace(/%([0-9a-f]{2})/gi, (encoded, hex) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16))
    return /[A-Za-z0-9._~-]/.test(character) ? character : encoded
  })
  if (path.includes('%') && !isDecodable(path)) return { problem: 'The path is not valid percent-encoding.' }
  path = path.replace(/\/{2,}/g, '/')
  if (/\/\.{1,2}(?=\/|$)/.test(path)) return { problem: 'The path has a dot segment ("." or "..").' }
  // What the API is sent is read by its schemas; of a page every word may reach the database, which stores no NUL.
  if (!isApi(path) && /%00/.test(path + query)) return { problem: 'The path or its query has a NUL character.' }
  // Further on it may be part of a name; there it would hide which part of Latchkey is asked.
  if (/^(\/[^/]*){0,1}\/[^/]*%(2f|5c)/i.test(path)) return { problem: 'The path has an encoded slash.' }
  return { url: path + query }
}

const PLAIN_TARGET = /^\/[\w/.~-]*$/

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/** True below /api, where every answer is JSON. */
export const isApi = (url: string): boolean => /^\/api(?=[/?]|$)/.test(url)

// ---------------------------------------------------------------- the address

/** The right-most address that none of our `proxies` vouches for: entries further left are whatever the client wrote. */
export function clientAddress(forwarded: string | string[] | undefined, peer: string, proxies: number): string {
  if (proxies === 0 || !forwarded) return bare(peer)
  const hops = [...String(forwarded).split(','), peer].map(bare)
  const address = hops[Math.max(0, hops.length - 1 - proxies)] ?? ''
  return isIP(address) ? address : bare(peer)
}

/** "[::1]:80", "10.0.0.1:80" and "::ffff:10.0.0.1" without what is around the address. */
function bare(text: string): string {
  if (isIPv4(text)) return text
  const address = text
    .trim()
    .replace(/^\[([^\]]+)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}

/** How many proxies in front are believed. */
export const trustedProxies = (): number => Number(process.env.TRUST_PROXY ?? 0) || 0

/** Whoever has one IPv6 address has 2^64 of them, which count as one. */
export function networkOf(address: string | null): string {
  if (!address?.includes(':')) return address || 'unknown'
  const [head = '', tail] = (address.toLowerCase().split('%', 1)[0] ?? '').split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [before, after] = [groups(head), groups(tail ?? '')]
  // "::" stands for as many zeros as are missing; an IPv4 address at the end counts for two groups.
  const missing = 8 - before.length - after.length - (address.includes('.') ? 1 : 0)
  const all = tail === undefined ? before : [...before, ...Array<string>(Math.max(0, missing)).fill('0'), ...after]
  return `${[0, 1, 2, 3].map((i) => all[i]?.replace(/^0+(?=.)/, '') || '0').join(':')}::`
}

// ---------------------------------------------------------------- what goes with a request

/** Puts our headers in the place of those that a client sent under our names. */
export function ownHeaders(request: IncomingMessage, address: string, path: string): void {
  const raw = request.rawHeaders
  for (let i = raw.length - 2; i >= 0; i -= 2) if (isOwned(raw[i] as string)) raw.splice(i, 2)
  for (const name in request.headers) if (isOwned(name)) delete request.headers[name]
  raw.push(ADDRESS_HEADER, address, PATH_HEADER, path)
  request.headers[ADDRESS_HEADER] = address
  request.headers[PATH_HEADER] = path
}

/** True for the name of a header that is ours; also as it looks to programs that take "_" for "-". */
export const isOwned = (name: string): boolean =>
  name.length > OWNED.length && name.slice(0, OWNED.length).toLowerCase().replaceAll('_', '-') === OWNED

// ---------------------------------------------------------------- what goes with an answer

/** Headers of every answer that is no page: it is data, and nothing else. Pages put their own in the place of these (proxy.ts). */
export const safetyHeaders = (publicUrl: string): Record<string, string> => ({
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  ...(publicUrl.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
})

let ofThisProcess: Record<string, string> | undefined

/** The same for the address that this process is reached at. */
export function ownSafetyHeaders(): Record<string, string> {
  ofThisProcess ??= safetyHeaders(process.env.LATCHKEY_URL ?? '')
  return ofThisProcess
}

/** Sets them before a handler answers, so that none can forget them. */
export function protectAnswer(response: ServerResponse, url: string): void {
  const headers = ownSafetyHeaders()
  for (const name in headers) response.setHeader(name, headers[name] as string)
  // next-auth forgets it now and then.
  if (url.startsWith('/api/auth')) response.setHeader('cache-control', 'no-store')
}

// ---------------------------------------------------------------- Next without our server

type Door = { latchkeyDoor?: 'ours' | 'next' }
const shared = globalThis as Door

/** Our server holds the connections of this process, or stands before it: what its headers say is believed. */
export function ourServerIsTheDoor(): void {
  shared.latchkeyDoor = 'ours'
}

/** True once, and never where our server is the door: then this process must look after its own requests (instrumentation.ts). */
export function nextIsTheDoor(): boolean {
  if (shared.latchkeyDoor) return false
  shared.latchkeyDoor = 'next'
  return true
}

/** What our server does to a request before Next sees it, done where Next alone holds the connection. */
export function tidyForNext(request: IncomingMessage, response: ServerResponse): void {
  const address = clientAddress(
    request.headers['x-forwarded-for'],
    request.socket.remoteAddress ?? '',
    trustedProxies(),
  )
  const target = readTarget(request.url ?? '')
  const url = 'url' in target ? target.url : REFUSED_PATH
  ownHeaders(request, address, url)
  request.url = url
  protectAnswer(response, url)
  if (!isApi(url)) return
  if (isKnownMethod(request.method)) return
  request.method = 'PUT'
  request.url = UNKNOWN_METHOD_PATH
}
