// The fast lane of the straight door: a plain license call on a plain connection is read from the socket and answered on it. Node's HTTP
// server costs more than everything else that such a call needs. Whatever is not plain is left to it, with its connection and for good.
import { type Server, STATUS_CODES, validateHeaderValue } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpAnswer, HttpRequest } from '#lib/http/request.ts'

/** A license call as the fast lane reads it: `url` begins with /api/license, `headers` have their names in lower case. */
export type PlainCall = { url: string; headers: Map<string, string>; body: Buffer }

export type FastLane = {
  /** Answers a call; null for one that this lane does not serve. */
  answer: (call: PlainCall, socket: Socket) => Promise<HttpAnswer> | null
  /** True while the server stops: then every answer is a connection's last. */
  isClosing: () => boolean
}

const HEAD_BYTES_MAX = 8_192
const FIRST_REQUEST_MS = 10_000
/** How much of what was answered may wait for a client that does not read it. */
const UNREAD_BYTES_MAX = 1_048_576
const blankLine = Buffer.from('\r\n\r\n')

// Stricter than the standard (RFC 9112): whatever proxies and servers have ever read in two ways is not plain.
const PLAIN_HEAD = /^POST (\/api\/license[\w/-]*) HTTP\/1\.1((?:\r\n[!#$%&'*+.^_`|~\w-]+:[\t\x20-\x7e\x80-\xff]*)+)$/
const NOT_PLAIN = ['transfer-encoding', 'expect', 'upgrade', 'trailer']

/** The call that these bytes are, whole and alone; null when they are anything else, or more, or less. */
export function readPlainCall(bytes: Buffer): PlainCall | null {
  const end = bytes.indexOf(blankLine)
  if (end < 0 || end > HEAD_BYTES_MAX) return null
  const head = PLAIN_HEAD.exec(bytes.toString('latin1', 0, end))
  if (!head) return null
  const headers = new Map<string, string>()
  const lines = (head[2] as string).split('\r\n')
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] as string
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (headers.has(name)) return null
    headers.set(name, line.slice(colon + 1).trim())
  }
  const length = headers.get('content-length')
  if (!headers.get('host') || !length || !/^\d{1,5}$/.test(length)) return null
  if (NOT_PLAIN.some((name) => headers.has(name))) return null
  if ((headers.get('connection') ?? 'keep-alive').toLowerCase() !== 'keep-alive') return null
  const body = bytes.subarray(end + blankLine.length)
  return body.length === Number(length) ? { url: head[1] as string, headers, body } : null
}

/** What the license handler reads of a plain call. `path` is what of its URL lies below /api/license. */
export const requestOf = ({ headers, body }: PlainCall, path: string, address: string): HttpRequest => ({
  method: 'POST',
  path,
  query: '',
  header: (name) => headers.get(name) ?? null,
  address,
  body: (maxBytes) => Promise.resolve(body.length > maxBytes ? null : body),
})

/** Opens the lane on a server that does not listen yet. The result closes its connections that wait for nothing. */
export function openFastLane(server: Server, lane: FastLane): () => void {
  const [toNode] = server.listeners('connection') as ((socket: Socket) => void)[]
  if (!toNode) throw new Error('This server has no connection listener to leave connections to.')
  const connections = new Set<Connection>()
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const connection = new Connection(socket, lane, server.keepAliveTimeout, (left) => {
      connections.delete(connection)
      if (left) toNode.call(server, socket)
    })
    connections.add(connection)
  })
  return () => {
    for (const connection of connections) connection.closeIfIdle()
  }
}

/** One connection, as long as all that arrives on it is plain calls, one at a time. */
class Connection {
  readonly #socket: Socket
  readonly #lane: FastLane
  readonly #keepAliveMs: number
  readonly #gone: (left: boolean) => void
  #isAnswering = false
  /** The answer is written, and the client does not take it: nothing more is read from it until it does. */
  #isBlocked = false
  #isLast = false
  /** What arrived before the answer to the call before it was written. */
  #early: Buffer[] = []

