import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { emailToFind } from '../base/text.ts'
import { prisma } from '../database/client.ts'
import { customerSearchSql, foldedSearchSql } from '../database/folded.ts'
import { type Keyset, keysetOf } from '../database/keyset.ts'
import type { FarPages, PageOf } from '../database/marks.ts'
import { countAll, type OrderedList, pageOfIds } from '../database/pages.ts'
import { withMetadata } from '../metadata/queries.ts'
import { metadataOf } from '../metadata/rules.ts'
import type { Metadata } from '../metadata/schema.ts'
import type { CustomerSort } from './plain.ts'
import { addressLeft } from './rules.ts'

export type CustomerListParams = PageOf & { sort: CustomerSort; dir: 'asc' | 'desc' }

/** A customer as lists show them; `lastSeenAt` is the latest validation of any of their keys. */
export type CustomerListItem = {
  id: string
  name: string | null
  email: string
  createdAt: Date
  keys: number
  devices: number
  purchases: number
  lastSeenAt: Date | null
  /** The newest note that the words were found in, when they stand in one. */
  note: string | null
}

const CUSTOMERS = Prisma.sql`FROM customers u`

/** What each order goes by, and from where: only what is ordered by is counted of every customer. */
const orderSql = ({ organizationId }: Merchant) => {
  const of = (table: string, what: string) => Prisma.sql`${CUSTOMERS} LEFT JOIN (
    SELECT customer_id, ${Prisma.raw(what)} AS figure FROM ${Prisma.raw(table)}
    WHERE organization_id = ${organizationId}::uuid GROUP BY customer_id) f ON f.customer_id = u.id`
  const count = Prisma.sql`COALESCE(f.figure, 0)`
  return {
    name: { by: Prisma.sql`lower(COALESCE(u.name, u.email))`, kind: 'text', canBeEmpty: false, from: CUSTOMERS },
    keys: { by: count, kind: 'number', canBeEmpty: false, from: of('license_keys', 'count(*)') },
    purchases: { by: count, kind: 'number', canBeEmpty: false, from: of('purchases', 'count(*)') },
    lastSeenAt: {
      by: Prisma.sql`f.figure`,
      kind: 'time',
      canBeEmpty: true,
      from: of('license_keys', 'max(last_validated_at)'),
    },
    createdAt: { by: Prisma.sql`u.created_at`, kind: 'time', canBeEmpty: false, from: CUSTOMERS },
  } satisfies Record<CustomerSort, Pick<OrderedList, 'by' | 'kind' | 'canBeEmpty' | 'from'>>
}

/** A few customers in whose name or address each of these words stands, for menus: whichever come first. */
export async function quickCustomers(
  merchant: Merchant,
  words: string,
  limit: number,
): Promise<{ id: string; name: string | null; email: string }[]> {
  assertMay(merchant, 'customers.read')
  const each = words.trim().split(/\s+/).slice(0, 6)
  const all = Prisma.join(
    each.map((word) => Prisma.sql`(${customerSearchSql(word)} OR u.external_id = ${word})`),
    ' AND ',
  )
  return prisma.$queryRaw`SELECT u.id, u.name, u.email FROM customers u
    WHERE u.organization_id = ${merchant.organizationId}::uuid AND ${all} LIMIT ${limit}`
}

// Members of every role read them.
const notesWith = ({ organizationId }: Merchant, words: string) =>
  Prisma.sql`FROM customer_notes n WHERE n.organization_id = ${organizationId}::uuid AND ${foldedSearchSql(Prisma.sql`n.folded`, Prisma.sql`n.text`, words)}`

