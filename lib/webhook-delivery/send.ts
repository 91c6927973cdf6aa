import '#server-only'
import { createHmac } from 'node:crypto'
import { NoAnswer, type Outside } from '../http/outside.ts'
import { keyOfSecret, openHeaders, secretsInForce } from '../webhook-endpoints/secrets.ts'
import type { Outcome } from '../webhooks/rules.ts'
import type { Target } from './take.ts'

// One attempt: a POST as Standard Webhooks has it (standardwebhooks.com), and what came of it.

/** How much of an answer is kept for the merchant to look at. */
const ANSWER_BYTES_MAX = 2_048

export type Attempted = Outcome & {
  durationMs: number
  /** Why there was no answer, or none that counts. */
  error: string | null
  /** The beginning of the answer. */
  answer: string | null
}

/** The headers of a message. Its id is the same at every attempt; the time, and so the signature, is that of this one. */
function messageHeaders(
  { id, body, now }: { id: string; body: string; now: Date },
  target: Pick<Target, 'secrets' | 'headers' | 'version' | 'format'>,
): Record<string, string> {
  const timestamp = Math.floor(now.getTime() / 1_000)
  const signatures = secretsInForce(target.secrets, now).map(
    ({ secret }) =>
      `v1,${createHmac('sha256', keyOfSecret(secret, target.format)).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  )
  return {
    ...openHeaders(target.headers),
    'content-type': 'application/json',
    'user-agent': 'Latchkey',
    'latchkey-version': target.version,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}

/** Sends a message once. Never throws: whatever goes wrong is what came of it. */
export async function attempt(
  message: { id: string; body: string },
  target: Target,
  { now, way, timeoutMs }: { now: Date; way: Outside; timeoutMs: number },
): Promise<Attempted> {
  const since = performance.now()
  const durationMs = () => Math.round(performance.now() - since)
  try {
    const { status, header, body } = await way.ask(target.url, {
      ...{ method: 'POST', body: message.body, timeoutMs, bytesMax: ANSWER_BYTES_MAX },
      headers: messageHeaders({ ...message, now }, target),
    })
    return {
      ...{ status, retryAfter: header('retry-after'), durationMs: durationMs() },
      error: status >= 300 && status <= 399 ? 'It answered with a redirect, and none is followed.' : null,
      // PostgreSQL keeps no NUL in a text.
      answer: body.toString('utf8').replaceAll('\0', '\uFFFD'),
    }
  } catch (error) {
    const why = error instanceof NoAnswer ? error.message : `It could not be sent: ${(error as Error).message}`
    return { status: null, retryAfter: null, durationMs: durationMs(), error: why.slice(0, 500), answer: null }
  }
}
