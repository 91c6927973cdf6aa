import '#server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiClient } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { REMEMBERED_MS, requestHash } from '../license-calls/repeatable.ts'
import { seal, unseal } from '../secrets/secrets.ts'
import { Problem } from './problem.ts'

/** An answer before it is bytes. */
export type Outcome = { status: number; body: unknown }

// The repetition of a request that still runs waits this long for its answer.
const WAIT_MS = 5_000
const LOOK_EVERY_MS = 100
// No request lives longer: the process that had it is gone.
const LOST_MS = 60_000

/**
 * Runs a write once per API key and Idempotency-Key. The same request again gets the first one's status and body for 24 hours, another
 * request with the key is refused. What failed before anything changed is forgotten, so that it can be tried again; what changed something
 * and has no answer is not run twice.
 */
export async function once(
  client: ApiClient,
  idempotencyKey: string,
  request: unknown,
  now: Date,
  run: (client: ApiClient) => Promise<Outcome>,
): Promise<Outcome & { replayed: boolean }> {
  const id = { apiKeyId: client.apiKeyId, idempotencyKey }
  const hash = requestHash(request)
  await makeRoom(id, now)
  const { count } = await prisma.apiAnswer.createMany({
    data: [{ ...id, requestHash: hash, createdAt: now }],
    skipDuplicates: true,
  })
  if (count === 0) return { ...(await firstAnswer(id, hash, now)), replayed: true }
  const outcome = await run({ ...client, attempt: idempotencyKey }).catch(async (error: unknown) => {
    // Should the change still be on its way into the database, this waits for it, and then finds it carried out.
    await prisma.apiAnswer.deleteMany({ where: { ...id, carriedOut: false } })
    throw error
  })
  const answer = seal('idempotent-outcome', JSON.stringify(outcome.body))
  await prisma.apiAnswer.updateMany({ where: id, data: { status: outcome.status, answer } })
  return { ...outcome, replayed: false }
}

type AnswerId = { apiKeyId: string; idempotencyKey: string }

/** Forgets an answer that is too old to be repeated, and a request that died before it changed anything. */
const makeRoom = (id: AnswerId, now: Date) =>
  prisma.apiAnswer.deleteMany({
    where: {
      ...id,
      OR: [
        { createdAt: { lt: new Date(now.getTime() - REMEMBERED_MS) } },
        { status: null, carriedOut: false, createdAt: { lt: new Date(now.getTime() - LOST_MS) } },
      ],
    },
  })

async function firstAnswer(id: AnswerId, hash: Uint8Array, now: Date): Promise<Outcome> {
  const deadline = performance.now() + WAIT_MS
  while (performance.now() < deadline) {
    const known = await prisma.apiAnswer.findUnique({ where: { apiKeyId_idempotencyKey: id } })
    // It failed meanwhile without a change; the client may try again.
    if (!known) break
    if (!Buffer.from(known.requestHash).equals(hash)) {
      throw new Problem(
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key was used for another request within 24 hours. Choose a new one.',
      )
    }
    if (known.status !== null && known.answer) {
      return { status: known.status, body: JSON.parse(unseal('idempotent-outcome', known.answer)) }
    }
    if (now.getTime() - known.createdAt.getTime() > LOST_MS) {
      throw new Problem(
        'ANSWER_LOST',
        'The first request with this Idempotency-Key was carried out, but cut off before it was answered. Check what it changed instead of sending it again.',
      )
    }
    await sleep(LOOK_EVERY_MS)
  }
  throw new Problem('REQUEST_IN_PROGRESS', 'The first request with this Idempotency-Key has no answer yet.', {
    headers: { 'retry-after': '2' },
  })
}

/** Forgets what is too old to be repeated. For the hourly sweep. */
export async function purgeAnswers(now: Date): Promise<void> {
  await prisma.apiAnswer.deleteMany({ where: { createdAt: { lt: new Date(now.getTime() - REMEMBERED_MS) } } })
}
