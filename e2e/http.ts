// HTTP as it is on the wire: paths that `new URL` would tidy, any method, any header, any bytes.
import { request } from 'node:http'
import { connect } from 'node:net'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'

/** An answer, read to its end; `json` is undefined when it is none. */
export type Answer = { status: number; headers: Record<string, string>; text: string; json: Json }

// biome-ignore lint/suspicious/noExplicitAny: tests read what comes.
type Json = any

export type Question = {
  method?: string
  path: string
  headers?: Record<string, string>
  /** Objects are sent as JSON, bytes and texts as they are, lists chunk by chunk. */
  body?: unknown
  base?: string | undefined
  /** Rejects when no answer came by then. */
  timeoutMs?: number
}

/** The app under test. */
export const appUrl = process.env.TEST_URL ?? 'http://localhost:4199'

/** Sends one request on a connection of its own. */
export function send({
  method = 'POST',
  path,
  headers = {},
  body,
  base = appUrl,
  timeoutMs,
}: Question): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const isJson = typeof body === 'object' && body !== null && !Buffer.isBuffer(body) && !isChunks(body)
  const payload = isJson ? JSON.stringify(body) : (body as string | Buffer | undefined)
  const length = payload === undefined || isChunks(body) ? undefined : Buffer.byteLength(payload)
  const outgoing = request(base, {
    method,
    path,
    agent: false,
    ...(timeoutMs && { signal: AbortSignal.timeout(timeoutMs) }),
    headers: {
      ...(isJson && { 'content-type': 'application/json' }),
      // Node says the length by itself only for some methods.
      ...(length !== undefined && { 'content-length': length }),
      ...headers,
    },
  })
  outgoing.on('error', reject)
  outgoing.on('response', async (response) => {
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    const text = unpack(Buffer.concat(chunks), response.headers['content-encoding']).toString('utf8')
    const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]))
    resolve({ status: response.statusCode ?? 0, headers, text, json: parse(text) })
  })
  if (isChunks(body)) {
    for (const chunk of body) outgoing.write(chunk)
    outgoing.end()
  } else outgoing.end(payload)
  return promise
}

/** Sends a request that must be answered within a second. What is slow by itself is slow again; a busy machine is not. */
export async function sendQuick(question: Question): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const began = performance.now()
    const answer = await send({ ...question, timeoutMs: 10_000 })
    const ms = Math.round(performance.now() - began)
    if (ms <= 1_000) return answer
    if (attempt === 2) throw new Error(`${ms} ms, and no quicker before: ${question.path} ${answer.text.slice(0, 200)}`)
  }
}

const isChunks = (body: unknown): body is Buffer[] => Array.isArray(body) && body.every((each) => Buffer.isBuffer(each))

function unpack(bytes: Buffer, encoding: string | undefined): Buffer {
  if (bytes.length === 0) return bytes
  if (encoding === 'br') return brotliDecompressSync(bytes)
  if (encoding === 'gzip') return gunzipSync(bytes)
  return encoding === 'deflate' ? inflateSync(bytes) : bytes
}

function parse(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Writes a request as it stands, on a connection of its own, and reads the one answer. For what no client library would send.
 * `lines` are headers; Host, Content-Length and Connection are added where none of them is there.
 */
export async function sendRaw(
  first: string,
  { lines = [], body = '', base = appUrl }: { lines?: string[]; body?: string; base?: string } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(base)
  const has = (name: string) => lines.some((line) => line.toLowerCase().startsWith(`${name}:`))
  const all = [
    first,
    ...(has('host') ? [] : [`Host: ${hostname}`]),
    ...(has('content-length') || body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ...(has('connection') ? [] : ['Connection: close']),
    ...lines,
  ]
  const socket = connect({ host: hostname, port: Number(port) })
  socket.setTimeout(10_000, () => socket.destroy(new Error(`No answer to ${JSON.stringify(first)}`)))
  socket.write(`${all.join('\r\n')}\r\n\r\n${body}`, 'latin1')
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  const [head = '', ...rest] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n')
  const sent = rest.join('\r\n\r\n')
  const text = /^transfer-encoding: chunked/im.test(head) ? sent.replace(/(^|\r\n)[0-9a-f]+\r\n/g, '') : sent
  const [status = '', ...fields] = head.split('\r\n')
  const headers = Object.fromEntries(
    fields.map((field) => [field.split(':', 1)[0]?.toLowerCase() ?? '', field.replace(/^[^:]*: */, '')]),
  )
  return { status: Number(status.split(' ')[1]), headers, text, json: parse(text) }
}
