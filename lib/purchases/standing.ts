import type { RevokeReason } from '#prisma/enums.ts'
import { DAY_MS } from '../base/days.ts'
import type { PurchaseState } from './plain.ts'
import type { LineFields, LineRegister, PaymentRegister, SaidOfLine } from './registers.ts'

// Where a purchase of a store stands: a function of what the store has said, the connection's settings and now. Whoever wants to know
// what a sale, a renewal or a refund does to keys reads this file; the table of cases is standing.test.ts.

/** What merchants choose for a connection. */
export type LifecycleSettings = {
  /** A subscription whose renewals we hear nothing of ends so many days after what was paid for: longer than a store tries to charge. */
  marginDays: number
  /** How long keys work on after a failed payment, where the store does not say. */
  graceDays: number
  keysDuringTrials: boolean
  /** A store that asks the merchant whether to take the keys back with a refund is obeyed, whatever the amount. */
  obeysRefundWish: boolean
  /** Keys work on while a dispute is open. */
  keepsDuringDispute: boolean
  /** From how many per cent on a refund of an amount counts as one of all. */
  fullRefundPercent: number
  /** Whoever buys a product again whose purchase has ended goes on with its key. */
  continuesKeys: boolean
  /** Which mails buyers get beside their keys. */
  mailsRenewed: boolean
  mailsPaymentFailed: boolean
  mailsEnded: boolean
}

export const lifecycleDefaults: LifecycleSettings = {
  marginDays: 14,
  graceDays: 14,
  keysDuringTrials: true,
  obeysRefundWish: true,
  keepsDuringDispute: false,
  fullRefundPercent: 100,
  continuesKeys: false,
  mailsRenewed: false,
  mailsPaymentFailed: true,
  mailsEnded: true,
}

export type Standing = {
  state: PurchaseState
  /** Why its keys are revoked, each lifted alone; none: they are granted. */
  reasons: RevokeReason[]
  /** How many are paid for, without those that were refunded one by one. */
  units: number
  /** When its keys end; null: no end is known. Of a subscription only: a one-time purchase leaves the date to the configuration. */
  expiresAt: Date | null
  /** Until when a subscription is paid. */
  paidThrough: Date | null
  /** Its payment failed; keys work on until then. */
  graceUntil: Date | null
  /** When time alone changes any of this. */
  changesAt: Date | null
}

/** Where a line of a store stands. */
export function standingOf(said: SaidOfLine, settings: LifecycleSettings, now: Date): Standing {
  const { line: told, good, isRefunded } = readOf(said, settings)
  const line: typeof told = said.goneAt === null ? told : { ...told, state: 'ended', endsAt: said.goneAt }
  const disputed = said.disputes.map(({ register }) => register.fields.state?.value)
  const isDisputed = disputed.includes('lost') || (disputed.includes('open') && !settings.keepsDuringDispute)
  const units = Math.max(0, (line.quantity ?? 1) - unitsRefunded(said))
  const isAllRefunded = isRefunded || (units === 0 && (line.quantity ?? 1) > 0)
  const isPaid = good.length > 0
  const reasons = new Set<RevokeReason>()
  if (isAllRefunded) reasons.add('refunded')
  if (isDisputed) reasons.add('dispute')

  if (line.type !== 'subscription') {
    const isOpen = (line.state ?? 'pending') === 'pending' && !isPaid
    if (isOpen && !isAllRefunded) reasons.add('pending')
    // A store may need minutes to say that an order began a subscription, which has keys of its own.
    const issueAfter = date(line.issueAfter)
    const isEarly = issueAfter !== null && issueAfter > now
    if (isEarly) reasons.add('pending')
    if (line.state === 'paused') reasons.add('paused')
    const endsAt = endOf(said.line, line) ?? now
    if (line.state === 'ended' && endsAt <= now) reasons.add('ended')
    const ends = line.state === 'ended' ? endsAt : null
    return {
      state: stateOf(reasons, 'active'),
      reasons: inOrder(reasons),
      units,
      ...{ expiresAt: null, paidThrough: null, graceUntil: null },
      changesAt: earliest(
        [ends, isEarly ? issueAfter : null].filter((moment): moment is Date => !!moment && moment > now),
      ),
    }
  }

  const trialEndsAt = date(line.trialEndsAt)
  const inTrial = trialEndsAt !== null && trialEndsAt > now
  const hasPaidMoney = good.some(({ fields }) => (fields.amount?.value ?? 0) > 0)
  const paidThrough = paidThroughOf(said, settings, line)
  const endsAt = line.state === 'ended' ? (endOf(said.line, line) ?? now) : date(line.endsAt)
  // What is paid already is theirs, whatever became of a later payment.
  const patience = line.state === 'grace' ? (date(line.graceUntil) ?? graceEnd(said, settings)) : null
  const graceUntil = patience && latest(patience, paidForSure(said, settings, line))
  const through = latest(paidThrough, trialEndsAt)
  // A dead man's switch and no promise: shown to nobody, and only reached when the store has fallen silent.
  const lapsesAt = graceUntil ?? (through && daysAfter(through, settings.marginDays))

  if ((line.state ?? 'pending') === 'pending' && !isPaid && !isAllRefunded) reasons.add('pending')
  else if (inTrial && !settings.keysDuringTrials && !hasPaidMoney) reasons.add('pending')
  if (line.state === 'paused') reasons.add('paused')
  if (endsAt && endsAt <= now) reasons.add('ended')
  else if (!endsAt && lapsesAt && lapsesAt <= now && line.state !== 'paused') reasons.add('lapsed')

  const plain: PurchaseState = endsAt
    ? 'ending'
    : graceUntil
      ? 'past_due'
      : inTrial && !hasPaidMoney
        ? 'trial'
        : 'active'
  const moments = [endsAt, endsAt ? null : lapsesAt, inTrial ? trialEndsAt : null]
  return {
    state: stateOf(reasons, plain),
    reasons: inOrder(reasons),
    units,
    expiresAt: endsAt ?? graceUntil,
    paidThrough,
    graceUntil,
    changesAt: earliest(moments.filter((moment): moment is Date => moment !== null && moment > now)),
  }
}

