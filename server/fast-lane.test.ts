import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HttpRequest } from '#lib/http/request.ts'
import { answerAtDoor, belowLicense } from './door.ts'
import { openFastLane, readPlainCall, requestOf } from './fast-lane.ts'

const request = (head: string, body = '{}') => Buffer.from(`${head}\r\n\r\n${body}`, 'latin1')
const head = (...lines: string[]) => ['POST /api/license/validate HTTP/1.1', ...lines].join('\r\n')
const plain = (...more: string[]) => request(head('Host: a.test', 'Content-Length: 2', ...more))

describe('readPlainCall', () => {
  test('reads a plain call whole', () => {
    const call = readPlainCall(
      request(head('Host: a.test', 'content-type:application/json', 'CONTENT-LENGTH:  9 '), '{"key":1}'),
    )
    expect(call?.url).toBe('/api/license/validate')
    expect(Object.fromEntries(call?.headers ?? [])).toEqual({
      host: 'a.test',
      'content-type': 'application/json',
      'content-length': '9',
    })
    expect(String(call?.body)).toBe('{"key":1}')
  })

  test.each<[string, Buffer]>([
    ['a head that goes on', Buffer.from(head('Host: a.test', 'Content-Length: 2'))],
    ['a body that goes on', request(head('Host: a.test', 'Content-Length: 3'))],
    ['more than one request', Buffer.concat([plain(), plain()])],
    ['bytes after the body', request(head('Host: a.test', 'Content-Length: 1'))],
    ['another method', request(head('Host: a.test', 'Content-Length: 2').replace('POST', 'PUT'))],
    ['another path', request(head('Host: a.test', 'Content-Length: 2').replace('license', 'v1'))],
    ['a query', request(head('Host: a.test', 'Content-Length: 2').replace('validate', 'validate?a=b'))],
    ['an encoded path', request(head('Host: a.test', 'Content-Length: 2').replace('validate', 'v%61lidate'))],
    ['a whole URL', request(head('Host: a.test', 'Content-Length: 2').replace('/api', 'http://a.test/api'))],
    ['HTTP/1.0', request(head('Host: a.test', 'Content-Length: 2').replace('1.1', '1.0'))],
    ['no host', request(head('Content-Length: 2'))],
    ['an empty host', request(head('Host: ', 'Content-Length: 2'))],
    ['no length', request(head('Host: a.test'))],
    ['a length that is no number', request(head('Host: a.test', 'Content-Length: +2'))],
    ['a list of lengths', request(head('Host: a.test', 'Content-Length: 2, 2'))],
    ['two lengths', plain('Content-Length: 2')],
    ['any header twice', plain('X-A: 1', 'x-a: 1')],
    ['chunks', plain('Transfer-Encoding: chunked')],
    ['chunks, misspelt', plain('Transfer-Encoding : chunked')],
    ['an expectation', plain('Expect: 100-continue')],
    ['an upgrade', plain('Upgrade: h2c', 'Connection: upgrade')],
    ['a connection to be closed', plain('Connection: close')],
    ['a folded header', plain('X-A: 1', ' 2')],
    ['a bare line feed', plain('X-A: 1\nX-B: 2')],
    ['a bare carriage return', plain('X-A: 1\rX-B: 2')],
    ['a NUL', plain('X-A: \0')],
    ['a header without a name', plain(': 1')],
    ['a line without a colon', plain('X-A')],
    ['a head beyond its bound', plain(`X-A: ${'a'.repeat(8_192)}`)],
  ])('leaves %s to Node', (_name, bytes) => {
    expect(readPlainCall(bytes)).toBeNull()
  })
})

/** What a request was when it reached the handler, so that two ways of reading it can be compared. */
async function echo({ method, path, query, header, address, body }: HttpRequest) {
  const bytes = await body(65_536)
  const names = ['host', 'content-type', 'content-length', 'authorization', 'x-forwarded-for', 'idempotency-key']
  const told = { method, path, query, address, body: bytes && Buffer.from(bytes).toString('hex') }
  const headers = Object.fromEntries(names.map((name) => [name, header(name)]))
  return {
    status: path === '/none' ? 204 : 200,
    headers: { 'x-a': '1' },
    body: path === '/none' ? null : JSON.stringify({ ...told, headers }),
  }
}

const lane = { served: 0, answered: 0, isClosing: false, hold: null as Promise<unknown> | null }

