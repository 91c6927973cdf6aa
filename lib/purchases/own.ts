import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import { mayCustomerDeactivate, mayCustomerRename, UNDO_MS } from '../activations/rules.ts'
import type { Customer } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { foldForSearch as fold, spellingsOf } from '../base/text.ts'
import { openOfferOf } from '../customers/hand-on.ts'
import { mayOffer } from '../customers/rules.ts'
import { customerSettingsOf } from '../customers/settings.ts'
import { prisma } from '../database/client.ts'
import { prismaSelect } from '../database/columns.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { openKeyString } from '../key-strings/string.ts'
import { shownStatus } from '../license-keys/look.ts'
import { configurationColumns } from '../license-keys/queries.ts'
import { factsOf, keyTable } from '../license-keys/row.ts'
import { usageNow, usageResetsAt } from '../license-keys/rules.ts'
import { brandOf } from '../mail-settings/queries.ts'
import { shownPurchase } from './look.ts'

// What customers see of what they bought. Every query here begins at the customer's verified address: whatever is not theirs is not found.

/** A customer as a member looks at their page: what is theirs in that one organization, and nothing to be done with it. */
export type Previewed = { kind: 'preview'; customerId: string; organizationId: string; email: string }
type Viewer = Customer | Previewed

const owned = (viewer: Viewer) =>
  viewer.kind === 'preview'
    ? { organizationId: viewer.organizationId, customerId: viewer.customerId }
    : { customer: { email: { in: spellingsOf(viewer.email) } } }

const organizationColumns = { name: true, supportEmail: true, websiteUrl: true, timeZone: true } as const

const keyColumns = {
  ...prismaSelect(keyTable),
  purchaseId: true,
  prefix: true,
  keyConfiguration: { select: configurationColumns },
  product: { select: { name: true } },
  organization: { select: organizationColumns },
  _count: { select: { activations: { where: { deactivatedAt: null } } } },
} satisfies Prisma.LicenseKeySelect

/** Where a purchase stands (look.ts). */
const standingColumns = {
  ...{ kind: true, state: true, status: true, endedByHand: true, paidThrough: true, endsAt: true, graceUntil: true },
} satisfies Prisma.PurchaseSelect

type Said = Prisma.PurchaseGetPayload<{ select: typeof standingColumns }>

const standingOf = ({ kind, paidThrough, endsAt, graceUntil, ...said }: Said) => ({
  ...{ shown: shownPurchase(said), kind, paidThrough, endsAt, graceUntil },
})

type KeyRow = Prisma.LicenseKeyGetPayload<{ select: typeof keyColumns }>

function toPurchasedKey(row: KeyRow, now: Date) {
  const facts = factsOf(row, row.keyConfiguration)
  const { limits } = facts
  return {
    id: row.id,
    name: row.product?.name ?? row.keyConfiguration.name,
    configuration: row.keyConfiguration.name,
    organization: row.organization,
    masked: maskedKey(row),
    status: shownStatus(facts, now),
    expiresAt: row.expiresAt,
    devices: { mode: limits.activations.mode, used: row._count.activations, limit: limits.activations.limit },
    usage: {
      used: usageNow(facts, now),
      limit: limits.usage.limit,
      reset: limits.usage.reset,
      resetsAt: usageResetsAt(limits.usage.reset, now),
    },
    newDevicesBlocked: row.newDevicesBlocked,
    createdAt: row.createdAt,
  }
}

/** A key as its owner's list shows it. */
export type PurchasedKey = ReturnType<typeof toPurchasedKey>

/** Something that was bought, or given by hand when `reference` is null, and its keys. */
export type PurchaseSummary = {
  id: string
  product: string
  organization: { name: string; supportEmail: string | null; websiteUrl: string | null; timeZone: string }
  reference: string | null
  /** Where it stands. */
  standing: ReturnType<typeof standingOf> | null
  at: Date
  /** The first of its keys, or all when it is asked for alone. */
  keys: PurchasedKey[]
  keyCount: number
}

/** The strings of all keys of a purchase, as its owner may see each of them. In the order of their list. NOT_FOUND for anybody else's. */
export async function getPurchasedStrings(customer: Customer, purchaseId: string): Promise<string[]> {
  const keys = isId(purchaseId)
    ? await prisma.licenseKey.findMany({
        where: { ...owned(customer), purchaseId },
        select: { keyCipher: true },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      })
    : []
  if (keys.length === 0) throw notFound('purchase')
  return keys.map(({ keyCipher }) => openKeyString(keyCipher))
}