// ---------------------------------------------------------------- money

function readOf(said: SaidOfLine, settings: LifecycleSettings) {
  const line = valuesOf(said.line)
  const payments = Object.entries(said.payments).filter(([, { fields }]) => fields.amount)
  const good = payments.filter(([id, payment]) => !isFullyRefunded(id, payment, said, settings, line.type))
  return { line, good: good.map(([, payment]) => payment), isRefunded: payments.length > 0 && good.length === 0 }
}

const valuesOf = ({ fields }: LineRegister): Partial<LineFields> =>
  Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, each?.value]))

/** A payment of nothing is refunded when somebody refunded it, and not by arithmetic. */
function isFullyRefunded(
  id: string,
  payment: PaymentRegister,
  { refunds }: SaidOfLine,
  settings: LifecycleSettings,
  type: LineFields['type'] | undefined,
): boolean {
  const done = refunds.filter(({ payment: of, register }) => of === id && register.fields.state?.value === 'succeeded')
  if (done.length === 0) return false
  // The wish is asked for orders; a refunded period of a subscription is told by the money.
  if (settings.obeysRefundWish && type !== 'subscription') {
    if (done.some(({ register }) => register.fields.revoke?.value === true)) return true
    if (done.some(({ register }) => register.fields.revoke?.value === false)) return false
  }
  const amounts = (mode: 'one' | 'total') =>
    done
      .filter(({ register }) => register.fields.mode?.value === mode)
      .map(({ register }) =>
        register.fields.amount?.value === 'all' ? Infinity : (register.fields.amount?.value ?? 0),
      )
  // A store may tell each refund and their total: the same money.
  const back = Math.max(0, sum(amounts('one')), ...amounts('total'))
  return back >= ((payment.fields.amount?.value ?? 0) * settings.fullRefundPercent) / 100
}

/** How many units of the line were refunded one by one. */
function unitsRefunded({ line, lineId, refunds }: SaidOfLine): number {
  if (line.fields.type?.value === 'subscription') return 0
  return sum(
    refunds.flatMap(({ register: { fields } }) =>
      fields.state?.value === 'succeeded'
        ? (fields.lines?.value ?? [])
            .filter((each) => each.line === lineId)
            .map(({ quantity }) => (quantity === 'all' ? Infinity : quantity))
        : [],
    ),
  )
}

// ---------------------------------------------------------------- time

/**
 * Until when a subscription is paid whose payment failed: by payments, or by the store's word of then. What it said before may be of the
 * period whose payment failed.
 */
function paidForSure(said: SaidOfLine, settings: LifecycleSettings, line: Partial<LineFields>): Date | null {
  const { state, paidThrough } = said.line.fields
  const isOfThen = state && paidThrough && paidThrough.version >= state.version
  return latest(paidByPayments(said, settings, line), isOfThen ? date(paidThrough.value) : null)
}

const paymentsOf = (said: SaidOfLine) => Object.entries(said.payments).filter(([, { fields }]) => fields.amount)

/** Until when good payments say that it is paid. */
const paidByPayments = (said: SaidOfLine, settings: LifecycleSettings, { type }: Partial<LineFields>): Date | null =>
  latest(
    ...paymentsOf(said).flatMap(([id, payment]) =>
      isFullyRefunded(id, payment, said, settings, type) ? [] : [date(payment.fields.paidThrough?.value)],
    ),
  )

/** Until when it is paid: what good payments say, or else the store's own word of the line. */
function paidThroughOf(said: SaidOfLine, settings: LifecycleSettings, line: Partial<LineFields>): Date | null {
  const payments = paymentsOf(said)
  const isGood = ([id, payment]: [string, PaymentRegister]) => !isFullyRefunded(id, payment, said, settings, line.type)
  const told = paidByPayments(said, settings, line)
  if (told) return told
  const word = date(line.paidThrough)
  // The newest payment began the period that the store speaks of: when it went back, the one before ends where it began.
  const newest = payments.reduce<[string, PaymentRegister] | null>(
    (last, each) => (last && (last[1].fields.at?.value ?? '') >= (each[1].fields.at?.value ?? '') ? last : each),
    null,
  )
  const began = newest && !isGood(newest) ? date(newest[1].fields.at?.value) : null
  return word && began && began < word ? began : word
}

