import '#server-only'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { Prisma, PrismaClient } from '#prisma/client.ts'
import { env } from './env.ts'

function open() {
  const pool = new pg.Pool({
    connectionString: env().DATABASE_URL,
    max: env().DATABASE_POOL,
    // Not optional: @prisma/adapter-pg drops the offset of timestamptz values, so sessions must be in UTC.
    options: '-c TimeZone=UTC',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  })
  // A server that goes away breaks idle connections; without a listener that would end the process.
  pool.on('error', () => {})
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    transactionOptions: { maxWait: 8_000, timeout: 10_000 },
  })
  return { pool, prisma }
}

// The production server loads this module twice (Node itself, and inside Next's bundle): one pool serves both.
const shared = globalThis as unknown as { latchkeyDatabase?: ReturnType<typeof open> }

function database() {
  shared.latchkeyDatabase ??= open()
  return shared.latchkeyDatabase
}

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

/** Prisma on the same pool. */
export const prisma: PrismaClient = lazily(() => database().prisma)

/** What a command's transaction hands to those it calls. */
export type Tx = Prisma.TransactionClient

/** True when a write broke a unique rule of the database: somebody took that name, or was quicker. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'P2002'

/** Columns of a table and their types. */
export type ColumnTypes = Record<string, string>

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
