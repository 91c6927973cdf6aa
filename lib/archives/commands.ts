import '#server-only'
import type { Member, Merchant, System } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { isId, newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, unlessTaken } from '../database/client.ts'
import { enqueue } from '../database/queue.ts'
import { record } from '../events/commands.ts'
import { tellOwners } from '../organizations/owners.ts'
import { unsealBytes } from '../secrets/secrets.ts'
import type { ArchiveId, AskArchive } from './schema.ts'

function assertOwner(merchant: Merchant): asserts merchant is Member {
  assertMay(merchant, 'security.write')
  if (merchant.kind !== 'merchant')
    throw new Refusal('FORBIDDEN', 'Everything of an organization is exported by its owners, in the dashboard.')
}

/** Asks for everything of the organization as one file. One at a time; the other owners are told by mail. */
export async function askArchive(
  merchant: Merchant,
  { hasKeyStrings }: AskArchive,
  now: Date,
): Promise<{ archiveId: string }> {
  assertOwner(merchant)
  const { organizationId, userId: askedBy } = merchant
  const archiveId = newId(now)
  const one = new Refusal('CONFLICT', 'An archive is being written already.')
  await unlessTaken(
    () => one,
    prisma.$transaction(async (tx) => {
      const { name } = await tx.organization.findUniqueOrThrow({
        where: { id: organizationId },
        select: { name: true },
      })
      const since = new Date(now.getTime() - DAY_MS)
      const asked = await tx.event.count({
        where: {
          ...{ organizationId, type: 'organization.exported', at: { gt: since } },
          data: { path: ['step'], equals: 'asked' },
        },
      })
      // Each is told to the other owners.
      if (asked >= ASKED_MAX) throw new Refusal('RATE_LIMITED', 'That is enough for a day. Ask again tomorrow.')
      await tx.archive.create({
        data: {
          ...{ id: archiveId, organizationId, hasKeyStrings, askedBy, createdAt: now },
          askedByLabel: merchant.name ?? merchant.email,
        },
      })
      const data = { step: 'asked', keyStrings: hasKeyStrings }
      await record(tx, merchant, now, { type: 'organization.exported', organizationId, data })
      const whom = { organizationId, except: askedBy }
      await tellOwners(tx, whom, 'organization-archive-asked', name, now, merchant.from ?? null)
      await enqueue(tx, 'archive.run', { archiveId })
    }),
  )
  return { archiveId }
}

/** Deletes an archive, or stops it where it is being written. */
export async function removeArchive(merchant: Merchant, { archiveId }: ArchiveId, now: Date): Promise<void> {
  assertOwner(merchant)
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    const { count } = await tx.archive.deleteMany({ where: { id: archiveId, organizationId } })
    if (count === 0) throw notFound('archive')
    await record(tx, merchant, now, { type: 'organization.exported', organizationId, data: { step: 'deleted' } })
  })
}

/** A finished archive as bytes. Recorded: whoever has it has everything. */
export async function downloadArchive(
  merchant: Merchant,
  archiveId: string,
  now: Date,
): Promise<{ name: string; bytes: number; parts: AsyncGenerator<Uint8Array> }> {
  assertOwner(merchant)
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    const row = isId(archiveId)
      ? await tx.archive.findFirst({
          where: { id: archiveId, organizationId, status: 'ready', expiresAt: { gt: now } },
          select: { bytes: true, takenAt: true, hasKeyStrings: true, organization: { select: { slug: true } } },
        })
      : null
    if (!row) throw notFound('archive')
    const data = { step: 'downloaded', keyStrings: row.hasKeyStrings }
    await record(tx, merchant, now, { type: 'organization.exported', organizationId, data })
    const day = (row.takenAt ?? now).toISOString().slice(0, 10)
    return {
      name: `${row.organization.slug}-${day}.zip`,
      bytes: Number(row.bytes),
      parts: partsOf(archiveId, Number(row.bytes)),
    }
  })
}

async function* partsOf(archiveId: string, bytes: number): AsyncGenerator<Uint8Array> {
  let sent = 0
  for (let part = 0; sent < bytes; part++) {
    const row = await prisma.archivePart.findUnique({ where: { archiveId_part: { archiveId, part } } })
    // Deleted meanwhile: whoever downloads it sees that it broke off.
    if (!row) throw new Error('The archive is gone.')
    const content = unsealBytes('archive', row.content)
    sent += content.length
    yield content
  }
}

/** Deletes archives whose days are over, and what failed so long ago. For the hourly sweep. */
export async function purgeArchives(_system: System, now: Date): Promise<void> {
  await prisma.archive.deleteMany({ where: { expiresAt: { lte: now } } })
  const old = new Date(now.getTime() - FAILED_KEPT_MS)
  await prisma.archive.deleteMany({ where: { status: 'failed', finishedAt: { lte: old } } })
}

const FAILED_KEPT_MS = 7 * DAY_MS

/** How many archives of an organization may be asked for in a day. */
const ASKED_MAX = 10
