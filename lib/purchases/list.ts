import '#server-only'
import { Prisma } from '#prisma/client.ts'
import { PurchaseSource } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { asLetters } from '../base/text.ts'
import { prisma } from '../database/client.ts'
import { customerSearchSql, searchedSql } from '../database/folded.ts'
import type { FarPages, PageOf } from '../database/marks.ts'
import { countAll, type OrderedList, pageOfIds } from '../database/pages.ts'
import { keyColumns, summary } from '../license-keys/queries.ts'
import { metadataOf } from '../metadata/rules.ts'
import { storeLabels } from '../store-facts/schema.ts'
import type { Amounts } from './amounts.ts'
import { namesOfGiven } from './by-hand.ts'
import { chosenByHand, wordsOfChosen } from './given.ts'
import { shownPurchase } from './look.ts'
import { amountsOfLines, lineAt } from './money.ts'
import type { PurchaseSort, ShownPurchaseState } from './plain.ts'
import { type LifecycleSettings, lifecycleDefaults } from './standing.ts'

// Purchases as the pages of merchants show them.

const summaryColumns = {
  ...{ id: true, reference: true, kind: true, source: true, store: true, isTest: true, quantity: true },
  ...{ state: true, status: true, endedByHand: true, paidThrough: true, endsAt: true, graceUntil: true },
  purchasedAt: true,
  customer: { select: { id: true, email: true, name: true } },
  product: { select: { id: true, name: true } },
  organization: { select: { timeZone: true } },
} satisfies Prisma.PurchaseSelect

type Row = Prisma.PurchaseGetPayload<{ select: typeof summaryColumns }>

const toSummary = ({ organization, store, ...row }: Row) => ({
  ...row,
  shown: shownPurchase(row),
  timeZone: organization.timeZone,
  /** The store's name, or how else it came here: of PurchaseSource. */
  origin: store ?? row.source,
})

/** A purchase in a list. */
export type PurchaseListItem = ReturnType<typeof toSummary> & {
  keys: number
  /** What was paid and refunded, by currency; none where no store says it. */
  amounts: Amounts[]
}

const lineColumns = { connectionId: true, ref: true, line: true } as const

export type PurchaseFilter = {
  /** Part of an order number, of the name or address of whoever bought, or of a product; or the store's own id of it. */
  q?: string
  states?: ShownPurchaseState[]
  /** Of StoreName, or of PurchaseSource. */
  origins?: string[]
  productIds?: string[]
}

export type PurchaseListParams = PageOf & { sort: PurchaseSort; dir: 'asc' | 'desc' }

// shownPurchase (look.ts) as SQL.
const shownSql = Prisma.sql`CASE
  WHEN p.ended_by_hand = 'refunded' THEN 'refunded'
  WHEN p.ended_by_hand = 'canceled' AND COALESCE(p.state, p.status::text) NOT IN ('refunded', 'disputed') THEN 'canceled'
  ELSE COALESCE(p.state, p.status::text) END`
const originSql = Prisma.sql`COALESCE(p.store, p.source::text)`

function whereSql({ organizationId }: Merchant, { q, states, origins, productIds }: PurchaseFilter): Prisma.Sql {
  const organization = Prisma.sql`${organizationId}::uuid`
  const parts = [Prisma.sql`p.organization_id = ${organization}`]
  const words = q?.trim()
  if (words) {
    parts.push(Prisma.sql`(
      ${searchedSql([Prisma.sql`p.reference`], words)}
      OR p.customer_id IN (SELECT u.id FROM customers u WHERE u.organization_id = ${organization} AND ${customerSearchSql(words)})
      OR p.product_id IN (SELECT r.id FROM products r WHERE r.organization_id = ${organization}
        AND ${searchedSql([Prisma.sql`r.name`], words)})
      OR p.id IN (SELECT l.purchase_id FROM store_lines l JOIN store_connections s ON s.id = l.connection_id
        WHERE s.organization_id = ${organization} AND substr(l.ref, strpos(l.ref, ':') + 1) = ${words}))`)
  }
  if (states?.length) parts.push(Prisma.sql`${shownSql} = ANY(${states}::text[])`)
  if (origins?.length) parts.push(Prisma.sql`${originSql} = ANY(${origins}::text[])`)
  if (productIds?.length) parts.push(Prisma.sql`p.product_id = ANY(${productIds.filter(isId)}::uuid[])`)
  return Prisma.join(parts, ' AND ')
}

