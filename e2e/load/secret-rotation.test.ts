// The master secret is replaced under load, with kill -9 of everything that takes part: no call is refused, and the old secret opens nothing.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import pg from 'pg'
import { newId } from '#lib/base/ids.ts'
import { foldKeyString } from '#lib/key-strings/string.ts'
import { sealedColumns } from '#lib/secret-rotation/columns.ts'
import { type Held, keysOf, sealWith, unsealWith } from '#lib/secrets/secrets.ts'
import { type Database, startDatabase } from '../../server/database/database.ts'
import { migrate } from '../../server/database/migrate.ts'
import { newSecret } from '../../server/secret.ts'
import { type AppProcess, startAppProcess } from '../app-process.ts'
import { send } from '../http.ts'

const KEYS = 1_500
const root = path.join(import.meta.dirname, '../..')
const organizationId = newId()
const token = `latchkey_${newSecret()}`
const former: Held = { version: 1, secret: newSecret() }

let home: string
let file: string
let database: Database
let client: pg.Client
let apps: AppProcess[]
let keys: string[]

test.setTimeout(180_000)
test.beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'latchkey-rotation-'))
  chmodSync(home, 0o755)
  file = path.join(home, 'secret')
  writeFileSync(file, former.secret)
  database = await startDatabase({ home, name: 'rotation', fast: true })
  if (!migrate('deploy', database.url, { quiet: true })) throw new Error('The migrations are not in order.')
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  keys = await fill(former)
  apps = await Promise.all([startAppProcess(settings()), startAppProcess(settings())])
})
test.afterEach(() => {
  if (test.info().status !== test.info().expectedStatus)
    for (const app of apps ?? []) console.log(app.log().split('\n').slice(-12).join('\n').slice(-6_000))
})
test.afterAll(async () => {
  await Promise.all((apps ?? []).map(({ end }) => end('SIGKILL')))
  await client?.end()
  database?.stop()
  rmSync(home, { recursive: true, force: true })
})

const settings = () => ({ DATABASE_URL: database.url, LATCHKEY_SECRET: '', LATCHKEY_SECRET_FILE: file })
const all = async <Row>(sql: string, values: unknown[] = []) => (await client.query(sql, values)).rows as Row[]

test('no call is refused while the secret is replaced, whatever is killed, and the old secret opens nothing afterwards', async () => {
  const load = startLoad()
  try {
    await load.more(300)
    console.log(`  ${load.summary()} before`)
    // Broken off when it was announced, when it is half rewritten, and an app process with it.
    await rotateUntil(`SELECT FROM secret_versions WHERE state = 'next'`)
    await rotateUntil(`SELECT FROM secret_versions WHERE progress <> '{}' AND state = 'current' AND version = 2`)
    const left = await ofFormer()
    expect(left, 'some keys are rewritten').toBeLessThan(KEYS)
    expect(left, 'some are not').toBeGreaterThan(0)
    await load.pause(1, async () => {
      await apps[1]?.end('SIGKILL')
      apps[1] = await startAppProcess(settings(), { port: Number(new URL(apps[1]?.url ?? '').port) })
    })
    await load.more(200)
    const { code, said } = await rotate().ended
    expect(code, said).toBe(0)
    expect(said).toContain('The former secret is forgotten')
    await load.more(200)
  } finally {
    await load.end()
  }
  console.log(`  ${load.summary()} in all`)
  expect(load.refused()).toEqual([])

  const lines = readFileSync(file, 'utf8').trim().split('\n')
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toBe(former.secret)
  const present: Held = { version: 2, secret: lines[0] as string }
  expect(await all('SELECT version, state::text FROM secret_versions')).toEqual([{ version: 2, state: 'current' }])
  await opensOnlyWith(present)
  const [apiKey] = await all<{ token_hash: Buffer }>('SELECT token_hash FROM api_keys')
  expect(apiKey?.token_hash).toHaveLength(33)
  await expect(
    startAppProcess({ ...settings(), LATCHKEY_SECRET_FILE: '', LATCHKEY_SECRET: former.secret }),
  ).rejects.toThrow(/not the one this database was made with/)
})

