// A database in trouble: whoever asks is told so within 3.5 seconds, about keys that exist and keys that do not, and nobody hears a "no".
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import pg from 'pg'
import { type Database, startDatabase } from '../../server/database/database.ts'
import { migrate } from '../../server/database/migrate.ts'
import { ask } from '../../server/database/open.ts'
import { type AppProcess, childrenOf, startAppProcess } from '../app-process.ts'
import { send } from '../http.ts'
import type { LoadKeys } from './keys.ts'

/** What DESIGN.md promises, whatever the database does. */
const answerMs = 3_500

let home: string
let database: Database
let app: AppProcess
let key: { key: string; organization_id: string }

test.describe.configure({ mode: 'serial' })
test.setTimeout(120_000)

test.beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'latchkey-trouble-'))
  chmodSync(home, 0o755)
  database = await startDatabase({ home, name: 'trouble', fast: true })
  if (!migrate('deploy', database.url, { quiet: true })) throw new Error('The migrations are not in order.')
  app = await startAppProcess({ DATABASE_URL: database.url, DATABASE_POOL: '4' })
  key = madeElsewhere(database.url)
  await expect.poll(async () => (await questions()).map(({ status }) => status), { timeout: 30_000 }).not.toContain(503)
})

test.afterAll(async () => {
  await app.end('SIGKILL')
  database.stop()
  rmSync(home, { recursive: true, force: true })
})

// By a process of its own: the connections of this one are to the database of the other tests.
function madeElsewhere(url: string): typeof key {
  const made = spawnSync(process.execPath, [path.join(import.meta.dirname, 'make-keys.ts')], {
    input: JSON.stringify({ count: 1 }),
    encoding: 'utf8',
    env: { ...process.env, DATABASE_URL: url },
  })
  if (made.status !== 0) throw new Error(made.stderr)
  const { organizationId, keys } = JSON.parse(made.stdout) as LoadKeys
  return { key: keys[0] as string, organization_id: organizationId }
}

/** Every kind of call, at once. Rejects when one is not answered in time. */
function questions() {
  const known = { key: key.key, organization_id: key.organization_id }
  const unknown = { ...known, key: 'INK_00000000-0000-4000-8000-000000000000' }
  const elsewhere = { ...known, organization_id: '0d1c2b3a-0000-4000-8000-000000000000' }
  const calls: [string, Record<string, unknown>, Record<string, string>?][] = [
    ['/validate', known],
    ['/validate', { ...known, fingerprint: 'none' }],
    ['/validate', { ...known, increment_usage: 1 }],
    ['/validate', known, { 'idempotency-key': `${Math.random()}` }],
    ['/validate', unknown],
    ['/validate', elsewhere],
    ['/activate', { ...known, label: 'Laptop', fingerprint: 'laptop' }],
    ['/activate', { ...unknown, label: 'Laptop' }],
    ['/deactivate', { ...known, activation_id: '0d1c2b3a-0000-4000-8000-000000000000' }],
    ['/polar/v1/customer-portal/license-keys/validate', known],
    ['/dodo/licenses/validate', { license_key: key.key }],
    ['/lemonsqueezy/v1/licenses/validate', { license_key: unknown.key }],
  ]
  return Promise.all(
    calls.map(async ([path, body, headers = {}]) => {
      const { status } = await send({ base: app.url, path: `/api/license${path}`, body, headers, timeoutMs: answerMs })
      return { path, status }
    }),
  )
}

const isReady = async () =>
  (await send({ base: app.url, method: 'GET', path: '/api/ready', timeoutMs: answerMs })).status

// Workers of the database come and go: one that has ended meanwhile needs no signal.
function signal(pids: number[], name: NodeJS.Signals) {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

const said = async () => [...new Set((await questions()).map(({ status }) => status))]
const isWell = () =>
  expect.poll(async () => (await questions()).some(({ status }) => status === 503), { timeout: 20_000 }).toBe(false)

for (const table of ['license_keys', 'activations, license_keys, old_key_strings'])
  test(`locked: ${table}`, async () => {
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
    for (let round = 0; round < 2; round++) expect(await said()).toEqual([503])
    await client.end()
    await isWell()
  })

test('a page of the table that waits for a lock holds up nothing else', async () => {
  // Pages and programs fill the general pool; license calls have connections of their own.
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('BEGIN; LOCK TABLE users, organizations IN ACCESS EXCLUSIVE MODE')
  const pages = Array.from({ length: 8 }, () =>
    send({
      base: app.url,
      method: 'GET',
      path: '/api/v1/license-keys',
      headers: { authorization: 'Bearer none' },
      timeoutMs: 20_000,
    }).catch(() => null),
  )
  const known = { key: key.key, organization_id: key.organization_id }
  const { json } = await send({ base: app.url, path: '/api/license/validate', body: known, timeoutMs: answerMs })
  expect(json.code).toBe('VALID')
  await client.end()
  await Promise.all(pages)
})

test('every process of the database is stopped', async () => {
  const [row] = await ask<{ data_directory: string }>(database.url, 'SHOW data_directory')
  const first = Number(readFileSync(path.join(row?.data_directory ?? '', 'postmaster.pid'), 'utf8').split('\n', 1)[0])
  const pids = [first, ...childrenOf(first)]
  signal(pids, 'SIGSTOP')
  try {
    for (let round = 0; round < 3; round++) expect(await said()).toEqual([503])
    // As many as connections of pages, and more: all of them are told.
    expect(await Promise.all(Array.from({ length: 12 }, isReady))).toEqual(Array(12).fill(503))
  } finally {
    signal(pids, 'SIGCONT')
  }
  await isWell()
  await expect.poll(isReady, { timeout: 20_000 }).toBe(200)
})

test('the database has no connection left', async () => {
  const others: pg.Client[] = []
  try {
    for (;;) {
      const client = new pg.Client({ connectionString: database.url })
      client.on('error', () => {})
      await client.connect()
      others.push(client)
    }
  } catch {
    // That was the last one.
  }
  const pids = others.map((client) => (client as unknown as { processID: number }).processID)
  // Those of the app go too, and others take their place.
  await others[0]?.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> ALL($1::int[])',
    [pids],
  )
  const more: pg.Client[] = []
  for (let i = 0; i < 20; i++) {
    const client = new pg.Client({ connectionString: database.url })
    client.on('error', () => {})
    await client.connect().then(
      () => more.push(client),
      () => {},
    )
  }
  // Whoever kept a connection may be answered; nobody waits, and nobody hears of a key that is not there.
  const answers = await questions()
  for (const { path, status } of answers.slice(0, 4)) expect([200, 503], path).toContain(status)
  await Promise.all([...others, ...more].map((client) => client.end()))
  await isWell()
})
