import type { PaymentRegister, RefundRegister } from './registers.ts'

/** What came of a purchase in one currency, in its smallest unit, tax included. */
export type Amounts = {
  /** As ISO 4217 has it, in capitals. */
  currency: string
  paid: number
  /** How much of it went back. */
  refunded: number
  /** The store names one amount for several purchases: of an order with more in it. */
  isOfWholeOrder: boolean
}

export type SaidPayment = {
  /** Its id and its other names. */
  names: readonly string[]
  register: PaymentRegister
  isOfWholeOrder: boolean
}

/** What was paid and refunded, by currency, the one with most payments first. A payment whose amount or currency is unknown is left out. */
export function amountsOf(payments: readonly SaidPayment[], refunds: readonly RefundRegister[]): Amounts[] {
  const totals = new Map<string, Amounts>()
  for (const { names, told } of sameMoney(payments)) {
    const paid = Math.max(...told.map(({ register }) => register.fields.amount?.value ?? 0))
    const currency = told.flatMap(({ register }) => register.fields.currency?.value ?? [])[0]?.toUpperCase()
    if (!currency || !told.some(({ register }) => register.fields.amount)) continue
    const held = totals.get(currency) ?? { currency, paid: 0, refunded: 0, isOfWholeOrder: false }
    totals.set(currency, {
      currency,
      paid: held.paid + paid,
      refunded: held.refunded + Math.min(paid, backOf(names, refunds)),
      isOfWholeOrder: held.isOfWholeOrder || told.some((each) => each.isOfWholeOrder),
    })
  }
  return [...totals.values()]
}

/** A store may tell one payment as an order and as an invoice, each by its own names: the same money. */
function sameMoney(payments: readonly SaidPayment[]): { names: Set<string>; told: SaidPayment[] }[] {
  let groups: { names: Set<string>; told: SaidPayment[] }[] = []
  for (const payment of payments) {
    const joined = groups.filter(({ names }) => payment.names.some((name) => names.has(name)))
    const names = new Set([...joined.flatMap((group) => [...group.names]), ...payment.names])
    const told = [...joined.flatMap((group) => group.told), payment]
    groups = [...groups.filter((group) => !joined.includes(group)), { names, told }]
  }
  return groups
}

function backOf(names: ReadonlySet<string>, refunds: readonly RefundRegister[]): number {
  const done = refunds.filter(
    ({ fields }) => fields.state?.value === 'succeeded' && names.has(fields.payment?.value ?? ''),
  )
  const amounts = (mode: 'one' | 'total') =>
    done
      .filter(({ fields }) => fields.mode?.value === mode)
      .map(({ fields }) => (fields.amount?.value === 'all' ? Infinity : (fields.amount?.value ?? 0)))
  // A store may tell each refund and their total: the same money.
  return Math.max(
    0,
    amounts('one').reduce((sum, each) => sum + each, 0),
    ...amounts('total'),
  )
}
