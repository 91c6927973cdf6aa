import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { BulkOutcome } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { type Keyset, keysetOf } from '../database/keyset.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { type BulkKey, type Catalogue, readCatalogue, readKeys } from './keys.ts'
import { type BulkCounts, type BulkOrigin, type Kept, noCounts } from './plain.ts'
import { stateOf, undoableUntil, valueChanges, whyNotUndone } from './rules.ts'
import type { KeptAction } from './schema.ts'
import { decideUndos } from './undo-keys.ts'
import { assertMayTakeBack } from './within.ts'
import { actionInWords, titleOf } from './words.ts'

const columns = {
  ...{ id: true, origin: true, action: true, reason: true, status: true, total: true, counts: true, failure: true },
  ...{ actorLabel: true, undoneBy: true, undoneAt: true, createdAt: true, finishedAt: true, undoId: true },
  asSupport: true,
} satisfies Prisma.BulkChangeSelect

type Row = Prisma.BulkChangeGetPayload<{ select: typeof columns }>

function toChange({ undoneBy, ...row }: Row, catalogue: Catalogue, now: Date) {
  const action = row.action as KeptAction
  const counts = { ...noCounts, ...(row.counts as Partial<BulkCounts>) }
  const { status, createdAt } = row
  return {
    ...row,
    action,
    counts,
    origin: row.origin as BulkOrigin,
    undoneBy: (undoneBy as { actorLabel: string } | null)?.actorLabel ?? null,
    title: titleOf(action, { status, total: row.total, counts }),
    words: actionInWords(action, catalogue),
    whyNotUndone: whyNotUndone({ status, createdAt, changed: counts.changed, action: action.action }, now),
    undoableUntil: undoableUntil(createdAt),
  }
}
export type BulkChangeSummary = ReturnType<typeof toChange>

/** One page of the organization's bulk changes, newest first. What was done to a key at its own page is not among them. */
export async function listBulkChanges(merchant: Merchant, { page, size }: { page: number; size: number }, now: Date) {
  assertMay(merchant, 'keys.read')
  const { organizationId } = merchant
  const where: Prisma.BulkChangeWhereInput = { organizationId, origin: { not: 'key' } }
  const [rows, total, catalogue] = await Promise.all([
    prisma.bulkChange.findMany({
      where,
      select: columns,
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      skip: (page - 1) * size,
      take: size,
    }),
    prisma.bulkChange.count({ where }),
    readCatalogue(prisma, organizationId),
  ])
  return { changes: rows.map((row) => toChange(row, catalogue, now)), total }
}

/** The same for programs, a part of the list at a time. */
export async function listBulkChangeRecords(
  merchant: Merchant,
  keyset: Keyset<'createdAt'>,
  now: Date,
): Promise<BulkChangeSummary[]> {
  assertMay(merchant, 'keys.read')
  const { organizationId } = merchant
  const { beyond, ...part } = keysetOf(keyset)
  const rows = await prisma.bulkChange.findMany({
    where: { organizationId, origin: { not: 'key' }, AND: beyond },
    select: columns,
    ...part,
  })
  const catalogue = await readCatalogue(prisma, organizationId)
  return rows.map((row) => toChange(row, catalogue, now))
}

/** One bulk change; NOT_FOUND for another organization's. */
export async function getBulkChange(merchant: Merchant, id: string, now: Date): Promise<BulkChangeSummary> {
  assertMay(merchant, 'keys.read')
  const { organizationId } = merchant
  const row = isId(id) ? await prisma.bulkChange.findFirst({ where: { id, organizationId }, select: columns }) : null
  if (!row) throw notFound('bulk change')
  return toChange(row, await readCatalogue(prisma, organizationId), now)
}

/** The bulk change that a batch of the history is of, or of whose undo; null when there is none. */
export async function bulkChangeOf({ organizationId }: Merchant, batchId: string): Promise<string | null> {
  if (!isId(batchId)) return null
  const where = { organizationId, OR: [{ id: batchId }, { undoId: batchId }] }
  return (await prisma.bulkChange.findFirst({ where, select: { id: true } }))?.id ?? null
}

/** A key of a change, and what became of it. */
export type BulkChangedKey = {
  licenseKeyId: string
  masked: string
  email: string
  outcome: BulkOutcome
  /** What was changed, a line for each thing. */
  changes: string[]
  note: string | null
}