// ---------------------------------------------------------------- the data

/** Keys, one that was rotated away, a mail and an API key, as the app makes them. */
async function fill(held: Held): Promise<string[]> {
  const made = keysOf(held)
  const strings = Array.from({ length: KEYS }, () => crypto.randomUUID().toUpperCase())
  const hash = (text: string) => Buffer.from(made.hash('license-key-lookup', text), 'hex')
  const folded = (text: string) => Buffer.from(made.hash('license-key-folded', foldKeyString(text)), 'hex')
  const cipher = (text: string) => Buffer.from(sealWith(made, 'license-key-cipher', text))
  const [configurationId, customerId] = [newId(), newId()]
  await all(`INSERT INTO organizations (id, slug, name) VALUES ($1, 'a', 'A')`, [organizationId])
  await all(`INSERT INTO key_configurations (id, organization_id, name, updated_at) VALUES ($1, $2, 'C', now())`, [
    configurationId,
    organizationId,
  ])
  await all(`INSERT INTO customers (id, organization_id, email, updated_at) VALUES ($1, $2, 'a@example.com', now())`, [
    customerId,
    organizationId,
  ])
  await all(
    `INSERT INTO license_keys (id, organization_id, key_configuration_id, customer_id, key_hash, folded_hash, key_cipher, key_is_normal, last_characters, updated_at)
     SELECT gen_random_uuid(), $1, $2, $3, n.hash, n.folded, n.cipher, n.i % 2 = 0, '', now()
     FROM unnest($4::bytea[], $5::bytea[], $6::bytea[]) WITH ORDINALITY AS n(hash, folded, cipher, i)`,
    [organizationId, configurationId, customerId, strings.map(hash), strings.map(folded), strings.map(cipher)],
  )
  await all(
    `INSERT INTO old_key_strings (key_hash, key_cipher, license_key_id, rotated_at, valid_until)
     SELECT $1, $2, id, now(), now() + interval '1 day' FROM license_keys LIMIT 1`,
    [hash('OLD'), cipher('OLD')],
  )
  await all(`INSERT INTO mails (id, template, "to", payload, status) VALUES ($1, 'x', 'a@example.com', $2, 'sent')`, [
    newId(),
    Buffer.from(sealWith(made, 'mail-payload', '{}')),
  ])
  await all(
    `INSERT INTO api_keys (id, organization_id, name, token_hash, last_characters, scopes, created_by)
     VALUES ($1, $2, 'x', $3, '', '{license_keys:read}', 'x')`,
    [newId(), organizationId, Buffer.from(made.hash('api-key', token), 'hex')],
  )
  return strings
}

/** How many keys are still as the former secret made them. */
async function ofFormer(): Promise<number> {
  const made = keysOf(former)
  const hashes = keys.map((key) => Buffer.from(made.hash('license-key-lookup', key), 'hex'))
  return (await all('SELECT FROM license_keys WHERE key_hash = ANY($1::bytea[])', [hashes])).length
}

async function opensOnlyWith(present: Held) {
  const [old, now] = [keysOf(former), keysOf(present)]
  for (const { table, column, purpose, hashes = [] } of sealedColumns) {
    const names = hashes.map((hash) => `, ${hash.column}`).join('')
    const rows = await all<Record<string, Buffer>>(
      `SELECT ${column} AS sealed${names} FROM ${table} WHERE ${column} IS NOT NULL`,
    )
    if (['license_keys', 'old_key_strings', 'mails'].includes(table)) expect(rows.length, table).toBeGreaterThan(0)
    for (const row of rows) {
      expect(() => unsealWith(old, purpose, row.sealed as Buffer), table).toThrow()
      const content = unsealWith(now, purpose, row.sealed as Buffer).toString('utf8')
      for (const hash of hashes) {
        const text = hash.of(content)
        expect(row[hash.column]?.toString('hex'), table).toBe(text === null ? '' : now.hash(hash.purpose, text))
      }
    }
  }
}

// ---------------------------------------------------------------- the replacement

