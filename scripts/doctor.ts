// npm run doctor: is everything here that Latchkey needs? One line per check; exit code 1 when one fails.
import { existsSync, readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { styleText } from 'node:util'
import { createTransport } from 'nodemailer'
import { ask, compareMigrations, openInstallation, refuseNewer } from '../server/database/open.ts'
import { dataFolder, type Environment, loadEnvironment, root } from '../server/environment.ts'
import { Halt, run } from '../server/lifecycle.ts'
import { checkPort } from '../server/web.ts'

/** Returns what is good, throws what is not. */
type Check = (environment: Environment) => Promise<string> | string

let reached: string | undefined

const checks = {
  Node: () => `${process.version} (22.18 or later is needed)`,
  Packages: packages,
  Secret: secret,
  Database: database,
  'Time zone': timeZone,
  Migrations: migrations,
  'Secret fits': secretFits,
  Data: data,
  Clock: clock,
  Mail: mail,
  Disk: disk,
  Port: port,
} satisfies Record<string, Check>

await run(async () => {
  const environment = loadEnvironment('production')
  let failed = 0
  for (const [name, check] of Object.entries<Check>(checks)) {
    try {
      print('ok', 'green', name, await check(environment))
    } catch (error) {
      failed++
      print('FAIL', 'red', name, (error as Error).message)
    }
  }
  console.log(failed ? `\n${failed} of ${Object.keys(checks).length} checks failed.` : '\nAll is well.')
  return failed ? 1 : 0
})

function print(mark: string, color: 'green' | 'red', name: string, text: string) {
  console.log(`${styleText(color, mark.padEnd(4))}  ${name.padEnd(11)}  ${text}`)
}

/** A lock file made on another system may lack the programs of this one. */
function packages() {
  type Package = { os?: string[]; cpu?: string[]; libc?: string[]; optional?: boolean }
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Package>
  }
  const isMusl =
    process.platform === 'linux' &&
    !(process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime
  const ours = Object.entries(lock.packages).filter(
    ([, { optional, os, cpu, libc }]) =>
      optional &&
      os?.includes(process.platform) &&
      (!cpu || cpu.includes(process.arch)) &&
      (!libc || libc.includes(isMusl ? 'musl' : 'glibc')),
  )
  const missing = ours.map(([at]) => at).filter((at) => !existsSync(path.join(root, at)) && !/musl/.test(at))
  if (missing.length)
    throw new Halt(`${missing.join(', ')} missing for ${process.platform}-${process.arch}: run npm ci.`)
  return `${ours.length} packages for ${process.platform}-${process.arch} are installed`
}

function secret({ secrets, urlIsGiven }: Environment) {
  const url = urlIsGiven ? '' : '; LATCHKEY_URL is not set'
  if (secrets.are === 'unusable') throw new Halt(secrets.problem)
  if (secrets.are === 'missing') return `${secrets.source}; the first start makes one, where there is no data yet${url}`
  return `${secrets.secrets[0].length} characters, from ${secrets.source}${url}`
}

/** The one this database was made with: with another, every key in it would be unknown. */
async function secretFits({ secrets }: Environment) {
  if (secrets.are === 'unusable') throw new Halt('not checked, because there is none that can be used')
  const { checkSecret, problemOf } = await import('#lib/secrets/check.ts')
  const url = databaseUrl()
  const given = secrets.are === 'there' ? secrets.secrets : []
  const check = await checkSecret(async (sql, values) => ask(url, sql, values), given)
  const problem = problemOf(check, secrets.source)
  if (problem && check.is !== 'unmigrated') throw new Halt(problem)
  if (check.is === 'right')
    return `the database was made with it${check.secrets.other ? '; it is being replaced (npm run secret:rotate)' : ''}`
  return check.is === 'unchecked' ? 'it opens what is in the database' : 'the database is empty, so any will do'
}

/** An empty database where there should be a full one: a volume that is not mounted, another address. */
async function data() {
  const [table] = await ask<{ there: boolean }>(
    databaseUrl(),
    `SELECT to_regclass('organizations') IS NOT NULL AS there`,
  )
  const [row] = table?.there
    ? await ask<{ count: number }>(databaseUrl(), 'SELECT count(*)::int AS count FROM organizations')
    : []
  if (!row?.count)
    return 'no organization yet: license calls answer 503 until /setup is done. Is it the right database, is its disk mounted?'
  return row.count === 1 ? '1 organization' : `${row.count} organizations`
}

async function database(environment: Environment) {
  const { url, isDemo } = await openInstallation(environment)
  reached = url
  const [row] = await ask<{ server_version: string }>(url, 'SHOW server_version')
  return `PostgreSQL ${row?.server_version}${environment.databaseUrl ? '' : ', embedded'}${isDemo ? ', with the demo in it' : ''}`
}

/** Poolers may drop the session's settings, and without UTC stored times come back wrong. */
async function timeZone() {
  const [row] = await ask<{ TimeZone: string }>(databaseUrl(), 'SHOW TimeZone')
  if (row?.TimeZone !== 'UTC')
    throw new Halt(
      `Sessions are in ${row?.TimeZone}: ALTER DATABASE … SET timezone = 'UTC', or let your pooler pass "options" on.`,
    )
  return 'database sessions are in UTC'
}

async function migrations() {
  await refuseNewer(databaseUrl())
  const { known, missing } = await compareMigrations(databaseUrl())
  if (missing.length)
    throw new Halt(
      `${missing.length} of ${known.length} not applied: run npm run db:migrate (npm start does it by itself).`,
    )
  return `${known.length} applied`
}

async function clock() {
  const before = Date.now()
  const [row] = await ask<{ now: Date }>(databaseUrl(), 'SELECT clock_timestamp() AS now')
  const after = Date.now()
  const theirs = row?.now.getTime() ?? 0
  const skew = Math.max(0, before - theirs, theirs - after)
  if (skew > 5_000)
    throw new Halt(`The database's clock differs by ${(skew / 1000).toFixed(1)} s: keys would expire early or late.`)
  return `within ${Math.max(skew, after - before)} ms of the database's`
}

async function mail() {
  const url = process.env.SMTP_URL
  if (!url) return 'SMTP_URL is not set: mail waits until it is'
  const transport = createTransport(url, { connectionTimeout: 5_000, greetingTimeout: 5_000 } as object)
  try {
    await transport.verify()
  } catch (error) {
    throw new Halt(
      `${URL.canParse(url) ? new URL(url).host : 'SMTP_URL'} does not accept our mail: ${(error as Error).message}`,
    )
  } finally {
    transport.close()
  }
  return `${new URL(url).host} accepts us`
}

async function disk() {
  const { bavail, bsize } = await statfs(existsSync(dataFolder) ? dataFolder : root)
  const gigabytes = (bavail * bsize) / 1024 ** 3
  if (gigabytes < 1) throw new Halt(`Only ${gigabytes.toFixed(2)} GB are free.`)
  return `${gigabytes.toFixed(0)} GB free`
}

async function port(environment: Environment) {
  const isOurs = await fetch(`http://127.0.0.1:${environment.port}/api/health`, { signal: AbortSignal.timeout(2_000) })
    .then((response) => response.json() as Promise<{ version?: string }>)
    .then(({ version }) => version !== undefined)
    .catch(() => false)
  if (isOurs) return `${environment.port} is used by a running Latchkey`
  await checkPort(environment)
  return `${environment.port} is free`
}

function databaseUrl(): string {
  if (!reached) throw new Halt('not checked, because the database cannot be reached')
  return reached
}
