import '#server-only'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import { pool } from '../database/client.ts'
import { checkSecret, problemOf, type Query, type SecretCheck, settleSecret } from './check.ts'
import { secretsInUse, takeSecrets } from './secrets.ts'

// A running process keeps an eye on which master secret its database has: one that was swapped under it must not make it refuse good
// keys, and a replacement of the secret reaches it here.

const LOOK_EVERY_MS = 2_000
/** How old the last look may be for a "no" to rest on it. */
const FRESH_MS = 10_000
const FORGOTTEN = '10 minutes'
/** Where operators look for it. */
const AT = 'LATCHKEY_SECRET or .data/secret'

type Watch = {
  id: string
  check: SecretCheck | null
  at: number
  looking: Promise<SecretCheck> | null
  hasOrganization: boolean
  watching: boolean
  said: string | null
}

const watch = perProcess(
  'secret-watch',
  (): Watch => ({
    id: randomUUID(),
    check: null,
    at: -Infinity,
    looking: null,
    hasOrganization: false,
    watching: false,
    said: null,
  }),
)

const query: Query = async (sql, values = []) => {
  const limited = { text: sql, values, query_timeout: 5_000 }
  return (await pool.query(limited)).rows
}

/** The master secrets of this process's environment, newest first. The file is read again each time: it may have changed. */
function secretsAtHand(): string[] {
  const { LATCHKEY_SECRET_FILE: file, LATCHKEY_SECRET, LATCHKEY_SECRET_PREVIOUS } = process.env
  const given = [LATCHKEY_SECRET, LATCHKEY_SECRET_PREVIOUS].flatMap((each) => each?.trim() || [])
  if (!file) return given
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    return lines.map((line) => line.trim()).filter((line) => line.length > 0)
  } catch {
    // Moved away while we run: what we have been given is right as long as the database says so.
    return given
  }
}

/** Compares the master secret with the database, now. */
export function lookAtSecret(): Promise<SecretCheck> {
  watch.looking ??= look().finally(() => {
    watch.looking = null
  })
  return watch.looking
}

async function look(): Promise<SecretCheck> {
  const began = performance.now()
  const check = await checkSecret(query, secretsAtHand())
  watch.check = check
  watch.at = began
  if (check.is === 'right' && JSON.stringify(check.secrets) !== JSON.stringify(secretsInUse()))
    takeSecrets(check.secrets)
  const problem = problemOf(check, AT)
  if (problem !== watch.said && problem) log.error({ problem }, 'the master secret')
  watch.said = problem
  return check
}

/** Leaves the check in a new database, and keeps looking until the process ends. Resolves after the first look, whatever it found. */
export async function watchSecret(): Promise<void> {
  if (watch.watching) return
  watch.watching = true
  const first = settleSecret(query, secretsAtHand())
    .then(() => lookAtSecret())
    .then(() => beat())
    .catch((error: unknown) =>
      log.warn({ err: error }, 'the master secret could not be compared with the database yet'),
    )
  await first
  void keepLooking()
}

async function keepLooking() {
  for (;;) {
    await sleep(LOOK_EVERY_MS, undefined, { ref: false })
    try {
      await lookAtSecret()
      await beat()
    } catch {
      // The database is away; what rests on a look waits for the next one.
    }
  }
}

// So that a replacement of the secret waits for everybody who has to know it.
async function beat() {
  const { current, other } = secretsInUse()
  if (watch.check?.is !== 'right') return
  await query(
    `INSERT INTO secret_holders (id, about, knows, writes, seen_at) VALUES ($1, $2, $3, $4, clock_timestamp())
     ON CONFLICT (id) DO UPDATE SET knows = EXCLUDED.knows, writes = EXCLUDED.writes, seen_at = EXCLUDED.seen_at`,
    [
      watch.id,
      `${hostname()}, process ${process.pid}`,
      Math.max(current.version, other?.version ?? 0),
      current.version,
    ],
  )
  if (Math.random() < 0.01)
    await query(`DELETE FROM secret_holders WHERE seen_at < clock_timestamp() - interval '${FORGOTTEN}'`)
}

/** Thrown where a "no" could be wrong: the answer is not known. Reads as an unreachable database, which it nearly always is. */
export class Unsure extends Error {
  readonly code = 'ECONNREFUSED'
}

/**
 * Makes sure that what was not found does not exist: with another master secret, or on a database that is not the one it should be,
 * nothing would be found. Free of charge unless the last look was long ago.
 */
export async function assertSureOfNo(): Promise<void> {
  const secrets = secretsInUse()
  if (performance.now() - watch.at > FRESH_MS) await lookAtSecret()
  if (secretsInUse() !== secrets) throw new Unsure('The master secret was replaced meanwhile.')
  const { check } = watch
  const problem = check && check.is !== 'right' && problemOf(check, AT)
  if (problem) throw new Unsure(problem)
  if (watch.hasOrganization) return
  const [row] = await query('SELECT EXISTS (SELECT FROM organizations) AS there')
  if (!row?.there) throw new Unsure('The database has no organization: is it the right one, is its volume mounted?')
  watch.hasOrganization = true
}

/** True while the master secret is replaced, as the database says now. */
export async function secretIsReplaced(): Promise<boolean> {
  const check = await lookAtSecret()
  return check.is === 'right' && (check.secrets.other !== null || check.lacksNext)
}
