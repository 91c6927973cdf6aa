import {
  type CustomerFact,
  type DisputeFact,
  type DisputeState,
  disputeStates,
  type Instant,
  type LineFact,
  type LineState,
  lineStates,
  type PaymentFact,
  type RefundFact,
  type RefundState,
  refundStates,
  type StoreBuyer,
  type Version,
} from '../store-facts/schema.ts'

// What stores have said so far. Each thing they speak of is a register, each of its fields keeps what was said at the newest version, and
// sets only grow. So facts may come twice, late and in any order, and the same registers come of them (registers.test.ts).

/** A field as it was said last. */
export type Said<Value> = { version: Version; value: Value }

type Fields<Shape> = { [Name in keyof Shape]?: Said<Shape[Name]> }

export type LineFields = {
  type: 'one_time' | 'subscription'
  state: LineState
  /** When the thing that said the state happened. */
  stateAt: Instant
  productIds: string[]
  productName: string
  quantity: number
  buyer: StoreBuyer
  endsAt: Instant | null
  graceUntil: Instant | null
  trialEndsAt: Instant | null
  paidThrough: Instant | null
  orderNumber: string
  purchasedAt: Instant
  /** The lines its order or subscription had at that moment. */
  allLines: string[]
  /** No keys before: it may yet turn out to be part of a subscription. */
  issueAfter: Instant
  /** The subscription it turned out to be the first payment of. */
  partOf: string
}

/** One line of an order, or item of a subscription. */
export type LineRegister = {
  fields: Fields<LineFields>
  /** Every state it was ever said to be in: when the present one began is read from it. */
  states: { version: Version; state: LineState; at: Instant }[]
}

export type PaymentFields = {
  line: string | null
  amount: number
  currency: string
  paidThrough: Instant | null
  /** When it was paid, as far as known. */
  at: Instant
}
export type PaymentRegister = { fields: Fields<PaymentFields>; aliases: string[] }

export type RefundFields = {
  payment: string
  state: RefundState
  amount: number | 'all'
  mode: 'one' | 'total'
  lines: { line: string; quantity: number | 'all' }[] | null
  revoke: boolean | null
}
export type RefundRegister = { fields: Fields<RefundFields> }

export type DisputeFields = { payment: string; state: DisputeState }
export type DisputeRegister = { fields: Fields<DisputeFields> }

export type CustomerFields = { email: string; name: string | null }
export type CustomerRegister = { fields: Fields<CustomerFields> }

// ---------------------------------------------------------------- which of two counts

type Ranks = Record<string, readonly string[]>

/** The later of two sayings: by version, then by rank, then by their text, so that every order of arrival agrees. */
function later<Value>(held: Said<Value> | undefined, said: Said<Value>, rank: readonly string[] = []): Said<Value> {
  if (!held) return said
  if (held.version !== said.version) return held.version > said.version ? held : said
  const [a, b] = [held, said].map(({ value }) => rank.indexOf(String(value))) as [number, number]
  if (a !== b) return a > b ? held : said
  return JSON.stringify(held.value) >= JSON.stringify(said.value) ? held : said
}

function folded<Shape>(held: Fields<Shape>, version: Version, said: Partial<Shape>, ranks: Ranks = {}): Fields<Shape> {
  const fields = { ...held }
  for (const name of Object.keys(said) as (keyof Shape & string)[]) {
    const value = said[name]
    if (value === undefined) continue
    fields[name] = later(fields[name], { version, value: value as Shape[typeof name] }, ranks[name])
  }
  return fields
}

// ---------------------------------------------------------------- each kind

export const noLine: LineRegister = { fields: {}, states: [] }

/** A line after one more fact about it. */
export function withLine(held: LineRegister, fact: LineFact): LineRegister {
  const { kind: _kind, ref: _ref, line: _line, version, occurredAt, ...said } = fact
  const fields = folded<LineFields>(held.fields, version, said, { state: lineStates })
  if (!fact.state) return { fields, states: held.states }
  const known = held.states.find((each) => each.version === version && each.state === fact.state)
  const at = known && known.at < occurredAt ? known.at : occurredAt
  const states = [...held.states.filter((each) => each !== known), { version, state: fact.state, at }].sort(
    (a, b) =>
      (a.version > b.version ? 1 : a.version < b.version ? -1 : 0) ||
      lineStates.indexOf(a.state) - lineStates.indexOf(b.state),
  )
  const last = states.at(-1) as LineRegister['states'][number]
  return { fields: { ...fields, stateAt: { version: last.version, value: last.at } }, states }
}

export const noPayment: PaymentRegister = { fields: {}, aliases: [] }

/** A payment after one more fact about it. */
export function withPayment(held: PaymentRegister, fact: PaymentFact): PaymentRegister {
  const { line, amount, currency, paidThrough, version, occurredAt } = fact
  const fields = folded<PaymentFields>(held.fields, version, {
    ...(line !== undefined && { line }),
    ...(amount !== undefined && { amount }),
    ...(currency !== undefined && { currency }),
    ...(paidThrough !== undefined && { paidThrough }),
  })
  // What tells only its other names may have happened at any time.
  const isMoney = amount !== undefined
  const first = held.fields.at && held.fields.at.value < occurredAt ? held.fields.at.value : occurredAt
  return {
    fields: isMoney ? { ...fields, at: { version: '', value: first } } : fields,
    aliases: [...new Set([...held.aliases, ...(fact.aliases ?? [])])].sort(),
  }
}

