import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { searchedIds } from '../database/folded.ts'
import { type Keyset, keysetOf } from '../database/keyset.ts'
import type { ArchiveFilter } from '../key-configurations/plain.ts'
import { archivedAtFilter } from '../key-configurations/queries.ts'
import { describeConfiguration } from '../key-configurations/rules.ts'
import { withMetadata } from '../metadata/queries.ts'
import type { Metadata } from '../metadata/schema.ts'
import type { ProductSort } from './plain.ts'

const columns = {
  id: true,
  name: true,
  description: true,
  metadata: true,
  takesOver: true,
  archivedAt: true,
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.ProductSelect

export type ProductListParams = {
  q: string
  status: ArchiveFilter
  sort: ProductSort
  dir: 'asc' | 'desc'
  page: number
  size: number
}

/** One page of products, with what each grants and how many keys and purchases it has. `page` counts from 1. */
export async function listProducts(merchant: Merchant, params: ProductListParams) {
  const q = params.q.trim()
  const [named, configured] = q
    ? await Promise.all([
        searchedIds(merchant, 'products', ['name', 'description'], q),
        searchedIds(merchant, 'key_configurations', ['name'], q),
      ])
    : [[], []]
  const where: Prisma.ProductWhereInput = {
    organizationId: merchant.organizationId,
    ...archivedAtFilter[params.status],
    ...(q && {
      OR: [{ id: { in: named } }, { keyConfigurations: { some: { keyConfigurationId: { in: configured } } } }],
    }),
  }
  const orderBy = {
    name: { name: params.dir },
    createdAt: { createdAt: params.dir },
    keys: { licenseKeys: { _count: params.dir } },
  } as const satisfies Record<ProductSort, Prisma.ProductOrderByWithRelationInput>
  const [rows, total] = await Promise.all([
    prisma.product.findMany({
      where,
      select: {
        ...columns,
        keyConfigurations: {
          select: { keyConfiguration: { select: { id: true, name: true, archivedAt: true } } },
          orderBy: { keyConfiguration: { name: 'asc' } },
        },
        _count: { select: { licenseKeys: true, purchases: true } },
      },
      orderBy: [orderBy[params.sort], { id: 'asc' }],
      skip: (params.page - 1) * params.size,
      take: params.size,
    }),
    prisma.product.count({ where }),
  ])
  const products = rows.map(({ keyConfigurations, _count, ...product }) => ({
    ...product,
    keyConfigurations: keyConfigurations.map((link) => link.keyConfiguration),
    keys: _count.licenseKeys,
    purchases: _count.purchases,
  }))
  return { products, total }
}
export type ProductListItem = Awaited<ReturnType<typeof listProducts>>['products'][number]

/** Products to choose from, by name; archived ones only when already chosen. */
export async function productChoices(merchant: Merchant, chosen: string[] = []) {
  const rows = await prisma.product.findMany({
    where: {
      organizationId: merchant.organizationId,
      OR: [{ archivedAt: null }, { id: { in: chosen.filter(isId) } }],
    },
    select: { id: true, name: true, archivedAt: true },
    orderBy: { name: 'asc' },
  })
  return rows.map(({ id, name, archivedAt }) => ({ id, name, archived: archivedAt !== null }))
}

/** One product as it stands, also inside a command's transaction; NOT_FOUND when it is not this organization's. */
export async function readProduct(db: Tx, merchant: Merchant, id: string) {
  if (!isId(id)) throw notFound('product')
  const row = await db.product.findFirst({
    where: { id, organizationId: merchant.organizationId },
    select: {
      ...columns,
      keyConfigurations: {
        select: {
          keyConfiguration: {
            omit: { organizationId: true },
            include: { organization: { select: { timeZone: true } } },
          },
        },
        orderBy: { keyConfiguration: { name: 'asc' } },
      },
    },
  })
  if (!row) throw notFound('product')
  const { keyConfigurations, ...product } = row
  return { ...product, keyConfigurations: keyConfigurations.map((link) => link.keyConfiguration) }
}

/** One product with what it grants, in words, and what was sold. */
export async function getProduct(merchant: Merchant, id: string) {
  const { keyConfigurations, ...product } = await readProduct(prisma, merchant, id)
  const where = { organizationId: merchant.organizationId, productId: product.id }
  const [byStatus, purchases, keysByConfiguration, takenOver] = await Promise.all([
    prisma.licenseKey.groupBy({ by: ['status'], where, _count: true }),
    prisma.purchase.count({ where }),
    prisma.licenseKey.groupBy({ by: ['keyConfigurationId'], where, _count: true }),
    prisma.product.findMany({
      where: { organizationId: merchant.organizationId, id: { in: product.takesOver } },
      select: { id: true, name: true },
      orderBy: { name: 'asc' },
    }),
  ])
  const withStatus = (status: string) => byStatus.find((group) => group.status === status)?._count ?? 0
  return {
    ...product,
    keyConfigurations: keyConfigurations.map((configuration) => ({
      id: configuration.id,
      name: configuration.name,
      archivedAt: configuration.archivedAt,
      prefix: configuration.prefix,
      format: configuration.format,
      words: describeConfiguration(configuration, configuration.organization.timeZone),
      keys: keysByConfiguration.find((group) => group.keyConfigurationId === configuration.id)?._count ?? 0,
    })),
    purchases,
    takenOver,
    keys: {
      total: byStatus.reduce((sum, group) => sum + group._count, 0),
      granted: withStatus('granted'),
      disabled: withStatus('disabled'),
      revoked: withStatus('revoked'),
    },
  }
}
// ---------------------------------------------------------------- for programs

export type ProductRecordSort = 'createdAt' | 'name'

/** Products of the organization with what they grant, as its programs see them. */
export async function listProductRecords(
  merchant: Merchant,
  filter: {
    ids?: string[] | undefined
    status: ArchiveFilter
    q?: string | undefined
    metadata?: Metadata | undefined
  },
  page: Keyset<ProductRecordSort>,
) {
  assertMay(merchant, 'catalogue.read')
  const { beyond, orderBy, take } = keysetOf(page)
  const found = filter.q ? await searchedIds(merchant, 'products', ['name'], filter.q) : null
  const rows = await prisma.product.findMany({
    where: {
      organizationId: merchant.organizationId,
      ...(filter.ids && { id: { in: filter.ids } }),
      ...archivedAtFilter[filter.status],
      ...(found && { OR: [{ id: { in: found } }] }),
      AND: [...withMetadata(filter.metadata), ...[beyond].flat()],
    },
    select: {
      ...columns,
      externalIds: true,
      keyConfigurations: {
        select: { keyConfiguration: { select: { id: true, name: true } } },
        orderBy: { keyConfiguration: { name: 'asc' } },
      },
    },
    orderBy,
    take,
  })
  return rows.map(({ keyConfigurations, ...product }) => ({
    ...product,
    keyConfigurations: keyConfigurations.map((link) => link.keyConfiguration),
  }))
}
export type ProductRecord = Awaited<ReturnType<typeof listProductRecords>>[number]

/** One product as programs see it. NOT_FOUND for another organization's. */
export async function getProductRecord(merchant: Merchant, id: string): Promise<ProductRecord> {
  const [product] = await listProductRecords(
    merchant,
    { ids: [id].filter(isId), status: 'all' },
    { sort: 'createdAt', dir: 'asc', limit: 1 },
  )
  if (!product) throw notFound('product')
  return product
}
