import '#server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiClient } from '../actor.ts'
import { prisma } from '../db.ts'
import { REMEMBERED_MS, requestHash } from '../license-keys/repeatable.ts'
import { seal, unseal } from '../secrets.ts'
import { Problem } from './problem.ts'

/** An answer before it is bytes. */
export type Outcome = { status: number; body: unknown }

// The repetition of a request that still runs waits this long for its answer.
const WAIT_MS = 5_000
const LOOK_EVERY_MS = 100
// No request lives longer: the process that had it is gone.
const LOST_MS = 120_000

/**
 * Runs a write once per API key and Idempotency-Key. The same request again gets the first one's status and body for 24 hours, another
 * request with the key is refused. What failed on our side is not remembered, so that it can be tried again.
 */
export async function once(
  client: ApiClient,
  idempotencyKey: string,
  request: unknown,
  now: Date,
  run: () => Promise<Outcome>,
): Promise<Outcome & { replayed: boolean }> {
  const id = { apiKeyId: client.apiKeyId, idempotencyKey }
  const where = { apiKeyId_idempotencyKey: id }
  const hash = requestHash(request)
  // One that is too old to be repeated makes room first.
  await prisma.apiAnswer.deleteMany({ where: { ...id, createdAt: { lt: new Date(now.getTime() - REMEMBERED_MS) } } })
  const { count } = await prisma.apiAnswer.createMany({
    data: [{ ...id, requestHash: hash, createdAt: now }],
    skipDuplicates: true,
  })
  if (count === 0) return { ...(await firstAnswer()), replayed: true }
  const outcome = await run().catch(async (error: unknown) => {
    await prisma.apiAnswer.delete({ where })
    throw error
  })
  const answer = seal('idempotent-outcome', JSON.stringify(outcome.body))
  await prisma.apiAnswer.update({ where, data: { status: outcome.status, answer } })
  return { ...outcome, replayed: false }

  async function firstAnswer(): Promise<Outcome> {
    const deadline = performance.now() + WAIT_MS
    for (;;) {
      const known = await prisma.apiAnswer.findUnique({ where })
      // It failed on our side meanwhile; the client may try again.
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
          'OUTCOME_UNKNOWN',
          'The first request with this Idempotency-Key was cut off, and it may have been carried out. Look whether it was before you send it again with a new key.',
        )
      }
      if (performance.now() > deadline) break
      await sleep(LOOK_EVERY_MS)
    }
    throw new Problem('REQUEST_IN_PROGRESS', 'The first request with this Idempotency-Key has no answer yet.', {
      headers: { 'retry-after': '2' },
    })
  }
}

/** Forgets what is too old to be repeated. For the hourly sweep. */
export async function purgeAnswers(now: Date): Promise<void> {
  await prisma.apiAnswer.deleteMany({ where: { createdAt: { lt: new Date(now.getTime() - REMEMBERED_MS) } } })
}
