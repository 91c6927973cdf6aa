import '#server-only'
import { hash } from 'node:crypto'
import type pg from 'pg'
import { DAY_MS } from '../base/days.ts'
import { Refusal } from '../base/errors.ts'
import { ask, bytes } from '../database/batches.ts'
import { prisma } from '../database/client.ts'
import { date } from '../database/columns.ts'
import type { LicenseCode } from '../error-codes/schema.ts'
import { seal, unseal } from '../secrets/secrets.ts'
import type { LicenseOutcome } from './schema.ts'

/** How long a repeated call gets the first one's answer. */
export const REMEMBERED_MS = DAY_MS

/** A write that may be sent again: the key the client chose for it, and what it asks. */
export type Attempt = { verb: string; call: unknown; idempotencyKey: string | null; now: Date }

type Remembered = { requestHash: string; outcome: () => string; createdAt: Date }
type Name = { licenseKeyId: string; idempotencyKey: string }

/** What a batch remembers of earlier calls, and what it adds. */
export type Memory = { known: Map<string, Remembered>; fresh: Map<string, Name> }

const nameOf = ({ licenseKeyId, idempotencyKey }: Name) => `${licenseKeyId} ${idempotencyKey}`

const READ = {
  name: 'repeatable_read',
  text: `SELECT m.license_key_id, m.idempotency_key, encode(m.request_hash, 'hex'), encode(m.outcome, 'hex'), m.created_at
    FROM unnest($1::uuid[], $2::text[]) AS i(license_key_id, idempotency_key)
    JOIN idempotency_keys m ON m.license_key_id = i.license_key_id AND m.idempotency_key = i.idempotency_key`,
}

const WRITE = {
  name: 'repeatable_write',
  text: `INSERT INTO idempotency_keys (license_key_id, idempotency_key, request_hash, outcome, created_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::timestamptz[])
    ON CONFLICT (license_key_id, idempotency_key) DO UPDATE
      SET request_hash = EXCLUDED.request_hash, outcome = EXCLUDED.outcome, created_at = EXCLUDED.created_at`,
}

/** Reads what is remembered of these calls. Under the locks of their keys, so the repetition of a call still running waits for it. */
export async function recall(client: pg.ClientBase, names: Name[]): Promise<Memory> {
  const memory: Memory = { known: new Map(), fresh: new Map() }
  if (names.length === 0) return memory
  const values = [names.map(({ licenseKeyId }) => licenseKeyId), names.map(({ idempotencyKey }) => idempotencyKey)]
  const rows = await ask(client, READ, values)
  for (const [licenseKeyId, idempotencyKey, requestHash, sealed, createdAt] of rows as string[][]) {
    memory.known.set(nameOf({ licenseKeyId: licenseKeyId as string, idempotencyKey: idempotencyKey as string }), {
      requestHash: requestHash as string,
      outcome: () => unseal('idempotent-outcome', Buffer.from(sealed as string, 'hex')),
      createdAt: date(createdAt as string) as Date,
    })
  }
  return memory
}

/** Writes what the batch's calls are to be remembered for. */
export async function remember(client: pg.ClientBase, { known, fresh }: Memory): Promise<void> {
  if (fresh.size === 0) return
  const rows = Array.from(fresh, ([name, id]) => ({ ...id, ...(known.get(name) as Remembered) }))
  await ask(client, WRITE, [
    rows.map(({ licenseKeyId }) => licenseKeyId),
    rows.map(({ idempotencyKey }) => idempotencyKey),
    rows.map(({ requestHash }) => bytes(requestHash)),
    rows.map(({ outcome }) => bytes(Buffer.from(seal('idempotent-outcome', outcome())).toString('hex'))),
    rows.map(({ createdAt }) => createdAt),
  ])
}

/**
 * Decides a write once per idempotency key. The same key with the same call gets the first answer for 24 hours; with another call it is
 * refused. Only successes are remembered: a refusal changed nothing, and asking again after the reason is gone must not be answered with
 * the old "no". Nor is an old "yes" repeated that no longer holds: when `holds` says so, the call runs again, and is refused.
 */
export function once<Code extends LicenseCode>(
  memory: Memory,
  licenseKeyId: string,
  { verb, call, idempotencyKey, now }: Attempt,
  run: () => LicenseOutcome<Code>,
  holds: () => boolean,
): LicenseOutcome<Code> {
  if (idempotencyKey === null) return run()
  const id = { licenseKeyId, idempotencyKey }
  const name = nameOf(id)
  const asked = hash('sha256', canonical({ verb, call }), 'hex')
  const known = memory.known.get(name)
  if (known && now.getTime() - known.createdAt.getTime() < REMEMBERED_MS) {
    if (known.requestHash !== asked) {
      throw new Refusal(
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key was used for another request. Choose a new one.',
      )
    }
    return holds() ? withDates(JSON.parse(known.outcome()) as LicenseOutcome<Code>) : run()
  }
  const outcome = run()
  if (outcome.verdict.valid) {
    const text = JSON.stringify(outcome)
    memory.known.set(name, { requestHash: asked, outcome: () => text, createdAt: now })
    memory.fresh.set(name, id)
  }
  return outcome
}

/** Tells whether a request is the one that came before: equal values have equal hashes, whatever the order of names. */
export const requestHash = (request: unknown): Uint8Array<ArrayBuffer> =>
  new Uint8Array(hash('sha256', canonical(request), 'buffer'))

/** JSON with the names of every object in order, so that equal values have equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

// JSON made texts of the dates. Only of ours: what a client stored in `meta` stays as it is, whatever its names are.
function withDates<Code extends LicenseCode>(outcome: LicenseOutcome<Code>): LicenseOutcome<Code> {
  for (const part of [outcome.key, outcome.activation] as (Record<string, unknown> | null)[]) {
    if (!part) continue
    for (const name of ['createdAt', 'modifiedAt', 'lastValidatedAt', 'expiresAt'])
      if (typeof part[name] === 'string') part[name] = new Date(part[name])
  }
  return outcome
}

/** Forgets what is too old to be repeated. For the hourly sweep. */
export async function purgeRemembered(now: Date): Promise<void> {
  await prisma.idempotencyKey.deleteMany({ where: { createdAt: { lt: new Date(now.getTime() - REMEMBERED_MS) } } })
}
