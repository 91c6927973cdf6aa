import '#server-only'
import type { System } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { isRefusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { log } from '../base/log.ts'
import { inOneTransaction, prisma, type Tx } from '../database/client.ts'
import { ofCommand } from '../database/transaction.ts'
import type { NewEvent } from '../events/commands.ts'
import { lockTemplates } from '../license-keys/add.ts'
import { rememberExtensions } from '../license-keys/support.ts'
import { queueMails } from '../mail/commands.ts'
import { finishConfigure, restoreConfiguration } from './configure.ts'
import { type Decision, decide, decideKeep, type Within } from './decide.ts'
import { type BulkKey, type Catalogue, lockKeys, readCatalogue, readKeys, writeValues } from './keys.ts'
import { AT_ONCE, type BulkCounts, noCounts, UNDO_DAYS } from './plain.ts'
import { differences } from './rules.ts'
import type { BulkAction, ConfigureAction, KeptAction } from './schema.ts'
import { type AskedBy, askedBy, eventsOf, type KeyOutcome, merchantNamed, tell } from './tell.ts'
import { undoKeys } from './undo-keys.ts'
import { withinOf } from './within.ts'

/** A runner that was silent for so long is given up for dead. */
const SILENCE_MS = 60_000
const TRANSACTION = { timeout: 60_000, maxWait: 20_000 }
const ATTEMPTS = 4

/** Somebody stopped it, or another process took over: nothing of this batch counts. */
class NoLongerMine extends Error {}

type Row = NonNullable<Awaited<ReturnType<typeof claim>>>

/**
 * Carries out a change, or takes it back, as its status says. Of many processes one has it at a time, and each batch of keys commits together
 * with what became of them: after a crash the next one goes on exactly there.
 */
export async function runBulkChange(_system: System, bulkChangeId: string, clock: () => Date): Promise<void> {
  const row = await claim(bulkChangeId, clock())
  if (!row) return
  try {
    await beforeUndo(row, clock)
    for (let counts: BulkCounts | null = { ...noCounts, ...(row.counts as Partial<BulkCounts>) }; counts; )
      counts = await settle(row, counts, clock)
    await finish(row, clock())
  } catch (error) {
    await giveUp(row, error, clock)
  }
}

/** Prompts for every change that nobody works on: lost prompts, crashes. */
export async function silentBulkChanges(_system: System, now: Date): Promise<string[]> {
  const rows = await prisma.bulkChange.findMany({
    where: {
      status: { in: ['running', 'undoing'] },
      OR: [{ heartbeatAt: null }, { heartbeatAt: { lt: new Date(now.getTime() - SILENCE_MS) } }],
    },
    select: { id: true },
    take: 100,
  })
  return rows.map(({ id }) => id)
}

async function claim(id: string, now: Date) {
  const silentSince = new Date(now.getTime() - SILENCE_MS)
  const [row] = await prisma.bulkChange.updateManyAndReturn({
    where: {
      id,
      status: { in: ['running', 'undoing'] },
      OR: [{ runner: null }, { heartbeatAt: null }, { heartbeatAt: { lt: silentSince } }],
    },
    data: { runner: newId(now), heartbeatAt: now },
  })
  return row ?? null
}

/** Holds the change's row for the batch: stopping it, or taking it over, waits for the batch or comes before it. */
async function stillMine(tx: Tx, row: Row, now: Date): Promise<void> {
  const held = await tx.$executeRaw`UPDATE bulk_changes SET heartbeat_at = ${now}
    WHERE id = ${row.id}::uuid AND runner = ${row.runner}::uuid AND status = ${row.status}::bulk_status`
  if (held === 0) throw new NoLongerMine()
}

/** Does the next keys that are left to do; null when there are none. */
async function settle(row: Row, counts: BulkCounts, clock: () => Date): Promise<BulkCounts | null> {
  for (let attempt = 1; ; attempt++) {
    const now = clock()
    try {
      return await prisma.$transaction(async (tx) => {
        await stillMine(tx, row, now)
        const due = row.status === 'running' ? 'waiting' : 'changed'
        const keys = await tx.bulkChangeKey.findMany({
          where: { bulkChangeId: row.id, outcome: due },
          orderBy: { position: 'asc' },
          take: AT_ONCE,
        })
        if (keys.length === 0) return null
        const outcomes =
          row.status === 'running'
            ? await change(tx, row, counts, keys, now)
            : await undoKeys(tx, row, counts, keys, now)
        await keep(tx, row.id, outcomes)
        const sum = { ...counts }
        for (const { outcome } of outcomes) if (outcome !== 'waiting') sum[outcome]++
        if (row.status === 'undoing') sum.changed -= outcomes.length
        await tx.bulkChange.update({ where: { id: row.id }, data: { counts: sum } })
        return sum
      }, TRANSACTION)
    } catch (error) {
      // Somebody took the same locks in another order: what is stored is asked again.
      if (attempt === ATTEMPTS || !isClash(error)) throw error
      log.info({ bulkChangeId: row.id, attempt }, 'a bulk change met another writer')
    }
  }
}

const isClash = (error: unknown): boolean =>
  error instanceof Error && /40P01|40001|P2034/.test(`${'code' in error ? error.code : ''} ${error.message}`)

const decideOne = (
  action: BulkAction | ConfigureAction,
  key: BulkKey,
  catalogue: Catalogue,
  now: Date,
  within: Within | null,
): Decision =>
  action.action === 'configure' ? decideKeep(action.keeps, key, catalogue) : decide(action, key, catalogue, now, within)

type DueKey = { position: number; licenseKeyId: string }

/** Changes these keys, each by itself, and says what became of each. */
async function change(tx: Tx, row: Row, counts: BulkCounts, due: DueKey[], now: Date): Promise<KeyOutcome[]> {
  const { organizationId } = row
  const action = row.action as KeptAction
  if (action.action === 'own') throw new TypeError('This change is made by its own command.')
  // Configurations before keys, as whoever issues one.
  if (action.action === 'move' || action.action === 'configure')
    await lockTemplates(tx, row, [action.keyConfigurationId])
  const ids = due.map(({ licenseKeyId }) => licenseKeyId)
  await lockKeys(tx, organizationId, ids)
  // What their purchases came to is read after the locks: whoever ends a purchase takes them too.
  const [keys, catalogue] = [await readKeys(tx, organizationId, ids), await readCatalogue(tx, organizationId)]
  const within = row.asSupport ? await withinOf(tx, organizationId, ids) : null
  const put: Parameters<typeof rememberExtensions>[2] = []
  const outcomes: KeyOutcome[] = []
  const changes: Parameters<typeof writeValues>[2] = []
  const events: NewEvent[] = []
  const mailed: BulkKey[] = []
  for (const { position, licenseKeyId } of due) {
    const key = keys.get(licenseKeyId)
    const decision = key
      ? decideOne(action, key, catalogue, now, within)
      : ({ do: 'refuse', why: 'It is gone' } as const)
    if (!key || decision.do === 'refuse' || decision.do === 'nothing') {
      const note = 'why' in decision ? decision.why : ''
      outcomes.push({ position, outcome: decision.do === 'nothing' ? 'unchanged' : 'refused', note })
    } else if (decision.do === 'mail') {
      mailed.push(key)
      outcomes.push({ position, outcome: 'changed', was: {}, became: {}, changedAt: key.version })
    } else {
      const kept = differences(key.values, decision.to)
      if (!kept) {
        outcomes.push({ position, outcome: 'unchanged', note: 'As it is already' })
        continue
      }
      const [from, to] = [key.values.expiresAt, decision.to.expiresAt]
      if (within && from && to && to > from)
        put.push({
          ...{ id: key.id, from: new Date(from), to: new Date(to) },
          extension: within.extensions.get(key.id) ?? null,
        })
      changes.push({ id: key.id, to: kept.became as BulkKey['values'] })
      events.push(...eventsOf(key, { ...key.values, ...decision.to }, row, catalogue))
      outcomes.push({ position, outcome: 'changed', ...kept, changedAt: now })
    }
  }
  await writeValues(tx, organizationId, changes, now)
  await rememberExtensions(tx, organizationId, put, now)
  await tell(tx, askedBy(row), { batchId: row.id, isBegun: counts.changed > 0 }, events, now)
  await queueMails(
    ofCommand(tx),
    mailed.map(({ id, email }) => ({
      at: now,
      mail: { template: 'license-key', to: email, organizationId, payload: { licenseKeyId: id, again: true } },
    })),
  )
  return outcomes
}

async function keep(tx: Tx, bulkChangeId: string, outcomes: KeyOutcome[]): Promise<void> {
  const rows = outcomes.map(({ position, outcome, was, became, changedAt, note }) => ({
    ...{
      position,
      outcome,
      was: was ?? null,
      became: became ?? null,
      changed_at: changedAt ?? null,
      note: note ?? null,
    },
  }))
  await tx.$executeRaw`UPDATE bulk_change_keys k SET outcome = v.outcome, was = COALESCE(v.was, k.was),
      became = COALESCE(v.became, k.became), changed_at = COALESCE(v.changed_at, k.changed_at), note = v.note
    FROM json_to_recordset(${JSON.stringify(rows)}::json)
      AS v(position integer, outcome bulk_outcome, was jsonb, became jsonb, changed_at timestamptz, note text)
    WHERE k.bulk_change_id = ${bulkChangeId}::uuid AND k.position = v.position`
}

/** A configuration goes back before the keys that were spared the change follow it again. */
async function beforeUndo(row: Row, clock: () => Date): Promise<void> {
  const action = row.action as KeptAction
  if (row.status !== 'undoing' || action.action !== 'configure') return
  const merchant = merchantNamed(row.organizationId, row.undoneBy as AskedBy)
  const now = clock()
  await inOneTransaction(
    async (tx) => {
      await stillMine(tx, row, now)
      await restoreConfiguration(merchant, action, now)
    },
    { keep: true },
  )
}

async function finish(row: Row, now: Date): Promise<void> {
  const action = row.action as KeptAction
  await inOneTransaction(
    async (tx) => {
      await stillMine(tx, row, now)
      if (row.status === 'running' && action.action === 'configure') {
        const { counts } = await tx.bulkChange.findUniqueOrThrow({ where: { id: row.id }, select: { counts: true } })
        const merchant = merchantNamed(row.organizationId, askedBy(row))
        await finishConfigure(tx, merchant, row.id, action, counts as BulkCounts, now)
      }
      const data =
        row.status === 'running'
          ? { status: 'done' as const, finishedAt: now }
          : { status: 'undone' as const, undoneAt: now }
      await tx.bulkChange.update({ where: { id: row.id }, data: { ...data, failure: null, runner: null } })
    },
    { keep: true },
  )
}

/** Ends a change that cannot go on, or leaves it to whoever is asked next. */
async function giveUp(row: Row, error: unknown, clock: () => Date): Promise<void> {
  if (error instanceof NoLongerMine) return
  const own = { id: row.id, runner: row.runner }
  if (isRefusal(error)) {
    const data = { status: 'failed' as const, failure: error.message, runner: null, finishedAt: clock() }
    await prisma.bulkChange.updateMany({ where: own, data })
    return
  }
  // A key that breaks the program would break it again and again; anything else may pass.
  if (error instanceof RangeError || error instanceof TypeError) {
    const requestId = newId(clock())
    log.error({ err: error, bulkChangeId: row.id, requestId }, 'a bulk change cannot go on')
    const failure = `Something went wrong on our side; what was done until then stays. Request ${requestId}.`
    await prisma.bulkChange.updateMany({
      where: own,
      data: { status: 'failed', failure, runner: null, finishedAt: clock() },
    })
    return
  }
  await prisma.bulkChange.updateMany({ where: own, data: { runner: null } }).catch(() => {})
  throw error
}

const PURGE_BATCH = 5_000

/** Forgets what keys were before changes that can no longer be taken back; what came of each change stays. For the hourly sweep. */
export async function purgeBulkChanges(now: Date): Promise<number> {
  const before = new Date(now.getTime() - UNDO_DAYS * DAY_MS)
  let gone = 0
  for (;;) {
    const some = await prisma.$executeRaw`DELETE FROM bulk_change_keys WHERE (bulk_change_id, position) IN (
      SELECT k.bulk_change_id, k.position FROM bulk_changes c JOIN bulk_change_keys k ON k.bulk_change_id = c.id
      WHERE c.created_at < ${before} AND c.status NOT IN ('running', 'undoing') LIMIT ${PURGE_BATCH})`
    gone += some
    if (some < PURGE_BATCH) break
  }
  const { count } = await prisma.bulkChange.deleteMany({
    where: { origin: 'key', createdAt: { lt: before }, status: { notIn: ['running', 'undoing'] } },
  })
  return gone + count
}
