// The one HTTP server of production: license calls go straight to their handler, everything else to Next, here or in
// another process.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { type AddressInfo, type Socket, Server as TcpServer } from 'node:net'
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
} from '#lib/http/client.ts'
import { pageHeaders } from '#lib/http/page-safety.ts'
import manifest from '../package.json' with { type: 'json' }
import { holdSecret, refuseNewer } from './database/open.ts'
import { answerAtDoor, belowLicense } from './door.ts'
import { type Environment, loadEnvironment } from './environment.ts'
import { openFastLane, requestOf } from './fast-lane.ts'
import { type HandedOver, Handover } from './handover.ts'
import { Halt, onStop, run, untilStopped } from './lifecycle.ts'
import { Gate } from './page-gate.ts'
import { openPages } from './pages.ts'

const shutdownMs = 10_000
/** How long connections that wait for nothing are kept once the process is to end. */
const idleMs = 1_000
/** How long the end waits for new connections to cease, and what counts as ceased. */
const quietMs = 1_000
const ceasedMs = 25

/** More than any form or part of a file has. The management API says by itself what it takes; this is for what no program sends. */
const bodyBytesMax = (url: string) => (isApi(url) ? 8 : 2) * 1024 * 1024
/** What one address gets of pages, and of the management API, whose programs have allowances. */
const pagesAtOnce = { atOnce: 48, atOnceOfOne: 16, waiting: 400, waitingOfOne: 100, waitMs: 10_000 }
const apiAtOnce = { atOnce: 48, atOnceOfOne: 32, waiting: 400, waitingOfOne: 200, waitMs: 10_000 }

/** Who answers what is no license call: this process, or another one. */
type Pages = {
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<HandedOver>
  /** Resolves when the first of them can be answered. */
  prepare: () => Promise<void>
  close: () => void | Promise<void>
}

/** Serves until the process stops; resolves when the first request can be answered. `pagesAt`: the socket of the process with the pages. */
export async function serve({ port, host }: Environment, pagesAt: string | null = null): Promise<AddressInfo> {
  // Imported here, not above: they read the environment when they are loaded.
  const [{ answerLicense }, { flushValidationCounts }, { env }, { watchSecret }, pages] = await Promise.all([
    import('#lib/vendors/serve.ts'),
    import('#lib/license-calls/counts.ts'),
    import('#lib/base/env.ts'),
    import('#lib/secrets/watch.ts'),
    pagesAt === null ? pagesHere(port, host) : pagesApart(pagesAt),
  ])
  await watchSecret()
  ourServerIsTheDoor()
  const { PAGE_RATE_PER_SECOND: perSecond, PAGE_RATE_BURST: burst } = env()
  const pageGate = new Gate({ ...pagesAtOnce, rate: { perSecond, burst } })
  const apiGate = new Gate({ ...apiAtOnce, rate: null })
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
  const open = new Set<ServerResponse>()
  let closing = false
  /** Set while the port is being closed: requests wait for it. */
  let closed: Promise<void> | null = null
  const server = createServer(
    // Slow senders are cut off; 65 s of keep-alive outlasts the 60 s most proxies wait before they use a connection again.
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000, requireHostHeader: false },
    async (request, response) => {
      if (closing) response.setHeader('Connection', 'close')
      if (closed) await closed
      const refused = tidy(request)
      if (refused) return reply(response, refused)
      try {
        const { url = '', headers, socket } = request
        const address = addressOf(headers['x-forwarded-for'], socket)
        const path = belowLicense(url)
        if (path !== null) return await answerAtDoor(answerLicense, request, response, path, address)
        ownHeaders(request, address, url)
        await answerElse(request, response, url, address)
      } catch (error) {
        console.error(error)
        if (response.headersSent) response.destroy()
        else reply(response, internalError)
      }
    },
  )

  async function answerElse(request: IncomingMessage, response: ServerResponse, url: string, address: string) {
    if (isHealth(url, request.method)) return sayHealth(request, response)
    if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax(url)) return turnAway(request, response, tooLarge)
    // Files cost little, and whoever watches over this process must not be told to wait.
    const gate = /^\/(_next\/static\/|api\/ready\b|favicon)/.test(url) ? null : isApi(url) ? apiGate : pageGate
    const place = gate ? await gate.enter(address) : () => {}
    if (typeof place !== 'function') return turnAway(request, response, place.status === 429 ? tooMany : busy, place)
    if (response.destroyed) return place()
    open.add(response)
    response.once('close', () => {
      open.delete(response)
      place()
    })
    // Live pages last; they only wait.
    whenHeadIsWritten(response, () => {
      if (isLive(response)) place()
    })
    protectAnswer(response, url)
    const handedOver = await pages.answer(request, response)
    if (handedOver === 'away') turnAway(request, response, starting, { retryAfterSeconds: 2 })
    if (handedOver === 'too large') turnAway(request, response, tooLarge)
  }

  const closeIdleLane = openFastLane(server, {
    answer: (call, socket) => {
      const path = belowLicense(call.url)
      if (path === null) return null
      const address = addressOf(call.headers.get('x-forwarded-for'), socket)
      if (closed) return closed.then(() => answerLicense(requestOf(call, path, address)))
      return answerLicense(requestOf(call, path, address))
    },
    isClosing: () => closing,
  })
  server.on('clientError', refuseMalformed)
  // Node would close the one without a word, and answer the other without a body.
  server.on('connect', (_request, socket: Socket) => refuse(socket, noTunnel))
  server.on('checkExpectation', (_request, response) => reply(response, notExpected))
  await listen(server, port, host)
  const at = server.address() as AddressInfo
  onStop(async () => {
    closing = true
    // Live pages have no end of their own; their browsers reconnect.
    for (const response of open) if (isLive(response)) response.destroy()
    const port = Promise.withResolvers<void>()
    closed = port.promise
    await stopAccepting(server)
    closed = null
    port.resolve()
    await drain(server, closeIdleLane)
    await flushValidationCounts()
    await pages.close()
  })
  await pages.prepare()
  return at
}

