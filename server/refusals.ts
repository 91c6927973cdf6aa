import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { isApi, ownSafetyHeaders } from '#lib/http/client.ts'
import { pageHeaders } from '#lib/http/page-safety.ts'

// What the server says by itself, before or instead of whoever stands behind it.

/** What is wrong with a request. */
export type Refused = { status: number; error: string; detail: string }

export const internalError = { status: 500, error: 'INTERNAL_ERROR', detail: 'Something went wrong on our side.' }
export const noTunnel = { status: 405, error: 'METHOD_NOT_ALLOWED', detail: 'This server is no proxy.' }
export const notExpected = { status: 417, error: 'EXPECTATION_FAILED', detail: 'Expect may only be 100-continue.' }
export const badRequest = (detail: string): Refused => ({ status: 400, error: 'BAD_REQUEST', detail })

/** Headers of what the server says in JSON. */
export const dataHeaders = (): Record<string, string> => ({
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  // Whichever route was meant: what is said here is known to everybody.
  'access-control-allow-origin': '*',
  ...ownSafetyHeaders(),
})

const headersOf = ({ status }: Refused): Record<string, string> => ({
  ...dataHeaders(),
  ...(status === 405 && { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' }),
})

/** Refuses a request in JSON, and hangs up. */
export function reply(response: ServerResponse, refused: Refused) {
  const { status, error, detail } = refused
  const body = JSON.stringify({ error, detail })
  response.writeHead(status, {
    ...headersOf(refused),
    'content-length': Buffer.byteLength(body),
    Connection: 'close',
  })
  response.end(body)
}

// A method that Node has never heard of, and not just any bytes.
const METHOD = /^[A-Z]{1,20} \//

export const tooLarge = {
  status: 413,
  error: 'PAYLOAD_TOO_LARGE',
  detail: 'The body is larger than anything this address takes.',
}
export const tooMany = {
  status: 429,
  error: 'RATE_LIMITED',
  detail: 'Too many requests came from your network at once.',
}
export const busy = { status: 503, error: 'UNAVAILABLE', detail: 'Too many requests are waiting.' }
export const starting = { status: 503, error: 'UNAVAILABLE', detail: 'The pages are restarting.' }

/** Refuses a request in the form that whoever sent it reads: a page that tries again by itself, or JSON. What is still to come is dropped. */
export function turnAway(
  request: IncomingMessage,
  response: ServerResponse,
  refused: Refused,
  { retryAfterSeconds = 0 }: { retryAfterSeconds?: number } = {},
) {
  if (response.headersSent || response.destroyed) return
  const isPage = !isApi(request.url ?? '') && String(request.headers.accept ?? '').includes('text/html')
  const { status, error, detail } = refused
  const body = isPage ? pageOf(refused, retryAfterSeconds) : JSON.stringify({ error, detail })
  for (const name of response.getHeaderNames()) if (name !== 'connection') response.removeHeader(name)
  response.writeHead(status, {
    ...headersOf(refused),
    ...(isPage && {
      ...pageHeaders('', process.env.LATCHKEY_URL ?? ''),
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    }),
    ...(retryAfterSeconds > 0 && { 'retry-after': String(retryAfterSeconds) }),
    'content-length': Buffer.byteLength(body),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
  request.resume()
}

function pageOf({ status, detail }: Refused, seconds: number): string {
  const title = status === 413 ? 'That was too large' : 'One moment, please'
  const again =
    seconds > 0 ? `This page tries again by itself in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.` : ''
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${seconds > 0 ? `<meta http-equiv="refresh" content="${seconds}">\n` : ''}<title>${title} · Latchkey</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:20vh auto;padding:0 1rem}h1{font-size:1.25rem}</style>
</head>
<body><main><h1>${title}</h1><p>${detail} ${again}</p></main></body>
</html>
`
}

/** What is not HTTP never becomes a request; it is answered in JSON all the same. */
export function refuseMalformed(error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Socket) {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const [status, code, detail]: [number, string, string] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'HEADERS_TOO_LARGE', 'The headers are too large.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'REQUEST_TIMEOUT', 'The request took too long to arrive.']
        : error.code === 'HPE_INVALID_VERSION'
          ? [505, 'HTTP_VERSION_NOT_SUPPORTED', 'This server speaks HTTP/1.1.']
          : error.code === 'HPE_INVALID_METHOD' && METHOD.test(String(error.rawPacket?.subarray(0, 32)))
            ? [405, 'METHOD_NOT_ALLOWED', 'No address here takes this method.']
            : [400, 'BAD_REQUEST', 'The request is not valid HTTP.']
  refuse(socket, { status, error: code, detail })
}

/** Answers where there is no response object, and hangs up. */
export function refuse(socket: Socket, refused: Refused) {
  const body = JSON.stringify({ error: refused.error, detail: refused.detail })
  const headers = { ...headersOf(refused), 'content-length': Buffer.byteLength(body), connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${refused.status} ${STATUS_CODES[refused.status]}\r\n${lines.join('')}\r\n${body}`)
}
