import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { type AppProcess, freePort, startAppProcess } from '../app-process.ts'
import { type Answer, send } from '../http.ts'
import { type IssuedKey, makeOrganization } from '../organization.ts'

const path = '/api/license/validate'
const validate = (base: string, { key, organization_id }: IssuedKey, headers: Record<string, string> = {}) =>
  send({ base, path, headers, body: { key, organization_id } })
const times = (count: number, ask: (i: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, (_, i) => ask(i)))
const refused = (answers: Answer[]) => answers.filter(({ status }) => status === 429)

let key: IssuedKey
let other: IssuedKey
let third: IssuedKey
let fourth: IssuedKey
let apiKey: string
test.beforeAll(async () => {
  const shop = await makeOrganization()
  const configuration = await shop.configuration()
  key = await shop.issue(configuration)
  other = await shop.issue(configuration)
  third = await shop.issue(configuration)
  fourth = await shop.issue(configuration)
  apiKey = await shop.apiKey()
})

const running: { end: () => Promise<unknown> }[] = []
async function start(settings: Record<string, string>): Promise<AppProcess> {
  const app = await startAppProcess(settings)
  running.push(app)
  return app
}
test.afterEach(async () => {
  await Promise.all(running.splice(0).map(({ end }) => end()))
})

/** So few that a test sees the end of them. */
const few = { LICENSE_RATE_PER_SECOND: '1', LICENSE_RATE_BURST: '4' }

/** Thirty calls at once, of which five may go through, and one more for each second that begins meanwhile. */
async function thirty(ask: (i: number) => Promise<Answer>) {
  const began = performance.now()
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => ask(i)))
  const more = Math.ceil((performance.now() - began) / 1_000)
  const accepted = answers.filter(({ json }) => json.code === 'VALID').length
  expect(accepted + refused(answers).length).toBe(30)
  return { answers, accepted, isFew: accepted >= 5 && accepted <= 5 + more }
}

function expectTooMany(answer: Answer, limit: string) {
  expect(answer.status).toBe(429)
  expect(answer.json).toEqual({
    error: 'RATE_LIMITED',
    code: 'RATE_LIMITED',
    detail: expect.stringContaining('says nothing about the license key'),
    retry_after: Number(answer.headers['retry-after']),
  })
  expect(answer.json.retry_after).toBeGreaterThanOrEqual(1)
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'access-control-allow-origin': '*',
    'access-control-expose-headers': expect.stringMatching(/retry-after.*ratelimit-remaining/),
    'ratelimit-limit': limit,
    'ratelimit-remaining': '0',
    'ratelimit-reset': answer.headers['retry-after'],
  })
}

test('every answer to a call says what is left of its allowance', async () => {
  const app = await start({ LICENSE_RATE_PER_SECOND: '1000', LICENSE_RATE_BURST: '1' })
  const bodies = [{ key: key.key, organization_id: key.organization_id }, {}, '{', { ...key, key: 'NO-SUCH-KEY' }]
  for (const body of bodies) {
    const { headers } = await send({ base: app.url, path, body })
    expect(headers).toMatchObject({ 'ratelimit-limit': '1000', 'ratelimit-reset': '1' })
    expect(Number(headers['ratelimit-remaining'])).toBeGreaterThan(900)
  }
})

test('too many calls of one address: 429 with Retry-After, and soon as before', async () => {
  const app = await start(few)
  const { answers, isFew } = await thirty(() => validate(app.url, key))
  expect(isFew).toBe(true)
  for (const answer of refused(answers)) expectTooMany(answer, '1')
  await expect.poll(async () => (await validate(app.url, key)).json.code).toBe('VALID')
})

test('a key that runs wild slows no other key down', async () => {
  const app = await start({ LICENSE_RATE_PER_KEY: '1', LICENSE_RATE_PER_KEY_BURST: '4' })
  const { answers, isFew } = await thirty(() => validate(app.url, key))
  expect(isFew).toBe(true)
  for (const answer of refused(answers)) expectTooMany(answer, '1')
  expect((await validate(app.url, other)).json.code).toBe('VALID')
})