async function start(withLane: boolean) {
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const below = belowLicense(request.url ?? '')
    if (below === null) return void response.writeHead(404).end('elsewhere')
    answerAtDoor(echo, request, response, below, '127.0.0.1').catch(() => response.destroy())
  })
  const closeIdle = withLane
    ? openFastLane(server, {
        answer: (call) => {
          const below = belowLicense(call.url)
          if (below === null) return null
          lane.served++
          return Promise.resolve(lane.hold)
            .then(() => echo(requestOf(call, below, '127.0.0.1')))
            .finally(() => setImmediate(() => lane.answered++))
        },
        isClosing: () => lane.isClosing,
      })
    : () => {}
  const sockets = new Map<number | undefined, Socket>()
  server.prependListener('connection', (socket: Socket) => sockets.set(socket.remotePort, socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, closeIdle, port: (server.address() as AddressInfo).port, sockets }
}

type Started = { server: Server; closeIdle: () => void; port: number; sockets: Map<number | undefined, Socket> }
let withLane: Started
let without: Started

beforeAll(async () => {
  withLane = await start(true)
  without = await start(false)
})

afterAll(() => {
  for (const { server, closeIdle } of [withLane, without]) {
    server.close()
    closeIdle()
    server.closeAllConnections()
  }
})

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  await once(socket, 'connect')
  return socket
}

/** Sends a piece, and waits until the server has it: what is sent next arrives alone. */
async function send({ sockets }: Started, socket: Socket, piece: Buffer) {
  const sent = socket.bytesWritten + piece.length
  socket.write(piece)
  const hasAll = () => {
    const other = sockets.get(socket.localPort)
    return !other || other.destroyed || other.bytesRead >= sent
  }
  while (!hasAll()) await new Promise(setImmediate)
}

/** Sends pieces one after the other, ends, and reads all that comes back; Date left out. */
async function exchange(to: Started, ...pieces: Buffer[]): Promise<string> {
  const socket = await open(to.port)
  const answer = text(socket)
  for (const piece of pieces) await send(to, socket, piece)
  socket.end()
  return (await answer).replace(/^Date: .*\r\n/gim, '')
}

const served = async (run: () => Promise<unknown>) => {
  const before = lane.served
  await run()
  return lane.served - before
}

/** The first of several answers: whether Node still says that it did not understand the bytes after a request is a matter of timing. */
const first = (answers: string) => answers.split(/(?=HTTP\/1\.1 )/)[0]

/** One answer on an open connection. */
async function next(socket: Socket): Promise<string> {
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  return String(bytes)
}

