// Registers kept in memory, where production keeps each as a row (lib/purchases/keep-facts.ts).
import {
  lineName,
  noCustomer,
  noDispute,
  noLine,
  noPayment,
  noRefund,
  type Registers,
  withCustomer,
  withDispute,
  withLine,
  withPayment,
  withRefund,
} from '#lib/purchases/registers.ts'
import type { Fact } from '#lib/store-facts/schema.ts'

export const noRegisters = (): Registers => ({ lines: {}, payments: {}, refunds: {}, disputes: {}, customers: {} })

/** The registers after one more fact. */
export function withFact(held: Registers, fact: Fact): Registers {
  switch (fact.kind) {
    case 'line': {
      const { ref, line } = fact
      const name = lineName(ref, line)
      const register = withLine(held.lines[name]?.register ?? noLine, fact)
      return { ...held, lines: { ...held.lines, [name]: { ref, line, register } } }
    }
    case 'payment': {
      const { payment, ref } = fact
      const register = withPayment(held.payments[payment]?.register ?? noPayment, fact)
      return {
        ...held,
        payments: { ...held.payments, [payment]: { ref: ref ?? held.payments[payment]?.ref ?? null, register } },
      }
    }
    case 'refund':
      return {
        ...held,
        refunds: { ...held.refunds, [fact.refund]: withRefund(held.refunds[fact.refund] ?? noRefund, fact) },
      }
    case 'dispute':
      return {
        ...held,
        disputes: { ...held.disputes, [fact.dispute]: withDispute(held.disputes[fact.dispute] ?? noDispute, fact) },
      }
    case 'customer':
      return {
        ...held,
        customers: {
          ...held.customers,
          [fact.customer]: withCustomer(held.customers[fact.customer] ?? noCustomer, fact),
        },
      }
  }
}
