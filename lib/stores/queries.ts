import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { DeliveryState } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay, merchantMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import type { FarPages, PageOf } from '../database/marks.ts'
import { pageByTime } from '../database/pages.ts'
import { type LineWait, lineWaits } from '../purchases/follow.ts'
import { unseal } from '../secrets/secrets.ts'
import { type Distrust, distrusts } from '../store-facts/reader.ts'
import type { StoreName } from '../store-facts/schema.ts'
import type { StoreSetup } from '../store-facts/setup.ts'
import { addressFor, openDelivery } from './intake.ts'
import { readerOf } from './readers.ts'
import { NO_PAYMENT, storeState, troubleOf, whyNotRead } from './rules.ts'
import { ConnectionSecrets, settingsOf } from './schema.ts'
import { storeSetups } from './setups.ts'
import { waitingSales } from './waiting-sales.ts'

// What merchants see of the stores they sell at. Secrets and credentials are never read out; whether there are any is.

// ---------------------------------------------------------------- connections

const columns = {
  ...{ id: true, store: true, mode: true, name: true, offAt: true, createdAt: true, secrets: true },
  ...{ refusals: true, lastRefusal: true, lastRefusedAt: true, firstDeliveryAt: true, lastDeliveryAt: true },
} satisfies Prisma.StoreConnectionSelect

type Row = Prisma.StoreConnectionGetPayload<{ select: typeof columns }>

const setupOf = (store: string): StoreSetup | undefined => storeSetups[store as StoreName]

function toConnection({ secrets, lastRefusal, ...row }: Row) {
  const setup = setupOf(row.store)
  const needsSecret = Boolean(setup?.secret)
  return {
    ...row,
    label: setup?.label ?? row.store,
    state: storeState({ ...row, needsSecret, hasSecret: secrets !== null }),
    /** Why the last request that was refused was: it was not believed, or could not be read. */
    lastRefusal: lastRefusal ? (distrusts[lastRefusal as Distrust] ?? lastRefusal) : null,
    isDistrusted: lastRefusal !== null && lastRefusal in distrusts,
  }
}

/** What waits at a connection, and what went wrong there. */
type Waiting = {
  /** Products of the store of which nobody has said what they are here, and sales that wait for that. */
  products: number
  sales: number
  /** Deliveries that are given up, and that have not been handled yet. */
  failed: number
  fresh: number
  /** Refunds and disputes of the last weeks whose payment nothing here has. */
  unpaid: number
}

/** After so long nobody will tell the payment any more: it was none of what is sold here. */
const UNPAID_DAYS = 30

const nothingWaits: Waiting = { products: 0, sales: 0, failed: 0, fresh: 0, unpaid: 0 }

async function waitingAt({ organizationId }: Merchant, ids: string[]): Promise<Map<string, Waiting>> {
  if (ids.length === 0) return new Map()
  const rows = await prisma.$queryRaw<(Waiting & { id: string })[]>`SELECT c.id,
      (SELECT count(*) FROM store_products p
        WHERE p.connection_id = c.id AND p.product_id IS NULL AND NOT p.is_ignored)::int AS products,
      (SELECT count(*) FROM store_lines l WHERE l.connection_id = c.id AND l.waits_for = 'mapping')::int AS sales,
      (SELECT count(*) FROM store_deliveries d WHERE d.connection_id = c.id AND d.state = 'failed')::int AS failed,
      (SELECT count(*) FROM store_deliveries d WHERE d.connection_id = c.id AND d.state = 'new')::int AS fresh,
      (SELECT count(*) FROM store_deliveries d WHERE d.connection_id = c.id AND d.state = 'waiting'
        AND d.received_at > now() - make_interval(days => ${UNPAID_DAYS}::int) AND starts_with(d.outcome[1], ${NO_PAYMENT}::text))::int AS unpaid
    FROM store_connections c WHERE c.organization_id = ${organizationId}::uuid AND c.id = ANY(${ids}::uuid[])`
  return new Map(rows.map(({ id, ...waiting }) => [id, waiting]))
}

