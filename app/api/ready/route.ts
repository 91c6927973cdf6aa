import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { log } from '#lib/base/log.ts'
import { pool } from '#lib/database/client.ts'
import { type WatchedWork, watchedWork } from '#lib/jobs/watched.ts'
import { lookAtSecret } from '#lib/secrets/watch.ts'
import { onlyGet } from '../refusals.ts'

export const dynamic = 'force-dynamic'

type Part = 'ok' | 'failed' | 'unknown'

type Parts = { database: Part; migrations: Part; secret: Part; reason?: string }

// Whoever decides by this answer where requests go waits no longer than a license call would.
const ANSWER_MS = 3_000
const silent: Parts = { database: 'failed', migrations: 'unknown', secret: 'unknown' }

/**
 * Requests may come: the database answers, has every migration and none of a newer version, and was made with our master secret.
 * 503 names the part that does not hold, and why.
 */
export async function GET() {
  const parts = await Promise.race([check(), sleep(ANSWER_MS, silent, { ref: false })])
  if (parts === silent) log.warn('not ready: the database does not answer in time')
  const isReady = parts.database === 'ok' && parts.migrations === 'ok' && parts.secret === 'ok'
  // How much waits says nothing about whose it is. Requests may come whatever waits.
  const work = isReady ? await watchedWork().catch(() => null) : null
  const waits = work && Object.fromEntries(Object.entries(work).map(([kind, each]) => [kind, waitOf(each)]))
  return Response.json(
    { status: isReady ? 'ready' : 'not ready', ...parts, ...(waits && { work: waits }) },
    { status: isReady ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  )
}

const waitOf = ({ waiting, oldestSeconds }: WatchedWork) => ({ waiting, oldest_seconds: oldestSeconds })

async function check(): Promise<Parts> {
  const parts = await checkMigrations()
  if (parts.database !== 'ok') return { ...parts, secret: 'unknown' }
  try {
    const { is } = await lookAtSecret()
    if (is === 'right') return { ...parts, secret: 'ok' }
    const reason = parts.reason ?? reasons[is]
    log.warn({ reason }, 'not ready: the master secret')
    return { ...parts, secret: is === 'unmigrated' ? 'unknown' : 'failed', reason }
  } catch (error) {
    log.warn({ err: error }, 'not ready: the master secret cannot be checked')
    return { ...parts, secret: 'unknown' }
  }
}

// Anybody can read this: what happened, and no more. The log and npm run doctor say what to do.
const reasons = {
  empty: 'No master secret is settled for this database yet.',
  unchecked: 'No master secret is settled for this database yet.',
  missing: 'The master secret of this database is missing.',
  wrong: 'The master secret is not the one this database was made with.',
  unmigrated: 'The database has no tables yet.',
}

async function checkMigrations(): Promise<Omit<Parts, 'secret'>> {
  try {
    await ask('SELECT 1')
  } catch (error) {
    log.warn({ err: error }, 'not ready: the database does not answer')
    return { database: 'failed', migrations: 'unknown' }
  }
  try {
    const { rows } = await ask<{ migration_name: string }>(
      'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    )
    const known = await migrationNames()
    const applied = rows.map((row) => row.migration_name)
    const missing = known.filter((name) => !applied.includes(name))
    const unknown = applied.filter((name) => !known.includes(name))
    if (missing.length) log.warn({ missing }, 'not ready: migrations are missing')
    if (unknown.length) log.warn({ unknown }, 'not ready: a newer version has changed the database')
    const reason = unknown.length
      ? 'The database belongs to a newer version of Latchkey.'
      : 'The database is not up to date.'
    if (missing.length + unknown.length > 0) return { database: 'ok', migrations: 'failed', reason }
    return { database: 'ok', migrations: 'ok' }
  } catch (error) {
    log.warn({ err: error }, 'not ready: the migrations cannot be read')
    return { database: 'ok', migrations: 'failed' }
  }
}

// A connection that says nothing is given up, so that those who ask again do not take the rest.
function ask<Row extends object>(text: string) {
  const limited = { text, query_timeout: ANSWER_MS }
  return pool.query<Row>(limited)
}

async function migrationNames(): Promise<string[]> {
  const folder = path.join(process.cwd(), 'prisma', 'migrations')
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

export { onlyGet as DELETE, onlyGet as OPTIONS, onlyGet as PATCH, onlyGet as POST, onlyGet as PUT }
