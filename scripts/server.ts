// The one HTTP server of production: license calls go straight to their handler, everything else to Next.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  clientAddress,
  isApi,
  isKnownMethod,
  ourServerIsTheDoor,
  ownHeaders,
  ownSafetyHeaders,
  protectAnswer,
  readTarget,
  trustedProxies,
} from '#lib/door.ts'
import { type Environment, loadEnvironment } from './environment.ts'
import { openFastLane, requestOf } from './fast-lane.ts'
import { answerAtDoor, belowLicense } from './license-door.ts'
import { Halt, onStop, run, untilStopped } from './lifecycle.ts'
import { holdSecret, refuseNewer } from './open-database.ts'

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
  ourServerIsTheDoor()
  const proxies = trustedProxies()
  let hasWarned = false
  const addressOf = (forwarded: string | string[] | null | undefined, socket: Socket): string => {
    if (forwarded && proxies === 0 && !hasWarned) {
      hasWarned = true
      console.warn(
        'A request has an X-Forwarded-For header, and TRUST_PROXY is 0: it is not believed. Behind a reverse proxy all callers then count as one; set TRUST_PROXY to the number of proxies.',
      )
    }
    return clientAddress(forwarded ?? undefined, socket.remoteAddress ?? '', proxies)
  }
  const streams = new Set<ServerResponse>()
  let closing = false
  const server = createServer(
    // Slow senders are cut off; 65 s of keep-alive outlasts the 60 s most proxies wait before they use a connection again.
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000, requireHostHeader: false },
    async (request, response) => {
      if (closing) response.setHeader('Connection', 'close')
      const refused = tidy(request)
      if (refused) return reply(response, refused)
      try {
        const { url = '', headers, socket } = request
        const address = addressOf(headers['x-forwarded-for'], socket)
        const path = belowLicense(url)
        if (path !== null) return await answerAtDoor(answerLicense, request, response, path, address)
        ownHeaders(request, address, url)
        if (isApi(url)) protectAnswer(response, url)
        await ready.promise
        streams.add(response)
        response.once('close', () => streams.delete(response))
        await answerPage(request, response)
      } catch (error) {
        console.error(error)
        if (response.headersSent) response.destroy()
        else reply(response, internalError)
      }
    },
  )
  const closeIdleLane = openFastLane(server, {
    answer: (call, socket) => {
      const path = belowLicense(call.url)
      if (path === null) return null
      const address = addressOf(call.headers.get('x-forwarded-for'), socket)
      return answerLicense(requestOf(call, path, address))
    },
    isClosing: () => closing,
  })
  server.on('clientError', refuseMalformed)
  // Node would close the one without a word, and answer the other without a body.
  server.on('connect', (_request, socket: Socket) => refuse(socket, noTunnel))
  server.on('checkExpectation', (_request, response) => reply(response, notExpected))
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

type Refused = { status: number; error: string; detail: string }

/** Brings a request into the one form that whatever stands behind this door expects; says what is wrong when there is none. */
function tidy(request: IncomingMessage): Refused | undefined {
  if (request.httpVersion !== '1.1' && request.httpVersion !== '1.0')
    return { status: 505, error: 'HTTP_VERSION_NOT_SUPPORTED', detail: 'This server speaks HTTP/1.1.' }
  if (hostsOf(request.rawHeaders) > 1) return badRequest('There is more than one Host header.')
  if (!request.headers.host) {
    // HTTP/1.0 knows no Host header, and simple health checks still speak it.
    if (request.httpVersion !== '1.0') return badRequest('The Host header is missing.')
    request.rawHeaders.push('host', 'localhost')
    request.headers.host = 'localhost'
  }
  const target = readTarget(request.url ?? '')
  if ('problem' in target) return badRequest(target.problem)
  request.url = target.url
  if (isApi(target.url) && belowLicense(target.url) === null && !isKnownMethod(request.method))
    return { status: 405, error: 'METHOD_NOT_ALLOWED', detail: `No address here takes ${request.method}.` }
}

function hostsOf(rawHeaders: string[]): number {
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === 4 && rawHeaders[i]?.toLowerCase() === 'host') hosts++
  return hosts
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

const internalError = { status: 500, error: 'INTERNAL_ERROR', detail: 'Something went wrong on our side.' }
const noTunnel = { status: 405, error: 'METHOD_NOT_ALLOWED', detail: 'This server is no proxy.' }
const notExpected = { status: 417, error: 'EXPECTATION_FAILED', detail: 'Expect may only be 100-continue.' }
const badRequest = (detail: string): Refused => ({ status: 400, error: 'BAD_REQUEST', detail })

const headersOf = ({ status }: Refused): Record<string, string> => ({
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  // Whichever route was meant: what is said here is known to everybody.
  'access-control-allow-origin': '*',
  ...(status === 405 && { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' }),
  ...ownSafetyHeaders(),
})

function reply(response: ServerResponse, refused: Refused) {
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

/** What is not HTTP never becomes a request; it is answered in JSON all the same. */
function refuseMalformed(error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Socket) {
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
function refuse(socket: Socket, refused: Refused) {
  const body = JSON.stringify({ error: refused.error, detail: refused.detail })
  const headers = { ...headersOf(refused), 'content-length': Buffer.byteLength(body), connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${refused.status} ${STATUS_CODES[refused.status]}\r\n${lines.join('')}\r\n${body}`)
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