/** So many deliveries, in so many days, say how long a store usually says nothing. */
const RHYTHM_DAYS = 90
const RHYTHM_DELIVERIES_MAX = 1_000
const RHYTHM_DELIVERIES_MIN = 10
/** The trials of the first weeks are no rhythm. */
const RHYTHM_FROM_DAYS = 28

/** For how many days each of the connections said nothing at most, between its latest deliveries; without those too new to tell. */
export async function longestGaps(
  { organizationId }: Pick<Merchant, 'organizationId'>,
  ids: string[],
): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await prisma.$queryRaw<{ id: string; days: number }[]>`
    SELECT c.id, (EXTRACT(EPOCH FROM max(g.gap)) / 86400)::float8 AS days
    FROM store_connections c CROSS JOIN LATERAL (
      SELECT n.received_at - lag(n.received_at) OVER (ORDER BY n.received_at) AS gap FROM (
        SELECT d.received_at FROM store_deliveries d WHERE d.connection_id = c.id
          AND d.received_at > c.last_delivery_at - make_interval(days => ${RHYTHM_DAYS}::int)
        ORDER BY d.received_at DESC LIMIT ${RHYTHM_DELIVERIES_MAX}::int) n) g
    WHERE c.organization_id = ${organizationId}::uuid AND c.id = ANY(${ids}::uuid[])
      AND c.first_delivery_at <= c.last_delivery_at - make_interval(days => ${RHYTHM_FROM_DAYS}::int)
    GROUP BY c.id HAVING count(*) >= ${RHYTHM_DELIVERIES_MIN}::int`
  return new Map(rows.map(({ id, days }) => [id, days]))
}

/** What was sold and has no key yet, for whatever somebody has to do about it, and what was sent and could not be handled. */
export async function salesInWant(merchant: Merchant, now: Date) {
  const { organizationId } = merchant
  const connection = { organizationId, offAt: null }
  const [sales, failed, connections] = await Promise.all([
    prisma.storeLine.count({ where: { connection, waitsFor: { not: null } } }),
    prisma.storeDelivery.count({ where: { connection, state: 'failed' } }),
    prisma.storeConnection.findMany({
      where: connection,
      select: { ...columns, secrets: false },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    }),
  ])
  const gaps = await longestGaps(
    merchant,
    connections.map(({ id }) => id),
  )
  const troubles = connections.flatMap(({ id, name, ...row }) => {
    const trouble = troubleOf({ ...row, longestGapDays: gaps.get(id) ?? null }, now)
    return trouble ? [{ id, name, trouble, lastDeliveryAt: row.lastDeliveryAt }] : []
  })
  return { sales, failed, troubles }
}
export type SalesInWant = Awaited<ReturnType<typeof salesInWant>>

