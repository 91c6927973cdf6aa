import '#server-only'
import type pg from 'pg'
import { ask, bytes, FEW, onBatchConnection } from '../database/batches.ts'
import { isReplaced } from '../secrets/secrets.ts'
import { type KeyReading, keyHashOf, readingsOf } from './string.ts'

// What was sent is looked up as it is. Only when that has found nothing, this asks which key may have been meant: one look-up for all
// calls of a batch, and never a key where two could be meant.

// OFFSET keeps the planner from joining from the keys' side.
const IS_THEIRS = `EXISTS (SELECT 1 FROM license_keys k
          WHERE k.id = o.license_key_id AND k.organization_id = COALESCE(i.organization_id, k.organization_id) OFFSET 0)`

export const MEANT = {
  name: 'keys_meant',
  text: `SELECT i.position, encode(m.key_hash, 'hex')
    FROM unnest($1::bytea[], $2::bytea[], $3::uuid[]) WITH ORDINALITY AS i(hash, folded, organization_id, position)
    JOIN LATERAL (
      SELECT k.key_hash FROM license_keys k
        WHERE k.key_hash = i.hash AND k.organization_id = COALESCE(i.organization_id, k.organization_id)
      UNION ALL
      (SELECT k.key_hash FROM license_keys k
        WHERE k.folded_hash = i.folded AND k.organization_id = COALESCE(i.organization_id, k.organization_id) LIMIT 2)
      UNION ALL
      SELECT o.key_hash FROM (SELECT * FROM old_key_strings o WHERE o.key_hash = i.hash OFFSET 0) o WHERE ${IS_THEIRS}
      UNION ALL
      (SELECT o.key_hash FROM (SELECT * FROM old_key_strings o WHERE o.folded_hash = i.folded OFFSET 0) o WHERE ${IS_THEIRS} LIMIT 2)
    ) m ON true
    WHERE ${FEW}`,
}

/** The look-up hash of the key that was meant, `unclear` when it could be several, null when it is none. */
export type Meant = { keyHash: string } | 'unclear' | null

/** `keyHash`: the hash by which it was not found. */
type Missed = { key: string; organization_id: string | null; keyHash: string }

/** How often to ask: while the master secret is replaced, a key may get another hash after it was found, once. */
export const asksAtMost = (): number => (isReplaced() ? 3 : 1)

/** Which keys may have been meant by strings that were not found. */
export async function askMeant(client: pg.ClientBase, missed: Missed[]): Promise<Meant[]> {
  const asked = missed.flatMap(({ key, organization_id, keyHash }, call) =>
    readingsOf(key, keyHash).map((reading) => ({ call, reading, organization_id })),
  )
  if (asked.length === 0) return missed.map(() => null)
  const rows = await ask(client, MEANT, [
    asked.map(({ reading }) => ('exact' in reading ? bytes(reading.exact) : null)),
    asked.map(({ reading }) => ('folded' in reading ? bytes(reading.folded) : null)),
    asked.map(({ organization_id }) => organization_id),
  ])
  const hits = rows.map(([position, hash]) => ({ ...(asked[Number(position) - 1] as (typeof asked)[number]), hash }))
  return missed.map((_, call) => {
    // In the order of the readings: what needs least taken off is what was meant.
    const own = asked.filter((each) => each.call === call)
    const found = (reading: KeyReading) => hits.filter((hit) => hit.call === call && hit.reading === reading)
    const exact = own.map(({ reading }) => reading).find((reading) => 'exact' in reading && found(reading).length > 0)
    const meant = exact
      ? found(exact)
      : own.filter(({ reading }) => 'folded' in reading).flatMap(({ reading }) => found(reading))
    const hashes = new Set(meant.map(({ hash }) => hash as string))
    const [keyHash] = hashes
    if (keyHash === undefined) return null
    return hashes.size > 1 ? 'unclear' : { keyHash }
  })
}

/** The look-up hash of the key that was meant by a string that was not found; null when it is none, or could be several. */
export async function meantBy(key: string, organizationId: string | null): Promise<string | null> {
  const missed = { key, organization_id: organizationId, keyHash: keyHashOf(key) }
  const [meant] = await onBatchConnection((client) => askMeant(client, [missed]))
  return meant && meant !== 'unclear' ? meant.keyHash : null
}
