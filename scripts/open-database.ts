// The database of this installation: yours (DATABASE_URL), or the embedded one.
import pg from 'pg'
import { type Database, startDatabase } from './database.ts'
import { dataFolder, type Environment } from './environment.ts'
import { Halt, onStop } from './lifecycle.ts'

/** Opens the database, checks that it answers, and sets DATABASE_URL. It is closed when the process stops. */
export async function openDatabase(environment: Environment, name = 'latchkey'): Promise<Database> {
  const database = environment.databaseUrl
    ? { url: environment.databaseUrl, stop: () => {} }
    : await startDatabase({ home: dataFolder, name }).catch((error: Error) => {
        throw new Halt(error.message)
      })
  onStop(database.stop)
  const version = await ask<{ server_version_num: string }>(database.url, 'SHOW server_version_num')
  const major = Math.floor(Number(version[0]?.server_version_num) / 10_000)
  if (major < 15) throw new Halt(`Latchkey needs PostgreSQL 15 or later, ${hostOf(database.url)} runs ${major}.`)
  process.env.DATABASE_URL = database.url
  return database
}

/** The rows of one statement on a connection of its own; throws a sentence when the database cannot be reached. */
export async function ask<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  let client: pg.Client
  try {
    client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC', connectionTimeoutMillis: 5_000 })
    await client.connect()
  } catch (error) {
    throw new Halt(explain(url, error as NodeJS.ErrnoException))
  }
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

/** Never the password, so never the whole address. */
function explain(url: string, error: NodeJS.ErrnoException): string {
  if (!/^postgres(ql)?:/.test(url) || !URL.canParse(url))
    return 'DATABASE_URL is not an address: it should look like postgresql://user:password@host:5432/database'
  const { code } = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error
  const host = hostOf(url)
  const database = new URL(url).pathname.slice(1)
  const check = 'Check DATABASE_URL.'
  const sentences: Record<string, string> = {
    ECONNREFUSED: `No database answers at ${host}: is PostgreSQL running there? ${check}`,
    ENOTFOUND: `The database host ${host} is not known. ${check}`,
    EAI_AGAIN: `The database host ${host} is not known. ${check}`,
    '28P01': `The database at ${host} refuses the user name or password. ${check}`,
    '28000': `The database at ${host} refuses this user. ${check}`,
    '3D000': `The database at ${host} has no database "${database}". Create it, or check DATABASE_URL.`,
    '57P03': `The database at ${host} is still starting. Try again in a moment.`,
    '53300': `The database at ${host} has no connection left. Raise its max_connections, or lower DATABASE_POOL.`,
  }
  return sentences[code ?? ''] ?? `The database at ${host} cannot be reached (${error.message || code}). ${check}`
}

function hostOf(url: string): string {
  if (!URL.canParse(url)) return 'the address in DATABASE_URL'
  const { hostname, port, searchParams } = new URL(url)
  return `${hostname || searchParams.get('host') || 'localhost'}:${port || '5432'}`
}