/** The connections of an organization, oldest first. */
export async function listStores(merchant: Merchant) {
  assertMay(merchant, 'stores.read')
  const { organizationId } = merchant
  const rows = await prisma.storeConnection.findMany({
    where: { organizationId },
    select: columns,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  const ids = rows.map(({ id }) => id)
  const [waiting, gaps] = await Promise.all([waitingAt(merchant, ids), longestGaps(merchant, ids)])
  return rows.map((row) => ({
    ...toConnection(row),
    waiting: waiting.get(row.id) ?? nothingWaits,
    longestGapDays: gaps.get(row.id) ?? null,
  }))
}
export type StoreSummary = Awaited<ReturnType<typeof listStores>>[number]

/** One connection. The address its deliveries go to is for those who may change it. NOT_FOUND for another organization's. */
export async function getStore(merchant: Merchant, connectionId: string, now: Date) {
  assertMay(merchant, 'stores.read')
  const { organizationId } = merchant
  if (!isId(connectionId)) throw notFound('connection')
  const row = await prisma.storeConnection.findFirst({
    where: { id: connectionId, organizationId },
    select: {
      ...columns,
      ...{
        token: true,
        credential: true,
        settings: true,
        reconciledAt: true,
        accessTriedAt: true,
        accessProblem: true,
      },
    },
  })
  if (!row) throw notFound('connection')
  const { token, credential, settings, reconciledAt, accessTriedAt, accessProblem, ...rest } = row
  const [waiting, gaps, waits, deliveries, purchases] = await Promise.all([
    waitingAt(merchant, [connectionId]),
    longestGaps(merchant, [connectionId]),
    prisma.storeLine.groupBy({
      by: ['waitsFor'],
      where: { connectionId, waitsFor: { not: null } },
      _count: true,
    }),
    prisma.storeDelivery.count({ where: { connectionId } }),
    prisma.storeLine.count({ where: { connectionId, purchaseId: { not: null } } }),
  ])
  const formers = rest.secrets
    ? ConnectionSecrets.parse(JSON.parse(unseal('store', rest.secrets))).flatMap(({ until }) =>
        until && new Date(until) > now ? [new Date(until)] : [],
      )
    : []
  return {
    ...toConnection(rest),
    address: merchantMay(merchant, 'stores.write') ? addressFor(rest.store, token) : null,
    setup: setupOf(rest.store) ?? null,
    hasSecret: rest.secrets !== null,
    /** Until when the secret before this one is good, too. */
    formerSecretUntil: formers.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null,
    hasCredential: credential !== null,
    /** What came of asking its API last; null: it was not asked yet. */
    access: accessTriedAt && { triedAt: accessTriedAt, problem: accessProblem },
    reconciledAt,
    /** Whether the store has a list of what it sold, and why it cannot be read now. */
    hasList: Boolean(readerOf(rest.store)?.api),
    whyNotRead: whyNotRead({
      ...{ hasList: Boolean(readerOf(rest.store)?.api), hasCredential: credential !== null },
      isOff: rest.offAt !== null,
    }),
    settings: settingsOf(settings),
    waiting: waiting.get(connectionId) ?? nothingWaits,
    longestGapDays: gaps.get(connectionId) ?? null,
    /** Sales that wait for something else than a product, with the reason. */
    waits: waits.flatMap(({ waitsFor, _count }) =>
      waitsFor === null || waitsFor === 'mapping'
        ? []
        : [{ for: waitsFor as LineWait, why: lineWaits[waitsFor as LineWait] ?? waitsFor, count: _count }],
    ),
    ...{ deliveries, purchases },
  }
}
export type StoreDetail = Awaited<ReturnType<typeof getStore>>

/** A connection of the organization's, or NOT_FOUND. */
async function assertOwn({ organizationId }: Merchant, connectionId: string): Promise<void> {
  const where = { id: connectionId, organizationId }
  const row = isId(connectionId) && (await prisma.storeConnection.findFirst({ where, select: { id: true } }))
  if (!row) throw notFound('connection')
}

// ---------------------------------------------------------------- products

/** What the store sells, as far as it has been heard of: what nobody has placed yet first, then by name. */
export async function listStoreProducts(merchant: Merchant, connectionId: string) {
  assertMay(merchant, 'stores.read')
  await assertOwn(merchant, connectionId)
  const { organizationId } = merchant
  const sales = await waitingSales(connectionId)
  const products = await prisma.$queryRaw<
    {
      ref: string
      name: string | null
      product: { id: string; name: string; archived: boolean } | null
      isIgnored: boolean
      quantityIs: 'keys' | 'devices'
      firstSeenAt: Date
      /** Sales that wait for the answer. */
      waiting: number
    }[]
  >`SELECT p.ref, p.name, p.is_ignored AS "isIgnored", p.quantity_is AS "quantityIs", p.first_seen_at AS "firstSeenAt",
      CASE WHEN r.id IS NOT NULL THEN jsonb_build_object('id', r.id, 'name', r.name, 'archived', r.archived_at IS NOT NULL) END AS product,
      (SELECT count(*) FROM store_lines l WHERE l.connection_id = p.connection_id AND l.waits_for = 'mapping'
        AND l.register #>> '{fields,productIds,value,-1}' = p.ref)::int AS waiting
    FROM store_products p LEFT JOIN products r ON r.id = p.product_id AND r.organization_id = ${organizationId}::uuid
    WHERE p.connection_id = ${connectionId}::uuid
    ORDER BY (p.product_id IS NULL AND NOT p.is_ignored) DESC, lower(COALESCE(p.name, p.ref)), p.ref`
  return products.map((product) => ({ ...product, sales: sales.get(product.ref) ?? [] }))
}
export type StoreProductItem = Awaited<ReturnType<typeof listStoreProducts>>[number]

// ---------------------------------------------------------------- deliveries

const deliveryColumns = {
  ...{ id: true, key: true, type: true, state: true, outcome: true, attempts: true, dueAt: true },
  ...{ occurredAt: true, receivedAt: true, handledAt: true },
} satisfies Prisma.StoreDeliverySelect

/** A delivery in a list. */
export type DeliveryItem = Prisma.StoreDeliveryGetPayload<{ select: typeof deliveryColumns }>

/** One page of what a connection was sent, newest first. `page` counts from 1; `q` is part of a type, or the store's id of the event. */
export async function listDeliveries(
  merchant: Merchant,
  connectionId: string,
  { q, states }: { q?: string; states?: DeliveryState[] },
  { dir = 'desc', ...pageOf }: PageOf & { dir?: 'asc' | 'desc' },
): Promise<{ deliveries: DeliveryItem[]; total: number; far: FarPages }> {
  assertMay(merchant, 'stores.read')
  await assertOwn(merchant, connectionId)
  const words = q?.trim()
  const where: Prisma.StoreDeliveryWhereInput = {
    connectionId,
    ...(states?.length && { state: { in: states } }),
    ...(words && { OR: [{ type: { contains: words, mode: 'insensitive' } }, { key: words }] }),
  }
  const { rows, total, far } = await pageByTime(
    pageOf,
    { column: 'receivedAt', dir },
    (asked) => prisma.storeDelivery.count({ where, ...asked }),
    ({ beyond, ...asked }) =>
      prisma.storeDelivery.findMany({ where: { ...where, AND: beyond }, select: deliveryColumns, ...asked }),
  )
  return { deliveries: rows, total, far }
}

/** So much of a body is shown; a store's largest are lists of a thousand lines. */
export const BODY_SHOWN = 60_000

/** One delivery as it came, with its body in words where it is text. NOT_FOUND for another organization's. */
export async function getDelivery(merchant: Merchant, connectionId: string, deliveryId: string) {
  assertMay(merchant, 'stores.read')
  await assertOwn(merchant, connectionId)
  const row = isId(deliveryId)
    ? await prisma.storeDelivery.findFirst({
        where: { id: deliveryId, connectionId },
        select: { ...deliveryColumns, content: true },
      })
    : null
  if (!row) throw notFound('delivery')
  const { content, ...delivery } = row
  const { header, body } = openDelivery(content, row.receivedAt)
  const text = inLines(body.toString('utf8'), header('content-type') ?? '')
  const shown = {
    // Stores that make keys of their own send them whole, under names and in forms of their own.
    body: merchantMay(merchant, 'keys.reveal') ? text.slice(0, BODY_SHOWN) : null,
    isCut: text.length > BODY_SHOWN,
  }
  return { ...delivery, ...shown, bytes: body.byteLength }
}
export type DeliveryDetail = Awaited<ReturnType<typeof getDelivery>>

/** A body as people read it: JSON with its lines, a form one field a line, anything else as it is. */
function inLines(text: string, type: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    if (!type.includes('x-www-form-urlencoded')) return text
    return [...new URLSearchParams(text)].map(([name, value]) => `${name}: ${value}`).join('\n')
  }
}
