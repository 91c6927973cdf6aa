// npm run secret:rotate: replaces the master secret while everything runs. Broken off at any point, it goes on when it is run again.
import pg from 'pg'
import type { Held } from '#lib/secrets/secrets.ts'
import { generate } from '../server/build.ts'
import { besides, openDatabase, refuseNewer } from '../server/database/open.ts'
import { loadEnvironment } from '../server/environment.ts'
import { Halt, onStop, run } from '../server/lifecycle.ts'
import { newSecret, type SecretsFound, writeSecrets } from '../server/secret.ts'

/** Of two that run at once, one waits in vain. */
const LOCK = 4_242_001

const usage = `npm run secret:rotate

Replaces the master secret, while everything runs. Broken off, it goes on when it is run again. docs/secrets.md says how to prepare it
where the secret is given as LATCHKEY_SECRET.`

await run(async () => {
  if (process.argv.length > 2) {
    console.log(usage)
    return process.argv[2] === '--help' ? 0 : 1
  }
  const environment = loadEnvironment('production')
  generate()
  const { secrets: found } = environment
  if (found.are === 'missing') throw new Halt(`There is no master secret to replace: ${found.source}.`)
  if (found.are === 'unusable') throw new Halt(found.problem)
  const { url } = await openDatabase(environment)
  // The demo's database shares the file.
  const urls = [url, ...(environment.databaseUrl ? [] : besides(url))]
  const databases = (await Promise.all(urls.map((each) => open(each, each === url)))).filter((each) => each !== null)
  for (const each of databases) await refuseNewer(each.url)

  const pair = await choose(databases[0] as Database, found)
  const { forgetSecret, NotYet, replaceSecret } = await import('#lib/secret-rotation/rotation.ts')
  const say = (line: string) => console.log(line)
  for (const { query, url: at } of databases) {
    const versions = await versionsOf(query, pair)
    if (versions === 'done') continue
    if (versions === 'another') {
      say(`The database ${new URL(at).pathname.slice(1)} was made with another secret and is left alone.`)
      continue
    }
    const done = await replaceSecret(query, versions, say, paceOf(process.env)).catch((error: unknown) => {
      throw error instanceof NotYet ? new Halt(error.message) : error
    })
    await forgetSecret(query, versions.from)
    if (done.unreadable > 0)
      say(
        `${done.unreadable} sealed values open with neither secret. They were unreadable before, and are left as they are.`,
      )
    if (done.tokens > 0)
      say(
        `${done.tokens} API keys and sessions go on working: what checks them is kept, and an API key is hashed anew when it is next used. To end one, revoke it.`,
      )
  }
  if (found.file) {
    writeSecrets(found.file, [pair.to])
    say(
      `The former secret is forgotten. ${found.file} holds the new one: back it up now, the old backup of it no longer opens anything.`,
    )
  } else
    say(
      'The former secret is forgotten. Remove LATCHKEY_SECRET_PREVIOUS from the settings of every process, and keep the new secret safe.',
    )
  say('Members sign in again; sign-in links and invitations that were mailed before are void: send them again.')
  return 0
})

type Query = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>
type Database = { url: string; query: Query }

/** One session for all, so that the lock holds; null for a database beside ours that is not there. */
async function open(url: string, isOurs: boolean): Promise<Database | null> {
  const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC -c lock_timeout=1s' })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    if (isOurs) throw new Halt(`The database cannot be reached: ${(error as Error).message}`)
    return null
  }
  onStop(() => client.end().catch(() => {}))
  const query: Query = async (sql, values) => (await client.query(sql, values)).rows
  const [lock] = await query('SELECT pg_try_advisory_lock($1) AS taken', [LOCK])
  if (!lock?.taken) throw new Halt('npm run secret:rotate is already running.')
  return { url, query }
}

type Pair = { from: string; to: string }

/** The secret that leaves and the one that comes. */
async function choose({ query }: Database, found: Extract<SecretsFound, { are: 'there' }>): Promise<Pair> {
  const { problemOf, settleSecret } = await import('#lib/secrets/check.ts')
  const check = await settleSecret(query, found.secrets)
  const problem = problemOf(check, found.source)
  if (problem) throw new Halt(problem)
  if (check.is !== 'right') throw new Halt('There is no data yet, so there is nothing to replace.')
  const { current, other } = check.secrets
  if (other) return current.version < other.version ? pairOf(current, other) : pairOf(other, current)
  const [first, second] = found.secrets
  if (first !== current.secret) return { from: current.secret, to: first }
  // It was broken off after this database, before the last step.
  if (second) return { from: second, to: first }
  if (!found.file)
    throw new Halt(
      'The secret is given as LATCHKEY_SECRET, so the next one has to come the same way. Make one (openssl rand -base64 32); give every process LATCHKEY_SECRET=<the new one> and LATCHKEY_SECRET_PREVIOUS=<the present one>, restarting one after the other; then run this with the same two.',
    )
  const to = newSecret()
  // Both are in the file before anything is made with the new one. Running processes read it when the database says so.
  writeSecrets(found.file, [to, current.secret])
  return { from: current.secret, to }
}

function pairOf(from: Held, to: Held): Pair {
  return { from: from.secret, to: to.secret }
}

/** The numbers these secrets have in a database. */
async function versionsOf(query: Query, { from, to }: Pair): Promise<{ from: Held; to: Held } | 'done' | 'another'> {
  const { settleSecret } = await import('#lib/secrets/check.ts')
  const check = await settleSecret(query, [from, to])
  if (check.is === 'unmigrated') return 'done'
  if (check.is !== 'right') return 'another'
  const { current, other } = check.secrets
  if (other) return current.version < other.version ? { from: current, to: other } : { from: other, to: current }
  if (current.secret === to) return 'done'
  return { from: current, to: { version: current.version + 1, secret: to } }
}

/** Tests cannot wait as long. */
function paceOf(environment: NodeJS.ProcessEnv) {
  return JSON.parse(environment.LATCHKEY_ROTATION_PACE || '{}') as Record<string, number>
}