describe('the fast lane', () => {
  test('answers plain calls one after the other on one connection', async () => {
    const socket = await open(withLane.port)
    const count = await served(async () => {
      for (let i = 0; i < 3; i++) {
        socket.write(plain('X-Forwarded-For: 9.9.9.9'))
        const answer = await next(socket)
        expect(answer).toContain('Connection: keep-alive\r\nKeep-Alive: timeout=65\r\n')
        expect(answer).toContain('"x-forwarded-for":"9.9.9.9"')
      }
    })
    expect(count).toBe(3)
    socket.destroy()
  })

  test('leaves the connection to Node with the first request that is not plain, and for good', async () => {
    const socket = await open(withLane.port)
    const count = await served(async () => {
      socket.write(plain())
      expect(await next(socket)).toContain('200 OK')
      socket.write('GET /elsewhere HTTP/1.1\r\nHost: a.test\r\n\r\n')
      expect(await next(socket)).toContain('404 Not Found')
      socket.write(plain())
      expect(await next(socket)).toContain('200 OK')
    })
    expect(count).toBe(1)
    socket.destroy()
  })

  test.each<[string, Buffer[]]>([
    ['a body in two pieces', [plain().subarray(0, -1), plain().subarray(-1)]],
    ['a head in two pieces', [plain().subarray(0, 30), plain().subarray(30)]],
    ['two requests at once', [Buffer.concat([plain(), plain('X-B: 2')])]],
    ['a request and the half of another', [Buffer.concat([plain(), plain().subarray(0, 50)]), plain().subarray(50)]],
    ['chunks', [request(head('Host: a.test', 'Transfer-Encoding: chunked'), '2\r\n{}\r\n0\r\n\r\n')]],
    ['nothing to answer with', [request(head('Host: a.test', 'Content-Length: 2').replace('validate', 'none'))]],
    ['a body that is not ASCII', [request(head('Host: a.test', 'Content-Length: 4'), '\xe2\x82\xac!')]],
    ['a large body', [request(head('Host: a.test', 'Content-Length: 70000'), 'a'.repeat(70_000))]],
    ['no HTTP', [Buffer.from('hello\r\n\r\n')]],
  ])('gives the same answer as Node to %s', async (_name, pieces) => {
    expect(await exchange(withLane, ...pieces)).toBe(await exchange(without, ...pieces))
  })

  test('answers in order when requests arrive before the answer to the one before', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    lane.hold = promise
    const socket = await open(withLane.port)
    const all = text(socket)
    await send(withLane, socket, plain('Idempotency-Key: first'))
    await send(withLane, socket, plain('Idempotency-Key: second'))
    socket.end(plain('Idempotency-Key: third', 'Connection: close'))
    lane.hold = null
    resolve()
    expect([...(await all).matchAll(/"idempotency-key":"(\w+)"/g)].map(([, name]) => name)).toEqual([
      'first',
      'second',
      'third',
    ])
  })

  test('answers a client that has said it sends nothing more', async () => {
    expect(await exchange(withLane, plain())).toContain('"host":"a.test"')
  })

  test('closes idle connections on demand, and those that are being answered after their answer', async () => {
    const idle = await open(withLane.port)
    const busy = await open(withLane.port)
    idle.write(plain())
    await next(idle)
    const { promise, resolve } = Promise.withResolvers<void>()
    lane.hold = promise
    expect(await served(() => send(withLane, busy, plain()))).toBe(1)
    lane.isClosing = true
    withLane.closeIdle()
    await once(idle.resume(), 'close')
    lane.hold = null
    resolve()
    const answer = await text(busy)
    lane.isClosing = false
    expect(answer).toContain('Connection: close\r\n')
    expect(answer).toContain('"host":"a.test"')
  })

  test('reads no more from a client that does not read, and goes on when it does', async () => {
    const body = 'a'.repeat(20_000)
    const piece = request(head('Host: a.test', `Content-Length: ${body.length}`), body)
    const socket = await open(withLane.port)
    const ofServer = withLane.sockets.get(socket.localPort) as Socket
    let sent = 0
    const isStuck = () => ofServer.isPaused() && ofServer.writableNeedDrain
    const count = await served(async () => {
      // Forty kilobytes of answer each; what the system takes off our hands has an end.
      while (sent < 1_000 && !isStuck()) {
        socket.write(piece)
        sent++
        while (ofServer.bytesRead < sent * piece.length && !isStuck()) await new Promise(setImmediate)
        // What it read is answered before the next one comes.
        while (lane.answered < lane.served && !isStuck()) await new Promise(setImmediate)
      }
    })
    expect(sent).toBeLessThan(1_000)
    expect(count).toBeLessThanOrEqual(sent)
    expect(ofServer.writableLength).toBeLessThan(200_000)
    const answers = text(socket)
    socket.end()
    expect((await answers).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(sent)
  })

  test('never answers anything differently from Node, whatever arrives', async () => {
    const name = fc.constantFrom(
      'Content-Length',
      'content-length ',
      'Transfer-Encoding',
      'X-A',
      'Connection',
      'Host',
      ' X',
      'X-\xe9',
      'Idempotency-Key',
      'Expect',
    )
    const value = fc.constantFrom(
      '2',
      ' 2 ',
      '2,2',
      '+2',
      '0x2',
      '02',
      '',
      'chunked',
      'close',
      'keep-alive',
      'Keep-Alive, x',
      'a.test',
      '\xe9',
      '\0',
      '\x7f',
      '\t',
      'a\r\n b',
    )
    const line = fc.tuple(name, fc.constantFrom(':', ': ', ' : ', ''), value).map((parts) => parts.join(''))
    const start = fc.constantFrom(
      'POST /api/license/validate HTTP/1.1',
      'POST /api/license HTTP/1.1',
      'POST  /api/license/a HTTP/1.1',
      'GET /api/license/a HTTP/1.1',
      'POST /api/licensex HTTP/1.1',
      'POST /api/license/a HTTP/1.0',
      'POST /api/license/a?b HTTP/1.1',
    )
    const body = fc.constantFrom('{}', '', '{', '{}x', '2\r\n{}\r\n0\r\n\r\n')
    const end = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n')
    const usual = fc.constantFrom(['Host: a.test', 'Content-Length: 2'], ['Host: a.test'], ['Content-Length: 2'], [])
    const bytes = fc
      .tuple(start, usual, fc.array(line, { maxLength: 2 }), end, body)
      .map(([first, known, lines, eol, rest]) =>
        Buffer.from(`${[first, ...known, ...lines].join(eol)}${eol}${eol}${rest}`, 'latin1'),
      )
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        const [fast, slow] = await Promise.all([exchange(withLane, sent), exchange(without, sent)])
        expect(first(fast)).toBe(first(slow))
      }),
      { numRuns: 1_000 },
    )
  })
})
