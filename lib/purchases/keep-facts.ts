import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Store } from '../base/actor.ts'
import type { Tx } from '../database/client.ts'
import type { Fact, StoreBuyer } from '../store-facts/schema.ts'
import {
  type CustomerRegister,
  type DisputeRegister,
  type LineRegister,
  lineName,
  newestLines,
  noCustomer,
  noDispute,
  noLine,
  noPayment,
  noRefund,
  type PaymentRegister,
  type RefundRegister,
  type SaidOfLine,
  saidOfLine,
  withCustomer,
  withDispute,
  withLine,
  withPayment,
  withRefund,
} from './registers.ts'

// The registers in the database. Whoever calls these holds the connection's lock, so of two deliveries one is written after the other.

/** Makes a connection's deliveries wait for each other until commit. False when the connection is gone. */
export async function lockConnection(tx: Tx, { connectionId, organizationId }: Store): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT 1 FROM store_connections
    WHERE id = ${connectionId}::uuid AND organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
  return rows.length > 0
}

/** The same with texts that a database keeps: names and ids are typed by people into shops, and half a letter must not lose a sale. */
function storable<Value>(value: Value): Value {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\uFFFD') as Value
  if (Array.isArray(value)) return value.map(storable) as Value
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, storable(each)])) as Value
}

// Of a person whose personal data was deleted, what a store says later of what they had bought names nobody.
const unnamed = (buyer: StoreBuyer): StoreBuyer => ({ ...buyer, email: null, name: null })

/** True when these facts and lines are about somebody whose personal data was deleted. */
export async function areOfErased(
  tx: Tx,
  { connectionId }: Store,
  facts: readonly Fact[],
  lines: readonly LineOf[],
): Promise<boolean> {
  const persons = facts.flatMap((fact) => (fact.kind === 'customer' ? [fact.customer] : []))
  const erased = { person: { erasedAt: { not: null } } }
  if ((await tx.storeCustomer.count({ where: { connectionId, customer: { in: persons }, ...erased } })) > 0) return true
  const refs = lines.map(({ ref }) => ref)
  const purchase = { customer: { erasedAt: { not: null } } }
  return (await tx.storeLine.count({ where: { connectionId, ref: { in: refs }, purchase } })) > 0
}

/** Which line of a connection. */
export type LineOf = { ref: string; line: string }

/** Keeps what facts say, and names the lines that may stand otherwise now. */
export async function keepFacts(tx: Tx, { connectionId }: Store, said: readonly Fact[], now: Date): Promise<LineOf[]> {
  const facts = said.map(storable)
  const refs = new Set<string>()
  const payments = new Set<string>()
  const customers = new Set<string>()
  for (const fact of facts) {
    if (fact.kind === 'line') {
      const { ref, line } = fact
      const at = { connectionId_ref_line: { connectionId, ref, line } }
      const held = await tx.storeLine.findUnique({
        where: at,
        select: { register: true, purchase: { select: { customer: { select: { erasedAt: true } } } } },
      })
      const known = held?.purchase?.customer.erasedAt
        ? { ...fact, ...(fact.buyer && { buyer: unnamed(fact.buyer) }) }
        : fact
      const register = json(withLine((held?.register as LineRegister | undefined) ?? noLine, known))
      await tx.storeLine.upsert({
        where: at,
        create: { connectionId, ref, line, register, changedAt: now },
        update: { register, changedAt: now },
      })
      refs.add(ref)
    } else if (fact.kind === 'payment') {
      const { payment } = fact
      const at = { connectionId_payment: { connectionId, payment } }
      const held = await tx.storePayment.findUnique({ where: at, select: { ref: true, register: true } })
      const kept = withPayment((held?.register as PaymentRegister | undefined) ?? noPayment, fact)
      const ref = fact.ref ?? held?.ref ?? null
      const said = { ref, register: json(kept), names: [payment, ...kept.aliases] }
      await tx.storePayment.upsert({ where: at, create: { connectionId, payment, ...said }, update: said })
      if (ref !== null) refs.add(ref)
    } else if (fact.kind === 'refund') {
      const { refund, payment } = fact
      const at = { connectionId_refund: { connectionId, refund } }
      const held = (await tx.storeRefund.findUnique({ where: at, select: { register: true } }))?.register
      const kept = withRefund((held as RefundRegister | undefined) ?? noRefund, fact)
      const said = { payment: kept.fields.payment?.value ?? payment, register: json(kept) }
      await tx.storeRefund.upsert({ where: at, create: { connectionId, refund, ...said }, update: said })
      payments.add(payment)
    } else if (fact.kind === 'dispute') {
      const { dispute, payment } = fact
      const at = { connectionId_dispute: { connectionId, dispute } }
      const held = (await tx.storeDispute.findUnique({ where: at, select: { register: true } }))?.register
      const kept = withDispute((held as DisputeRegister | undefined) ?? noDispute, fact)
      const said = { payment: kept.fields.payment?.value ?? payment, register: json(kept) }
      await tx.storeDispute.upsert({ where: at, create: { connectionId, dispute, ...said }, update: said })
      payments.add(payment)
    } else {
      const { customer } = fact
      const at = { connectionId_customer: { connectionId, customer } }
      const held = await tx.storeCustomer.findUnique({
        where: at,
        select: { register: true, person: { select: { erasedAt: true } } },
      })
      if (held?.person?.erasedAt) continue
      const register = json(withCustomer((held?.register as CustomerRegister | undefined) ?? noCustomer, fact))
      await tx.storeCustomer.upsert({
        where: at,
        create: { connectionId, customer, register },
        update: { register },
      })
      customers.add(customer)
    }
  }
  const lines = await tx.$queryRaw<LineOf[]>`
    SELECT l.ref, l.line FROM store_lines l WHERE l.connection_id = ${connectionId}::uuid AND (
      l.ref = ANY(${[...refs]})
      OR l.ref IN (SELECT p.ref FROM store_payments p
        WHERE p.connection_id = ${connectionId}::uuid AND p.names && ${[...payments]}::text[])
      OR l.waits_for = 'address' AND l.register #>> '{fields,buyer,value,ref}' = ANY(${[...customers]}))
    ORDER BY l.ref, l.line`
  return lines
}

