import type { DurationUnit, ExpiryKind, ExpiryStart, PurchaseStatus } from '#prisma/enums.ts'
import { endInWords } from '../base/days.ts'
import type { ShownStatus } from '../license-keys/plain.ts'
import type { EffectiveLimits } from '../license-keys/rules.ts'
import type { PurchaseNews } from '../mail/plain.ts'

/** What the limits of a key depend on. */
export type KeyLimits = {
  limits: EffectiveLimits
  expiresAt: Date | null
  expiryOverridden: boolean
  firstActivatedAt: Date | null
  expiryKind: ExpiryKind
  expiryStart: ExpiryStart
  durationCount: number | null
  durationUnit: DurationUnit | null
  /** What it belongs to, when that is a subscription. */
  subscription?: { paidThrough: Date | null } | null
  /** The organization's. */
  timeZone: string
}

const count = (number: number, one: string, many = `${one}s`) =>
  `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`

/** What a key allows, one sentence each: expiry, devices, usage. */
export function factsInWords(key: KeyLimits): string[] {
  const { activations, usage } = key.limits
  const startsLater =
    key.expiresAt === null &&
    !key.expiryOverridden &&
    key.expiryKind === 'duration' &&
    key.expiryStart === 'first_activation' &&
    key.durationCount !== null &&
    key.durationUnit !== null
  const expiry = key.expiresAt
    ? `Valid until ${endInWords(key.expiresAt, key.timeZone)}.`
    : startsLater
      ? `Valid for ${count(key.durationCount ?? 0, key.durationUnit ?? 'day')} from the first activation.`
      : key.subscription
        ? `Works as long as your subscription runs${key.subscription.paidThrough ? `, paid until ${endInWords(key.subscription.paidThrough, key.timeZone)}` : ''}.`
        : 'Never expires.'
  const devices =
    activations.mode === 'limited' && activations.limit !== null
      ? `Works on ${count(activations.limit, 'device')} at a time.`
      : activations.mode === 'unlimited'
        ? 'Works on any number of devices.'
        : null
  const uses =
    usage.limit === null
      ? null
      : `Includes ${count(usage.limit, 'use')}${usage.reset === 'never' ? '' : ` each ${usage.reset}`}.`
  return [expiry, devices, uses].filter((sentence) => sentence !== null)
}

/** What the reader of a mail with a key that does not work is told first; null when it works. `end`: its last moment in words. */
export function brokenInWords(
  status: ShownStatus,
  { organization, end }: { organization: string; end: string | null },
): string | null {
  const words = {
    ...{ active: null, expiring: null, grace: null },
    expired: `This key does not work any more: it ended${end ? ` on ${end}` : ''}.`,
    disabled: `This key does not work at present: ${organization} switched it off.`,
    revoked: `This key does not work any more: ${organization} withdrew it, for example after a refund.`,
  } satisfies Record<ShownStatus, string | null>
  return words[status]
}

/** The same of several keys, so many of which do not work. */
export const brokenOfAll = (broken: number, all: number): string | null =>
  broken === 0
    ? null
    : broken === all
      ? 'None of these keys works any more.'
      : `${broken} of these ${all} keys ${broken === 1 ? 'does' : 'do'} not work any more; it stands beside ${broken === 1 ? 'it' : 'them'}.`

/** Why news of a purchase are not true any more, as it stands now; null while they are. */
export function whyOldNews(
  news: PurchaseNews,
  { status, state }: { status: PurchaseStatus; state: string | null },
): string | null {
  const why = {
    renewed: status === 'active' ? null : 'The purchase has ended since.',
    payment_failed:
      state === 'past_due' ? null : 'The payment is not missing any more, or the purchase has ended since.',
    ended: status === 'active' ? 'The purchase goes on again.' : null,
    canceled: status === 'active' ? 'The purchase goes on again.' : null,
    refunded: status === 'refunded' || state === 'refunded' ? null : 'The purchase is not refunded any more.',
  }
  return why[news]
}
