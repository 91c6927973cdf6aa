// A backup is made while software validates; what it restores elsewhere answers as before. Nothing half is ever written.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { ask } from '../../server/database/open.ts'
import { startAppProcess } from '../app-process.ts'
import { send } from '../http.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'

const root = path.join(import.meta.dirname, '../..')
const source = process.env.DATABASE_URL ?? ''
const names = ['restored', 'damaged', 'other_secret'].map((name) => `backup_${name}_${process.pid}`)
const urlOf = (name: string) => Object.assign(new URL(source), { pathname: `/${name}` }).href
const [restored = '', damaged = '', otherSecret = ''] = names.map(urlOf)

let folder: string
let shop: Organization
let key: IssuedKey
let activationId: string

const call = async (base: string, verb: string, body: object) =>
  (await send({ base, path: `/api/license/${verb}`, body })).json
const keyOf = ({ key, organization_id }: IssuedKey) => ({ key, organization_id })

/** Runs a command as people do; its exit code and everything it said. */
async function command(script: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [path.join(root, 'scripts', script), ...args], {
    cwd: root,
    env: { ...process.env, ...env, npm_lifecycle_event: '', INIT_CWD: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'exit')) as [number]
  return { code, said }
}

test.describe.configure({ mode: 'serial' })
test.setTimeout(180_000)

test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'latchkey-backup-'))
  for (const name of names) await ask(source, `CREATE DATABASE ${name} TEMPLATE template0`)
  shop = await makeOrganization()
  key = await shop.issue(await shop.configuration({ activationLimit: 2 }))
})

test.afterAll(async () => {
  for (const name of names) await ask(source, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  rmSync(folder, { recursive: true, force: true })
})

test('what is backed up under load is restored elsewhere, to the last row', async () => {
  const app = await startAppProcess()
  activationId = (await call(app.url, 'activate', { ...keyOf(key), label: 'Studio' })).id
  let isOver = false
  let refused = 0
  const load = Promise.all(
    Array.from({ length: 8 }, async () => {
      for (; !isOver; )
        if (!(await call(app.url, 'validate', { ...keyOf(key), activation_id: activationId })).valid) refused++
    }),
  )
  const backup = await command('backup.ts', ['shop.backup', '--with-secret', 'shop.secret'])
  isOver = true
  await load
  await app.end()
  expect(backup.said).toContain('Read back and checked')
  expect(backup.code).toBe(0)
  expect(refused).toBe(0)
  const file = path.join(folder, 'shop.backup')
  expect(statSync(file).mode & 0o077, 'only its owner may read it').toBe(0)
  expect(statSync(path.join(folder, 'shop.secret')).mode & 0o077).toBe(0)
  expect(readFileSync(path.join(folder, 'shop.secret'), 'utf8').trim()).toBe(process.env.LATCHKEY_SECRET)

  const again = await command('backup.ts', ['shop.backup'])
  expect(again.said).toContain('exists already')
  expect(again.code).toBe(1)

  const restore = await command('restore.ts', ['shop.backup'], { DATABASE_URL: restored })
  expect(restore.said).toContain('Start Latchkey')
  expect(restore.code).toBe(0)
  const there = await startAppProcess({ DATABASE_URL: restored })
  const answer = await call(there.url, 'validate', { ...keyOf(key), activation_id: activationId })
  expect(answer).toMatchObject({ valid: true, code: 'VALID', activation: { label: 'Studio' } })
  // Numbers go on where they were: a further device gets one that nothing has.
  expect(await call(there.url, 'activate', { ...keyOf(key), label: 'Laptop' })).toMatchObject({ code: 'ACTIVATED' })
  expect(await call(there.url, 'activate', { ...keyOf(key), label: 'Third' })).toMatchObject({
    code: 'ACTIVATION_LIMIT_REACHED',
  })
  await there.end()
  const [{ count } = { count: '' }] = await ask<{ count: string }>(restored, 'SELECT count(*) FROM organizations')
  expect(Number(count)).toBe(await prisma.organization.count())
})

test('a database with anything in it is left alone', async () => {
  const { code, said } = await command('restore.ts', ['shop.backup'], { DATABASE_URL: restored })
  expect(said).toContain('is not empty')
  expect(code).toBe(1)
})

test('a damaged backup changes nothing', async () => {
  const bytes = readFileSync(path.join(folder, 'shop.backup'))
  writeFileSync(path.join(folder, 'half.backup'), bytes.subarray(0, bytes.byteLength / 2))
  const { code, said } = await command('restore.ts', ['half.backup'], { DATABASE_URL: damaged })
  expect(said).toMatch(/damaged|end of file/i)
  expect(code).toBe(1)
  const [row] = await ask<{ found: string | null }>(damaged, "SELECT to_regclass('public.organizations') AS found")
  expect(row?.found).toBeNull()
  expect(existsSync(path.join(folder, 'half.backup'))).toBe(true)
})

test('under another secret nothing is restored', async () => {
  const env = { DATABASE_URL: otherSecret, LATCHKEY_SECRET: 'another-secret-with-more-than-32-characters-in-it' }
  const { code, said } = await command('restore.ts', ['shop.backup'], env)
  expect(said).toMatch(/secret/)
  expect(code).toBe(1)
  const left = await ask(otherSecret, 'SELECT 1 FROM organizations LIMIT 1').catch(() => [])
  expect(left).toEqual([])
})
