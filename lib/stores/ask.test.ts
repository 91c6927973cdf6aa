import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { networkOf } from '../base/networks.ts'
import { openOutside } from '../http/outside.ts'
import { StoreApiRefusal, type StoreReader } from '../store-facts/reader.ts'
import { askOf } from './ask.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function shop(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A store that is wherever its credential says. */
const reader = {
  api: {
    origin: (_mode, credential) => credential,
    headers: () => ({ 'x-key': 'abc' }),
    changedSince: async function* () {},
  },
} as Pick<StoreReader, 'api'> as StoreReader

const here = openOutside(['127.0.0.0/8'].flatMap((text) => networkOf(text) ?? []))
const internet = openOutside([])

test('what a store answers is read; that it refuses, is busy or sends elsewhere is told', async () => {
  const at = await shop(({ url, headers }, response) => {
    if (url === '/moved') response.writeHead(302, { location: '/orders' }).end()
    else if (url === '/gone') response.writeHead(404).end('{}')
    else response.end(JSON.stringify({ url, key: headers['x-key'] }))
  })
  const ask = askOf(reader, 'live', at, here)
  expect(await ask?.('/orders?page=2')).toEqual({ url: '/orders?page=2', key: 'abc' })
  await expect(ask?.('/gone')).rejects.toEqual(new StoreApiRefusal(404))
  await expect(ask?.('/moved')).rejects.toEqual(new StoreApiRefusal(302))
  await expect(ask?.('https://elsewhere.example/')).rejects.toThrow('another host')
})

test('a store that is not on the internet is not asked, unless its network is named', async () => {
  let requests = 0
  const at = await shop((_request, response) => {
    requests++
    response.end('{}')
  })
  for (const credential of [
    at,
    at.replace('http:', 'https:'),
    'https://10.0.0.1',
    'https://169.254.169.254',
    'https://localhost',
  ])
    await expect(askOf(reader, 'live', credential, internet)?.('/')).rejects.toMatchObject({ kind: 'refused' })
  expect(requests).toBe(0)
  expect(await askOf(reader, 'live', at, here)?.('/')).toEqual({})
})
