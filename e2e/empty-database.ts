// A database of the current schema with nothing in it, beside the tests' own: for what only a server sees that nobody has set up.
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import pg from 'pg'

export async function emptyDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const server = process.env.DATABASE_URL ?? ''
  const name = `setup_${randomUUID().replaceAll('-', '')}`
  const onServer = async (sql: string) => {
    const client = new pg.Client({ connectionString: server })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  await onServer(`CREATE DATABASE ${name}`)
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  execFileSync(process.execPath, [path.join(import.meta.dirname, '../server/database/migrate.ts'), 'deploy'], {
    env: { ...process.env, DATABASE_URL: url },
  })
  return { url, drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) }
}
