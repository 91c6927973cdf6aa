import '#server-only'
import pg from 'pg'
import { env } from '../base/env.ts'
import { newId } from '../base/ids.ts'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import { pool } from '../database/client.ts'
import { CHANNEL, type Note } from '../database/notes.ts'

// One connection of a process listens for all who watch here; it is open while somebody does. Whether notes really come is tried by one of
// its own: a pooler that shares connections takes LISTEN and passes on nothing. Until they come, watchers are told to look again and again.

/** What watchers hear: a note about their organization, or that they may have missed some and look for themselves. */
export type Heard = Note | { what: 'look' }

/** `starting`: nobody knows yet. `notes`: told at once. `looking`: nobody tells, so everybody looks every few seconds. */
export type HubState = 'starting' | 'notes' | 'looking'

type Watcher = (heard: Heard) => void

type Hub = {
  watchers: Map<string, Set<Watcher>>
  client: pg.Client | null
  state: HubState
  /** The note of its own that was sent last and has not come back. */
  sent: string | null
  timers: { open?: NodeJS.Timeout; look?: NodeJS.Timeout; beat?: NodeJS.Timeout }
  failures: number
}

const LOOK_MS = 2_000
const BEAT_MS = 15_000
const BACK_MS = 5_000
const RETRY_MAX_MS = 30_000
/** A page that is left for another closes one stream and opens the next. */
const LEAVE_MS = 5_000

const hub = perProcess(
  'live-hub',
  (): Hub => ({ watchers: new Map(), client: null, state: 'starting', sent: null, timers: {}, failures: 0 }),
)

/** Hears of everything that happens in the organization until the answer is called. */
export function watch(organizationId: string, hear: Watcher): () => void {
  const all = hub.watchers.get(organizationId) ?? new Set()
  hub.watchers.set(organizationId, all)
  all.add(hear)
  if (!hub.client && !hub.timers.open) open()
  return () => {
    all.delete(hear)
    if (all.size === 0 && hub.watchers.get(organizationId) === all) hub.watchers.delete(organizationId)
    if (hub.watchers.size === 0) setTimeout(closeIfIdle, LEAVE_MS).unref()
  }
}

/** Whether watchers of this process are told, or look. */
export const hubState = (): HubState => hub.state

function closeIfIdle(): void {
  if (hub.watchers.size > 0) return
  clearTimeout(hub.timers.open)
  delete hub.timers.open
  hub.failures = 0
  drop()
  stopLooking()
  hub.state = 'starting'
}

function open(): void {
  delete hub.timers.open
  // Nobody waits until it is known whether notes come.
  look()
  const client = new pg.Client({
    connectionString: env().DATABASE_URL,
    application_name: 'latchkey-live',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  })
  hub.client = client
  client.on('error', () => lose(client))
  client.on('end', () => lose(client))
  client.on('notification', ({ channel, payload }) => {
    if (channel === CHANNEL && payload && hub.client === client) hear(payload)
  })
  client
    .connect()
    .then(
      async () => {
        // Whoever only watches keeps no process alive.
        ;(client as unknown as { connection: { stream: { unref?: () => void } } }).connection.stream.unref?.()
        await client.query(`LISTEN ${CHANNEL}`)
        beat(client)
      },
      () => lose(client),
    )
    .catch(() => lose(client))
}

// Sends a note to itself, by another connection, and gives this one up when it does not come back.
function beat(client: pg.Client): void {
  if (hub.client !== client) return
  const own = newId()
  hub.sent = own
  pool.query('SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify({ own })]).catch(() => {})
  hub.timers.beat = setTimeout(() => {
    if (hub.client !== client) return
    if (hub.sent === own) return lose(client)
    hub.timers.beat = setTimeout(() => beat(client), BEAT_MS - BACK_MS).unref()
  }, BACK_MS).unref()
}

function hear(payload: string): void {
  const note = JSON.parse(payload) as Note | { own: string }
  if ('own' in note) {
    if (note.own !== hub.sent) return
    hub.sent = null
    hub.failures = 0
    if (hub.state === 'notes') return
    hub.state = 'notes'
    stopLooking()
    // Whatever happened while nobody told.
    tellAll({ what: 'look' })
    return
  }
  for (const organizationId of note.of) for (const each of hub.watchers.get(organizationId) ?? []) each(note)
}

function tellAll(heard: Heard): void {
  for (const all of hub.watchers.values()) for (const each of all) each(heard)
}

function drop(): void {
  const { client } = hub
  hub.client = null
  hub.sent = null
  clearTimeout(hub.timers.beat)
  delete hub.timers.beat
  client?.end().catch(() => {})
}

function lose(client: pg.Client): void {
  if (hub.client !== client) return
  drop()
  if (hub.failures++ === 0) log.warn('the database passes on no notes: live pages look every two seconds until it does')
  hub.state = 'looking'
  look()
  if (hub.watchers.size === 0) return
  hub.timers.open = setTimeout(open, Math.min(RETRY_MAX_MS, 500 * 2 ** hub.failures)).unref()
}

function look(): void {
  hub.timers.look ??= setInterval(() => tellAll({ what: 'look' }), LOOK_MS).unref()
}

function stopLooking(): void {
  clearInterval(hub.timers.look)
  delete hub.timers.look
}
