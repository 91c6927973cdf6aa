import '#server-only'
import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { Prisma, PrismaClient } from '#prisma/client.ts'
import { env } from '../base/env.ts'
import { isDeadlock, type Refusal } from '../base/errors.ts'
import { log } from '../base/log.ts'
import { gauge } from '../base/metrics.ts'
import { perProcess } from '../base/per-process.ts'

function openPool(max: number, settings: string[], more: pg.PoolConfig = {}) {
  const pool = new pg.Pool({
    connectionString: env().DATABASE_URL,
    max,
    options: settings.map((setting) => `-c ${setting}`).join(' '),
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    ...more,
  })
  // A server that goes away breaks idle connections; without a listener that would end the process.
  pool.on('error', () => {})
  return pool
}

// Not optional: @prisma/adapter-pg drops the offset of timestamptz values, so sessions must be in UTC.
const UTC = 'TimeZone=UTC'

// A batch of license calls looks up a few rows by their keys and never anything else. Planning that anew at every call would take
// longer than doing it, and a plan that reads whole tables would be right for today's thousand rows only. So a row that is read costs as
// much as a page: even of two keys, one is looked up (validate-plain.db.test.ts).
const BATCHES = [
  UTC,
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'cpu_tuple_cost=1',
  'jit=off',
  // A database that hangs must not hang the callers: they get a 503. Should it not even keep this limit, pg gives the connection up.
  'statement_timeout=5s',
  'lock_timeout=2s',
]

// What a page, a job or a program asks: nothing takes as long, so what does is lost, and its connection is needed. A search costs enough in
// PostgreSQL's eyes to be compiled first, which takes longer than the search. Several cores for one page would be taken from license calls,
// to make the same table once each; with room to sort, one is fast enough.
const PAGES = [
  ...['statement_timeout=60s', 'idle_in_transaction_session_timeout=60s', 'jit=off'],
  ...['max_parallel_workers_per_gather=0', 'work_mem=16MB'],
]

/**
 * Prisma reads several relations of a row at once, also in a transaction, where they have one connection; pg puts them in a row, and warns
 * of every process that a later version will not. The versions here are fixed, and what works is no news.
 */
function quietQueueing() {
  const warn = process.emitWarning
  process.emitWarning = (warning: string | Error, ...more: never[]) => {
    if (!String(warning).startsWith('Calling client.query() when')) warn.call(process, warning, ...more)
  }
}

function open() {
  quietQueueing()
  const pool = openPool(env().DATABASE_POOL, [UTC, ...PAGES])
  const connections = openPool(BATCH_CONNECTIONS, BATCHES, { query_timeout: 6_000 })
  const idle: pg.PoolClient[] = []
  connections.on('connect', (client) => {
    // One that breaks in use fails what uses it.
    client.on('error', () => {
      const at = idle.indexOf(client)
      if (at >= 0) idle.splice(at, 1)[0]?.release(true)
    })
  })
  const batches = { connections, idle }
  const inUse = ({ totalCount, idleCount }: pg.Pool) => totalCount - idleCount
  gauge('latchkey_database_connections_in_use', 'Connections that something is asked on.', () => inUse(pool))
  gauge('latchkey_database_connections_waiting', 'Who waits for a connection.', () => pool.waitingCount)
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    transactionOptions: { maxWait: 8_000, timeout: 10_000 },
  })
  return { pool, batches, again: onceMore(prisma) }
}

/** How many batches of one kind of license call are at the database at once, at most. */
export const BATCHES_IN_FLIGHT = 4

// Opened as they are needed: mostly one of each kind, all of them only while the database is slow.
const BATCH_CONNECTIONS = 8

const database = () => perProcess('database', open)

