import '#server-only'
import { createHash } from 'node:crypto'
import { prisma, type Tx } from '../db.ts'
import { Refusal } from '../errors.ts'
import { seal, unseal } from '../secrets.ts'
import type { LicenseCode, LicenseOutcome } from './schema.ts'

/** How long a repeated call gets the first one's answer. */
export const REMEMBERED_MS = 24 * 60 * 60 * 1_000

/** A write that may be sent again: the key the client chose for it, and what it asks. */
export type Attempt = { verb: string; call: unknown; idempotencyKey: string | null }

/**
 * Runs a write once per idempotency key. Called under the license key's lock, so the repetition of a call still running waits for it.
 * The same key with the same call gets the first answer for 24 hours; with another call it is refused. Only successes are
 * remembered: a refusal changed nothing, and asking again after the reason is gone must not be answered with the old "no". Nor is an
 * old "yes" repeated that no longer holds: when `holds` says so, the call runs again, and is refused.
 */
export async function once<Code extends LicenseCode>(
  tx: Tx,
  licenseKeyId: string,
  { verb, call, idempotencyKey }: Attempt,
  now: Date,
  run: () => Promise<LicenseOutcome<Code>>,
  holds: () => boolean,
): Promise<LicenseOutcome<Code>> {
  if (idempotencyKey === null) return run()
  const id = { licenseKeyId, idempotencyKey }
  const hash = requestHash({ verb, call })
  const known = await tx.idempotencyKey.findUnique({ where: { licenseKeyId_idempotencyKey: id } })
  if (known && now.getTime() - known.createdAt.getTime() < REMEMBERED_MS) {
    if (!Buffer.from(known.requestHash).equals(hash)) {
      throw new Refusal(
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key was used for another request. Choose a new one.',
      )
    }
    if (!holds()) return run()
    return withDates(JSON.parse(unseal('idempotent-outcome', known.outcome)) as LicenseOutcome<Code>)
  }
  const outcome = await run()
  if (outcome.verdict.valid) {
    const row = { requestHash: hash, outcome: seal('idempotent-outcome', JSON.stringify(outcome)), createdAt: now }
    await tx.idempotencyKey.upsert({
      where: { licenseKeyId_idempotencyKey: id },
      create: { ...id, ...row },
      update: row,
    })
  }
  return outcome
}

/** Tells whether a request is the one that came before: equal values have equal hashes, whatever the order of names. */
export const requestHash = (request: unknown): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(canonical(request)).digest())

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
