import '#server-only'
import type pg from 'pg'
import { ask } from '../database/batches.ts'
import type { Batch } from './decide.ts'

const REFUSAL_MEMORY_MS = 60_000
const REFUSALS_PER_MEMORY = 10

const RECENT = {
  name: 'changes_recent_refusals',
  text: `SELECT license_key_id, extract(epoch FROM at) * 1000, data->>'label', data->>'code' FROM events
    WHERE license_key_id = ANY($1::uuid[]) AND type = 'activation.refused' AND at > $2`,
}

/**
 * A client that asks in a loop would fill the history: the same refusal of the same device is recorded once a minute, and
 * of one key at most ten.
 */
export async function forgetRepeatedRefusals(client: pg.PoolClient, { changes, refused }: Batch): Promise<void> {
  if (refused.length === 0) return
  const since = Math.min(...refused.map(({ at }) => at.getTime())) - REFUSAL_MEMORY_MS
  const ids = [...new Set(refused.map(({ key }) => key.row.id))]
  const rows = await ask(client, RECENT, [ids, new Date(since)])
  const recorded = rows.map(([id, at, label, code]) => ({ id, at: Number(at), label, code }))
  const repeated = new Set<unknown>()
  for (const { key, label, code, at, fact } of refused) {
    const { id } = key.row
    const recent = recorded.filter((each) => each.id === id && each.at > at.getTime() - REFUSAL_MEMORY_MS)
    if (recent.length >= REFUSALS_PER_MEMORY || recent.some((each) => each.label === label && each.code === code))
      repeated.add(fact)
    else recorded.push({ id, at: at.getTime(), label, code })
  }
  changes.facts = changes.facts.filter((fact) => !repeated.has(fact))
}
