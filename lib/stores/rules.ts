import type { ReconciliationState } from '#prisma/enums.ts'
import { DAY_MS, HOUR_MS } from '../base/days.ts'
import type { MailedTrouble } from '../mail/plain.ts'
import type { LifecycleSettings } from '../purchases/standing.ts'
import type { DisputeFact, Fact, RefundFact } from '../store-facts/schema.ts'
import type { StoreSetup } from '../store-facts/setup.ts'
import type { EditPart } from '../web/edits.ts'

const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`)
const yes = (is: boolean): string => (is ? 'yes' : 'no')

const part = <Name extends keyof LifecycleSettings & string>(
  name: Name,
  label: string,
  words: (value: LifecycleSettings[Name]) => string,
): EditPart<LifecycleSettings> & { fields: readonly [Name] } => ({
  ...{ label, input: name, fields: [name] as const },
  words: (settings) => words(settings[name]),
})

/** What merchants choose for a connection, as the history and other people's edits name it. */
export const settingParts = [
  part('graceDays', 'Days after a failed payment', days),
  part('marginDays', 'Days after the last paid one', days),
  part('keysDuringTrials', 'Keys during trials', yes),
  part('obeysRefundWish', 'Follows the store’s choice at refunds', yes),
  part('keepsDuringDispute', 'Keys during disputes', yes),
  part('fullRefundPercent', 'Counts as a full refund', (percent) => `from ${percent} percent on`),
  part('continuesKeys', 'Keys go on when bought again', yes),
  part('mailsPaymentFailed', 'Mails when a payment failed', yes),
  part('mailsRenewed', 'Mails when a purchase is renewed', yes),
  part('mailsEnded', 'Mails when a purchase ended', yes),
] as const

/** What is to be said of a connection in one word. */
export const storeStates = ['off', 'secret', 'waiting', 'connected'] as const
export type StoreState = (typeof storeStates)[number]

/** Where a connection stands: switched off, without the secret it needs, without a first delivery, or at work. */
export function storeState(connection: {
  offAt: Date | null
  needsSecret: boolean
  hasSecret: boolean
  firstDeliveryAt: Date | null
}): StoreState {
  if (connection.offAt) return 'off'
  if (connection.needsSecret && !connection.hasSecret) return 'secret'
  return connection.firstDeliveryAt ? 'connected' : 'waiting'
}

/** How the sentence about a refund or dispute begins whose payment is not known here: deliveries that wait for one are counted by it. */
export const NO_PAYMENT = 'Nothing changed: no purchase here has the payment'

/** The refund or dispute among facts of no purchase here: it may be one of a sale, and its payment was never told or is called otherwise. */
export const waitsForPayment = (facts: readonly Fact[], purchases: number): RefundFact | DisputeFact | undefined =>
  purchases > 0
    ? undefined
    : facts.find((fact): fact is RefundFact | DisputeFact => fact.kind === 'refund' || fact.kind === 'dispute')

/** Why nothing followed from facts that concern so many purchases here, as whole sentences. */
export function whyNothing(facts: readonly Fact[], purchases: number): string {
  if (purchases > 0 && facts.some((fact) => fact.kind === 'refund' && fact.state === 'succeeded'))
    return 'The refund is counted. It changes no keys: it is of a part, or was known.'
  if (purchases > 0) return 'Nothing changed: this was known, or a newer message has said more.'
  const unknown = waitsForPayment(facts, purchases)
  if (unknown) return `${NO_PAYMENT} ${unknown.payment} yet. It is kept, and counts once that payment comes.`
  const payment = facts.find((fact) => fact.kind === 'payment')
  if (payment)
    return payment.ref
      ? `Nothing changed: no purchase here is ${payment.ref.slice(payment.ref.indexOf(':') + 1)} yet. It is kept, and counts once that comes.`
      : 'Nothing changed: nothing has said yet what was paid for. It is kept, and counts once that is known.'
  return facts.some(({ kind }) => kind === 'customer')
    ? 'Nothing changed: nothing here was bought by them, or this was known.'
    : 'Nothing changed.'
}

/** So long a store may say nothing before somebody is told. */
const SILENT_DAYS = 30
export const SILENT_DAYS_MIN = 7

/** After how many days without a word a store is odd: twice the longest it usually says nothing; null: nobody knows its rhythm yet. */
const silentAfter = (longestGapDays: number | null): number =>
  longestGapDays === null ? SILENT_DAYS : Math.min(SILENT_DAYS, Math.max(SILENT_DAYS_MIN, 2 * longestGapDays))

/** So long what was refused is news. */
export const REFUSING_DAYS = 7

/**
 * What is odd about a connection that is switched on: all it sent lately was refused, or it has said nothing for longer than it
 * usually does. A test connection is silent most of the time.
 */
export function troubleOf(
  connection: {
    mode: string
    offAt: Date | null
    lastRefusedAt: Date | null
    lastDeliveryAt: Date | null
    longestGapDays: number | null
  },
  now: Date,
): 'refused' | 'silent' | null {
  const { mode, offAt, lastRefusedAt, lastDeliveryAt, longestGapDays } = connection
  if (offAt) return null
  const age = (at: Date) => now.getTime() - at.getTime()
  const isNewest = lastRefusedAt !== null && (lastDeliveryAt === null || lastDeliveryAt < lastRefusedAt)
  if (isNewest && age(lastRefusedAt) < REFUSING_DAYS * DAY_MS) return 'refused'
  return mode === 'live' && lastDeliveryAt !== null && age(lastDeliveryAt) > silentAfter(longestGapDays) * DAY_MS
    ? 'silent'
    : null
}

/** Why a store's API was not read, where the store takes the access for none. */
export const ACCESS_REFUSED = 'The store does not accept the API access it was given.'

/** So long only what is refused comes before the owners are mailed: whoever sets a store up sees it at once. */
const REFUSED_MAILED_MS = HOUR_MS

/** What the owners of a store that is to earn money are mailed about it, and since when it is so, where that is known. */
export function troublesToMail(
  connection: Parameters<typeof troubleOf>[0] & {
    refusedSince: Date | null
    accessProblem: string | null
    /** Since when a delivery of the last days is given up; null: none is. */
    failingSince: Date | null
  },
  now: Date,
): { trouble: MailedTrouble; since: Date | null }[] {
  const { mode, offAt, refusedSince, lastDeliveryAt, accessProblem, failingSince } = connection
  if (offAt || mode !== 'live') return []
  const trouble = troubleOf(connection, now)
  const isRefused =
    trouble === 'refused' && refusedSince !== null && now.getTime() - refusedSince.getTime() >= REFUSED_MAILED_MS
  return [
    ...(isRefused ? [{ trouble, since: refusedSince }] : []),
    ...(accessProblem === ACCESS_REFUSED ? [{ trouble: 'access' as const, since: null }] : []),
    ...(failingSince ? [{ trouble: 'failing' as const, since: failingSince }] : []),
    ...(trouble === 'silent' ? [{ trouble, since: lastDeliveryAt }] : []),
  ]
}

/** What a sale waits for that the store's API would say. */
export const helpsAccess = (waitsFor: string): boolean => waitsFor === 'product' || waitsFor === 'address'

/** True when sales wait for what the store's API would say, and it may not be asked. */
export const wantsAccess = (connection: {
  setup: Pick<StoreSetup, 'credential'> | null
  hasCredential: boolean
  waits: readonly { for: string }[]
}): boolean =>
  Boolean(connection.setup?.credential) &&
  !connection.hasCredential &&
  connection.waits.some((wait) => helpsAccess(wait.for))

/** Why what a store sold cannot be read from its API, as whole sentences, or null. */
export function whyNotRead({
  hasList,
  hasCredential,
  isOff,
}: {
  hasList: boolean
  hasCredential: boolean
  isOff: boolean
}): string | null {
  if (!hasList) return 'This store has no list of what it sold that could be read.'
  if (!hasCredential) return 'It takes API access to read what the store sold. Add it to the connection first.'
  return isOff ? 'This connection is switched off. Switch it on first.' : null
}

type Look = { label: string; tone: 'ok' | 'warn' | 'bad' | 'off' }

/** A state is a word and a colour, everywhere the same. */
export const storeLook = {
  off: { label: 'Switched off', tone: 'off' },
  secret: { label: 'Needs its secret', tone: 'warn' },
  waiting: { label: 'Waiting for the first delivery', tone: 'warn' },
  connected: { label: 'Connected', tone: 'ok' },
} as const satisfies Record<StoreState, Look>

/** A reading of a store's API as people see where it stands. */
export const reconciliationLook = {
  waiting: { label: 'Starting', tone: 'warn' },
  running: { label: 'Reading', tone: 'warn' },
  done: { label: 'Done', tone: 'ok' },
  failed: { label: 'Failed', tone: 'bad' },
} as const satisfies Record<ReconciliationState, Look>
