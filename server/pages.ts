// The process that has the pages and the management API, behind those that have the port (server/cluster.ts starts it).
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setPriority } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import sirv from 'sirv'
import { ourServerIsTheDoor } from '#lib/http/client.ts'
import { loadEnvironment, root } from './environment.ts'
import { Halt, onStop, run, untilStopped } from './lifecycle.ts'
import { joinMetrics } from './metrics.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

const shutdownMs = 10_000

/** Next, prepared and ready to answer in this process; `close` ends its background work too. */
export async function openPages({ host, port }: { host: string; port: number }) {
  // Imported here: it reads the environment when it is loaded.
  const { default: next } = await import('next')
  ourServerIsTheDoor()
  // The idle server takes the upgrade listener that Next would add to ours. Without one, Node answers requests that offer an
  // upgrade like any other (Java's client and curl --http2 offer one by default); with it they would be cut off.
  const app = next({ dev: false, hostname: host, port, httpServer: createServer() })
  let isPrepared = false
  return {
    prepare: async (): Promise<Handler> => {
      await app.prepare()
      isPrepared = true
      return withFiles(app.getRequestHandler())
    },
    close: async () => {
      await stopJobs()
      if (isPrepared) await app.close()
    },
  }
}

const FILES = '/_next/static'

/** Serves the files of the build, packed as server/build.ts packed them; Next packs them anew for each visitor, and less tightly. */
function withFiles(answerPage: Handler): Handler {
  const serveFile = sirv(path.join(root, '.next/static'), {
    brotli: true,
    etag: true,
    immutable: true,
    maxAge: 31_536_000,
    setHeaders: (response) => response.setHeader('X-Content-Type-Options', 'nosniff'),
  })
  return (request, response) => {
    const url = request.url ?? ''
    if (!url.startsWith(`${FILES}/`)) return answerPage(request, response)
    request.url = url.slice(FILES.length)
    serveFile(request, response, () => {
      request.url = url
      return answerPage(request, response)
    })
  }
}

/** Ends the background work that instrumentation.ts started inside Next's bundle. */
export async function stopJobs() {
  await (globalThis as { latchkeyStopJobs?: () => Promise<void> }).latchkeyStopJobs?.()
}

/** Answers, on a socket of this machine, what the processes in front hand over. */
async function servePages(socketPath: string) {
  joinMetrics('pages')
  const pages = await openPages(loadEnvironment('production'))
  const answerPage = await pages.prepare()
  const open = new Set<ServerResponse>()
  let closing = false
  // Those in front have seen to slow senders, to the size of headers (they add two) and to what is no HTTP.
  const options = { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0, maxHeaderSize: 131_072 }
  const server = createServer({ ...options, requireHostHeader: false }, async (request, response) => {
    if (closing) response.setHeader('Connection', 'close')
    open.add(response)
    response.once('close', () => open.delete(response))
    try {
      await answerPage(request, response)
    } catch (error) {
      console.error(error)
      response.destroy()
    }
  })
  server.listen(socketPath)
  await once(server, 'listening')
  onStop(async () => {
    closing = true
    server.close()
    // Live pages have no end of their own; their browsers reconnect.
    for (const response of open)
      if (String(response.getHeader('content-type')).startsWith('text/event-stream')) response.destroy()
    await finish(open, server)
    await pages.close()
  })
}

async function finish(open: Set<ServerResponse>, server: Server) {
  for (const deadline = performance.now() + shutdownMs; open.size > 0 && performance.now() < deadline; ) await sleep(20)
  server.closeAllConnections()
}

if (import.meta.main)
  await run(async () => {
    const socketPath = process.env.LATCHKEY_PAGES_SOCKET
    if (!socketPath) throw new Halt('server/pages.ts is started by npm start.')
    // Whoever starts a program does not wait for whoever loads a page.
    try {
      setPriority(5)
    } catch {}
    await servePages(socketPath)
    // Whoever started it may have ended meanwhile; then this one is about to.
    process.send?.('ready', undefined, undefined, () => {})
    return untilStopped()
  })
