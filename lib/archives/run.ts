import '#server-only'
import { createHash } from 'node:crypto'
import { tellOfAccount } from '../auth/news.ts'
import type { System } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { env } from '../base/env.ts'
import { newId } from '../base/ids.ts'
import { log } from '../base/log.ts'
import { prisma, type Tx } from '../database/client.ts'
import { seal } from '../secrets/secrets.ts'
import { ARCHIVE_DAYS } from './plain.ts'
import { manifestOf, readmeOf } from './readme.ts'
import { openSnapshot, type Snapshot } from './snapshot.ts'
import { inParts, zipOf } from './zip.ts'

/** A runner that was silent for so long is given up for dead. */
const SILENCE_MS = 60_000
/** How often one says that it lives. */
const BEAT_MS = 2_000
const ATTEMPTS = 3
const PART_BYTES = 1_048_576
/** Whoever waited longer has closed the page. */
const LONG_MS = 60_000

type Row = NonNullable<Awaited<ReturnType<typeof claim>>>

/** Somebody deleted it, or another process took over. */
class NoLongerMine extends Error {}

/**
 * Writes an archive that was asked for. Of many processes one does. A snapshot ends with the process that reads it, so what was cut off
 * begins anew.
 */
export async function runArchive(_system: System, archiveId: string, clock: () => Date): Promise<void> {
  const row = await claim(archiveId, clock())
  if (!row) return
  if (row.attempts > ATTEMPTS) return giveUp(row, `It was cut off ${ATTEMPTS} times. Ask for it again.`, clock())
  const snapshot = await openSnapshot(row.organizationId, row.hasKeyStrings)
  if (!snapshot) return
  try {
    await write(row, snapshot, clock)
  } catch (error) {
    if (error instanceof NoLongerMine) return
    log.error({ err: error, archiveId }, 'an archive could not be written')
    if (row.attempts < ATTEMPTS) {
      await prisma.archive.updateMany({ where: { id: row.id, runner: row.runner }, data: { runner: null } })
      throw error
    }
    await giveUp(row, 'Something went wrong on our side. Ask for it again.', clock())
  } finally {
    await snapshot.close()
  }
}

/** Those that nobody works on: lost prompts, crashes. */
export async function silentArchives(_system: System, now: Date): Promise<string[]> {
  const rows = await prisma.archive.findMany({
    where: { status: { in: ['waiting', 'running'] }, ...silentSince(now) },
    select: { id: true },
    take: 100,
  })
  return rows.map(({ id }) => id)
}

const silentSince = (now: Date) => ({
  OR: [{ runner: null }, { heartbeatAt: null }, { heartbeatAt: { lt: new Date(now.getTime() - SILENCE_MS) } }],
})

async function claim(id: string, now: Date) {
  const [row] = await prisma.archive.updateManyAndReturn({
    where: { id, status: { in: ['waiting', 'running'] }, ...silentSince(now) },
    data: {
      ...{ status: 'running', runner: newId(now), heartbeatAt: now, attempts: { increment: 1 } },
      ...{ rowsDone: 0, rowsTotal: null, bytes: 0, takenAt: null },
    },
  })
  if (row) await prisma.archivePart.deleteMany({ where: { archiveId: id } })
  return row ?? null
}

async function write(row: Row, snapshot: Snapshot, clock: () => Date): Promise<void> {
  const { takenAt, files, linesOf, organization } = snapshot
  const total = files.reduce((sum, { rows }) => sum + rows, 0)
  await mine(prisma, row, clock(), { rowsTotal: total, takenAt })
  let done = 0
  let beatAt = performance.now()
  const lines = (file: Snapshot['files'][number]) =>
    async function* () {
      for await (const text of linesOf(file)) {
        yield text
        done = Math.min(total, done + countLines(text))
        if (performance.now() - beatAt < BEAT_MS) continue
        beatAt = performance.now()
        await mine(prisma, row, clock(), { rowsDone: done })
      }
    }
  const { organizationId, hasKeyStrings } = row
  const about = {
    organizationId,
    name: organization.name,
    host: new URL(env().LATCHKEY_URL).host,
    takenAt,
    hasKeyStrings,
  }
  const entries = [
    // So that whoever finds the file somewhere sees whose it is.
    { name: 'README.md', text: readmeOf(about, files), isPlain: true },
    { name: 'manifest.json', text: manifestOf(about, files) },
    ...files.map((file) => ({ name: `data/${file.file}.jsonl`, text: lines(file) })),
  ]
  const hash = createHash('sha256')
  let part = 0
  let bytes = 0
  for await (const content of inParts(zipOf(entries, takenAt), PART_BYTES)) {
    hash.update(content)
    bytes += content.length
    const number = part++
    await prisma.$transaction(async (tx) => {
      await mine(tx, row, clock(), { rowsDone: done, bytes })
      await tx.archivePart.create({
        data: { archiveId: row.id, part: number, content: seal('archive', new Uint8Array(content)) },
      })
    })
  }
  await finish(row, organization.name, { bytes, sha256: hash.digest('hex'), rows: total }, clock())
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** Says that it lives, and how far it is. Throws when it is no longer this process's to write. */
async function mine(
  tx: Tx,
  row: Row,
  now: Date,
  so: { rowsDone?: number; rowsTotal?: number; bytes?: number; takenAt?: Date },
): Promise<void> {
  const { count } = await tx.archive.updateMany({
    where: { id: row.id, runner: row.runner, status: 'running' },
    data: { ...so, heartbeatAt: now },
  })
  if (count === 0) throw new NoLongerMine()
}

async function finish(
  row: Row,
  name: string,
  { bytes, sha256, rows }: { bytes: number; sha256: string; rows: number },
  now: Date,
): Promise<void> {
  const { id, organizationId, askedBy } = row
  await prisma.$transaction(async (tx) => {
    await mine(tx, row, now, { rowsDone: rows, bytes })
    const expiresAt = new Date(now.getTime() + ARCHIVE_DAYS * DAY_MS)
    await tx.archive.update({
      where: { id },
      data: { status: 'ready', sha256, runner: null, finishedAt: now, expiresAt },
    })
    // What an earlier one has is in this one.
    await tx.archive.deleteMany({ where: { organizationId, id: { not: id }, status: { in: ['ready', 'failed'] } } })
    if (now.getTime() - row.createdAt.getTime() < LONG_MS) return
    const owner = await tx.membership.findFirst({
      where: { organizationId, userId: askedBy, role: 'owner' },
      select: { user: { select: { email: true } } },
    })
    if (owner)
      await tellOfAccount(tx, owner.user.email, 'organization-archive-ready', { visitor: null, now, about: name })
  })
}

async function giveUp(row: Row, failure: string, now: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const { count } = await tx.archive.updateMany({
      where: { id: row.id, runner: row.runner, status: 'running' },
      data: { status: 'failed', failure, runner: null, finishedAt: now },
    })
    if (count > 0) await tx.archivePart.deleteMany({ where: { archiveId: row.id } })
  })
}
