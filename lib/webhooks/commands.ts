import '#server-only'
import type { Transaction } from '../database/transaction.ts'
import { inFormat, webhookFormats } from './formats.ts'
import type { WebhookType } from './plain.ts'

/** A fact that endpoints are to hear of. */
export type Telling = {
  eventId: string
  organizationId: string
  type: WebhookType
  licenseKeyId: string | null
  at: Date
}

// One statement for all facts and endpoints. Where an organization has none, that is one look into an index.
const WRITE = `INSERT INTO webhook_messages (id, organization_id, endpoint_id, event_id, type, license_key_id, due_at, created_at)
  SELECT gen_random_uuid(), e.organization_id, e.id, i.event_id, i.type, i.license_key_id, i.at, i.at
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::text[])
      WITH ORDINALITY AS i(event_id, organization_id, type, license_key_id, at, format, position)
    JOIN webhook_endpoints e ON e.organization_id = i.organization_id AND e.format = i.format
  WHERE e.disabled_at IS NULL AND e.removed_at IS NULL AND (e.types = '{}' OR i.type = ANY(e.types))
  ORDER BY i.position`

/** Writes a message for each endpoint that wants to hear of these facts, in their order, in the transaction that makes them true. */
export async function writeMessages(tx: Transaction, facts: readonly Telling[]): Promise<void> {
  if (facts.length === 0) return
  const rows = facts.flatMap(({ type, ...fact }) =>
    webhookFormats.flatMap((format) => inFormat(format, type).map((type) => ({ ...fact, type, format }))),
  )
  await tx.executeSql(WRITE, [
    rows.map(({ eventId }) => eventId),
    rows.map(({ organizationId }) => organizationId),
    rows.map(({ type }) => type),
    rows.map(({ licenseKeyId }) => licenseKeyId),
    rows.map(({ at }) => at.toISOString()),
    rows.map(({ format }) => format),
  ])
}
