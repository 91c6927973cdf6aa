// What a browser is told with every answer: no script but ours, nobody's frame, no guessing of types. The list of addresses is read from
// app/ and from the build, so a new route is visited, or missed here, as soon as it is there.
import { globSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { type AppProcess, startAppProcess, startNextAlone } from '../app-process.ts'
import { doors } from '../doors.ts'
import { type FullOrganization, makeFullOrganization } from '../full-organization.ts'
import { type Answer, send, sendRaw } from '../http.ts'
import { makeOrganization } from '../organization.ts'
import { downloadOf, downloadRoutes, routes, type Visit, visitOf } from '../pages.ts'
import { sessionHeader } from '../session.ts'

const root = path.join(import.meta.dirname, '../..')
const filesIn = (folder: string, pattern: string) => globSync(pattern, { cwd: path.join(root, folder) }).sort()

/** Route handlers, each with an address that reaches it. Those below /api are asked one by one in door.test.ts. */
const handlers: Record<string, string[]> = {
  '/api/[[...path]]': ['/api', '/api/nothing'],
  '/api/auth/[...nextauth]': ['/api/auth/session', '/api/auth/providers', '/api/auth/csrf', '/api/auth/signin'],
  '/api/health': ['/api/health'],
  '/api/ready': ['/api/ready'],
  '/api/metrics': ['/api/metrics'],
  '/api/live/[organization]': ['/api/live/nothing'],
  '/api/openapi.json': ['/api/openapi.json'],
  '/api/reminders/stop': ['/api/reminders/stop'],
  '/api/license/[[...path]]': ['/api/license/validate', '/api/license/polar/v1/license-keys', '/api/license/nothing'],
  '/api/v1/[[...path]]': ['/api/v1/products', '/api/v1/nothing'],
  '/login/with/[provider]': ['/login/with/github', '/login/with/nothing'],
  '/api/stores/[[...path]]': ['/api/stores', '/api/stores/polar/nothing'],
}
const handlerRoutes = filesIn('app', '**/route.ts').map((file) => `/${path.dirname(file)}`)

/** Files that anybody may load. */
const files = [
  ...filesIn('.next/static', '**/*.*').map((file) => `/_next/static/${file}`),
  ...filesIn('app', '{favicon,icon,apple-icon,opengraph-image,manifest,robots,sitemap}.*').map((file) => `/${file}`),
  ...filesIn('public', '**/*.*').map((file) => `/${file}`),
].filter((file) => !/\.(br|gz)$/.test(file))

const isHttps = (base: string) => base in secured
const secured: Record<string, AppProcess> = {}
const strict = 'max-age=31536000'

function expectAlways({ headers }: Answer, base: string, what: string) {
  expect(headers['x-content-type-options'], what).toBe('nosniff')
  expect(headers['referrer-policy'], what).toMatch(/^(no-referrer|same-origin|strict-origin-when-cross-origin)$/)
  expect(headers['content-security-policy'], what).toMatch(/(^|; )frame-ancestors 'none'(;|$)/)
  expect(headers['content-security-policy'], what).toMatch(/(^|; )default-src '(none|self)'(;|$)/)
  // One policy: two would be one list with a comma, and each would hold.
  expect(headers['content-security-policy'], what).not.toContain(',')
  expect(headers['strict-transport-security'], what).toBe(isHttps(base) ? strict : undefined)
  expect(headers['x-powered-by'], what).toBeUndefined()
}

/** The nonce of a page; what is on it must have that one, and nothing else may run. */
function expectPage(answer: Answer, base: string, what: string): string {
  expectAlways(answer, base, what)
  const { headers, text } = answer
  const policy = Object.fromEntries(
    (headers['content-security-policy'] ?? '').split('; ').map((rule) => {
      const [name = '', ...values] = rule.split(' ')
      return [name, values]
    }),
  )
  const nonce = /^'nonce-(.{20,})'$/.exec(policy['script-src']?.find((value) => value.startsWith("'nonce-")) ?? '')?.[1]
  expect(nonce, what).toBeTruthy()
  expect(policy['script-src'], what).toEqual(["'self'", `'nonce-${nonce}'`, "'strict-dynamic'"])
  expect(policy['script-src-elem'] ?? policy['script-src-attr'], what).toBeUndefined()
  expect(policy, what).toMatchObject({ 'object-src': ["'none'"], 'base-uri': ["'none'"], 'form-action': ["'self'"] })
  expect(JSON.stringify(policy), what).not.toMatch(/unsafe-eval|https?:|"\*"/)
  expect(headers['cross-origin-opener-policy'], what).toBe('same-origin')
  expect(headers['permissions-policy'], what).toMatch(/camera=\(\).*microphone=\(\)/)
  for (const [script] of text.matchAll(/<script\b[^>]*>/g)) expect(script, what).toContain(`nonce="${nonce}"`)
  expect(text, what).not.toMatch(/<[a-z]+[^<>]* on(click|error|load|submit)=/i)
  return nonce as string
}

const isHtml = ({ headers }: Answer) => String(headers['content-type']).startsWith('text/html')

let shop: FullOrganization
let cookies: Record<Visit['as'], Record<string, string>>

test.beforeAll(async () => {
  shop = await makeFullOrganization()
  const both = await shop.member('support')
  await prisma.membership.create({
    data: { organizationId: (await makeOrganization()).id, userId: both.userId, role: 'admin' },
  })
  const unverified = await shop.member('viewer')
  await prisma.user.update({ where: { id: unverified.userId }, data: { emailVerifiedAt: null } })
  cookies = {
    nobody: {},
    owner: await sessionHeader(shop.merchant.userId),
    customer: await sessionHeader(shop.alice.userId),
    unverified: await sessionHeader(unverified.userId),
    'member of two': await sessionHeader(both.userId),
  }
})
test.afterAll(async () => {
  await Promise.all(Object.values(secured).map(({ end }) => end('SIGKILL')))
})

async function expectPages(base: string) {
  const nonces: string[] = []
  for (const route of routes) {
    const { path: at, as } = visitOf(route)
    for (const who of new Set(['nobody', as] as const)) {
      const headers = { accept: 'text/html', ...cookies[who] }
      const answer = await send({ method: 'GET', path: at(shop), base, headers })
      expect(answer.status, route).toBeLessThan(500)
      nonces.push(expectPage(answer, base, `${answer.status} ${route} as ${who}`))
    }
    // As Next's own navigation asks.
    const part = await send({ method: 'GET', path: at(shop), base, headers: { rsc: '1', ...cookies[as] } })
    expectPage(part, base, `${route} without its frame`)
  }
  expect(new Set(nonces).size).toBe(nonces.length)
}

async function expectFiles(base: string) {
  expect(files.filter((file) => file.endsWith('.js')).length).toBeGreaterThan(10)
  expect(files).toEqual(expect.arrayContaining(['/favicon.ico', '/icon.svg']))
  for (const file of files) {
    const answer = await send({ method: 'HEAD', path: file, base })
    expect(answer.status, file).toBe(200)
    expectAlways(answer, base, file)
  }
}

for (const [door, base] of doors) {
  test.describe(`through ${door}`, () => {
    test('every page has its policy, and scripts only with the nonce of that answer', () => expectPages(base))

    test('every file has its headers', () => expectFiles(base))

    test('every route handler is known here, and has its headers', async () => {
      const known = [...Object.keys(handlers), ...downloadRoutes]
      expect(known.sort(), 'say in headers.test.ts, or in pages.ts, where the new route is').toEqual(
        handlerRoutes.sort(),
      )
      const downloads = downloadRoutes.map((route) => downloadOf(route)(shop))
      for (const at of [...Object.values(handlers).flat(), ...downloads])
        for (const who of [cookies.nobody, cookies.owner]) {
          const answer = await send({ method: 'GET', path: at, base, headers: who })
          expectAlways(answer, base, at)
        }
    })

    test('redirects, refused methods, and what is not there', async () => {
      const nowhere = ['/nothing', '/dashboard/nothing/at/all', '/docs/nothing', '/purchases/nothing', '/a/b/c.js']
      const gone = [
        '/_next/static/nothing.js',
        '/_next/nothing',
        '/_next/image',
        '/_next/data/x/login.json',
        '/robots.txt',
      ]
      for (const at of [...nowhere, ...gone, '/login/', '/DASHBOARD', '/dashboard?x=%3Cscript%3E', '/icon.svg?x'])
        for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
          const answer = await send({ method, path: at, base, headers: { accept: 'text/html' } })
          expect(answer.status, `${method} ${at}`).toBeLessThan(500)
          expectAlways(answer, base, `${method} ${at} ${answer.status}`)
          if (isHtml(answer) && nowhere.includes(at)) expectPage(answer, base, `${method} ${at}`)
        }
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      for (const origin of ['https://elsewhere.example', 'null', 'nothing'])
        for (const headers of [{ 'next-action': 'f00' }, form, { 'content-type': 'multipart/form-data; boundary=x' }])
          for (const at of ['/login', '/dashboard/nothing/customers', '/login/with/github']) {
            const answer = await send({ method: 'POST', path: at, base, headers: { ...headers, origin }, body: '' })
            expect(answer.status, `${at} from ${origin}`).toBe(403)
            expectAlways(answer, base, `${at} from ${origin}`)
          }
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const answer = await send({ method, path: '/login', base, headers: { 'next-action': 'f00' } })
        expect(answer.status).toBeLessThan(500)
        expectAlways(answer, base, `${method} /login ${answer.status}`)
      }
    })
  })
}

