import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, expect, test, vi } from 'vitest'
import { boundLog, canHoldSocket, startDatabase } from './database.ts'

const home = mkdtempSync(path.join(tmpdir(), 'latchkey-database-'))
chmodSync(home, 0o755)
const pidFile = path.join(home, 'postgres/data/postmaster.pid')
afterAll(() => rmSync(home, { recursive: true, force: true }))

const query = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
const kill = () => process.kill(Number.parseInt(readFileSync(pidFile, 'utf8'), 10), 'SIGKILL')

test('the embedded database keeps what was acknowledged, whatever ends it', { timeout: 120_000 }, async () => {
  const first = await startDatabase({ home })
  await query(first.url, 'CREATE TABLE t (n int); INSERT INTO t VALUES (1)')

  kill()
  vi.spyOn(console, 'error').mockImplementation(() => {})
  await expect.poll(() => query(first.url, 'SELECT n FROM t').catch(() => []), { timeout: 45_000 }).toEqual([{ n: 1 }])

  first.stop()
  writeFileSync(pidFile, `${process.pid}\n${home}\n0\n1\n\n127.0.0.1\n\nready\n`)
  const second = await startDatabase({ home })
  expect(await query(second.url, 'SELECT n FROM t')).toEqual([{ n: 1 }])
  expect(await query(second.url, 'SHOW timezone')).toEqual([{ TimeZone: 'UTC' }])

  second.stop()
  await expect(query(second.url, 'SELECT 1')).rejects.toThrow()
})

test('it is asked over a socket where the path of one can be used, and over loopback all the same', async () => {
  expect(canHoldSocket('/srv/latchkey/.data/postgres/sockets')).toBe(true)
  expect(canHoldSocket(`/srv/${'long/'.repeat(20)}sockets`)).toBe(false)
  expect(canHoldSocket("/srv/Ann's files/sockets")).toBe(false)
  const { url, stop } = await startDatabase({ home })
  try {
    const where = 'SELECT inet_server_addr()::text AS address'
    const hasSocket = process.platform !== 'win32' && canHoldSocket(path.join(home, 'postgres/sockets'))
    expect(await query(url, where)).toEqual([{ address: hasSocket ? null : '127.0.0.1/32' }])
    const loopback = new URL(url)
    loopback.search = ''
    expect(await query(loopback.href, where)).toEqual([{ address: '127.0.0.1/32' }])
  } finally {
    stop()
  }
})

/** Every file and folder below, with its mode. */
function modes(folder: string): [string, number][] {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).map((entry) => {
    const file = path.join(entry.parentPath, entry.name)
    return [path.relative(folder, file), statSync(file).mode & 0o777]
  })
}

test('nobody else reads what PostgreSQL keeps or says, also where an earlier version let them', {
  timeout: 60_000,
}, async () => {
  const log = path.join(home, 'postgres/log')
  appendFileSync(log, 'x')
  chmodSync(log, 0o644)
  const { url, stop } = await startDatabase({ home })
  try {
    await query(url, 'SELECT no_such_column').catch(() => {})
    expect(statSync(log).mode & 0o777).toBe(0o600)
    expect(readFileSync(log, 'utf8')).toContain('no_such_column')
    // Who must pass through may, and no more.
    const open = modes(path.join(home, 'postgres')).filter(([, mode]) => mode & 0o066)
    expect(open.filter(([file]) => file !== 'users' && !file.startsWith('users/'))).toEqual([])
    expect(statSync(path.join(home, 'postgres/data')).mode & 0o777).toBe(0o700)

    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10)
    const owner = statSync(path.join(home, 'postgres/data'))
    if (process.platform === 'linux') expect(statSync(`/proc/${pid}`).uid).toBe(owner.uid)
    expect(owner.uid).not.toBe(0)

    // What it says is bounded while it goes on saying it.
    appendFileSync(log, 'old line\n'.repeat(500_000))
    boundLog(log, owner, 1_000_000)
    expect(statSync(log).size).toBe(0)
    expect(statSync(`${log}.before`)).toMatchObject({ size: 1_000_000, uid: owner.uid })
    expect(statSync(`${log}.before`).mode & 0o777).toBe(0o600)
    await query(url, 'SELECT another_missing_column').catch(() => {})
    expect(readFileSync(log, 'utf8')).toMatch(/^[^\0]*another_missing_column/)
    boundLog(log, owner, 1_000_000)
    expect(statSync(log).size).toBeGreaterThan(0)
  } finally {
    stop()
  }
})
