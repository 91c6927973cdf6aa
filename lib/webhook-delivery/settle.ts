import '#server-only'
import { count } from '../base/metrics.ts'
import { inDriverTransaction } from '../database/client.ts'
import { tellSoon } from '../database/notes.ts'
import { seal } from '../secrets/secrets.ts'
import {
  afterAttempt,
  isAway,
  isGivenUp,
  isSuccess,
  type Next,
  ORDERED_ATTEMPTS,
  pausedUntil,
} from '../webhooks/rules.ts'
import type { Attempted } from './send.ts'
import type { Taken } from './take.ts'

// Writing down what came of attempts, of many in one transaction. Endpoints are locked before messages, as whoever takes them does.

/** A message that is given back: tried, with what came of it, or not tried at all. */
export type Settled = { message: Taken; at: Date } & ({ body: string; attempted: Attempted } | { attempted: null })

/** What is to be done about an endpoint after its attempts were written down. */
export type Verdict = { endpointId: string; give: 'gone' | 'failing' }

/** A message that has failed no more often than this is tried as soon as another one arrives. */
const RELEASED_ATTEMPTS = 2

const LOCK = `SELECT id, failing_since AS "failingSince", last_sent_at AS "lastSentAt" FROM webhook_endpoints
  WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`

// What was switched off or sent again meanwhile keeps what was decided about it, unless it has arrived.
const WRITE = `WITH r AS (SELECT * FROM json_to_recordset($1::json) AS r(id uuid, lease uuid, state webhook_state, tried boolean,
      due_at timestamptz, at timestamptz, status int, error text, answer text, duration_ms int, body text)),
    written AS (UPDATE webhook_messages m SET
        lease = NULL,
        state = CASE WHEN m.state = 'waiting' OR r.state = 'sent' THEN r.state ELSE m.state END,
        attempts = m.attempts + CASE WHEN r.tried THEN 1 ELSE 0 END,
        due_at = COALESCE(r.due_at, m.due_at),
        settled_at = CASE WHEN r.state = 'waiting' THEN m.settled_at ELSE r.at END,
        last_status = CASE WHEN r.tried THEN r.status ELSE m.last_status END,
        last_error = CASE WHEN r.tried THEN r.error ELSE m.last_error END,
        body = COALESCE(decode(r.body, 'hex'), m.body)
      FROM r WHERE m.id = r.id AND m.lease = r.lease RETURNING m.id)
  INSERT INTO webhook_attempts (message_id, number, at, duration_ms, status, error, answer)
  SELECT r.id, 1 + COALESCE((SELECT max(number) FROM webhook_attempts a WHERE a.message_id = r.id), 0), r.at, r.duration_ms, r.status,
    r.error, r.answer
  FROM r JOIN written USING (id) WHERE r.tried`

// Those after it of the same key wait as long as it does, in their order.
const PUSH = `UPDATE webhook_messages m SET due_at = r.due_at
  FROM webhook_messages f JOIN json_to_recordset($1::json) AS r(id uuid, due_at timestamptz) ON f.id = r.id
  WHERE m.endpoint_id = f.endpoint_id AND m.license_key_id = f.license_key_id AND m.state = 'waiting' AND m.number > f.number
    AND m.lease IS NULL AND m.due_at < r.due_at AND f.state = 'waiting'`

const ENDPOINTS = `UPDATE webhook_endpoints e SET failing_since = r.failing_since, last_sent_at = r.last_sent_at,
    paused_until = COALESCE(r.paused_until, e.paused_until)
  FROM json_to_recordset($1::json) AS r(id uuid, failing_since timestamptz, last_sent_at timestamptz, paused_until timestamptz)
  WHERE e.id = r.id`

// An endpoint that failed works again: what waited for that need not wait any longer. What it had something against keeps its times, or
// each success of the others would cost it an attempt: a 4xx always, a 500 from the third on. Where it could not be reached for long, that
// was not the message's fault. What was never tried waits for one before it of its key.
const FORWARD = `UPDATE webhook_messages SET due_at = $2 WHERE id IN (
  SELECT m.id FROM webhook_messages m WHERE m.endpoint_id = $1::uuid AND m.state = 'waiting' AND m.lease IS NULL AND m.due_at > $2
    AND CASE WHEN m.attempts = 0 THEN $3 OR m.license_key_id IS NULL OR NOT EXISTS (SELECT 1 FROM webhook_messages o
        WHERE o.endpoint_id = m.endpoint_id AND o.license_key_id = m.license_key_id AND o.state = 'waiting' AND o.number < m.number
          AND o.last_status BETWEEN 400 AND 499)
      ELSE (m.last_status IS NULL OR m.last_status IN (408, 429) OR m.last_status >= 502) AND $3
        OR (m.last_status IS NULL OR m.last_status IN (408, 429) OR m.last_status >= 500) AND m.attempts <= ${RELEASED_ATTEMPTS} END
  LIMIT 50000)`