/** Which part of the purchases is asked for. `page` counts from 1. */
export type PurchasesAsked = {
  q?: string
  /** Only this purchase, with all its keys in pages. */
  purchaseId?: string | null
  page: number
  size: number
  /** So many keys of a purchase stand in the list. */
  keysShown: number
}

const everything: PurchasesAsked = { page: 1, size: Infinity, keysShown: Infinity }

/** The customer's purchases in every organization, newest first; a key that belongs to none stands as one of its own. */
export async function listPurchases(customer: Customer, now: Date): Promise<PurchaseSummary[]> {
  return (await pageOfPurchases(customer, everything, now)).purchases
}

type Entry = { id: string; at: Date; searched: string; keyIds: string[] }

/** One page of them, and how many there are; words are looked for in products, sellers, orders and ends of keys. */
export async function pageOfPurchases(
  customer: Viewer,
  asked: PurchasesAsked,
  now: Date,
): Promise<{ purchases: PurchaseSummary[]; total: number; all: number; page: number; pages: number }> {
  const entries = await entriesOf(customer)
  const words = fold(asked.q ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 8)
  const matches = (entry: Entry) => words.every((word) => entry.searched.includes(word))
  const one = asked.purchaseId ? entries.filter(({ id }) => id === asked.purchaseId) : null
  const found = one ?? entries.filter(matches)
  // Alone, its keys have the pages.
  const total = one ? (one[0]?.keyIds.length ?? 0) : found.length
  const pages = Math.max(1, Math.ceil(total / asked.size))
  const page = Math.min(Math.max(1, asked.page), pages)
  const from = asked.size === Infinity ? 0 : (page - 1) * asked.size
  const shown = one
    ? one.map((entry) => ({ ...entry, keyIds: entry.keyIds.slice(from, from + asked.size) }))
    : found
        .slice(from, from + asked.size)
        .map((entry) => ({ ...entry, keyIds: entry.keyIds.slice(0, asked.keysShown) }))
  const counts = new Map(found.map(({ id, keyIds }) => [id, keyIds.length]))
  return { purchases: await summaries(customer, shown, counts, now), total, all: entries.length, page, pages }
}

// What the list is made of, without what only a row that is shown needs: whoever sells keys on has thousands.
async function entriesOf(customer: Viewer): Promise<Entry[]> {
  const seller = { organization: { select: { name: true } } } as const
  const [purchases, keys] = await Promise.all([
    prisma.purchase.findMany({
      where: owned(customer),
      select: { id: true, reference: true, purchasedAt: true, product: { select: { name: true } }, ...seller },
    }),
    prisma.licenseKey.findMany({
      where: owned(customer),
      select: {
        ...{ id: true, purchaseId: true, createdAt: true, lastCharacters: true, ...seller },
        product: { select: { name: true } },
        keyConfiguration: { select: { name: true } },
      },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    }),
  ])
  const entries = new Map<string, Entry>()
  const add = (id: string, at: Date, words: (string | null)[]) =>
    entries.set(id, { id, at, searched: fold(words.join(' ')), keyIds: [] })
  for (const { id, reference, purchasedAt, product, organization } of purchases)
    add(id, purchasedAt, [product.name, organization.name, reference])
  for (const key of keys) {
    const id = key.purchaseId && entries.has(key.purchaseId) ? key.purchaseId : key.id
    const name = key.product?.name ?? key.keyConfiguration.name
    if (!entries.has(id)) add(id, key.createdAt, [name, key.organization.name])
    const entry = entries.get(id)
    if (!entry) continue
    entry.keyIds.push(key.id)
    entry.searched += ` ${fold(key.lastCharacters)}`
  }
  return [...entries.values()].sort((a, b) => b.at.getTime() - a.at.getTime())
}

