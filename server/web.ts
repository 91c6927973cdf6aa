// The one HTTP server of production: license calls go straight to their handler, everything else to Next, here or in
// another process.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import {
  clientAddress,
  isApi,
  ourServerIsTheDoor,
  ownHeaders,
  protectAnswer,
  trustedProxies,
} from '#lib/http/client.ts'
import manifest from '../package.json' with { type: 'json' }
import { drain, stopAccepting } from './closing.ts'
import { holdSecret, refuseNewer } from './database/open.ts'
import { answerAtDoor, belowLicense } from './door.ts'
import { type Environment, loadEnvironment } from './environment.ts'
import { openFastLane, requestOf } from './fast-lane.ts'
import { type HandedOver, Handover } from './handover.ts'
import { Halt, onStop, run, untilStopped } from './lifecycle.ts'
import { lingerAtClose } from './lingering.ts'
import { joinMetrics } from './metrics.ts'
import { Gate } from './page-gate.ts'
import { openPages } from './pages.ts'
import {
  busy,
  dataHeaders,
  internalError,
  noTunnel,
  notExpected,
  refuse,
  refuseMalformed,
  reply,
  starting,
  tooLarge,
  tooMany,
  turnAway,
} from './refusals.ts'
import { tidy } from './request.ts'

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
  const [{ answerLicense }, { flushNoted }, { env }, { watchSecret }, pages] = await Promise.all([
    import('#lib/vendors/serve.ts'),
    import('#lib/vendors/noted.ts'),
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
      lingerAtClose(request)
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
    const gate = /^\/(_next\/static\/|api\/(ready|metrics)\b|favicon)/.test(url)
      ? null
      : isApi(url)
        ? apiGate
        : pageGate
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
    await flushNoted()
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

// Alone: with LATCHKEY_PAGES_SOCKET one of the processes in front (server/cluster.ts), else a further process beside `npm start`, with a database that is migrated and pages that are built.
if (import.meta.main)
  await run(async () => {
    const environment = loadEnvironment('production')
    if (!environment.databaseUrl)
      throw new Halt('server/web.ts needs DATABASE_URL. Use npm start for everything in one.')
    joinMetrics('web')
    await refuseNewer(environment.databaseUrl)
    await holdSecret(environment, environment.databaseUrl)
    const { port } = await serve(environment, process.env.LATCHKEY_PAGES_SOCKET || null)
    console.log(`Latchkey listens on port ${port}.`)
    return untilStopped()
  })
