import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { pool } from '#lib/db.ts'
import { log } from '#lib/log.ts'
import { onlyGet } from '../refusals.ts'

export const dynamic = 'force-dynamic'

type Part = 'ok' | 'failed' | 'unknown'

/** Requests may come: the database answers and has every migration. 503 names the part that does not hold. */
export async function GET() {
  const { database, migrations } = await check()
  const isReady = database === 'ok' && migrations === 'ok'
  const status = isReady ? 'ready' : 'not ready'
  return Response.json(
    { status, database, migrations },
    { status: isReady ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  )
}

async function check(): Promise<{ database: Part; migrations: Part }> {
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
    const applied = new Set(rows.map((row) => row.migration_name))
    const missing = (await migrationNames()).filter((name) => !applied.has(name))
    if (missing.length) log.warn({ missing }, 'not ready: migrations are missing')
    return { database: 'ok', migrations: missing.length ? 'failed' : 'ok' }
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
