import '#server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { insertVersion, type Query } from '../secrets/check.ts'
import { type Held, type KeptKeys, keptOf, keysOf, sealWith, unsealWith } from '../secrets/secrets.ts'
import { type SealedColumn, sealedColumns, tokenColumns } from './columns.ts'

// Replacing the master secret while everything runs. Steps, each of which may be broken off and begun again:
//   1. the next secret is announced; 2. every process knows it, so all read what either made; 3. it becomes the current one: from now on
//   everybody writes with it; 4. what the leaving one made is rewritten; 5. the leaving one is forgotten.
// A row only ever moves from the leaving secret to the current one, which is what look-ups rely on (meant-keys.ts).

/** What it tells while it works. */
export type Tell = (line: string) => void

/** Settings that tests shorten. */
export type Pace = { settleMs: number; lookEveryMs: number; giveUpMs: number; rows: number; restMs: number }
const usualPace: Pace = { settleMs: 10_000, lookEveryMs: 1_000, giveUpMs: 120_000, rows: 200, restMs: 20 }

/** Who gave no sign of life for so long has ended; whoever only slept looks before he says no (secret-watch.ts). */
const ALIVE = '10 seconds'

/** Nothing is spoilt and nothing is lost; the message says what is in the way. */
export class NotYet extends Error {}

type Step = { query: Query; from: Held; to: Held; tell: Tell; pace: Pace }

/** Replaces one secret by another in one database, up to the point where the former is of no use any more. */
export async function replaceSecret(
  query: Query,
  secrets: { from: Held; to: Held },
  tell: Tell,
  pace: Partial<Pace> = {},
): Promise<{ unreadable: number; tokens: number }> {
  const step: Step = { query, ...secrets, tell, pace: { ...usualPace, ...pace } }
  const [row] = await query('SELECT state::text FROM secret_versions WHERE version = $1', [step.to.version])
  if (row?.state !== 'current') {
    await refuseUnsealed(step)
    await announce(step)
    await makeCurrent(step)
  }
  await rewriteAll(step, await progressOf(step))
  await untilAll(step, 'writes', 'writes with the former secret')
  await untilEarlierTransactionsEnd(step)
  tell('Looking once more for what was written meanwhile.')
  let sum = await rewriteAll(step, {})
  while (sum.rewritten > 0 || sum.held > 0) sum = await rewriteAll(step, {})
  const { unreadable } = sum
  return { unreadable, tokens: await tokensLeft(step) }
}

// Of strings that an earlier version rotated away only a hash is known, which cannot be made anew.
async function refuseUnsealed({ query }: Step) {
  const [row] = await query(
    `SELECT max(valid_until) AS last FROM old_key_strings WHERE key_cipher IS NULL AND valid_until > now()`,
  )
  const last = row?.last as Date | null
  if (last)
    throw new NotYet(
      `Key strings that were rotated away with an earlier version of Latchkey are still good until ${last.toISOString()}, and cannot be carried over. Run this again then.`,
    )
}

/** The former secret is in use nowhere: its version goes. */
export async function forgetSecret(query: Query, from: Held): Promise<void> {
  await query('DELETE FROM old_key_strings WHERE key_cipher IS NULL')
  await query(`DELETE FROM secret_versions WHERE version = $1 AND state = 'leaving'`, [from.version])
}

// ---------------------------------------------------------------- who knows what

async function announce({ query, to, tell }: Step) {
  await insertVersion(query, to, 'next')
  tell('The next secret is announced. Waiting until every process knows it.')
}

async function untilAll(step: Step, column: 'knows' | 'writes', what: string) {
  const { query, to, tell, pace } = step
  let said = ''
  for (const deadline = performance.now() + pace.giveUpMs; ; await sleep(pace.lookEveryMs)) {
    const behind = await query(
      `SELECT about FROM secret_holders WHERE ${column} < $1 AND seen_at > clock_timestamp() - interval '${ALIVE}' ORDER BY 1`,
      [to.version],
    )
    if (behind.length === 0) return
    const names = behind.map(({ about }) => about).join('; ')
    if (names !== said) tell(`Still ${what}: ${names}.`)
    said = names
    if (performance.now() > deadline)
      throw new NotYet(
        `Not every process has the next secret: ${names}. Give it to them (docs/secrets.md), then run npm run secret:rotate again.`,
      )
  }
}

