import '#server-only'
import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Merchant } from '../base/actor.ts'
import { merchantMay } from '../base/permissions.ts'
import { pool } from '../database/client.ts'
import { openKeyString } from '../key-strings/string.ts'

/** So many keys are opened for one search, at most. */
const OPENED_MAX = 10_000
const BETWEEN_TURNS = 250

type Found = Promise<string[] | null>

/** A page asks for its list and for a note about the search at once: they share one look. */
const underWay = new Map<string, Found>()

/**
 * Ids of the keys that begin as `typed` does. Nothing of a key is kept readable but its prefix and its end, so each is opened; null where
 * that would be too many, and for whoever may not see whole strings: they could find one out letter by letter.
 */
export async function keysBegunBy(merchant: Merchant, typed: string): Found {
  if (!merchantMay(merchant, 'keys.reveal')) return null
  const { organizationId } = merchant
  const begins = typed.toLowerCase()
  const name = `${organizationId} ${begins}`
  const same = underWay.get(name)
  if (same) return same
  const found = look(organizationId, begins).finally(() => underWay.delete(name))
  underWay.set(name, found)
  return found
}

async function look(organizationId: string, begins: string): Found {
  const { rows } = await pool.query<{ id: string; key_cipher: Buffer }>(
    `SELECT id, key_cipher FROM license_keys
     WHERE organization_id = $1::uuid AND (prefix IS NULL OR starts_with($2, lower(prefix))) LIMIT $3`,
    [organizationId, begins, OPENED_MAX + 1],
  )
  if (rows.length > OPENED_MAX) return null
  const found: string[] = []
  for (const [at, { id, key_cipher }] of rows.entries()) {
    if (at % BETWEEN_TURNS === 0) await othersTurn()
    if (openKeyString(key_cipher).toLowerCase().startsWith(begins)) found.push(id)
  }
  return found
}