const orderSql = {
  purchasedAt: { by: Prisma.sql`p.purchased_at`, kind: 'time', canBeEmpty: false },
  reference: { by: Prisma.sql`lower(p.reference)`, kind: 'text', canBeEmpty: false },
} satisfies Record<PurchaseSort, Pick<OrderedList, 'by' | 'kind' | 'canBeEmpty'>>

/** One page of the organization's purchases, and how many match. `page` counts from 1. */
export async function searchPurchases(
  merchant: Merchant,
  filter: PurchaseFilter,
  { sort, dir, ...pageOf }: PurchaseListParams,
): Promise<{ purchases: PurchaseListItem[]; total: number; far: FarPages }> {
  assertMay(merchant, 'purchases.read')
  const { organizationId } = merchant
  const isNarrowed = Boolean(
    filter.q?.trim() || filter.states?.length || filter.origins?.length || filter.productIds?.length,
  )
  const from = Prisma.sql`FROM purchases p WHERE ${whereSql(merchant, filter)}`
  const { ids, total, far } = await pageOfIds(
    pageOf,
    {
      ...{ id: Prisma.sql`p.id`, ...orderSql[sort], sort, dir, from },
      ...(!isNarrowed && { count: () => countAll(from) }),
    },
    { lookedFor: Boolean(filter.q?.trim()) },
  )
  const rows = await prisma.purchase.findMany({
    where: { organizationId, id: { in: ids } },
    select: { ...summaryColumns, storeLine: { select: lineColumns }, _count: { select: { licenseKeys: true } } },
  })
  const amounts = await amountsOfLines(rows.flatMap(({ storeLine }) => storeLine ?? []))
  const byId = new Map(
    rows.map(({ _count, storeLine, ...row }) => [
      row.id,
      {
        ...{ ...toSummary(row), keys: _count.licenseKeys },
        amounts: (storeLine && amounts.get(lineAt(storeLine))) ?? [],
      },
    ]),
  )
  return { purchases: ids.flatMap((id) => byId.get(id) ?? []), total, far }
}

