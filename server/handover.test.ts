import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HandedOver, Handover } from './handover.ts'

const BYTES_MAX = 200_000
const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-test-'))
const socketPath = path.join(folder, 'pages')

let behind: Server
let front: Server
let port: number
const outcomes: HandedOver[] = []
/** What the process behind does with the next requests. */
let answer: (request: IncomingMessage, response: ServerResponse) => unknown = () => {}

beforeAll(async () => {
  behind = createServer({ keepAliveTimeout: 0 }, (request, response) => void answer(request, response))
  behind.listen(socketPath)
  const handover = new Handover(socketPath)
  front = createServer(async (request, response) => {
    response.setHeader('x-of-front', '1')
    const outcome = await handover.answer(request, response, BYTES_MAX)
    outcomes.push(outcome)
    if (outcome !== 'answered') response.writeHead(outcome === 'away' ? 503 : 413).end(outcome)
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  port = (front.address() as AddressInfo).port
})

afterAll(() => {
  for (const server of [behind, front]) {
    server.close()
    server.closeAllConnections()
  }
  rmSync(folder, { recursive: true, force: true })
})

async function ask(method: string, { headers = {}, body = [] as Buffer[] } = {}) {
  const outgoing = request({ port, host: '127.0.0.1', method, path: '/a?b=%2F', headers, agent: false })
  for (const chunk of body) outgoing.write(chunk)
  outgoing.end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { response, body: await text(response) }
}

describe('a request that is handed over', () => {
  test('arrives as it was sent, without what is of its connection', async () => {
    answer = async (request, response) => {
      const { method, url, headers } = request
      response.end(JSON.stringify({ method, url, headers, body: (await buffer(request)).toString('hex') }))
    }
    for (const body of [[], [Buffer.from([0, 255])], [Buffer.alloc(70_000, 1), Buffer.from('x')]])
      for (const method of ['POST', 'PUT', 'DELETE', 'GET']) {
        const headers = { connection: 'x-gone, close', 'x-gone': '1', upgrade: 'h2c', te: 'trailers', 'x-a': '\xe9' }
        const sent = Buffer.concat(body)
        const length = body.length === 1 ? { 'content-length': String(sent.length) } : {}
        const chunked = body.length > 1 ? { 'transfer-encoding': 'chunked' } : {}
        const got = JSON.parse((await ask(method, { headers: { ...headers, ...length, ...chunked }, body })).body)
        expect(got).toMatchObject({ method, url: '/a?b=%2F', body: sent.toString('hex') })
        expect(got.headers['x-a']).toBe('\xe9')
        for (const name of ['x-gone', 'upgrade', 'te']) expect(got.headers).not.toHaveProperty(name)
        expect(got.headers.connection).toBe('keep-alive')
      }
  })

  test('is answered with every header, the status and the body', async () => {
    answer = (_request, response) => {
      response.writeHead(418, 'Short and stout', { 'set-cookie': ['a=1', 'b=2'], 'x-b': '2', 'x-of-front': '2' })
      response.end('é')
    }
    const { response, body } = await ask('GET')
    expect([response.statusCode, response.statusMessage, body]).toEqual([418, 'Short and stout', 'é'])
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(response.headers).toMatchObject({ 'x-b': '2', 'x-of-front': '2' })
    const head = await ask('HEAD')
    expect([head.response.statusCode, head.body]).toEqual([418, ''])
  })

  test('is answered piece by piece, as the pieces come', async () => {
    let next = () => {}
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('one')
      next = () => response.end('two')
    }
    const outgoing = request({ port, host: '127.0.0.1', agent: false }).end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    const pieces: string[] = []
    for await (const piece of response) {
      pieces.push(String(piece))
      if (pieces.length === 1) next()
    }
    expect(pieces).toEqual(['one', 'two'])
  })

  test('is ended when its client goes away, before and during the answer', async () => {
    for (const begins of [false, true]) {
      const arrived = Promise.withResolvers<ServerResponse>()
      answer = (_request, response) => {
        if (begins) response.write('one')
        arrived.resolve(response)
      }
      const outgoing = request({ port, host: '127.0.0.1', agent: false }).end()
      outgoing.on('error', () => {})
      const response = await arrived.promise
      const closed = once(response, 'close')
      outgoing.destroy()
      await closed
      expect(response.writableFinished).toBe(false)
    }
  })

  test('is not read faster than its client reads', async () => {
    let written = 0
    let isOver = false
    const stuck = Promise.withResolvers<void>()
    answer = (_request, response) => {
      const chunk = Buffer.alloc(65_536)
      const more = () => {
        while (!isOver) {
          written += chunk.length
          if (!response.write(chunk)) break
        }
        if (isOver) return void response.end()
        response.once('drain', more)
        if (written > 1_000_000) stuck.resolve()
      }
      more()
    }
    const client = connect(port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    client.pause()
    await stuck.promise
    // Until nothing moves any more: three buffers of the system and ours.
    for (let before = -1; before !== written; ) {
      before = written
      for (let i = 0; i < 2_000; i++) await new Promise(setImmediate)
    }
    expect(written).toBeLessThan(60_000_000)
    isOver = true
    let bytes = 0
    for await (const chunk of client) bytes += (chunk as Buffer).length
    expect(bytes).toBeGreaterThanOrEqual(written)
  })

  test('is refused when it is larger than it may be, without saying so before', async () => {
    answer = (request, response) => void request.resume().on('end', () => response.end('taken'))
    const body = Array.from({ length: 40 }, () => Buffer.alloc(50_000))
    const { response, body: said } = await ask('POST', { headers: { 'transfer-encoding': 'chunked' }, body })
    expect([response.statusCode, said]).toEqual([413, 'too large'])
    const fits = await ask('POST', { headers: { 'transfer-encoding': 'chunked' }, body: body.slice(0, 4) })
    expect([fits.response.statusCode, fits.body]).toEqual([200, 'taken'])
  })

  test('is answered early though its body is still coming', async () => {
    answer = (_request, response) => void response.writeHead(303, { location: '/b' }).end()
    const body = Array.from({ length: 3 }, () => Buffer.alloc(50_000))
    for (let i = 0; i < 20; i++) expect((await ask('POST', { body })).response.statusCode).toBe(303)
    expect(outcomes.at(-1)).toBe('answered')
  })

  test('breaks off when the process breaks off, and is told apart from one that is away', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '10' })
      response.write('four', () => response.destroy())
    }
    await expect(ask('GET')).rejects.toThrow()
    answer = (_request, response) => void response.destroy()
    expect((await ask('POST', { body: [Buffer.from('x')] })).response.statusCode).toBe(503)
    const away = new Handover(path.join(folder, 'nothing'))
    const response = { once: () => {}, destroyed: false } as unknown as ServerResponse
    const incoming = { headers: {}, rawHeaders: [], method: 'GET', url: '/', unpipe() {}, resume() {} }
    expect(await away.answer(incoming as unknown as IncomingMessage, response, 1)).toBe('away')
  })
})
