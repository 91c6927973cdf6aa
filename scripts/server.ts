// The one HTTP server of production: license calls go straight to their handler, everything else to Next.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, isIP, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Environment, loadEnvironment } from './environment.ts'
import { Halt, onStop, run, untilStopped } from './lifecycle.ts'

const addressHeader = 'x-latchkey-address'
const licensePath = /^\/+api\/license(?=[/?]|$)/
const shutdownMs = 10_000

/** Serves until the process stops; resolves when the first request can be answered. */
export async function serve({ port, host }: Environment): Promise<AddressInfo> {
  // Imported here, not above: both read the environment when they are loaded.
  const [{ default: next }, { getRequestListener, RequestError }, { handleLicense }] = await Promise.all([
    import('next'),
    import('@hono/node-server'),
    import('#lib/dialects/serve.ts'),
  ])
  // What arrives before Next is prepared waits for it.
  const ready = Promise.withResolvers<void>()
  let answerLicense: Handler = () => {}
  let answerPage: Handler = () => {}
  let closing = false
  const streams = new Set<ServerResponse>()
  const server = createServer(
    // Slow senders are cut off; 65 s of keep-alive outlasts the 60 s most proxies wait before they use a connection again.
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000, requireHostHeader: false },
    async (request, response) => {
      if (closing) response.setHeader('Connection', 'close')
      if (!request.headers.host) return reply(response, 400, 'BAD_REQUEST', 'The Host header is missing.')
      setAddress(request)
      await ready.promise
      try {
        if (licensePath.test(request.url ?? '')) {
          request.url = withoutRepeatedSlashes(request.url ?? '')
          return await answerLicense(request, response)
        }
        streams.add(response)
        response.once('close', () => streams.delete(response))
        await answerPage(request, response)
      } catch (error) {
        console.error(error)
        if (response.headersSent) response.destroy()
        else reply(response, 500, 'INTERNAL_ERROR', 'Something went wrong on our side.')
      }
    },
  )
  server.on('clientError', refuseMalformed)
  await listen(server, port, host)
  onStop(async () => {
    closing = true
    // Live pages have no end of their own; their browsers reconnect.
    for (const response of streams)
      if (String(response.getHeader('content-type')).startsWith('text/event-stream')) response.destroy()
    await drain(server)
  })

  const app = next({ dev: false, hostname: host, port })
  await app.prepare()
  onStop(() => app.close())
  answerPage = app.getRequestHandler()
  answerLicense = getRequestListener(handleLicense, {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      // A host like "a b", from which no Request can be made. Other errors are ours.
      if (error instanceof RequestError)
        return Response.json({ error: 'BAD_REQUEST', detail: error.message }, { status: 400 })
      console.error(error)
      const detail = 'Something went wrong on our side.'
      return Response.json({ error: 'INTERNAL_ERROR', detail }, { status: 500 })
    },
  })
  ready.resolve()
  return server.address() as AddressInfo
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/** Where the request came from, in a header that clients cannot set themselves. Both doors read it from there. */
function setAddress(request: IncomingMessage) {
  const raw = request.rawHeaders
  for (let i = raw.length - 2; i >= 0; i -= 2) if (raw[i]?.toLowerCase() === addressHeader) raw.splice(i, 2)
  const address = clientAddress(
    request.headers['x-forwarded-for'],
    request.socket.remoteAddress ?? '',
    Number(process.env.TRUST_PROXY ?? 0),
  )
  raw.push(addressHeader, address)
  request.headers[addressHeader] = address
}

/** The right-most address that none of our `proxies` vouches for: entries further left are whatever the client wrote. */
export function clientAddress(forwarded: string | string[] | undefined, peer: string, proxies: number): string {
  const hops = [...(forwarded ? String(forwarded).split(',') : []), peer].map(bare)
  const address = hops[Math.max(0, hops.length - 1 - proxies)] ?? ''
  return isIP(address) ? address : bare(peer)
}

/** "[::1]:80", "10.0.0.1:80" and "::ffff:10.0.0.1" without what is around the address. */
function bare(text: string): string {
  const address = text
    .trim()
    .replace(/^\[([^\]]+)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}

/** A base URL that ends in "/" makes clients ask for "//": the same path to us. */
function withoutRepeatedSlashes(url: string): string {
  const query = url.indexOf('?')
  const path = query < 0 ? url : url.slice(0, query)
  return path.includes('//') ? path.replace(/\/{2,}/g, '/') + url.slice(path.length) : url
}

/** Says at once what would otherwise be found out after the build. */
export async function checkPort({ port, host }: Environment) {
  const probe = createServer()
  await listen(probe, port, host)
  probe.close()
  await once(probe, 'close')
}

async function listen(server: Server, port: number, host: string) {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (error: NodeJS.ErrnoException) => {
    const reasons: Record<string, string> = {
      EADDRINUSE: `Port ${port} is taken by another program. Choose another one with PORT, like PORT=${port + 1}.`,
      EACCES: `This user may not listen on port ${port}. Choose one above 1023 with PORT, like PORT=3000.`,
      EADDRNOTAVAIL: `This machine has no address ${host}. Check HOST.`,
      ENOTFOUND: `The host name ${host} is not known. Check HOST.`,
    }
    reject(new Halt(reasons[error.code ?? ''] ?? `Cannot listen on ${host}:${port}: ${error.message}`))
  })
  server.listen({ port, host, backlog: 1024 }, resolve)
  await promise
}

/** Stops accepting and lets what was accepted finish. */
async function drain(server: Server) {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const deadline = Date.now() + shutdownMs
  const limit = async () => {
    while (server.listening || (await connections(server)) > 0) {
      if (Date.now() > deadline) break
      server.closeIdleConnections()
      await sleep(50)
    }
    server.closeAllConnections()
  }
  await Promise.race([closed, limit()])
}

const connections = (server: Server) =>
  new Promise<number>((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)))

function reply(response: ServerResponse, status: number, error: string, detail: string) {
  response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' })
  response.end(JSON.stringify({ error, detail }))
}

/** What is not HTTP never becomes a request; it is answered in JSON all the same. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket) {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const [status, code, detail] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'HEADERS_TOO_LARGE', 'The headers are too large.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'REQUEST_TIMEOUT', 'The request took too long to arrive.']
        : ['400 Bad Request', 'BAD_REQUEST', 'The request is not valid HTTP.']
  const body = JSON.stringify({ error: code, detail })
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

// Alone: a further process beside `npm start`, with a database that is migrated and pages that are built.
if (import.meta.main)
  await run(async () => {
    const environment = loadEnvironment('production')
    if (!environment.databaseUrl)
      throw new Halt('scripts/server.ts needs DATABASE_URL. Use npm start for everything in one.')
    const { port } = await serve(environment)
    console.log(`Latchkey listens on port ${port}.`)
    return untilStopped()
  })
