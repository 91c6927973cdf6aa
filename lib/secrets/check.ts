import '#server-only'
import { type Held, type KeptKeys, keysOf, type Secrets, sealWith, unsealWith } from './secrets.ts'

// Which master secret a database was made with. A lost or mixed-up one must never turn into a "no" to a good key, so every start asks here.

/** Runs one statement on the database in question; its rows. */
export type Query = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>

/** What the master secrets at hand are to a database. */
export type SecretCheck =
  /** The right ones. `lacksNext`: another secret will replace it soon, and is not at hand. */
  | { is: 'right'; secrets: Secrets; lacksNext: boolean }
  /** There is no data yet: any secret will do. */
  | { is: 'empty' }
  /** Data of before there was a check; this secret opens it. */
  | { is: 'unchecked'; secret: string }
  /** There is data, and no secret. */
  | { is: 'missing' }
  | { is: 'wrong'; why: 'another' | 'data' | 'leaving' }
  /** The tables are not there. */
  | { is: 'unmigrated' }

const CONSTANT = 'latchkey'

type Version = { version: number; state: string; check_hash: Buffer; check_sealed: Buffer; kept: Buffer | null }

/** Compares master secrets with a database. Reads only. */
export async function checkSecret(query: Query, secrets: readonly string[]): Promise<SecretCheck> {
  const [tables] = await query(
    `SELECT to_regclass('secret_versions') IS NOT NULL AS marked, to_regclass('organizations') IS NOT NULL AS there`,
  )
  if (!tables?.there) return { is: 'unmigrated' }
  if (!tables.marked) {
    const { is, ...more } = await checkData(query, secrets)
    return is === 'missing' || is === 'wrong' ? ({ is, ...more } as SecretCheck) : { is: 'unmigrated' }
  }
  const rows = (await query(
    'SELECT version, state::text, check_hash, check_sealed, kept FROM secret_versions',
  )) as unknown as Version[]
  if (rows.length === 0) return checkData(query, secrets)
  if (secrets.length === 0) return { is: 'missing' }
  const heldAs = (state: string) => {
    const row = rows.find((each) => each.state === state)
    const held = row && secrets.map((secret) => ({ version: row.version, secret })).find((each) => isOf(each, row))
    return { row, held }
  }
  const [current, next, leaving] = [heldAs('current'), heldAs('next'), heldAs('leaving')]
  if (!current.row || !current.held) return { is: 'wrong', why: 'another' }
  if (leaving.row && !leaving.held) return { is: 'wrong', why: 'leaving' }
  const other = leaving.held ?? next.held ?? null
  const kept = current.row.kept ? readKept(current.held, current.row.kept) : {}
  return {
    is: 'right',
    secrets: { current: current.held, other, kept },
    lacksNext: next.row !== undefined && !next.held,
  }
}

/** `checkSecret`, which also leaves the check in a database that has none and is empty or opens. */
export async function settleSecret(query: Query, secrets: readonly string[]): Promise<SecretCheck> {
  const found = await checkSecret(query, secrets)
  if (found.is !== 'empty' && found.is !== 'unchecked') return found
  const secret = found.is === 'unchecked' ? found.secret : secrets[0]
  if (!secret) return found
  await insertVersion(query, { version: 1, secret }, 'current')
  // Another process may have been quicker, with another secret.
  return checkSecret(query, secrets)
}

/** Adds a version to the database, unless it is there. */
export async function insertVersion(query: Query, held: Held, state: 'current' | 'next'): Promise<void> {
  const keys = keysOf(held)
  const values = [
    held.version,
    state,
    Buffer.from(keys.hash('check', CONSTANT), 'hex'),
    sealWith(keys, 'check', CONSTANT),
  ]
  await query(
    `INSERT INTO secret_versions (version, state, check_hash, check_sealed) VALUES ($1, $2::secret_state, $3, $4)
     ON CONFLICT DO NOTHING`,
    values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value)),
  )
}

function isOf(held: Held, row: Pick<Version, 'check_hash' | 'check_sealed'>): boolean {
  const keys = keysOf(held)
  if (keys.hash('check', CONSTANT) !== row.check_hash.toString('hex')) return false
  return opens(held, 'check', row.check_sealed) === CONSTANT
}

function opens(held: Held, purpose: Parameters<typeof unsealWith>[1], sealed: Buffer): string | null {
  try {
    return unsealWith(keysOf(held), purpose, sealed).toString('utf8')
  } catch {
    return null
  }
}

const readKept = (held: Held, sealed: Buffer): KeptKeys =>
  JSON.parse(unsealWith(keysOf(held), 'kept-keys', sealed).toString('utf8')) as KeptKeys

// A database of before there was a check: the first and the last key must open. Where there is none, the last mail; where
// there is nothing that is sealed, nothing can be lost.
const SEALED = `
  (SELECT 'license-key-cipher' AS purpose, key_cipher AS sealed FROM license_keys ORDER BY number LIMIT 1)
  UNION ALL (SELECT 'license-key-cipher', key_cipher FROM license_keys ORDER BY number DESC LIMIT 1)
  UNION ALL (SELECT 'mail-payload', payload FROM mails ORDER BY id DESC LIMIT 1)`

async function checkData(query: Query, secrets: readonly string[]): Promise<SecretCheck> {
  const [data] = await query('SELECT EXISTS (SELECT FROM organizations) OR EXISTS (SELECT FROM users) AS there')
  if (!data?.there) return { is: 'empty' }
  if (secrets.length === 0) return { is: 'missing' }
  const sealed = (await query(SEALED)) as { purpose: 'license-key-cipher' | 'mail-payload'; sealed: Buffer }[]
  const opensAll = (secret: string) =>
    sealed.every((each) => opens({ version: 1, secret }, each.purpose, each.sealed) !== null)
  const secret = secrets.find(opensAll)
  return secret ? { is: 'unchecked', secret } : { is: 'wrong', why: 'data' }
}

/** Why a database and the secrets at hand do not go together, and what to do, for operators; null when they do. */
export function problemOf(check: SecretCheck, source: string): string | null {
  switch (check.is) {
    case 'right':
      return check.lacksNext
        ? `The master secret of this database is being replaced, and ${source} has the old one only. ${GIVE_BOTH}`
        : null
    case 'empty':
    case 'unchecked':
      return null
    case 'missing':
      return `This database has data, but its master secret is missing (${source}). No new one is made: with it every license key in the database would be refused. ${BRING_BACK}`
    case 'wrong':
      if (check.why === 'leaving')
        return `The master secret of this database is being replaced, and ${source} has the new one only. ${GIVE_BOTH}`
      return `The master secret (${source}) is not the one this database was made with${
        check.why === 'data' ? ': it does not open the license keys in it' : ''
      }. With it every license key in the database would be refused. ${BRING_BACK}`
    case 'unmigrated':
      return 'The database has no tables yet, or those of an earlier version: run npm run db:migrate (npm start does it by itself).'
  }
}

const GIVE_BOTH =
  'Until npm run secret:rotate has ended, every process needs both: see docs/secrets.md, "While it is replaced".'
const BRING_BACK =
  'Bring back the secret that belongs to it: as the file .data/secret or in LATCHKEY_SECRET, from your backup of the secret or from the machine that ran Latchkey before. Restoring the database alone is not enough. See docs/secrets.md.'
