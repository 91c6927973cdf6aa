import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { emailToFind } from '../base/text.ts'
import { prisma } from '../database/client.ts'
import { customerSearchSql } from '../database/folded.ts'
import { type Keyset, keysetOf } from '../database/keyset.ts'
import { withMetadata } from '../metadata/queries.ts'
import { metadataOf } from '../metadata/rules.ts'
import type { Metadata } from '../metadata/schema.ts'
import type { CustomerSort } from './schema.ts'

export type CustomerListParams = { page: number; size: number; sort: CustomerSort; dir: 'asc' | 'desc' }

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
}

const orderSql = {
  name: Prisma.sql`lower(COALESCE(u.name, u.email))`,
  keys: Prisma.sql`COALESCE(k.keys, 0)`,
  purchases: Prisma.sql`COALESCE(p.purchases, 0)`,
  lastSeenAt: Prisma.sql`k.last_seen_at`,
  createdAt: Prisma.sql`u.created_at`,
} satisfies Record<CustomerSort, Prisma.Sql>

/** One page of the organization's customers, and how many match part of a name or an address. */
export async function listCustomers(
  merchant: Merchant,
  filter: { q?: string },
  { page, size, sort, dir }: CustomerListParams,
): Promise<{ customers: CustomerListItem[]; total: number }> {
  const organizationId = Prisma.sql`${merchant.organizationId}::uuid`
  const q = filter.q?.trim()
  const where = Prisma.sql`u.organization_id = ${organizationId}
    ${q ? Prisma.sql`AND ${customerSearchSql(q)}` : Prisma.empty}`
  const direction = dir === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`
  const [customers, counted] = await Promise.all([
    prisma.$queryRaw<CustomerListItem[]>`
      SELECT u.id, u.name, u.email, u.created_at AS "createdAt", COALESCE(k.keys, 0)::int AS keys,
        k.last_seen_at AS "lastSeenAt", COALESCE(p.purchases, 0)::int AS purchases,
        (SELECT count(*) FROM license_keys l JOIN activations a ON a.license_key_id = l.id
          WHERE l.customer_id = u.id AND a.deactivated_at IS NULL)::int AS devices
      FROM customers u
      LEFT JOIN (SELECT customer_id, count(*) AS keys, max(last_validated_at) AS last_seen_at FROM license_keys
        WHERE organization_id = ${organizationId} GROUP BY customer_id) k ON k.customer_id = u.id
      LEFT JOIN (SELECT customer_id, count(*) AS purchases FROM purchases
        WHERE organization_id = ${organizationId} GROUP BY customer_id) p ON p.customer_id = u.id
      WHERE ${where}
      ORDER BY ${orderSql[sort]} ${direction} NULLS LAST, u.id ${direction} LIMIT ${size} OFFSET ${(page - 1) * size}`,
    prisma.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total FROM customers u WHERE ${where}`,
  ])
  return { customers, total: counted[0]?.total ?? 0 }
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
