import type { DurationUnit, ExpiryKind, ExpiryStart, PurchaseStatus } from '#prisma/enums.ts'
import { endInWords } from '../base/days.ts'
import type { ShownStatus } from '../license-keys/plain.ts'
import type { EffectiveLimits } from '../license-keys/rules.ts'
import type { PurchaseNews } from '../mail/plain.ts'
import type { Words } from '../words/en.ts'
import { type Facts, facts } from '../words/facts.ts'

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

type InWords = { facts: Facts; end: (moment: Date, zone: string) => string }
const english: InWords = { facts, end: endInWords }

/** What a key allows, one sentence each: expiry, devices, usage. */
export function factsInWords(key: KeyLimits, { facts: say, end }: InWords = english): string[] {
  const { activations, usage } = key.limits
  const startsLater =
    key.expiresAt === null &&
    !key.expiryOverridden &&
    key.expiryKind === 'duration' &&
    key.expiryStart === 'first_activation' &&
    key.durationCount !== null &&
    key.durationUnit !== null
  const paid = key.subscription?.paidThrough
  const expiry = key.expiresAt
    ? say.validUntil(end(key.expiresAt, key.timeZone))
    : startsLater
      ? say.validFor[key.durationUnit ?? 'day'](key.durationCount ?? 0)
      : key.subscription
        ? say.subscription(paid ? end(paid, key.timeZone) : null)
        : say.never
  const devices =
    activations.mode === 'limited' && activations.limit !== null
      ? say.devices(activations.limit)
      : activations.mode === 'unlimited'
        ? say.anyDevices
        : null
  const uses = usage.limit === null ? null : say.uses[usage.reset](usage.limit)
  return [expiry, devices, uses].filter((sentence) => sentence !== null)
}

/** What the reader of a mail with a key that does not work is told first; null when it works. `end`: its last moment in words. */
export function brokenInWords(
  status: ShownStatus,
  { organization, end }: { organization: string; end: string | null },
  say: Words['letter'],
): string | null {
  const words = {
    ...{ active: null, expiring: null, grace: null },
    ...{ expired: say.expired(end), disabled: say.disabled(organization), revoked: say.revoked(organization) },
  } satisfies Record<ShownStatus, string | null>
  return words[status]
}

/** The same of several keys, so many of which do not work. */
export const brokenOfAll = (broken: number, all: number, say: Words['letter']): string | null =>
  broken === 0 ? null : broken === all ? say.noneWorks : say.someBroken(broken, all)

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
