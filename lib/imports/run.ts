import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { System } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { log } from '../base/log.ts'
import { prisma, type Tx } from '../database/client.ts'
import { recordAs } from '../events/commands.ts'
import { unsealBytes } from '../secrets/secrets.ts'
import { secretIsReplaced } from '../secrets/watch.ts'
import { type Batch, collect, type Problem } from './collect.ts'
import { type Decision, decide } from './decide.ts'
import { type Earlier, earlierBatches } from './earlier.ts'
import { open } from './open.ts'
import { openSettings, titleOf } from './queries.ts'
import { readerOf } from './read.ts'
import { type ImportCounts, type ImportFile, type ImportSettings, noCounts, PROBLEMS_KEPT } from './schema.ts'
import { UnreadableFile } from './source-record.ts'
import { readStored } from './stored.ts'
import { type Writer, write } from './write.ts'

/** A runner that was silent for so long is given up for dead. */
const SILENCE_MS = 60_000
const TRANSACTION = { timeout: 60_000, maxWait: 20_000 }
const ATTEMPTS = 4
/** So many keys, and every plan is the one for a million. */
const SMALL = 1_000

/** Opens the bytes of one of an import's files. */
export type OpenBytes = (file: number) => AsyncIterable<Uint8Array>

type Row = NonNullable<Awaited<ReturnType<typeof claim>>>

/** Somebody stopped it, or another process took over: nothing of this batch counts. */
class NoLongerMine extends Error {}

/**
 * Checks or carries out an import, as its status says. Of many processes one has it at a time, and each batch commits together with how
 * far it is: after a crash the next one goes on exactly there.
 */
export async function runImport(_system: System, importId: string, clock: () => Date): Promise<void> {
  // It would compare each key by one hash, and there are two. The sweep comes back to it.
  if (await secretIsReplaced()) return
  const row = await claim(importId, clock())
  if (!row) return
  const files = row.files as ImportFile[]
  if (files.every((file) => file.parts === 0)) {
    await finish(row, 'failed', clock(), 'It was interrupted. Run it again; existing keys are left untouched.')
    return
  }
  await carryOut(row, (file) => storedBytes(row.id, file), clock)
}

/** The same for files that are at hand: `npm run import`. `onBatch` hears how far it is. */
export async function runLocalImport(
  _system: System,
  importId: string,
  bytesOf: OpenBytes,
  clock: () => Date,
  onBatch: (position: number, counts: ImportCounts) => void,
): Promise<void> {
  if (await secretIsReplaced()) throw new Error('The master secret is being replaced. Import once that is done.')
  const row = await claim(importId, clock())
  if (row) await carryOut(row, bytesOf, clock, onBatch)
}

/** Prompts for every import that nobody works on: lost prompts, crashes. */
export async function silentImports(_system: System, now: Date): Promise<string[]> {
  const rows = await prisma.import.findMany({
    where: {
      status: { in: ['checking', 'running'] },
      OR: [{ heartbeatAt: null }, { heartbeatAt: { lt: new Date(now.getTime() - SILENCE_MS) } }],
    },
    select: { id: true },
    take: 100,
  })
  return rows.map(({ id }) => id)
}

async function claim(importId: string, now: Date) {
  const silentSince = new Date(now.getTime() - SILENCE_MS)
  const [row] = await prisma.import.updateManyAndReturn({
    where: {
      id: importId,
      status: { in: ['checking', 'running'] },
      OR: [{ runner: null }, { heartbeatAt: null }, { heartbeatAt: { lt: silentSince } }],
    },
    data: { runner: newId(now), heartbeatAt: now },
  })
  if (!row?.settings || row.status !== 'checking') return row ?? null
  // A check that was cut off begins again: it wrote nothing.
  await prisma.importProblem.deleteMany({ where: { importId } })
  return prisma.import.update({ where: { id: importId }, data: { position: 0, counts: noCounts } })
}

/** The way of an import: its files are opened, read and collected into batches, and each batch is decided and written. */
async function carryOut(
  row: Row,
  bytesOf: OpenBytes,
  clock: () => Date,
  onBatch: (position: number, counts: ImportCounts) => void = () => {},
): Promise<void> {
  const files = row.files as ImportFile[]
  const settings = openSettings(row)
  const { timeZone: zone } = await prisma.organization.findUniqueOrThrow({
    where: { id: row.organizationId },
    select: { timeZone: true },
  })
  const writes = row.status === 'running'
  const earlier = earlierBatches({ writes })
  const job: Job = { row, zone, settings, earlier, writer: writes ? writerOf(row) : null }
  let counts = { ...noCounts, ...(row.counts as Partial<ImportCounts>) }
  let position = row.position
  try {
    const readFile = readerOf(files, (file) => open(bytesOf(file)), settings, zone, clock())
    for await (const batch of collect(files, readFile, settings, row.position)) {
      const decision = await settle(job, batch, counts, clock)
      earlier.remember(decision)
      if (writes && position === row.position) await learnGrowth()
      counts = add(counts, decision.counts)
      position = batch.position
      onBatch(position, counts)
    }
    await finish(row, writes ? 'done' : 'checked', clock(), null, position)
  } catch (error) {
    await giveUp(row, position, error, clock)
  }
}

/** Ends an import that cannot go on, or leaves it to whoever is asked next. */
async function giveUp(row: Row, position: number, error: unknown, clock: () => Date): Promise<void> {
  if (error instanceof NoLongerMine) return
  if (error instanceof UnreadableFile) return await finish(row, 'failed', clock(), error.message)
  // A record that breaks the program would break it again and again; anything else may pass.
  if (error instanceof RangeError || error instanceof TypeError) {
    const requestId = newId(clock())
    log.error({ err: error, importId: row.id, requestId }, 'an import could not read a record')
    const where = `after ${position.toLocaleString('en')} records`
    const failure = `The file could not be read any further ${where}. Request ${requestId}.`
    return await finish(row, 'failed', clock(), failure)
  }
  await prisma.import.updateMany({ where: { id: row.id, runner: row.runner }, data: { runner: null } }).catch(() => {})
  throw error
}