async function summaries(
  customer: Viewer,
  shown: Entry[],
  counts: Map<string, number>,
  now: Date,
): Promise<PurchaseSummary[]> {
  const [purchases, rows] = await Promise.all([
    prisma.purchase.findMany({
      where: { ...owned(customer), id: { in: shown.map(({ id }) => id) } },
      select: {
        ...{ id: true, reference: true, purchasedAt: true, ...standingColumns },
        product: { select: { name: true } },
        organization: { select: organizationColumns },
      },
    }),
    prisma.licenseKey.findMany({
      where: { ...owned(customer), id: { in: shown.flatMap(({ keyIds }) => keyIds) } },
      select: keyColumns,
    }),
  ])
  const keys = new Map(rows.map((row) => [row.id, toPurchasedKey(row, now)]))
  return shown.flatMap(({ id, at, keyIds }): PurchaseSummary[] => {
    const own = keyIds.flatMap((keyId) => keys.get(keyId) ?? [])
    const keyCount = counts.get(id) ?? own.length
    const purchase = purchases.find((each) => each.id === id)
    if (purchase) {
      const { reference, product, organization, ...said } = purchase
      return [
        { id, product: product.name, organization, reference, standing: standingOf(said), at, keys: own, keyCount },
      ]
    }
    const [key] = own
    if (!key) return []
    return [
      {
        id,
        product: key.name,
        organization: key.organization,
        reference: null,
        standing: null,
        at,
        keys: own,
        keyCount,
      },
    ]
  })
}

// Whoever was handed a key is not shown what somebody else paid.
function paidBy<P>({ email }: Viewer, { customer: payer, ...purchase }: P & { customer: { email: string } }) {
  return spellingsOf(email).includes(payer.email) ? { ...purchase, buyer: payer.email } : null
}

/** One key of the customer with its string, devices and rights. NOT_FOUND when it is somebody else's. */
export async function getPurchasedKey(customer: Viewer, licenseKeyId: string, now: Date) {
  if (!isId(licenseKeyId)) throw notFound('license key')
  const row = await prisma.licenseKey.findFirst({
    where: { id: licenseKeyId, ...owned(customer) },
    select: {
      ...keyColumns,
      keyCipher: true,
      organizationId: true,
      purchase: {
        select: {
          ...{ reference: true, purchasedAt: true, quantity: true, store: true, ...standingColumns },
          customer: { select: { email: true } },
        },
      },
      keyConfiguration: {
        select: {
          ...configurationColumns,
          instructions: true,
          customerMayDeactivate: true,
          customerMayRename: true,
        },
      },
      activations: {
        where: { OR: [{ deactivatedAt: null }, { deactivatedAt: { gt: new Date(now.getTime() - UNDO_MS) } }] },
        select: { id: true, label: true, meta: true, lastValidatedAt: true, createdAt: true, deactivatedAt: true },
        orderBy: { createdAt: 'asc' },
      },
      deviceReleases: {
        where: { releasedAt: { gt: new Date(now.getTime() - UNDO_MS) } },
        select: { activationId: true },
      },
    },
  })
  if (!row) throw notFound('license key')
  const { keyConfiguration } = row
  const purchase = row.purchase && paidBy(customer, row.purchase)
  const [brand, settings, offer] = await Promise.all([
    brandOf(row.organizationId),
    customerSettingsOf(row.organizationId),
    openOfferOf(owned(customer), row.id, now),
  ])
  const key = toPurchasedKey(row, now)
  const activations = row.activations.map(({ meta, ...rest }) => ({ ...rest, meta: meta as Record<string, unknown> }))
  const isFull = key.devices.limit !== null && key.devices.used >= key.devices.limit
  const released = new Set(row.deviceReleases.map(({ activationId }) => activationId))
  return {
    ...key,
    brand,
    keyString: openKeyString(row.keyCipher),
    instructions: keyConfiguration.instructions,
    version: keyConfiguration.version,
    entitlements: keyConfiguration.entitlements,
    purchase,
    /** Where it stands. */
    standing: purchase && standingOf(purchase),
    activations: activations.filter(({ deactivatedAt }) => deactivatedAt === null),
    /** Those the owner deactivated within the last minute, while there is room for them. */
    undoable: isFull ? [] : activations.filter(({ id, deactivatedAt }) => deactivatedAt !== null && released.has(id)),
    /** Why the owner may not deactivate or rename devices, or null. */
    mayNotDeactivate: mayCustomerDeactivate(keyConfiguration),
    mayNotRename: mayCustomerRename(keyConfiguration),
    mayHandOn: settings.mayHandOn && mayOffer(row, now),
    /** Somebody who is asked to take it. */
    offer,
    mayRotate: settings.mayRotate && (key.status === 'active' || key.status === 'expiring' || key.status === 'grace'),
  }
}
export type PurchasedKeyDetail = Awaited<ReturnType<typeof getPurchasedKey>>
