// The demo's organization, and the file that says how to get in.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { inkwell, northfield } from '../prisma/demo/companies.ts'
import type { DemoSummary } from '../prisma/seed.ts'
import { ask, DEMO_DATABASE, openDatabase, prepareDatabase } from '../server/database/open.ts'
import { dataFolder, type Environment } from '../server/environment.ts'
import { Halt } from '../server/lifecycle.ts'

export type { DemoSummary }

const file = path.join(dataFolder, 'demo.json')

/** Opens a migrated database with demo data in it (made when it is empty, or when `reset`) and returns .data/demo.json. */
export async function openDemo(environment: Environment, { reset = false } = {}): Promise<DemoSummary> {
  const { url } = await openDatabase(environment, DEMO_DATABASE)
  if (reset) await empty(url, environment.databaseUrl !== undefined)
  await prepareDatabase(environment, url)

  const known = await organizations(url)
  if (known.length && !known.some(({ slug }) => slug === inkwell.slug))
    throw new Halt(
      'This database has data that is not the demo. Use another one, or none: without DATABASE_URL there is one.',
    )
  if (!known.length) console.log('Filling the database with the data of a small software company.')
  // Imported now, because they read the environment.
  const [{ seed }, { log }] = await Promise.all([import('../prisma/seed.ts'), import('#lib/base/log.ts')])
  // What goes wrong in the story is meant to.
  const { level } = log
  log.level = 'error'
  const demo = await seed()
  log.level = level
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
  const rows = await organizations(url)
  return rows.every(({ id, slug }) => (slug === inkwell.slug ? id === organizationId : slug === northfield.slug))
}

const organizations = (url: string) => ask<{ id: string; slug: string }>(url, 'SELECT id, slug FROM organizations')
