// The database of this installation: yours (DATABASE_URL), or the embedded one.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { dataFolder, type Environment, root } from '../environment.ts'
import { Halt, onStop } from '../lifecycle.ts'
import { newSecret, readSecretFile, setSecrets, writeSecrets } from '../secret.ts'
import { type Database, startDatabase } from './database.ts'
import { migrate } from './migrate.ts'

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
  if (major < 15) throw new Halt(`Latchkey needs PostgreSQL 15 or later; ${hostOf(database.url)} runs ${major}.`)
  process.env.DATABASE_URL = database.url
  return database
}

/** Brings an open database up to date and makes sure that the master secret is the one it was made with. Every start goes through here. */
export async function prepareDatabase(environment: Environment, url: string): Promise<void> {
  await refuseNewer(url)
  // First of all, so that a refused start has changed nothing.
  await refuseSecret(environment, url)
  if (!migrate('deploy', url, { quiet: true }))
    throw new Halt('The database could not be brought up to date; see the message above.')
  await holdSecret(environment, url)
}

/** A database that a newer version has changed is not for this one: it would read and write it wrongly. */
export async function refuseNewer(url: string): Promise<void> {
  const { unknown, known } = await compareMigrations(url)
  if (unknown.length === 0) return
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
  throw new Halt(
    `The database at ${hostOf(url)} belongs to a newer version of Latchkey: it was changed by ${unknown.join(', ')}, and this is ${version}, which knows changes up to ${known.at(-1)}. Start the newer version, or bring back a backup of the database from before the upgrade.`,
  )
}

/** The changes this version knows, in order, and what of them the database lacks or has beyond them. */
export async function compareMigrations(url: string) {
  const entries = readdirSync(path.join(root, 'prisma', 'migrations'), { withFileTypes: true })
  const known = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  const [table] = await ask<{ found: boolean }>(url, `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`)
  const rows = table?.found
    ? await ask<{ migration_name: string }>(
        url,
        'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1',
      )
    : []
  const applied = rows.map((row) => row.migration_name)
  return {
    known,
    missing: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  }
}

async function refuseSecret({ secrets }: Environment, url: string): Promise<void> {
  if (secrets.are === 'unusable') throw new Halt(secrets.problem)
  const { checkSecret, problemOf } = await import('#lib/secrets/check.ts')
  const given = secrets.are === 'there' ? secrets.secrets : []
  const check = await checkSecret(async (sql, values) => ask(url, sql, values), given)
  const problem = problemOf(check, secrets.source)
  if (problem && check.is !== 'unmigrated') throw new Halt(problem)
}

/** Makes sure of the master secret of a migrated database. One is made only where there is no data that another could have been made with. */
export async function holdSecret(environment: Environment, url: string): Promise<void> {
  const { checkSecret, problemOf, settleSecret } = await import('#lib/secrets/check.ts')
  const query = async (sql: string, values?: unknown[]) => ask(url, sql, values)
  let found = environment.secrets
  if (found.are === 'unusable') throw new Halt(found.problem)
  if (found.are === 'missing') {
    const { file, source } = found
    for (const each of [url, ...(environment.databaseUrl ? [] : besides(url))]) {
      const check = await checkSecret(async (sql, values) => ask(each, sql, values), []).catch((error: unknown) => {
        if (each === url) throw error
        return null // the other one may not exist
      })
      const problem = check && check.is !== 'unmigrated' && problemOf(check, source)
      if (problem)
        throw new Halt(`${problem}${each === url ? '' : `\n(It is missed by the database ${nameOf(each)}.)`}`)
    }
    makeSecret(file)
    found = readSecretFile(file)
    if (found.are !== 'there') throw new Halt(`The master secret was written to ${file}, but cannot be read again.`)
  }
  const check = await settleSecret(query, found.secrets)
  const problem = problemOf(check, found.source)
  if (problem) throw new Halt(problem)
  environment.secrets = found
  setSecrets(found)
  const { takeSecrets } = await import('#lib/secrets/secrets.ts')
  if (check.is === 'right') takeSecrets(check.secrets)
}

function makeSecret(file: string) {
  try {
    writeSecrets(file, [newSecret()], { isNew: true })
  } catch (error) {
    // Started twice at once: the other one's is as good.
    if (existsSync(file)) return
    throw new Halt(
      `The master secret could not be written to ${file}: ${(error as Error).message}. Nothing was changed.`,
    )
  }
  console.log(
    `Made a master secret: ${path.relative(root, file)}. Back it up; without it no stored license key can be read again.`,
  )
}

/** The databases of npm start and npm run demo lie beside each other and share the secret. */
export const besides = (url: string): string[] =>
  ['latchkey', DEMO_DATABASE]
    .filter((name) => name !== nameOf(url))
    .map((name) => Object.assign(new URL(url), { pathname: `/${name}` }).href)

const nameOf = (url: string) => new URL(url).pathname.slice(1)

/** Whose organizations the programs of this folder are about: those of `npm start`, or, where there are none, the demo's. */
export type Installation = Database & { isDemo: boolean }

/**
 * Opens the database with the organizations in it. Without DATABASE_URL, `npm start` and `npm run demo` keep a database each; the demo's is
 * taken when it was asked for, or when it is the only one with an organization.
 */
export async function openInstallation(environment: Environment, wants: 'demo' | 'any' = 'any'): Promise<Installation> {
  if (environment.databaseUrl) return { ...(await openDatabase(environment)), isDemo: false }
  const isThere = existsSync(path.join(dataFolder, 'demo.json'))
  if (wants === 'demo' && !isThere) throw new Halt('There is no demo here yet: start it with npm run demo.')
  if (wants === 'any') {
    const database = await openDatabase(environment)
    if (!isThere || (await hasOrganizations(database.url))) return { ...database, isDemo: false }
  }
  const demo = await openDatabase(environment, DEMO_DATABASE)
  return { ...demo, isDemo: true }
}

/** The demo's own database in the embedded PostgreSQL. */
export const DEMO_DATABASE = 'latchkey_demo'

async function hasOrganizations(url: string): Promise<boolean> {
  const [table] = await ask<{ found: string | null }>(url, `SELECT to_regclass('public.organizations') AS found`)
  if (!table?.found) return false
  return (await ask(url, 'SELECT 1 FROM organizations LIMIT 1')).length > 0
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
    ENOENT: `No database answers at ${host}: is PostgreSQL running there? ${check}`,
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
  return `${searchParams.get('host') || hostname || 'localhost'}:${port || '5432'}`
}
