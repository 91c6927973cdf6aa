import type { Server } from 'node:http'
import { Server as TcpServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

// The end of a server: nothing that was accepted goes unanswered.

const shutdownMs = 10_000
/** How long connections that wait for nothing are kept once the process is to end. */
const idleMs = 1_000
/** How long the end waits for new connections to cease, and what counts as ceased. */
const quietMs = 1_000
const ceasedMs = 25

/**
 * Closes the port. The system cuts off connections that it has accepted and we have not, and whoever is answered with the news that it was the
 * last answer connects anew at once. So requests wait meanwhile (`closed`): callers wait with them, no further connections come, and the
 * port is closed right after a turn of the event loop that found none and nothing else to do.
 */
export async function stopAccepting(server: Server) {
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
export async function drain(server: Server, closeIdleLane: () => void) {
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