test('guessing ends soon, and locks no known key of the same office out', async () => {
  const app = await start({ LICENSE_GUESSES_PER_MINUTE: '3' })
  const answers: Answer[] = []
  for (let i = 0; i < 10; i++) {
    answers.push(await validate(app.url, { ...key, key: `MISTYPED-${i}` }))
    expect((await validate(app.url, key)).json.code).toBe('VALID')
    expect((await validate(app.url, other)).json.code).toBe('VALID')
  }
  expect(answers.slice(0, 3).map(({ json }) => json.code)).toEqual(Array(3).fill('NOT_FOUND'))
  expect(refused(answers)).toHaveLength(7)
  for (const answer of refused(answers)) {
    expectTooMany(answer, '3')
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60)
  }
  for (const verb of ['activate', 'deactivate']) {
    const body = { key: 'MISTYPED', organization_id: key.organization_id, label: 'L', activation_id: key.id }
    expect((await send({ base: app.url, path: `/api/license/${verb}`, body })).status).toBe(429)
  }
  const activated = await send({
    base: app.url,
    path: '/api/license/activate',
    body: { key: key.key, organization_id: key.organization_id, label: 'L' },
  })
  expect(activated.json.code).toBe('ACTIVATED')
})

test('no spelling of a key has a limit of its own', async () => {
  const app = await start({ LICENSE_RATE_PER_KEY: '1', LICENSE_RATE_PER_KEY_BURST: '4' })
  const ways: ((text: string, i: number) => string)[] = [
    (text) => text.toLowerCase(),
    (text, i) => [...text].map((it, at) => ((i >> (at % 10)) & 1 ? it.toLowerCase() : it)).join(''),
    (text, i) => `${' '.repeat(i % 7)}${text}${' '.repeat(i % 5)}`,
    (text, i) => text.replaceAll('-', ['', ' ', '\u2013', '- ', '\u00a0'][i % 5] as string),
    (text, i) => `${text.slice(0, i % 30)}\u200b${text.slice(i % 30)}`,
  ]
  const { answers, isFew } = await thirty((i) =>
    validate(app.url, { ...key, key: (ways[i % ways.length] as (typeof ways)[number])(key.key, i) }),
  )
  expect(isFew).toBe(true)
  expect(refused(answers).length).toBeGreaterThan(15)
})

test('an address that keeps guessing is not told of a right guess, and those who work there go on', async () => {
  // Ten minutes' worth of guesses is twenty.
  const app = await start({ LICENSE_GUESSES_PER_MINUTE: '2' })
  const activated = { base: app.url, path: '/api/license/activate', body: { ...other, label: 'L' } }
  const device = (await send(activated)).json.id
  expect((await validate(app.url, key)).json.code).toBe('VALID')
  // One mistyped key, however often it is asked about, makes nobody a guesser.
  await times(50, () => validate(app.url, { ...key, key: 'MISTYPED' }))
  expect((await validate(app.url, third)).json.code).toBe('VALID')
  await times(25, (i) => validate(app.url, { ...key, key: `GUESS-${i}` }))

  for (const answer of await times(10, () => validate(app.url, fourth))) expectTooMany(answer, '2')
  const activation = await send({ base: app.url, path: '/api/license/activate', body: { ...fourth, label: 'L' } })
  expectTooMany(activation, '2')
  // Neither is anything done with it, nor does it help to name a device.
  expect(await prisma.licenseKey.findUnique({ where: { id: fourth.id } })).toMatchObject({ validations: 0n })
  const guessed = { ...fourth, activation_id: newId() }
  expectTooMany(await send({ base: app.url, path, body: guessed }), '2')
  for (const known of [key, other, third]) expect((await validate(app.url, known)).json.code).toBe('VALID')
  // A process that has not seen this office before knows it by its devices.
  const again = await start({ LICENSE_GUESSES_PER_MINUTE: '2' })
  await times(25, (i) => validate(again.url, { ...key, key: `GUESS-${i}` }))
  expectTooMany(await validate(again.url, key), '2')
  const withDevice = await send({ base: again.url, path, body: { ...other, activation_id: device } })
  expect(withDevice.json.code).toBe('VALID')
  expect((await validate(again.url, other)).json.code).toBe('VALID')
})

