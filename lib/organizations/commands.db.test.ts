import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isPassword } from '../auth/passwords.ts'
import type { System } from '../base/actor.ts'
import { pool, prisma } from '../database/client.ts'
import { setupToken } from '../secrets/secrets.ts'
import { isSetupToken, setUp } from './commands.ts'
import { getOrganization, isSetUp } from './queries.ts'

// Set-up is about a database without organizations, so it gets one of its own.
const name = `setup_${randomUUID().replaceAll('-', '')}`
const server = process.env.DATABASE_URL ?? ''

async function onServer(run: (client: pg.Client) => Promise<unknown>, database?: string) {
  const url = new URL(server)
  if (database) url.pathname = `/${database}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  await run(client).finally(() => client.end())
}

beforeAll(async () => {
  await onServer((client) => client.query(`CREATE DATABASE ${name}`))
  const migrations = path.resolve('prisma/migrations')
  const folders = readdirSync(migrations, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  await onServer(async (client) => {
    for (const folder of folders.map((entry) => entry.name).sort())
      await client.query(readFileSync(path.join(migrations, folder, 'migration.sql'), 'utf8'))
  }, name)
  process.env.DATABASE_URL = Object.assign(new URL(server), { pathname: `/${name}` }).href
})

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
  await onServer((client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`))
})

const system: System = { kind: 'system', name: 'Set-up' }
const now = new Date()
const input = (number: number) => ({
  token: setupToken(),
  organizationName: `Inkwell ${number}`,
  slug: `inkwell-${number}`,
  name: 'Ada',
  email: `ada${number}@example.com`,
  password: 'a long password',
})

test('the token decides', async () => {
  expect(isSetupToken(setupToken())).toBe(true)
  expect(isSetupToken(` ${setupToken()}\n`)).toBe(true)
  expect(isSetupToken('')).toBe(false)
  expect(isSetupToken(setupToken().slice(1))).toBe(false)
  await expect(setUp(system, { ...input(0), token: 'wrong' }, now)).rejects.toMatchObject({
    code: 'FORBIDDEN',
    field: 'token',
  })
  expect(await prisma.user.count()).toBe(0)
})

test('eight people at once make one organization', async () => {
  expect(await isSetUp()).toBe(false)
  const attempts = await Promise.allSettled(Array.from({ length: 8 }, (_, number) => setUp(system, input(number), now)))
  expect(attempts.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1)
  for (const attempt of attempts) if (attempt.status === 'rejected') expect(attempt.reason.code).toBe('CONFLICT')
  expect(await prisma.organization.count()).toBe(1)
  expect(await prisma.user.count()).toBe(1)
  expect(await isSetUp()).toBe(true)
})

test('the owner owns it, and history begins with it', async () => {
  const [user] = await prisma.user.findMany()
  if (!user) throw new Error('no user')
  expect(await isPassword('a long password', user.passwordHash)).toBe(true)
  expect(user.emailVerifiedAt).toBeNull()
  const membership = await prisma.membership.findFirstOrThrow({ where: { userId: user.id } })
  expect(membership).toMatchObject({ role: 'owner' })
  const events = await prisma.event.findMany()
  expect(events).toMatchObject([{ type: 'organization.created', actorKind: 'merchant', actorLabel: 'Ada' }])
  const merchant = {
    kind: 'merchant' as const,
    userId: user.id,
    email: user.email,
    name: user.name,
    organizationId: membership.organizationId,
    role: 'owner' as const,
  }
  expect(await getOrganization(merchant)).toMatchObject({ supportEmail: user.email })
})
