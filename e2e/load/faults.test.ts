// kill -9 in the middle of load: nothing that was acknowledged is lost, no limit is passed, and service returns by itself.
//   npm run test:faults (20 rounds); npm test runs a few.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import pg from 'pg'
import { type Database, startDatabase } from '../../server/database/database.ts'
import { migrate } from '../../server/database/migrate.ts'
import { ask } from '../../server/database/open.ts'
import { type AppProcess, childrenOf, startAppProcess } from '../app-process.ts'
import { send } from '../http.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'
import { sessionHeader } from '../session.ts'
import { inParallel } from './caller.ts'
import { audit, type Issue, newLedger } from './ledger.ts'
import { startLoad } from './mixed-load.ts'

type Fault = 'database killed' | 'app killed' | 'backend killed' | 'database frozen'
const order: Fault[] = [
  'database killed',
  'app killed',
  'database frozen',
  'database killed',
  'app killed',
  'backend killed',
]
const rounds = Number(process.env.FAULT_ROUNDS ?? 3)

/** On a slow machine what is left of the rounds is skipped. */
const minutesMax = 4.5

const limits = { activations: 6, uses: 2_000 }
/** No call may take longer, whatever happens to the database. */
const answerMs = 15_000
/** How soon a process answers again once its database is back. */
const backMs = 5_000

test.describe.configure({ mode: 'serial' })
test.setTimeout(120_000)

let home: string
let database: Database
let dataDirectory: string
let apps: AppProcess[]
let shop: Organization
let cookie: string
let configurationId: string
/** Asked about between the others, and counted nowhere. */
let probe: IssuedKey

test.beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'latchkey-faults-'))
  chmodSync(home, 0o755)
  // Durable as in production. It starts PostgreSQL again by itself when that was killed.
  database = await startDatabase({ home, name: 'faults' })
  process.env.DATABASE_URL = database.url
  if (!migrate('deploy', database.url, { quiet: true })) throw new Error('The migrations are not in order.')
  const [row] = await ask<{ data_directory: string }>(database.url, 'SHOW data_directory')
  dataDirectory = row?.data_directory ?? ''
  apps = await Promise.all([startAppProcess(), startAppProcess()])
  await Promise.all(apps.map(({ url }) => until(() => isReady(url), 30_000)))
  shop = await makeOrganization()
  cookie = (await sessionHeader(shop.merchant.userId)).cookie
  configurationId = await shop.configuration({ activationLimit: limits.activations, usageLimit: limits.uses })
  probe = await shop.issue(configurationId)
})

test.afterEach(() => {
  if (test.info().status === test.info().expectedStatus) return
  const lines = apps.flatMap((app) => app.log().split('\n')).filter((line) => line.includes('request failed'))
  console.log(lines.slice(-5).join('\n'))
})

test.afterAll(async () => {
  await Promise.all(apps.map(({ end }) => end('SIGKILL')))
  database.stop()
  rmSync(home, { recursive: true, force: true })
})

for (let round = 0; round < rounds; round++) {
  const fault = order[round % order.length] as Fault
  test(`round ${round + 1}: ${fault}`, async () => {
    test.skip(performance.now() > minutesMax * 60_000, `${minutesMax} minutes are over`)
    const ledgers = await inParallel(8, 2, async () => newLedger(await shop.issue(configurationId)))
    const issues: Issue[] = []
    const load = startLoad({ apps: () => apps, shop, configurationId, cookie }, ledgers, issues)
    await until(() => load.answered() > 200, 60_000)
    const report = await faults[fault](round)
    const before = load.answered()
    await until(() => load.answered() > before + 100, 60_000)
    const { answered, cutOff, slowestMs } = await load.end()
    await audit(database.url, ledgers, issues, limits)
    for (const { keyString } of issues)
      if (keyString) expect(await validate(apps[0]?.url ?? '', keyString)).toEqual({ status: 200, code: 'VALID' })
    expect(slowestMs).toBeLessThan(answerMs)
    console.log(`  ${report}; ${answered} answered, ${cutOff} cut off, slowest ${(slowestMs / 1_000).toFixed(1)} s`)
  })
}

// ---------------------------------------------------------------- faults

/** Each makes its fault, waits until service is back, and says how that went. */
const faults: Record<Fault, (round: number) => Promise<string>> = {
  'database killed': () => breakDatabase(async () => postgres()),
  // As the kernel does when memory ends; PostgreSQL then ends all the others and recovers.
  'backend killed': () =>
    breakDatabase(async () => {
      const sql =
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1"
      return (await ask<{ pid: number }>(database.url, sql)).map(({ pid }) => pid)
    }),
  'app killed': async (round) => {
    const victim = Math.floor(round / 2) % 2
    const survivor = apps[1 - victim] as AppProcess
    const { port } = new URL(apps[victim]?.url ?? '')
    await apps[victim]?.end('SIGKILL')
    const back = await untilValid(survivor)
    apps[victim] = await startAppProcess({}, { port: Number(port) })
    return `the other process answered after ${back} ms`
  },
  'database frozen': async () => {
    const pids = postgres()
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    try {
      for (const { url } of apps) {
        const began = performance.now()
        const { status, code } = await validate(url, probe.key)
        expect({ status, code }).toEqual({ status: 503, code: 'UNAVAILABLE' })
        expect(performance.now() - began).toBeLessThan(answerMs)
      }
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT')
    }
    const back = await Promise.all(apps.map((app) => untilValid(app)))
    return `503 while frozen, answered ${back.join(' and ')} ms after`
  },
}

async function breakDatabase(victims: () => Promise<number[]>): Promise<string> {
  const witness = new pg.Client({ connectionString: database.url })
  await witness.connect()
  witness.on('error', () => {})
  const isOver = new Promise((resolve) => witness.once('end', resolve))
  const pids = await victims()
  const began = performance.now()
  for (const pid of pids) kill(pid)
  await isOver
  await until(isReachable, 60_000)
  const away = performance.now() - began
  const back = await Promise.all(apps.map((app) => untilValid(app)))
  return `away ${(away / 1_000).toFixed(1)} s, answered ${back.join(' and ')} ms after`
}

/** The postmaster and all its processes. */
function postgres(): number[] {
  const pid = Number(readFileSync(path.join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n', 1)[0])
  return [pid, ...childrenOf(pid)]
}

function kill(pid: number) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone with the others.
  }
}

const isReachable = () =>
  ask(database.url, 'SELECT 1').then(
    () => true,
    () => false,
  )

const isReady = (base: string) =>
  send({ base, method: 'GET', path: '/api/ready' }).then(
    ({ status }) => status === 200,
    () => false,
  )

/** The milliseconds until a process validates again; the same process, which nobody started again. */
async function untilValid(app: AppProcess): Promise<number> {
  const began = performance.now()
  await until(async () => (await validate(app.url, probe.key)).code === 'VALID', backMs)
  return Math.round(performance.now() - began)
}

async function validate(base: string, key: string) {
  const body = { key, organization_id: shop.id }
  const { status, json } = await send({ base, path: '/api/license/validate', body, timeoutMs: answerMs })
  return { status, code: json.code as string }
}

async function until(isTrue: () => boolean | Promise<boolean>, limitMs: number) {
  for (const deadline = Date.now() + limitMs; !(await isTrue()); await sleep(20))
    if (Date.now() > deadline) throw new Error(`Not within ${limitMs} ms: ${isTrue}`)
}
