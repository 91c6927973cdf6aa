// A process that is told to stop answers what it accepted; one that dies is replaced.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { pool, prisma } from '#lib/database/client.ts'
import { type AppProcess, childrenOf, startAppProcess } from '../app-process.ts'
import { send } from '../http.ts'
import { type IssuedKey, makeOrganization } from '../organization.ts'
import { caller, inParallel, type Said } from './caller.ts'

const path = '/api/license/validate'
const bodyOf = ({ key, organization_id }: IssuedKey) => JSON.stringify({ key, organization_id })

let key: IssuedKey
test.beforeEach(async () => {
  const shop = await makeOrganization()
  key = await shop.issue(await shop.configuration())
})

const running: AppProcess[] = []
async function start(...how: Parameters<typeof startAppProcess>): Promise<AppProcess> {
  const app = await startAppProcess(...how)
  running.push(app)
  return app
}
test.afterEach(async () => {
  await Promise.all(running.splice(0).map(({ end }) => end('SIGKILL')))
})

const counted = async () => {
  const row = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
  const hours = await prisma.validationHour.aggregate({
    where: { organizationId: key.organization_id },
    _sum: { count: true },
  })
  return { validations: Number(row.validations), hours: hours._sum.count ?? 0 }
}

/** A request whose head has arrived: the server says so, and waits for the body. */
async function begin(base: string) {
  const body = bodyOf(key)
  const outgoing = request(`${base}${path}`, {
    method: 'POST',
    agent: false,
    headers: { expect: '100-continue', 'content-length': Buffer.byteLength(body) },
  })
  const answered = new Promise<{ status: number; connection: string | undefined; code: string }>((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      const { code } = JSON.parse(text) as { code: string }
      resolve({ status: response.statusCode ?? 0, connection: response.headers.connection, code })
    })
  })
  answered.catch(() => {})
  outgoing.flushHeaders()
  await new Promise<void>((resolve, reject) => outgoing.once('continue', resolve).once('error', reject))
  return {
    finish: () => {
      outgoing.end(body)
      return answered
    },
  }
}

test('SIGTERM: every request that was accepted is answered, and no other is accepted', async () => {
  const app = await start()
  const accepted = await inParallel(40, 40, () => begin(app.url))
  // None of them can be answered while the key is held.
  const holder = await pool.connect()
  await holder.query('BEGIN')
  await holder.query('SELECT 1 FROM license_keys WHERE id = $1 FOR UPDATE', [key.id])
  const early = accepted.slice(0, 20).map(({ finish }) => finish())
  const ended = app.end('SIGTERM')
  const ask = () =>
    send({ base: app.url, path, body: {} }).then(
      () => 'answered',
      (error: NodeJS.ErrnoException) => error.code,
    )
  await expect.poll(ask).toBe('ECONNREFUSED')
  const late = accepted.slice(20).map(({ finish }) => finish())
  await holder.query('ROLLBACK')
  holder.release()

  const answers = await Promise.all([...early, ...late])
  expect(new Set(answers.map(({ status, code }) => `${status} ${code}`))).toEqual(new Set(['200 VALID']))
  expect(await ended).toBe(0)
  // Also what is written only now and then.
  expect(await counted()).toEqual({ validations: 40, hours: 40 })
})

test('SIGTERM under load: what was counted was answered', async () => {
  const app = await start()
  const call = caller(app.url, 32)
  const answers: Said[] = []
  let ended: Promise<number | null> | undefined
  await inParallel(32, 32, async () => {
    for (;;) {
      const answer = await call('validate', { key: key.key, organization_id: key.organization_id })
      answers.push(answer)
      if (answers.length === 300) ended = app.end('SIGTERM')
      if (answer === null) return
      expect(answer.json.code).toBe('VALID')
    }
  })
  call.close()
  expect(await ended).toBe(0)
  const valid = answers.filter((answer) => answer !== null).length
  expect(valid).toBeGreaterThanOrEqual(300)
  expect(await counted()).toEqual({ validations: valid, hours: valid })
})