/** Everything said about a line; null when nothing was. */
export async function readLine(tx: Tx, { connectionId }: Store, { ref, line }: LineOf): Promise<SaidOfLine | null> {
  const lines = await tx.storeLine.findMany({ where: { connectionId, ref }, select: { line: true, register: true } })
  const payments = await tx.storePayment.findMany({ where: { connectionId, ref } })
  const names = payments.flatMap((payment) => payment.names)
  const refunds = await tx.storeRefund.findMany({ where: { connectionId, payment: { in: names } } })
  const disputes = await tx.storeDispute.findMany({ where: { connectionId, payment: { in: names } } })
  return saidOfLine(
    {
      lines: Object.fromEntries(
        lines.map((each) => [
          lineName(ref, each.line),
          { ref, line: each.line, register: each.register as unknown as LineRegister },
        ]),
      ),
      payments: Object.fromEntries(
        payments.map((each) => [each.payment, { ref, register: each.register as unknown as PaymentRegister }]),
      ),
      refunds: Object.fromEntries(refunds.map((each) => [each.refund, each.register as unknown as RefundRegister])),
      disputes: Object.fromEntries(disputes.map((each) => [each.dispute, each.register as unknown as DisputeRegister])),
      customers: {},
    },
    ref,
    line,
  )
}

type StoredLine = LineOf & { purchaseId: string | null; register: LineRegister }

const linesOf = (tx: Tx, connectionId: string, ref: string) =>
  tx.$queryRaw<StoredLine[]>`SELECT ref, line, register, purchase_id AS "purchaseId" FROM store_lines
    WHERE connection_id = ${connectionId}::uuid AND ref = ${ref} ORDER BY line`

/** An order that was the first payment of a subscription hands it its purchase, whichever of the two is told of. */
async function joinOrder(
  tx: Tx,
  connectionId: string,
  ref: string,
  moveOn: (from: StoredLine, to: StoredLine) => Promise<void>,
): Promise<void> {
  const orders = await tx.$queryRaw<
    StoredLine[]
  >`SELECT ref, line, register, purchase_id AS "purchaseId" FROM store_lines
    WHERE connection_id = ${connectionId}::uuid AND purchase_id IS NOT NULL AND (
      ref = ${ref} AND register #>> '{fields,partOf,value}' IS NOT NULL
      OR register #>> '{fields,partOf,value}' = ${ref}) ORDER BY ref, line`
  for (const order of orders) {
    const [begun] = await linesOf(tx, connectionId, order.register.fields.partOf?.value ?? '')
    if (begun && begun.purchaseId === null) await moveOn(order, begun)
    // It was only ever recorded: the subscription has a purchase of its own.
    else if (begun && order.purchaseId)
      await tx.purchase.deleteMany({ where: { id: order.purchaseId, licenseKeys: { none: {} } } })
  }
}

/**
 * Finds lines that go on as others, so that nobody gets a second key for the same thing: a plan change that takes one line away and brings
 * another (of several at once nobody can say which became which); an order that was read without its lines and later with them; an
 * order that turned out to be the first payment of a subscription. The purchase goes on with its keys; the lines that have it now are named.
 */
export async function joinMovedLines(tx: Tx, { connectionId }: Store, refs: readonly string[]): Promise<LineOf[]> {
  const moved: LineOf[] = []
  const moveOn = async (from: StoredLine, to: StoredLine) => {
    const at = ({ ref, line }: LineOf) => ({ connectionId_ref_line: { connectionId, ref, line } })
    await tx.storeLine.update({ where: at(from), data: { purchaseId: null } })
    await tx.storeLine.update({ where: at(to), data: { purchaseId: from.purchaseId } })
    moved.push({ ref: to.ref, line: to.line })
  }
  for (const ref of new Set(refs)) {
    await joinOrder(tx, connectionId, ref, moveOn)
    const lines = await linesOf(tx, connectionId, ref)
    const whole = lines.find(({ line, purchaseId }) => line === '' && purchaseId !== null)
    const real = lines.find(({ line, purchaseId }) => line !== '' && purchaseId === null)
    if (whole && real) await moveOn(whole, real)
  }
  for (const ref of new Set(refs)) {
    const all = await linesOf(tx, connectionId, ref)
    for (const lines of Map.groupBy(all, ({ register }) => register.fields.type?.value).values()) {
      const newest = newestLines(lines.map(({ register }) => register))
      if (!newest) continue
      const gone = lines.filter(({ line, purchaseId }) => purchaseId !== null && !newest.value.includes(line))
      const fresh = lines.filter(({ line, purchaseId }) => purchaseId === null && newest.value.includes(line))
      const [from, to] = [gone[0], fresh[0]]
      if (gone.length === 1 && fresh.length === 1 && from && to) await moveOn(from, to)
    }
  }
  return moved
}

// Registers hold nothing but JSON.
const json = (register: object): Prisma.InputJsonValue => register as unknown as Prisma.InputJsonValue
