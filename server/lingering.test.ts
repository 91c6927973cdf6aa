import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { lingerAtClose } from './lingering.ts'

let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

async function serve() {
  server = createServer((request, response) => {
    lingerAtClose(request)
    response.writeHead(413, { 'content-length': 2 }).end('no')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Sends a head and a part of a body, reads the answer, and only then goes on sending. */
async function sendOn(port: number, connection: string) {
  const socket = connect(port, '127.0.0.1')
  const failed: Error[] = []
  socket.on('error', (error) => failed.push(error))
  const bytes = 3_000_000
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\nConnection: ${connection}\r\n\r\n`)
  const slice = Buffer.alloc(100_000)
  socket.write(slice)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  for (let sent = slice.length; sent < bytes; sent += slice.length) {
    if (!socket.write(slice)) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
    await turn()
  }
  return { socket, failed, answer: answer.toString() }
}

test.each(['close', 'keep-alive'])(
  'whoever is still sending after the answer is not cut off: %s',
  async (connection) => {
    const { socket, failed, answer } = await sendOn(await serve(), connection)
    expect(answer).toContain('413')
    const closed = once(socket, 'close')
    socket.end()
    await closed
    expect(failed).toEqual([])
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0)
  },
)
