import '#server-only'
import { prisma } from '../database/client.ts'
import { type Amounts, amountsOf } from './amounts.ts'
import type { LineOf } from './keep-facts.ts'
import type { PaymentRegister, RefundRegister } from './registers.ts'

// What stores said was paid for purchases. It is read and added up anew each time, so it cannot differ from what decides.

/** Which line of which connection, as a purchase of the caller's has it. */
type LineAt = LineOf & { connectionId: string }

/** What was paid and refunded, for each of the lines; nothing for those whose store named no amount. Look up by {@link lineAt}. */
export async function amountsOfLines(lines: readonly LineAt[]): Promise<Map<string, Amounts[]>> {
  if (lines.length === 0) return new Map()
  const of = lines.map(({ connectionId, ref }) => ({ connectionId, ref }))
  const [siblings, payments] = await Promise.all([
    prisma.storeLine.findMany({ where: { OR: of }, select: { connectionId: true, ref: true, line: true } }),
    prisma.storePayment.findMany({ where: { OR: of }, orderBy: { payment: 'asc' } }),
  ])
  const connectionIds = [...new Set(lines.map(({ connectionId }) => connectionId))]
  const named = {
    connectionId: { in: connectionIds },
    names: { hasSome: [...new Set(payments.flatMap(({ names }) => names))] },
  }
  const [refunds, elsewhere] = await Promise.all([
    prisma.storeRefund.findMany({ where: { connectionId: named.connectionId, payment: { in: named.names.hasSome } } }),
    prisma.storePayment.findMany({ where: named, select: { connectionId: true, ref: true, names: true } }),
  ])
  return new Map(
    lines.map((at) => {
      const isOf = (row: { connectionId: string; ref: string | null }) =>
        row.connectionId === at.connectionId && row.ref === at.ref
      const hasOthers = siblings.some((each) => isOf(each) && each.line !== '' && each.line !== at.line)
      const said = payments.filter(isOf).map(({ names, ...payment }) => {
        const register = payment.register as unknown as PaymentRegister
        const isElsewhere = elsewhere.some(
          (each) =>
            each.connectionId === at.connectionId &&
            each.ref !== null &&
            each.ref !== at.ref &&
            each.names.some((name) => names.includes(name)),
        )
        return { names, register, isOfWholeOrder: isElsewhere || (hasOthers && !register.fields.line?.value) }
      })
      const own = said.filter(({ register }) => [null, at.line].includes(register.fields.line?.value ?? null))
      const back = refunds.filter(({ connectionId }) => connectionId === at.connectionId)
      const amounts = amountsOf(
        own,
        back.map(({ register }) => register as unknown as RefundRegister),
      )
      return [lineAt(at), amounts]
    }),
  )
}

/** Names a line among those of all connections. */
export const lineAt = ({ connectionId, ref, line }: LineAt): string => JSON.stringify([connectionId, ref, line])