/** Opened at first use, so that importing a module needs no environment (builds, unit tests). */
function lazily<T extends object>(get: () => T): T {
  return new Proxy({} as T, {
    get(_, property) {
      const target = get()
      const value = Reflect.get(target, property)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** The connection pool, for the few statements that need more than Prisma offers. */
export const pool: pg.Pool = lazily(() => database().pool)

/**
 * Runs statements of the driver's own in one transaction. A connection that breaks while they hold it fails them: without somebody who
 * hears of it, that would end the process.
 */
export async function inDriverTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  const heard = () => {}
  client.on('error', heard)
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    const isSound = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    )
    client.release(!isSound)
    throw error
  } finally {
    client.removeListener('error', heard)
  }
}

/** Connections of batches.ts, and which of those it has taken from their pool are idle. */
export const batchConnections = (): { connections: pg.Pool; idle: pg.PoolClient[] } => database().batches

/** Prisma on the pool; inside `inOneTransaction`, on the connection of that. */
export const prisma: PrismaClient = lazily(() => joined.getStore()?.prisma ?? database().again)

/**
 * Commands lock in one order, and where two do not, PostgreSQL ends one of them: all it wrote is taken back, and it is done once more. So
 * what a transaction does outside of the database must bear being done twice.
 */
const onceMore = (client: PrismaClient): PrismaClient =>
  new Proxy(client, {
    get(target, property) {
      const value = Reflect.get(target, property)
      if (property !== '$transaction') return typeof value === 'function' ? value.bind(target) : value
      return async (...asked: Parameters<PrismaClient['$transaction']>) => {
        const run = () => value.apply(target, asked)
        if (typeof asked[0] !== 'function') return run()
        try {
          return await run()
        } catch (error) {
          if (!isDeadlock(error)) throw error
          log.info({ err: error }, 'two transactions waited for each other; one is done again')
          return run()
        }
      }
    },
  })

/** What a command's transaction hands to those it calls. */
export type Tx = Prisma.TransactionClient

type Joined = { prisma: PrismaClient; silent: boolean }

const joined = perProcess('joined-transaction', () => new AsyncLocalStorage<Joined>())

// A command's own transaction becomes part of the one around it: a refusal ends both.
const within = (tx: Tx): PrismaClient =>
  new Proxy(tx as PrismaClient, {
    get(target, property) {
      if (property === '$transaction') return (work: (tx: Tx) => Promise<unknown>) => work(tx)
      const value = Reflect.get(target, property)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

class Undone extends Error {
  readonly came: unknown
  constructor(came: unknown) {
    super('Taken back on purpose.')
    this.came = came
  }
}

/**
 * Does work with everything that Prisma reads and writes for it in one transaction, commands included. Without `keep`, what it came to is
 * told and all of it is taken back: mails and events are rows too. Nothing in it may go past Prisma to what it has locked.
 */
export async function inOneTransaction<T>(work: (tx: Tx) => Promise<T>, { keep }: { keep: boolean }): Promise<T> {
  const around = joined.getStore()
  if (around && keep) return work(around.prisma)
  try {
    return await database().again.$transaction(
      async (tx) => {
        const came = await joined.run({ prisma: within(tx), silent: !keep }, () => work(tx))
        if (keep) return came
        throw new Undone(came)
      },
      { timeout: 30_000 },
    )
  } catch (error) {
    if (error instanceof Undone) return error.came as T
    throw error
  }
}

/** Reads without a trace that something was shown. */
export function silently<T>(work: () => Promise<T>): Promise<T> {
  const around = joined.getStore()
  return around ? joined.run({ ...around, silent: true }, work) : work()
}

/** True where what is read is shown to nobody. */
export const isSilent = (): boolean => joined.getStore()?.silent ?? false

/** Work whose writes stay whatever becomes of the transaction around it. */
export const apart = <T>(work: () => Promise<T>): Promise<T> => joined.exit(work)

/** True when a write broke a unique rule of the database: somebody took that name, or was quicker. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'P2002'

/** Refuses where `work` breaks a unique rule. */
export async function unlessTaken<T>(refusal: () => Refusal, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw isUniqueViolation(error) ? refusal() : error
  }
}

/** Columns of a table and their types. */
export type ColumnTypes = Record<string, string>

/** True when a row that a write names went away at the same moment. */
export const isForeignKeyViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'P2003'

/**
 * Inserts many rows with one statement and one parameter; Prisma's own way costs a parameter for every value. Names and types come from
 * our code, never from outside. Bytes are written `\\x` and hexadecimal, times ISO; `same` are columns with one value for all.
 */
export async function insertRows(
  tx: Tx,
  table: string,
  columns: ColumnTypes,
  rows: object[],
  same: Record<string, Prisma.Sql> = {},
): Promise<void> {
  if (rows.length === 0) return
  const names = Object.keys(columns)
  const quoted = [...names, ...Object.keys(same)].map((name) => `"${name}"`)
  const types = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`)
  const values = [Prisma.raw(names.map((name) => `r."${name}"`).join(', ')), ...Object.values(same)]
  await tx.$executeRaw`INSERT INTO ${Prisma.raw(`"${table}" (${quoted.join(', ')})`)}
    SELECT ${Prisma.join(values)} FROM json_to_recordset(${JSON.stringify(rows)}::json) AS ${Prisma.raw(`r(${types.join(', ')})`)}`
}