function rotate() {
  const pace = { settleMs: 2_000, lookEveryMs: 100, rows: 50, restMs: 40 }
  const child: ChildProcess = spawn(process.execPath, [path.join(root, 'scripts/secret-rotate.ts')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...settings(), LATCHKEY_ROTATION_PACE: JSON.stringify(pace) },
  })
  let said = ''
  for (const output of [child.stdout, child.stderr]) output?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, said }))
  return { child, ended }
}

/** Kills it when this finds a row. */
async function rotateUntil(sql: string) {
  const { child, ended } = rotate()
  for (;;) {
    if ((await all(sql)).length > 0) break
    if (child.exitCode !== null) throw new Error(`It ended early: ${(await ended).said}`)
    await sleep(20)
  }
  child.kill('SIGKILL')
  await ended
}

// ---------------------------------------------------------------- the load

function startLoad() {
  const refused: string[] = []
  const paused = new Set<number>()
  let answered = 0
  let askedAgain = 0
  let isOver = false
  const calls = [
    (key: string) => ({ path: '/api/license/validate', body: { key, organization_id: organizationId } }),
    (key: string) => ({
      path: '/api/license/validate',
      body: { key: key.toLowerCase(), organization_id: organizationId, increment_usage: 1 },
    }),
    // Found by its folded form.
    (key: string) => ({
      path: '/api/license/validate',
      body: { key: `“${key.replaceAll('0', 'O').replaceAll('-', ' ')}”`, organization_id: organizationId },
    }),
    (key: string) => ({
      path: '/api/license/activate',
      body: { key, organization_id: organizationId, label: 'x', fingerprint: 'x' },
    }),
    (key: string) => ({ path: '/api/license/dodo/licenses/validate', body: { license_key: key } }),
  ]
  async function caller(app: number, call: (key: string) => { path: string; body: object }) {
    while (!isOver) {
      if (paused.has(app)) {
        await sleep(20)
        continue
      }
      const { path: at, body } = call(keys[Math.floor(Math.random() * keys.length)] as string)
      await ask(app, at, { body }, ({ status, json }) => status === 200 && json.valid !== false)
    }
  }
  async function programs(app: number) {
    const headers = { authorization: `Bearer ${token}` }
    const unknown = { body: { key: crypto.randomUUID(), organization_id: organizationId } }
    for (; !isOver; await sleep(200)) {
      if (paused.has(app)) continue
      await ask(app, '/api/v1/license-keys?limit=1', { headers, method: 'GET' }, ({ status }) => status === 200)
      await ask(app, '/api/license/validate', unknown, ({ text }) => text.includes('NOT_FOUND'))
    }
  }
  type Said = Awaited<ReturnType<typeof send>>
  async function ask(app: number, at: string, more: object, isGood: (said: Said) => boolean) {
    try {
      // Who is told to come back comes back, as clients do: a loaded machine says so too. In the end each is answered.
      for (const deadline = Date.now() + 30_000; ; askedAgain++) {
        const answer = await send({ base: apps[app]?.url ?? '', path: at, ...more })
        if (isGood(answer)) {
          answered++
          return
        }
        const seconds = Number(answer.headers['retry-after'])
        if (answer.status !== 503 || !(seconds > 0) || Date.now() > deadline) {
          refused.push(`${at} ${answer.status} ${JSON.stringify(answer.json)}`)
          return
        }
        await sleep(seconds * 1_000)
      }
    } catch (error) {
      if (!paused.has(app)) refused.push(`${at} ${error}`)
    }
  }
  const running = [0, 1].flatMap((app) => [
    ...calls.flatMap((call) => [caller(app, call), caller(app, call)]),
    programs(app),
  ])
  return {
    /** Until so many further calls have been answered. */
    more: async (count: number) => {
      const before = answered
      await expect.poll(() => answered >= before + count, { timeout: 60_000 }).toBe(true)
    },
    summary: () => `${answered} answered, ${askedAgain} asked to come back`,
    refused: () => [...new Set(refused)].slice(0, 5),
    /** No calls to this process meanwhile. */
    pause: async (app: number, run: () => Promise<void>) => {
      paused.add(app)
      await run()
      paused.delete(app)
    },
    end: async () => {
      isOver = true
      await Promise.all(running)
    },
  }
}
