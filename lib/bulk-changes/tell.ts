import '#server-only'
import type { BulkOutcome } from '#prisma/enums.ts'
import type { describeActor, Merchant } from '../base/actor.ts'
import type { Tx } from '../database/client.ts'
import { type NewEvent, recordAs } from '../events/commands.ts'
import { stateEvents } from '../license-keys/status.ts'
import type { BulkKey, Catalogue } from './keys.ts'
import type { Kept } from './plain.ts'
import { stateOf, valueChanges } from './rules.ts'

// What is kept and told of each key that a change reaches, on the way there and back.

/** What became of one key. */
export type KeyOutcome = {
  position: number
  outcome: BulkOutcome
  was?: Kept
  became?: Kept
  /** When the key was changed by it. */
  changedAt?: Date
  note?: string
}

/** Who asked for it, as history names them. */
export const askedBy = ({ actorKind, actorId, actorLabel }: ReturnType<typeof describeActor>) => ({
  ...{ actorKind, actorId, actorLabel },
})

export type AskedBy = ReturnType<typeof askedBy>

/** Whoever asked for it, as an actor of commands that finish it later; what they may was asked when they did. */
export const merchantNamed = (organizationId: string, { actorKind, actorId, actorLabel }: AskedBy): Merchant =>
  actorKind === 'api_key'
    ? {
        ...{ kind: 'api_key', apiKeyId: actorId ?? '', name: actorLabel.replace(/^API key /, ''), organizationId },
        scopes: ['catalogue:write', 'license_keys:write'],
      }
    : {
        ...{ kind: 'merchant', userId: actorId ?? '', email: actorLabel, name: actorLabel, organizationId },
        role: 'owner',
      }

/** What history says of one key's change. */
export function eventsOf(
  key: BulkKey,
  after: BulkKey['values'],
  { organizationId, reason }: { organizationId: string; reason: string },
  catalogue: Catalogue,
): NewEvent[] {
  const about = { organizationId, licenseKeyId: key.id, customerId: key.customerId }
  const state = { id: key.id, customerId: key.customerId, before: stateOf(key.values), after: stateOf(after) }
  const changes = valueChanges(key.values, after, catalogue)
  const updated = { ...about, type: 'license_key.updated', data: { changes, ...(reason && { reason }) } } as const
  return [
    ...stateEvents(state, reason || null).map((event) => ({ ...about, ...event })),
    ...(changes.length > 0 ? [updated] : []),
  ]
}

/** Records events as one batch, the first of which has the batch's id. */
export async function tell(
  tx: Tx,
  by: ReturnType<typeof describeActor>,
  { batchId, isBegun }: { batchId: string; isBegun: boolean },
  events: NewEvent[],
  now: Date,
): Promise<void> {
  if (events.length === 0) return
  const all = events.map((event, at) => ({ ...event, batchId, ...(at === 0 && !isBegun && { id: batchId }) }))
  await recordAs(tx, by, now, all)
}
