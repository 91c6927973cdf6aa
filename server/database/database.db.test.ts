import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, expect, test, vi } from 'vitest'
import { startDatabase } from './database.ts'

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
