// Pages in a process of their own: what is of pages and what is of license calls do not touch each other.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { type AppProcess, childrenOf, startAppProcess } from '../app-process.ts'
import { type Answer, send, sendRaw } from '../http.ts'
import { type IssuedKey, makeOrganization } from '../organization.ts'

let key: IssuedKey
let apiKey: string
test.beforeAll(async () => {
  const shop = await makeOrganization()
  key = await shop.issue(await shop.configuration())
  apiKey = await shop.apiKey()
})

const running: AppProcess[] = []
test.afterEach(async () => {
  await Promise.all(running.splice(0).map(({ end }) => end()))
})

async function start(settings: Record<string, string>): Promise<AppProcess> {
  const app = await startAppProcess({ LATCHKEY_ROLE: '', ...settings }, { script: 'server/start.ts' })
  running.push(app)
  await expect.poll(() => app.log(), { timeout: 30_000 }).toContain('Latchkey runs at')
  return app
}

const validate = (app: AppProcess) =>
  send({ base: app.url, path: '/api/license/validate', body: { key: key.key, organization_id: key.organization_id } })
const html = { accept: 'text/html,*/*' }
const get = (app: AppProcess, path: string, headers: Record<string, string> = {}) =>
  send({ base: app.url, method: 'GET', path, headers })

const pagesOf = (pid: number): number[] =>
  childrenOf(pid).filter((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('server/pages.ts')
    } catch {
      return false // gone meanwhile
    }
  })

/** What must hold whichever processes there are. */
async function expectEverything(app: AppProcess) {
  expect((await validate(app)).json.code).toBe('VALID')
  const login = await get(app, '/login', html)
  expect([login.status, login.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expect((await get(app, '/dashboard', html)).headers.location).toContain('/login')
  const styles = /href="(\/_next\/static\/[^"]+\.css)"/.exec(login.text)?.[1] ?? ''
  expect((await get(app, styles)).headers['content-type']).toMatch(/^text\/css/)
  const products = await get(app, '/api/v1/products', { authorization: `Bearer ${apiKey}` })
  expect([products.status, Array.isArray(products.json.data ?? products.json.items)]).toEqual([200, true])
  for (const path of ['/api/health', '/api/ready', '/api/openapi.json', '/api/auth/session']) {
    const answer = await get(app, path)
    expect([path, answer.status, answer.headers['x-content-type-options']]).toEqual([path, 200, 'nosniff'])
  }
  expect((await get(app, '/api/nothing')).json.error).toBe('NOT_FOUND')
  expect((await send({ base: app.url, method: 'TRACE', path: '/api/v1/products' })).status).toBe(405)
  // An upgrade that is offered is passed over; it is no connection to anything.
  const upgrading = await sendRaw('GET /login HTTP/1.1', {
    base: app.url,
    lines: ['Connection: Upgrade, close', 'Upgrade: websocket', 'Sec-WebSocket-Key: x'],
  })
  expect(upgrading.status).toBe(200)
  // Larger than any form: refused at once, and while it is still coming.
  const large = await send({ base: app.url, path: '/login', body: Buffer.alloc(3_000_000), timeoutMs: 10_000 })
  expect(large.status).toBe(413)
  const half = await send({ base: app.url, path: '/login', body: Buffer.alloc(1_500_000), timeoutMs: 10_000 })
  expect(half.status).toBeLessThan(500)
}

test('with pages apart everything is where it was, and the caller is known behind the door too', async () => {
  const app = await start({ PAGES_APART: '1', LICENSE_GUESSES_PER_MINUTE: '3', TRUST_PROXY: '0' })
  expect(pagesOf(app.pid)).toHaveLength(1)
  await expectEverything(app)
  const statuses: number[] = []
  for (let i = 0; i < 5; i++) {
    const spoofed = { 'x-latchkey-address': `203.0.113.${i}`, 'x-forwarded-for': `203.0.113.${i}` }
    statuses.push((await get(app, '/api/v1/products', { ...spoofed, authorization: `Bearer wrong-${i}` })).status)
  }
  expect(statuses).toEqual([401, 401, 401, 429, 429])
})

test('with PAGES_APART=0 one process has it all', async () => {
  const app = await start({ PAGES_APART: '0' })
  expect(childrenOf(app.pid)).toHaveLength(0)
  await expectEverything(app)
})

test('pages that die are started again; license calls go on', async () => {
  const app = await start({ PAGES_APART: '1' })
  let isOver = false
  const codes = new Map<string, number>()
  const calling = (async () => {
    while (!isOver) {
      const { json } = await validate(app)
      codes.set(json.code, (codes.get(json.code) ?? 0) + 1)
      await sleep(2)
    }
  })()
  const [pid = 0] = pagesOf(app.pid)
  process.kill(pid, 'SIGKILL')
  const seen: Answer[] = []
  await expect
    .poll(async () => seen[seen.push(await get(app, '/login', html)) - 1]?.status, { intervals: [50] })
    .toBe(503)
  const api = await get(app, '/api/v1/products', html)
  const { status, headers, text } = seen.at(-1) as Answer
  expect([status, headers['content-type'], Number(headers['retry-after']) > 0]).toEqual([
    503,
    'text/html; charset=utf-8',
    true,
  ])
  expect(text).toContain('The pages are restarting.')
  expect([api.status, api.json.error, Number(api.headers['retry-after']) > 0]).toEqual([503, 'UNAVAILABLE', true])
  expect((await get(app, '/api/health')).status).toBe(200)
  await expect.poll(async () => (await get(app, '/login', html)).status, { timeout: 30_000 }).toBe(200)
  isOver = true
  await calling
  expect([...codes.keys()]).toEqual(['VALID'])
  expect(app.log()).toContain(`The pages process ${pid} ended (SIGKILL); starting another one.`)
})

test('one address gets so many pages, with a friendly page instead of more, and license calls are no pages', async () => {
  const app = await start({ PAGES_APART: '1', PAGE_RATE_PER_SECOND: '1', PAGE_RATE_BURST: '4' })
  const answers = await Promise.all(Array.from({ length: 30 }, () => get(app, '/login', html)))
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(10)
  for (const { headers, text } of refused) {
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(text).toContain('This page tries again by itself')
  }
  const data = (await Promise.all(Array.from({ length: 10 }, () => get(app, '/login')))).find(
    ({ status }) => status === 429,
  )
  expect(data?.json.error).toBe('RATE_LIMITED')
  expect((await validate(app)).json.code).toBe('VALID')
  expect((await get(app, '/api/ready')).status).toBe(200)
})
