import '#server-only'
import { newId } from '../base/ids.ts'
import { inDriverTransaction } from '../database/client.ts'
import type { WebhookFormat } from '../webhooks/formats.ts'
import { LEASE_MS, ORDERED_ATTEMPTS } from '../webhooks/rules.ts'

// Taking messages to send them. An endpoint is locked while its messages are taken, so of many processes one does so at a time and the
// order within a key holds; whoever finds it locked takes those of others. What is taken is leased: after a crash somebody else has it.

/** An endpoint as it is sent to. */
export type Target = {
  id: string
  organizationId: string
  url: string
  format: WebhookFormat
  version: string
  hasKeyStrings: boolean
  secrets: Uint8Array
  headers: Uint8Array | null
  failingSince: Date | null
}

/** A message that this process has taken. */
export type Taken = {
  id: string
  lease: string
  target: Target
  eventId: string | null
  type: string
  licenseKeyId: string | null
  attempts: number
  createdAt: Date
}

/**
 * How many messages may be held of an endpoint that works, and of one that does not. More are taken when there is room for half as many.
 */
export type Room = {
  working: number
  failing: number
  held: Map<string, number>
  endpointsMax: number
  organizationId: string | null
}

// Only endpoints with something due, in no order, so that none is always last.
const TARGETS = `SELECT e.id, e.organization_id AS "organizationId", e.url, e.format, e.version, e.has_key_strings AS "hasKeyStrings", e.secrets,
    e.headers, e.failing_since AS "failingSince"
  FROM webhook_endpoints e LEFT JOIN unnest($2::uuid[], $3::int[]) AS b(id, held) ON b.id = e.id
  WHERE e.disabled_at IS NULL AND e.removed_at IS NULL AND (e.paused_until IS NULL OR e.paused_until <= $1)
    AND ($7::uuid IS NULL OR e.organization_id = $7)
    AND COALESCE(b.held, 0) < CASE WHEN e.failing_since IS NULL THEN ($4::int + 1) / 2 ELSE $5::int END
    AND EXISTS (SELECT 1 FROM webhook_messages m WHERE m.endpoint_id = e.id AND m.state = 'waiting' AND m.due_at <= $1)
  ORDER BY random() LIMIT $6 FOR NO KEY UPDATE OF e SKIP LOCKED`

// A message waits while one before it of the same key is being sent or is soon tried again, and while one is due after it: what somebody
// had taken who died is due later than what is behind it, and must not stay behind all of that. `before`: how many due ones go before
// it; all of them have to be taken with it.
const BLOCKS = `o.endpoint_id = m.endpoint_id AND o.license_key_id = m.license_key_id AND o.state = 'waiting' AND o.number < m.number
  AND (o.attempts < ${ORDERED_ATTEMPTS} OR o.lease IS NOT NULL)`

const DUE = `SELECT m.* FROM unnest($2::uuid[], $3::int[]) AS t(id, room) CROSS JOIN LATERAL (
    SELECT m.id, m.endpoint_id AS "endpointId", m.event_id AS "eventId", m.type, m.license_key_id AS "licenseKeyId", m.attempts,
      m.created_at AS "createdAt",
      (SELECT count(*)::int FROM (SELECT 1 FROM webhook_messages o WHERE ${BLOCKS} LIMIT 1000) counted) AS before
    FROM webhook_messages m
    WHERE m.endpoint_id = t.id AND m.state = 'waiting' AND m.due_at <= $1
      AND (m.license_key_id IS NULL OR NOT EXISTS (SELECT 1 FROM webhook_messages o WHERE ${BLOCKS} AND o.due_at > m.due_at))
    ORDER BY m.due_at, m.number LIMIT t.room) m`

const LEASE = `UPDATE webhook_messages SET lease = $2::uuid, due_at = $3 WHERE id = ANY($1::uuid[])`

type DueRow = Omit<Taken, 'lease' | 'target'> & { endpointId: string; before: number }

/** Takes messages that are due, of each endpoint in the order in which they are to be sent. */
export async function takeMessages(now: Date, room: Room): Promise<Taken[]> {
  return inDriverTransaction(async (client) => {
    const held = [...room.held]
    const { rows: targets } = await client.query<Target>({
      ...{ name: 'webhook_targets', text: TARGETS },
      values: [
        now,
        held.map(([id]) => id),
        held.map(([, count]) => count),
        room.working,
        room.failing,
        room.endpointsMax,
        room.organizationId,
      ],
    })
    if (targets.length === 0) return []
    const roomOf = ({ id, failingSince }: Target) =>
      (failingSince ? room.failing : room.working) - (room.held.get(id) ?? 0)
    // A statement of its own: it sees what whoever held the locks before has taken.
    const { rows } = await client.query<DueRow>({
      ...{ name: 'webhook_due', text: DUE },
      values: [now, targets.map(({ id }) => id), targets.map(roomOf)],
    })
    const byId = new Map(targets.map((target) => [target.id, target]))
    const lease = newId(now)
    const taken = inOrder(rows).flatMap(({ endpointId, before: _, ...message }) => {
      const target = byId.get(endpointId)
      return target ? [{ ...message, lease, target }] : []
    })
    await client.query({
      ...{ name: 'webhook_lease', text: LEASE },
      values: [taken.map(({ id }) => id), lease, new Date(now.getTime() + LEASE_MS)],
    })
    return taken
  })
}

/** Without those of which one that goes before is not among them. */
function inOrder(rows: DueRow[]): DueRow[] {
  const seen = new Map<string, number>()
  return rows.filter((row) => {
    if (row.licenseKeyId === null) return true
    const key = `${row.endpointId} ${row.licenseKeyId}`
    const before = seen.get(key) ?? 0
    if (row.before > before) return false
    if (row.attempts < ORDERED_ATTEMPTS) seen.set(key, before + 1)
    return true
  })
}