async function makeCurrent(step: Step) {
  const { query, from, to, pace } = step
  await untilAll(step, 'knows', 'without the next secret')
  await untilNoImport(step)
  // Calls that began before their process knew both secrets are over after this.
  await sleep(pace.settleMs)
  await untilAll(step, 'knows', 'without the next secret')
  const [former] = await query('SELECT kept FROM secret_versions WHERE version = $1', [from.version])
  const sealed = former?.kept as Buffer | null | undefined
  const before = sealed ? (JSON.parse(unsealWith(keysOf(from), 'kept-keys', sealed).toString()) as KeptKeys) : {}
  const kept = sealWith(keysOf(to), 'kept-keys', JSON.stringify({ ...before, [from.version]: keptOf(from) }))
  // One statement: there is one current version at any time.
  await query(
    `UPDATE secret_versions SET state = (CASE version WHEN $1 THEN 'leaving' ELSE 'current' END)::secret_state,
       kept = CASE version WHEN $1 THEN kept ELSE $3 END, progress = '{}'
     WHERE version IN ($1, $2)`,
    [from.version, to.version, Buffer.from(kept)],
  )
  step.tell('The next secret is the current one. Rewriting what the former one made.')
}

// An import compares its keys with those that are there by one hash each, over minutes. None begins while there are two secrets.
async function untilNoImport({ query, tell, pace }: Step) {
  for (let said = false; ; await sleep(pace.lookEveryMs)) {
    const [running] = await query(
      `SELECT EXISTS (SELECT FROM imports WHERE status IN ('checking', 'running')
         AND heartbeat_at > now() - interval '1 minute') AS there`,
    )
    if (!running?.there) return
    if (!said) tell('Waiting for an import to end.')
    said = true
  }
}

// What a process computed with the former secret may still be on its way into the database.
async function untilEarlierTransactionsEnd({ query, tell, pace }: Step) {
  await sleep(pace.settleMs)
  const [now] = await query('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next')
  for (let said = false; ; said = true) {
    const [then] = await query('SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS oldest')
    if (BigInt(then?.oldest as string) >= BigInt(now?.next as string)) return
    if (!said) tell('Waiting for transactions that are still open to end.')
    // Without a transaction of somebody else the numbers stand still.
    await query('SELECT pg_current_xact_id()')
    await sleep(pace.lookEveryMs)
  }
}

async function tokensLeft({ query, to }: Step): Promise<number> {
  let left = 0
  for (const { table, column } of tokenColumns) {
    const [row] = await query(
      `SELECT count(*)::int AS count FROM ${table} WHERE octet_length(${column}) = 32 OR get_byte(${column}, 0) <> $1`,
      [to.version],
    )
    left += Number(row?.count)
  }
  return left
}

// ---------------------------------------------------------------- rewriting

/** Where each table's rewriting has got to: the last row's key. `null`: at its end. */
type Progress = Record<string, string[] | null>

const nameOf = ({ table, column }: SealedColumn) => `${table}.${column}`

async function progressOf({ query, to }: Step): Promise<Progress> {
  const [row] = await query('SELECT progress FROM secret_versions WHERE version = $1', [to.version])
  return (row?.progress ?? {}) as Progress
}

async function rewriteAll(step: Step, progress: Progress) {
  const sum = { rewritten: 0, unreadable: 0, held: 0 }
  for (const column of sealedColumns) {
    const done = await rewriteColumn(step, column, progress)
    sum.rewritten += done.rewritten
    sum.unreadable += done.unreadable
    sum.held += done.held
  }
  return sum
}

async function rewriteColumn(step: Step, column: SealedColumn, progress: Progress) {
  const { query, to, tell, pace } = step
  const name = nameOf(column)
  const sum = { rewritten: 0, unreadable: 0, held: 0 }
  while (progress[name] !== null) {
    const rows = await readRows(step, column, progress[name])
    const done = await rewriteRows(step, column, rows)
    sum.rewritten += done.rewritten
    sum.unreadable += done.unreadable
    sum.held += done.held
    progress[name] = rows.length < pace.rows ? null : ((rows.at(-1) as Row).key ?? null)
    await query('UPDATE secret_versions SET progress = $2 WHERE version = $1', [to.version, JSON.stringify(progress)])
    if (done.rewritten + done.held > 0) await sleep(pace.restMs)
  }
  if (sum.rewritten > 0) tell(`${column.table}: ${sum.rewritten.toLocaleString('en')} rewritten.`)
  return sum
}

type Row = { key: string[]; sealed: Buffer }

