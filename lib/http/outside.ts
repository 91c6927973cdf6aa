import '#server-only'
import dns from 'node:dns/promises'
import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { env } from '../base/env.ts'
import { type Allowed, hostOf, whyNotConnect, whyNotUrl } from '../base/networks.ts'

// Requests to addresses that somebody else chose. A name is looked up here, each address it leads to is checked, and the connection is
// made to one of those: between the check and the connection there is nothing that could answer differently. No redirect is followed.

/** Why there is no answer, as a sentence for whoever chose the address. `refused`: we would not ask. */
export class NoAnswer extends Error {
  readonly kind: 'refused' | 'unreachable' | 'late'
  constructor(kind: NoAnswer['kind'], message: string) {
    super(message)
    this.name = 'NoAnswer'
    this.kind = kind
  }
}

export type OutsideRequest = {
  method: 'GET' | 'POST' | 'PUT'
  headers: Record<string, string>
  body?: string | Uint8Array
  /** From looking up the name to the end of the answer. */
  timeoutMs: number
  /** How much of the answer is kept. What follows is thrown away. */
  bytesMax: number
  /** Ends it early. */
  signal?: AbortSignal
}

export type OutsideAnswer = { status: number; header: (name: string) => string | null; body: Buffer; isWhole: boolean }

/** A way outside, with connections of its own that are kept for the next request. */
export type Outside = {
  ask: (url: string, request: OutsideRequest) => Promise<OutsideAnswer>
  /** Why nothing may be sent there, looking up the name too; null when it may, or when nobody knows the name right now. */
  whyNot: (url: string) => Promise<string | null>
  close: () => void
}

/** All addresses that a name leads to. */
export type Resolve = (name: string) => Promise<string[]>

const throughSystem: Resolve = async (name) =>
  (await dns.lookup(name, { all: true, verbatim: true })).map(({ address }) => address)

// A receiver that never ends its answer must not hold the connection for it.
const DRAIN_BYTES_MAX = 65_536

/** Opens a way outside. `allowed` are networks that may be asked though they are not of the internet. */
export function openOutside(allowed: Allowed, resolve: Resolve = throughSystem): Outside {
  const options = { keepAlive: true, maxFreeSockets: 64, timeout: 60_000, scheduling: 'lifo' } as const
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) }

  /** The addresses of a name when all of them may be connected to: one among them that may not is no accident. */
  const checked = async (name: string, protocol: string): Promise<string[]> => {
    const addresses = await resolve(name)
    if (addresses.length === 0) throw new NoAnswer('unreachable', `${name} leads to no address.`)
    for (const address of addresses) {
      const why = whyNotConnect(address, protocol, allowed)
      if (why)
        throw new NoAnswer(
          'refused',
          why.startsWith(address) ? `${name} leads to an address that is refused: ${why}` : why,
        )
    }
    return addresses
  }

  const lookupFor =
    (protocol: string): LookupFunction =>
    (name, wanted, callback) => {
      checked(name, protocol).then(
        (addresses) => {
          const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
          const [first] = all
          if (wanted.all) callback(null, all)
          else callback(null, first?.address ?? '', first?.family)
        },
        (error: NodeJS.ErrnoException) => callback(error, ''),
      )
    }

  const once = (url: URL, request: OutsideRequest, signal: AbortSignal): Promise<OutsideAnswer> =>
    new Promise((resolveAnswer, reject) => {
      const { method, headers, body, bytesMax } = request
      const protocol = url.protocol as 'http:' | 'https:'
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const sent = (protocol === 'https:' ? https : http).request(url, {
        ...{ method, headers: { ...headers, ...length }, agent: agents[protocol], lookup: lookupFor(protocol), signal },
      })
      let begun: ((isWhole: boolean) => void) | undefined
      sent.on('response', (incoming) => {
        const chunks: Buffer[] = []
        let kept = 0
        let seen = 0
        const status = incoming.statusCode ?? 0
        const header = (name: string) => {
          const value = incoming.headers[name]
          return (Array.isArray(value) ? value[0] : value) ?? null
        }
        const settle = (isWhole: boolean) => {
          resolveAnswer({ status, header, body: Buffer.concat(chunks), isWhole: isWhole && seen === kept })
        }
        begun = settle
        incoming.on('data', (chunk: Buffer) => {
          seen += chunk.length
          if (kept < bytesMax) {
            const part = chunk.subarray(0, bytesMax - kept)
            chunks.push(part)
            kept += part.length
          }
          if (seen > Math.max(bytesMax, DRAIN_BYTES_MAX)) {
            settle(false)
            incoming.destroy()
          }
        })
        incoming.on('end', () => settle(true))
        incoming.on('error', () => settle(false))
        incoming.on('close', () => settle(false))
      })
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // It had said how it went; what it had to say about it broke off.
        if (begun) begun(false)
        else reject(Object.assign(error, { reused: sent.reusedSocket }))
      })
      sent.end(body)
    })

  return {
    async ask(text, request) {
      const why = whyNotUrl(text, allowed)
      if (why) throw new NoAnswer('refused', why)
      const url = new URL(text)
      const deadline = AbortSignal.timeout(request.timeoutMs)
      const signal = request.signal ? AbortSignal.any([deadline, request.signal]) : deadline
      for (;;) {
        try {
          return await once(url, request, signal)
        } catch (error) {
          const { code, reused } = error as NodeJS.ErrnoException & { reused?: boolean }
          // The other side closed a kept connection at the moment we used it.
          if (reused && (code === 'ECONNRESET' || code === 'EPIPE') && !signal.aborted) continue
          throw deadline.aborted
            ? new NoAnswer('late', `No answer within ${request.timeoutMs / 1_000} s.`)
            : inWords(error as NodeJS.ErrnoException, url)
        }
      }
    },
    async whyNot(text) {
      const why = whyNotUrl(text, allowed)
      if (why) return why
      const url = new URL(text)
      const { name } = hostOf(url)
      if (!name) return null
      try {
        await checked(name, url.protocol)
        return null
      } catch (error) {
        if (error instanceof NoAnswer && error.kind === 'refused') return error.message
        // Where no name can be looked up, http cannot be known to stay within.
        return url.protocol === 'http:' ? `${name} is not known here.` : null
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

const words: Record<string, string> = {
  ECONNREFUSED: 'Nothing listens there: the connection was refused.',
  ECONNRESET: 'The connection was closed before there was an answer.',
  EPIPE: 'The connection was closed before there was an answer.',
  EPROTO: 'It does not speak https there.',
  ENOTFOUND: 'There is no such host.',
  EAI_AGAIN: 'The host’s name could not be looked up right now.',
  EHOSTUNREACH: 'The host cannot be reached.',
  ENETUNREACH: 'The host cannot be reached.',
  ETIMEDOUT: 'The host does not answer.',
  CERT_HAS_EXPIRED: 'The certificate has expired.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate is signed by nobody but itself.',
  SELF_SIGNED_CERT_IN_CHAIN: 'The certificate is signed by nobody who is known.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'The certificate comes without those between it and a known one.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is for another host.',
}

function inWords(error: NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] }, url: URL): Error {
  if (error instanceof NoAnswer || error.name === 'AbortError') return error
  const code = error.code ?? error.errors?.[0]?.code ?? ''
  return new NoAnswer('unreachable', words[code] ?? `${url.host} could not be asked: ${code || error.message}.`)
}

let shared: Outside | undefined

/** The way outside of this process, as its settings allow it. */
export function outside(): Outside {
  shared ??= openOutside(env().WEBHOOK_PRIVATE_NETWORKS)
  return shared
}
