// What holds for every address below /api, whatever is behind it: JSON, one reading of a request, and headers that say it is data.
import { METHODS } from 'node:http'
import { expect, test } from '@playwright/test'
import { endpoints } from '#lib/api/endpoints.ts'
import { openApiDocument } from '#lib/api/openapi.ts'
import { doors } from '../doors.ts'
import { type Answer, appUrl, send, sendRaw } from '../http.ts'

const idOf = (path: string) => path.replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000')

/** Every address that the reference names, the vendors', and some that no route has. */
const documented = Object.keys(openApiDocument().paths as object)
const addresses = [
  ...new Set([
    ...documented.map(idOf).map((path) => (path.startsWith('/api') ? path : `/api/v1${path}`)),
    ...endpoints.map(({ path }) => `/api/v1${idOf(path)}`),
    ...['/api/health', '/api/ready', '/api/openapi.json', '/api/auth/session', '/api/auth/_log', '/api/auth/error'],
    ...[
      '/api/license/polar/v1/license-keys',
      '/api/license/dodo/licenses/validate',
      '/api/license/lemonsqueezy/v1/stores',
    ],
  ]),
]
const nowhere = [
  '/api',
  '/api/',
  '/api/nothing',
  '/api/licenses',
  '/api/licensevalidate',
  '/api/v1/nothing',
  '/api/v2/products',
].concat(
  ...[
    '/api/license',
    '/api/license/nothing',
    '/api/auth',

    '/api/health/x',
    '/api/ready/x',
    '/api/openapi.json/x',
  ],
  ...['/api/%256cicense/validate', '/api/..;/v1', '/api/v1;x/products', '/api/a%20b'],
)

function expectData(answer: Answer, what: string) {
  const { headers } = answer
  expect(headers['x-content-type-options'], what).toBe('nosniff')
  expect(headers['referrer-policy'], what).toBe('no-referrer')
  expect(headers['content-security-policy'], what).toBe("default-src 'none'; frame-ancestors 'none'")
  expect(headers['cache-control'], what).toMatch(/no-store|no-cache|max-age/)
  // This one is http.
  expect(headers['strict-transport-security'], what).toBeUndefined()
  expect(headers['x-powered-by'], what).toBeUndefined()
}

for (const [door, base] of doors) {
  test.describe(`through ${door}`, () => {
    test('every address answers with its headers, to those who may and those who may not', async () => {
      expect(addresses.length).toBeGreaterThan(30)
      for (const path of addresses)
        for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE']) {
          const answer = await send({ method, path, base, ...(method === 'POST' && { body: {} }) })
          expect(answer.status, `${method} ${path} ${answer.text}`).toBeLessThan(500)
          expectData(answer, `${method} ${path} ${answer.status}`)
          if (answer.text && !path.startsWith('/api/auth')) expect(answer.json, answer.text).toBeInstanceOf(Object)
        }
    })

    test('what does not exist is 404 in JSON', async () => {
      for (const path of nowhere)
        for (const method of ['GET', 'POST', 'DELETE']) {
          const answer = await send({ method, path, base })
          if (answer.status === 308) continue // Next redirects from a slash at the end
          expect([method, path, answer.status]).toEqual([method, path, 404])
          expect(answer.headers['content-type']).toMatch(/^application\/(problem\+)?json/)
          expect(answer.json).toBeInstanceOf(Object)
          expectData(answer, `${method} ${path}`)
        }
    })

    test('a method that nobody knows is 405 in JSON', async () => {
      const methods = METHODS.filter((name) => !/^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT)$/.test(name))
      expect(methods).toContain('TRACE')
      for (const path of [
        '/api/v1/products',
        '/api/health',
        '/api/ready',
        '/api/openapi.json',
        '/api/license/validate',
      ])
        for (const method of methods) {
          const answer = await send({ method, path, base })
          expect([method, path, answer.status]).toEqual([method, path, 405])
          expect(answer.json).toMatchObject({ error: 'METHOD_NOT_ALLOWED', detail: expect.any(String) })
          expect(answer.headers.allow).toMatch(/\w/)
          expectData(answer, `${method} ${path}`)
        }
      for (const path of ['/api/health', '/api/ready', '/api/openapi.json']) {
        const answer = await send({ method: 'POST', path, base, body: {} })
        expect([answer.status, answer.json?.error, answer.headers.allow]).toEqual([
          405,
          'METHOD_NOT_ALLOWED',
          'GET, HEAD',
        ])
      }
    })
  })
}

test.describe('one reading of a request', () => {
  const line = 'POST /api/license/validate HTTP/1.1'
  const others = ['GET /api/health HTTP/1.1', 'GET /login HTTP/1.1', 'GET /api/v1/products HTTP/1.1']

  for (const first of [line, ...others]) {
    test(`two Host headers: ${first}`, async () => {
      for (const hosts of [
        ['Host: a', 'Host: b'],
        ['Host: a', 'host: a'],
        ['HOST: a', 'X-A: 1', 'Host: a'],
      ]) {
        const answer = await sendRaw(first, { lines: hosts, body: '{}' })
        expect([answer.status, answer.json?.error]).toEqual([400, 'BAD_REQUEST'])
        expectData(answer, first)
      }
    })

    test(`another version: ${first}`, async () => {
      for (const version of ['HTTP/2.0', 'HTTP/0.9', 'HTTP/3.0', 'HTTP/1.2', 'HTTP/9.9']) {
        const answer = await sendRaw(first.replace('HTTP/1.1', version))
        expect([version, answer.status, answer.json?.error]).toEqual([version, 505, 'HTTP_VERSION_NOT_SUPPORTED'])
        expectData(answer, first)
      }
    })
  }

  test('what is refused before there is a request says so in the same way', async () => {
    for (const [first, status] of [
      ['BREW /api/license/validate HTTP/1.1', 405],
      ['CONNECT a.test:443 HTTP/1.1', 405],
      ['hello', 400],
      [`GET /${'x'.repeat(20_000)} HTTP/1.1`, 431],
    ] as const) {
      const answer = await sendRaw(first)
      expect([answer.status, typeof answer.json?.detail]).toEqual([status, 'string'])
      expectData(answer, first)
    }
    const expecting = await sendRaw('POST /api/health HTTP/1.1', { lines: ['Expect: more'], body: '{}' })
    expect(expecting.status).toBe(417)
    expectData(expecting, 'Expect')
  })

  test('HTTP/1.0 without a Host header, as simple health checks speak it', async () => {
    const { hostname, port } = new URL(appUrl)
    const answer = await sendRaw('GET /api/health HTTP/1.0', { lines: [`X-Host: ${hostname}:${port}`] })
    expect(answer.status).toBe(200)
  })
})
