// Hands requests to the process that has the pages, over a Unix socket: streams both ways, nothing kept. What it says of the caller and the
// path is in headers that no client can send (lib/http/client.ts).
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'

/** Headers of one connection, which the next one has for itself (RFC 9110, 7.6.1). */
const OF_CONNECTION = new Set(
  ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'].concat(
    'proxy-authenticate',
    'proxy-authorization',
  ),
)

export type HandedOver = 'answered' | 'away' | 'too large'

export class Handover {
  readonly #socketPath: string
  // Connections are never given up for being idle: a request could meet their end.
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 64 })

  constructor(socketPath: string) {
    this.#socketPath = socketPath
  }

  /** Answers a request as the other process does; resolves when that is over, or with the reason why nothing was answered. */
  answer(incoming: IncomingMessage, response: ServerResponse, maxBytes: number): Promise<HandedOver> {
    return this.#try(incoming, response, maxBytes, true)
  }

  close(): void {
    this.#agent.destroy()
  }

  #try(incoming: IncomingMessage, response: ServerResponse, maxBytes: number, mayRepeat: boolean): Promise<HandedOver> {
    const { promise, resolve } = Promise.withResolvers<HandedOver>()
    const hasBody = incoming.headers['transfer-encoding'] !== undefined || bytesOf(incoming) > 0
    const outgoing = request({
      socketPath: this.#socketPath,
      agent: this.#agent,
      method: incoming.method,
      path: incoming.url,
      headers: headersOf(incoming) as never,
    })
    outgoing.on('error', () => {
      if (response.destroyed || response.writableEnded) return resolve('answered')
      if (response.headersSent) {
        response.destroy()
        return resolve('answered')
      }
      // It had ended between two requests; a new connection tells whether there is another one.
      if (mayRepeat && outgoing.reusedSocket && !hasBody) {
        return resolve(this.#try(incoming, response, maxBytes, false))
      }
      incoming.unpipe(outgoing)
      incoming.resume()
      resolve('away')
    })
    outgoing.on('response', (answer) => {
      takeHeaders(answer, response)
      answer.on('error', () => response.destroy())
      answer.on('close', () => {
        if (!answer.complete) response.destroy()
      })
      answer.pipe(response)
      // Live pages begin before they have anything to say.
      if (answer.headers['content-length'] === undefined) response.flushHeaders()
    })
    // The client went away, or has everything.
    response.once('close', () => {
      if (!response.writableFinished) outgoing.destroy()
      resolve('answered')
    })
    if (hasBody) {
      let bytes = 0
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength
        if (bytes <= maxBytes || response.headersSent) return
        // The rest is read and dropped, so that the answer can arrive.
        incoming.unpipe(outgoing)
        incoming.resume()
        resolve('too large')
        outgoing.destroy()
      })
      incoming.pipe(outgoing)
    } else outgoing.end()
    return promise
  }
}

const bytesOf = (incoming: IncomingMessage) => Number(incoming.headers['content-length'] ?? 0)

/** As they came, without those of the connection. */
function headersOf({ rawHeaders, headers }: IncomingMessage): string[] {
  const dropped = namesIn(headers.connection)
  const kept: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    if (!OF_CONNECTION.has(name) && !dropped.has(name)) kept.push(rawHeaders[i] as string, rawHeaders[i + 1] as string)
  }
  if (headers['transfer-encoding'] !== undefined) kept.push('transfer-encoding', 'chunked')
  return kept
}

function takeHeaders(answer: IncomingMessage, response: ServerResponse): void {
  const dropped = namesIn(answer.headers.connection)
  response.statusCode = answer.statusCode ?? 502
  if (answer.statusMessage) response.statusMessage = answer.statusMessage
  for (const [name, values] of Object.entries(answer.headersDistinct))
    if (values && !OF_CONNECTION.has(name) && !dropped.has(name)) response.setHeader(name, values)
}

// What a client names there must not include what the doors said, nor what says how long the request is.
const namesIn = (connection: string | undefined): Set<string> =>
  new Set(
    (connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim())
      .filter((name) => !name.startsWith('x-latchkey-') && !/^(content-|host$|cookie$|authorization$)/.test(name)),
  )