  constructor(socket: Socket, lane: FastLane, keepAliveMs: number, gone: (left: boolean) => void) {
    this.#socket = socket
    this.#lane = lane
    this.#keepAliveMs = keepAliveMs
    this.#gone = gone
    socket.setTimeout(FIRST_REQUEST_MS)
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('timeout', this.closeIfIdle)
    socket.on('error', ignore) // 'close' follows
    socket.on('close', this.#onClose)
  }

  closeIfIdle = () => {
    if (!this.#isAnswering || this.#isBlocked) this.#socket.destroy()
  }

  #onClose = () => this.#gone(false)

  #onEnd = () => {
    this.#isLast = true
    if (!this.#isAnswering) this.#socket.end()
  }

  #onData = (bytes: Buffer) => {
    if (this.#isAnswering) {
      this.#early.push(bytes)
      this.#socket.pause()
      return
    }
    const call = readPlainCall(bytes)
    const answer = call && this.#lane.answer(call, this.#socket)
    if (!answer) return this.#leave(bytes)
    this.#isAnswering = true
    answer.then(this.#onAnswer, this.#onError)
  }

  #onAnswer = (answer: HttpAnswer) => {
    const socket = this.#socket
    if (socket.destroyed) return // the client went away meanwhile
    const isLast = this.#isLast || this.#lane.isClosing()
    const isTaken = socket.write(spell(answer, isLast ? 0 : this.#keepAliveMs))
    if (isLast) {
      this.#isBlocked = !isTaken
      return void socket.end()
    }
    if (socket.timeout !== this.#keepAliveMs) socket.setTimeout(this.#keepAliveMs)
    if (isTaken) return this.#goOn()
    if (socket.writableLength > UNREAD_BYTES_MAX) return void socket.destroy()
    this.#isBlocked = true
    socket.pause()
    socket.once('drain', this.#onDrain)
  }

  #onDrain = () => {
    this.#isBlocked = false
    if (this.#early.length === 0) this.#socket.resume()
    this.#goOn()
  }

  #goOn() {
    this.#isAnswering = false
    // It said so while it was not reading.
    if (this.#isLast && this.#early.length === 0) return void this.#socket.end()
    if (this.#early.length > 0) this.#leave(Buffer.concat(this.#early))
  }

  #onError = (error: unknown) => {
    console.error(error)
    this.#socket.destroy()
  }

  /** Leaves the connection, and what has arrived on it, to Node. */
  #leave(bytes: Buffer) {
    const socket = this.#socket
    socket.pause()
    socket.off('data', this.#onData)
    socket.off('end', this.#onEnd)
    socket.off('timeout', this.closeIfIdle)
    socket.off('error', ignore)
    socket.off('close', this.#onClose)
    socket.setTimeout(0)
    socket.unshift(bytes)
    this.#gone(true)
    socket.resume()
  }
}

const ignore = () => {}

/** The answer's bytes, as Node's server would write them; with 0 for `keepAliveMs` the connection ends with it. */
function spell({ status, headers, body }: HttpAnswer, keepAliveMs: number): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`
  for (const name in headers) {
    const value = headers[name] as string
    validateHeaderValue(name, value)
    text += `${name}: ${value}\r\n`
  }
  if (body !== null) text += `content-length: ${Buffer.byteLength(body)}\r\n`
  else if (status !== 204) text += 'content-length: 0\r\n'
  text += `Date: ${httpDate()}\r\n`
  text +=
    keepAliveMs > 0
      ? `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1_000)}\r\n\r\n`
      : 'Connection: close\r\n\r\n'
  return body === null ? text : text + body
}

let second = 0
let dateOfSecond = ''

function httpDate(): string {
  const now = Math.floor(Date.now() / 1_000)
  if (now !== second) {
    second = now
    dateOfSecond = new Date(now * 1_000).toUTCString()
  }
  return dateOfSecond
}
