// The demo's organization, and the file that says how to get in.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { dataFolder, type Environment } from './environment.ts'
import { Halt } from './lifecycle.ts'
import { migrate } from './migrate.ts'
import { ask, openDatabase } from './open-database.ts'

/** What the seed knows about the data it made. */
export type DemoSummary = Record<string, unknown>

const file = path.join(dataFolder, 'demo.json')

/** Opens a migrated database with demo data in it (made when it is empty, or when `reset`) and returns .data/demo.json. */
export async function openDemo(environment: Environment, { reset = false } = {}): Promise<DemoSummary> {
  const { url } = await openDatabase(environment, 'latchkey_demo')
  if (reset) await empty(url, environment.databaseUrl !== undefined)
  if (!migrate('deploy', url, { quiet: true }))
    throw new Halt('The database could not be brought up to date; see the message above.')

  const isEmpty = (await ask(url, 'SELECT 1 FROM organizations LIMIT 1')).length === 0
  if (!isEmpty && !existsSync(file))
    throw new Halt(
      'This database has data, but .data/demo.json with its log-ins is gone. Start over with: npm run demo -- --reset',
    )
  let summary: DemoSummary
  if (isEmpty) {
    console.log('Filling the database with a small software company.')
    // By address, because it reads the environment when it is loaded.
    const { seed } = (await import(new URL('../prisma/seed.ts', import.meta.url).href)) as {
      seed: () => Promise<DemoSummary>
    }
    summary = await seed()
  } else summary = JSON.parse(readFileSync(file, 'utf8')) as DemoSummary
  const demo = { ...summary, url: environment.url }
  mkdirSync(dataFolder, { recursive: true })
  writeFileSync(file, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 })
  return demo
}

/** Drops what is in the database. In one that is yours, only when all of it came from the demo. */
async function empty(url: string, isYours: boolean) {
  const [others] = await ask<{ count: number }>(
    url,
    'SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
  if (others?.count) throw new Halt('The demo database is in use: stop the other Latchkey first.')
  const tables = await ask(url, `SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1`)
  if (isYours && tables.length && !(await holdsOnlyTheDemo(url)))
    throw new Halt(
      'The database in DATABASE_URL holds more than the demo, so --reset leaves it alone. Empty it yourself, or use another one.',
    )
  await ask(url, 'DROP SCHEMA public CASCADE')
  await ask(url, 'CREATE SCHEMA public')
  await ask(url, 'DROP SCHEMA IF EXISTS pgboss CASCADE')
  rmSync(file, { force: true })
}

async function holdsOnlyTheDemo(url: string): Promise<boolean> {
  if (!existsSync(file)) return false
  const { organizationId } = JSON.parse(readFileSync(file, 'utf8')) as DemoSummary
  const [found] = await ask<{ found: string | null }>(url, `SELECT to_regclass('public.organizations') AS found`)
  if (!found?.found) return false
  const rows = await ask<{ id: string }>(url, 'SELECT id FROM organizations')
  return rows.every((row) => row.id === organizationId)
}
