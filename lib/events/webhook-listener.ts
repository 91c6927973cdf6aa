import '#server-only'
import { writeMessages } from '../webhooks/commands.ts'
import type { Listener } from './listeners.ts'
import { webhookTypeOf } from './schema.ts'

/** Writes the messages that webhook endpoints are to get. */
export const listenForWebhooks: Listener = (tx, events) =>
  writeMessages(
    tx,
    events.flatMap((event) => {
      const { id, organizationId, licenseKeyId = null, at } = event
      const type = webhookTypeOf(event)
      return type ? [{ eventId: id, organizationId, type, licenseKeyId, at }] : []
    }),
  )
