import '#server-only'
import { createHash } from 'node:crypto'
import type { ApiClient } from '../base/actor.ts'
import { silently, type Tx } from '../database/client.ts'
import type { Endpoint } from './endpoint.ts'
import { endpoints } from './endpoints.ts'
import { Problem } from './problem.ts'

// What a resource looked like when somebody read it, as an ETag, and the condition that it still looks so. The tag is made of the answer
// itself, without what software counts and what belongs to others: a validation must not fail a program's change.

type Versioned = {
  /** Takes the lock that every change of it takes; a statement about $1, its id, and $2, the organization. */
  lock: string
  /** What may differ without anybody having changed it. */
  leave: readonly string[]
}

const row = (table: string, mode: string) =>
  `SELECT 1 FROM ${table} WHERE id = $1::uuid AND organization_id = $2::uuid ${mode}`

const versioned: Record<string, Versioned> = {
  getLicenseKey: {
    lock: row('license_keys', 'FOR UPDATE'),
    leave: [
      ...['key', 'state', 'usage', 'activations', 'validations', 'last_validated_at', 'first_activated_at'],
      ...['customer', 'key_configuration', 'product', 'purchase', 'expanded'],
    ],
  },
  getActivation: {
    lock: `SELECT 1 FROM license_keys WHERE id = (SELECT license_key_id FROM activations
      WHERE id = $1::uuid AND organization_id = $2::uuid) FOR UPDATE`,
    leave: ['validations', 'last_validated_at'],
  },
  getCustomer: { lock: row('customers', 'FOR NO KEY UPDATE'), leave: ['license_keys', 'purchases'] },
  getPurchase: {
    lock: row('purchases', 'FOR UPDATE'),
    leave: ['customer', 'product', 'license_key_ids', 'amounts', 'expanded'],
  },
  getProduct: { lock: row('products', 'FOR NO KEY UPDATE'), leave: [] },
  // It has no id in its path: the organization is both.
  getOrganization: {
    lock: 'SELECT 1 FROM organizations WHERE id = $1::uuid AND id = $2::uuid FOR NO KEY UPDATE',
    leave: [],
  },
  getKeyConfiguration: { lock: row('key_configurations', 'FOR NO KEY UPDATE'), leave: [] },
}

const readers = endpoints.filter(({ operation }) => operation in versioned)

const versionedOf = ({ operation }: Endpoint): Versioned => versioned[operation] as Versioned

/** The endpoint that reads what another one is about; null when that is no single resource with an ETag. */
const readerOf = ({ path }: Endpoint): Endpoint | null =>
  readers.find((reader) => path === reader.path || path.startsWith(`${reader.path}/`)) ?? null

/** True where a change can be made on condition that nothing has changed since it was read. */
export const takesIfMatch = (endpoint: Endpoint): boolean =>
  endpoint.method !== 'GET' && !endpoint.isBesides && !endpoint.locksOthers && readerOf(endpoint) !== null

/** True where the answer is a single resource with an ETag. */
export const hasETag = ({ answer }: Endpoint): boolean => readers.some((reader) => reader.answer === answer)

/** The ETag of an answer; null when it is no single resource that has one. */
export function etagOf({ answer }: Endpoint, body: unknown): string | null {
  const reader = readers.find((each) => each.answer === answer)
  return reader ? tagOf(reader, body) : null
}

function tagOf(reader: Endpoint, body: unknown): string {
  const { leave } = versionedOf(reader)
  const kept = Object.entries(body as object).filter(([name]) => !leave.includes(name))
  return `"${createHash('sha256').update(JSON.stringify(kept)).digest('base64url').slice(0, 27)}"`
}

/** Locks what the endpoint changes, and refuses unless it still looks as the header says. */
export async function assertMatches(
  tx: Tx,
  client: ApiClient,
  endpoint: Endpoint,
  { id, now, ifMatch }: { id: string; now: Date; ifMatch: string },
): Promise<void> {
  const reader = readerOf(endpoint)
  if (!reader) throw new Error(`${endpoint.operation} takes no If-Match.`)
  await tx.$executeRawUnsafe(versionedOf(reader).lock, id || client.organizationId, client.organizationId)
  // Read after the lock: nobody changes it from here on. Nothing of it is shown, so nothing is recorded as shown.
  const body = await silently(() => reader.run(client, { id, query: {}, body: undefined, now }))
  const present = tagOf(reader, body)
  // Proxies that compress make tags weak ("W/"); ours say nothing about bytes anyway.
  const given = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  if (given.includes('*') || given.includes(present)) return
  throw new Problem('PRECONDITION_FAILED', 'It was changed after you read it. Read it again, and decide anew.', {
    headers: { etag: present },
  })
}
