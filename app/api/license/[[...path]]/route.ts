import { answerLicense } from '#lib/dialects/serve.ts'

const ROOT = '/api/license'

// The second door to the licence routes, for `next dev` and hosts that run Next alone; production hands them over before Next.
async function handle(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const { status, headers, body } = await answerLicense({
    method: request.method,
    path: pathname.slice(ROOT.length),
    query: search.slice(1),
    header: (name) => request.headers.get(name),
    address: addressOf(request),
    body: (maxBytes) => readBody(request, maxBytes),
  })
  return new Response(body, { status, headers })
}

// What the proxy in front of Next adds, or Next itself; a handler sees no socket.
function addressOf(request: Request): string | null {
  const hops = request.headers.get('x-forwarded-for')?.split(',') ?? []
  const proxies = Math.max(1, Number(process.env.TRUST_PROXY ?? 0))
  return hops.at(-Math.min(proxies, hops.length))?.trim() ?? null
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
