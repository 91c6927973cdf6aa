import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'

// Node closes a connection right after its last answer. If the rest of a body is still on its way then, the system answers it with a reset,
// and whoever sends it may lose the answer with it: a client is told that the connection broke instead of "too large".

/** How long what is still sent after the last answer is read and dropped. */
const LINGER_MS = 5_000

/** Lets the connection of a request that is answered before it was read end only once its client has sent it, or after some seconds. */
export function lingerAtClose(request: IncomingMessage): void {
  const { socket } = request
  const end = () => Socket.prototype.destroySoon.call(socket)
  socket.destroySoon = () => {
    if (request.complete || socket.destroyed) return end()
    const giveUp = setTimeout(end, LINGER_MS)
    giveUp.unref()
    socket.once('close', () => clearTimeout(giveUp))
    request.once('end', end).resume()
  }
}
