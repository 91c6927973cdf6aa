import { z } from 'zod'
import { Text } from '../base/json.ts'
import { ADDRESS_DAYS_MAX, aloneRules, audiences, mildActions, SEATS_MAX } from './plain.ts'

const reason = Text(200)
  .transform((text) => text.trim())
  .default('')

/** Somebody says that a key is fine, and why. */
export const ExcuseKey = z.object({ licenseKeyId: z.uuid(), reason })
export type ExcuseKey = z.infer<typeof ExcuseKey>

/** One of the first things to do about a key. */
export const ActOnKey = z.object({
  licenseKeyId: z.uuid(),
  action: z.enum(mildActions),
  reason,
  /** The device limit to lower to, as the page showed it. */
  limit: z.coerce.number<string | number>().int().min(0).default(0),
})
export type ActOnKey = z.infer<typeof ActOnKey>

/** Whom keys of a configuration are sold to. */
export const SetPolicy = z
  .object({
    keyConfigurationId: z.uuid(),
    audience: z.enum(audiences),
    seats: z
      .union([
        z.literal('').transform(() => null),
        z.coerce.number<string>('Enter a number.').int().min(2).max(SEATS_MAX),
      ])
      .default(null),
  })
  .refine(({ audience, seats }) => audience !== 'team' || seats !== null, {
    path: ['seats'],
    message: 'Enter for how many.',
  })
export type SetPolicy = z.infer<typeof SetPolicy>

/** How long shortened network addresses are kept. */
export const KeepAddresses = z.object({
  addressDays: z.coerce
    .number<string | number>('Enter a number of days.')
    .int('Enter a whole number of days.')
    .min(0, 'At least 0 days.')
    .max(ADDRESS_DAYS_MAX, `At most ${ADDRESS_DAYS_MAX} days.`),
})
export type KeepAddresses = z.infer<typeof KeepAddresses>

/** A rule that acts alone, and whether it does from now on. */
export const TurnRule = z.object({
  rule: z.enum(aloneRules),
  isOn: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]),
})
export type TurnRule = z.infer<typeof TurnRule>
