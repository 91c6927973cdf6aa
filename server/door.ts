// The straight door to the license routes: Node's own request and response, no Fetch objects in between (they cost more than the call).
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpAnswer, HttpRequest } from '#lib/http/request.ts'

const LICENSE = /^\/api\/license(?=[/?]|$)/

/** What of a URL, as `readTarget` returns it, lies below /api/license; null for a URL that this door does not answer. */
export function belowLicense(url: string): string | null {
  const found = LICENSE.exec(url)
  return found && url.slice(found[0].length)
}

/** Answers one request of `address` for `url`, below /api/license, with the license handler. */
export async function answerAtDoor(
  answer: (request: HttpRequest) => Promise<HttpAnswer>,
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
  address: string,
): Promise<void> {
  const mark = url.indexOf('?')
  const { status, headers, body } = await answer({
    method: request.method ?? '',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    header: (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value.join(', ') : (value ?? null)
    },
    address,
    body: (maxBytes) => readBody(request, maxBytes),
  })
  // The client went away meanwhile.
  if (response.destroyed) return
  if (body === null) response.writeHead(status, headers)
  else response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | null> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve(null)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength
      if (bytes <= maxBytes) chunks.push(chunk)
      else resolve(null) // the rest is read and dropped, so that the answer can arrive
    })
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    request.on('error', reject)
    request.on('close', () => {
      if (!request.complete) reject(new Error('The client went away.'))
    })
  })
}
