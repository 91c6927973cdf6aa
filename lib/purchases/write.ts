import '#server-only'
import type { RevokeReason } from '#prisma/enums.ts'
import type { Store } from '../base/actor.ts'
import { dayOf, endInShort } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import type { Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import type { Buyer } from './buyer.ts'
import type { SoldProduct } from './commands.ts'
import type { LineOf } from './keep-facts.ts'
import { purchaseLook } from './look.ts'
import type { PurchaseState } from './plain.ts'
import type { LineFields } from './registers.ts'
import { type LifecycleSettings, type Standing, statusOf } from './standing.ts'
import { givesBack, lockWithPassed } from './take-over.ts'

// The purchase itself: its row, and what history and its buyer are told.

// What the column takes; of so many no keys are made.
const INT_MAX = 2 ** 31 - 1

/** A connection as purchases follow it. */
export type Followed = {
  store: Store
  /** Of StoreName. */
  storeName: string
  isTest: boolean
  settings: LifecycleSettings
}

const purchaseColumns = {
  ...{ id: true, reference: true, kind: true, state: true, reasons: true, status: true, endedByHand: true },
  ...{ productId: true, quantity: true, paidThrough: true, endsAt: true, graceUntil: true },
  customer: { select: { id: true, email: true } },
  organization: { select: { timeZone: true } },
  // What somebody keeps in spite of it works on.
  _count: { select: { licenseKeys: true } },
  licenseKeys: { where: { held: false }, select: { id: true }, take: 1 },
} as const

/** A purchase of a store as it is before it follows it. */
export type Purchase = NonNullable<Awaited<ReturnType<typeof purchaseOf>>>

/** The purchase of a line, locked; null when there is none yet. */
export async function purchaseOf(tx: Tx, { connectionId, organizationId }: Store, { ref, line }: LineOf) {
  const row = await tx.storeLine.findUnique({
    where: { connectionId_ref_line: { connectionId, ref, line } },
    select: { purchaseId: true },
  })
  if (!row?.purchaseId) return null
  await lockWithPassed(tx, organizationId, row.purchaseId)
  return tx.purchase.findFirst({ where: { id: row.purchaseId, organizationId }, select: purchaseColumns })
}

/** A purchase that has followed its store, and its keys have not yet. */
export type Written = Pick<Purchase, 'id' | 'reference' | 'kind'> & {
  reasons: RevokeReason[]
  timeZone: string
  why: string
  outcome: string[]
}

/** Writes where a purchase stands, with what history and the buyer are told of it. */
export async function writePurchase(
  tx: Tx,
  { store, storeName, isTest, settings }: Followed,
  {
    at,
    known,
    line,
    boughtAt,
    standing,
    customer,
    product,
  }: {
    at: LineOf
    known: Purchase | null
    line: Partial<LineFields>
    boughtAt: Date | null
    standing: Standing
    customer: Buyer
    product: SoldProduct
  },
  now: Date,
): Promise<Written> {
  const { organizationId, connectionId } = store
  const { reasons } = standing
  const kind = line.type ?? 'one_time'
  const reference = line.orderNumber ?? at.ref.slice(at.ref.indexOf(':') + 1)
  const stands = {
    ...{
      kind,
      reference,
      reasons,
      state: standing.state,
      quantity: Math.min(line.quantity ?? 1, INT_MAX),
      productId: product.id,
    },
    status: known?.endedByHand ?? statusOf(reasons),
    ...{ paidThrough: standing.paidThrough, endsAt: standing.expiresAt, graceUntil: standing.graceUntil },
    ...{ changesAt: standing.changesAt, ...(boughtAt && { purchasedAt: boughtAt }) },
  }
  const id = known?.id ?? newId(now)
  if (known) await tx.purchase.update({ where: { id }, data: stands })
  else {
    await tx.purchase.create({
      data: {
        ...{ id, organizationId, customerId: customer.id, source: 'store', store: storeName, isTest },
        ...{ purchasedAt: now, createdAt: now, ...stands },
      },
    })
    await tx.storeLine.update({
      where: { connectionId_ref_line: { connectionId, ...at } },
      data: { purchaseId: id },
    })
  }
  const { timeZone } =
    known?.organization ?? (await tx.organization.findUniqueOrThrow({ where: { id: organizationId } }))
  const about = { organizationId, purchaseId: id, customerId: customer.id, productId: product.id }
  const events = purchaseEvents({ known, reference, standing, product, timeZone, line })
  // Nobody is told that a key no longer works which goes back to an earlier purchase.
  const goesBack = known !== null && reasons.length > 0 && (await givesBack(tx, organizationId, id))
  const isBad = (news: string) => news === 'ended' || news === 'refunded'
  const worksOn = goesBack || known?.licenseKeys.length === 0
  const hadKeys = known !== null && known._count.licenseKeys > 0
  await record(
    tx,
    store,
    now,
    ...events.map((event) => {
      // Who never had a key of it has nothing to be told; a test has no buyer.
      const told = hadKeys && !isTest ? newsOf(event, standing, settings) : null
      const news = told && isBad(told.news) && worksOn ? null : told
      const payload = news && { purchaseId: id, ...news }
      return {
        ...{ ...about, ...event },
        ...(payload && { mails: [{ template: 'purchase-news' as const, to: customer.email, payload }] }),
      }
    }),
  )
  const outcome = known
    ? outcomeOf(known, { reference, standing, timeZone, events })
    : [`Purchase ${reference} recorded${standing.state === 'active' ? '' : `: ${inWords(standing.state)}`}.`]
  return {
    id,
    reference,
    kind,
    reasons,
    timeZone,
    why: `${store.name}: purchase ${reference} ${stateWords[standing.state]}`,
    outcome,
  }
}

const inWords = (state: string): string => purchaseLook[state as PurchaseState]?.label.toLowerCase() ?? state

/** What changed about a purchase that was known, as the list of deliveries says it. */
function outcomeOf(
  known: Purchase,
  {
    reference,
    standing,
    timeZone,
    events,
  }: { reference: string; standing: Standing; timeZone: string; events: PurchaseEvent[] },
): string[] {
  const changes = events.flatMap(({ type, data }) =>
    type === 'purchase.updated' ? ((data as { changes?: string[] }).changes ?? []) : [],
  )
  const isRenewed = events.some(({ type }) => type === 'purchase.renewed')
  const said = [
    ...(known.state === standing.state ? [] : [`${inWords(known.state ?? 'active')} → ${inWords(standing.state)}`]),
    ...(isRenewed && standing.paidThrough ? [`paid until ${endInShort(standing.paidThrough, timeZone)}`] : []),
    ...(known.paidThrough && standing.paidThrough && standing.paidThrough < known.paidThrough
      ? [
          `paid until ${endInShort(standing.paidThrough, timeZone)} instead of ${endInShort(known.paidThrough, timeZone)}`,
        ]
      : []),
    ...changes.map((change) => change.charAt(0).toLowerCase() + change.slice(1)),
  ]
  return said.length > 0 ? [`Purchase ${reference}: ${said.join('; ')}.`] : []
}

/** What a buyer is told by mail when that happens, as the merchant chose. */
function newsOf({ type }: PurchaseEvent, { paidThrough, expiresAt }: Standing, settings: LifecycleSettings) {
  if (type === 'purchase.renewed' && settings.mailsRenewed)
    return { news: 'renewed' as const, until: paidThrough?.toISOString() ?? null }
  if (type === 'purchase.past_due' && settings.mailsPaymentFailed)
    return { news: 'payment_failed' as const, until: expiresAt?.toISOString() ?? null }
  if ((type === 'purchase.ended' || type === 'purchase.lapsed') && settings.mailsEnded)
    return { news: 'ended' as const, until: null }
  if (type === 'purchase.refunded' && settings.mailsEnded) return { news: 'refunded' as const, until: null }
  return null
}

const stateWords: Record<PurchaseState, string> = {
  pending: 'is not paid yet',
  trial: 'is in its trial',
  active: 'is in order',
  past_due: 'was not paid in time',
  paused: 'is paused',
  ending: 'will end',
  ended: 'ended',
  lapsed: 'was not paid again',
  refunded: 'is refunded',
  disputed: 'is disputed',
}

const eventOfState: Partial<Record<PurchaseState, NewEvent['type']>> = {
  past_due: 'purchase.past_due',
  paused: 'purchase.paused',
  ending: 'purchase.ending',
  ended: 'purchase.ended',
  lapsed: 'purchase.lapsed',
  refunded: 'purchase.refunded',
  disputed: 'purchase.disputed',
}

type PurchaseEvent = Pick<NewEvent, 'type' | 'data'>

function purchaseEvents({
  known,
  reference,
  standing,
  product,
  timeZone,
  line,
}: {
  known: Purchase | null
  reference: string
  standing: Standing
  product: SoldProduct
  timeZone: string
  line: Partial<LineFields>
}): PurchaseEvent[] {
  const day = (moment: Date | null) => (moment ? dayOf(moment, timeZone) : null)
  const events: PurchaseEvent[] = []
  if (!known) events.push({ type: 'purchase.created', data: { reference, product: product.name } })
  const before = known?.state ?? 'active'
  if (known && standing.paidThrough && known.paidThrough && standing.paidThrough > known.paidThrough)
    events.push({ type: 'purchase.renewed', data: { reference, until: day(standing.paidThrough) } })
  if (before !== standing.state) {
    const type = eventOfState[standing.state]
    const until = standing.expiresAt ?? (standing.state === 'lapsed' ? standing.paidThrough : null)
    if (type) events.push({ type, data: { reference, ...(until && { until: day(until) }) } })
    else if (known && !(before === 'trial' && standing.state === 'active'))
      events.push({ type: 'purchase.resumed', data: { reference, from: stateWords[before as PurchaseState] ?? null } })
  }
  const changes: string[] = []
  if (known && known.productId !== product.id) changes.push(`Product: ${product.name}`)
  if (known && line.quantity !== undefined && known.quantity !== line.quantity)
    changes.push(`Quantity: ${known.quantity} → ${line.quantity}`)
  if (changes.length > 0) events.push({ type: 'purchase.updated', data: { reference, changes } })
  return events
}