/** One page of the keys of a change, in the order of the list it was made from. */
export async function listBulkKeys(
  merchant: Merchant,
  id: string,
  { outcomes, page, size }: { outcomes: BulkOutcome[]; page: number; size: number },
): Promise<{ keys: BulkChangedKey[]; total: number }> {
  const where = keysOf(merchant, id, outcomes)
  const [rows, total] = await Promise.all([
    prisma.bulkChangeKey.findMany({ where, orderBy: { position: 'asc' }, skip: (page - 1) * size, take: size }),
    prisma.bulkChangeKey.count({ where }),
  ])
  return { total, keys: await inWords(merchant, rows) }
}

/** The same for programs. */
export async function listBulkKeyRecords(
  merchant: Merchant,
  id: string,
  outcomes: BulkOutcome[],
  { dir, limit, after }: Keyset<'position'>,
): Promise<(BulkChangedKey & { id: string; position: number })[]> {
  const rows = await prisma.bulkChangeKey.findMany({
    where: {
      ...keysOf(merchant, id, outcomes),
      ...(after && { position: { [dir === 'asc' ? 'gt' : 'lt']: Number(after.value) } }),
    },
    orderBy: { position: dir },
    take: limit,
  })
  return (await inWords(merchant, rows)).map((key) => ({ ...key, id: key.licenseKeyId }))
}

function keysOf(merchant: Merchant, id: string, outcomes: BulkOutcome[]): Prisma.BulkChangeKeyWhereInput {
  assertMay(merchant, 'keys.read')
  const { organizationId } = merchant
  return {
    ...{ bulkChangeId: id, bulkChange: { organizationId } },
    ...(outcomes.length > 0 && { outcome: { in: outcomes } }),
  }
}

async function inWords({ organizationId }: Merchant, rows: Prisma.BulkChangeKeyGetPayload<object>[]) {
  const catalogue = await readCatalogue(prisma, organizationId)
  const keys = await readKeys(
    prisma,
    organizationId,
    rows.map(({ licenseKeyId }) => licenseKeyId),
  )
  return rows.flatMap(({ position, licenseKeyId, outcome, was, became, note }) => {
    const key = keys.get(licenseKeyId)
    if (!key) return []
    const changes = was && became ? changesInWords(key, was as Kept, became as Kept, catalogue) : []
    return [{ position, licenseKeyId, masked: maskedKey(key), email: key.email, outcome, changes, note }]
  })
}

const stateWords = { granted: 'enabled', disabled: 'disabled', revoked: 'revoked' } as const

/** What a change made of a key, a line for each thing. */
function changesInWords(key: BulkKey, was: Kept, became: Kept, catalogue: Catalogue): string[] {
  const before = { ...key.values, ...was }
  const after = { ...key.values, ...became }
  const [from, to] = [stateOf(before), stateOf(after)]
  const lines = from.status === to.status ? [] : [`${stateWords[from.status]} → ${stateWords[to.status]}`]
  if (from.held !== to.held) lines.push(to.held ? 'held' : 'no longer held')
  if (became.devices) lines.push(`${Object.keys(became.devices).length} device deactivated`)
  const all = [...lines, ...valueChanges(before, after, catalogue)]
  // What was configured became the key's own.
  return all.length > 0 || Object.keys(became).length === 0 ? all : ['Keeps its limits']
}

const CHUNK = 2_000

/** What taking a change back would come to now: how many keys go back, and why others are left alone. */
export async function previewUndo(merchant: Merchant, id: string): Promise<{ due: number; left: [string, number][] }> {
  const { organizationId } = merchant
  const found = await prisma.bulkChange.findFirst({ where: { id, organizationId }, select: { asSupport: true } })
  if (!found) throw notFound('bulk change')
  assertMayTakeBack(merchant, found)
  let due = 0
  const left = new Map<string, number>()
  for (let after = -1; ; ) {
    const rows = await prisma.bulkChangeKey.findMany({
      where: { bulkChangeId: id, outcome: 'changed', position: { gt: after } },
      orderBy: { position: 'asc' },
      take: CHUNK,
    })
    if (rows.length === 0) break
    after = rows.at(-1)?.position ?? after
    const { decisions } = await decideUndos(prisma, { id, organizationId }, rows)
    for (const { decision } of decisions) {
      if (decision.do === 'undo') due++
      else left.set(decision.why, (left.get(decision.why) ?? 0) + 1)
    }
  }
  return { due, left: [...left].sort((a, b) => b[1] - a[1]) }
}
