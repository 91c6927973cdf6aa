import '#server-only'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import { pool } from './client.ts'
import type { Transaction } from './transaction.ts'

// Notes tell every process, on whichever machine, that something became so: never what. They go by NOTIFY, and whoever hears one reads
// the rows (lib/live). A note is heard after its transaction has committed, or never.

/** The channel of NOTIFY. */
export const CHANNEL = 'latchkey_live'

/**
 * What a note says of some organizations. `calls`: those written at that moment (milliseconds of the database's clock), some of which may
 * have changed devices. `events`: of these keys, or of any when none is named; `people`: who may see what may have changed.
 * `refusals`: what was looked at for refused calls of these keys, which is written later than the calls. `deliveries` of stores and
 * `messages` to webhook endpoints: some have a new state.
 */
export type Note = { of: string[] } & (
  | { what: 'calls'; at: number; changes: boolean }
  | { what: 'events'; keys: string[]; people: boolean }
  | { what: 'refusals'; keys: string[] }
  | { what: 'deliveries' | 'messages' }
)

/** Tells of what a transaction writes: heard when it commits. Commits that tell something wait for each other, so no license call does. */
export async function tellWith(tx: Transaction, notes: Note[]): Promise<void> {
  if (notes.length === 0) return
  await tx.executeSql(TELL, [notes.map((note) => JSON.stringify(note))])
}

const TELL = `SELECT count(pg_notify('${CHANNEL}', n)) FROM unnest($1::text[]) AS n`

type State = 'deliveries' | 'messages'
const SOON_MS = 150
const AT_ONCE = 150

const waiting = perProcess('notes', (): { of: Record<State, Set<string>>; timer: NodeJS.Timeout | undefined } => ({
  of: { deliveries: new Set(), messages: new Set() },
  timer: undefined,
}))

/** Tells of what is committed already, soon and once for all of the same kind. Nobody waits for it. */
export function tellSoon(what: State, organizationId: string): void {
  waiting.of[what].add(organizationId)
  waiting.timer ??= setTimeout(() => void send(), SOON_MS).unref()
}

async function send(): Promise<void> {
  waiting.timer = undefined
  const notes: Note[] = []
  for (const what of ['deliveries', 'messages'] as const) {
    const all = [...waiting.of[what]]
    waiting.of[what].clear()
    for (let i = 0; i < all.length; i += AT_ONCE) notes.push({ what, of: all.slice(i, i + AT_ONCE) })
  }
  try {
    await pool.query(TELL, [notes.map((note) => JSON.stringify(note))])
  } catch (error) {
    log.warn({ err: error }, 'pages were not told that something moved')
  }
}
