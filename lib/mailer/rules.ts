import type { DurationUnit, ExpiryKind, ExpiryStart } from '#prisma/enums.ts'
import { endInWords } from '../base/days.ts'
import type { EffectiveLimits } from '../license-keys/rules.ts'

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