async function pagesHere(port: number, host: string): Promise<Pages> {
  const here = await openPages({ port, host })
  // What arrives before Next is prepared waits for it.
  const ready = Promise.withResolvers<Awaited<ReturnType<typeof here.prepare>>>()
  ready.promise.catch(() => {})
  return {
    answer: async (request, response) => {
      const answerPage = await ready.promise
      await answerPage(request, response)
      return 'answered'
    },
    prepare: async () => {
      await here.prepare().then(ready.resolve, (error) => {
        ready.reject(error)
        throw error
      })
    },
    close: here.close,
  }
}

async function pagesApart(socketPath: string): Promise<Pages> {
  const handover = new Handover(socketPath)
  return {
    answer: (request, response) => handover.answer(request, response, bodyBytesMax(request.url ?? '')),
    prepare: async () => {},
    close: () => handover.close(),
  }
}

const isLive = (response: ServerResponse) => String(response.getHeader('content-type')).startsWith('text/event-stream')

function whenHeadIsWritten(response: ServerResponse, seen: () => void) {
  const writeHead = response.writeHead as (...args: unknown[]) => ServerResponse
  response.writeHead = (...args: unknown[]) => {
    writeHead.apply(response, args)
    seen()
    return response
  }
}

/** This process is up; nothing else is asked, least of all the process with the pages. */
const isHealth = (url: string, method: string | undefined) =>
  /^\/api\/health(?=\?|$)/.test(url) && (method === 'GET' || method === 'HEAD')

function sayHealth(request: IncomingMessage, response: ServerResponse) {
  const uptimeSeconds = Math.floor(process.uptime())
  const body = JSON.stringify({ status: 'ok', version: manifest.version, uptimeSeconds })
  response.writeHead(200, { ...dataHeaders(), 'content-length': Buffer.byteLength(body) })
  response.end(request.method === 'HEAD' ? undefined : body)
}

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

/**
 * Closes the port. The system cuts off connections that it has accepted and we have not, and whoever is answered with the news that it was the
 * last answer connects anew at once. So requests wait meanwhile (`closed`): callers wait with them, no further connections come, and the
 * port is closed right after a turn of the event loop that found none and nothing else to do.
 */
async function stopAccepting(server: Server) {
  const began = performance.now()
  let lastCame = began
  const onConnection = () => {
    lastCame = performance.now()
  }
  server.on('connection', onConnection)
  for (let turn = began; turn - began < quietMs; ) {
    await new Promise(setImmediate)
    const now = performance.now()
    if (now - lastCame > ceasedMs && now - turn < 0.2) break
    // Between turns there is time for everybody else.
    if (now - lastCame <= ceasedMs) await sleep(5)
    turn = performance.now()
  }
  server.off('connection', onConnection)
  // Not HTTP's own: that one also cuts connections off.
  TcpServer.prototype.close.call(server)
}

/**
 * Lets what was accepted finish. Connections that wait for nothing get a moment more: a request may be on its way, and
 * is answered with the news that it was the last.
 */
async function drain(server: Server, closeIdleLane: () => void) {
  const began = performance.now()
  while ((await connections(server)) > 0) {
    const ms = performance.now() - began
    if (ms > shutdownMs) break
    if (ms > idleMs) {
      server.closeIdleConnections()
      closeIdleLane()
    }
    await sleep(20)
  }
  server.closeAllConnections()
}

const connections = (server: Server) =>
  new Promise<number>((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)))

const internalError = { status: 500, error: 'INTERNAL_ERROR', detail: 'Something went wrong on our side.' }
const noTunnel = { status: 405, error: 'METHOD_NOT_ALLOWED', detail: 'This server is no proxy.' }
const notExpected = { status: 417, error: 'EXPECTATION_FAILED', detail: 'Expect may only be 100-continue.' }
const badRequest = (detail: string): Refused => ({ status: 400, error: 'BAD_REQUEST', detail })

const dataHeaders = (): Record<string, string> => ({
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

const tooLarge = {
  status: 413,
  error: 'PAYLOAD_TOO_LARGE',
  detail: 'The body is larger than anything this address takes.',
}
const tooMany = { status: 429, error: 'RATE_LIMITED', detail: 'Too many requests came from your network at once.' }
const busy = { status: 503, error: 'UNAVAILABLE', detail: 'Too many requests are waiting.' }
const starting = { status: 503, error: 'UNAVAILABLE', detail: 'The pages are restarting.' }

/** Refuses a request in the form that whoever sent it reads: a page that tries again by itself, or JSON. What is still to come is dropped. */
function turnAway(
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

// Alone: with LATCHKEY_PAGES_SOCKET one of the processes in front (server/cluster.ts), else a further process beside `npm start`, with a database that is migrated and pages that are built.
if (import.meta.main)
  await run(async () => {
    const environment = loadEnvironment('production')
    if (!environment.databaseUrl)
      throw new Halt('server/web.ts needs DATABASE_URL. Use npm start for everything in one.')
    await refuseNewer(environment.databaseUrl)
    await holdSecret(environment, environment.databaseUrl)
    const { port } = await serve(environment, process.env.LATCHKEY_PAGES_SOCKET || null)
    console.log(`Latchkey listens on port ${port}.`)
    return untilStopped()
  })
