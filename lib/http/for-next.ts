import '#server-only'
import { ADDRESS_HEADER } from './client.ts'
import type { HttpAnswer, HttpRequest } from './request.ts'

/**
 * Lets Next serve everything below `root` by a handler that knows no framework. Whoever holds the connection has decided the address: our
 * server, or instrumentation.ts where there is none.
 */
export const forNext =
  (root: string, answer: (request: HttpRequest) => Promise<HttpAnswer>) =>
  async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    const { status, headers, body } = await answer({
      method: request.method,
      path: pathname.slice(root.length),
      query: search.slice(1),
      header: (name) => request.headers.get(name),
      address: request.headers.get(ADDRESS_HEADER),
      body: (maxBytes) => readBody(request, maxBytes),
    })
    return new Response(body, { status, headers })
  }

async function readBody(request: Request, maxBytes: number): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return null
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
