// The one HTTP server of production: license calls go straight to their handler, everything else to Next.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, isIP, isIPv4, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Environment, loadEnvironment } from './environment.ts'
import { openFastLane, requestOf } from './fast-lane.ts'
import { answerAtDoor, belowLicense } from './license-door.ts'
import { Halt, onStop, run, untilStopped } from './lifecycle.ts'
import { holdSecret, refuseNewer } from './open-database.ts'

const addressHeader = 'x-latchkey-address'
// Pages cannot know their own path, and sign-in has to lead back to it (lib/auth/session.ts).
const pathHeader = 'x-latchkey-path'
const shutdownMs = 10_000

/** Serves until the process stops; resolves when the first request can be answered. */
export async function serve({ port, host }: Environment): Promise<AddressInfo> {
  // Imported here, not above: they read the environment when they are loaded.
  const [{ default: next }, { answerLicense }, { flushValidationCounts }, { watchSecret }] = await Promise.all([
    import('next'),
    import('#lib/dialects/serve.ts'),
    import('#lib/license-keys/validation-counts.ts'),
    import('#lib/secret-watch.ts'),
  ])
  await watchSecret()
  // The idle server takes the upgrade listener that Next would add to ours. Without one, Node answers requests that offer an
  // upgrade like any other (Java's client and curl --http2 offer one by default); with it they would be cut off.
  const app = next({ dev: false, hostname: host, port, httpServer: createServer() })
  // What arrives before Next is prepared waits for it.
  const ready = Promise.withResolvers<void>()
  let answerPage: Handler = () => {}
  const proxies = Number(process.env.TRUST_PROXY ?? 0)
  const streams = new Set<ServerResponse>()
  let closing = false
  const server = createServer(
    // Slow senders are cut off; 65 s of keep-alive outlasts the 60 s most proxies wait before they use a connection again.
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000, requireHostHeader: false },
    async (request, response) => {
      if (closing) response.setHeader('Connection', 'close')
      const problem = tidy(request)
      if (problem) return reply(response, 400, badRequest(problem))
      try {
        const { url = '', headers, socket } = request
        const address = clientAddress(headers['x-forwarded-for'], socket.remoteAddress ?? '', proxies)
        const path = belowLicense(url)
        if (path !== null) return await answerAtDoor(answerLicense, request, response, path, address)
        await ready.promise
        setHeader(request, addressHeader, address)
        streams.add(response)
        response.once('close', () => streams.delete(response))
        setHeader(request, pathHeader, url)
        await answerPage(request, response)
      } catch (error) {
        console.error(error)
        if (response.headersSent) response.destroy()
        else reply(response, 500, internalError)
      }
    },
  )
  const closeIdleLane = openFastLane(server, {
    answer: (call, socket) => {
      const path = belowLicense(call.url)
      if (path === null) return null
      const address = clientAddress(call.headers.get('x-forwarded-for'), socket.remoteAddress ?? '', proxies)
      return answerLicense(requestOf(call, path, address))
    },
    isClosing: () => closing,
  })
  server.on('clientError', refuseMalformed)
  // Node would close the one without a word, and answer the other without a body.
  server.on('connect', (_request, socket: Socket) => refuse(socket, '405 Method Not Allowed', noTunnel))
  server.on('checkExpectation', (_request, response) => reply(response, 417, notExpected))
  await listen(server, port, host)
  let isPrepared = false
  onStop(async () => {
    closing = true
    // Live pages have no end of their own; their browsers reconnect.
    for (const response of streams)
      if (String(response.getHeader('content-type')).startsWith('text/event-stream')) response.destroy()
    await drain(server, closeIdleLane)
    await flushValidationCounts()
    await stopJobs()
    if (isPrepared) await app.close()
  })

  await app.prepare()
  isPrepared = true
  answerPage = app.getRequestHandler()
  ready.resolve()
  return server.address() as AddressInfo
}

/** Ends the background work that instrumentation.ts started inside Next's bundle. */
export async function stopJobs() {
  await (globalThis as { latchkeyStopJobs?: () => Promise<void> }).latchkeyStopJobs?.()
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/** Brings a request into the one form both doors expect; says what is wrong when there is none. */
function tidy(request: IncomingMessage): string | undefined {
  if (!request.headers.host) {
    // HTTP/1.0 knows no Host header, and simple health checks still speak it.
    if (request.httpVersion !== '1.0') return 'The Host header is missing.'
    setHeader(request, 'host', 'localhost')
  }
  let url = request.url ?? ''
  if (!url.startsWith('/')) url = url.replace(/^https?:\/\/[^/?#]*/i, '') // as clients write it to a proxy
  if (!url.startsWith('/')) return 'The path is missing.'
  if (url.includes('%') && url.startsWith('/api/') && belowLicense(url) === null && !isDecodable(url))
    return 'The path is not valid percent-encoding.'
  request.url = url
}

function setHeader(request: IncomingMessage, name: string, value: string) {
  const raw = request.rawHeaders
  for (let i = raw.length - 2; i >= 0; i -= 2)
    if (raw[i]?.length === name.length && raw[i]?.toLowerCase() === name) raw.splice(i, 2)
  raw.push(name, value)
  request.headers[name] = value
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '')
    return true
  } catch {
    return false
  }
}

/** The right-most address that none of our `proxies` vouches for: entries further left are whatever the client wrote. */
export function clientAddress(forwarded: string | string[] | undefined, peer: string, proxies: number): string {
  if (proxies === 0 || !forwarded) return bare(peer)
  const hops = [...String(forwarded).split(','), peer].map(bare)
  const address = hops[Math.max(0, hops.length - 1 - proxies)] ?? ''
  return isIP(address) ? address : bare(peer)
}

/** "[::1]:80", "10.0.0.1:80" and "::ffff:10.0.0.1" without what is around the address. */
function bare(text: string): string {
  if (isIPv4(text)) return text
  const address = text
    .trim()
    .replace(/^\[([^\]]+)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
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
async function drain(server: Server, closeIdleLane: () => void) {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const deadline = Date.now() + shutdownMs
  const limit = async () => {
    while (server.listening || (await connections(server)) > 0) {
      if (Date.now() > deadline) break
      server.closeIdleConnections()
      closeIdleLane()
      await sleep(50)
    }
    server.closeAllConnections()
  }
  await Promise.race([closed, limit()])
}

const connections = (server: Server) =>
  new Promise<number>((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)))

const internalError = { error: 'INTERNAL_ERROR', detail: 'Something went wrong on our side.' }
const noTunnel = { error: 'METHOD_NOT_ALLOWED', detail: 'This server is no proxy.' }
const notExpected = { error: 'EXPECTATION_FAILED', detail: 'Expect may only be 100-continue.' }
const badRequest = (detail: string) => ({ error: 'BAD_REQUEST', detail })

function reply(response: ServerResponse, status: number, body: { error: string; detail: string }) {
  response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' })
  response.end(JSON.stringify(body))
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
  refuse(socket, status as string, { error: code as string, detail: detail as string })
}

/** Answers where there is no response object, and hangs up. */
function refuse(socket: Socket, status: string, answer: { error: string; detail: string }) {
  const body = JSON.stringify(answer)
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
    await refuseNewer(environment.databaseUrl)
    await holdSecret(environment, environment.databaseUrl)
    const { port } = await serve(environment)
    console.log(`Latchkey listens on port ${port}.`)
    return untilStopped()
  })
