// npm run restore -- FILE: fills an empty database with a backup. Needs the master secret the backup was made under.
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import { generate } from '../server/build.ts'
import { knownMigrations, migrate } from '../server/database/migrate.ts'
import { openDatabase } from '../server/database/open.ts'
import { loadEnvironment, root } from '../server/environment.ts'
import { Halt, run } from '../server/lifecycle.ts'
import { findSecrets, readSecretFile, writeSecrets } from '../server/secret.ts'
import {
  type BackupHeader,
  checking,
  connect,
  copyInto,
  migrationsOf,
  openBackup,
  readBackup,
  tablesOf,
} from './backup-file.ts'

const usage = `npm run restore -- FILE [--secret FILE]

  FILE            what npm run backup wrote
  --secret FILE   the master secret the backup was made under, as --with-secret wrote it; it becomes .data/secret.
                  Not needed when LATCHKEY_SECRET or .data/secret has it already.

The database has to be empty. To restore into another one than usual, set DATABASE_URL.`

const folder = process.env.INIT_CWD ?? process.cwd()

/** What a Latchkey that was only started has written. */
const MADE_BY_STARTING = ['rate_limits', 'secret_versions', 'secret_holders', 'event_clock', 'key_ends_clock']

const total = (rows: Record<string, number>) =>
  Object.values(rows)
    .reduce((sum, each) => sum + each, 0)
    .toLocaleString('en-US')

await run(async () => {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: { secret: { type: 'string' }, help: { type: 'boolean' } },
  })
  const [name] = positionals
  if (options.help || !name || positionals.length > 1) {
    console.log(usage)
    return options.help ? 0 : 1
  }
  const file = fileOf(name)
  // Before anything is touched: a damaged backup must not leave half a database.
  const { header, rows } = await readBackup(openBackup(file), checking)
  console.log(`A backup of ${header.createdAt}: ${total(rows)} rows. It is whole.`)
  provideSecret(options.secret)
  const environment = loadEnvironment('production')
  generate()
  const { url } = await openDatabase(environment)
  const restored = await restore(url, file)
  console.log(
    `Restored ${total(restored)} rows of ${Object.keys(restored).length} tables. Start Latchkey with npm start.`,
  )
  return 0
})

function fileOf(name: string): string {
  const file = path.resolve(folder, name)
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new Halt(`There is no file ${file}.`)
  return file
}

/** A restored database is worth nothing with another secret, so none is made here. */
function provideSecret(name: string | undefined) {
  if (existsSync(path.join(root, '.env'))) process.loadEnvFile(path.join(root, '.env'))
  const present = findSecrets()
  if (present.are === 'unusable') throw new Halt(present.problem)
  if (!name) {
    if (present.are === 'there') return
    throw new Halt(
      `Restoring needs the master secret that the backup was made under, and ${present.source}. Give its file with --secret FILE, or set LATCHKEY_SECRET.`,
    )
  }
  const given = readSecretFile(fileOf(name))
  if (given.are !== 'there') throw new Halt(`${name} holds no master secret.`)
  if (present.are === 'missing') return writeSecrets(present.file, given.secrets, { isNew: true })
  if (present.secrets[0] === given.secrets[0]) return
  throw new Halt(`${present.source} has another secret than ${name}. Move it away first, if nothing needs it anymore.`)
}

