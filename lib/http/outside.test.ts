import { createSocket } from 'node:dgram'
import dns from 'node:dns/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { networkOf } from '../base/networks.ts'
import { type Outside, openOutside } from './outside.ts'

// Real names, a real resolver and real connections, all on this machine.

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const here = ['127.0.0.0/8'].flatMap((text) => networkOf(text) ?? [])

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** A name server that answers with what it is given, in turn; the last one for good. */
async function nameServer(...answers: string[][]) {
  const socket = createSocket('udp4')
  const asked: string[] = []
  socket.on('message', (query, from) => {
    const end = query.indexOf(0, 12) + 1
    const isV4 = query.readUInt16BE(end) === 1
    const addresses = isV4 ? ((answers.length > 1 ? answers.shift() : answers[0]) ?? []) : []
    if (isV4) asked.push(query.subarray(13, end - 1).toString('latin1'))
    const head = Buffer.from(query.subarray(0, end + 4))
    head.writeUInt16BE(0x8180, 2)
    head.writeUInt16BE(addresses.length, 6)
    head.writeUInt16BE(0, 10)
    const records = addresses.map((address) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]),
    )
    socket.send(Buffer.concat([head, ...records]), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  closing.push(() => new Promise<void>((resolve) => socket.close(() => resolve())))
  const resolver = new dns.Resolver({ timeout: 2_000, tries: 1 })
  resolver.setServers([`127.0.0.1:${socket.address().port}`])
  return { asked, resolve: (name: string) => resolver.resolve4(name) }
}

const open = (...parts: Parameters<typeof openOutside>): Outside => {
  const way = openOutside(...parts)
  closing.push(() => way.close())
  return way
}

const post = {
  method: 'POST',
  headers: { 'content-type': 'text/plain' },
  body: 'hello',
  timeoutMs: 5_000,
  bytesMax: 2_048,
} as const

test('what is sent arrives, and the answer is told', async () => {
  const got: string[] = []
  const port = await serve((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      got.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers['content-length']} ${body}`)
      response.writeHead(201, { 'x-a': 'b' }).end('thanks')
    })
  })
  const answer = await open(here).ask(`http://127.0.0.1:${port}/a?b=c`, post)
  expect(got).toEqual([`POST /a?b=c 127.0.0.1:${port} 5 hello`])
  expect([answer.status, answer.header('x-a'), answer.body.toString(), answer.isWhole]).toEqual([
    201,
    'b',
    'thanks',
    true,
  ])
})

test('a name whose address changes between saving and sending is refused at the connection', async () => {
  let requests = 0
  const port = await serve((_request, response) => {
    requests++
    response.end()
  })
  // Public while it is looked at; then this machine.
  const { resolve, asked } = await nameServer(['93.184.216.34'], ['127.0.0.1'])
  const way = open([], resolve)
  const url = `https://rebinding.example.com:${port}/`
  expect(await way.whyNot(url)).toBeNull()
  await expect(way.ask(url, post)).rejects.toThrow(
    'rebinding.example.com leads to an address that is refused: 127.0.0.1 is this host (loopback)',
  )
  expect(await way.whyNot(url)).toContain('127.0.0.1')
  expect(requests).toBe(0)
  expect(asked.length).toBe(3)
})

test('the connection goes to the address that was checked, and the name is not looked up again for it', async () => {
  let host: string | undefined
  const port = await serve((request, response) => {
    host = request.headers.host
    response.end()
  })
  // A second look-up would lead to where nobody is.
  const { resolve, asked } = await nameServer(['127.0.0.1'], ['127.0.0.2'])
  const answer = await open(here, resolve).ask(`http://shop.example.com:${port}/`, post)
  expect([answer.status, host]).toEqual([200, `shop.example.com:${port}`])
  expect(asked).toHaveLength(1)
})

test.each([
  ['one of several', ['93.184.216.34', '127.0.0.1']],
  ['a private one', ['10.1.2.3']],
  ['the metadata of a cloud', ['169.254.169.254']],
])('a name that leads to an address that is not public is refused: %s', async (_, addresses) => {
  const { resolve } = await nameServer(addresses)
  const way = open([], resolve)
  expect(await way.whyNot('https://shop.example.com/')).toContain('shop.example.com leads to')
  await expect(way.ask('https://shop.example.com/', post)).rejects.toMatchObject({ kind: 'refused' })
})

test('http goes only where a network is named', async () => {
  const { resolve } = await nameServer(['93.184.216.34'])
  const way = open(here, resolve)
  expect(await way.whyNot('http://shop.example.com/')).toContain('https')
  await expect(way.ask('http://shop.example.com/', post)).rejects.toMatchObject({ kind: 'refused' })
  expect(await way.whyNot('https://shop.example.com/')).toBeNull()
})

test('a redirect is an answer, and is not followed', async () => {
  let requests = 0
  const port = await serve((_request, response) => {
    requests++
    response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
  })
  expect((await open(here).ask(`http://127.0.0.1:${port}/`, post)).status).toBe(302)
  expect(requests).toBe(1)
})

test('whoever does not answer in time is given up, and so is a hand that holds on to its answer', async () => {
  const port = await serve((request, response) => {
    if (request.url === '/half') response.writeHead(200).write('so far')
  })
  const soon = { ...post, timeoutMs: 300 }
  const way = open(here)
  await expect(way.ask(`http://127.0.0.1:${port}/`, soon)).rejects.toThrow('No answer within 0.3 s.')
  const half = await way.ask(`http://127.0.0.1:${port}/half`, soon)
  expect([half.status, half.body.toString(), half.isWhole]).toEqual([200, 'so far', false])
})

test('of an answer without end the beginning is kept', async () => {
  const port = await serve((_request, response) => {
    response.writeHead(200)
    const more = () => {
      while (response.write('x'.repeat(10_000)) && !response.destroyed);
    }
    response.on('drain', more)
    more()
  })
  const answer = await open(here).ask(`http://127.0.0.1:${port}/`, post)
  expect([answer.status, answer.body.length, answer.isWhole]).toEqual([200, 2_048, false])
})

test('a kept connection that the other side closes meanwhile costs nothing', async () => {
  let requests = 0
  const port = await serve((request, response) => {
    requests++
    response.end(() => request.socket.destroy())
  })
  const way = open(here)
  for (let i = 0; i < 5; i++) expect((await way.ask(`http://127.0.0.1:${port}/`, post)).status).toBe(200)
  expect(requests).toBe(5)
})

test('why there is no answer is said in words', async () => {
  const port = await serve(() => {})
  const [close] = closing.splice(0)
  await close?.()
  await expect(open(here).ask(`http://127.0.0.1:${port}/`, post)).rejects.toThrow('Nothing listens there')
  const plain = await serve((_request, response) => response.end())
  await expect(open(here).ask(`https://127.0.0.1:${plain}/`, post)).rejects.toMatchObject({ kind: 'unreachable' })
})
