import { describe, expect, test } from 'vitest'
import { asColumns, ask, bytes, isOfStatement, onBatchConnection } from './batches.ts'
import { pool } from './client.ts'

const statement = (name: string, text: string) => ({ name: `test_${name}`, text })
const PID = statement('pid', 'SELECT pg_backend_pid()')
const pidOf = (): Promise<string> => onBatchConnection(async (client) => (await ask(client, PID, []))[0]?.[0] as string)

describe('ask', () => {
  test('writes every kind of value as PostgreSQL reads it', async () => {
    const ECHO = statement(
      'echo',
      `SELECT $1::text, $2::int, $3::boolean, $4::timestamptz AT TIME ZONE 'UTC', encode($5::bytea, 'hex'), $6::text`,
    )
    const values = ['a "b" \\ {c}, é', 7, true, new Date('2026-02-03T04:05:06.789Z'), bytes('00ff'), null]
    expect(await onBatchConnection((client) => ask(client, ECHO, values))).toEqual([
      ['a "b" \\ {c}, é', '7', 't', '2026-02-03 04:05:06.789', '00ff', null],
    ])
  })

  test('and arrays of them', async () => {
    const UNNEST = statement(
      'unnest',
      `SELECT t, n, b, d AT TIME ZONE 'UTC', encode(h, 'hex')
        FROM unnest($1::text[], $2::int[], $3::boolean[], $4::timestamptz[], $5::bytea[]) AS u(t, n, b, d, h)`,
    )
    const texts = ['', 'NULL', 'a,b', '"', '\\', '{}', ' é ', '\\"\\', null]
    const rows = texts.map((text, i) => [
      ...[text, i, i % 2 === 0, new Date(Date.UTC(i === 1 ? 12_345 : 2026, 0, i + 1)), bytes(`0${i}`)],
    ])
    expect(await onBatchConnection((client) => ask(client, UNNEST, asColumns(rows)))).toEqual(
      texts.map((text, i) => [
        ...[text, String(i), i % 2 === 0 ? 't' : 'f', `${i === 1 ? 12_345 : 2026}-01-0${i + 1} 00:00:00`, `0${i}`],
      ]),
    )
    expect(await onBatchConnection((client) => ask(client, UNNEST, [[], [], [], [], []]))).toEqual([])
  })
})

describe('onBatchConnection', () => {
  test('sends what is asked first before it returns', async () => {
    await pidOf()
    let sent = false
    const done = onBatchConnection((client) => {
      const rows = ask(client, PID, [])
      sent = true
      return rows
    })
    expect(sent).toBe(true)
    await done
  })

  test('serves more than there are connections, one after the other', async () => {
    const pids = await Promise.all(Array.from({ length: 50 }, pidOf))
    expect(new Set(pids).size).toBeLessThanOrEqual(8)
  })

  test('keeps a connection whose statement failed', async () => {
    const FAIL = statement('fail', 'SELECT 1 / $1::int')
    const before = await pidOf()
    const error = await onBatchConnection((client) => ask(client, FAIL, [0])).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: '22012' })
    expect(isOfStatement(error)).toBe(true)
    expect(await pidOf()).toBe(before)
    expect(await onBatchConnection((client) => ask(client, FAIL, [1]))).toEqual([['1']])
  })

  test('gives up a connection that broke, in use or idle', async () => {
    const SLEEP = statement('sleep', 'SELECT pg_sleep($1::int)')
    const terminate = async (pid: string) => {
      await pool.query('SELECT pg_terminate_backend($1, 5000)', [pid])
    }
    let pid = ''
    const broken = onBatchConnection(async (client) => {
      pid = (await ask(client, PID, []))[0]?.[0] as string
      return Promise.all([ask(client, SLEEP, [60]), terminate(pid)])
    }).catch((error: unknown) => error)
    expect(isOfStatement(await broken)).toBe(false)
    const idle = await pidOf()
    expect(idle).not.toBe(pid)
    await terminate(idle)
    // The news of its end has to arrive.
    await expect.poll(() => pidOf().catch(() => idle)).not.toBe(idle)
  })
})