/** One page of the organization's customers, and how many match part of a name, an address or a note. */
export async function listCustomers(
  merchant: Merchant,
  filter: { q?: string },
  { sort, dir, ...pageOf }: CustomerListParams,
): Promise<{ customers: CustomerListItem[]; total: number; far: FarPages }> {
  const q = filter.q?.trim()
  const where = Prisma.sql`WHERE u.organization_id = ${merchant.organizationId}::uuid
    ${q ? Prisma.sql`AND (${customerSearchSql(q)} OR u.id IN (SELECT n.customer_id ${notesWith(merchant, q)}))` : Prisma.empty}`
  const { from, ...order } = orderSql(merchant)[sort]
  const { ids, total, far } = await pageOfIds(
    pageOf,
    {
      ...{ id: Prisma.sql`u.id`, ...order, sort, dir },
      from: Prisma.sql`${from} ${where}`,
      counted: Prisma.sql`${CUSTOMERS} ${where}`,
      ...(!q && { count: () => countAll(Prisma.sql`${CUSTOMERS} ${where}`) }),
    },
    { lookedFor: Boolean(q) },
  )
  const customers = await prisma.$queryRaw<CustomerListItem[]>`
    SELECT u.id, u.name, u.email, u.created_at AS "createdAt", k.keys, k.last_seen_at AS "lastSeenAt",
      (SELECT count(*)::int FROM purchases p WHERE p.customer_id = u.id) AS purchases,
      (SELECT count(*)::int FROM license_keys l JOIN activations a ON a.license_key_id = l.id
        WHERE l.customer_id = u.id AND a.deactivated_at IS NULL) AS devices,
      ${q ? Prisma.sql`(SELECT n.text ${notesWith(merchant, q)} AND n.customer_id = u.id ORDER BY n.created_at DESC LIMIT 1)` : Prisma.sql`NULL`} AS note
    FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS i(id, nth) JOIN customers u ON u.id = i.id, LATERAL (
      SELECT count(*)::int AS keys, max(l.last_validated_at) AS last_seen_at FROM license_keys l WHERE l.customer_id = u.id) k
    WHERE u.organization_id = ${merchant.organizationId}::uuid ORDER BY i.nth`
  return { customers, total, far }
}

/** One customer. NOT_FOUND for another organization's. */
export async function getCustomer(merchant: Merchant, customerId: string) {
  if (!isId(customerId)) throw notFound('customer')
  const customer = await prisma.customer.findFirst({
    where: { id: customerId, organizationId: merchant.organizationId },
    select: {
      id: true,
      name: true,
      email: true,
      externalId: true,
      metadata: true,
      createdAt: true,
      erasedAt: true,
      addressChosenAt: true,
    },
  })
  if (!customer) throw notFound('customer')
  return { ...customer, metadata: metadataOf(customer.metadata) }
}
export type CustomerDetail = Awaited<ReturnType<typeof getCustomer>>

/** One page of a customer's purchases, newest first, and how many there are. `page` counts from 1. */
export async function listPurchasesOf(
  { organizationId }: Merchant,
  customerId: string,
  { page, size }: { page: number; size: number },
) {
  const where = { organizationId, customerId }
  const [purchases, total] = await Promise.all([
    prisma.purchase.findMany({
      where,
      select: {
        id: true,
        reference: true,
        kind: true,
        source: true,
        status: true,
        quantity: true,
        purchasedAt: true,
        // Where its store says it stands (lib/purchases/look.ts).
        ...{ state: true, endedByHand: true, paidThrough: true, endsAt: true, graceUntil: true, isTest: true },
        organization: { select: { timeZone: true } },
        product: { select: { id: true, name: true } },
        licenseKeys: { select: { id: true, prefix: true, lastCharacters: true }, orderBy: { createdAt: 'asc' } },
      },
      orderBy: [{ purchasedAt: 'desc' }, { id: 'desc' }],
      skip: (page - 1) * size,
      take: size,
    }),
    prisma.purchase.count({ where }),
  ])
  return { purchases, total }
}
export type CustomerPurchase = Awaited<ReturnType<typeof listPurchasesOf>>['purchases'][number]

// ---------------------------------------------------------------- for programs

const recordColumns = {
  id: true,
  externalId: true,
  email: true,
  name: true,
  metadata: true,
  createdAt: true,
  updatedAt: true,
  _count: { select: { licenseKeys: true, purchases: true } },
} satisfies Prisma.CustomerSelect

/** A customer as programs of the organization see them. */
export type CustomerRecord = Prisma.CustomerGetPayload<{ select: typeof recordColumns }>

export type CustomerRecordSort = 'createdAt' | 'email'

/** Which customers a program asks for; every part narrows. */
export type CustomerRecordFilter = {
  ids?: string[] | undefined
  emails?: string[] | undefined
  externalIds?: string[] | undefined
  /** Part of a name or an address. */
  q?: string | undefined
  createdFrom?: Date | undefined
  createdBefore?: Date | undefined
  metadata?: Metadata | undefined
}