/** Fills the empty database at `url` from a backup that was checked: all of it, or nothing. Then brings it up to date. */
async function restore(url: string, file: string): Promise<Record<string, number>> {
  const client = await connect(url)
  let tables = new Map<string, string[]>()
  try {
    const { rows } = await readBackup(openBackup(file), {
      header: async (header) => {
        tables = await prepare(client, url, header)
      },
      table: async ({ name, columns }, chunks) => {
        const table = tables.get(name)
        const unknown = columns.filter((column) => !table?.includes(column))
        if (!table || unknown.length > 0)
          throw new Halt(
            `The backup has ${table ? `columns ${unknown.join(', ')} of ${name}` : `a table ${name}`}, which this database does not have.`,
          )
        return copyInto(client, { name, columns }, chunks)
      },
      counter: async (name, last) => {
        await client.query('SELECT setval($1::regclass, $2::bigint, true)', [name, last])
      },
    })
    for (const [name, count] of Object.entries(rows)) {
      const found = await client.query<{ count: string }>(`SELECT count(*) FROM ${client.escapeIdentifier(name)}`)
      if (Number(found.rows[0]?.count) !== count)
        throw new Halt(`${name} has ${found.rows[0]?.count} rows instead of ${count}.`)
    }
    await assertSecret(client)
    for (const name of tables.keys()) await setTriggers(client, name, 'ENABLE')
    await client.query('COMMIT')
    await client.query('ANALYZE')
    if (!migrate('deploy', url, { quiet: true }))
      throw new Halt('The restored database could not be brought up to date.')
    return rows
  } finally {
    await client.end()
  }
}

/** With another secret than its own a restored database would refuse every key. */
async function assertSecret(client: pg.Client) {
  const { checkSecret, problemOf } = await import('#lib/secrets/check.ts')
  const found = findSecrets()
  const secrets = found.are === 'there' ? found.secrets : []
  const check = await checkSecret(async (sql, values) => (await client.query(sql, values)).rows, secrets)
  // A backup of before there was a check has no table for it.
  const problem = check.is === 'unmigrated' ? null : problemOf(check, found.source)
  if (problem) throw new Halt(`Nothing was restored. ${problem}`)
}

/** Gives the empty database the shape it had when the backup was made, and begins the transaction that fills it. */
async function prepare(
  client: pg.Client,
  url: string,
  { migrations, latchkey }: BackupHeader,
): Promise<Map<string, string[]>> {
  const known = knownMigrations()
  const newer = migrations.filter((name) => !known.includes(name))
  if (newer.length > 0)
    throw new Halt(
      `This backup was made by a newer Latchkey (${latchkey}; ${newer.join(', ')}). Restore it with that one.`,
    )
  await assertEmpty(client)
  const present = await migrationsOf(client)
  if (present.some((name) => !migrations.includes(name))) await startOver(client)
  if (!migrate('deploy', url, { quiet: true, upTo: migrations.at(-1) }))
    throw new Halt('The database could not be set up; see the message above.')
  await client.query('BEGIN')
  const tables = new Map((await tablesOf(client)).map(({ name, columns }) => [name, columns]))
  const names = [...tables.keys()].map((name) => client.escapeIdentifier(name))
  await client.query(`LOCK TABLE ${names.join(', ')} IN ACCESS EXCLUSIVE MODE`)
  await assertEmpty(client)
  for (const name of MADE_BY_STARTING)
    if (tables.has(name)) await client.query(`DELETE FROM ${client.escapeIdentifier(name)}`)
  for (const name of tables.keys()) await setTriggers(client, name, 'DISABLE')
  return tables
}

/** What triggers write is in the backup already. */
function setTriggers(client: pg.Client, table: string, to: 'ENABLE' | 'DISABLE') {
  return client.query(`ALTER TABLE ${client.escapeIdentifier(table)} ${to} TRIGGER USER`)
}

async function assertEmpty(client: pg.Client) {
  for (const { name } of await tablesOf(client)) {
    if (MADE_BY_STARTING.includes(name)) continue
    const { rowCount } = await client.query(`SELECT 1 FROM ${client.escapeIdentifier(name)} LIMIT 1`)
    if (rowCount)
      throw new Halt(
        `The database is not empty: there are rows in ${name}. Restore into an empty one: set DATABASE_URL, or stop Latchkey and move .data/postgres away.`,
      )
  }
}

/** A database without a row that was set up by a newer version than the backup's: it begins again with nothing. */
async function startOver(client: pg.Client) {
  try {
    await client.query('BEGIN; DROP SCHEMA public CASCADE; CREATE SCHEMA public; COMMIT')
  } catch (error) {
    throw new Halt(
      `The database has been set up by a newer Latchkey than the backup's, and cannot be emptied (${(error as Error).message}). Use a new one.`,
    )
  }
}