test('wrong tokens and calls of vendors for management have limits too', async () => {
  const app = await start({ LICENSE_GUESSES_PER_MINUTE: '3', API_RATE_PER_MINUTE: '4' })
  const managed = [
    '/api/license/polar/v1/license-keys',
    '/api/license/lemonsqueezy/v1/license-keys',
    '/api/v1/products',
  ]
  for (const [at, path] of managed.entries()) {
    const ask = (token: string) =>
      send({ base: app.url, method: 'GET', path, headers: { authorization: `Bearer ${token}` } })
    const statuses: number[] = []
    for (let i = 0; i < 6; i++) {
      const answer = await ask(`wrong-${i}`)
      statuses.push(answer.status)
      if (answer.status === 429) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    }
    // All doors count together: after the first path there is nothing left.
    expect(statuses).toEqual(at === 0 ? [401, 401, 401, 429, 429, 429] : Array(6).fill(429))
    // A right one is served all the same, as long as it has an allowance.
    if (at === 0) {
      const answers: Answer[] = []
      for (let i = 0; i < 6; i++) answers.push(await ask(apiKey))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429, 429])
    } else expect((await ask(apiKey)).status).toBe(429)
  }
})

test.describe('whose allowance it is', () => {
  const from = (app: AppProcess, headers: (i: number) => Record<string, string>) =>
    thirty((i) => validate(app.url, key, headers(i)))

  test('without TRUST_PROXY no header is believed', async () => {
    const app = await start(few)
    const headers = (i: number) => ({ 'x-forwarded-for': `203.0.113.${i}`, 'x-latchkey-address': `203.0.113.${i}` })
    expect((await from(app, headers)).isFew).toBe(true)
  })

  test('with TRUST_PROXY=1 what the proxy added is, and nothing left of it', async () => {
    const app = await start({ ...few, TRUST_PROXY: '1' })
    expect((await from(app, (i) => ({ 'x-forwarded-for': `6.6.6.6, 203.0.113.${i}` }))).accepted).toBe(30)
    const spoofed = await from(app, (i) => ({ 'x-forwarded-for': `203.0.113.${i}, 198.51.100.7` }))
    expect(spoofed.isFew).toBe(true)
  })

  test('an IPv6 network of one home counts as one', async () => {
    const app = await start({ ...few, TRUST_PROXY: '1' })
    const home = await from(app, (i) => ({ 'x-forwarded-for': `2001:db8:1:2:${i}::${i}` }))
    expect(home.isFew).toBe(true)
    expect((await from(app, (i) => ({ 'x-forwarded-for': `2001:db8::${i}` }))).isFew).toBe(true)
    expect((await from(app, (i) => ({ 'x-forwarded-for': `2001:db8:1:${i + 3}::1` }))).accepted).toBe(30)
  })
})

test('a value that is no rate ends the start with a sentence', async () => {
  for (const [name, value, sentence] of [
    ['LICENSE_RATE_BURST', 'many', 'LICENSE_RATE_BURST is "many": it must be a whole number, 1 or more.'],
    ['LICENSE_GUESSES_PER_MINUTE', '0', 'LICENSE_GUESSES_PER_MINUTE is "0": it must be a whole number, 1 or more.'],
    ['REDIS_URL', 'localhost', 'REDIS_URL must be an address like redis://user:password@host:6379.'],
  ] as const)
    await expect(startAppProcess({ [name]: value })).rejects.toThrow(sentence)
})

// ---------------------------------------------------------------- several processes

