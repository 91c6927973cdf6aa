import '#server-only'
import { perProcess } from '../base/per-process.ts'
import { onBatchConnection } from '../database/batches.ts'
import type { LicenseCode } from '../error-codes/schema.ts'
import { asksAtMost, meantBy } from '../key-strings/meant.ts'
import { keyHashesOf } from '../key-strings/string.ts'

// Software that was written for another vendor sends that vendor's ids. Rows know the ids they had there (`external_ids`), and a call
// that names one of them means the row. Nothing is looked up for calls that name our own ids.

/** The ids of a license call that may be another vendor's. */
type Named = {
  key: string
  organization_id: string | null
  benefit_id?: string | null | undefined
  product_id?: string | null | undefined
  customer_id?: string | null | undefined
}

const fields = ['organization_id', 'benefit_id', 'product_id', 'customer_id'] as const
type Field = (typeof fields)[number]

/** Codes that a vendor's id in place of ours may have brought about. */
const doubtful: ReadonlySet<LicenseCode> = new Set<LicenseCode>([
  'NOT_FOUND',
  'PRODUCT_MISMATCH',
  'CONFIGURATION_MISMATCH',
  'CUSTOMER_MISMATCH',
])

/** True when it is worth asking whether the call names a vendor's ids. */
export const mayBeKnownElsewhere = (code: LicenseCode): boolean => doubtful.has(code)

// What was found, for a minute of a clock that is never set back: a client sends the same ids every time. Two organizations may have been known by one id, so a miss
// after a remembered id is looked up again by its key.
const REMEMBERED_MS = 60_000
const REMEMBERED_MAX = 10_000
type Memory = Map<string, { ours: string; until: number }>
const memory = perProcess('known-as', (): Memory => new Map())

/** The call with the ids we remember for those it names; the same object when there are none. */
export function rememberedIds<C extends Named>(call: C, now = performance.now()): C {
  if (memory.size === 0) return call
  return replaced(call, (field, id) => {
    const known = memory.get(`${field} ${id}`)
    if (!known) return undefined
    if (known.until > now) return known.ours
    memory.delete(`${field} ${id}`)
    return undefined
  })
}

const AROUND = {
  name: 'known_as',
  query_timeout: 2_500,
  text: `SELECT k.organization_id, o.external_ids AS organization_ids, k.key_configuration_id, c.external_ids AS configuration_ids,
      k.product_id, p.external_ids AS product_ids, k.customer_id, u.external_id AS customer_known_as
    FROM license_keys k JOIN organizations o ON o.id = k.organization_id JOIN key_configurations c ON c.id = k.key_configuration_id
    JOIN customers u ON u.id = k.customer_id LEFT JOIN products p ON p.id = k.product_id
    WHERE k.key_hash = ANY($1::bytea[]) OR k.id = (SELECT license_key_id FROM old_key_strings WHERE key_hash = ANY($1::bytea[]) LIMIT 1)`,
}

type Around = {
  organization_id: string
  organization_ids: string[]
  key_configuration_id: string
  configuration_ids: string[]
  product_id: string | null
  product_ids: string[] | null
  customer_id: string
  customer_known_as: string | null
}

/** The call with our ids in place of those its key's organization, configuration, product and customer had elsewhere; null when it names none. */
export async function withOurIds<C extends Named>(call: C, now = performance.now()): Promise<C | null> {
  // Beside the batches, so that pages which wait for the database hold up no call.
  const around = (hashes: Uint8Array[]) =>
    onBatchConnection(
      async (client) =>
        (await client.query<Around>({ ...AROUND, values: [hashes.map((hash) => Buffer.from(hash))] })).rows[0],
    )
  let row = await around(keyHashesOf(call.key))
  for (let asked = 0; !row && asked < asksAtMost(); asked++) {
    const keyHash = await meantBy(call.key, null)
    if (keyHash === null) break
    row = await around([Buffer.from(keyHash, 'hex')])
  }
  if (!row) return null
  const ours: Record<Field, { id: string | null; knownAs: readonly string[] }> = {
    organization_id: { id: row.organization_id, knownAs: row.organization_ids },
    benefit_id: { id: row.key_configuration_id, knownAs: row.configuration_ids },
    product_id: { id: row.product_id, knownAs: row.product_ids ?? [] },
    customer_id: { id: row.customer_id, knownAs: row.customer_known_as === null ? [] : [row.customer_known_as] },
  }
  const known = replaced(call, (field, id) => {
    const { id: own, knownAs } = ours[field]
    if (own === null || !knownAs.some((each) => each.toLowerCase() === id)) return undefined
    remember(`${field} ${id}`, own, now)
    return own
  })
  return known === call ? null : known
}

function remember(name: string, ours: string, now: number): void {
  if (memory.size >= REMEMBERED_MAX) memory.clear()
  memory.set(name, { ours, until: now + REMEMBERED_MS })
}

function replaced<C extends Named>(call: C, ourIdOf: (field: Field, id: string) => string | undefined): C {
  let changed: C | null = null
  for (const field of fields) {
    const id = call[field]
    const ours = id ? ourIdOf(field, id.toLowerCase()) : undefined
    if (ours !== undefined) changed = { ...(changed ?? call), [field]: ours }
  }
  return changed ?? call
}