/** Failures closer together than this are no outage that ended. */
const OUTAGE_MS = 60_000
/** When an endpoint was last sent to is told this exactly. */
const SENT_MS = 60_000

type Endpoint = { id: string; failingSince: Date | null; lastSentAt: Date | null }

/** Writes down what came of attempts, and gives back what was not tried; tells which endpoints are to be given up. */
export async function settle(all: Settled[], random: () => number): Promise<Verdict[]> {
  const decided = all.map((each) => ({ ...each, next: nextOf(each, random) }))
  const came = await inDriverTransaction(async (client) => {
    const ids = [...new Set(all.map(({ message }) => message.target.id))]
    const { rows: endpoints } = await client.query<Endpoint>({ name: 'webhook_lock', text: LOCK, values: [ids] })
    await client.query({ name: 'webhook_write', text: WRITE, values: [JSON.stringify(decided.map(rowOf))] })
    const pushing = decided.flatMap(({ message, attempted, next }) =>
      attempted && next.state === 'waiting' && message.licenseKeyId && message.attempts + 1 < ORDERED_ATTEMPTS
        ? [{ id: message.id, due_at: next.dueAt }]
        : [],
    )
    if (pushing.length > 0) await client.query(PUSH, [JSON.stringify(pushing)])
    const changed: object[] = []
    const recovered: { id: string; at: Date; wasOutage: boolean }[] = []
    const verdicts: Verdict[] = []
    for (const endpoint of endpoints) {
      const tries = decided.flatMap(({ message, attempted, at }) =>
        attempted && message.target.id === endpoint.id ? [{ attempted, at }] : [],
      )
      const last = tries.at(-1)
      if (!last) continue
      const sent = tries.findLast(({ attempted }) => isSuccess(attempted))
      const paused = tries.flatMap(({ attempted, at }) => pausedUntil(attempted, at) ?? []).at(-1) ?? null
      const failingSince = sent ? null : (endpoint.failingSince ?? last.at)
      const isNews =
        failingSince?.getTime() !== endpoint.failingSince?.getTime() ||
        paused !== null ||
        (sent && sent.at.getTime() - (endpoint.lastSentAt?.getTime() ?? 0) > SENT_MS)
      if (isNews) {
        const times = {
          failing_since: failingSince,
          last_sent_at: sent?.at ?? endpoint.lastSentAt,
          paused_until: paused,
        }
        changed.push({ id: endpoint.id, ...times })
      }
      if (sent && endpoint.failingSince) {
        const wasOutage = sent.at.getTime() - endpoint.failingSince.getTime() >= OUTAGE_MS
        recovered.push({ id: endpoint.id, at: sent.at, wasOutage })
      }
      if (tries.some(({ attempted }) => attempted.status === 410))
        verdicts.push({ endpointId: endpoint.id, give: 'gone' })
      else if (isGivenUp(failingSince, last.at)) verdicts.push({ endpointId: endpoint.id, give: 'failing' })
    }
    if (changed.length > 0)
      await client.query({ name: 'webhook_endpoints', text: ENDPOINTS, values: [JSON.stringify(changed)] })
    for (const { id, at, wasOutage } of recovered) await client.query(FORWARD, [id, at, wasOutage])
    return verdicts
  })
  for (const { message } of all) tellSoon('messages', message.target.organizationId)
  for (const { attempted, next } of decided)
    if (attempted) count('webhook_attempts', next.state === 'waiting' ? 'retry' : next.state)
  return came
}

const nextOf = ({ message, attempted, at }: Settled, random: () => number): Next =>
  attempted ? afterAttempt(message.attempts + 1, attempted, at, random()) : { state: 'waiting', dueAt: at }

function rowOf(settled: Settled & { next: Next }) {
  const { message, at, attempted, next } = settled
  return {
    ...{ id: message.id, lease: message.lease, state: next.state, tried: attempted !== null, at },
    due_at: next.state === 'waiting' ? next.dueAt : null,
    ...(settled.attempted && {
      ...{ status: settled.attempted.status, error: settled.attempted.error, answer: settled.attempted.answer },
      duration_ms: settled.attempted.durationMs,
      body: Buffer.from(seal('webhook', settled.body)).toString('hex'),
    }),
  }
}

/** True when the endpoint itself was away: the rest of what was taken for it is not worth a try now. */
export const wasAway = ({ status }: Attempted): boolean => isAway(status)