/** A few purchases with these letters in their order number, for menus: whichever come first. */
export async function quickPurchases(merchant: Merchant, letters: string, limit: number) {
  assertMay(merchant, 'purchases.read')
  const { organizationId } = merchant
  const bare = letters.trim().replace(/^#/, '')
  // A number has no blank in it, and letters alone are rather a name.
  if (/\s/.test(bare) || !/\d/.test(bare)) return []
  const found = await prisma.$queryRaw<{ id: string }[]>`SELECT p.id FROM purchases p
    WHERE p.organization_id = ${organizationId}::uuid AND p.reference ILIKE ${`%${asLetters(bare)}%`} LIMIT ${limit}`
  const rows = await prisma.purchase.findMany({
    where: { organizationId, id: { in: found.map(({ id }) => id) } },
    select: summaryColumns,
    orderBy: { purchasedAt: 'desc' },
  })
  return rows.map(toSummary)
}

/** What the list can be narrowed to: the products that were bought, and where purchases come from. */
export async function purchaseFilterChoices(merchant: Merchant) {
  assertMay(merchant, 'purchases.read')
  const { organizationId } = merchant
  const stores = Object.keys(storeLabels)
  const sources = Object.values(PurchaseSource)
  const own = Prisma.sql`p.organization_id = ${organizationId}::uuid`
  const [products, origins] = await Promise.all([
    prisma.product.findMany({
      where: { organizationId, purchases: { some: {} } },
      select: { id: true, name: true, archivedAt: true },
      orderBy: { name: 'asc' },
    }),
    // Each that there can be is looked up by an index; purchases are many.
    prisma.$queryRaw<{ origin: string }[]>`
      SELECT s.origin FROM unnest(${stores}::text[]) s(origin)
      WHERE EXISTS (SELECT 1 FROM purchases p WHERE ${own} AND p.store = s.origin)
      UNION SELECT s.origin::text FROM unnest(${sources}::purchase_source[]) s(origin)
      WHERE EXISTS (SELECT 1 FROM purchases p WHERE ${own} AND p.store IS NULL AND p.source = s.origin)
      ORDER BY 1`,
  ])
  return { products, origins: origins.map(({ origin }) => origin) }
}

/** So many of its keys are shown with a purchase; more are found in the list of keys. */
const KEYS_SHOWN = 100

/** `mailsEnded`: buyers of it are told by mail when a purchase ended. */
const connectionOf = ({
  settings,
  ...connection
}: {
  id: string
  name: string
  store: string
  offAt: Date | null
  settings: unknown
}) => ({
  ...connection,
  mailsEnded: (settings as Partial<LifecycleSettings> | null)?.mailsEnded ?? lifecycleDefaults.mailsEnded,
})

/** One purchase with its keys and what its store last said. NOT_FOUND for another organization's. */
export async function getPurchase(merchant: Merchant, purchaseId: string, now: Date) {
  assertMay(merchant, 'purchases.read')
  const { organizationId } = merchant
  if (!isId(purchaseId)) throw notFound('purchase')
  const row = await prisma.purchase.findFirst({
    where: { id: purchaseId, organizationId },
    select: {
      ...summaryColumns,
      ...{ metadata: true, reasons: true, createdAt: true },
      storeLine: {
        select: {
          ...lineColumns,
          changedAt: true,
          connection: { select: { id: true, name: true, store: true, offAt: true, settings: true } },
        },
      },
      passedOn: { select: { to: { select: { id: true, reference: true } } }, take: 1 },
      _count: { select: { licenseKeys: true } },
    },
  })
  if (!row) throw notFound('purchase')
  const keys = await prisma.licenseKey.findMany({
    where: { purchaseId, organizationId },
    select: {
      ...keyColumns,
      purchaseUnit: true,
      _count: { select: { activations: { where: { deactivatedAt: null } } } },
    },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: KEYS_SHOWN,
  })
  const amounts = await amountsOfLines(row.storeLine ? [row.storeLine] : [])
  const given = keys.flatMap(({ purchaseUnit }) => purchaseUnit ?? [])
  const names = await namesOfGiven(prisma, organizationId, given)
  const chosenOf = ({ purchaseUnit, ...key }: (typeof keys)[number]) => {
    if (!purchaseUnit) return []
    const chosen = chosenByHand(key, purchaseUnit, row.kind)
    return wordsOfChosen(key, purchaseUnit, chosen, names, key.organization.timeZone)
  }
  const { _count, metadata, reasons, createdAt, storeLine, passedOn, ...rest } = row
  return {
    ...toSummary(rest),
    ...{ reasons, createdAt, endedByHand: row.endedByHand },
    metadata: metadataOf(metadata),
    amounts: (storeLine && amounts.get(lineAt(storeLine))) ?? [],
    /** It was canceled here, by somebody who can take that back; what was refunded stays so. */
    mayResume: storeLine ? row.endedByHand === 'canceled' : row.status === 'canceled',
    /** Where its store speaks of it; null when it follows none. */
    follows: storeLine && {
      // The part before the colon says which of the store's kinds of id it is.
      ref: storeLine.ref.slice(storeLine.ref.indexOf(':') + 1),
      saidAt: storeLine.changedAt,
      connection: connectionOf(storeLine.connection),
    },
    keyCount: _count.licenseKeys,
    /** The later purchase that a key of it went on with. */
    wentOnWith: passedOn[0]?.to ?? null,
    keys: keys.map((key) => ({
      ...summary(key, key._count.activations, now),
      /** What people chose for it instead of what the purchase says; follows again once it is released. */
      chosen: chosenOf(key),
    })),
  }
}
export type PurchaseDetail = Awaited<ReturnType<typeof getPurchase>>
