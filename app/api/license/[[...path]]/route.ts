import { ADDRESS_HEADER } from '#lib/http/client.ts'
import { answerLicense } from '#lib/vendors/serve.ts'

const ROOT = '/api/license'

// The second door to the licence routes, for `next dev` and hosts that run Next alone; production answers them before Next.
// Whoever holds the connection has decided the address: our server, or instrumentation.ts where there is none.
async function handle(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const { status, headers, body } = await answerLicense({
    method: request.method,
    path: pathname.slice(ROOT.length),
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

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
}