/** One way through the files. Without a writer it is only checked. */
type Job = { row: Row; zone: string; settings: ImportSettings; earlier: Earlier; writer: Writer | null }

/** Decides a batch by what is stored, and writes it together with how far the import is. */
async function settle(
  { row, zone, settings, earlier, writer }: Job,
  batch: Batch,
  counts: ImportCounts,
  clock: () => Date,
): Promise<Decision> {
  const { id: importId, organizationId } = row
  for (let attempt = 1; ; attempt++) {
    const now = clock()
    try {
      return await prisma.$transaction(async (tx) => {
        await stillMine(tx, row, now)
        const stored = await readStored(tx, { organizationId, locks: writer !== null }, batch, earlier)
        const decision = decide({ organizationId, zone, settings, stored, earlier, now }, batch)
        if (writer) await write(tx, writer, decision.rows, now)
        await keepProblems(tx, importId, counts.problems, decision.problems)
        const sum = add(counts, decision.counts)
        await tx.import.update({ where: { id: importId }, data: { position: batch.position, counts: sum } })
        return decision
      }, TRANSACTION)
    } catch (error) {
      // Somebody issued, activated or imported the same at the same moment: what the database says is asked again.
      if (attempt === ATTEMPTS || !isClash(error)) throw error
      log.info({ importId, attempt }, 'an import batch met another writer')
    }
  }
}

/**
 * Connections keep their plans until the statistics change, which PostgreSQL sees to by itself within a minute. For that minute those made
 * for a handful of keys would be asked about thousands.
 */
async function learnGrowth(): Promise<void> {
  const [table] = await prisma.$queryRaw<[{ isSmall: boolean }]>`SELECT reltuples < ${SMALL} AS "isSmall" FROM pg_class
    WHERE oid = 'license_keys'::regclass`
  if (table.isSmall) await prisma.$executeRaw`ANALYZE license_keys, activations`
}

const actorOf = ({ actorKind, actorId, actorLabel }: Pick<Row, 'actorKind' | 'actorId' | 'actorLabel'>) => ({
  ...{ actorKind, actorId, actorLabel },
})

const writerOf = (row: Row): Writer => ({
  organizationId: row.organizationId,
  importId: row.id,
  name: titleOf(row.files as ImportFile[]),
  by: actorOf(row),
})

const isClash = (error: unknown): boolean =>
  error instanceof Error &&
  /23505|23503|40P01|40001|P2002|P2034/.test(`${'code' in error ? error.code : ''} ${error.message}`)

/** Holds the import's row for the batch: stopping it, or taking it over, waits for the batch or comes before it. */
async function stillMine(tx: Tx, row: Row, now: Date): Promise<void> {
  const held = await tx.$executeRaw`UPDATE imports SET heartbeat_at = ${now}
    WHERE id = ${row.id}::uuid AND runner = ${row.runner}::uuid AND status = ${row.status}::import_status`
  if (held === 0) throw new NoLongerMine()
}

async function keepProblems(tx: Tx, importId: string, before: number, problems: Problem[]): Promise<void> {
  const kept = problems.slice(0, Math.max(0, PROBLEMS_KEPT - before))
  if (kept.length === 0) return
  await tx.importProblem.createMany({
    data: kept.map(({ file, at, key, message }, i) => ({
      ...{ importId, number: before + i + 1, file, line: at, key: key.toWellFormed() },
      message: message.toWellFormed().slice(0, 1_000),
    })),
  })
}

function add(a: ImportCounts, b: ImportCounts): ImportCounts {
  return Object.fromEntries(
    Object.entries(a).map(([name, count]) => [name, count + b[name as keyof ImportCounts]]),
  ) as ImportCounts
}

/** Ends a pass. What was uploaded goes once nothing more can be done with it. */
async function finish(
  row: Row,
  status: 'checked' | 'done' | 'failed',
  now: Date,
  failure: string | null = null,
  total?: number,
) {
  await prisma.$transaction(async (tx) => {
    await stillMine(tx, row, now)
    const { counts, files } = await tx.import.update({
      where: { id: row.id },
      data: {
        status,
        failure,
        runner: null,
        ...(total !== undefined && { total }),
        ...(status !== 'checked' && { finishedAt: now }),
      },
    })
    if (status === 'checked') return
    await tx.importPart.deleteMany({ where: { importId: row.id } })
    if (row.status === 'running') await recordFinish(tx, row, { counts, files }, status, now)
  })
}

/** The fact that an import is over. */
export async function recordFinish(
  tx: Tx,
  row: Pick<Row, 'organizationId' | 'actorKind' | 'actorId' | 'actorLabel'>,
  { counts, files }: { counts: Prisma.JsonValue; files: Prisma.JsonValue },
  outcome: 'done' | 'failed' | 'stopped',
  now: Date,
): Promise<void> {
  const { keys, activations, problems } = { ...noCounts, ...(counts as Partial<ImportCounts>) }
  const data = { file: titleOf(files as ImportFile[]), outcome, keys, activations, problems }
  await recordAs(tx, actorOf(row), now, [{ type: 'import.finished', organizationId: row.organizationId, data }])
}

/** An uploaded file, piece by piece. */
export async function* storedBytes(importId: string, file: number): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part++) {
    const row = await prisma.importPart.findUnique({ where: { importId_file_part: { importId, file, part } } })
    if (!row) return
    yield unsealBytes('import', row.content)
  }
}
