import '#server-only'
import { Prisma } from '#prisma/client.ts'
import { describeActor, type Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { asLetters } from '../base/text.ts'
import { prisma } from '../database/client.ts'
import { searchedIds } from '../database/folded.ts'
import { type Keyset, keysetOf } from '../database/keyset.ts'
import type { FarPages, PageOf } from '../database/marks.ts'
import { pageByTime } from '../database/pages.ts'
import { endSql, stringSql } from '../key-strings/find.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { type EventGroup, ownNames, type SecurityGroup, securityGroups } from './plain.ts'
import {
  type EventData,
  EventType,
  type HistoryEvent,
  type ListedEvent,
  securityTypes,
  sessionTypes,
  typesOfGroup,
} from './schema.ts'

/** The columns of an event that is read. */
export const eventColumns = {
  id: true,
  type: true,
  at: true,
  actorKind: true,
  actorLabel: true,
  licenseKeyId: true,
  activationId: true,
  customerId: true,
  productId: true,
  keyConfigurationId: true,
  purchaseId: true,
  data: true,
  batchId: true,
} satisfies Prisma.EventSelect

type Row = Prisma.EventGetPayload<{ select: typeof eventColumns }>

/** A row as pages and programs read it. */
export const toEvent = (row: Row): HistoryEvent => ({
  ...row,
  type: EventType.parse(row.type),
  data: row.data as EventData,
})

/** What the history page can be narrowed to. */
export type HistoryFilter = {
  /** A whole key, its last characters, or part of the name or address of whom it is about or who did it. */
  q?: string
  groups?: EventGroup[]
  actorKinds?: string[]
  licenseKeyId?: string
  customerId?: string
  productId?: string
  keyConfigurationId?: string
  purchaseId?: string
  /** The events of one thing that was done to many keys at once, each of them. */
  batchId?: string
  from?: Date
  to?: Date
}

// Far below what one statement can carry, far above what anybody pages through.
const MATCHES_MAX = 5_000

const SOFTWARE = describeActor({ kind: 'software', address: null })

// Of what was done to many keys at once, the first event stands for all.
const grouped: Prisma.EventWhereInput = {
  OR: [{ batchId: null }, { batchId: { equals: prisma.event.fields.id } }],
}

// Events name keys and customers by id, so the words are looked up there first.
async function matches(merchant: Merchant, q: string): Promise<Prisma.EventWhereInput[]> {
  const { organizationId } = merchant
  const own = Prisma.sql`organization_id = ${organizationId}::uuid`
  const end = endSql(q)
  const [keys, customers, actors] = await Promise.all([
    prisma.$queryRaw<{ id: string }[]>`SELECT id FROM license_keys WHERE ${own} AND ${stringSql(q)}
      ${end ? Prisma.sql`UNION SELECT id FROM license_keys WHERE ${own} AND ${end}` : Prisma.empty} LIMIT ${MATCHES_MAX}`,
    searchedIds(merchant, 'customers', ['folded'], q, MATCHES_MAX),
    actorsNamed(merchant, q),
  ])
  return [
    { licenseKeyId: { in: keys.map((key) => key.id) } },
    { customerId: { in: customers } },
    { AND: [{ OR: actors }, grouped] },
  ]
}

// Few people and programs do most of what is done: each name is looked at once, by the index of them, and not once per event. What software
// does is not in that index and has one name.
async function actorsNamed({ organizationId }: Merchant, words: string): Promise<Prisma.EventWhereInput[]> {
  const some = Prisma.sql`FROM events e WHERE e.organization_id = ${organizationId}::uuid AND e.actor_kind <> 'software'`
  const named = await prisma.$queryRaw<{ label: string }[]>`
    WITH RECURSIVE names AS (
      (SELECT e.actor_label AS label ${some} ORDER BY e.actor_label LIMIT 1)
      UNION ALL
      SELECT (SELECT e.actor_label ${some} AND e.actor_label > n.label ORDER BY e.actor_label LIMIT 1)
      FROM names n WHERE n.label IS NOT NULL)
    SELECT label FROM names WHERE label ILIKE ${`%${asLetters(words)}%`} LIMIT ${MATCHES_MAX}`
  return [
    { actorKind: { not: SOFTWARE.actorKind }, actorLabel: { in: named.map(({ label }) => label) } },
    ...(SOFTWARE.actorLabel.toLowerCase().includes(words.toLowerCase()) ? [{ actorKind: SOFTWARE.actorKind }] : []),
  ]
}

// Before stores could be connected they were the system, under their own names.
const byWhom = (kind: string): Prisma.EventWhereInput =>
  kind === 'store'
    ? { OR: [{ actorKind: 'store' }, { actorKind: 'system', actorLabel: { notIn: [...ownNames] } }] }
    : kind === 'system'
      ? { actorKind: 'system', actorLabel: { in: [...ownNames] } }
      : { actorKind: kind }

/**
 * Newest first unless told otherwise, without sign-ins. `page` counts from 1. What was done to many keys at once is one row, unless somebody
 * asks about one key, one customer or that very thing.
 */
export async function listEvents(
  merchant: Merchant,
  filter: HistoryFilter,
  { dir = 'desc', ...pageOf }: PageOf & { dir?: 'asc' | 'desc' },
): Promise<{ events: ListedEvent[]; total: number; far: FarPages }> {
  const where = await whereOfHistory(merchant, filter)
  const { rows, total, far } = await pageByTime(
    pageOf,
    { column: 'at', dir },
    (asked) => prisma.event.count({ where, ...asked }),
    ({ beyond, ...asked }) =>
      prisma.event.findMany({ where: { AND: [where, ...beyond] }, select: eventColumns, ...asked }),
  )
  return { events: await withNames(merchant, filter, rows), total, far }
}

/** The newest events alone, uncounted. */
export async function latestEvents(merchant: Merchant, filter: HistoryFilter, limit: number): Promise<ListedEvent[]> {
  const where = await whereOfHistory(merchant, filter)
  const orderBy = [{ at: 'desc' }, { id: 'desc' }] satisfies Prisma.EventOrderByWithRelationInput[]
  const rows = await prisma.event.findMany({ where, select: eventColumns, orderBy, take: limit })
  return withNames(merchant, filter, rows)
}

async function whereOfHistory(merchant: Merchant, filter: HistoryFilter): Promise<Prisma.EventWhereInput> {
  const { organizationId } = merchant
  const { q, licenseKeyId, customerId, productId, keyConfigurationId, purchaseId, batchId } = filter
  const about = [licenseKeyId, customerId, productId, keyConfigurationId, purchaseId, batchId]
  const isGrouped = ![q?.trim(), ...about].some(Boolean)
  return {
    organizationId,
    // Sign-ins are for owners: listSecurityEvents.
    type: filter.groups?.length ? { in: filter.groups.flatMap(typesOfGroup) } : { notIn: sessionTypes },
    ...(filter.licenseKeyId && isId(filter.licenseKeyId) && { licenseKeyId: filter.licenseKeyId }),
    ...(filter.customerId && isId(filter.customerId) && { customerId: filter.customerId }),
    ...(filter.productId && isId(filter.productId) && { productId: filter.productId }),
    ...(filter.keyConfigurationId &&
      isId(filter.keyConfigurationId) && { keyConfigurationId: filter.keyConfigurationId }),
    ...(purchaseId && isId(purchaseId) && { purchaseId }),
    ...((filter.from || filter.to) && { at: { gte: filter.from, lt: filter.to } }),
    AND: [
      ...(isGrouped ? [grouped] : []),
      ...(filter.actorKinds?.length ? [{ OR: filter.actorKinds.map(byWhom) }] : []),
    ],
    ...(filter.batchId && isId(filter.batchId) && { batchId: filter.batchId }),
    ...(filter.q?.trim() && { OR: await matches(merchant, filter.q.trim()) }),
  }
}

async function withNames({ organizationId }: Merchant, filter: HistoryFilter, rows: Row[]): Promise<ListedEvent[]> {
  const idsOf = (column: 'licenseKeyId' | 'customerId') => [...new Set(rows.flatMap((row) => row[column] ?? []))]
  const leaders = filter.batchId ? [] : rows.filter((row) => row.batchId === row.id).map((row) => row.id)
  const [keys, customers, batches] = await Promise.all([
    prisma.licenseKey.findMany({
      where: { organizationId, id: { in: idsOf('licenseKeyId') } },
      select: { id: true, prefix: true, lastCharacters: true },
    }),
    prisma.customer.findMany({
      where: { organizationId, id: { in: idsOf('customerId') } },
      select: { id: true, email: true, name: true },
    }),
    leaders.length === 0
      ? []
      : prisma.$queryRaw<
          { id: string; keys: number }[]
        >`SELECT batch_id AS id, count(DISTINCT license_key_id)::int AS keys
          FROM events WHERE organization_id = ${organizationId}::uuid AND batch_id = ANY(${leaders}::uuid[]) GROUP BY 1`,
  ])
  const keyById = new Map(keys.map((key) => [key.id, { id: key.id, masked: maskedKey(key) }]))
  const customerById = new Map(customers.map((customer) => [customer.id, customer]))
  const keysOf = new Map(batches.map(({ id, keys }) => [id, keys]))
  return rows.map((row) => ({
    ...toEvent(row),
    keys: keysOf.get(row.id) ?? 1,
    licenseKey: keyById.get(row.licenseKeyId ?? '') ?? null,
    customer: customerById.get(row.customerId ?? '') ?? null,
  }))
}

// ---------------------------------------------------------------- the security log

/** An event of the security log: with the place it came from, while that is kept. */
export type SecurityEvent = HistoryEvent & { address: string | null; device: string | null }

export type SecurityFilter = {
  /** Part of a name, an e-mail address or a network address. */
  q?: string
  groups?: SecurityGroup[]
  from?: Date
  to?: Date
}

/** Who signed in, failed to, saw keys and changed members, API keys or settings. Newest first; for owners. */
export async function listSecurityEvents(
  merchant: Merchant,
  filter: SecurityFilter,
  pageOf: PageOf,
): Promise<{ events: SecurityEvent[]; total: number; far: FarPages }> {
  assertMay(merchant, 'security.read')
  const q = filter.q?.trim()
  const types = filter.groups?.length
    ? filter.groups.flatMap((group) => [...securityGroups[group].types])
    : securityTypes
  const contains = { contains: q && asLetters(q), mode: 'insensitive' as const }
  const where: Prisma.EventWhereInput = {
    organizationId: merchant.organizationId,
    type: { in: [...types] },
    ...((filter.from || filter.to) && { at: { gte: filter.from, lt: filter.to } }),
    ...(q && {
      OR: [
        { actorLabel: contains },
        { address: contains },
        { data: { path: ['email'], string_contains: q.toLowerCase() } },
      ],
    }),
  }
  const select = { ...eventColumns, address: true, device: true }
  const { rows, total, far } = await pageByTime(
    pageOf,
    { column: 'at', dir: 'desc' },
    (asked) => prisma.event.count({ where, ...asked }),
    ({ beyond, ...asked }) => prisma.event.findMany({ where: { ...where, AND: beyond }, select, ...asked }),
  )
  return { events: rows.map((row) => ({ ...toEvent(row), address: row.address, device: row.device })), total, far }
}

// ---------------------------------------------------------------- for programs

export type EventRecord = HistoryEvent
export type EventRecordSort = 'at'

/** Which events a program asks for; every part narrows. */
export type EventRecordFilter = {
  ids?: string[] | undefined
  types?: EventType[] | undefined
  actorKinds?: string[] | undefined
  licenseKeyIds?: string[] | undefined
  activationIds?: string[] | undefined
  customerIds?: string[] | undefined
  productIds?: string[] | undefined
  keyConfigurationIds?: string[] | undefined
  purchaseIds?: string[] | undefined
  from?: Date | undefined
  before?: Date | undefined
}

const among = <T>(values: T[] | undefined) => (values ? { in: values } : undefined)

/** What a filter narrows the organization's events to. */
export const whereOf = (organizationId: string, filter: EventRecordFilter): Prisma.EventWhereInput => ({
  organizationId,
  id: among(filter.ids),
  // Sign-ins are for owners, and an API key is none.
  type: { in: filter.types, notIn: sessionTypes },
  actorKind: among(filter.actorKinds),
  licenseKeyId: among(filter.licenseKeyIds),
  activationId: among(filter.activationIds),
  customerId: among(filter.customerIds),
  productId: among(filter.productIds),
  keyConfigurationId: among(filter.keyConfigurationIds),
  purchaseId: among(filter.purchaseIds),
  ...((filter.from || filter.before) && { at: { gte: filter.from, lt: filter.before } }),
})

/** Events of the organization. */
export async function listEventRecords(
  merchant: Merchant,
  filter: EventRecordFilter,
  page: Keyset<EventRecordSort>,
): Promise<EventRecord[]> {
  assertMay(merchant, 'history.read')
  const { beyond, orderBy, take } = keysetOf(page)
  const rows = await prisma.event.findMany({
    where: { AND: [whereOf(merchant.organizationId, filter), ...[beyond ?? []].flat()] },
    select: eventColumns,
    orderBy,
    take,
  })
  return rows.map(toEvent)
}

/** One event. NOT_FOUND for another organization's. */
export async function getEventRecord(merchant: Merchant, id: string): Promise<EventRecord> {
  const [event] = await listEventRecords(merchant, { ids: [id].filter(isId) }, { sort: 'at', dir: 'asc', limit: 1 })
  if (!event) throw notFound('event')
  return event
}