async function readRows({ query, pace }: Step, { table, key, column }: SealedColumn, after?: string[] | null) {
  const names = Object.keys(key)
  const types = Object.values(key)
  const isAfter = after
    ? `AND (${names.join(', ')}) > (${types.map((type, i) => `$${i + 1}::${type}`).join(', ')})`
    : ''
  const rows = await query(
    `SELECT ARRAY[${names.map((each) => `${each}::text`).join(', ')}] AS key, ${column} AS sealed FROM ${table}
     WHERE ${column} IS NOT NULL ${isAfter} ORDER BY ${names.join(', ')} LIMIT ${pace.rows}`,
    after ?? [],
  )
  return rows as Row[]
}

type Change = { row: Row; sealed: Buffer; hashes: Buffer[] }

async function rewriteRows({ query, from, to }: Step, column: SealedColumn, rows: Row[]) {
  const [former, present] = [keysOf(from), keysOf(to)]
  let unreadable = 0
  const changes = rows.flatMap((row): Change[] => {
    if (opened(present, column, row)) return []
    const content = opened(former, column, row)
    if (!content) {
      unreadable++
      return []
    }
    const sealed = Buffer.from(sealWith(present, column.purpose, content))
    const hashes = (column.hashes ?? []).map(({ purpose, of }) => {
      const text = of(content.toString('utf8'))
      return Buffer.from(text === null ? '' : present.hash(purpose, text), 'hex')
    })
    return [{ row, sealed, hashes }]
  })
  const held = changes.length > 0 ? await write(query, column, changes) : 0
  return { rewritten: changes.length - held, unreadable, held }
}

function opened(keys: ReturnType<typeof keysOf>, { purpose }: SealedColumn, { sealed }: Row): Buffer | null {
  try {
    return unsealWith(keys, purpose, sealed)
  } catch {
    return null
  }
}

// Calls hold the rows they count on, and must not wait for this: what one holds is left out, then tried by itself, when this holds no
// other row that somebody could wait for. Returns how many were held all the time; they are looked at again.
async function write(query: Query, column: SealedColumn, changes: Change[]): Promise<number> {
  let held = 0
  const free = new Set(await update(query, column, changes, 'SKIP LOCKED'))
  for (const change of changes)
    if (!free.has(nameOfRow(change.row)) && !(await writeAlone(query, column, change))) held++
  return held
}

async function writeAlone(query: Query, column: SealedColumn, change: Change): Promise<boolean> {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      await update(query, column, [change], '')
      return true
    } catch (error) {
      // lock_not_available and deadlock_detected: nothing was written.
      if (!/^(40P01|55P03)$/.test((error as { code?: string }).code ?? '')) throw error
    }
  }
  return false
}

const nameOfRow = ({ key }: Row) => key.join(' ')

// Only rows that are still as they were read: a key that was given another string meanwhile is left alone. Returns which were written.
async function update(
  query: Query,
  { table, key, column, hashes = [] }: SealedColumn,
  changes: Change[],
  whenHeld: 'SKIP LOCKED' | '',
): Promise<string[]> {
  const names = Object.keys(key)
  const types = Object.values(key)
  const given = [...names.map((_, i) => `k${i}`), 'before', 'after', ...hashes.map((_, i) => `h${i}`)]
  const arrays = [...types.map((type) => `${type}[]`), ...Array.from({ length: 2 + hashes.length }, () => 'bytea[]')]
  const set = [`${column} = v.after`, ...hashes.map((hash, i) => `${hash.column} = v.h${i}`)]
  const order = hashes[0]?.column ?? names.join(', t.')
  // In the order of calls. The former key is said back, which is part of what changes in old_key_strings.
  const rows = await query(
    `WITH v AS (SELECT * FROM unnest(${arrays.map((type, i) => `$${i + 1}::${type}`).join(', ')}) AS v(${given.join(', ')})),
      locked AS (SELECT v.* FROM ${table} t JOIN v ON ${names.map((name, i) => `t.${name} = v.k${i}`).join(' AND ')}
        WHERE t.${column} = v.before ORDER BY t.${order} FOR UPDATE OF t ${whenHeld})
     UPDATE ${table} t SET ${set.join(', ')} FROM locked v
     WHERE ${names.map((name, i) => `t.${name} = v.k${i}`).join(' AND ')} AND t.${column} = v.before
     RETURNING ARRAY[${names.map((_, i) => `v.k${i}::text`).join(', ')}] AS key`,
    [
      ...names.map((_, i) => changes.map(({ row }) => row.key[i])),
      changes.map(({ row }) => row.sealed),
      changes.map(({ sealed }) => sealed),
      ...hashes.map((_, i) => changes.map((change) => change.hashes[i])),
    ],
  )
  return rows.map((row) => nameOfRow(row as Row))
}