test('what the server refuses by itself', async () => {
  const [, base = ''] = doors.find(([name]) => name === 'server') ?? []
  for (const [first, status] of [
    ['GET /login/../setup HTTP/1.1', 400],
    ['GET /login HTTP/2.0', 505],
    ['BREW /login HTTP/1.1', 405],
    ['CONNECT a.test:443 HTTP/1.1', 405],
    [`GET /login?${'x'.repeat(20_000)} HTTP/1.1`, 431],
  ] as const) {
    const answer = await sendRaw(first, { lines: ['Accept: text/html'] })
    expect([first.slice(0, 40), answer.status]).toEqual([first.slice(0, 40), status])
    expectAlways(answer, base, first)
  }
  const large = await send({
    path: '/login',
    headers: { accept: 'text/html' },
    body: Buffer.alloc(3 * 1024 * 1024, 'a'),
    base,
  })
  expect(large.status).toBe(413)
  expectAlways(large, base, '413')
})

test('with an https address browsers are told to stay with it, by every door', async () => {
  test.setTimeout(120_000)
  const settings = { LATCHKEY_URL: 'https://keys.example.com', LATCHKEY_DEMO: '1' }
  const apps = await Promise.all([
    startAppProcess({
      ...settings,
      PAGES_APART: '0',
      TRUST_PROXY: '1',
      PAGE_RATE_PER_SECOND: '1',
      PAGE_RATE_BURST: '3',
    }),
    startAppProcess({ ...settings, PAGES_APART: '1' }, { script: 'server/start.ts' }),
    startNextAlone(settings),
  ])
  for (const app of apps) secured[app.url] = app
  const [limited, apart, next] = apps
  for (const { url } of apps)
    await expect
      .poll(
        () =>
          send({ base: url, method: 'GET', path: '/docs', headers: { 'x-forwarded-for': '192.0.2.9' } }).then(
            ({ status }) => status,
          ),
        {
          timeout: 60_000,
        },
      )
      .toBe(200)
  for (const { url } of [apart, next]) {
    for (const at of ['/login', '/nothing', '/', '/outbox', '/docs'])
      expectPage(await send({ base: url, method: 'GET', path: at }), url, at)
    for (const at of [
      '/api/health',
      '/api/nothing',
      '/api/license/validate',
      '/api/v1/products',
      '/_next/nothing',
      '/_next/static/no.js',
    ])
      expectAlways(await send({ base: url, method: 'GET', path: at }), url, at)
    for (const file of files.filter((_, i, all) => i % 10 === 0 || i > all.length - 4))
      expectAlways(await send({ base: url, method: 'GET', path: file }), url, file)
  }

  // Pages have a limit too, and the refusal is one.
  const headers = { accept: 'text/html', 'x-forwarded-for': '192.0.2.7' }
  // At once: of what comes one after another a slow machine refuses nothing.
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => send({ base: limited.url, method: 'GET', path: '/login', headers })),
  )
  for (const answer of answers) {
    expectAlways(answer, limited.url, String(answer.status))
    expect(answer.headers['cross-origin-opener-policy']).toBe('same-origin')
    if (answer.status === 429) expect(answer.text).not.toContain('<script')
  }
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]))
})