test('SIGTERM breaks no request, neither on a connection that was there nor on a new one', async () => {
  for (const script of ['server/web.ts', 'server/start.ts']) {
    const app = await start({ PAGES_APART: '1' }, { script })
    await expect.poll(() => ready(app.url), { timeout: 30_000 }).toBe(true)
    const agents = [new Agent({ keepAlive: true, maxSockets: 16 }), new Agent({ keepAlive: false, maxSockets: 8 })]
    const broken: string[] = []
    let answered = 0
    let ended: Promise<number | null> | undefined
    const ask = (agent: Agent) =>
      new Promise<string>((resolve) => {
        const body = bodyOf(key)
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
        const outgoing = request(`${app.url}${path}`, { method: 'POST', agent, headers }, (response) => {
          let text = ''
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('close', () => resolve(response.complete && text.includes('"VALID"') ? 'answered' : 'cut off'))
        })
        // Whoever is cut off while it connects has not asked yet.
        outgoing.on('error', ({ code, syscall, message }: NodeJS.ErrnoException) =>
          resolve(syscall === 'connect' ? 'ECONNREFUSED' : (code ?? message)),
        )
        outgoing.end(body)
      })
    await inParallel(24, 24, async (i) => {
      const agent = agents[i % 3 === 0 ? 1 : 0] as Agent
      for (;;) {
        const said = await ask(agent)
        if (said === 'ECONNREFUSED') return
        if (said === 'answered') answered++
        else broken.push(said)
        if (answered >= 500) ended ??= app.end('SIGTERM')
      }
    })
    for (const agent of agents) agent.destroy()
    expect(await ended).toBe(0)
    expect(broken).toEqual([])
  }
})

test('WEB_CONCURRENCY=2: one that is killed is replaced, and the port answers throughout', async () => {
  test.setTimeout(120_000)
  const app = await start({ WEB_CONCURRENCY: '2' }, { script: 'server/start.ts' })
  await expect.poll(() => webProcesses(app.pid).length).toBe(2)
  await expect.poll(() => ready(app.url), { timeout: 30_000 }).toBe(true)

  let isOver = false
  let cut = 0
  const refusals: string[] = []
  const probes = inParallel(4, 4, async () => {
    while (!isOver) {
      await send({ base: app.url, path, body: bodyOf(key), timeoutMs: 10_000 }).then(
        ({ json }) => expect(json.code).toBe('VALID'),
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ECONNRESET') cut++
          else refusals.push(`${error.code} ${error.message}`)
        },
      )
      await sleep(5)
    }
  })
  const [victim = 0, survivor = 0] = webProcesses(app.pid)
  process.kill(victim, 'SIGKILL')
  await expect.poll(() => webProcesses(app.pid).filter((pid) => pid !== victim).length, { timeout: 30_000 }).toBe(2)
  await expect.poll(() => app.log()).toContain(`The web process ${victim} ended (SIGKILL); starting another one.`)
  // The new one too: what it answers, it answers alone.
  await expect.poll(() => app.log().match(/Latchkey listens/g)?.length, { timeout: 30_000 }).toBe(3)
  process.kill(survivor, 'SIGKILL')
  await expect.poll(() => webProcesses(app.pid).filter((pid) => pid !== survivor).length, { timeout: 30_000 }).toBe(2)
  isOver = true
  await probes
  expect(refusals).toEqual([])
  // Only what the two had in hand.
  expect(cut).toBeLessThanOrEqual(8)

  const children = childrenOf(app.pid)
  expect(await app.end('SIGTERM')).toBe(0)
  for (const pid of children) expect(() => process.kill(pid, 0)).toThrow()
})

/** The web processes of a primary, and not its worker for jobs. */
const webProcesses = (pid: number): number[] =>
  childrenOf(pid).filter((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('server/web.ts')
    } catch {
      return false // gone meanwhile
    }
  })

const ready = (base: string) =>
  send({ base, method: 'GET', path: '/api/ready' }).then(
    ({ status }) => status === 200,
    () => false,
  )
