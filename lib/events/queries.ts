import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { searchedIds } from '../database/folded.ts'
import { type Keyset, keysetOf } from '../database/keyset.ts'
import { keyTail, maskedKey } from '../key-strings/rules.ts'
import { keyHashesOf, readingsOf } from '../key-strings/string.ts'
import {
  type EventData,
  type EventGroup,
  EventType,
  type HistoryEvent,
  ownNames,
  type SecurityGroup,
  securityGroups,
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
  /** The events of one thing that was done to many keys at once, each of them. */
  batchId?: string
  from?: Date
  to?: Date
}

// Far below what one statement can carry, far above what anybody pages through.
const MATCHES_MAX = 5_000

// Of what was done to many keys at once, the first event stands for all.
const grouped: Prisma.EventWhereInput = {
  OR: [{ batchId: null }, { batchId: { equals: prisma.event.fields.id } }],
}

// Events name keys and customers by id, so the words are looked up there first.
async function matches(merchant: Merchant, q: string): Promise<Prisma.EventWhereInput[]> {
  const { organizationId } = merchant
  const contains = { contains: q, mode: 'insensitive' as const }
  const tail = keyTail(q)
  const find = { select: { id: true }, take: MATCHES_MAX }
  const [keys, customers] = await Promise.all([
    prisma.licenseKey.findMany({
      ...find,
      where: {
        organizationId,
        OR: [
          { keyHash: { in: keyHashesOf(q) } },
          ...readingsOf(q).map((reading) =>
            'exact' in reading
              ? { keyHash: Buffer.from(reading.exact, 'hex') }
              : { foldedHash: Buffer.from(reading.folded, 'hex') },
          ),
          ...(tail ? [{ lastCharacters: { endsWith: tail, mode: 'insensitive' as const } }] : []),
        ],
      },
    }),
    searchedIds(merchant, 'customers', ['folded'], q, MATCHES_MAX),
  ])
  return [
    { licenseKeyId: { in: keys.map((key) => key.id) } },
    { customerId: { in: customers } },
    { AND: [{ actorLabel: contains }, grouped] },
  ]
}

/** An event and the names of what it is about, as they are today; null for what it is not about or what is gone. */
export type ListedEvent = HistoryEvent & {
  licenseKey: { id: string; masked: string } | null
  customer: { id: string; email: string; name: string | null } | null
  /** How many keys it stands for; one for all but the first event of what was done to many at once. */
  keys: number
}

// Stores act as the system, under their own names.
const byWhom = (kind: string): Prisma.EventWhereInput =>
  kind === 'store'
    ? { actorKind: 'system', actorLabel: { notIn: [...ownNames] } }
    : kind === 'system'
      ? { actorKind: 'system', actorLabel: { in: [...ownNames] } }
      : { actorKind: kind }

/**
 * Newest first, without sign-ins. `page` counts from 1. What was done to many keys at once is one row, unless somebody asks about one key, one
 * customer or that very thing.
 */
export async function listEvents(
  merchant: Merchant,
  filter: HistoryFilter,
  { page, size }: { page: number; size: number },
): Promise<{ events: ListedEvent[]; total: number }> {
  const { organizationId } = merchant
  const { q, licenseKeyId, customerId, productId, keyConfigurationId, batchId } = filter
  const isGrouped = ![q?.trim(), licenseKeyId, customerId, productId, keyConfigurationId, batchId].some(Boolean)
  const where: Prisma.EventWhereInput = {
    organizationId,
    // Sign-ins are for owners: listSecurityEvents.
    type: filter.groups?.length ? { in: filter.groups.flatMap(typesOfGroup) } : { notIn: sessionTypes },
    ...(filter.licenseKeyId && isId(filter.licenseKeyId) && { licenseKeyId: filter.licenseKeyId }),
    ...(filter.customerId && isId(filter.customerId) && { customerId: filter.customerId }),
    ...(filter.productId && isId(filter.productId) && { productId: filter.productId }),
    ...(filter.keyConfigurationId &&
      isId(filter.keyConfigurationId) && { keyConfigurationId: filter.keyConfigurationId }),
    ...((filter.from || filter.to) && { at: { gte: filter.from, lt: filter.to } }),
    AND: [
      ...(isGrouped ? [grouped] : []),
      ...(filter.actorKinds?.length ? [{ OR: filter.actorKinds.map(byWhom) }] : []),
    ],
    ...(filter.batchId && isId(filter.batchId) && { batchId: filter.batchId }),
    ...(filter.q?.trim() && { OR: await matches(merchant, filter.q.trim()) }),
  }
  const [rows, total] = await Promise.all([
    prisma.event.findMany({
      where,
      select: eventColumns,
      orderBy: [{ at: 'desc' }, { id: 'desc' }],
      skip: (page - 1) * size,
      take: size,
    }),
    countEvents(where),
  ])
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
  const events = rows.map((row) => ({
    ...toEvent(row),
    keys: keysOf.get(row.id) ?? 1,
    licenseKey: keyById.get(row.licenseKeyId ?? '') ?? null,
    customer: customerById.get(row.customerId ?? '') ?? null,
  }))
  return { events, total }
}

// Of millions of events, all are counted from an index alone, and so are the few sign-ins; "all but those" would read each event.
async function countEvents({ type, AND, ...rest }: Prisma.EventWhereInput): Promise<number> {
  const isWhole = Object.keys(rest).length === 1 && AND && typeof type === 'object' && 'notIn' in type
  if (!isWhole) return prisma.event.count({ where: { ...rest, type, AND } })
  const [all, hidden, [grouped]] = await Promise.all([
    prisma.event.count({ where: rest }),
    prisma.event.count({ where: { ...rest, type: { in: sessionTypes } } }),
    prisma.$queryRaw<{ more: number }[]>`SELECT count(*)::int AS more FROM events
      WHERE organization_id = ${rest.organizationId}::uuid AND batch_id IS NOT NULL AND batch_id <> id`,
  ])
  return all - hidden - (grouped?.more ?? 0)
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
  { page, size }: { page: number; size: number },
): Promise<{ events: SecurityEvent[]; total: number }> {
  assertMay(merchant, 'security.read')
  const q = filter.q?.trim()
  const types = filter.groups?.length
    ? filter.groups.flatMap((group) => [...securityGroups[group].types])
    : securityTypes
  const contains = { contains: q, mode: 'insensitive' as const }
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
  const [rows, total] = await Promise.all([
    prisma.event.findMany({
      where,
      select: { ...eventColumns, address: true, device: true },
      orderBy: [{ at: 'desc' }, { id: 'desc' }],
      skip: (page - 1) * size,
      take: size,
    }),
    prisma.event.count({ where }),
  ])
  return { events: rows.map((row) => ({ ...toEvent(row), address: row.address, device: row.device })), total }
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