export const noRefund: RefundRegister = { fields: {} }

/** A refund after one more fact about it. */
export const withRefund = (held: RefundRegister, fact: RefundFact): RefundRegister => {
  const { payment, state, amount, mode, lines, revoke, version } = fact
  return {
    fields: folded<RefundFields>(held.fields, version, said({ payment, state, amount, mode, lines, revoke }), {
      state: refundStates,
    }),
  }
}

export const noDispute: DisputeRegister = { fields: {} }

/** A dispute after one more fact about it. */
export const withDispute = (held: DisputeRegister, { payment, state, version }: DisputeFact): DisputeRegister => ({
  fields: folded<DisputeFields>(held.fields, version, { payment, state }, { state: disputeStates }),
})

export const noCustomer: CustomerRegister = { fields: {} }

/** A person after one more fact about them. */
export const withCustomer = (held: CustomerRegister, { email, name, version }: CustomerFact): CustomerRegister => ({
  fields: folded<CustomerFields>(held.fields, version, { email, name }),
})

const said = <Shape extends object>(shape: { [Name in keyof Shape]: Shape[Name] | undefined }): Partial<Shape> =>
  Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as Partial<Shape>

// ---------------------------------------------------------------- all of a connection

/** Everything a connection has said, by the store's own names. */
export type Registers = {
  lines: Record<string, { ref: string; line: string; register: LineRegister }>
  payments: Record<string, { ref: string | null; register: PaymentRegister }>
  refunds: Record<string, RefundRegister>
  disputes: Record<string, DisputeRegister>
  customers: Record<string, CustomerRegister>
}

/** How a line is named among those of its connection. */
export const lineName = (ref: string, line: string): string => `${ref} ${line}`

/** What a store has said about one line: its register, and the money of its order or subscription. */
export type SaidOfLine = {
  line: LineRegister
  /** The store's id of the line. */
  lineId: string
  /** Since when its order or subscription is without it; null: it is one of its lines. */
  goneAt: Instant | null
  /** Its order or subscription has lines with names of their own. */
  hasOthers: boolean
  /** Those that are for it, by the store's id. */
  payments: Record<string, PaymentRegister>
  /** Those that name one of the payments by its id or by another of its names. */
  refunds: { payment: string; register: RefundRegister }[]
  disputes: { payment: string; register: DisputeRegister }[]
}

/** Gathers what was said about a line; null when nothing was. */
export function saidOfLine(held: Registers, ref: string, lineId: string): SaidOfLine | null {
  const line = held.lines[lineName(ref, lineId)]?.register
  if (!line) return null
  const payments = Object.fromEntries(
    Object.entries(held.payments)
      .filter(([, payment]) => {
        const of = payment.register.fields.line?.value ?? null
        return payment.ref === ref && (of === null || of === lineId)
      })
      .map(([id, { register }]) => [id, register] as const)
      // In one order, however they came.
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  // One name may stand for several: a store may tell the same money as an order and as an invoice.
  const names = Object.entries(payments).map(([id, { aliases }]) => ({ id, names: [id, ...aliases] }))
  const ofThem = <Register extends { fields: { payment?: Said<string> } }>(all: Record<string, Register>) =>
    Object.values(all).flatMap((register) => {
      const name = register.fields.payment?.value ?? ''
      return names.filter((each) => each.names.includes(name)).map(({ id }) => ({ payment: id, register }))
    })
  return {
    line,
    lineId,
    goneAt: goneAt(held, ref, lineId),
    hasOthers: Object.values(held.lines).some((each) => each.ref === ref && each.line !== '' && each.line !== lineId),
    payments,
    refunds: ofThem(held.refunds),
    disputes: ofThem(held.disputes),
  }
}

/** What the newest list of an order's or subscription's lines says, and when it was made; null where the store makes none. */
export function newestLines(lines: readonly LineRegister[]): (Said<string[]> & { at: Instant }) | null {
  let newest: (Said<string[]> & { at: Instant }) | null = null
  for (const { fields, states } of lines) {
    if (!fields.allLines) continue
    const said: Said<string[]> = later<string[]>(newest ?? undefined, fields.allLines)
    if (said === newest) continue
    newest = { ...said, at: states.find(({ version }) => version === said.version)?.at ?? fields.stateAt?.value ?? '' }
  }
  return newest
}

/** A line that is missing in a list newer than what was said of it is over. */
function goneAt(held: Registers, ref: string, lineId: string): Instant | null {
  const ofRef = Object.values(held.lines).filter((each) => each.ref === ref)
  const own = held.lines[lineName(ref, lineId)]?.register
  const newest = newestLines(
    ofRef
      .filter(({ register }) => register.fields.type?.value === own?.fields.type?.value)
      .toSorted((a, b) => (a.line < b.line ? -1 : 1))
      .map(({ register }) => register),
  )
  if (!newest || newest.value.includes(lineId)) return null
  const said = own?.fields.state?.version ?? ''
  return newest.version > said ? newest.at : null
}
