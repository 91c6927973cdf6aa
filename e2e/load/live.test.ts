// Live pages over several processes: who watches on one sees what is answered on another, and misses nothing.
import { expect, test } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { type AppProcess, startAppProcess } from '../app-process.ts'
import { send } from '../http.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'
import { sessionHeader } from '../session.ts'
import type { LoadResult } from './generator.ts'
import { makeKeys } from './keys.ts'
import { startScript } from './runs.ts'
import { type Watching, watchLive } from './watch.ts'
import type { WatchResult } from './watchers.ts'

let shop: Organization
let key: IssuedKey
let cookie: string
let [calls, pages]: AppProcess[] = []
const watched: Watching[] = []

test.beforeAll(async () => {
  shop = await makeOrganization()
  key = await shop.issue(await shop.configuration())
  cookie = (await sessionHeader(shop.merchant.userId)).cookie
  calls = await startAppProcess()
  pages = await startAppProcess()
})

test.afterEach(() => {
  for (const { cut } of watched.splice(0)) cut()
})

test.afterAll(async () => {
  await Promise.all([calls?.end(), pages?.end()])
})

const appOf = (app: AppProcess | undefined): AppProcess => app as AppProcess

async function watch(query = 'log=minute', after = '', as = cookie): Promise<Watching> {
  // Pages are there a little after the port.
  await expect
    .poll(async () => (await send({ base: appOf(pages).url, method: 'GET', path: '/api/ready' })).status, {
      timeout: 30_000,
    })
    .toBe(200)
  const watching = watchLive(appOf(pages).url, `/api/live/${shop.slug}?${query}`, as, after)
  watched.push(watching)
  await watching.began
  return watching
}

const refuse = async (times = 1) => {
  const body = { key: `${key.key.slice(0, -4)}0000`, organization_id: key.organization_id }
  const answers = await Promise.all(
    Array.from({ length: times }, () => send({ base: appOf(calls).url, path: '/api/license/validate', body })),
  )
  for (const { json } of answers) expect(json.code).toBe('NOT_FOUND')
}

const rows = () => prisma.licenseCall.count({ where: { organizationId: shop.id } })

test('a refusal on one process shows on a page that another serves, within a second', async () => {
  const page = await watch()
  const times: number[] = []
  for (let i = 1; i <= 8; i++) {
    const began = performance.now()
    await refuse()
    await expect.poll(() => page.calls.size, { intervals: [20] }).toBe(i)
    times.push(performance.now() - began)
  }
  // What is slow by itself is slow each time; a busy machine is not.
  expect(Math.min(...times), times.map(Math.round).join(' ')).toBeLessThan(1_000)
})

test('a stream that is cut goes on where it was: nothing is missing, and nothing is counted twice', async () => {
  // Those before it began to watch are in its chart, and in what a stream that goes on repeats to be sure.
  const earlier = new Set(
    (await prisma.licenseCall.findMany({ where: { organizationId: shop.id }, select: { id: true } })).map(
      ({ id }) => id,
    ),
  )
  const before = earlier.size
  const page = await watch()
  await refuse(5)
  await expect.poll(() => page.calls.size).toBe(5)
  page.cut()
  await page.over
  // Fewer in all than the log keeps of what is written together.
  for (let i = 0; i < 6; i++) await refuse(5)
  const again = await watch('log=hour', page.last())
  await refuse(5)
  const all = () => [...new Set([...page.calls.keys(), ...again.calls.keys()])].filter((id) => !earlier.has(id)).length
  await expect.poll(all).toBe(40)
  expect(await rows()).toBe(before + 40)
  await expect.poll(() => again.counted()).toBe(await rows())
})

test('a process that is killed is left for another: the page goes on there', async () => {
  // Those before the first of them began to watch are not its business.
  const before = await rows()
  const first = await startAppProcess()
  await expect
    .poll(async () => (await send({ base: first.url, method: 'GET', path: '/api/ready' })).status, { timeout: 30_000 })
    .toBe(200)
  const page = watchLive(first.url, `/api/live/${shop.slug}?log=minute`, cookie)
  watched.push(page)
  await page.began
  await refuse(3)
  await expect.poll(() => page.calls.size).toBeGreaterThanOrEqual(3)
  await first.end('SIGKILL')
  await page.over
  await refuse(20)
  const again = await watch('log=minute', page.last())
  const known = async () => {
    const all = await prisma.licenseCall.findMany({ where: { organizationId: shop.id }, select: { id: true } })
    const since = all.filter(({ id }) => !page.calls.has(id) && !again.calls.has(id))
    return since.length
  }
  await expect.poll(rows).toBe(before + 23)
  await expect.poll(known).toBeLessThanOrEqual(before)
  await expect.poll(() => [...again.calls.keys()].filter((id) => !page.calls.has(id)).length).toBeGreaterThanOrEqual(20)
})

test('only members watch, and only while they are', async () => {
  const { status, headers } = await send({ base: appOf(pages).url, method: 'GET', path: `/api/live/${shop.slug}` })
  expect([status, headers['content-type']]).toEqual([401, 'application/json'])
  const stranger = await makeOrganization()
  const theirs = await sessionHeader(stranger.merchant.userId)
  const found = await send({
    base: appOf(pages).url,
    method: 'GET',
    path: `/api/live/${shop.slug}?log=minute`,
    headers: theirs,
  })
  expect(found.status).toBe(404)
  const member = await shop.member('viewer')
  const page = await watch('log=minute', '', (await sessionHeader(member.userId)).cookie)
  await prisma.session.deleteMany({ where: { userId: member.userId } })
  await page.over
})

test('under a storm of calls viewers keep up and the memory of the pages stays', async () => {
  test.setTimeout(180_000)
  const load = await makeKeys(1_000)
  const order = { url: appOf(pages).url, organizationId: load.organizationId, watchers: 20, seconds: 22 }
  const watching = startScript<WatchResult>('watchers.ts', order)
  await watching.ready
  const running = startScript<LoadResult>('generator.ts', {
    ...{ url: appOf(calls).url, load: 'mixed', connections: 16, keys: load, warmSeconds: 2, seconds: 18 },
  })
  const result = await running.result
  const { worstLagMs, counted, rows: shown, ended } = await watching.result
  console.log(
    `  ${Math.round(result.rate)} calls a second, 20 viewers: at worst ${worstLagMs} ms behind, ${shown} rows each`,
  )
  expect(result.errors).toBe(0)
  expect(ended).toBe(0)
  // Each call is counted, however few are shown.
  expect(counted).toBeGreaterThan(result.rate * 10)
  expect(shown).toBeGreaterThan(20)
  // On a machine that does nothing else it is half a second.
  expect(worstLagMs).toBeLessThan(5_000)
})
