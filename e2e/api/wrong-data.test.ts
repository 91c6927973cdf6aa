// An app process on the wrong data: no organization, another master secret, a newer version's database. Never a "no" to a good key.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import pg from 'pg'
import { migrate } from '../../server/database/migrate.ts'
import { newSecret } from '../../server/secret.ts'
import { type AppProcess, startAppProcess } from '../app-process.ts'
import { send } from '../http.ts'

const server = process.env.DATABASE_URL as string
const name = 'wrong_data'
const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
const secret = newSecret()
const key = '12345678-1234-4234-8234-123456789012'
const id = '01900000-0000-7000-8000-000000000000'

/** A call of every dialect with a key or a token that is unknown, its status for a "no", and where it has the code of a 503. */
const calls = [
  { path: '/api/license/validate', body: { key, organization_id: id }, no: 200 },
  { path: '/api/license/activate', body: { key, organization_id: id, label: 'x' }, no: 404 },
  { path: '/api/license/deactivate', body: { key, organization_id: id, activation_id: id }, no: 404 },
  { path: '/api/license/polar/v1/customer-portal/license-keys/validate', body: { key, organization_id: id }, no: 404 },
  { path: '/api/license/polar/v1/license-keys/validate', body: { key, organization_id: id }, token: 'x', no: 401 },
  { path: '/api/license/dodo/licenses/validate', body: { license_key: key }, no: 200 },
  { path: '/api/license/dodo/licenses/activate', body: { license_key: key, name: 'x' }, no: 404 },
  { path: '/api/license/lemonsqueezy/v1/licenses/validate', body: { license_key: key }, no: 404 },
  { path: '/api/v1/license-keys', method: 'GET', token: 'latchkey_x', no: 401 },
]

async function ask(call: (typeof calls)[number], base: string) {
  const { path, method, body, token } = call as { path: string; method?: string; body?: object; token?: string }
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
  return send({ base, path, headers, ...(method && { method }), ...(body && { body }) })
}

let client: pg.Client
let app: AppProcess | undefined

const run = (sql: string, values: unknown[] = []) => client.query(sql, values)
const settings = (mine: string) => ({ DATABASE_URL: url, LATCHKEY_SECRET: mine, LATCHKEY_SECRET_FILE: '' })
const ready = (base: string) => send({ base, method: 'GET', path: '/api/ready' })

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  await admin.end()
  expect(migrate('deploy', url, { quiet: true })).toBe(true)
  client = new pg.Client({ connectionString: url })
  await client.connect()
})
test.afterAll(async () => {
  await app?.end('SIGKILL')
  await client.end()
})

test('while there is no organization every dialect answers 503, afterwards its "no"', async () => {
  app = await startAppProcess(settings(secret))
  const { url: base } = app
  await expect.poll(async () => (await ready(base)).status).toBe(200)
  for (const call of calls) {
    const answer = await ask(call, base)
    expect(answer.status, call.path).toBe(503)
    expect(JSON.stringify(answer.json), call.path).toMatch(/unavailable|right now|try again|later/i)
  }
  await run(`INSERT INTO organizations (id, slug, name) VALUES ($1, 'a', 'A')`, [id])
  for (const call of calls) expect((await ask(call, base)).status, call.path).toBe(call.no)
})

test('a database that turns out to be another one: not ready, and no "no"', async () => {
  const { url: base } = app as AppProcess
  const { rows } = await run('SELECT check_hash, check_sealed FROM secret_versions')
  await run(`UPDATE secret_versions SET check_hash = decode(repeat('00', 32), 'hex')`)
  const answer = await ready(base)
  expect(answer.status).toBe(503)
  expect(answer.json).toMatchObject({
    secret: 'failed',
    reason: 'The master secret is not the one this database was made with.',
  })
  for (const call of calls) expect((await ask(call, base)).status, call.path).toBe(503)
  await run('UPDATE secret_versions SET check_hash = $1', [rows[0].check_hash])
  expect((await ready(base)).status).toBe(200)
  for (const call of calls) expect((await ask(call, base)).status, call.path).toBe(call.no)
})

test('a migration of a newer version: not ready, and no start', async () => {
  const { url: base } = app as AppProcess
  await run(
    `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
     VALUES ('x', 'x', now(), '29990101000000_things_to_come', 1)`,
  )
  const answer = await ready(base)
  expect(answer.status).toBe(503)
  expect(answer.json.reason).toContain('newer version')
  await expect(startAppProcess(settings(secret))).rejects.toThrow(/newer version.*29990101000000_things_to_come/s)
  await run(`DELETE FROM _prisma_migrations WHERE id = 'x'`)
  expect((await ready(base)).status).toBe(200)
})

test('no start with another secret, nor with none that can be used', async () => {
  await expect(startAppProcess(settings(newSecret()))).rejects.toThrow(/not the one this database was made with/)
  await expect(startAppProcess(settings('0123456789'.repeat(4)))).rejects.toThrow(/repeats itself/)
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-wrong-data-'))
  const file = path.join(folder, 'secret')
  const withFile = () => startAppProcess({ ...settings(''), LATCHKEY_SECRET_FILE: file })
  try {
    await expect(withFile()).rejects.toThrow(/its master secret is missing/)
    writeFileSync(file, '')
    await expect(withFile()).rejects.toThrow(/is empty/)
    expect(readFileSync(file, 'utf8')).toBe('')
    writeFileSync(file, `${secret}\n`)
    const another = await withFile()
    expect((await ask(calls[0] as (typeof calls)[0], another.url)).status).toBe(200)
    await another.end()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
