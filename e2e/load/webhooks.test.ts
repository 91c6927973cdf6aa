// Webhooks under faults: 4,000 messages for four receivers of which one hangs, while app and database are killed outright.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { Webhook } from 'standardwebhooks'
import { type Database, startDatabase } from '../../server/database/database.ts'
import { migrate } from '../../server/database/migrate.ts'
import { ask } from '../../server/database/open.ts'
import { type AppProcess, childrenOf, startAppProcess } from '../app-process.ts'
import { runScript } from './runs.ts'
import type { MadeEndpoint, MessagesOrder } from './webhook-messages.ts'

const EVENTS = 1_000
const KEYS = 200

test.describe.configure({ mode: 'serial' })
test.setTimeout(900_000)

let home: string
let database: Database
let apps: AppProcess[] = []
const receivers: Awaited<ReturnType<typeof receive>>[] = []

/** A receiver that keeps the ids it is sent, or one that never answers. */
async function receive(hangs: boolean) {
  const ids = new Map<string, number>()
  let first: { text: string; headers: Record<string, string> } | undefined
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const headers = request.headers as Record<string, string>
      const id = headers['webhook-id'] ?? ''
      ids.set(id, (ids.get(id) ?? 0) + 1)
      first ??= { text, headers }
      if (!hangs) response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { ids, url: `http://127.0.0.1:${port}/`, hangs, close, first: () => first, endpointId: '', secret: '' }
}

test.beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'latchkey-webhooks-'))
  chmodSync(home, 0o755)
  database = await startDatabase({ home, name: 'webhooks' })
  if (!migrate('deploy', database.url, { quiet: true })) throw new Error('The migrations are not in order.')
  for (const hangs of [false, false, false, true]) receivers.push(await receive(hangs))
})

/** What whoever looks into a failure wants to know. */
async function standing(): Promise<string> {
  const states = await ask<object>(
    database.url,
    `SELECT right(endpoint_id::text, 4) AS endpoint, state, right(lease::text, 4) AS lease, attempts, count(*)::int, min(due_at), max(due_at),
      max(last_error) AS error FROM webhook_messages WHERE state <> 'sent' GROUP BY 1, 2, 3, 4 ORDER BY count(*) DESC LIMIT 20`,
  )
  const endpoints = await ask<object>(
    database.url,
    'SELECT right(id::text, 4) AS id, failing_since, paused_until, disabled_at FROM webhook_endpoints',
  )
  const busy = await ask<object>(
    database.url,
    "SELECT state, wait_event_type, wait_event, now() - state_change AS since, left(query, 80) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'",
  )
  const lines = [{ now: new Date(), arrived: arrived() }, ...states, ...endpoints, ...busy]
  const logs = apps.map(({ log }) => log().split('\n').slice(-12).join('\n').slice(-2_000))
  return [...lines.map((line) => JSON.stringify(line)), ...logs].join('\n')
}

test.afterAll(async () => {
  await Promise.all(apps.map(({ end }) => end('SIGKILL')))
  for (const { close } of receivers) close()
  database.stop()
  rmSync(home, { recursive: true, force: true })
})

async function tell(): Promise<void> {
  const order = { urls: receivers.map(({ url }) => url), events: EVENTS, keys: KEYS } satisfies MessagesOrder
  const made = await runScript<MadeEndpoint[]>('webhook-messages.ts', order, { DATABASE_URL: database.url })
  for (const [at, receiver] of receivers.entries()) Object.assign(receiver, made[at])
}

const arrived = () => receivers.map(({ ids }) => ids.size)
const sending = (settings: Record<string, string> = {}) =>
  startAppProcess({ DATABASE_URL: database.url, LATCHKEY_ROLE: '', ...settings })

async function until(isTrue: () => boolean | Promise<boolean>, limitMs: number) {
  for (const deadline = Date.now() + limitMs; !(await isTrue()); await sleep(50))
    if (Date.now() > deadline) throw new Error(`Not within ${limitMs} ms: ${isTrue}\n${await standing()}`)
}

/** After them, what the dead had taken is taken by others. */
const passTwoMinutes = (): Promise<unknown> =>
  ask(database.url, "UPDATE webhook_messages SET due_at = now() WHERE state = 'waiting' AND lease IS NOT NULL").catch(
    (error) => {
      // Whoever is alive writes the same rows in an order of their own, and of two that wait for each other PostgreSQL ends this one.
      if (error.code !== '40P01') throw error
      return passTwoMinutes()
    },
  )

async function killDatabase() {
  const [row] = await ask<{ data_directory: string }>(database.url, 'SHOW data_directory')
  const file = path.join(row?.data_directory ?? '', 'postmaster.pid')
  const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0])
  for (const each of [pid, ...childrenOf(pid)]) process.kill(each, 'SIGKILL')
  await sleep(500)
  await until(
    () =>
      ask(database.url, 'SELECT 1').then(
        () => true,
        () => false,
      ),
    60_000,
  )
}

test('every message arrives at least once, whoever is killed; one that hangs slows nobody', async () => {
  await tell()
  const began = performance.now()
  apps = await Promise.all([sending(), sending()])
  await until(() => Math.min(...arrived().slice(0, 3)) > 100, 60_000)
  await apps[0]?.end('SIGKILL')
  // It may have held the next message of nearly every key.
  await passTwoMinutes()
  await until(() => Math.min(...arrived().slice(0, 3)) > 400, 60_000)
  await killDatabase()
  apps[0] = await sending()
  await passTwoMinutes()
  await until(
    () =>
      arrived()
        .slice(0, 3)
        .every((count) => count === EVENTS),
    180_000,
  )
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  const sent = async () =>
    (
      await ask<{ id: string; sent: number }>(
        database.url,
        "SELECT endpoint_id AS id, count(*)::int AS sent FROM webhook_messages WHERE state = 'sent' GROUP BY 1",
      )
    ).filter(({ sent }) => sent === EVENTS).length
  // What was cut off twice is tried again after five minutes.
  await until(async () => (await sent()) === 3, 420_000)
  for (const { ids, hangs, endpointId, secret, first } of receivers) {
    const rows = await ask<{ id: string }>(
      database.url,
      `SELECT id FROM webhook_messages WHERE endpoint_id = '${endpointId}'`,
    )
    expect(rows).toHaveLength(EVENTS)
    const known = new Set(rows.map(({ id }) => id))
    expect([...ids.keys()].filter((id) => !known.has(id))).toEqual([])
    if (!hangs) expect(ids.size).toBe(EVENTS)
    const { text = '', headers = {} } = first() ?? {}
    expect(new Webhook(secret).verify(text, headers)).toMatchObject({ type: 'license_key.updated' })
  }
  const twice = receivers.flatMap(({ ids }) => [...ids.values()].filter((times) => times > 1)).length
  console.log(
    `  ${EVENTS * 3} of ${EVENTS * 4} messages in ${seconds} s with two kills, ${twice} of them more than once`,
  )
})