const sortColumns = {
  createdAt: { by: Prisma.sql`u.created_at`, type: Prisma.sql`timestamptz` },
  email: { by: Prisma.sql`u.email`, type: Prisma.sql`text` },
} satisfies Record<CustomerRecordSort, { by: Prisma.Sql; type: Prisma.Sql }>

// The ids of a page of those with the words in their name or address. Prisma cannot compare without accents.
async function searchedOnPage(
  { organizationId }: Merchant,
  { ids, emails, externalIds, createdFrom, createdBefore, metadata }: CustomerRecordFilter,
  words: string,
  { sort, dir, limit, after }: Keyset<CustomerRecordSort>,
): Promise<string[]> {
  const { by, type } = sortColumns[sort]
  const order = dir === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`
  const beyond = dir === 'asc' ? Prisma.sql`>` : Prisma.sql`<`
  const from = after?.value instanceof Date ? after.value.toISOString() : String(after?.value)
  const parts = [
    Prisma.sql`u.organization_id = ${organizationId}::uuid`,
    ...(after ? [Prisma.sql`(${by}, u.id) ${beyond} (${from}::text::${type}, ${after.id}::uuid)`] : []),
    ...(ids ? [Prisma.sql`u.id = ANY(${ids.filter(isId)}::uuid[])`] : []),
    ...(emails ? [Prisma.sql`u.email = ANY(${emails.map(emailToFind)}::text[])`] : []),
    ...(externalIds ? [Prisma.sql`u.external_id = ANY(${externalIds}::text[])`] : []),
    ...(createdFrom ? [Prisma.sql`u.created_at >= ${createdFrom}`] : []),
    ...(metadata ? [Prisma.sql`u.metadata @> ${JSON.stringify(metadata)}::jsonb`] : []),
    ...(createdBefore ? [Prisma.sql`u.created_at < ${createdBefore}`] : []),
    customerSearchSql(words),
  ]
  const rows = await prisma.$queryRaw<
    { id: string }[]
  >`SELECT u.id FROM customers u WHERE ${Prisma.join(parts, ' AND ')}
    ORDER BY ${by} ${order}, u.id ${order} LIMIT ${limit}`
  return rows.map(({ id }) => id)
}

/** Customers of the organization. */
export async function listCustomerRecords(
  merchant: Merchant,
  filter: CustomerRecordFilter,
  page: Keyset<CustomerRecordSort>,
): Promise<CustomerRecord[]> {
  assertMay(merchant, 'customers.read')
  const { beyond, orderBy, take } = keysetOf(page)
  const found = filter.q ? await searchedOnPage(merchant, filter, filter.q, page) : null
  return prisma.customer.findMany({
    where: {
      organizationId: merchant.organizationId,
      ...(filter.ids && { id: { in: filter.ids } }),
      ...(filter.emails && { email: { in: filter.emails.map(emailToFind) } }),
      ...(filter.externalIds && { externalId: { in: filter.externalIds } }),
      ...((filter.createdFrom || filter.createdBefore) && {
        createdAt: { gte: filter.createdFrom, lt: filter.createdBefore },
      }),
      ...(found && { OR: [{ id: { in: found } }] }),
      AND: [...withMetadata(filter.metadata), ...[beyond].flat()],
    },
    select: recordColumns,
    orderBy,
    take,
  })
}

/** One customer. NOT_FOUND for another organization's. */
export async function getCustomerRecord(merchant: Merchant, customerId: string): Promise<CustomerRecord> {
  const [customer] = await listCustomerRecords(
    merchant,
    { ids: [customerId].filter(isId) },
    { sort: 'createdAt', dir: 'asc', limit: 1 },
  )
  if (!customer) throw notFound('customer')
  return customer
}

// Somebody whose addresses changed more often than this is a store's test, not a person.
const ADDRESSES = 50

/** Which addresses a customer had before the one of today, each with when they left it: by then another may have had it. */
export async function addressesBefore(
  { organizationId }: Merchant,
  customerId: string,
): Promise<{ address: string; until: Date }[]> {
  const events = await prisma.event.findMany({
    where: {
      ...{ organizationId, customerId },
      OR: [
        { type: 'customer.merged' },
        { type: 'customer.updated', data: { path: ['changes', '0'], string_starts_with: 'Address: ' } },
      ],
    },
    select: { type: true, data: true, at: true },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: ADDRESSES,
  })
  return events.flatMap(({ at, ...event }) => {
    const address = addressLeft(event)
    return address ? { address, until: at } : []
  })
}
