import '#server-only'
import { readerOf, type Unwritten, writeBodies } from '../api/webhook-bodies.ts'
import { listKeyConfigurationRecords } from '../key-configurations/records.ts'
import type { KeyConfigurationRecord } from '../key-configurations/schema.ts'
import { listKeyRecords } from '../license-keys/records.ts'
import type { KeyRecord } from '../license-keys/schema.ts'
import { partsOf, type Vendor } from '../vendors/list.ts'
import type { WebhookFormat } from '../webhooks/formats.ts'
import { exampleConfiguration, exampleKey } from './example-key.ts'

// What is sent, in the words of whoever the receiver was written for. Each is written as it is sent: vendors' records say what is true then,
// too.

/** Who writes a message in a vendor's format: the compiler asks each format for one. */
const writers: Record<Exclude<WebhookFormat, 'latchkey'>, NonNullable<Vendor['webhooks']>> = partsOf('webhooks')

type Message = Unwritten & {
  licenseKeyId: string | null
  target: Unwritten['target'] & { format: WebhookFormat }
}

type Sold = { key: KeyRecord; configuration: KeyConfigurationRecord }

/** The bodies of messages by their ids. */
export async function bodiesOf(messages: readonly Message[], now: Date): Promise<Map<string, string>> {
  const ours = messages.filter(({ target }) => target.format === 'latchkey')
  const theirs = messages.filter(({ target }) => target.format !== 'latchkey')
  const bodies = ours.length > 0 ? await writeBodies(ours, now) : new Map<string, string>()
  // Whether strings are shown is for the endpoint to say, and who reads at once is shown all or none.
  const together = Map.groupBy(theirs, ({ target }) => `${target.organizationId} ${target.hasKeyStrings}`)
  for (const [first, ...others] of together.values()) {
    if (!first) continue
    const all = [first, ...others]
    const sold = await readSold(first.target, [...new Set(all.flatMap(({ licenseKeyId }) => licenseKeyId ?? []))], now)
    for (const message of all) bodies.set(message.id, JSON.stringify(bodyOf(message, sold)))
  }
  return bodies
}

async function readSold(target: Message['target'], ids: string[], now: Date): Promise<Map<string, Sold>> {
  if (ids.length === 0) return new Map()
  const reader = readerOf(target.organizationId)
  const page = { dir: 'asc', limit: ids.length } as const
  const keys = await listKeyRecords(reader, { ids }, page, now, { justMade: target.hasKeyStrings })
  const configurations = await listKeyConfigurationRecords(
    reader,
    { ids: [...new Set(keys.map(({ keyConfigurationId }) => keyConfigurationId))], status: 'all' },
    { sort: 'createdAt', ...page },
  )
  const byId = new Map(configurations.map((configuration) => [configuration.id, configuration]))
  return new Map(
    keys.flatMap((key) => {
      const configuration = byId.get(key.keyConfigurationId)
      return configuration ? [[key.id, { key, configuration }] as const] : []
    }),
  )
}

function bodyOf(message: Message, sold: Map<string, Sold>): object {
  const { type, createdAt, eventId, licenseKeyId, target } = message
  const found =
    eventId === null ? { key: exampleKey, configuration: exampleConfiguration } : sold.get(licenseKeyId ?? '')
  if (!found) return { type, timestamp: createdAt.toISOString(), data: { id: licenseKeyId, deleted: true } }
  if (target.format === 'latchkey') throw new Error('Messages of our own format are written by writeBodies.')
  return writers[target.format](type as never, createdAt, found.key, found.configuration)
}
