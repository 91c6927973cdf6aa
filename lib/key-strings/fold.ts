import '#server-only'
import { log } from '../base/log.ts'
import { pool } from '../database/client.ts'
import { foldedHashOf, openKeyString } from './string.ts'

const BATCH = 500
const FIRST = '00000000-0000-0000-0000-000000000000'

/**
 * Fills in by what folded form keys are found that were there before there was one: what is not filled is only not found by a mistyped
 * string. Goes on for `milliseconds` at most; the next sweep does the rest. Returns how many keys were filled.
 */
export async function foldKeys(milliseconds: number): Promise<number> {
  const end = Date.now() + milliseconds
  let filled = 0
  let after = FIRST
  while (Date.now() < end) {
    const { rows } = await pool.query<{ id: string; key_cipher: Buffer }>(
      'SELECT id, key_cipher FROM license_keys WHERE folded_hash IS NULL AND id > $1 ORDER BY id LIMIT $2',
      [after, BATCH],
    )
    const last = rows.at(-1)
    if (!last) break
    after = last.id
    const folded = rows.flatMap(({ id, key_cipher }) => {
      try {
        return [{ id, cipher: key_cipher, hash: foldedHashOf(openKeyString(key_cipher)) }]
      } catch {
        return []
      }
    })
    if (folded.length === 0) {
      log.error({ keys: rows.length }, 'key strings cannot be opened, so mistyped ones are not found')
      break
    }
    filled += await write(folded)
  }
  return filled
}

// A key that a call holds is left for the next time: nobody waits for this. One that was rotated meanwhile has its hash.
async function write(folded: { id: string; cipher: Buffer; hash: Uint8Array }[]): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE license_keys k SET folded_hash = i.hash
      FROM (SELECT l.id, n.hash FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS n(id, cipher, hash)
        JOIN license_keys l ON l.id = n.id AND l.key_cipher = n.cipher AND l.folded_hash IS NULL
        ORDER BY l.key_hash FOR UPDATE OF l SKIP LOCKED) i
      WHERE k.id = i.id`,
    [folded.map(({ id }) => id), folded.map(({ cipher }) => cipher), folded.map(({ hash }) => Buffer.from(hash))],
  )
  return rowCount ?? 0
}