/** Since when it is in its state; that a store says it again changes nothing. */
function stateSince({ states }: LineRegister): Date | null {
  const before = states.findLastIndex(({ state }) => state !== states.at(-1)?.state)
  return date(states[before + 1]?.at)
}

/** When a line that is over ended. A later end that was announced before it was over is announced no longer. */
function endOf(register: LineRegister, { endsAt }: Partial<LineFields>): Date | null {
  const said = date(endsAt)
  const since = stateSince(register)
  const { fields } = register
  const isOlder = fields.endsAt && fields.state && fields.endsAt.version < fields.state.version
  return said && since && isOlder && since < said ? since : (said ?? since)
}

/** When the patience with a payment that failed ends: counted from the first failure since it was last paid or in order. */
function graceEnd({ line, payments }: SaidOfLine, settings: LifecycleSettings): Date | null {
  const paid = Object.values(payments).flatMap(({ fields }) => (fields.amount && fields.at ? [fields.at.value] : []))
  const paidAt = paid.sort().at(-1) ?? ''
  const lastInOrder = line.states.findLastIndex(({ state }) => state !== 'grace')
  const [first] = line.states
    .slice(lastInOrder + 1)
    .map(({ at }) => at)
    .filter((at) => at > paidAt)
    .sort()
  const since = date(first ?? line.states.at(-1)?.at)
  return since && daysAfter(since, settings.graceDays)
}

// ---------------------------------------------------------------- words and arithmetic

// What weighs most is what people are told.
const WORDS = [
  ['refunded', 'refunded'],
  ['dispute', 'disputed'],
  ['ended', 'ended'],
  ['lapsed', 'lapsed'],
  ['paused', 'paused'],
  ['pending', 'pending'],
] as const satisfies (readonly [RevokeReason, PurchaseState])[]

const stateOf = (reasons: ReadonlySet<RevokeReason>, otherwise: PurchaseState): PurchaseState =>
  WORDS.find(([reason]) => reasons.has(reason))?.[1] ?? otherwise

const ORDER = ['pending', 'paused', 'ended', 'lapsed', 'refunded', 'dispute'] as const satisfies RevokeReason[]
const inOrder = (reasons: ReadonlySet<RevokeReason>): RevokeReason[] => ORDER.filter((reason) => reasons.has(reason))

const date = (instant: string | null | undefined): Date | null => (instant ? new Date(instant) : null)
const daysAfter = (moment: Date, days: number): Date => new Date(moment.getTime() + days * DAY_MS)
const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0)

const latest = (...moments: (Date | null)[]): Date | null =>
  moments.reduce((last, each) => (each && (!last || each > last) ? each : last), null)
const earliest = (moments: Date[]): Date | null =>
  moments.reduce<Date | null>((first, each) => (!first || each < first ? each : first), null)

// ---------------------------------------------------------------- which keys

/** A key that was issued for a purchase once. */
export type IssuedUnit = { unit: number; wasActivated: boolean }

/**
 * Which of the units 1, 2, 3 … hold: as many as are paid for. When some are too many, those that were used stay before those that were
 * not, and older ones before newer ones.
 */
export function unitsThatHold(issued: readonly IssuedUnit[], wanted: number): Set<number> {
  const all = [...issued]
  for (let unit = 1; all.length < wanted; unit++) {
    if (!issued.some((each) => each.unit === unit)) all.push({ unit, wasActivated: false })
  }
  const kept = all.sort((a, b) => Number(b.wasActivated) - Number(a.wasActivated) || a.unit - b.unit).slice(0, wanted)
  return new Set(kept.map(({ unit }) => unit))
}

/**
 * Which configuration each slot of a purchase holds when its product grants these. A slot keeps its configuration where the product grants
 * it too; otherwise another takes its place, so that a plan change keeps the key. null: the product grants nothing for it.
 */
export function assignSlots(
  current: readonly { slot: number; keyConfigurationId: string }[],
  granted: readonly string[],
): { slot: number; keyConfigurationId: string | null }[] {
  const kept = new Set(current.map((each) => each.keyConfigurationId))
  const open = granted.filter((each) => !kept.has(each))
  const slots = current
    .toSorted((a, b) => a.slot - b.slot)
    .map(({ slot, keyConfigurationId }) => ({
      slot,
      keyConfigurationId: granted.includes(keyConfigurationId) ? keyConfigurationId : (open.shift() ?? null),
    }))
  const next = Math.max(-1, ...current.map(({ slot }) => slot)) + 1
  return [...slots, ...open.map((keyConfigurationId, index) => ({ slot: next + index, keyConfigurationId }))]
}

/** What the reasons of a purchase come to in one word. */
export function statusOf(reasons: readonly RevokeReason[]): 'active' | 'refunded' | 'canceled' {
  if (reasons.includes('refunded') || reasons.includes('dispute')) return 'refunded'
  return reasons.includes('ended') || reasons.includes('lapsed') ? 'canceled' : 'active'
}
