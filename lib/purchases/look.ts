// How a purchase looks to people: the words and colours of pages. The rules are in standing.ts.

import type { PurchaseKind, PurchaseSource, PurchaseStatus } from '#prisma/enums.ts'
import { dayInShort, endInWords } from '../base/days.ts'
import type { Words } from '../words/en.ts'
import { type PurchaseState, purchaseStates, type ShownPurchaseState } from './plain.ts'

type Said = { state: string | null; status: PurchaseStatus; endedByHand: PurchaseStatus | null }

const isState = (state: string | null): state is PurchaseState =>
  (purchaseStates as readonly (string | null)[]).includes(state)

/** Where a purchase stands in one word: what a person did outweighs what its store says, unless the money went back. */
export function shownPurchase({ state, status, endedByHand }: Said): ShownPurchaseState {
  if (endedByHand === 'refunded') return 'refunded'
  const said = isState(state) ? state : status
  if (endedByHand !== 'canceled') return said
  return said === 'refunded' || said === 'disputed' ? said : 'canceled'
}

type Look = { label: string; tone: 'ok' | 'warn' | 'bad' | 'off' }

/** A state is a word and a colour, everywhere the same. */
export const purchaseLook = {
  pending: { label: 'Not paid yet', tone: 'warn' },
  trial: { label: 'In trial', tone: 'ok' },
  active: { label: 'Active', tone: 'ok' },
  past_due: { label: 'Payment failed', tone: 'warn' },
  paused: { label: 'Paused', tone: 'off' },
  ending: { label: 'Will not renew', tone: 'warn' },
  ended: { label: 'Ended', tone: 'off' },
  lapsed: { label: 'Not paid again', tone: 'bad' },
  refunded: { label: 'Refunded', tone: 'bad' },
  disputed: { label: 'Disputed', tone: 'bad' },
  canceled: { label: 'Canceled', tone: 'off' },
} as const satisfies Record<ShownPurchaseState, Look>

/** What there is to say of a purchase beside its state. */
export type PurchaseDates = {
  kind: PurchaseKind
  paidThrough: Date | null
  endsAt: Date | null
  graceUntil: Date | null
}

/** The words behind its state: "paid until 30 Aug 2027", where the day is enough. '' when there is no date to tell. */
export function purchaseDetail(shown: ShownPurchaseState, dates: PurchaseDates, zone: string): string {
  const { kind, paidThrough, endsAt, graceUntil } = dates
  const day = (words: string, moment: Date | null) => (moment ? `${words} ${dayInShort(moment, zone)}` : '')
  const words = {
    pending: () => '',
    trial: () => day('paid until', paidThrough),
    active: () => (kind === 'subscription' ? day('paid until', paidThrough) : ''),
    past_due: () => day('keys work until', graceUntil),
    paused: () => '',
    ending: () => day('keys work until', endsAt),
    ended: () => day('on', endsAt),
    lapsed: () => day('was paid until', paidThrough),
    refunded: () => '',
    disputed: () => '',
    canceled: () => '',
  } satisfies Record<ShownPurchaseState, () => string>
  return words[shown]()
}

/** What that means for its keys, as whole sentences for the merchant. `store` is what people call where it comes from. */
export function purchaseSentence(
  shown: ShownPurchaseState,
  { kind, paidThrough, endsAt, graceUntil }: PurchaseDates,
  { store, zone, byHand, hasRevoked }: { store: string; zone: string; byHand: boolean; hasRevoked: boolean },
): string {
  const on = (before: string, moment: Date | null, otherwise: string) =>
    moment ? `${before} ${endInWords(moment, zone)}.` : otherwise
  // Keys may be kept, or have gone on with another purchase.
  const revoked = (more = '') => (hasRevoked ? ` Its keys are revoked${more}.` : '')
  const words = {
    pending: () => `${store} has not been paid yet. Its keys work once it is.`,
    trial: () => 'It is in its trial. Its keys go on working when it is paid for.',
    active: () =>
      kind === 'one_time'
        ? 'It is paid. Its keys expire as their configuration says.'
        : on('It is paid until', paidThrough, 'It renews by itself.'),
    past_due: () => on('The last payment failed. Its keys work until', graceUntil, 'The last payment failed.'),
    paused: () => 'It is paused. Its keys are revoked until it goes on.',
    ending: () => on('It will not be renewed. Its keys work until', endsAt, 'It will not be renewed.'),
    ended: () => on('It ended on', endsAt, `It is over.${revoked()}`),
    lapsed: () =>
      `${on('It was paid until', paidThrough, 'It was not paid again.')} ${store} has said nothing since, so its keys are revoked.`,
    refunded: () => `${byHand ? 'Somebody here recorded a refund.' : 'The money went back.'}${revoked()}`,
    disputed: () => `The buyer’s bank wants the money back.${revoked(' while that is open')}`,
    canceled: () => `Somebody here canceled it.${revoked(', whatever its store says')}`,
  } satisfies Record<ShownPurchaseState, () => string>
  return words[shown]()
}

/** The same for whoever bought it, in a few words; null when all is as it should be and there is no date. */
export function purchaseForCustomer(
  shown: ShownPurchaseState,
  { kind, paidThrough, endsAt, graceUntil }: PurchaseDates,
  { standing: say }: Words,
  day: (moment: Date) => string,
): { text: string; tone: Look['tone'] } | null {
  const words = {
    pending: () => say.pending,
    trial: () => say.trial,
    active: () => (kind === 'subscription' && paidThrough ? say.paidUntil(day(paidThrough)) : null),
    past_due: () => (graceUntil ? say.pastDueUntil(day(graceUntil)) : say.pastDue),
    paused: () => say.paused,
    ending: () => (endsAt ? say.endsOn(day(endsAt)) : say.ending),
    ended: () => (endsAt ? say.endedOn(day(endsAt)) : say.ended),
    lapsed: () => say.lapsed,
    refunded: () => say.refunded,
    disputed: () => say.disputed,
    canceled: () => say.canceled,
  } satisfies Record<ShownPurchaseState, () => string | null>
  const text = words[shown]()
  return text === null ? null : { text, tone: purchaseLook[shown].tone }
}

/** Where a purchase that names no store comes from. */
export const sourceWords = {
  manual: 'By hand',
  api: 'Through the API',
  store: 'From a store',
} as const satisfies Record<PurchaseSource, string>