test.describe('with REDIS_URL', () => {
  const isInstalled = spawnSync('redis-server', ['--version']).status === 0
  test.skip(!isInstalled, 'redis-server is not installed')

  async function startRedis(port: number): Promise<ChildProcess> {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    const redis = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(redis, 'exit')
    running.push({
      end: async () => {
        redis.kill('SIGKILL')
        await ended
      },
    })
    for await (const chunk of redis.stdout) if (String(chunk).includes('Ready to accept')) break
    redis.stdout.resume()
    return redis
  }

  /**
   * What processes with one Redis answer. Where one says that Redis did not answer in time, it counted for itself, as it should, and
   * nothing can be said of all together: then new ones are asked.
   */
  async function withRedis<T>(processes: number, settings: Record<string, string>, ask: (apps: AppProcess[]) => T) {
    for (let attempt = 0; attempt < 3; attempt++) {
      const port = await freePort()
      const redis = await startRedis(port)
      const apps: AppProcess[] = []
      while (apps.length < processes) apps.push(await start({ ...settings, REDIS_URL: `redis://127.0.0.1:${port}` }))
      for (const app of apps) {
        // The first call opens the counters.
        await validate(app.url, key)
        await expect.poll(() => app.log()).toMatch(/Redis counts for all|Redis answers again/)
      }
      const answers = await ask(apps)
      if (!apps.some((app) => app.log().includes('Redis does not answer'))) return { answers, apps, redis, port }
    }
    throw new Error('Redis never answered in time.')
  }

  test('processes share one allowance', async () => {
    const { answers } = await withRedis(2, { LICENSE_GUESSES_PER_MINUTE: '6' }, (apps) =>
      times(24, (i) => validate(apps[i % 2]?.url ?? '', { ...key, key: `MISTYPED-${i}` })),
    )
    expect(answers.filter(({ json }) => json.code === 'NOT_FOUND')).toHaveLength(6)
    for (const answer of refused(answers)) expectTooMany(answer, '6')
  })

  test('and those of the management API too', async () => {
    const headers = { authorization: `Bearer ${apiKey}` }
    const path = '/api/v1/products'
    const { answers } = await withRedis(2, { API_RATE_PER_MINUTE: '6' }, async (apps) => {
      // The first request of a process loads the API; the others find it there, and Redis answers in time.
      for (const { url } of apps) await send({ base: url, method: 'GET', path })
      const answers: Answer[] = []
      for (let i = 0; i < 24; i++)
        answers.push(await send({ base: apps[i % 2]?.url ?? '', method: 'GET', path, headers }))
      return answers
    })
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(6)
    for (const { headers } of refused(answers))
      expect(headers).toMatchObject({ 'ratelimit-limit': '6', 'retry-after': expect.stringMatching(/^\d+$/) })
    expect(refused(answers)).toHaveLength(18)
  })

  test('a Redis that dies or hangs refuses and delays nobody', async () => {
    const guess = async ([app]: AppProcess[]) => (await validate(app?.url ?? '', { ...key, key: 'MISTYPED' })).json.code
    const thrice = async (apps: AppProcess[]) => [await guess(apps), await guess(apps), await guess(apps)]
    const { answers, apps, redis, port } = await withRedis(1, { LICENSE_GUESSES_PER_MINUTE: '2' }, thrice)
    expect(answers).toEqual(['NOT_FOUND', 'NOT_FOUND', 'RATE_LIMITED'])
    const [app] = apps as [AppProcess]
    const away = () => app.log().match(/Redis does not answer/g)?.length ?? 0
    const seconds = async (ask: () => Promise<unknown>) => {
      const began = performance.now()
      await ask()
      return (performance.now() - began) / 1_000
    }
    const expectServed = async () => {
      for (const answer of await times(100, () => validate(app.url, key))) expect(answer.json.code).toBe('VALID')
    }

    redis.kill('SIGSTOP')
    expect(await seconds(() => validate(app.url, key))).toBeLessThan(1)
    await expectServed()
    expect(away()).toBe(1)
    // Counted here from now on, and not forgotten.
    expect(await thrice(apps)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'RATE_LIMITED'])

    redis.kill('SIGKILL')
    await expectServed()
    expect(await guess(apps)).toBe('RATE_LIMITED')
    expect(away()).toBe(1)

    await startRedis(port)
    await expect.poll(() => app.log(), { timeout: 15_000 }).toContain('Redis answers again')
    await expect.poll(() => guess(apps), { timeout: 15_000 }).toBe('NOT_FOUND')
    // Whatever was said of its absence was taken back, once each.
    expect(app.log().match(/Redis answers again/g)).toHaveLength(away())
  })

  test('a Redis that was never there is no reason not to start', async () => {
    const app = await start({ REDIS_URL: `redis://127.0.0.1:${await freePort()}`, ...few })
    expect((await thirty(() => validate(app.url, key))).isFew).toBe(true)
    expect(app.log().match(/Redis does not answer/g)).toHaveLength(1)
  })
})
