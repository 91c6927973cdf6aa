import '#server-only'
import { type Note, tellWith } from '../database/notes.ts'
import type { Listener } from './listeners.ts'
import { securityTypes } from './schema.ts'

const KEYS_MAX = 40

/** Tells open pages that something happened. What software did they hear of by its calls, which are answered after the commit. */
export const listenForPages: Listener = async (tx, events) => {
  const byOrganization = Map.groupBy(
    events.filter(({ actorKind }) => actorKind !== 'software'),
    ({ organizationId }) => organizationId,
  )
  const notes = [...byOrganization].map(([organizationId, some]): Note => {
    const keys = [...new Set(some.flatMap(({ licenseKeyId }) => licenseKeyId ?? []))]
    return {
      ...{ what: 'events', of: [organizationId] },
      keys: keys.length > KEYS_MAX || some.some(({ licenseKeyId }) => !licenseKeyId) ? [] : keys,
      people: some.some(({ type }) => securityTypes.includes(type)),
    }
  })
  await tellWith(tx, notes)
}
