import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { log } from '#lib/base/log.ts'
import { pool } from '#lib/database/client.ts'
import { lookAtSecret } from '#lib/secrets/watch.ts'
import { onlyGet } from '../refusals.ts'

export const dynamic = 'force-dynamic'

type Part = 'ok' | 'failed' | 'unknown'

type Parts = { database: Part; migrations: Part; secret: Part; reason?: string }

/**
 * Requests may come: the database answers, has every migration and none of a newer version, and was made with our master secret.
 * 503 names the part that does not hold, and why.
 */
export async function GET() {
  const parts = await check()
  const isReady = parts.database === 'ok' && parts.migrations === 'ok' && parts.secret === 'ok'
  return Response.json(
    { status: isReady ? 'ready' : 'not ready', ...parts },
    { status: isReady ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  )
}

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
    await pool.query('SELECT 1')
  } catch (error) {
    log.warn({ err: error }, 'not ready: the database does not answer')
    return { database: 'failed', migrations: 'unknown' }
  }
  try {
    const { rows } = await pool.query<{ migration_name: string }>(
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

async function migrationNames(): Promise<string[]> {
  const folder = path.join(process.cwd(), 'prisma', 'migrations')
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

export { onlyGet as DELETE, onlyGet as OPTIONS, onlyGet as PATCH, onlyGet as POST, onlyGet as PUT }
